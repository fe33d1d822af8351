package artefact

import (
	"slices"
	"strconv"
	"strings"

	"countersign/triage"
)

// Observations says what a capture shows, failed connections first. What occurs on
// many connections between the same two hosts is said once, with how often.
func (c *Capture) Observations(name string, limits Limits) []Observation {
	j := &judge{name: name, c: c, limit: limits.orDefault().Findings, seen: map[string]int{}}
	j.tlsFailed = c.Outcomes[Failed] > 0
	for i := range c.Streams {
		j.stream(&c.Streams[i])
	}
	j.whole()
	for key, i := range j.seen {
		if n := j.count[key]; n > 1 {
			j.out[i].Text.Args["More"] = strconv.Itoa(n)
		}
	}
	return j.out
}

// stream says what one connection shows.
func (j *judge) stream(s *Stream) {
	switch s.Outcome {
	case Failed:
		j.failed(s)
	case Completed:
		j.certificates(s, "", "")
		for _, a := range s.Alerts {
			if a.Code != 0 && !a.Hidden {
				j.alert(s, a, supports{})
			}
		}
	default:
		j.transport(s)
		j.certificates(s, "", s.Outcome)
	}
}

func (j *judge) failed(s *Stream) {
	var judged Side
	for _, a := range s.Alerts {
		if a.Code == 0 && !a.Hidden {
			continue
		}
		if a.Hidden {
			j.say(s, a.Packet, "tls.hidden-alert", supports{"peer-rejected-unspecified": 6.5}, "artefact.hidden_alert",
				"Side", string(a.Side), "From", s.addr(a.Side).String(), "To", s.addr(a.Side.other()).String())
		} else {
			j.alert(s, a, nil)
		}
		if judged == "" {
			judged = a.Side.other()
		}
	}
	if len(s.Alerts) == 0 && s.EndedBy != "" {
		judged = s.EndedBy.other()
		j.say(s, s.EndPacket, "tls.closed", supports{"peer-rejected-unspecified": 4.5, "not-certificate:firewall-inspection": 2.5},
			"artefact.closed", "Side", string(s.EndedBy), "From", s.addr(s.EndedBy).String())
	}
	j.certificates(s, judged, Failed)
	j.offer(s)
	if s.Hides {
		j.say(s, s.Answer.Packet, "tls.hidden", nil, "artefact.hides")
	}
}

// alert words one alert. own replaces the weights of its kind; nil keeps them.
func (j *judge) alert(s *Stream, a Alert, own supports) {
	k, ok := alerts[a.Code]
	fact, weights, key := k.fact, k.supports, "artefact.alert."+k.name
	if !ok || fact == "" {
		fact = "tls.alert"
	}
	named := k.name + " (" + strconv.Itoa(int(a.Code)) + ")"
	if !ok {
		key, named = "artefact.alert.unknown", ""
	}
	if own != nil {
		fact, weights = "tls.alert-tolerated", own
	}
	if a.Code == 48 && own == nil && s.Answer != nil && strings.Contains(s.Answer.Cipher, "_ECDSA_") && a.Side == Client {
		weights = supports{"untrusted-ca": 8, "missing-intermediate": 6, "ecdsa-cert-untrusted": 4}
	}
	j.say(s, a.Packet, fact, weights, key, "Side", string(a.Side), "Alert", named, "Code", strconv.Itoa(int(a.Code)),
		"From", s.addr(a.Side).String(), "To", s.addr(a.Side.other()).String(), "Issuer", s.lastIssuer(a.Side.other()))
}

// lastIssuer names who issued the last certificate that side presented, which is who
// the other side has to trust; "" if that cannot be seen.
func (s *Stream) lastIssuer(side Side) string {
	for _, p := range s.Presented {
		if certs := p.parsed(); p.Side == side && len(certs) > 0 {
			return Printable(certs[len(certs)-1].Issuer.String())
		}
	}
	return ""
}

// offer shows both sides of a failed negotiation of version or cipher.
func (j *judge) offer(s *Stream) {
	if s.Hello == nil || !slices.ContainsFunc(s.Alerts, func(a Alert) bool { return a.Code == 70 || a.Code == 40 || a.Code == 71 || a.Code == 86 }) {
		return
	}
	ciphers := s.Hello.Ciphers[:min(len(s.Hello.Ciphers), 6)]
	more := ""
	if n := len(s.Hello.Ciphers) - len(ciphers); n > 0 {
		more = " +" + strconv.Itoa(n)
	}
	j.say(s, s.Hello.Packet, "tls.offer", nil, "artefact.offer", "Versions", strings.Join(s.Hello.Versions, ", "),
		"Ciphers", strings.Join(ciphers, ", ")+more)
}

// transport says what happened to connections on which TLS did not get as far as an
// answer. Where TLS itself failed on others, such ones are no more than background.
func (j *judge) transport(s *Stream) {
	w := 8.0
	if j.tlsFailed || j.c.Outcomes[Completed] > 4*(j.c.Outcomes[s.Outcome]+1) {
		w = 2.4
	}
	name := s.name()
	switch s.Outcome {
	case Refused:
		j.say(s, s.EndPacket, "tcp.refused", supports{"not-certificate:connection-refused": w}, "artefact.refused")
	case Unreachable:
		id := "not-certificate:timeout"
		if s.ICMP == "port unreachable" {
			id = "not-certificate:connection-refused"
		}
		j.say(s, s.EndPacket, "tcp.unreachable", supports{id: w}, "artefact.unreachable", "Reason", s.ICMP)
	case NoAnswer:
		j.say(s, s.Packet, "tcp.no-answer", supports{"not-certificate:timeout": w}, "artefact.no_answer", "Packets", strconv.Itoa(s.Packets))
	case Reset:
		key := "artefact.reset"
		weights := supports{"not-certificate:firewall-inspection": w - 1, "peer-rejected-unspecified": w / 2}
		if s.Answer == nil {
			key, weights = "artefact.reset_hello", supports{"not-certificate:firewall-inspection": w}
		}
		j.say(s, s.EndPacket, "tcp.reset", weights, key, "Side", string(s.EndedBy), "From", s.addr(s.EndedBy).String(), "Name", name)
	case Unanswered:
		weights := supports{"not-certificate:timeout": w * 0.7, "not-certificate:firewall-inspection": w * 0.7}
		j.say(s, s.Hello.Packet, "tls.unanswered", weights, "artefact.unanswered", "Name", name)
	case Silent:
		j.say(s, s.EndPacket, "tcp.silent", nil, "artefact.silent", "Side", string(s.EndedBy), "From", s.addr(s.EndedBy).String())
	case Plain:
		j.plain(s, w)
	case Completed, Failed, Unfinished, Other: // said elsewhere, or nothing to say
	}
}

func (j *judge) plain(s *Stream, w float64) {
	switch {
	case s.StartTLS == StartRefused:
		j.say(s, s.Packet, "starttls.refused", supports{"not-certificate:configuration": w * 0.7}, "artefact.starttls_refused", "Protocol", s.Before)
	case s.StartTLS == StartMissing:
		j.say(s, s.Packet, "starttls.missing", supports{"not-certificate:configuration": w * 0.6}, "artefact.starttls_missing", "Protocol", s.Before)
	case s.Hello != nil:
		j.say(s, s.Hello.Packet, "plain.server", supports{"not-certificate:http-on-tls-port": w + 1}, "artefact.plain_server", "Protocol", s.Before)
	case len(s.Alerts) > 0:
		j.say(s, s.Packet, "plain.client", supports{"not-certificate:http-on-tls-port": w}, "artefact.plain_client", "Protocol", s.Before)
	case tlsPort(s.Server.Port()):
		j.say(s, s.Packet, "plain.both", supports{"not-certificate:http-on-tls-port": w / 2}, "artefact.plain_both", "Protocol", s.Before)
	}
}

// tlsPort: ports on which the products of the profiles and the usual services speak
// TLS from the first byte.
func tlsPort(p uint16) bool {
	return slices.Contains([]uint16{443, 465, 636, 853, 993, 995, 3269, 5061, 5062, 5063, 5223, 6972, 7001, 8443, 9443}, p)
}

// whole says what concerns the capture as such.
func (j *judge) whole() {
	add := func(kind, key string, pairs ...string) {
		j.out = append(j.out, Observation{Kind: kind, Source: j.name, Text: triage.T(key, pairs...)})
	}
	tls := 0
	for _, o := range []Outcome{Completed, Failed, Reset, Unanswered, Unfinished} {
		tls += j.c.Outcomes[o]
	}
	bad := 0
	for o, n := range j.c.Outcomes {
		if o.bad() {
			bad += n
		}
	}
	add("capture.summary", "artefact.summary", "Packets", strconv.Itoa(j.c.Packets), "Connections", strconv.Itoa(j.c.Connections),
		"TLS", strconv.Itoa(tls), "Completed", strconv.Itoa(j.c.Outcomes[Completed]), "Bad", strconv.Itoa(bad))
	switch {
	case j.c.Connections == 0:
		add("capture.no-tcp", "artefact.no_tcp")
	case tls == 0 && bad == 0:
		add("capture.no-tls", "artefact.no_tls")
	case bad == 0 && j.c.Outcomes[Completed] > 0:
		add("capture.all-completed", "artefact.all_completed", "Completed", strconv.Itoa(j.c.Outcomes[Completed]))
	}
	if j.c.Keys {
		add("capture.keys", "artefact.keys")
	}
	if j.c.Cut {
		add("capture.cut", "artefact.cut")
	}
	if j.c.Unfollowed > 0 {
		add("capture.unfollowed", "artefact.unfollowed", "Count", strconv.Itoa(j.c.Unfollowed))
	}
}

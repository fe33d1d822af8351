package artefact

import (
	"bytes"
	"slices"
	"time"
)

// How long a silence at the end of a capture has to be before it means something.
const silence = 3 * time.Second

// stream says what a flow was. end is the time of the capture's last packet.
func (f *flow) stream(end time.Time) Stream {
	ci := f.clientIndex()
	c, s := &f.half[ci], &f.half[1-ci]
	out := Stream{
		ID: f.id, Client: f.ends[ci], Server: f.ends[1-ci], Packet: f.packet, Packets: f.packets, At: f.at,
		Hello: c.layer.hello, Answer: s.layer.answer, Asked: s.layer.asked, Gaps: f.gaps, EndPacket: f.end,
	}
	if f.endedBy >= 0 {
		out.EndedBy = Server
		if f.endedBy == ci {
			out.EndedBy = Client
		}
	}
	if c.layer.cleared || s.layer.cleared {
		out.Before = spoken(c.layer.clear, s.layer.clear)
		if !c.layer.inTLS {
			out.StartTLS = startTLS(out.Before, c.layer.clear, s.layer.clear)
		}
	}
	out.Hides = out.Answer != nil && s.layer.tls13
	for _, x := range []struct {
		side Side
		t    *recordLayer
	}{{Server, &s.layer}, {Client, &c.layer}} {
		if x.t.presented != nil {
			x.t.presented.Side = x.side
			out.Presented = append(out.Presented, *x.t.presented)
		}
		for _, a := range x.t.alerts {
			a.Side = x.side
			out.Alerts = append(out.Alerts, a)
		}
	}
	if out.Hides && len(out.Alerts) == 0 {
		if a, ok := hiddenAlert(c, s); ok {
			out.Alerts = append(out.Alerts, a)
		}
	}
	out.Outcome = f.outcome(&out, c, s, end)
	return out
}

// clientIndex finds the client: who sent the ClientHello, else who sent the SYN, else
// who has the higher port.
func (f *flow) clientIndex() int {
	for i := range f.half {
		if f.half[i].layer.hello != nil {
			return i
		}
	}
	switch {
	case f.opener >= 0:
		return f.opener
	case f.ends[0].Port() < f.ends[1].Port():
		return 1
	}
	return 0
}

func (f *flow) outcome(out *Stream, c, s *half, end time.Time) Outcome {
	quiet := end.Sub(f.last) > silence
	switch {
	case f.refused > 0:
		return Refused
	case f.icmp != "" && f.synAck == 0 && s.bytes == 0 && c.bytes == 0:
		out.ICMP = f.icmp
		return Unreachable
	case c.syn > 0 && s.syn == 0 && s.bytes == 0 && c.bytes == 0 && s.fin == 0 && s.rst == 0:
		if c.syn > 1 || quiet {
			return NoAnswer
		}
		return Unfinished
	case !c.layer.inTLS && !s.layer.inTLS:
		return f.withoutTLS(c, s)
	case !s.layer.inTLS && s.layer.cleared && s.layer.packet > c.layer.started, !c.layer.inTLS && c.layer.cleared:
		return Plain
	case rejects(out.Alerts):
		return Failed
	case out.Hello == nil || c.layer.broken || s.layer.broken:
		return Other
	case len(c.layer.sealed) > 0 && len(s.layer.sealed) > 0:
		return Completed
	case f.gaps:
		return Unfinished
	case c.rst > 0 || s.rst > 0:
		return Reset
	case s.bytes == 0 && s.syn == 0:
		return Other // only one direction was captured
	case !s.layer.inTLS:
		if f.endedBy >= 0 || quiet {
			return Unanswered
		}
		return Unfinished
	case f.endedBy >= 0:
		return Failed
	}
	return Unfinished
}

func (f *flow) withoutTLS(c, s *half) Outcome {
	switch {
	case c.layer.cleared || s.layer.cleared:
		if f.synAck == 0 && c.syn == 0 {
			return Other // the beginning is not in the capture, and TLS may have been there
		}
		return Plain
	case f.endedBy >= 0 && c.bytes == 0 && s.bytes == 0 && f.synAck > 0:
		return Silent
	}
	return Other
}

// rejects: an alert ended the handshake. Warnings such as unrecognized_name do not.
func rejects(list []Alert) bool {
	return slices.ContainsFunc(list, func(a Alert) bool { return a.Hidden || a.Fatal && a.Code != 0 || a.Code == 41 })
}

// hiddenAlert recognises a rejection that TLS 1.3 encrypts by its size: an alert makes
// a record of 19 bytes (2 of alert, 1 of type, 16 of tag; 11 with the short tag of
// CCM_8), a Finished one of 53 or more. The client's comes instead of its Finished,
// the server's after it and before anything else, and then the connection ends.
func hiddenAlert(c, s *half) (Alert, bool) {
	size := func(x sealed) bool { return x.kind == typeData && (x.length == 19 || x.length == 11) }
	sent := c.layer.sealed
	if len(sent) == 0 {
		return Alert{}, false
	}
	if size(sent[0]) {
		return Alert{Side: Client, Packet: sent[0].packet, Fatal: true, Hidden: true}, true
	}
	if s.fin == 0 && s.rst == 0 {
		return Alert{}, false
	}
	for _, x := range s.layer.sealed {
		if x.packet > sent[0].packet {
			return Alert{Side: Server, Packet: x.packet, Fatal: true, Hidden: true}, size(x)
		}
	}
	return Alert{}, false
}

// startTLS tells why TLS did not begin.
func startTLS(protocol string, client, server []byte) Start {
	asked := bytes.Contains(bytes.ToUpper(client), []byte("STARTTLS")) || bytes.Contains(client, []byte("1.3.6.1.4.1.1466.20037"))
	offered := bytes.Contains(bytes.ToUpper(server), []byte("STARTTLS"))
	offers := map[string]string{"smtp": "\n250", "xmpp": "stream:features"}[protocol] // what a list of offers has
	switch {
	case asked && slices.Contains([]string{"smtp", "xmpp", "ldap", "imap"}, protocol):
		return StartRefused
	case offers != "" && bytes.Contains(server, []byte(offers)) && !offered:
		return StartMissing
	}
	return ""
}

// spoken names the protocol of what was said in clear.
func spoken(client, server []byte) string {
	has := func(b []byte, words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return bytes.Contains(b, []byte(w)) })
	}
	starts := func(b []byte, words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return bytes.HasPrefix(b, []byte(w)) })
	}
	switch {
	case has(server, "SIP/2.0 ") || has(client, " SIP/2.0"):
		return "sip"
	case starts(server, "HTTP/1.", "HTTP/2") || has(client[:min(len(client), 2048)], " HTTP/1.") || starts(client, "PRI * HTTP/2"):
		return "http"
	case has(client, "<stream:stream", "urn:ietf:params:xml:ns:xmpp") || has(server, "<stream:stream"):
		return "xmpp"
	case starts(server, "220") && has(client, "EHLO", "ehlo", "HELO"):
		return "smtp"
	case starts(server, "220") && has(client, "AUTH ", "USER "):
		return "ftp"
	case starts(server, "* OK", "* PREAUTH"):
		return "imap"
	case starts(server, "+OK"):
		return "pop3"
	case starts(server, "SSH-") || starts(client, "SSH-"):
		return "ssh"
	case starts(client, "\x00\x00\x00\x08\x04\xd2\x16\x2f"):
		return "postgresql"
	case len(client) > 6 && client[0] == 0x30 && (has(client, "1.3.6.1.4.1.1466.20037") || bytes.Contains(client[:7], []byte{2, 1})):
		return "ldap"
	case starts(server, "220"):
		return "smtp"
	}
	return "unknown"
}

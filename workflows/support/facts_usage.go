package support

import (
	"slices"
	"strings"

	"countersign/certs/check"
	"countersign/triage"
	"countersign/workflows"
)

// What a computed fact weighs: more than any words where it decides, and as much against
// what it excludes.
const (
	decisive = 10.0
	excluded = -9.0
)

// story is what the words of a case say of the roles that its certificates play.
type story struct {
	server bool // a server's certificate was refused for its usage
	client bool // a certificate has to stand as a client's
	maybe  bool // the product presents its certificates as server and as client
}

// clientStories are the causes whose words tell of a connection on which both sides, or
// the client, show a certificate.
var clientStories = map[string]bool{"eku-missing-clientauth": true, "ssh-tunnel-intermediate-missing": true, "client-cert-not-presented": true}

// storyOf reads the roles out of the answer that the words alone would get.
func storyOf(a triage.Answer, v check.Verifier) story {
	st := story{maybe: v == check.ExpresswayVerifier}
	for _, f := range a.Findings {
		st.server = st.server || f.Cause.ID == "eku-missing-serverauth"
		st.client = st.client || clientStories[f.Cause.ID]
	}
	return st
}

// usageFacts compares what the certificates of a case are good for with the roles that
// they play: the one whose name stands above it in the output of a client was shown by a
// server, and says nothing of the client's (RFC 5280, section 4.2.1.12: without the
// extension any use is allowed).
func usageFacts(c workflows.Case, items []*check.Item, st story) []Observation {
	var out []Observation
	say := func(it *check.Item, kind, key string, weights map[string]float64) {
		out = append(out, Observation{Kind: kind, Source: it.Place.String(), Supports: weights,
			Text: triage.T(key, "Title", it.Title(), "EKU", strings.Join(check.Inspect(it, c.Updated).EKU, ", "))})
	}
	leaves, servers, own, clients := 0, 0, 0, 0
	for _, it := range items {
		if !LeafCert(it) || strings.Contains(it.Place.File, "#") || c.Probed(it.Place.File) {
			continue
		}
		good := check.Inspect(it, c.Updated).GoodFor
		server, client := slices.Contains(good, "server"), slices.Contains(good, "client")
		shown := presented(c, it)
		leaves++
		if server {
			servers++
		} else if shown || st.server {
			say(it, "cert.eku-no-server", "workflows.seen.eku_no_server", map[string]float64{"eku-missing-serverauth": decisive, "eku-incompatible": -4})
		}
		if !shown {
			own++
		}
		switch {
		case client && !shown:
			clients++
		case client:
		case st.client && !shown:
			say(it, "cert.eku-no-client", "workflows.seen.eku_no_client", map[string]float64{"eku-missing-clientauth": decisive, "eku-incompatible": -4})
		case st.maybe:
			say(it, "cert.eku-no-client", "workflows.seen.eku_no_client", map[string]float64{"eku-missing-clientauth": 6})
		}
	}
	against := map[string]float64{}
	if leaves > 0 && servers == leaves {
		against["eku-missing-serverauth"] = excluded
	}
	if own > 0 && clients == own {
		against["eku-missing-clientauth"] = excluded
	}
	if len(against) > 0 {
		out = append(out, Observation{Kind: "cert.eku-fits", Text: triage.T("workflows.seen.eku_fits"), Supports: against})
	}
	return out
}

// presented reports whether the certificate stands in the output of a client below the
// words with which openssl s_client introduces the one that the server showed.
func presented(c workflows.Case, it *check.Item) bool {
	if it.Place.Line < 2 {
		return false
	}
	if slices.ContainsFunc(c.Seen, func(o Observation) bool { return o.Kind == "tls.verified" && o.Source == it.Place.File }) {
		return true // of an output that is too long to be kept whole
	}
	lines := strings.Split(c.Input, "\n")
	for i, line := range lines {
		if !strings.HasPrefix(strings.TrimSpace(line), "-----BEGIN ") || i == 0 {
			continue
		}
		file, at := c.Locate(i + 1)
		if named(file) != it.Place.File || at != it.Place.Line {
			continue
		}
		before := strings.TrimSpace(lines[i-1])
		return before == "Server certificate" || i > 1 && serverEntry(lines[max(0, i-4):i])
	}
	return false
}

// serverEntry reports whether lines are the entry of the first certificate of a chain, as
// s_client -showcerts prints it above the certificate.
func serverEntry(lines []string) bool {
	return slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(strings.TrimSpace(l), "0 s:") })
}

// weakKey finds a key that OpenSSL refuses from security level 2 on, the default of
// current systems (SSL_CTX_set_security_level(3): 112 bits of security).
func weakKey(it *check.Item, f check.Facts) (Observation, bool) {
	least := map[string]int{"rsa": 2048, "dsa": 2048, "ecdsa": 224}[f.Key.Type]
	if least == 0 || f.Key.Size == 0 || f.Key.Size >= least || f.Role == check.Root {
		return Observation{}, false
	}
	return Observation{Kind: "cert.weak-key", Source: it.Place.String(), Supports: map[string]float64{"weak-key-or-digest": decisive},
		Text: triage.T("workflows.seen.weak_key", "Title", it.Title(), "Key", f.Key.String())}, true
}

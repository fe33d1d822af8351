package artefact

import (
	"slices"
	"strings"
	"time"

	"countersign/triage"
)

// chainEntry is one line pair of "Certificate chain" in the output of openssl s_client.
type chainEntry struct {
	line            int
	subject, issuer string
	until           time.Time
}

// clientOutput reads what openssl s_client printed: whom the server presented, whom it
// would accept, what it came to. The verdict in words ("verify error:num=20") is left
// to the knowledge base; here is what only structure shows.
func clientOutput(name, text string, now time.Time) []Observation {
	var list []Observation
	add := func(line int, kind string, weights supports, key string, pairs ...string) {
		list = append(list, Observation{Kind: kind, Source: name, Line: line, Text: triage.T(key, pairs...), Supports: weights})
	}
	chain, code, at := readClientOutput(text)
	if len(chain) == 0 {
		return nil
	}
	verified := code == "0"
	leaf := chain[0]
	self := squeeze(leaf.subject) == squeeze(leaf.issuer)
	switch {
	case self && !verified:
		add(leaf.line, "tls.self-signed-leaf", supports{"self-signed-cert": 5}, "artefact.client.self_signed", "Subject", leaf.subject)
	case len(chain) == 1 && !self && !verified && (code == "" || code == "20" || code == "21"):
		add(leaf.line, "chain.leaf-only", supports{"missing-intermediate": 7}, "artefact.client.leaf_only", "Subject", leaf.subject, "Issuer", leaf.issuer)
	}
	for i, e := range chain {
		if !now.IsZero() && !e.until.IsZero() && now.After(e.until) {
			add(e.line, "cert.expired", supports{"expired": 7}, "artefact.dump.expired", "Subject", e.subject, "Until", e.until.Format(time.DateTime))
		}
		if i+1 == len(chain) || squeeze(e.issuer) == squeeze(chain[i+1].subject) || squeeze(e.issuer) == squeeze(e.subject) {
			continue
		}
		elsewhere := slices.ContainsFunc(chain, func(o chainEntry) bool { return squeeze(o.subject) == squeeze(e.issuer) })
		w := 1.0
		if verified {
			w = 0.3
		}
		if elsewhere {
			add(e.line, "bundle.wrong-order", supports{"wrong-bundle-order": 7 * w}, "artefact.client.order", "Subject", e.subject, "Issuer", e.issuer)
		} else {
			add(e.line, "tls.chain-incomplete", supports{"missing-intermediate": 8 * w}, "artefact.client.gap", "Subject", e.subject, "Issuer", e.issuer)
		}
		break
	}
	if verified {
		add(at, "tls.verified", nil, "artefact.client.verified")
	}
	return list
}

// maxEntries bounds the chain that is read.
const maxEntries = 50

func readClientOutput(text string) (chain []chainEntry, code string, at int) {
	no, inside := 0, false
	for line := range strings.Lines(text) {
		no++
		line = strings.TrimRight(line, "\r\n")
		s := strings.TrimSpace(line)
		switch {
		case s == "Certificate chain":
			if chain != nil {
				return chain, code, at // another connection follows
			}
			inside = true
		case strings.HasPrefix(s, "Verify return code: "):
			if code == "" {
				code, _, _ = strings.Cut(strings.TrimPrefix(s, "Verify return code: "), " ")
				at = no
			}
		case !inside:
		case s == "---" || s == "Server certificate":
			inside = false
		case len(s) > 2 && s[0] >= '0' && s[0] <= '9' && strings.Contains(s[:min(len(s), 6)], " s:"):
			if len(chain) < maxEntries {
				_, dn, _ := strings.Cut(s, "s:")
				chain = append(chain, chainEntry{line: no, subject: Printable(strings.TrimSpace(dn))})
			}
		case strings.HasPrefix(s, "i:") && len(chain) > 0:
			chain[len(chain)-1].issuer = Printable(strings.TrimSpace(s[2:]))
		case strings.HasPrefix(s, "v:NotBefore") && len(chain) > 0:
			if _, until, ok := strings.Cut(s, "NotAfter: "); ok {
				chain[len(chain)-1].until = date(until)
			}
		}
	}
	return chain, code, at
}

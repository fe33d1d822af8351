package workflows

import (
	"strings"
	"time"

	"countersign/certs/check"
	"countersign/triage"
)

// soon is how near its end a certificate is worth a word.
const soon = 30 * 24 * time.Hour

// factsOf checks the certificates that stand in a text and says what speaks for a
// cause. Whatever is fine gives no fact.
func factsOf(text string, now time.Time) []triage.Fact {
	m, _ := check.Read("input", []byte(text), check.ReadOptions{Limits: check.Limits{Items: 200}})
	var facts []triage.Fact
	add := func(kind string, it *check.Item, words string) {
		facts = append(facts, triage.Fact{Kind: kind, Source: it.Place.String(), Text: it.Title() + ": " + words})
	}
	found := m.Of(check.Certificate)
	for _, it := range found {
		f := check.Inspect(it, now)
		switch f.State {
		case check.Expired:
			add("cert.expired", it, "notAfter "+f.NotAfter.UTC().Format(time.RFC3339))
		case check.NotYetValid:
			add("cert.not-yet-valid", it, "notBefore "+f.NotBefore.UTC().Format(time.RFC3339))
		case check.Valid:
			if !f.IsCA && f.NotAfter.Sub(now) < soon {
				add("cert.expiring", it, "notAfter "+f.NotAfter.UTC().Format(time.RFC3339))
			}
		}
		if f.Role == check.SelfSigned {
			add("cert.self-signed", it, "subject == issuer")
		}
		if !f.IsCA && len(f.Names) == 0 {
			add("cert.no-san", it, "no Subject Alternative Name")
		}
		if strings.Contains(f.Signature, "SHA1") || strings.Contains(f.Signature, "MD5") {
			add("cert.weak-signature", it, f.Signature)
		}
	}
	// A mismatch is a fact only between things that were meant to fit: one request or key
	// and one certificate. Keys are redacted from texts, so requests are what is left.
	if len(m.Of(check.Request)) == 1 && len(found) > 0 {
		for _, f := range check.Match(m.Items).Findings {
			kind, ok := map[string]string{"match.no": "upload.csr-key-mismatch", "match.none": "upload.csr-key-mismatch", "match.reversed": "bundle.wrong-order"}[f.Rule]
			if ok {
				facts = append(facts, triage.Fact{Kind: kind, Source: "input", Text: m.Of(check.Request)[0].Title() + ": " + f.Rule})
			}
		}
	}
	return append(facts, chainFacts(found, now)...)
}

// chainFacts says where the chain breaks, when more than one certificate was given:
// one alone shows nothing about what else was sent.
func chainFacts(found []*check.Item, now time.Time) []triage.Fact {
	if len(found) < 2 {
		return nil
	}
	verdict := check.Verify(found[0], check.VerifyOptions{Untrusted: found[1:], Trust: selfSigned(found), Now: now})
	kinds := map[string]string{"verify.missing-intermediate": "chain.intermediate-missing", "verify.root-missing": "chain.root-missing"}
	if kind, ok := kinds[verdict.Reason]; ok {
		return []triage.Fact{{Kind: kind, Source: found[0].Place.String(), Text: verdict.At + ": " + verdict.Reason}}
	}
	return nil
}

// selfSigned are the roots among items: for want of a trust list, a chain that ends in
// one of them is whole.
func selfSigned(items []*check.Item) []*check.Item {
	var out []*check.Item
	for _, it := range items {
		if it.Cert != nil && it.Cert.IsCA && it.Cert.CheckSignatureFrom(it.Cert) == nil {
			out = append(out, it)
		}
	}
	return out
}

package bot

import (
	"testing"

	"countersign/certs"
	"countersign/locales"
	"countersign/triage"
	"countersign/workflows"
	"countersign/workflows/support"
)

// TestArtefactCards draws what is said of artefacts in which nothing is wrong, of one that
// is closed, and of one beside a cause.
func TestArtefactCards(t *testing.T) {
	f := newFixture(t)
	text := func(key string, pairs ...string) workflows.Text { return certs.T(key, pairs...) }
	good := support.Described{Source: "server.pem:1", Kind: "certificate",
		Summary: text("check.summary.certificate.leaf", "Title", "expe.example.com", "Until", "2027-11-29", "Days", "373", "Issuer", "O=Lab, CN=Lab Issuing CA"),
		Notes: []workflows.Text{text("workflows.artefact.names", "Names", "expe.example.com, expe1.example.com", "More", "3"),
			text("workflows.artefact.usage", "EKU", "serverAuth", "Server", "yes", "Client", ""), text("workflows.artefact.chain_whole", "Root", "Lab Root CA", "Count", "2")}}
	closed := support.Described{Source: "good.p12", Kind: support.Closed, Summary: text("workflows.artefact.closed_p12"), Notes: []workflows.Text{text("workflows.artefact.closed_p12_next")}}
	for _, lang := range locales.All {
		s := speaker{cat: f.cat, lang: lang}
		c := workflows.Case{ID: "K-1", Input: "is this good?"}
		none := triage.Answer{Verdict: triage.Unknown}
		golden(t, "case.healthy."+lang, caseView(s, c, none, support.Beside{Artefacts: []support.Described{good, closed}}))
		golden(t, "case.closed."+lang, caseView(s, c, none, support.Beside{Artefacts: []support.Described{closed}}))
		cause := &triage.Cause{ID: "weak-key-or-digest", Title: triage.Text{In: map[string]string{"en": "The key is too weak", "zh-Hans": "密钥强度不足", "zh-Hant": "金鑰強度不足"}}}
		a := triage.Answer{Verdict: triage.KnownCause, Findings: []triage.Finding{{Cause: cause, Confidence: 0.9,
			Evidence: []triage.Evidence{{Source: "server.pem:1", Text: "expe.example.com: RSA 1024"}}}}}
		golden(t, "case.artefact."+lang, caseView(s, c, a, support.Beside{Artefacts: []support.Described{good}}))
	}
}

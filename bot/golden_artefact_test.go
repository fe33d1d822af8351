package bot

import (
	"context"
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
		a := f.service.Support.Explain(context.Background(), workflows.Case{ID: "K-1", Input: "SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca:SSL alert number 48"})
		for i := range a.Findings {
			a.Findings[i].Confidence = 0.9 / float64(i+1)
		}
		golden(t, "case.artefact."+lang, caseView(s, c, a, support.Beside{Artefacts: []support.Described{good}}))
	}
}

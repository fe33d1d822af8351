package workflows_test

import (
	"context"
	"testing"

	"countersign/triage"
	"countersign/workflows"
)

// TestVagueTextIsNotGuessed: without any artefact there is no fact about one.
func TestVagueTextIsNotGuessed(t *testing.T) {
	b := newBench(t)
	for _, text := range []string{"TLS negotiation failure", "TLS 协商失败", "TLS 交涉失敗"} {
		a := b.Explain(context.Background(), workflows.Case{Input: text})
		if a.Verdict == triage.KnownCause || a.Verdict == triage.NotCertificate {
			t.Errorf("%q is called %s", text, a.Verdict)
		}
		if a.Question == nil {
			t.Errorf("%q asks nothing", text)
		}
		for _, f := range a.Findings {
			for _, e := range f.Evidence {
				if e.Line == 0 {
					t.Errorf("%q: %s rests on %q, which is not in the text", text, f.Cause.ID, e.Text)
				}
			}
		}
	}
}

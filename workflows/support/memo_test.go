package support

import (
	"testing"
	"time"

	"countersign/certs"
	"countersign/triage"
	"countersign/workflows"
)

// TestDiagnosedOnce: what is routed, opened and drawn of one paste is one diagnosis.
func TestDiagnosedOnce(t *testing.T) {
	catalogue, err := certs.Load()
	if err != nil {
		t.Fatal(err)
	}
	kb, err := triage.LoadFor(catalogue)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	s := &Service{Triage: kb, Kernel: &workflows.Kernel{Catalogue: catalogue, Now: func() time.Time { return now }, NewID: func() string { return "id" }}}
	in := Pasted{Lang: "en", Text: "TLS Error: SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca:SSL alert number 48"}
	if !s.Recognises(t.Context(), in.Lang, in.Text) {
		t.Error("not recognised")
	}
	opened := s.newCase(in, nil, now)
	first := s.Explain(t.Context(), opened)
	opened.Version, opened.Updated, opened.Cause, opened.Outcome = 1, now.Add(time.Second), firstCause(first), "other:expired"
	s.Standing(t.Context(), opened)
	if again := s.Explain(t.Context(), opened); s.memo.made != 1 || len(again.Findings) != len(first.Findings) || again.Findings[0].Cause != first.Findings[0].Cause {
		t.Errorf("made %d times; %d findings, then %d", s.memo.made, len(first.Findings), len(again.Findings))
	}
	// What is about something else, or said at another time, is an answer of its own.
	opened.Context = map[string]string{"product": "cucm"}
	s.Explain(t.Context(), opened)
	now = now.Add(2 * time.Minute)
	s.Explain(t.Context(), opened)
	for i := range 2 * maxRemembered {
		opened.Input = time.Duration(i).String()
		s.Explain(t.Context(), opened)
	}
	if s.memo.made != 3+2*maxRemembered || len(s.memo.answers) != maxRemembered {
		t.Errorf("made %d, kept %d", s.memo.made, len(s.memo.answers))
	}
	// What was learned since may answer otherwise.
	if s.Triage, err = triage.LoadFor(catalogue); err != nil {
		t.Fatal(err)
	}
	s.Explain(t.Context(), opened)
	if s.memo.made != 4+2*maxRemembered || len(s.memo.answers) != 1 {
		t.Errorf("another knowledge base: made %d, kept %d", s.memo.made, len(s.memo.answers))
	}
}

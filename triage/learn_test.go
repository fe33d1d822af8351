package triage_test

import (
	"context"
	"strings"
	"testing"

	"countersign/triage"
)

const taught = `family: taught
as-of: "2026-11"
sources: |
  test
causes:
- id: badge-reader-firmware
  title: {en: "Badge reader firmware without SHA-256"}
  messages:
  - {w: 9, say: ["badgeSrv: cert blob rejected rc=-77"]}
  fix:
    en: |
      Update the badge reader to 4.2.
`

// TestWithLeavesTheOldBase: what is learnt is known to the new base only, and stays
// known when more is learnt.
func TestWithLeavesTheOldBase(t *testing.T) {
	kb, err := triage.Load()
	if err != nil {
		t.Fatal(err)
	}
	next, err := kb.With(triage.Source{Name: "t.yaml", Raw: []byte(taught)})
	if err != nil {
		t.Fatal(err)
	}
	if kb.Cause("badge-reader-firmware") != nil || next.Cause("badge-reader-firmware") == nil {
		t.Fatal("learnt by the wrong base")
	}
	a, err := next.Diagnose(context.Background(), triage.Input{Text: "Nov 21 badgeSrv: cert blob rejected rc=-77"})
	if err != nil || a.Verdict != triage.KnownCause || a.Findings[0].Cause.ID != "badge-reader-firmware" {
		t.Fatalf("%v %+v", err, a)
	}
	if _, err := next.With(triage.Source{Name: "again.yaml", Raw: []byte(taught)}); err == nil {
		t.Fatal("one id learnt twice")
	}
}

// TestExamplesTeachAtOnce: a cause that was taught by examples alone is found in other
// words of the same, and quoted, and does not turn up elsewhere.
func TestExamplesTeachAtOnce(t *testing.T) {
	kb, err := triage.Load()
	if err != nil {
		t.Fatal(err)
	}
	raw := strings.Replace(taught, "  messages:\n  - {w: 9, say: [\"badgeSrv: cert blob rejected rc=-77\"]}\n", "  examples: |\n    the turnstile in the lobby blinks amber since its badge cert was swapped\n    amber lamp on the turnstile after the swap\n    lobby gate blinks amber, badge readers dead\n", 1)
	next, err := kb.With(triage.Source{Name: "t.yaml", Raw: []byte(raw)})
	if err != nil {
		t.Fatal(err)
	}
	a, err := next.Diagnose(context.Background(), triage.Input{Text: "since the swap our lobby turnstile blinks amber"})
	if err != nil || len(a.Findings) == 0 || a.Findings[0].Cause.ID != "badge-reader-firmware" || len(a.Findings[0].Evidence) == 0 {
		t.Fatalf("%v %+v", err, a)
	}
	if a.Verdict == triage.KnownCause {
		t.Error("what is only like an example is no known cause")
	}
	a, err = next.Diagnose(context.Background(), triage.Input{Text: "certificate has expired"})
	if err != nil || len(a.Findings) == 0 || a.Findings[0].Cause.ID != "expired" {
		t.Fatalf("%v %+v", err, a)
	}
}

// TestExcerptsOfALongLog: lines of a log keep their numbers and lose their secrets.
func TestExcerptsOfALongLog(t *testing.T) {
	kb, err := triage.Load()
	if err != nil {
		t.Fatal(err)
	}
	log := strings.Repeat("nothing to see here\n", 200000) + "tvcs: password=hunter2secret Detail=\"certificate has expired\"\n" + strings.Repeat("more\n", 1000)
	got, err := kb.Excerpts(context.Background(), strings.NewReader(log))
	if err != nil || len(got) != 1 || got[0].Line != 200001 || strings.Contains(got[0].Text, "hunter2") || !strings.Contains(got[0].Text, "has expired") {
		t.Fatalf("%v %+v", err, got)
	}
}

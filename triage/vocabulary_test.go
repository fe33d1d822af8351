package triage

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// What programs state outright is read whatever stands beside it: a login that failed, a
// name that did not resolve. By the formats of many programs, and by languages. A ↵ of
// the table is the end of a line.
func TestStatedInEveryFormat(t *testing.T) {
	raw, err := os.ReadFile("testdata/stated.tsv")
	if err != nil {
		t.Fatal(err)
	}
	kb := loadKB(t)
	for row := range strings.Lines(string(raw)) {
		want, text, _ := strings.Cut(strings.TrimSpace(row), "\t")
		text = strings.ReplaceAll(text, "↵", "\n")
		_, stated, _ := kb.reads(text, nil)
		first := slices.IndexFunc(stated, func(s statement) bool { return s.explicit() || s.kind == want })
		if first < 0 || stated[first].kind != want {
			t.Errorf("%s: %v, want %s", text, kinds(stated), want)
		}
		if a := diagnose(t, text); len(a.Findings) > 0 && !a.Findings[0].Cause.Certificate() {
			t.Errorf("%s: %s %v", text, a.Verdict, ids(a))
		}
	}
}

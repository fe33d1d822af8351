package triage

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// Evidence is a whole line or a whole sentence of it, with the decisive part marked, and never
// across what was taken out.
func TestEvidenceIsWhole(t *testing.T) {
	long := strings.Repeat("padding words in a very long line, ", 20)
	for text, want := range map[string]string{
		"first line\nx509: certificate signed by unknown authority (possibly because)\nlast":     "x509: certificate signed by unknown authority (possibly because)",
		long + ". It says certificate has expired here. " + long:                                 "It says certificate has expired here",
		"password=hunter2secret certificate has expired":                                         "certificate has expired",
		"前面的话。证书已过期，无法连接。后面的话":                                                                   "",
		"the wildcard ran out\nC = BE\nOU=x, 45, it lapsed over the weekend and nobody renewed":  "",
		strings.Repeat("x", 500) + ".example.com: x509: certificate signed by unknown authority": "x509: certificate signed by unknown authority",
	} {
		a := diagnose(t, text)
		if len(a.Findings) == 0 || len(a.Findings[0].Evidence) == 0 {
			t.Errorf("%.60q: no evidence (%s)", text, a.Verdict)
			continue
		}
		e := a.Findings[0].Evidence[0]
		if e.Text != a.Text[e.Start:e.End] || len(e.Text) > longestQuote+utf8.UTFMax || strings.Contains(e.Text, redactedOpen) {
			t.Errorf("%.60q: %q", text, e.Text)
		}
		if e.Mark[0] < 0 || e.Mark[1] <= e.Mark[0] || e.Mark[1] > len(e.Text) {
			t.Errorf("%.60q: mark %v of %q", text, e.Mark, e.Text)
		}
		if mark := e.Text[e.Mark[0]:e.Mark[1]]; !tells(mark) {
			t.Errorf("%.60q: %q is marked in %q", text, mark, e.Text)
		}
		if want != "" && e.Text != want {
			t.Errorf("%.60q: quoted %q, want %q", text, e.Text, want)
		}
	}
}

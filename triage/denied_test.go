package triage

import "testing"

// What a text says is not so speaks against the cause that it would mean.
func TestDenied(t *testing.T) {
	for _, c := range []struct {
		text   string
		denied bool
	}{
		{"this is not certificate has expired, we looked", true},
		{"no unknown ca in the log this time", true},
		{"the log has no certificate has expired", true},
		{"没有 certificate has expired 的提示", true},
		{"並未 certificate has expired", true},
		{"it isn't because the certificate has expired", true},
		{"not reachable: certificate has expired", false},
		{"does not start, certificate has expired", false},
		{"没有连上，certificate has expired", false},
		{"cannot connect. certificate has expired", false},
		{"I do not know why it says certificate has expired", false},
		{"certificate has expired", false},
	} {
		a := diagnose(t, c.text)
		known := len(a.Findings) > 0 && a.Findings[0].told >= hintScore
		if known == c.denied {
			t.Errorf("%q: %s %v", c.text, a.Verdict, ids(a))
		}
	}
}

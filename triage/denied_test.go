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
		{"the log does not show certificate has expired", true},
		{"日志里没有显示 certificate has expired", true},
		{"記錄裡沒有出現 certificate has expired", true},
		{"Im Log steht kein certificate has expired", true},
		{"der Browser zeigt nicht mehr certificate has expired", true},
		{"the browser says certificate has expired, that is not true", true},
		{"it says certificate has expired but it is not", true},
		{"certificate has expired is not the reason", true},
		{"certificate has expired 这不属实", true},
		{"certificate has expired stimmt nicht", true},
		{"it is not just that: certificate has expired", false},
		{"it does not work, it is true that certificate has expired", false},
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

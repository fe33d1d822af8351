package triage

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
)

// A session ticket is no words, whatever letters are in it, and a verifier that found nothing
// says that nothing is wrong; with a refusal beside it the refusal is as sure as without.
func TestTicketsAreNoWords(t *testing.T) {
	ticket := func() string {
		raw := make([]byte, 192)
		if _, err := rand.Read(raw); err != nil {
			t.Fatal(err)
		}
		copy(raw[16:], "host name expired") // letters that a dump shows beside its hex
		var b strings.Builder
		for i := 0; i < len(raw); i += 16 {
			fmt.Fprintf(&b, "    %04x - % x-% x   ", i, raw[i:i+8], raw[i+8:i+16])
			for _, c := range raw[i : i+16] {
				if c < ' ' || c > '~' {
					c = '.'
				}
				b.WriteByte(c)
			}
			b.WriteString("\n")
		}
		return b.String()
	}
	const head = "No client certificate CA names sent\nPeer signing digest: SHA256\n    TLS session ticket:\n"
	for range 20 {
		if a := diagnose(t, head+ticket()+"    Verify return code: 0 (ok)\n"); a.Verdict != Unknown {
			t.Fatalf("healthy: %s %v in %s", a.Verdict, ids(a), a.Text)
		}
		a := diagnose(t, head+ticket()+"    Verify return code: 10 (certificate has expired)\n")
		if a.Verdict != KnownCause || first(a) != "expired" || a.Findings[0].Confidence < 0.9 {
			t.Fatalf("expired: %s %v in %s", a.Verdict, ids(a), a.Text)
		}
	}
}

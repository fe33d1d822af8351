package check

import (
	"bytes"
	"testing"
)

// Budget: more than 5,000 certificates a second on one core, from PEM to facts.
func BenchmarkInspect(b *testing.B) {
	root := newCA(b, "Example Root CA", nil)
	data := pemOf(newLeaf(b, "expe1.example.com", root))
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		m, _ := Read("b.pem", data, ReadOptions{})
		Inspect(m.Items[0], now)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "certificates/s")
}

// A trust list of 10,000.
func BenchmarkInspectTrustList(b *testing.B) {
	data := bytes.Repeat(pemOf(newLeaf(b, "expe1.example.com", newCA(b, "Example Root CA", nil))), 10_000)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		m, fs := Read("b.pem", data, ReadOptions{})
		InspectAll(m, fs, now)
	}
	b.ReportMetric(float64(b.N)*10_000/b.Elapsed().Seconds(), "certificates/s")
}

func BenchmarkVerify(b *testing.B) {
	root := newCA(b, "Example Root CA", nil)
	mid := newCA(b, "Example Issuing CA", root)
	leaf := newLeaf(b, "expe1.example.com", mid).item(b)
	opts := VerifyOptions{Now: now, Trust: items(b, mid, root), Host: "expe1.example.com", Purpose: Server}
	for b.Loop() {
		if v := Verify(leaf, opts); !v.OK {
			b.Fatal(v.Reason)
		}
	}
}

func BenchmarkLint(b *testing.B) {
	leaf := newLeaf(b, "expe1.example.com", newCA(b, "Example Root CA", nil)).item(b)
	for b.Loop() {
		Lint(leaf, LintOptions{CA: "public", Now: now})
	}
}

func BenchmarkDrawChain(b *testing.B) {
	root := newCA(b, "Example Root CA", nil)
	leaf := newLeaf(b, "expe1.example.com", root).item(b)
	chain := Verify(leaf, VerifyOptions{Trust: items(b, root), Now: now}).Chain
	for b.Loop() {
		if _, err := DrawChain(chain, Labels{Title: "expe1.example.com"}); err != nil {
			b.Fatal(err)
		}
	}
}

package hashicorp_test

import (
	"encoding/pem"
	"fmt"
	"testing"
	"time"

	"countersign/tests/hashicorptest"
	"countersign/tests/vaulttest"
)

// BenchmarkIssuance has a certificate issued by the real server, once with all that
// Countersign does and once with the same calls alone. The difference, reported as
// overhead-ms, is ours; its budget is 5 ms.
func BenchmarkIssuance(b *testing.B) {
	s := hashicorptest.Start(b)
	c, p := hashicorptest.Vault(b, s)
	spec := vaulttest.Spec(vaulttest.Kinds[1])
	csr, err := c.CreateCSR(b.Context(), "bench", spec)
	if err != nil {
		b.Fatal(err)
	}
	client, err := s.Client(s.Token)
	if err != nil {
		b.Fatal(err)
	}
	text := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: csr}))
	record := func(path string, version int) error {
		_, err := client.Logical().Write("countersign-kv/data/issued/"+path,
			map[string]any{"data": map[string]any{"asked": "x"}, "options": map[string]any{"cas": version}})
		return err
	}
	var ours, alone time.Duration
	n := 0
	for b.Loop() {
		n++
		key := fmt.Sprint("bench-", n)
		// In turns, so that a busy machine is equally busy for both.
		start := time.Now()
		if _, _, err := p.Issue(b.Context(), key, spec, csr); err != nil {
			b.Fatal(err)
		}
		ours += time.Since(start)
		start = time.Now()
		err := record(key, 0)
		if err == nil {
			_, err = client.Logical().Write("countersign-pki/sign/countersign-server-client-ds-ke", map[string]any{
				"csr": text, "common_name": "a.example.com", "alt_names": "a.example.com,b.example.com", "exclude_cn_from_sans": true, "ttl": "2159h"})
		}
		if err == nil {
			err = record(key, 1)
		}
		if err != nil {
			b.Fatal(err)
		}
		alone += time.Since(start)
	}
	ms := func(d time.Duration) float64 { return d.Seconds() * 1000 / float64(n) }
	b.ReportMetric(ms(alone), "vault-ms")
	b.ReportMetric(ms(ours-alone), "overhead-ms")
}

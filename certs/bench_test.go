package certs

import (
	"fmt"
	"testing"
)

// Twenty nodes in five systems: the budget of a plan is 5 ms.
func twenty() Deployment {
	cluster := func(product, prefix string, n int, change ...func(*System)) System {
		s := System{Product: product, Topology: Cluster, CA: PrivateCA, ClusterFQDN: prefix + ".example.com"}
		for i := range n {
			s.Nodes = append(s.Nodes, fmt.Sprintf("%s%d.example.com", prefix, i+1))
		}
		for _, f := range change {
			f(&s)
		}
		return s
	}
	return Deployment{Domains: []string{"example.com", "example.org"}, Features: []Feature{MRA, XMPPFederation, MixedMode}, Systems: []System{
		cluster("expressway-c", "expc", 3, ver("X15.5"), phones("secure.phone.example.com")), cluster("expressway-e", "expe", 3, ver("X15.5"), ca(PublicCA)),
		cluster("cucm", "cucm", 6, topology(ClusterShared), services("tomcat", "callmanager", "ipsec", "tvs", "capf")),
		cluster("imp", "imp", 4), cluster("cms", "cms", 4, names("join.example.com"))}}
}

func TestTwentyNodes(t *testing.T) {
	p := load(t).Plan(twenty(), today)
	if !p.Ready() || len(p.Specs) < 40 || len(p.Trust) < 20 || len(p.Runbook) < 80 {
		t.Errorf("ready %v: missing %v, errors %v; %d certificates, %d trust steps, %d steps", p.Ready(), p.Missing, p.Errors(), len(p.Specs), len(p.Trust), len(p.Runbook))
	}
}

func BenchmarkPlanTwentyNodes(b *testing.B) {
	c := load(b)
	d := twenty()
	b.ReportAllocs()
	for b.Loop() {
		c.Plan(d, today)
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCSR(b *testing.B) {
	for _, k := range []Key{{"ecdsa", 256}, {"rsa", 2048}} {
		b.Run(k.String(), func(b *testing.B) {
			s := fullSpec()
			s.Key = k
			key := keyOfKind(b, k)
			for b.Loop() {
				if _, err := CSR(s, key); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkCheckCSR(b *testing.B) {
	s := fullSpec()
	der, err := CSR(s, keyOfKind(b, s.Key))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if f := CheckCSR(s, der); len(f) > 0 {
			b.Fatal(f)
		}
	}
}

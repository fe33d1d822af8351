package check

import (
	"crypto/x509"
	"os"
	"strings"
	"testing"
	"time"
)

// The breaks of the source documents, each from the material that produces it.
func TestVerifyBreaks(t *testing.T) {
	root := newCA(t, "Example Root CA", nil)
	mid := newCA(t, "Example Issuing CA", root)
	leaf := newLeaf(t, "expe1.example.com", mid)
	otherRoot := newCA(t, "Other Root CA", nil)
	sameName := newCA(t, "Example Root CA", nil)
	sameNameMid := newCA(t, "Example Issuing CA", root)
	oldMid := newCA(t, "Old Issuing CA", root, func(c *x509.Certificate) { c.NotAfter = now.AddDate(0, 0, -3) })
	underOld := newLeaf(t, "old.example.com", oldMid)
	expired := newLeaf(t, "expired.example.com", mid, func(c *x509.Certificate) { c.NotAfter = now.AddDate(0, 0, -1) })
	early := newLeaf(t, "early.example.com", mid, func(c *x509.Certificate) { c.NotBefore = now.Add(time.Hour) })
	tomcat := newLeaf(t, "cucm-pub.example.com", nil)
	callManager := newLeaf(t, "cucm-pub.example.com", nil)
	serverOnly := newLeaf(t, "public.example.com", mid, func(c *x509.Certificate) { c.ExtKeyUsage = c.ExtKeyUsage[:1] })
	notCA := newLeaf(t, "notca.example.com", root)
	underNotCA := newLeaf(t, "under.example.com", notCA)
	limited := newCA(t, "Limited CA", root, func(c *x509.Certificate) { c.MaxPathLenZero = true })
	deeper := newCA(t, "Deeper CA", limited)
	underDeeper := newLeaf(t, "deep.example.com", deeper)
	constrained := newCA(t, "Constrained CA", root, func(c *x509.Certificate) {
		c.PermittedDNSDomains, c.PermittedDNSDomainsCritical = []string{"corp.example"}, true
	})
	outside := newLeaf(t, "outside.example.com", constrained)
	serverCA := newCA(t, "Server CA", root, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} })
	withAIA := newLeaf(t, "aia.example.com", mid, func(c *x509.Certificate) { c.IssuingCertificateURL = []string{"http://ca.example.com/issuing.crt"} })
	underServerCA := newLeaf(t, "both.example.com", serverCA)

	for _, tc := range []struct {
		name      string
		leaf      *party
		untrusted []*party
		trust     []*party
		opts      VerifyOptions
		reason    string // "" for trusted
		warns     string
	}{
		{"whole", leaf, nil, []*party{mid, root}, VerifyOptions{}, "", ""},
		{"sent along", leaf, []*party{mid}, []*party{root}, VerifyOptions{}, "", ""},
		{"sent along, Expressway", leaf, []*party{mid}, []*party{root}, VerifyOptions{Verifier: ExpresswayVerifier}, "", "verify.intermediate-not-in-list"},
		{"intermediate left out (case 2 of the document)", leaf, nil, []*party{root}, VerifyOptions{}, "verify.missing-intermediate", ""},
		{"intermediate without root (case 3)", leaf, nil, []*party{mid}, VerifyOptions{}, "verify.intermediate-without-root", ""},
		{"intermediate sent, root absent", leaf, []*party{mid}, []*party{otherRoot}, VerifyOptions{}, "verify.root-missing", ""},
		{"root sent, not trusted", leaf, []*party{mid, root}, []*party{otherRoot}, VerifyOptions{}, "verify.root-untrusted", ""},
		{"intermediate left out, address given", withAIA, nil, []*party{root}, VerifyOptions{}, "verify.missing-intermediate", "verify.where"},
		{"nothing", leaf, nil, nil, VerifyOptions{}, "verify.missing-intermediate", ""},
		{"self-signed, not in list", tomcat, nil, []*party{root}, VerifyOptions{}, "verify.self-signed", ""},
		{"self-signed, in list", tomcat, nil, []*party{tomcat}, VerifyOptions{}, "", ""},
		{"two self-signed of one name, first", tomcat, nil, []*party{tomcat, callManager}, VerifyOptions{Verifier: ExpresswayVerifier}, "", ""},
		{"two self-signed of one name, second", callManager, nil, []*party{tomcat, callManager}, VerifyOptions{Verifier: ExpresswayVerifier}, "verify.shadowed", ""},
		{"shadowed root", leaf, nil, []*party{sameName, mid, root}, VerifyOptions{Verifier: ExpresswayVerifier}, "verify.shadowed", ""},
		{"right root first", leaf, nil, []*party{root, mid, sameName}, VerifyOptions{Verifier: ExpresswayVerifier}, "", ""},
		{"same, elsewhere", leaf, nil, []*party{sameName, mid, root}, VerifyOptions{}, "", "verify.duplicate-subject"},
		{"issuer renewed with a new key", leaf, nil, []*party{sameNameMid, root}, VerifyOptions{}, "verify.issuer-key", ""},
		{"expired", expired, nil, []*party{mid, root}, VerifyOptions{}, "verify.expired", ""},
		{"expired intermediate", underOld, nil, []*party{oldMid, root}, VerifyOptions{}, "verify.expired", ""},
		{"not yet", early, nil, []*party{mid, root}, VerifyOptions{}, "verify.not-yet", ""},
		{"client use of a server certificate", serverOnly, nil, []*party{mid, root}, VerifyOptions{Purpose: Client}, "verify.purpose-client", ""},
		{"server use of it", serverOnly, nil, []*party{mid, root}, VerifyOptions{Purpose: Server}, "", ""},
		{"signed by an end entity", underNotCA, []*party{notCA}, []*party{root}, VerifyOptions{}, "verify.not-ca", ""},
		{"path length", underDeeper, []*party{deeper, limited}, []*party{root}, VerifyOptions{}, "verify.path-length", ""},
		{"name constraints", outside, []*party{constrained}, []*party{root}, VerifyOptions{}, "verify.name-constraints", ""},
		{"usage of the CA", underServerCA, []*party{serverCA}, []*party{root}, VerifyOptions{Purpose: Client}, "verify.purpose-ca", ""},
		{"host", leaf, nil, []*party{mid, root}, VerifyOptions{Host: "expe1.example.com"}, "", ""},
		{"other host", leaf, nil, []*party{mid, root}, VerifyOptions{Host: "expe2.example.com"}, "verify.host", ""},
		{"address for a name", leaf, nil, []*party{mid, root}, VerifyOptions{Host: "192.0.2.7"}, "verify.host-ip", ""},
		{"short name", leaf, nil, []*party{mid, root}, VerifyOptions{Host: "expe1"}, "verify.host-short", ""},
		{"CUCM keeps the newer of one name", leaf, nil, []*party{mid, root, sameName}, VerifyOptions{Verifier: CUCMVerifier}, "", "verify.cucm-same-name"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			opts := tc.opts
			opts.Now, opts.Untrusted, opts.Trust = now, items(t, tc.untrusted...), items(t, tc.trust...)
			v := Verify(tc.leaf.item(t), opts)
			complete(t, v.Findings)
			if v.OK != (tc.reason == "") || v.Reason != tc.reason {
				t.Errorf("got ok=%v reason=%q at=%q, want %q; findings %v", v.OK, v.Reason, v.At, tc.reason, rulesOf(v.Findings))
			}
			if tc.warns != "" && !hasRule(v.Findings, tc.warns) {
				t.Errorf("no %s among %v", tc.warns, rulesOf(v.Findings))
			}
			if v.Chain.Trusted && !v.OK && !strings.Contains(tc.reason, "host") {
				t.Errorf("the picture says trusted, the verdict %s", v.Reason)
			}
			if tc.reason == "verify.missing-intermediate" && v.At != tc.leaf.cert.Subject.CommonName {
				t.Errorf("breaks at %q", v.At)
			}
		})
	}
}

func TestDrawChain(t *testing.T) {
	root := newCA(t, "Example Root CA", nil)
	mid := newCA(t, "Example Issuing CA with a rather long name that will not fit in", root)
	leaf := newLeaf(t, "expe1.example.com", mid)
	sameName := newCA(t, "Example Root CA", nil)
	labels := Labels{Title: "expe1.example.com — verified on 2026-11-21", Until: "valid until",
		Roles:   map[Role]string{Leaf: "server certificate", Intermediate: "intermediate CA", Root: "root CA", SelfSigned: "self-signed"},
		States:  map[NodeState]string{Fine: "OK", Trusted: "trusted", Untrusted: "not in the trust list", Missing: "missing: not sent, not in the trust list", Shadowed: "hidden behind another certificate of the same name", Faulty: "does not fit"},
		Edges:   map[EdgeState]string{Signed: "signed by", Mismatch: "same name, other key", Absent: "signed by, but not there"},
		Origins: map[Origin]string{FromPeer: "sent by the peer", FromTrust: "in the trust list"}}
	for name, opts := range map[string]VerifyOptions{
		"trusted":  {Trust: items(t, mid, root)},
		"missing":  {Trust: items(t, root)},
		"noroot":   {Trust: items(t, mid)},
		"shadowed": {Trust: items(t, sameName, mid, root), Verifier: ExpresswayVerifier},
	} {
		opts.Now = now
		v := Verify(leaf.item(t), opts)
		picture, err := DrawChain(v.Chain, labels)
		if err != nil {
			t.Fatal(err)
		}
		if dir := os.Getenv("CHAIN_PICTURES"); dir != "" {
			write(t, dir, name+".png", picture)
		}
	}
	chinese := Labels{Title: "expe1.example.com 的證書鏈", Until: "有效期至", Roles: map[Role]string{Leaf: "伺服器或用戶端憑證", Root: "根 CA", Intermediate: "中间 CA"},
		States: map[NodeState]string{Unproven: "自身正常，但憑證鏈已中斷", Missing: "缺失：未发送，也不在受信任列表中"}, Edges: map[EdgeState]string{Absent: "由其签署，但它不存在"}}
	named := newLeaf(t, "示例公司", newCA(t, "北京示例证书颁发机构", nil), func(c *x509.Certificate) { c.DNSNames = []string{"expe1.example.com"} })
	picture, err := DrawChain(Verify(named.item(t), VerifyOptions{Now: now}).Chain, chinese)
	if err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("CHAIN_PICTURES"); dir != "" {
		write(t, dir, "chinese.png", picture)
	}
	if _, err := DrawChain(Chain{}, labels); err == nil {
		t.Error("drew nothing")
	}
}

// A mesh of CAs that all sign one another, and a crowd of CAs with one name, cost no
// more than the bound.
func TestVerifyBoundedWork(t *testing.T) {
	var cas []*party
	for i := range 10 {
		cas = append(cas, newCA(t, "Mesh CA "+string(rune('A'+i)), nil))
	}
	var mesh []*party
	for _, a := range cas {
		for _, b := range cas {
			if a != b {
				tmpl := *a.cert
				mesh = append(mesh, sign(t, &tmpl, a.key, b))
			}
		}
	}
	leaf := newLeaf(t, "a.example.com", cas[0]).item(t)
	var crowd []*party
	by := newCA(t, "Crowd CA", nil)
	for range 60 {
		crowd = append(crowd, newCA(t, "Crowd CA", anonymous(newCA(t, "Crowd CA", nil))))
	}
	inCrowd := newLeaf(t, "b.example.com", anonymous(by)).item(t)
	for name, c := range map[string]chainCase{"mesh": {[]*Item{leaf}, items(t, mesh...), nil}, "crowd": {[]*Item{inCrowd}, items(t, crowd...), items(t, crowd[:5]...)}} {
		s := newStore(c.leaf[0], c.untrusted, c.trust)
		complete, broken := s.paths(s.canonical(c.leaf[0]))
		if s.checks > maxChecks || len(complete)+len(broken) > maxPaths {
			t.Errorf("%s: %d signature checks, %d paths", name, s.checks, len(complete)+len(broken))
		}
		if v := Verify(c.leaf[0], VerifyOptions{Now: now, Trust: c.trust, Untrusted: c.untrusted}); v.OK {
			t.Errorf("%s: trusted", name)
		}
	}
}

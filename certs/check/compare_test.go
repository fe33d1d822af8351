package check

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"net"
	"slices"
	"strings"
	"testing"

	"countersign/certs"
)

// Renewal steps A to E: what changed, what follows, for whom.
func TestCompare(t *testing.T) {
	root := newCA(t, "Example Root CA", nil)
	mid := newCA(t, "Example Issuing CA", root)
	otherMid := newCA(t, "Other Issuing CA", root)
	renewedMid := newCA(t, "Example Issuing CA", root)
	names := func(list ...string) change { return func(c *x509.Certificate) { c.DNSNames = list } }
	later := func(c *x509.Certificate) { c.NotBefore, c.NotAfter = now.AddDate(0, 0, -1), now.AddDate(0, 6, 0) }
	older := newLeaf(t, "expe1.example.com", mid, names("expe1.example.com", "expe.example.com", "example.com"), func(c *x509.Certificate) { c.KeyUsage |= x509.KeyUsageDataEncipherment })
	all := names("example.com", "EXPE.example.com", "expe1.example.com")
	ku := func(c *x509.Certificate) { c.KeyUsage |= x509.KeyUsageDataEncipherment }

	for _, tc := range []struct {
		name    string
		newer   *party
		product string
		trust   []*party
		ok      bool
		rules   []string
		steps   string
	}{
		{"same CA, same names in another order and case", newLeaf(t, "expe1.example.com", mid, all, later, ku), "expressway-e", nil, true, []string{"compare.san-same", "compare.eku-same", "compare.ca-same", "compare.key-new"}, "a c-fine d-same e"},
		{"name lost", newLeaf(t, "expe1.example.com", mid, names("expe1.example.com", "expe.example.com"), later, ku), "expressway-e", nil, false, []string{"compare.san-lost"}, "a c-again"},
		{"name added", newLeaf(t, "expe1.example.com", mid, names("expe1.example.com", "expe.example.com", "example.com", "new.example.com"), later, ku), "expressway-e", nil, true, []string{"compare.san-new"}, "a c-fine d-same e"},
		{"client usage lost", newLeaf(t, "expe1.example.com", mid, all, later, ku, func(c *x509.Certificate) { c.ExtKeyUsage = c.ExtKeyUsage[:1] }), "expressway-e", nil, false, []string{"compare.client-lost"}, "a c-again"},
		{"data encipherment lost", newLeaf(t, "expe1.example.com", mid, all, later), "cucm", nil, true, []string{"compare.data-encipherment-lost"}, "a c-fine d-same e-cucm"},
		{"another CA, Expressway-E", newLeaf(t, "expe1.example.com", otherMid, all, later, ku), "expressway-e", nil, true, []string{"compare.ca-other"}, "a c-fine d1 d2 d3-e e"},
		{"another CA, Expressway-C", newLeaf(t, "expe1.example.com", otherMid, all, later, ku), "expressway-c", nil, true, []string{"compare.ca-other"}, "a c-fine d1 d2 d3-c d4 e"},
		{"another CA, product not known", newLeaf(t, "expe1.example.com", otherMid, all, later, ku), "", nil, true, []string{"compare.ca-other"}, "a c-fine d1 d2 d3 d4 e"},
		{"another CA, already trusted", newLeaf(t, "expe1.example.com", otherMid, all, later, ku), "expressway-c", []*party{otherMid, root}, true, []string{"compare.ca-trusted"}, "a c-fine d-same e"},
		{"another CA, known not to be trusted", newLeaf(t, "expe1.example.com", otherMid, all, later, ku), "expressway-c", []*party{root}, false, []string{"compare.ca-untrusted"}, "a c-again"},
		{"same CA name, new CA key", newLeaf(t, "expe1.example.com", renewedMid, all, later, ku), "expressway-e", nil, true, []string{"compare.ca-renewed"}, "a c-fine d1 d2 d3-e e"},
		{"no key identifier", newLeaf(t, "expe1.example.com", anonymous(mid), all, later, ku), "expressway-e", nil, true, []string{"compare.ca-unsure"}, "a c-fine d1 d2 d3-e e"},
		{"expired", newLeaf(t, "expe1.example.com", mid, all, ku, func(c *x509.Certificate) { c.NotAfter = now.AddDate(0, 0, -2) }), "expressway-e", nil, false, []string{"compare.expired"}, "a c-again"},
		{"wrong way round", newLeaf(t, "expe1.example.com", mid, all, ku, func(c *x509.Certificate) { c.NotBefore, c.NotAfter = now.AddDate(-1, 0, 0), now.AddDate(0, 1, 0) }), "expressway-e", nil, true, []string{"compare.swapped"}, "a c-fine d-same e"},
		{"the same one", older, "expressway-e", nil, true, []string{"compare.identical"}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := Compare(older.item(t), tc.newer.item(t), CompareOptions{Now: now, Product: tc.product, Catalogue: loadCatalogue(t), Trust: items(t, tc.trust...)})
			complete(t, c.Findings)
			var steps []string
			for _, s := range c.Steps {
				complete(t, []certs.Finding{{Text: s.Text}})
				steps = append(steps, strings.TrimPrefix(s.Text.Key, "check.compare.step."))
			}
			if c.OK != tc.ok || strings.Join(steps, " ") != tc.steps {
				t.Errorf("ok %v, steps %v; %v", c.OK, steps, rulesOf(c.Findings))
			}
			for _, r := range tc.rules {
				if !hasRule(c.Findings, r) {
					t.Errorf("no %s among %v", r, rulesOf(c.Findings))
				}
			}
		})
	}
}

// Since X15.5 a server certificate does without client authentication.
func TestCompareByVersion(t *testing.T) {
	root := newCA(t, "Example Root CA", nil)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	issue := func(usages ...x509.ExtKeyUsage) *Item {
		tmpl := template("expe1.example.com")
		tmpl.DNSNames, tmpl.ExtKeyUsage, tmpl.KeyUsage = []string{"expe1.example.com"}, usages, x509.KeyUsageDigitalSignature|x509.KeyUsageKeyEncipherment
		return sign(t, tmpl, key, root).item(t)
	}
	older, newer := issue(x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth), issue(x509.ExtKeyUsageServerAuth)
	catalogue := loadCatalogue(t)
	for version, ok := range map[string]bool{"X14.3": false, "X15.5": true} {
		c := Compare(older, newer, CompareOptions{Now: now, Product: "expressway-e", Profile: "expressway-e/server", Version: version, Catalogue: catalogue})
		complete(t, c.Findings)
		if c.OK != ok {
			t.Errorf("%s: %v", version, rulesOf(c.Findings))
		}
	}
}

// A certificate beside the request that it should answer.
func TestCompareWithRequest(t *testing.T) {
	root := newCA(t, "Example Root CA", nil)
	key := testKey(t)
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: template("a.example.com").Subject, DNSNames: []string{"a.example.com", "b.example.com"}, IPAddresses: []net.IP{net.IPv4(192, 0, 2, 1)}}, key)
	if err != nil {
		t.Fatal(err)
	}
	m, _ := Read("csr", der, ReadOptions{})
	tmpl := template("a.example.com")
	tmpl.DNSNames = []string{"a.example.com"}
	own := sign(t, tmpl, key, root)
	c := Compare(m.Items[0], own.item(t), CompareOptions{Now: now})
	if c.OK || !hasRule(c.Findings, "compare.san-lost") || hasRule(c.Findings, "compare.key-foreign") {
		t.Errorf("%v", rulesOf(c.Findings))
	}
	c = Compare(m.Items[0], newLeaf(t, "a.example.com", root).item(t), CompareOptions{Now: now})
	if !hasRule(c.Findings, "compare.key-foreign") {
		t.Errorf("%v", rulesOf(c.Findings))
	}
}

// Keys, requests and certificates in any combination; the right one is named, the
// reversed bundle is recognised.
func TestMatch(t *testing.T) {
	dir := opensslCA(t)
	read := func(files ...string) []*Item {
		var out []*Item
		for _, f := range files {
			out = append(out, readItems(t, dir, f)...)
		}
		return out
	}
	reversed := append(append(append([]byte{}, readFile(t, dir+"/root.pem")...), readFile(t, dir+"/mid.pem")...), readFile(t, dir+"/leaf.pem")...)
	write(t, dir, "reversed.pem", reversed)
	mustOpenssl(t, dir, "pkcs8", "-topk8", "-in", "leaf.key", "-passout", "pass:secret", "-out", "closed.key")
	mustOpenssl(t, dir, "req", "-x509", "-key", "mid.key", "-out", "self.pem", "-subj", "/CN=self.example.com", "-addext", "subjectAltName=DNS:self.example.com")
	for _, tc := range []struct {
		files string
		ok    bool
		rule  string
	}{
		{"leaf.key leaf.pem", true, "match.yes"},
		{"leaf.key leaf.csr leaf.pem", true, "match.yes"},
		{"leaf.csr leaf.key", true, "match.yes"},
		{"mid.key leaf.pem", false, "match.no"},
		{"mid.csr leaf.pem", false, "match.no"},
		{"mid.key leaf.csr", false, "match.no"},
		{"leaf.key chain.pem", true, "match.yes"},
		{"leaf.key reversed.pem", true, "match.reversed"},
		{"leaf.key self.pem leaf.pem", true, "match.right-one"},
		{"mid.key leaf.pem mid.pem", true, "match.right-one"},
		{"leaf.key root.pem mid.pem", false, "match.none"},
		{"leaf.pem", false, "match.alone"},
		{"root.pem mid.pem", false, "match.nothing-to-match"},
		{"closed.key leaf.pem", false, "match.unreadable"},
		{"leaf.csr mid.csr", false, "match.other-key"},
	} {
		m := Match(read(strings.Fields(tc.files)...))
		complete(t, m.Findings)
		if m.OK != tc.ok || !hasRule(m.Findings, tc.rule) {
			t.Errorf("%s: ok %v, %v", tc.files, m.OK, rulesOf(m.Findings))
		}
	}
}

// The bundle's order is seen.
func TestBundleOrder(t *testing.T) {
	root := newCA(t, "Example Root CA", nil)
	mid := newCA(t, "Example Issuing CA", root)
	leaf := newLeaf(t, "expe1.example.com", mid)
	for rule, list := range map[string][]*party{
		"order.right": {leaf, mid, root}, "order.reversed": {root, mid, leaf}, "order.leaf-not-first": {mid, leaf, root}, "order.mixed": {leaf, root, mid},
		"order.duplicate": {leaf, mid, mid},
	} {
		m, fs := Read("b.pem", pemOf(list...), ReadOptions{})
		r := InspectAll(m, fs, now)
		complete(t, r.Findings)
		if !hasRule(r.Findings, rule) {
			t.Errorf("%s: %v", rule, rulesOf(r.Findings))
		}
		if r.Items[0].Summary.Key == "" {
			t.Error("no summary")
		}
	}
}

// A trust list with a look-alike, and with an intermediate but no root.
func TestTrustListReport(t *testing.T) {
	root, again := newCA(t, "Example Root CA", nil), newCA(t, "Example Root CA", nil)
	mid := newCA(t, "Example Issuing CA", newCA(t, "Absent Root CA", nil))
	m, fs := Read("trust.pem", pemOf(root, again, mid), ReadOptions{})
	r := InspectAll(m, fs, now)
	complete(t, r.Findings)
	if got := strings.Join(rulesOf(r.Findings), " "); got != "warning order.same-subject warning order.no-root" {
		t.Error(got)
	}
}

// "Exactly one carriage return", and what else a product may trip over.
func TestBundleForm(t *testing.T) {
	one := string(pemOf(newLeaf(t, "a.example.com", nil)))
	for _, tc := range []struct{ in, want string }{
		{one, ""}, {one + one, ""},
		{strings.TrimSuffix(one, "\n"), "warning form.no-line-break"},
		{one + "\n", "warning form.line-breaks"},
		{one + "\n" + one, "warning form.blank-line"},
		{"subject=a\n" + one, "info form.text"},
		{strings.ReplaceAll(one, "\n", "\r\n"), "info form.crlf"},
		{"\ufeff" + one, "warning form.bom"},
		{string(newLeaf(t, "a.example.com", nil).der), ""},
	} {
		fs := BundleForm("x", []byte(tc.in))
		complete(t, fs)
		if got := strings.Join(rulesOf(fs), " "); got != tc.want {
			t.Errorf("%q, want %q", got, tc.want)
		}
	}
}

// Files are byte-exact for their target: which certificates, in which order, one
// line break at the end, nothing else.
func TestBundleBytes(t *testing.T) {
	catalogue, err := certs.Load()
	if err != nil {
		t.Fatal(err)
	}
	root := newCA(t, "Example Root CA", nil)
	mid := newCA(t, "Example Issuing CA", root)
	leaf := newLeaf(t, "cms1.example.com", mid)
	stray := newCA(t, "Stray CA", nil)
	mixed := items(t, root, stray, leaf, mid)
	for _, tc := range []struct {
		profile string
		files   map[string][]*party
	}{
		{"expressway-e/server", map[string][]*party{"x.pem": {leaf}, "x-bundle.pem": {mid, root}}},
		{"expressway-c/client", map[string][]*party{"x.pem": {leaf}, "x-bundle.pem": {mid, root}}},
		{"cms/webbridge3", map[string][]*party{"x.crt": {leaf}, "x-chain.crt": {leaf, mid, root}, "x-bundle.crt": {mid, root}}},
		{"generic/tls-server", map[string][]*party{"x.pem": {leaf, mid}}},
		{"cucm/tomcat", map[string][]*party{"x-ca1.pem": {root}, "x-ca2.pem": {mid}, "x.pem": {leaf}}},
	} {
		p, ok := catalogue.Profile(tc.profile)
		if !ok {
			t.Errorf("no profile %s", tc.profile)
			continue
		}
		b := Bundle(mixed, BundleOptions{Upload: p.Upload, Base: "x", Now: now})
		complete(t, b.Findings)
		if !b.OK || !hasRule(b.Findings, "bundle.unused") {
			t.Errorf("%s: %v", tc.profile, rulesOf(b.Findings))
		}
		var have []string
		for _, f := range b.Files {
			have = append(have, f.Name)
			complete(t, []certs.Finding{{Text: f.Text}})
			if !bytes.HasSuffix(f.Data, []byte("-----END CERTIFICATE-----\n")) || bytes.Contains(f.Data, []byte("\n\n")) || bytes.Contains(f.Data, []byte("\r")) {
				t.Errorf("%s: %s does not end with exactly one line break", tc.profile, f.Name)
			}
			if want, ok := tc.files[f.Name]; ok && !bytes.Equal(f.Data, pemOf(want...)) {
				t.Errorf("%s: %s holds %v", tc.profile, f.Name, f.Contents)
			}
		}
		for name := range tc.files {
			if !slices.Contains(have, name) {
				t.Errorf("%s: no %s among %v", tc.profile, name, have)
			}
		}
	}
	expressway, _ := catalogue.Profile("expressway-e/server")
	if b := Bundle(items(t, leaf, mid), BundleOptions{Upload: expressway.Upload, Now: now}); b.OK || !hasRule(b.Findings, "bundle.incomplete") || len(b.Files) > 0 {
		t.Errorf("without the root: %v", rulesOf(b.Findings))
	}
	if b := Bundle(items(t, mid, root), BundleOptions{Now: now}); b.OK || !hasRule(b.Findings, "bundle.no-leaf") {
		t.Errorf("without a leaf: %v", rulesOf(b.Findings))
	}
	if b := Bundle(items(t, leaf, newLeaf(t, "b.example.com", mid), mid, root), BundleOptions{Now: now}); b.OK || !hasRule(b.Findings, "bundle.many-leaves") {
		t.Errorf("two leaves: %v", rulesOf(b.Findings))
	}
}

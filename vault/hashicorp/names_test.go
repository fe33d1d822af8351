package hashicorp_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/vault/api"

	"countersign/certs"
	"countersign/tests/hashicorptest"
	"countersign/tests/vaulttest"
	"countersign/vault/hashicorp"
)

// greedy is a request for a CA that may sign anything, of any name.
func greedy(t *testing.T, key any) string {
	t.Helper()
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{
		Subject: pkix.Name{CommonName: "evil.example.net"}, DNSNames: []string{"evil.example.net", "*.example.net"}, IPAddresses: []net.IP{net.IPv4(192, 0, 2, 66)},
		ExtraExtensions: []pkix.Extension{
			{Id: asn1.ObjectIdentifier{2, 5, 29, 19}, Critical: true, Value: []byte{0x30, 0x03, 0x01, 0x01, 0xff}},                           // CA:TRUE
			{Id: asn1.ObjectIdentifier{2, 5, 29, 15}, Critical: true, Value: []byte{0x03, 0x02, 0x01, 0x06}},                                 // keyCertSign, cRLSign
			{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Value: []byte{0x30, 0x0a, 0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x03}}, // codeSigning
		}}, key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}))
}

// has reports that a certificate has all the names that were asked for.
func has(c *x509.Certificate, asked map[string]any) bool {
	all := slices.Concat(c.DNSNames, c.EmailAddresses, []string{c.Subject.CommonName})
	for _, ip := range c.IPAddresses {
		all = append(all, ip.String())
	}
	for _, field := range []string{"common_name", "alt_names", "ip_sans"} {
		value, ok := asked[field].(string)
		if !ok {
			continue
		}
		for _, name := range strings.Split(value, ",") {
			if !slices.Contains(all, name) {
				return false // Vault leaves out what it takes for no name at all
			}
		}
	}
	return true
}

// TestNarrowRoles tries on the real server what the writer's token alone can have
// signed: names of every kind, with the roles of one kind of server and of one of
// client. Each kind goes by the roles that are called after it, and by no other. The
// roles for other usages differ in usages alone.
func TestNarrowRoles(t *testing.T) {
	s := hashicorptest.Empty(t)
	if err := s.Setup(t.Context(), []string{"example.com"}, certs.Subject{O: "Example, Inc."}, "NAMES=bare wildcard ip"); err != nil {
		t.Fatal(err)
	}
	writer := asIdentity(t, s, "writer")
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	csr := greedy(t, key)
	roles := rolesOf(t, rootClient(t, s))
	if len(roles) < 20 {
		t.Fatalf("only %d roles", len(roles))
	}
	wanted := planned(t)
	for role, profile := range wanted {
		if !slices.Contains(roles, role) {
			t.Errorf("no role %s for %s", role, profile)
		}
	}
	for _, role := range roles {
		if wanted[role] == "" && suffixOf(role) != "-ip" { // any of them can be asked for an address
			t.Errorf("role %s is for nothing", role)
		}
	}
	type body map[string]any
	var same []string
	kinds := []struct {
		body body
		by   []string // suffixes of the roles that sign it
	}{
		{body{"common_name": "a.example.com"}, []string{"", "-bare", "-wildcard", "-ip", "-wildcard-ip"}},
		{body{"common_name": "example.com"}, []string{"-bare", "-wildcard", "-wildcard-ip"}},
		{body{"alt_names": "example.com"}, []string{"-bare", "-wildcard", "-wildcard-ip"}},
		{body{"alt_names": "root@example.com"}, []string{"-bare", "-wildcard", "-wildcard-ip"}},
		{body{"common_name": "*.example.com"}, []string{"-wildcard", "-wildcard-ip"}},
		{body{"alt_names": "a.example.com,*.a.example.com"}, []string{"-wildcard", "-wildcard-ip"}},
		{body{"ip_sans": "192.0.2.1"}, []string{"-ip", "-wildcard-ip"}},
		{body{"ip_sans": "2001:db8::1"}, []string{"-ip", "-wildcard-ip"}},
		{body{"common_name": "a.example.net"}, nil},
		{body{"common_name": "notexample.com"}, nil},
		{body{"alt_names": "a.example.com.example.net"}, nil},
		{body{"alt_names": "*.com"}, nil},
		{body{"alt_names": "*"}, nil},
		{body{"alt_names": "localhost"}, nil},
		{body{"alt_names": "root@example.net"}, nil},
		{body{"common_name": "root@a.example.com"}, nil},
		{body{"common_name": "192.0.2.1"}, nil},
		{body{"alt_names": "not a host.example.com"}, nil},
		{body{"uri_sans": "spiffe://example.com/root"}, nil},
		{body{"other_sans": "1.3.6.1.4.1.311.20.2.3;UTF8:root@example.com"}, nil},
		{body{"user_ids": "root"}, nil},
		{body{"serial_number": "1"}, nil},
		{body{"not_after": "9999-12-31T23:59:59Z"}, nil},
	}
	tried := map[string]map[string]any{}
	for _, name := range roles {
		suffix := suffixOf(name)
		role := boundsOf(t, rootClient(t, s), name)
		switch base := strings.TrimSuffix(name, suffix); {
		case base == "countersign-client-ds" || base == "countersign-server-client-ds-ke":
			tried[suffix] = role
		default:
			same = append(same, name)
			continue
		}
		for _, kind := range kinds {
			ask := body{"csr": csr, "format": "pem"}
			for k, v := range kind.body {
				ask[k] = v
			}
			answer, err := writer.Logical().WriteWithContext(t.Context(), "countersign-pki/sign/"+name, ask)
			var c *x509.Certificate
			if err == nil {
				block, _ := pem.Decode([]byte(answer.Data["certificate"].(string)))
				if c, err = x509.ParseCertificate(block.Bytes); err != nil {
					t.Fatal(err)
				}
			}
			if got, want := c != nil && has(c, kind.body), slices.Contains(kind.by, suffix); got != want {
				t.Errorf("%s signs %v: %v, want %v (%v)", name, kind.body, got, want, err)
			}
			if c == nil {
				continue
			}
			names := strings.Join(append(c.DNSNames, c.Subject.CommonName), " ")
			if c.IsCA || c.KeyUsage&(x509.KeyUsageCertSign|x509.KeyUsageCRLSign) != 0 || slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageCodeSigning) ||
				strings.Contains(names, "example.net") || kind.body["ip_sans"] == nil && len(c.IPAddresses) > 0 {
				t.Errorf("%s takes from the request: CA %v, key usage %b, EKU %v, names %s", name, c.IsCA, c.KeyUsage, c.ExtKeyUsage, names)
			}
			if life := c.NotAfter.Sub(c.NotBefore).Hours() / 24; life > 398 {
				t.Errorf("%s signs for %v days", name, life)
			}
		}
		if answer, err := writer.Logical().WriteWithContext(t.Context(), "countersign-pki/sign/"+name,
			body{"csr": greedy(t, vaulttest.WeakKey(t)), "common_name": "a.example.com"}); err == nil {
			t.Errorf("%s signs a key of 1024 bits: %v", name, answer.Data["serial_number"])
		}
	}
	for _, name := range same {
		want := tried[suffixOf(name)]
		for field, value := range boundsOf(t, rootClient(t, s), name) {
			if fmt.Sprint(value) != fmt.Sprint(want[field]) {
				t.Errorf("%s: %s is %v, elsewhere %v", name, field, value, want[field])
			}
		}
	}

	// Run again without a kind, setup.sh takes its roles away.
	if err := s.Prepare(t.Context(), []string{"example.com"}, certs.Subject{O: "Example, Inc."}, "NAMES="); err != nil {
		t.Fatal(err)
	}
	for _, name := range rolesOf(t, rootClient(t, s)) {
		if suffixOf(name) != "" {
			t.Errorf("%s is left", name)
		}
	}
}

// boundsOf is all of a role but the usages.
func boundsOf(t *testing.T, root *api.Client, name string) map[string]any {
	t.Helper()
	role, err := root.Logical().Read("countersign-pki/roles/" + name)
	if err != nil {
		t.Fatal(err)
	}
	for _, usage := range []string{"key_usage", "ext_key_usage", "server_flag", "client_flag"} {
		delete(role.Data, usage)
	}
	return role.Data
}

func rolesOf(t *testing.T, root *api.Client) []string {
	t.Helper()
	list, err := root.Logical().List("countersign-pki/roles")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, name := range list.Data["keys"].([]any) {
		names = append(names, name.(string))
	}
	return names
}

func suffixOf(role string) string {
	for _, suffix := range []string{"-wildcard-ip", "-ip", "-wildcard", "-bare"} {
		if strings.HasSuffix(role, suffix) {
			return suffix
		}
	}
	return ""
}

// TestNarrowestRole has certificates of each kind of names issued: by the role that
// is for these names and not by a wider one.
func TestNarrowestRole(t *testing.T) {
	s := hashicorptest.Empty(t)
	spec := vaulttest.Spec(vaulttest.Kinds[1])
	names := func(kinds string) {
		t.Helper()
		if err := s.Setup(t.Context(), []string{"example.com", "example.org"}, spec.Subject, "NAMES="+kinds); err != nil {
			t.Fatal(err)
		}
	}
	names("bare wildcard ip")
	proxy := hashicorptest.NewProxy(t, s)
	login, err := s.AppRole(t.Context(), "writer")
	if err != nil {
		t.Fatal(err)
	}
	writer := hashicorptest.LoggedIn(t, proxy.Server, "writer", login)
	c := &hashicorp.Custody{Writer: writer}
	cases := map[string]struct {
		with   []certs.Name
		suffix string
	}{
		"host names":       {nil, ""},
		"a domain":         {[]certs.Name{{Type: certs.DNS, Value: "example.org"}}, "-bare"},
		"mail of a host":   {[]certs.Name{{Type: certs.Email, Value: "root@a.example.org"}}, ""},
		"mail of a domain": {[]certs.Name{{Type: certs.Email, Value: "root@example.org"}}, "-bare"},
		"a wildcard":       {[]certs.Name{{Type: certs.DNS, Value: "*.example.org"}}, "-wildcard"},
		"an address":       {[]certs.Name{{Type: certs.IP, Value: "192.0.2.1"}}, "-ip"},
		"all of them": {[]certs.Name{{Type: certs.IP, Value: "2001:db8::1"}, {Type: certs.DNS, Value: "*.example.com"},
			{Type: certs.DNS, Value: "example.com"}}, "-wildcard-ip"},
	}
	issue := func(p *hashicorp.PKI, name string, with []certs.Name) error {
		t.Helper()
		asked := spec
		asked.Names = append(slices.Clone(spec.Names), with...)
		csr, err := c.CreateCSR(t.Context(), "k1", spec)
		if err != nil {
			t.Fatal(err)
		}
		proxy.Calls()
		cert, _, err := p.Issue(t.Context(), name, asked, csr)
		if err == nil {
			for _, f := range certs.CheckIssued(asked, csr, cert.Leaf, cert.Chain, time.Now()) {
				if f.Severity == certs.Error {
					t.Errorf("%s: %s", name, f.Rule)
				}
			}
		}
		return err
	}
	p := &hashicorp.PKI{Signer: writer}
	for name, test := range cases {
		if err := issue(p, name, test.with); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if want := "PUT /v1/countersign-pki/sign/countersign-server-client-ds-ke" + test.suffix; !slices.Contains(proxy.Calls(), want) {
			t.Errorf("%s: not by %s", name, want)
		}
	}

	// What the operator has not allowed waits, and says for what.
	names("")
	p = &hashicorp.PKI{Signer: writer}
	for name, test := range cases {
		err := issue(p, name+" again", test.with)
		if test.suffix == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if f := wants(t, err, true, "vault.role.special"); f.Text().Args["Role"] != "countersign-server-client-ds-ke"+test.suffix {
			t.Errorf("%s: %v", name, f.Text().Args)
		}
	}

	// A role that permits more than its name says signs nothing, nor is it called fine.
	root := rootClient(t, s)
	for _, wide := range []map[string]any{{"allow_ip_sans": true}, {"allow_wildcard_certificates": true}, {"allow_bare_domains": true},
		{"allow_any_name": true}, {"enforce_hostnames": false}, {"allowed_uri_sans": "*"}, {"allow_localhost": true}} {
		before, err := root.Logical().Read("countersign-pki/roles/countersign-server-client-ds-ke")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := root.Logical().JSONMergePatch(t.Context(), "countersign-pki/roles/countersign-server-client-ds-ke", wide); err != nil {
			t.Fatal(err)
		}
		wants(t, issue(&hashicorp.PKI{Signer: writer}, "wide", nil), true, "vault.role.wide")
		const role = "countersign-server-client-ds-ke"
		for key, fine := range map[string]bool{role: false, spec.Profile: true} { // of the operator's own choice it is fine
			for _, check := range (&hashicorp.PKI{Signer: writer, Roles: map[string]string{key: role}}).Check(t.Context()) {
				if check.Name == "role "+role && (check.Err == nil) != fine {
					t.Errorf("%v, by %s: %v", wide, key, check.Err)
				}
			}
		}
		if err := issue(&hashicorp.PKI{Signer: writer, Roles: map[string]string{spec.Profile: role}}, fmt.Sprint("chosen ", wide), nil); err != nil {
			t.Errorf("%v, by choice: %v", wide, err)
		}
		if _, err := root.Logical().Write("countersign-pki/roles/countersign-server-client-ds-ke", before.Data); err != nil {
			t.Fatal(err)
		}
	}
}

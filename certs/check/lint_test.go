package check

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"strings"
	"testing"
	"time"

	"countersign/certs"
)

func loadCatalogue(t testing.TB) *certs.Catalogue {
	t.Helper()
	c, err := certs.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// What the products say, by profile and version.
func TestProfileFindings(t *testing.T) {
	catalogue := loadCatalogue(t)
	root := newCA(t, "Example Root CA", nil)
	small, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	rsaLeaf := func(changes ...change) *Item {
		tmpl := template("expe1.example.com")
		tmpl.DNSNames = []string{"expe1.example.com"}
		tmpl.KeyUsage = x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment
		tmpl.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
		for _, c := range changes {
			c(tmpl)
		}
		return sign(t, tmpl, small, root).item(t)
	}
	serverOnly := func(c *x509.Certificate) { c.ExtKeyUsage = c.ExtKeyUsage[:1] }
	longSAN := func(c *x509.Certificate) {
		for i := range 60 {
			c.DNSNames = append(c.DNSNames, fmt.Sprintf("conference-room-%02d.example.com", i))
		}
	}
	cucmUsage := func(c *x509.Certificate) { c.KeyUsage |= x509.KeyUsageDataEncipherment }
	for _, tc := range []struct {
		name, profile, version string
		item                   *Item
		want, never            string
	}{
		{"both usages, old Expressway", "expressway-e/server", "X14.3", rsaLeaf(), "", "lint.eku-missing"},
		{"server only, old Expressway", "expressway-e/server", "X14.3", rsaLeaf(serverOnly), "error lint.eku-missing", ""},
		{"server only, X15.5", "expressway-e/server", "X15.5", rsaLeaf(serverOnly), "", "lint.eku-missing"},
		{"server only as client certificate", "expressway-c/client", "X15.5", rsaLeaf(serverOnly), "error lint.eku-missing", ""},
		{"wildcard", "expressway-e/server", "X14.3", rsaLeaf(func(c *x509.Certificate) { c.DNSNames = append(c.DNSNames, "*.example.com") }), "error lint.wildcard", ""},
		{"999 characters", "expressway-e/server", "X14.3", rsaLeaf(longSAN), "error lint.san-characters", ""},
		{"no names", "expressway-e/server", "X14.3", rsaLeaf(func(c *x509.Certificate) { c.DNSNames = nil }), "error lint.no-names", ""},
		{"CN not in SAN", "expressway-e/server", "X14.3", rsaLeaf(func(c *x509.Certificate) { c.DNSNames = []string{"x.example.com"} }), "warning lint.cn-not-in-san", ""},
		{"ECDSA on Expressway", "expressway-e/server", "X14.3", newLeaf(t, "expe1.example.com", root).item(t), "error lint.key-type", ""},
		{"undecoded OID", "expressway-c/server", "X14.3", rsaLeaf(func(c *x509.Certificate) {
			c.Subject.ExtraNames = []pkix.AttributeTypeAndValue{{Type: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 99999, 1}, Value: "x"}}
		}), "warning lint.undecoded-oid", ""},
		{"CUCM without data encipherment", "cucm/tomcat", "14SU2", rsaLeaf(), "error lint.ku-missing", ""},
		{"no key usage at all", "cucm/tomcat", "14SU2", rsaLeaf(func(c *x509.Certificate) { c.KeyUsage = 0 }), "warning lint.ku-none", "lint.ku-missing"},
		{"CUCM with it", "cucm/tomcat", "14SU2", rsaLeaf(cucmUsage), "", "lint.ku-missing"},
		{"CMS database client, wrong CN", "cms/dbclient", "", rsaLeaf(), "error lint.cn-fixed", ""},
		{"CMS database client", "cms/dbclient", "", rsaLeaf(func(c *x509.Certificate) { c.Subject.CommonName = "postgres" }), "", "lint.cn-fixed"},
		{"a CA for a server", "expressway-e/server", "", newCA(t, "Issuing CA", root).item(t), "error lint.ca-certificate", ""},
		{"no such profile", "toaster/server", "", rsaLeaf(), "error lint.no-profile", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			fs := profileFindings(tc.item, LintOptions{Profile: tc.profile, Version: tc.version, Catalogue: catalogue, Now: now, CA: certs.PrivateCA})
			complete(t, fs)
			got := strings.Join(rulesOf(fs), ", ")
			if tc.want != "" && !strings.Contains(got, tc.want) || tc.never != "" && strings.Contains(got, tc.never) {
				t.Errorf("%s", got)
			}
		})
	}
	// Every profile says something sensible to a plain certificate and falls over none.
	for _, p := range catalogue.Profiles() {
		complete(t, profileFindings(rsaLeaf(), LintOptions{Profile: p.ID, Catalogue: catalogue, Now: now}))
	}
}

// The rules of the public web by date of issue, at their very edges. A day is
// 86,400 seconds and a second more is a day more.
func TestDatedRules(t *testing.T) {
	root := newCA(t, "R", nil)
	issue := func(from time.Time, days int, extra time.Duration) *Item {
		return newLeaf(t, "a.example.com", root, func(c *x509.Certificate) {
			c.NotBefore, c.NotAfter = from, from.Add(time.Duration(days)*24*time.Hour-time.Second+extra)
			c.ExtKeyUsage = c.ExtKeyUsage[:1]
		}).item(t)
	}
	day := func(s string) time.Time { d, _ := time.Parse(time.DateOnly, s); return d }
	for _, tc := range []struct {
		from  string
		days  int
		extra time.Duration
		want  string
	}{
		{"2026-03-14", 398, 0, "lint.lifetime-edge"}, {"2026-03-14", 398, time.Second, "lint.lifetime"},
		{"2026-03-15", 200, 0, "lint.lifetime-edge"}, {"2026-03-15", 199, 0, ""}, {"2026-03-15", 200, time.Second, "lint.lifetime"}, {"2026-03-15", 398, 0, "lint.lifetime"},
		{"2027-03-14", 200, 0, "lint.lifetime-edge"}, {"2027-03-15", 100, 0, "lint.lifetime-edge"}, {"2027-03-15", 101, 0, "lint.lifetime"},
		{"2029-03-15", 47, 0, "lint.lifetime-edge"}, {"2029-03-15", 48, 0, "lint.lifetime"},
	} {
		fs := dated(issue(day(tc.from), tc.days, tc.extra), now)
		complete(t, fs)
		got := ""
		if len(fs) > 0 {
			got = fs[0].Rule
		}
		if got != tc.want {
			t.Errorf("%s for %d days + %s: %q, want %q", tc.from, tc.days, tc.extra, got, tc.want)
		}
	}
	for _, tc := range []struct{ org, from, at, want string }{
		{"Let's Encrypt", "2026-06-01", "2026-07-01", "lint.client-auth-soon"},
		{"Let's Encrypt", "2026-06-01", "2026-11-21", "lint.client-auth-over"},
		{"DigiCert Inc", "2026-11-01", "2026-11-21", "lint.client-auth-soon"},
		{"DigiCert Inc", "2027-02-01", "2027-03-02", "lint.client-auth-over"},
		{"Sectigo Limited", "2026-11-01", "2026-11-21", "lint.client-auth-soon-unsure"},
		{"Anyone", "2026-11-01", "2026-11-21", "lint.client-auth-soon"},
		{"Anyone", "2027-03-20", "2027-03-21", "lint.client-auth-forbidden"},
	} {
		ca := newCA(t, "CA", nil, func(c *x509.Certificate) { c.Subject.Organization = []string{tc.org} })
		leaf := newLeaf(t, "a.example.com", ca, func(c *x509.Certificate) { c.NotBefore, c.NotAfter = day(tc.from), day(tc.from).AddDate(0, 0, 40) }).item(t)
		fs := dated(leaf, day(tc.at))
		complete(t, fs)
		if !hasRule(fs, tc.want) {
			t.Errorf("%s issued %s, asked %s: %v", tc.org, tc.from, tc.at, rulesOf(fs))
		}
	}
}

// zlint by kind of CA: a decent private certificate is quiet, the same one from a
// public CA is not.
func TestLintByCA(t *testing.T) {
	root := newCA(t, "Example Root CA", nil)
	leaf := newLeaf(t, "expe1.example.com", root).item(t)
	private := Lint(leaf, LintOptions{CA: certs.PrivateCA, Now: now})
	complete(t, private.Findings)
	if !private.OK || len(private.Findings) > 0 || private.Checked < 50 {
		t.Errorf("private: %d lints, %v", private.Checked, rulesOf(private.Findings))
	}
	public := Lint(leaf, LintOptions{CA: certs.PublicCA, Now: now})
	complete(t, public.Findings)
	if public.OK || public.Checked <= private.Checked || len(public.Findings) < 3 {
		t.Errorf("public: %d lints, %v", public.Checked, rulesOf(public.Findings))
	}
	catalogue := loadCatalogue(t)
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: template("a.example.com").Subject, DNSNames: []string{"a.example.com"}}, testKey(t))
	if err != nil {
		t.Fatal(err)
	}
	m, _ := Read("csr", der, ReadOptions{})
	csr := Lint(m.Items[0], LintOptions{Profile: "generic/tls-server", Catalogue: catalogue, Now: now})
	complete(t, csr.Findings)
	if !hasRule(csr.Findings, "lint.eku-not-asked") {
		t.Errorf("request: %v", rulesOf(csr.Findings))
	}
}

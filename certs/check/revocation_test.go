package check

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// opensslRevocation adds to opensslCA a revoked, a held and an unknown certificate,
// the CRL, and OCSP responses signed by the CA, by a delegate, by a delegate without
// the usage, and by a stranger.
func opensslRevocation(t *testing.T) string {
	dir := opensslCA(t)
	write(t, dir, "ca.cnf", []byte(`[ca]
default_ca = d
[d]
database = index.txt
serial = serial
crlnumber = crlnumber
certificate = mid.pem
private_key = mid.key
new_certs_dir = .
default_md = sha256
default_days = 90
default_crl_days = 30
policy = p
unique_subject = no
[p]
commonName = supplied
[leaf]
basicConstraints = CA:false
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[ocsp]
basicConstraints = CA:false
extendedKeyUsage = OCSPSigning
[notocsp]
basicConstraints = CA:false
extendedKeyUsage = serverAuth
`))
	write(t, dir, "index.txt", nil)
	write(t, dir, "serial", []byte("0A\n"))
	write(t, dir, "crlnumber", []byte("01\n"))
	for _, name := range []string{"good", "revoked", "held", "delegate", "impostor", "stranger"} {
		mustOpenssl(t, dir, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", name+".key", "-out", name+".csr", "-subj", "/CN="+name+".example.com")
		section := map[string]string{"delegate": "ocsp", "impostor": "notocsp"}[name]
		if section == "" {
			section = "leaf"
		}
		if name == "stranger" {
			mustOpenssl(t, dir, "req", "-x509", "-key", "stranger.key", "-out", "stranger.pem", "-days", "30", "-subj", "/CN=Designated responder", "-addext", "extendedKeyUsage=OCSPSigning")
			continue
		}
		mustOpenssl(t, dir, "ca", "-batch", "-config", "ca.cnf", "-extensions", section, "-in", name+".csr", "-out", name+".pem", "-notext")
	}
	mustOpenssl(t, dir, "ca", "-config", "ca.cnf", "-revoke", "revoked.pem", "-crl_reason", "keyCompromise")
	mustOpenssl(t, dir, "ca", "-config", "ca.cnf", "-revoke", "held.pem", "-crl_reason", "certificateHold")
	mustOpenssl(t, dir, "ca", "-config", "ca.cnf", "-gencrl", "-out", "mid.crl")
	for signer, files := range map[string][2]string{"mid": {"mid.pem", "mid.key"}, "delegate": {"delegate.pem", "delegate.key"}, "impostor": {"impostor.pem", "impostor.key"}, "stranger": {"stranger.pem", "stranger.key"}} {
		for _, cert := range []string{"good", "revoked", "held", "leaf"} {
			mustOpenssl(t, dir, "ocsp", "-issuer", "mid.pem", "-cert", cert+".pem", "-no_nonce", "-reqout", "q.der")
			args := []string{"ocsp", "-index", "index.txt", "-CA", "mid.pem", "-rsigner", files[0], "-rkey", files[1], "-reqin", "q.der", "-ndays", "7", "-respout", fmt.Sprintf("%s-%s.ocsp", cert, signer)}
			mustOpenssl(t, dir, args...)
		}
	}
	return dir
}

// Good, Revoked and Unknown as the CUCM guide defines them, from real responses and
// a real CRL; openssl crl and openssl ocsp have the same opinion.
func TestRevocation(t *testing.T) {
	dir := opensslRevocation(t)
	at := opensslNow(t, dir)
	issuer := readItems(t, dir, "mid.pem")[0]
	stranger := readItems(t, dir, "stranger.pem")
	for _, tc := range []struct {
		cert, ocsp, crl string
		responders      []*Item
		cc              bool
		at              time.Time
		status          RevocationStatus
		ok              bool
		model, rule     string
	}{
		{cert: "good", ocsp: "good-mid", status: RevocationGood, ok: true, model: "issuer"},
		{cert: "good", ocsp: "good-delegate", status: RevocationGood, ok: true, model: "delegated"},
		{cert: "good", ocsp: "good-impostor", status: RevocationUnknown, ok: true, rule: "revocation.delegate-usage"},
		{cert: "good", ocsp: "good-impostor", cc: true, status: RevocationUnknown, rule: "revocation.unknown-fails"},
		{cert: "good", ocsp: "good-stranger", status: RevocationUnknown, ok: true, rule: "revocation.ocsp-signer"},
		{cert: "good", ocsp: "good-stranger", responders: stranger, status: RevocationGood, ok: true, model: "trusted-responder"},
		{cert: "revoked", ocsp: "revoked-mid", status: RevocationRevoked, model: "issuer", rule: "revocation.revoked"},
		{cert: "revoked", ocsp: "revoked-delegate", cc: true, status: RevocationRevoked, model: "delegated", rule: "revocation.revoked"},
		{cert: "held", ocsp: "held-mid", status: RevocationRevoked, model: "issuer", rule: "revocation.on-hold"},
		{cert: "leaf", ocsp: "leaf-mid", status: RevocationUnknown, ok: true, model: "issuer", rule: "revocation.unknown-passes"},
		{cert: "leaf", ocsp: "leaf-mid", cc: true, status: RevocationUnknown, model: "issuer", rule: "revocation.unknown-fails"},
		{cert: "good", ocsp: "revoked-mid", status: RevocationUnknown, ok: true, rule: "revocation.ocsp-other"},
		{cert: "good", ocsp: "good-mid", at: at.AddDate(0, 0, 20), status: RevocationUnknown, ok: true, rule: "revocation.stale"},
		{cert: "good", ocsp: "good-mid", at: at.AddDate(0, 0, -20), status: RevocationUnknown, ok: true, rule: "revocation.future"},
		{cert: "good", crl: "mid.crl", status: RevocationGood, ok: true, model: "issuer"},
		{cert: "revoked", crl: "mid.crl", status: RevocationRevoked, model: "issuer", rule: "revocation.revoked"},
		{cert: "held", crl: "mid.crl", status: RevocationRevoked, model: "issuer", rule: "revocation.on-hold"},
		{cert: "revoked", crl: "mid.crl", at: at.AddDate(0, 0, 60), status: RevocationUnknown, ok: true, rule: "revocation.stale"},
		{cert: "revoked", ocsp: "good-mid", crl: "mid.crl", status: RevocationRevoked, model: "issuer"},
		{cert: "good", status: RevocationUnknown, ok: true, rule: "revocation.nothing"},
		{cert: "good", cc: true, status: RevocationUnknown, rule: "revocation.unknown-fails"},
	} {
		name := strings.Trim(tc.cert+" "+tc.ocsp+" "+tc.crl, " ")
		t.Run(name, func(t *testing.T) {
			o := RevocationOptions{Now: at, CommonCriteria: tc.cc, Responders: tc.responders}
			if !tc.at.IsZero() {
				o.Now = tc.at
			}
			if tc.ocsp != "" {
				o.OCSP = readItems(t, dir, tc.ocsp+".ocsp")
			}
			if tc.crl != "" {
				o.CRLs = readItems(t, dir, tc.crl)
			}
			r := Revocation(readItems(t, dir, tc.cert+".pem")[0], issuer, o)
			complete(t, r.Findings)
			if r.Status != tc.status || r.OK != tc.ok || r.Model != tc.model || tc.rule != "" && !hasRule(r.Findings, tc.rule) {
				t.Errorf("%s ok=%v model=%q %v, want %s ok=%v model=%q %s", r.Status, r.OK, r.Model, rulesOf(r.Findings), tc.status, tc.ok, tc.model, tc.rule)
			}
		})
	}
	for _, cert := range []string{"good", "revoked", "held"} {
		write(t, dir, "both.pem", append(readFile(t, filepath.Join(dir, "cas.pem")), readFile(t, filepath.Join(dir, "mid.crl"))...))
		_, ok := openssl(t, dir, "verify", "-crl_check", "-CAfile", "both.pem", cert+".pem")
		v := Verify(readItems(t, dir, cert+".pem")[0], VerifyOptions{Now: at, Trust: readItems(t, dir, "cas.pem"),
			Revocation: &RevocationOptions{CRLs: readItems(t, dir, "mid.crl")}})
		complete(t, v.Findings)
		if v.OK != ok {
			t.Errorf("%s: openssl verify -crl_check %v, here %v", cert, ok, rulesOf(v.Findings))
		}
		if !ok && v.Chain.Nodes[0].State != Withdrawn {
			t.Errorf("%s is drawn as %s", cert, v.Chain.Nodes[0].State)
		}
	}
	crl := readItems(t, dir, "mid.crl")[0]
	if f := Inspect(crl, at); f.Revoked != 2 || f.State != Valid {
		t.Errorf("CRL facts: %+v", f)
	}
	if f := Inspect(readItems(t, dir, "revoked-mid.ocsp")[0], at); f.Title != "revoked" || f.State != Valid {
		t.Errorf("OCSP facts: %+v", f)
	}
	if err := os.WriteFile(filepath.Join(dir, "later.ocsp"), []byte{0x30, 3, 0x0a, 1, 3}, 0o600); err != nil {
		t.Fatal(err)
	}
	r := Revocation(readItems(t, dir, "good.pem")[0], issuer, RevocationOptions{Now: at, OCSP: readItems(t, dir, "later.ocsp")})
	if complete(t, r.Findings); !hasRule(r.Findings, "revocation.ocsp-error") {
		t.Errorf("try later: %v", rulesOf(r.Findings))
	}
}

// Expressway's client certificate test, with its two documented answers.
func TestClientTest(t *testing.T) {
	dir := opensslRevocation(t)
	at := opensslNow(t, dir)
	mustOpenssl(t, dir, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "o.key", "-out", "o.pem", "-days", "30", "-subj", "/CN=Other CA")
	write(t, dir, "rootcrl.cnf", []byte("[ca]\ndefault_ca=d\n[d]\ndatabase=rootindex.txt\ncrlnumber=rootnumber\ncertificate=root.pem\nprivate_key=root.key\ndefault_md=sha256\ndefault_crl_days=30\n"))
	write(t, dir, "rootindex.txt", nil)
	write(t, dir, "rootnumber", []byte("01\n"))
	mustOpenssl(t, dir, "ca", "-config", "rootcrl.cnf", "-gencrl", "-out", "root.crl")
	leaf := readItems(t, dir, "leaf.pem")[0]
	crls := append(readItems(t, dir, "mid.crl"), readItems(t, dir, "root.crl")...)
	for _, tc := range []struct {
		name string
		opts ClientTestOptions
		ok   bool
		page string
		user string
		rule string
	}{
		{"not signed by a CA of the list", ClientTestOptions{Trust: readItems(t, dir, "o.pem")}, false, NotSigned, "", "client-test.untrusted"},
		{"intermediate without root", ClientTestOptions{Trust: readItems(t, dir, "mid.pem")}, false, NotSigned, "", "verify.intermediate-without-root"},
		{"no CRL, none used", ClientTestOptions{Trust: readItems(t, dir, "cas.pem")}, true, NoCRL, "", "client-test.no-crl-passes"},
		{"no CRL, checked", ClientTestOptions{Trust: readItems(t, dir, "cas.pem"), CheckCRL: true}, false, NoCRL, "", "client-test.no-crl-fails"},
		{"with CRLs", ClientTestOptions{Trust: readItems(t, dir, "cas.pem"), CRLs: crls, CheckCRL: true}, true, "Valid", "", "client-test.valid"},
		{"user name of the guide", ClientTestOptions{Trust: readItems(t, dir, "cas.pem"), CRLs: crls, Pattern: `/(Subject:.*, CN=(?<Group1>.*))/m`, Format: "prefix#Group1#suffix"}, true, "Valid", "prefixexpe1.example.comsuffix", "client-test.user"},
		{"spaced subject", ClientTestOptions{Trust: readItems(t, dir, "cas.pem"), CRLs: crls, Pattern: `Subject:.*CN = (?<cn>.*)`, Format: "#cn#"}, true, "Valid", "expe1.example.com", ""},
		{"from the SAN", ClientTestOptions{Trust: readItems(t, dir, "cas.pem"), CRLs: crls, Pattern: `email:(?<local>[^@]+)@example\.com`, Format: "#local#"}, true, "Valid", "ops", ""},
		{"no match", ClientTestOptions{Trust: readItems(t, dir, "cas.pem"), CRLs: crls, Pattern: `CN=nobody`}, false, "Valid", "", "client-test.no-match"},
		{"unknown group", ClientTestOptions{Trust: readItems(t, dir, "cas.pem"), CRLs: crls, Pattern: `CN=(?<a>\w+)`, Format: "#b#"}, false, "Valid", "", "client-test.no-user"},
		{"broken pattern", ClientTestOptions{Trust: readItems(t, dir, "cas.pem"), CRLs: crls, Pattern: `CN=(`}, false, "Valid", "", "client-test.bad-pattern"},
		{"look-behind", ClientTestOptions{Trust: readItems(t, dir, "cas.pem"), CRLs: crls, Pattern: `(?<=CN=)\w+`}, false, "Valid", "", "client-test.bad-pattern"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.opts.Now = at
			r := ClientTest(leaf, tc.opts)
			complete(t, r.Findings)
			if r.OK != tc.ok || r.Page != tc.page || r.User != tc.user || tc.rule != "" && !hasRule(r.Findings, tc.rule) {
				t.Errorf("ok=%v page=%q user=%q %v", r.OK, r.Page, r.User, rulesOf(r.Findings))
			}
		})
	}
	server := ClientTest(readItems(t, dir, "good.pem")[0], ClientTestOptions{Now: at, Trust: readItems(t, dir, "cas.pem")})
	if complete(t, server.Findings); server.OK || server.Page != "Invalid" || !hasRule(server.Findings, "verify.purpose-client") {
		t.Errorf("a server certificate passes as client: %v", rulesOf(server.Findings))
	}
}

package artefact

import (
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

func dumps(t testing.TB, text string, now time.Time) ([]Dump, []Observation) {
	t.Helper()
	return readDumps("d.txt", text, Options{Limits: Limits{}.orDefault(), Now: now})
}

// TestOpenSSLText compares the printed form of real certificates with the certificates.
func TestOpenSSLText(t *testing.T) {
	l := pki(t)
	for _, c := range []*issued{l.leaf, l.expired, l.self, l.root} {
		raw, err := exec.Command("openssl", "x509", "-in", c.certFile, "-noout", "-text").Output()
		if err != nil {
			t.Fatal(err)
		}
		list, _ := dumps(t, "Show decoded\n\n"+string(raw), time.Time{})
		if len(list) != 1 {
			t.Fatalf("%d dumps of one certificate", len(list))
		}
		d := list[0]
		x := c.cert
		if d.Line != 3 || !d.From.Equal(x.NotBefore) || !d.Until.Equal(x.NotAfter) || d.SKI != fmt.Sprintf("%x", x.SubjectKeyId) || d.AKI != fmt.Sprintf("%x", x.AuthorityKeyId) {
			t.Errorf("%+v\nis not %v %v %x %x", d, x.NotBefore, x.NotAfter, x.SubjectKeyId, x.AuthorityKeyId)
		}
		if !strings.Contains(d.Subject, x.Subject.CommonName) || !strings.Contains(d.Issuer, x.Issuer.CommonName) || d.CA != fmt.Sprint(x.IsCA) || d.Serial != fmt.Sprintf("%x", x.SerialNumber) {
			t.Errorf("subject %q issuer %q CA %q serial %q", d.Subject, d.Issuer, d.CA, d.Serial)
		}
		var sans []string
		for _, n := range d.SANs {
			sans = append(sans, n.Value)
			if line := strings.Split("Show decoded\n\n"+string(raw), "\n")[n.Line-1]; !strings.Contains(line, n.Value) {
				t.Errorf("%s is not in line %d: %q", n.Value, n.Line, line)
			}
		}
		want := slices.Clone(x.DNSNames)
		for _, ip := range x.IPAddresses {
			want = append(want, ip.String())
		}
		if !slices.Equal(sans, want) {
			t.Errorf("names %v, want %v", sans, want)
		}
	}
}

func TestOpenSSLRequestText(t *testing.T) {
	l := pki(t)
	raw, err := exec.Command("openssl", "req", "-new", "-key", l.leaf.keyFile, "-subj", "/CN=new.example.com", "-addext", "subjectAltName=DNS:new.example.com,DNS:two.example.com", "-text", "-noout").Output()
	if err != nil {
		t.Fatal(err)
	}
	list, seen := dumps(t, string(raw), time.Now())
	if len(list) != 1 || !list[0].Request || len(list[0].SANs) != 2 || list[0].Bits != 2048 {
		t.Errorf("%+v %v", list, kinds(seen))
	}
}

// What products print, in the form that their documents show it.
const (
	cucmPage = `Certificate File Data
[
  Version: V3
  Serial Number: 14EE6A35000000000009
  SignatureAlgorithm: SHA1withRSA (1.2.840.113549.1.1.5)
  Issuer Name: CN=lab-CA, DC=lab, DC=local
  Validity From: Tue Feb 10 10:33:25 CET 2015
           To:   Thu Feb 09 10:33:25 CET 2017
  Subject Name: CN=cucm.lab.local, OU=TAC, O=Cisco, L=Brussels, ST=BXL, C=BE
  Key: RSA (1.2.840.113549.1.1.1)
    Key value:
3082010a0282010100c3f0061dafbffa97cd781c9627134664cae9f55d5d92871b60ce17ddf78972963a4
  Extensions: 4 present
  [
     Extension: ExtKeyUsageSyntax (OID.2.5.29.37)
     Critical: false
     Usage oids: 1.3.6.1.5.5.7.3.1,
  ]
  [
     Extension: KeyUsage (OID.2.5.29.15)
     Critical: true
     Usages: digitalSignature, keyEncipherment,
  ]
  [
     Extension: SubjectAltName (OID.2.5.29.17)
     Critical: false
     SubjectAltName [
        cucm.lab.local (dNSName)
        pub.lab.local (dNSName)
     ]
  ]
  [
     Extension: SubjectKeyIdentifier (OID.2.5.29.14)
     Critical: false
     keyID: 45:8E:34:17:B0:6E:19:DC:6F:52:65:0F:FC:CB:01:06:18:C2:B6:27
  ]
]`
	decodedPiece = `X509v3 extensions:
X509v3 Key Usage: critical
  Digital Signature, Key Encipherment
X509v3 Extended Key Usage:
  TLS Web Server Authentication, TLS Web Client Authentication
X509v3 Subject Alternative Name:
  DNS:expe.example.com, DNS:expe2.example.com, IP Address:192.0.2.1
X509v3 Authority Key Identifier:
  keyid:45:8E:34:17:B0:6E:19:DC:6F:52:65:0F:FC:CB:01:06:18:C2:B6:27`
	keytoolList = `Alias name: tomcat
Certificate[1]:
Owner: CN=host.example.com, O=Lab
Issuer: CN=Lab CA, O=Lab
Serial number: 5f3a
Valid from: Mon Jan 05 10:00:00 UTC 2026 until: Tue Jan 05 10:00:00 UTC 2027
Signature algorithm name: SHA256withRSA
Subject Public Key Algorithm: 1024-bit RSA key
Extensions:
#1: ObjectId: 2.5.29.37 Criticality=false
ExtendedKeyUsages [
  clientAuth
]
#2: ObjectId: 2.5.29.17 Criticality=false
SubjectAlternativeName [
  DNSName: host.example.com
]
#3: ObjectId: 2.5.29.14 Criticality=false
SubjectKeyIdentifier [
KeyIdentifier [
0000: 45 8E 34 17 B0 6E 19 DC   6F 52 65 0F FC CB 01 06  E.4..n..oRe.....
0010: 18 C2 B6 27                                        ...'
]
]`
)

const keyID = "458e3417b06e19dc6f52650ffccb010618c2b627"

func TestProductForms(t *testing.T) {
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name, text string
		check      func(Dump) bool
		kinds      []string
	}{
		{"cucm", cucmPage, func(d Dump) bool {
			return d.Format == "cucm" && d.SKI == keyID && len(d.SANs) == 2 && d.SANs[1].Value == "pub.lab.local" && d.SANs[1].Line == 29 &&
				slices.Equal(d.EKU, []string{"serverAuth"}) && d.Serial == "14ee6a35000000000009" && d.Until.Year() == 2017 && d.title() == "cucm.lab.local"
		}, []string{"cert.expired", "cert.server-only", "cert.weak-signature"}},
		{"decoded piece", decodedPiece, func(d Dump) bool {
			return d.AKI == keyID && len(d.SANs) == 3 && d.SANs[2].Type == "IP" && d.has("serverAuth") && d.has("clientAuth") && d.Lines["sans"] == 7
		}, nil},
		{"keytool", keytoolList, func(d Dump) bool {
			return d.SKI == keyID && d.Bits == 1024 && d.has("clientAuth") && d.Until.Year() == 2027 && d.SANs[0].Value == "host.example.com"
		}, []string{"cert.client-only", "cert.weak-key"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			list, seen := dumps(t, tt.text, now)
			if len(list) != 1 || !tt.check(list[0]) {
				t.Fatalf("%+v", list)
			}
			if got := kinds(seen); !slices.Equal(got, tt.kinds) {
				t.Errorf("observed %v, want %v", got, tt.kinds)
			}
		})
	}
}

// TestNoDumps: words of certificates in other texts are no certificate.
func TestNoDumps(t *testing.T) {
	for _, text := range []string{
		"Not Before: Apr 07 2025 09:00:37 Not After: Apr 07 2025 10:00:37 Assertion Time: Apr 07 2025 09:00:07",
		"X509v3 Extended Key Usage:\nplease add this, thanks: see the guide\n",
		"Issuer: the CA said Not After lunch",
		"Extension: 4711\nCritical: true\n",
	} {
		if list, seen := dumps(t, text, time.Now()); len(list)+len(seen) > 0 {
			t.Errorf("%q: %+v %v", text, list, kinds(seen))
		}
	}
	list, _ := dumps(t, "X509v3 Extended Key Usage:\n  TLS Web Server Authentication\nNote: add X, Y and Z\n", time.Now())
	if len(list) != 1 || !slices.Equal(list[0].EKU, []string{"serverAuth"}) {
		t.Errorf("%+v", list)
	}
}

func TestUnknownOID(t *testing.T) {
	_, seen := dumps(t, "Certificate:\n    Data:\n        Subject: C=US, 1.3.6.1.4.1.311.60.2.1.3=#06035553, O=Lab, CN=e.example.com\n        Not After : Jan  1 00:00:00 2030 GMT\n", time.Time{})
	if !slices.Contains(kinds(seen), "cert.unknown-oid") || seen[0].Line != 3 {
		t.Errorf("%+v", seen)
	}
}

// TestClientOutput reads real output of openssl s_client.
func TestClientOutput(t *testing.T) {
	l := pki(t)
	for _, tt := range []struct {
		name   string
		server []string
		kinds  []string
	}{
		{"whole", l.leaf.serve(), []string{"tls.verified"}},
		{"leaf only", []string{"-cert", l.leaf.certFile, "-key", l.leaf.keyFile}, []string{"chain.leaf-only"}},
		{"self-signed", l.self.serve(), []string{"tls.self-signed-leaf"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out := sClient(t, sServer(t, tt.server...), "-CAfile", l.root.certFile, "-showcerts")
			_, seen := dumps(t, out, time.Now())
			if got := kinds(seen); !slices.Equal(got, tt.kinds) {
				t.Errorf("observed %v, want %v\n%s", got, tt.kinds, out)
			}
			if len(seen) > 0 && seen[0].Line == 0 {
				t.Error("no line")
			}
		})
	}
	swapped := "Certificate chain\n 0 s:CN = a\n   i:CN = inter\n 1 s:CN = root\n   i:CN = root\n 2 s:CN = inter\n   i:CN = root\n---\nVerify return code: 20 (x)\n"
	if _, seen := dumps(t, swapped, time.Time{}); !slices.Equal(kinds(seen), []string{"bundle.wrong-order"}) {
		t.Errorf("swapped chain: %v", kinds(seen))
	}
	gap := strings.Replace(swapped, " 2 s:CN = inter", " 2 s:CN = elsewhere", 1)
	if _, seen := dumps(t, gap, time.Time{}); !slices.Equal(kinds(seen), []string{"tls.chain-incomplete"}) {
		t.Errorf("chain with a gap: %v", kinds(seen))
	}
}

// TestClientOutputChain: a chain that was sent whole and is not trusted lacks no
// intermediate; an expired CA is no expired server certificate; what was verified is
// neither.
func TestClientOutputChain(t *testing.T) {
	chain := func(second, code string, until ...string) string {
		v := []string{"", ""}
		for i, d := range until {
			v[i] = "   v:NotBefore: Nov 29 15:46:16 2024 GMT; NotAfter: " + d + "\n"
		}
		return "Certificate chain\n 0 s:CN = srv.example.com\n   i:CN = Lab Issuing CA\n" + v[0] + " 1 s:CN = " + second + "\n   i:CN = Lab Root\n" + v[1] +
			"---\nVerified peername: srv.example.com\nVerify return code: " + code + "\n"
	}
	now := time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)
	late, past := "Nov 29 15:46:17 2027 GMT", "Nov 28 15:46:16 2026 GMT"
	for name, tt := range map[string]struct {
		text, kind, cause string
		decides           bool
	}{
		"root unknown":     {chain("Lab Issuing CA", "20 (unable to get local issuer certificate)"), "chain.root-unknown", "untrusted-ca", true},
		"root not trusted": {chain("Lab Issuing CA", "19 (self-signed certificate in certificate chain)"), "chain.root-unknown", "untrusted-ca", true},
		"no gap":           {chain("Lab Issuing CA", "20 (unable to get local issuer certificate)"), "chain.root-unknown", "missing-intermediate", false},
		"gap":              {chain("Lab Other CA", "20 (unable to get local issuer certificate)"), "tls.chain-incomplete", "missing-intermediate", true},
		"old CA":           {chain("Lab Issuing CA", "10 (certificate has expired)", late, past), "chain.expired", "expired", true},
		"old":              {chain("Lab Issuing CA", "10 (certificate has expired)", past, late), "cert.expired", "expired", true},
		"verified":         {chain("Lab Issuing CA", "0 (ok)", late, late), "tls.verified", "expired", false},
		"its name":         {chain("Lab Issuing CA", "0 (ok)", late, late), "tls.verified", "name-mismatch", false},
	} {
		var got *Observation
		for _, o := range Printed("message", tt.text, Options{Now: now}) {
			if o.Kind == tt.kind {
				got = &o
			}
		}
		if got == nil || got.Supports[tt.cause] == 0 || (got.Supports[tt.cause] > 0) != tt.decides {
			t.Errorf("%s: %+v", name, Printed("message", tt.text, Options{Now: now}))
		}
	}
	two := chain("Lab Issuing CA", "0 (ok)") + chain("Lab Issuing CA", "10 (certificate has expired)")
	for _, o := range Printed("message", two, Options{Now: now}) {
		if o.Kind == "tls.verified" && len(o.Supports) > 0 {
			t.Errorf("one of two was refused: %+v", o)
		}
	}
}

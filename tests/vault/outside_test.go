package vault

import (
	"bytes"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// authority is a CA outside, run by hand with OpenSSL.
type authority struct {
	t   *testing.T
	dir string
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{t: t, dir: t.TempDir()}
	a.write("ca.ext", "basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n")
	a.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "root.key", "-out", "root.pem", "-days", "3650", "-subj", "/CN=Corporate Root CA",
		"-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign")
	a.issuing()
	return a
}

// issuing makes the issuing CA, or another one of its name with a new key.
func (a *authority) issuing() {
	a.t.Helper()
	a.openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "sub.key", "-out", "sub.csr", "-subj", "/CN=Corporate Issuing CA")
	a.openssl("x509", "-req", "-in", "sub.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days", "1800", "-extfile", "ca.ext", "-out", "sub.pem")
}

func (a *authority) write(name, text string) {
	a.t.Helper()
	if err := os.WriteFile(filepath.Join(a.dir, name), []byte(text), 0o600); err != nil {
		a.t.Fatal(err)
	}
}

func (a *authority) openssl(args ...string) {
	a.t.Helper()
	cmd := exec.Command("openssl", args...)
	cmd.Dir = a.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		a.t.Fatalf("openssl %s: %v\n%s", args[0], err, out)
	}
}

// answer signs a request for some days with these usages and names.
func (a *authority) answer(csr []byte, days, usages, names string) []byte {
	a.t.Helper()
	a.write("in.csr", string(csr))
	a.write("leaf.ext", "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature,keyEncipherment\nextendedKeyUsage="+usages+
		"\nsubjectAltName="+names+"\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n")
	a.openssl("x509", "-req", "-in", "in.csr", "-CA", "sub.pem", "-CAkey", "sub.key", "-CAcreateserial", "-days", days, "-extfile", "leaf.ext", "-out", "leaf.pem")
	return a.read("leaf.pem")
}

func (a *authority) read(name string) []byte {
	a.t.Helper()
	raw, err := os.ReadFile(filepath.Join(a.dir, name))
	if err != nil {
		a.t.Fatal(err)
	}
	return raw
}

// chain is what goes with a leaf.
func (a *authority) chain(leaf []byte) []byte {
	return bytes.Join([][]byte{leaf, a.read("sub.pem"), a.read("root.pem")}, nil)
}

// TestCertificatesFromOutside: an approved request waits for a person at an authority;
// what that person drops into the direct message finds its request and is taken or
// refused with words that say what to ask of the authority.
func TestCertificatesFromOutside(t *testing.T) {
	w := newWorld(t)
	w.config["issuers"] = map[string]any{"corporate": map[string]any{"type": "manual", "name": "Corporate PKI", "form": "https://pki.example.com/request"}}
	w.policy("embedded", "corporate")
	w.serve()
	st, a := w.stage(), newAuthority(t)
	ella := st.As("ella")
	const both = "serverAuth,clientAuth"

	request(st, "REQ-1", "expc1.example.com")
	ella.Sees("REQ-1", "is approved", "corporate", "Drop the certificate that comes back here")
	csr := attachment(t, w, ella, ".csr.pem")
	if block, _ := pem.Decode(csr); block == nil || block.Type != "CERTIFICATE REQUEST" {
		t.Fatalf("the CSR is %.60q", csr)
	}
	const names = "DNS:expc1.example.com"

	// Refused, each with what differs and what to ask for; the request goes on waiting.
	ella.Uploads("no-client.pem", a.chain(a.answer(csr, "360", "serverAuth", names)), "")
	ella.Sees("TLS Web Client Authentication is missing", "Ask the CA to issue it again with both usages")
	ella.Uploads("www.pem", a.chain(a.answer(csr, "360", both, names+",DNS:www.expc1.example.com")), "")
	ella.Sees("The CA added", "www.expc1.example.com", "nobody approved it")
	ella.Says("Here it is:\n```" + string(a.answer(csr, "360", both, "DNS:other.example.org")) + "```")
	ella.Sees("Missing from the certificate", "expc1.example.com")
	ella.Uploads("hello.pem", []byte("-----BEGIN CERTIFICATE-----\nbm90IG9uZQ==\n-----END CERTIFICATE-----\n"), "")

	// Somebody else's certificate finds no request.
	a.openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "x.key", "-out", "x.csr", "-subj", "/CN=expc1.example.com")
	ella.Uploads("stranger.pem", a.chain(a.answer(a.read("x.csr"), "360", both, names)), "")

	// The right one is taken, in whatever order and form it comes.
	leaf := a.answer(csr, "365", both, names)
	a.write("all.pem", string(bytes.Join([][]byte{a.read("root.pem"), leaf, a.read("sub.pem")}, nil)))
	a.openssl("crl2pkcs7", "-nocrl", "-certfile", "all.pem", "-outform", "DER", "-out", "all.p7b")
	ella.Uploads("certnew.p7b", a.read("all.p7b"), "")
	ella.Sees("REQ-1", "is here")
	got := attachment(t, w, ella, "expc1.example.com.cert.pem")
	if !bytes.Equal(bytes.TrimSpace(got), bytes.TrimSpace(leafOf(t, leaf))) {
		t.Error("what is delivered is not what the CA made")
	}
	a.write("chain.pem", string(attachment(t, w, ella, "expc1.example.com.chain.pem")))
	a.openssl("verify", "-CAfile", "root.pem", "-untrusted", "chain.pem", "leaf.pem")

	// Another lifetime: held, and turned away by an approver.
	approvals := st.As("anselm").In("cert-approvals")
	card := asked(st, "REQ-2", "expc2.example.com")
	approvals.Clicks(card, "Approve")
	ella.Sees("REQ-2", "is approved", "Drop the certificate")
	csr = attachment(t, w, ella, "expc2.example.com.csr.pem")
	ella.Uploads("short.pem", a.chain(a.answer(csr, "30", both, "DNS:expc2.example.com")), "")
	ella.Sees("REQ-2", "It is not delivered yet", "The CA gave 31 days instead of 365", "Ask the CA to issue it again for 365 days", "have the CA mend it")
	approvals.Clicks(approvals.SeesChange(card, "differs from what was approved", "The CA gave 31 days", "Accept as returned"), "Turn it away")
	ella.Sees("REQ-2", "was turned away by an approver")

	// Without its chain: held, and complete when the chain comes by itself.
	ella.Says("```" + string(a.answer(csr, "365", both, "DNS:expc2.example.com")) + "```")
	ella.Sees("REQ-2", "It is not delivered yet", "Only the certificate itself came", "Corporate Issuing CA", "drop the CA’s intermediate and root certificates here")
	ella.Uploads("strangers.pem", newAuthority(t).read("sub.pem"), "") // of the same name, with another key
	ella.Uploads("chain.pem", bytes.Join([][]byte{a.read("root.pem"), a.read("sub.pem")}, nil), "")
	ella.Sees("REQ-2", "is here")
	a.write("chain.pem", string(attachment(t, w, ella, "expc2.example.com.chain.pem")))
	a.openssl("verify", "-CAfile", "root.pem", "-untrusted", "chain.pem", "leaf.pem")

	// A renewal that another key of the CA signed: held, and taken by an approver as it is.
	ella.Runs("/cert renew REQ-1")
	ella.Submits(ella.SeesModal("The plan", "expc1.example.com"), nil)
	card = approvals.Sees("Certificate request REQ-3", "Waiting for approval")
	approvals.Clicks(card, "Approve")
	ella.Sees("REQ-3", "is approved", "Drop the certificate")
	csr = attachment(t, w, ella, "REQ-3-expc1.example.com.csr.pem")
	a.issuing()
	ella.Uploads("renewed.pem", a.chain(a.answer(csr, "365", both, names)), "")
	ella.Sees("REQ-3", "It is not delivered yet", "Another CA key signed this time", "Ask the CA whether that was meant")
	card = approvals.SeesChange(card, "Another CA key signed this time", "Accept as returned")
	st.As("bolin").In("cert-approvals").Clicks(card, "Accept as returned")
	ella.Sees("REQ-3", "is here")
	out, err := w.command("audit", "export", "--data", w.config["data"].(string)).Output() //nolint:errcheck // as newWorld makes it
	for _, verb := range []string{"held", "turn_away", "accept_returned"} {
		if err != nil || !bytes.Contains(out, []byte(`"verb":"`+verb+`"`)) {
			t.Errorf("the record has no %s (%v)", verb, err)
		}
	}
}

func leafOf(t *testing.T, text []byte) []byte {
	t.Helper()
	block, _ := pem.Decode(text)
	if block == nil {
		t.Fatal("no certificate")
	}
	return pem.EncodeToMemory(block)
}

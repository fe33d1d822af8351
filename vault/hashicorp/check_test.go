package hashicorp_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"testing"
	"time"

	"countersign/certs"
	"countersign/tests/hashicorptest"
	"countersign/tests/vaulttest"
	"countersign/vault/embedded"
	"countersign/vault/hashicorp"
)

func TestCheck(t *testing.T) {
	s := shared(t)
	c, p := hashicorptest.Vault(t, s)
	for _, check := range append(c.Check(t.Context()), p.Check(t.Context())...) {
		if check.Err != nil {
			t.Errorf("%s: %v", check.Name, check.Err)
		}
	}

	// The root token can do everything, and that is wrong.
	all := hashicorptest.LoggedIn(t, s.Connection(), "writer", hashicorp.Token(s.Token))
	extra := 0
	for _, check := range (&hashicorp.PKI{Signer: all}).Check(t.Context()) {
		if check.Err != nil {
			wants(t, check.Err, false, "vault.right.extra")
			extra++
		}
	}
	if extra < 5 {
		t.Errorf("found only %d rights too many", extra)
	}
	// The janitor's token can do little of what a writer must.
	little := hashicorptest.LoggedIn(t, s.Connection(), "writer", hashicorp.Token(asIdentity(t, s, "janitor").Token()))
	missing := 0
	for _, check := range (&hashicorp.Custody{Writer: little, Releaser: c.Releaser, Janitor: c.Janitor}).Check(t.Context()) {
		if f, ok := check.Err.(certs.Fault); ok && f.Text().Key == "vault.right.missing" { //nolint:errorlint // as it is
			missing++
		}
	}
	if missing < 3 {
		t.Errorf("missed only %d rights", missing)
	}
	// Who may sign must not write the record, nor the other way round.
	both := hashicorptest.LoggedIn(t, s.Connection(), "recorder", hashicorp.Token(s.Token))
	told := false
	for _, check := range (&hashicorp.Custody{Writer: c.Writer, Releaser: c.Releaser, Janitor: c.Janitor, Recorder: both}).Check(t.Context()) {
		told = told || check.Name == "rights recorder" && check.Err != nil
	}
	if !told {
		t.Error("a recorder with all rights is called fine")
	}
}

func TestRevokeAndKeep(t *testing.T) {
	s := shared(t)
	k1, k2 := unique("k1"), unique("k2")
	c, p := hashicorptest.Vault(t, s)
	spec := vaulttest.Spec(vaulttest.Kinds[1])
	csr, err := c.CreateCSR(t.Context(), k1, spec)
	if err != nil {
		t.Fatal(err)
	}
	cert, _, err := p.Issue(t.Context(), k1, spec, csr)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := c.Keep(t.Context(), k1, cert); err != nil {
			t.Fatal(err)
		}
	}
	key, err := rootClient(t, s).Logical().Read("countersign-transit/keys/" + k1)
	if err != nil {
		t.Fatal(err)
	}
	if chain, _ := key.Data["keys"].(map[string]any)["1"].(map[string]any)["certificate_chain"].(string); !bytes.Contains([]byte(chain), []byte("BEGIN CERTIFICATE")) {
		t.Error("the certificate is not with its key")
	}
	otherCSR, err := c.CreateCSR(t.Context(), k2, spec)
	if err != nil {
		t.Fatal(err)
	}
	other, _, err := p.Issue(t.Context(), k2, spec, otherCSR)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Keep(t.Context(), k1, other); err == nil {
		t.Error("a certificate of another key was kept")
	}

	for range 2 {
		if err := p.Revoke(t.Context(), cert.Leaf, 1); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := rootClient(t, s).Logical().Read("countersign-pki/crl/rotate"); err != nil { // by itself: within 15 minutes
		t.Fatal(err)
	}
	crl, err := rootClient(t, s).Logical().Read("countersign-pki/cert/crl")
	if err != nil {
		t.Fatal(err)
	}
	text := crl.Data["certificate"].(string)
	if out := vaulttest.OpenSSL(t, []byte(text), "crl", "-noout", "-text"); !bytes.Contains([]byte(out), []byte("Serial Number:")) {
		t.Errorf("nothing on the CRL:\n%s", out)
	}
	wants(t, (&hashicorp.PKI{Signer: p.Signer}).Revoke(t.Context(), cert.Leaf, 1), false, "vault.revoke.none")
	_, foreign, err := embedded.Start(embedded.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	theirs, _, err := foreign.Issue(t.Context(), k1, spec, csr)
	if err != nil {
		t.Fatal(err)
	}
	if f := wants(t, p.Revoke(t.Context(), theirs.Leaf, 5), false, "vault.revoke.refused"); f.Text().Args["Reason"] == "" {
		t.Error("it does not say why")
	}
}

// TestOpen runs on a configuration like an operator's, and the ACME account's key.
func TestOpen(t *testing.T) {
	s := shared(t)
	config, err := s.Config(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	v, err := hashicorp.Open(config, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	for _, check := range append(v.Custody.Check(t.Context()), v.PKI.Check(t.Context())...) {
		if check.Err != nil {
			t.Errorf("%s: %v", check.Name, check.Err)
		}
	}
	if at, err := v.Custody.Writer.Expires(); err != nil || time.Until(at) > time.Hour || time.Until(at) < 50*time.Minute {
		t.Errorf("tokens end at %v, %v", at, err)
	}
	if at, err := v.Custody.Releaser.Expires(); err != nil || !at.IsZero() {
		t.Errorf("a token that exports keys lies about until %v, %v", at, err)
	}
	key, err := v.Custody.AccountKey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256([]byte("something"))
	signature, err := key.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil || !ecdsa.VerifyASN1(key.Public().(*ecdsa.PublicKey), digest[:], signature) {
		t.Errorf("the account's key does not sign: %v", err)
	}
	for _, wrong := range []func(*hashicorp.Config){
		func(c *hashicorp.Config) { c.Address = "vault" },
		func(c *hashicorp.Config) { c.Address = "http://vault.example.com:8200" },
		func(c *hashicorp.Config) { c.Public = "http://vault.example.com:8200" },
		func(c *hashicorp.Config) { c.Recorder.RoleID = "" },
		func(c *hashicorp.Config) { c.Janitor = hashicorp.LoginConfig{} },
		func(c *hashicorp.Config) { c.Writer.RoleID = "" },
		func(c *hashicorp.Config) { c.Releaser = hashicorp.LoginConfig{Method: "token"} },
		func(c *hashicorp.Config) { c.CAFile = "/no/such/file" },
	} {
		c := config
		wrong(&c)
		if v, err := hashicorp.Open(c, nil); err == nil {
			v.Close()
			t.Errorf("opened %+v", c)
		}
	}
}

package hashicorp

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"countersign/certs"
	"countersign/vault"
)

// Custody keeps keys in Vault's Transit engine. They are made there and signed with
// there; this process never holds one. It is safe for concurrent use.
//
// Four identities share the work, so that no one token can both make a key and take
// it, or sign and write the record of it: see deploy/vault.
type Custody struct {
	Writer   *Session // makes keys and requests; cannot export
	Releaser *Session // exports, and gets only a wrapping token for it
	Janitor  *Session // destroys keys, asks after and takes back hand-overs
	Recorder *Session // uses the audit key and the noted head; nil: both are refused
	Transit  string   // mount; empty: countersign-transit
	KV       string   // mount, KV v2; empty: countersign-kv

	head        sync.Mutex // guards what follows
	headSeen    bool       // headVersion is that of the noted head, as far as we know
	headVersion int        // 0: there was none
}

func (c *Custody) at(parts ...string) place { return below(c.Transit, "countersign-transit", parts...) }

// checkKeyName also refuses names of keys that are not for certificates: they begin with
// countersign-, as in the policies.
func checkKeyName(name string) error {
	if strings.HasPrefix(name, "countersign-") {
		return fmt.Errorf("vault: %q is no key for certificates", vault.Clip(name))
	}
	return vault.CheckKeyName(name)
}

// transitType is Vault's word for a kind of key.
func transitType(k certs.Key) (string, error) {
	switch k {
	case certs.Key{Type: "rsa", Size: 2048}, certs.Key{Type: "rsa", Size: 3072}, certs.Key{Type: "rsa", Size: 4096}:
		return "rsa-" + strconv.Itoa(k.Size), nil
	case certs.Key{Type: "ecdsa", Size: 256}, certs.Key{Type: "ecdsa", Size: 384}, certs.Key{Type: "ecdsa", Size: 521}:
		return "ecdsa-p" + strconv.Itoa(k.Size), nil
	}
	return "", vault.Refuse(nil, "vault.key.kind", "Kind", k.String())
}

// CreateCSR makes the key called name in Transit if it does not exist, exportable
// only when spec.KeyFile, and gives a CSR (DER) for spec signed by it. A key of that
// name of another kind, or that could be exported when spec does not ask for it, is
// refused. RSA signatures repeat to the byte, ECDSA ones do not.
func (c *Custody) CreateCSR(ctx context.Context, name string, spec certs.Spec) ([]byte, error) {
	if err := checkKeyName(name); err != nil {
		return nil, err
	}
	kind, err := transitType(spec.Key)
	if err != nil {
		return nil, err
	}
	template, err := transitTemplate(spec)
	if err != nil {
		return nil, err
	}
	// Vault leaves a key that exists as it is and answers with it.
	making := write(c.at("keys", name), map[string]any{"type": kind, "exportable": spec.KeyFile})
	making.times = 3 // RSA 4096 on a busy server
	key, err := c.Writer.call(ctx, making)
	if err != nil {
		return nil, fmt.Errorf("make key %s: %w", name, err)
	}
	if have := text(key, "type"); have != kind {
		return nil, vault.Refuse(nil, "vault.key.other", "Name", name, "Have", have, "Want", kind)
	}
	if exportable, _ := key.Data["exportable"].(bool); exportable && !spec.KeyFile {
		return nil, vault.Refuse(nil, "vault.key.exportable", "Name", name)
	}
	answer, err := c.Writer.call(ctx, write(c.at("keys", name, "csr"), map[string]any{"csr": string(template)}))
	if err != nil {
		return nil, fmt.Errorf("request for %s: %w", name, err)
	}
	block, _ := pem.Decode([]byte(text(answer, "csr")))
	if block == nil || block.Type != "CERTIFICATE REQUEST" {
		return nil, fmt.Errorf("request for %s: vault gave none", name)
	}
	return block.Bytes, checkMade(spec, block.Bytes)
}

// transitTemplate is what Transit copies subject and extensions from. It keeps an
// extension to the byte, but only while none is critical: with one it drops them all
// or fails (1.21.0; AttributeTypeAndValue has no place for the flag). A CA decides
// itself what is critical, so nothing is lost.
func transitTemplate(spec certs.Spec) ([]byte, error) {
	like, err := vault.Template(spec)
	if err != nil {
		return nil, err
	}
	for i := range like.Extensions {
		like.Extensions[i].Critical = false
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("template request: %w", err)
	}
	der, err := x509.CreateCertificateRequest(rand.Reader,
		&x509.CertificateRequest{RawSubject: like.RawSubject, ExtraExtensions: like.Extensions}, key)
	if err != nil {
		return nil, fmt.Errorf("template request: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}), nil
}

// checkMade trusts no server to have copied everything.
func checkMade(spec certs.Spec, der []byte) error {
	for _, f := range certs.CheckCSR(spec, der) {
		if f.Severity == certs.Error {
			return vault.Refuse(fmt.Errorf("%s", f.Rule), "vault.csr.differs", "Rule", f.Rule)
		}
	}
	return nil
}

// Keep stores an issued certificate with its key in Transit, and in KV for those who
// may not see Transit. Called again with the same certificate it changes nothing;
// with another one of the same key the newest counts in Transit and the first in KV.
func (c *Custody) Keep(ctx context.Context, name string, cert certs.Issued) error {
	if err := checkKeyName(name); err != nil {
		return err
	}
	leaf, err := x509.ParseCertificate(cert.Leaf)
	if err != nil {
		return fmt.Errorf("keep %s: %w", name, err)
	}
	chain := vault.ChainPEM(cert)
	if !leaf.IsCA { // Transit takes leaves only
		if _, err := c.Writer.call(ctx, write(c.at("keys", name, "set-certificate"), map[string]any{"certificate_chain": chain})); err != nil {
			return fmt.Errorf("keep %s: %w", name, err)
		}
	}
	_, err = createKV(ctx, c.Writer, c.KV, "certificates/"+name+"/"+leaf.SerialNumber.Text(16), map[string]any{
		"chain": chain, "not_after": leaf.NotAfter.UTC().Format(time.RFC3339)})
	if err != nil {
		return fmt.Errorf("keep %s: %w", name, err)
	}
	return nil
}

// Destroy removes the key from Transit, with all its versions. A key that is not
// there is no error.
func (c *Custody) Destroy(ctx context.Context, name string) error {
	if err := checkKeyName(name); err != nil {
		return err
	}
	_, err := c.Janitor.call(ctx, write(c.at("keys", name, "config"), map[string]any{"deletion_allowed": true}))
	if code, says := rejected(err); code == http.StatusBadRequest && strings.Contains(says, "no existing key") {
		return nil
	}
	if err == nil {
		_, err = c.Janitor.call(ctx, remove(c.at("keys", name)))
	}
	if code, says := rejected(err); code == http.StatusBadRequest && strings.Contains(says, "not found") {
		return nil
	}
	if err != nil {
		return fmt.Errorf("destroy key %s: %w", name, err)
	}
	return nil
}

package vault

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"countersign/certs"
)

// entry is the record of one issuance in KV: version 1 says what is asked for, the
// last version has the answer.
type entry struct {
	path    string
	asked   string
	chain   string // PEM, leaf first; empty until signed
	at      time.Time
	free    bool // the last attempt certainly made nothing
	version int
}

func (e entry) data() map[string]any {
	return map[string]any{"asked": e.asked, "chain": e.chain, "at": e.at.UTC().Format(time.RFC3339Nano), "free": e.free}
}

// begin makes the record, or reads the one there is. mine says that this call is the
// one to sign.
func (p *PKI) begin(ctx context.Context, e *entry) (mine bool, err error) {
	e.at = time.Now()
	created, err := createKV(ctx, p.Signer, p.KV, e.path, e.data())
	if err != nil {
		return false, err
	}
	if created {
		e.version = 1
		return true, nil
	}
	r, ok, err := readKV(ctx, p.Signer, p.KV, e.path)
	if err != nil {
		return false, err
	}
	if !ok {
		return false, errors.New("the record of an issuance was deleted from " + e.path)
	}
	if r.text("asked") != e.asked {
		return false, Refuse(nil, "vault.issue.other")
	}
	e.chain, e.version = r.text("chain"), r.version
	e.free, _ = r.data["free"].(bool)
	if e.at, err = time.Parse(time.RFC3339Nano, r.text("at")); err != nil {
		return false, fmt.Errorf("record of an issuance: %w", err)
	}
	return false, nil
}

// recover is for a record without an answer: somebody is signing now, or died at it.
// It looks for what may have been signed; only when that is certainly nothing does it
// take the attempt over.
func (p *PKI) recover(ctx context.Context, e *entry, spki []byte) error {
	if !e.free {
		chain, err := p.find(ctx, spki, e.at)
		if err != nil {
			return fmt.Errorf("look for a lost certificate: %w", err)
		}
		if chain != "" {
			return p.finish(ctx, e, chain)
		}
		if time.Since(e.at) < settle {
			return Wait(nil, "vault.issue.waits")
		}
	}
	e.at, e.free = time.Now(), false
	taken, err := putKV(ctx, p.Signer, p.KV, e.path, e.data(), e.version)
	if err != nil {
		return err
	}
	if !taken {
		return Wait(nil, "vault.issue.waits")
	}
	e.version++
	return nil
}

// finish records the answer. When somebody else has recorded one, that counts.
func (p *PKI) finish(ctx context.Context, e *entry, chain string) error {
	done := *e
	done.chain = chain
	stored, err := putKV(ctx, p.Signer, p.KV, e.path, done.data(), e.version)
	if err != nil {
		return err
	}
	if stored {
		*e = done
		return nil
	}
	r, ok, err := readKV(ctx, p.Signer, p.KV, e.path)
	if err != nil {
		return err
	}
	if e.chain = r.text("chain"); !ok || e.chain == "" {
		return Wait(nil, "vault.issue.waits")
	}
	return nil
}

// abandon notes that an attempt certainly signed nothing, so that the next need not
// wait. When that fails too, the next one waits.
func (p *PKI) abandon(ctx context.Context, e entry) {
	e.free = true
	if _, err := putKV(ctx, p.Signer, p.KV, e.path, e.data(), e.version); err != nil {
		p.Signer.log.Warn("issuance not marked as free", "err", err)
	}
}

// unsure reports that a call may have had its effect although it failed.
func unsure(err error) bool {
	var said *rejection
	if errors.As(err, &said) {
		return said.status >= 500 && said.status != http.StatusServiceUnavailable
	}
	var dial *net.OpError
	if errors.As(err, &dial) && dial.Op == "dial" {
		return false
	}
	return true
}

// find looks through all certificates of the mount for one of this public key made
// since. It costs one call for each certificate there is, and is only for what was
// lost between signing and recording.
func (p *PKI) find(ctx context.Context, spki []byte, since time.Time) (string, error) {
	path, err := p.path("certs")
	if err != nil {
		return "", err
	}
	looking := list(path)
	looking.times = 6
	all, err := p.Signer.call(ctx, looking)
	if err != nil || all == nil {
		return "", err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(8)
	var mu sync.Mutex
	var found string
	for _, serial := range texts(all.Data["keys"]) {
		group.Go(func() error {
			mu.Lock()
			done := found != ""
			mu.Unlock()
			if done {
				return nil
			}
			chain, err := p.fetch(ctx, serial, spki, since)
			if chain != "" {
				mu.Lock()
				found = chain
				mu.Unlock()
			}
			return err
		})
	}
	err = group.Wait()
	return found, err
}

// fetch gives the chain of one certificate if it is of this public key and was made
// since; otherwise nothing.
func (p *PKI) fetch(ctx context.Context, serial string, spki []byte, since time.Time) (string, error) {
	path, err := p.path("cert", serial)
	if err != nil {
		return "", err
	}
	answer, err := p.Signer.call(ctx, read(path))
	if code, _ := rejected(err); code == http.StatusNotFound {
		return "", nil // tidied meanwhile
	}
	if err != nil {
		return "", err
	}
	block, _ := pem.Decode([]byte(text(answer, "certificate")))
	if block == nil {
		return "", nil
	}
	c, err := x509.ParseCertificate(block.Bytes)
	// notBefore lies a little before the making; clocks differ a little too.
	if err != nil || !bytes.Equal(c.RawSubjectPublicKeyInfo, spki) || c.NotBefore.Before(since.Add(-10*time.Minute)) {
		return "", nil //nolint:nilerr // one that Go cannot read is not the one we asked for
	}
	ref := text(answer, "issuer_id")
	if ref == "" {
		ref = "default"
	}
	path, err = p.path("issuer", ref, "json")
	if err != nil {
		return "", err
	}
	issuer, err := p.Signer.call(ctx, read(path))
	if err != nil {
		return "", err
	}
	issuer.Data["issuing_ca"] = text(issuer, "certificate")
	issuer.Data["certificate"] = text(answer, "certificate")
	return answerChain(issuer), nil
}

// Find gives the certificate that was signed under key, if there is one, and signs
// nothing: from the record, or, when an answer was lost, by its public key.
func (p *PKI) Find(ctx context.Context, key string, _ certs.Spec, csr []byte) (certs.Issued, bool, error) {
	chain, err := p.signed(ctx, key, csr)
	if err != nil {
		return certs.Issued{}, false, fmt.Errorf("find: %w", err)
	}
	if chain == "" {
		return certs.Issued{}, false, nil
	}
	issued, err := parseChain(chain)
	return issued, err == nil, err
}

func (p *PKI) signed(ctx context.Context, key string, csr []byte) (string, error) {
	r, ok, err := readKV(ctx, p.Signer, p.KV, recordOf(key))
	if err != nil || !ok {
		return "", err
	}
	if chain := r.text("chain"); chain != "" {
		return chain, nil
	}
	if free, _ := r.data["free"].(bool); free {
		return "", nil
	}
	at, err := time.Parse(time.RFC3339Nano, r.text("at"))
	if err != nil {
		return "", fmt.Errorf("record of an issuance: %w", err)
	}
	request, err := x509.ParseCertificateRequest(csr)
	if err != nil {
		return "", fmt.Errorf("request: %w", err)
	}
	chain, err := p.find(ctx, request.RawSubjectPublicKeyInfo, at)
	if err == nil && chain == "" && time.Since(at) < settle {
		return "", Wait(nil, "vault.issue.waits")
	}
	return chain, err
}

// recordOf is where the issuance under key is recorded.
func recordOf(key string) string {
	sum := sha256.Sum256([]byte(key))
	return "issued/" + hex.EncodeToString(sum[:])
}

package hashicorp

import (
	"bytes"
	"cmp"
	"context"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"countersign/certs"
	"countersign/vault"
)

// settle is how long a signature that was asked for without an answer may still come
// into being: Vault's own longest request (max_request_duration, 90 s) and a little.
const settle = 95 * time.Second

// find looks through all certificates of the mount for one of this public key made
// since. It costs one call for each certificate there is, and is only for what was
// lost between signing and recording.
func (p *PKI) find(ctx context.Context, spki []byte, since time.Time) (string, error) {
	looking := list(p.at("certs"))
	looking.times = 6
	all, err := p.Signer.call(ctx, looking)
	if err != nil || all == nil {
		return "", err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(8)
	var found atomic.Value // a chain
	for _, serial := range texts(all.Data["keys"]) {
		group.Go(func() error {
			if found.Load() != nil {
				return nil
			}
			chain, err := p.fetch(ctx, serial, spki, since)
			if chain != "" {
				found.Store(chain)
			}
			return err
		})
	}
	err = group.Wait()
	chain, _ := found.Load().(string)
	return chain, err
}

// fetch gives the chain of one certificate if it is of this public key and was made
// since; otherwise nothing.
func (p *PKI) fetch(ctx context.Context, serial string, spki []byte, since time.Time) (string, error) {
	answer, err := p.Signer.call(ctx, read(p.at("cert", serial)))
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
	issuer, err := p.Signer.call(ctx, read(p.at("issuer", cmp.Or(text(answer, "issuer_id"), "default"), "json")))
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
	issued, err := vault.ParseChain(chain)
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
		return "", vault.Wait(nil, "vault.issue.waits")
	}
	return chain, err
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
			return vault.Wait(nil, "vault.issue.waits")
		}
	}
	e.at, e.free = time.Now(), false
	taken, err := putKV(ctx, p.Signer, p.KV, e.path, e.data(), e.version)
	if err != nil {
		return err
	}
	if !taken {
		return vault.Wait(nil, "vault.issue.waits")
	}
	e.version++
	return nil
}

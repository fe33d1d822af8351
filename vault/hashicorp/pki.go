package hashicorp

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"sync"

	"countersign/vault"

	"github.com/hashicorp/vault/api"
)

// PKI has certificates signed by Vault's PKI engine through sign/:role, which checks
// them against a role; sign-verbatim and sign-intermediate are never used. It is safe
// for concurrent use, also by several processes.
type PKI struct {
	Signer  *Session          // may sign, read roles and certificates, and write its records in KV
	Revoker *Session          // may revoke; nil: Revoke refuses
	Mount   string            // empty: countersign-pki
	KV      string            // mount, KV v2; empty: countersign-kv
	Roles   map[string]string // by profile id; otherwise RoleFor. For Check also those of RoleFor, under their own names
	Longest int               // days that certificates will be asked for at most, for Check; 0: not known

	mu    sync.Mutex
	known map[string]Role
}

func (p *PKI) at(parts ...string) place { return below(p.Mount, "countersign-pki", parts...) }

// answerChain is the leaf and the CAs above it, each once.
func answerChain(answer *api.Secret) string {
	all := []string{text(answer, "certificate")}
	above := texts(answer.Data["ca_chain"])
	if len(above) == 0 {
		above = []string{text(answer, "issuing_ca")}
	}
	for _, c := range above {
		if c = strings.TrimSpace(c); c != "" {
			all = append(all, c)
		}
	}
	return strings.Join(all, "\n") + "\n"
}

// notItsOwn is Vault's word, with status 500, on a certificate of another CA, or of one
// that was its own and was removed (1.21.0).
const notItsOwn = "unable to verify signature on presented cert"

// Revoke has a certificate revoked. Vault keeps no reason: it stays in the caller's
// audit. One that is revoked already is no error.
func (p *PKI) Revoke(ctx context.Context, leaf []byte, _ int) error {
	if p.Revoker == nil {
		return vault.Refuse(nil, "vault.revoke.none")
	}
	if _, err := x509.ParseCertificate(leaf); err != nil {
		return fmt.Errorf("revoke: %w", err)
	}
	// By certificate and not by serial number: then Vault checks that it is its own.
	_, err := p.Revoker.call(ctx, write(p.at("revoke"), map[string]any{"certificate": string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: leaf}))}))
	var no *rejection
	if code, _ := rejected(err); errors.As(err, &no) && (code != 0 || strings.Contains(no.says, notItsOwn)) {
		return vault.Refuse(err, "vault.revoke.refused", "Reason", no.says) // the same would be said again
	}
	if err != nil {
		return fmt.Errorf("revoke: %w", err)
	}
	return nil
}

package acme

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"

	"github.com/mholt/acmez/v3/acme"
)

// Revoke has a certificate (DER) that this account ordered revoked, with a reason code
// of RFC 5280 5.3.1. One that is revoked already is no error.
func (i *Issuer) Revoke(ctx context.Context, leaf []byte, reason int) error {
	cert, err := x509.ParseCertificate(leaf)
	if err != nil {
		return fmt.Errorf("acme: revoke: %w", err)
	}
	account, err := i.join(ctx)
	if err == nil {
		err = i.client.RevokeCertificate(ctx, account, cert, account.PrivateKey, reason)
	}
	if problem, ok := errors.AsType[acme.Problem](err); ok && problem.Type == acme.ProblemTypeAlreadyRevoked {
		return nil
	}
	if err != nil {
		return i.fault(fmt.Errorf("acme: revoke: %w", err))
	}
	return nil
}

package acme

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/mholt/acmez/v3/acme"

	"countersign/certs"
)

// recordOf names the record of the issuance under key.
func recordOf(key string) string {
	sum := sha256.Sum256([]byte(key))
	return "acme-" + hex.EncodeToString(sum[:])
}

// Find gives the certificate that was signed under key, if there is one: from the
// record, or from an order that had its certificate without our hearing of it. It
// takes no order further.
func (i *Issuer) Find(ctx context.Context, key string, _ certs.Spec, csr []byte) (certs.Issued, bool, error) {
	chain, err := i.signed(ctx, key, csr)
	if err != nil {
		return certs.Issued{}, false, i.fault(fmt.Errorf("acme: find: %w", err))
	}
	if chain == "" {
		return certs.Issued{}, false, nil
	}
	issued, err := parse(chain)
	return issued, err == nil, err
}

func (i *Issuer) signed(ctx context.Context, key string, csr []byte) (string, error) {
	name := recordOf(key)
	defer i.alone(name)()
	e, _, err := i.read(ctx, name)
	if err != nil || e.Chain != "" || e.Order == "" {
		return e.Chain, err
	}
	account, err := i.join(ctx)
	if err != nil {
		return "", err
	}
	order, found, err := i.resume(ctx, account, e)
	if err != nil || !found || order.Status != acme.StatusValid && order.Status != acme.StatusProcessing {
		return "", err // it never came to a certificate
	}
	return i.carryOut(ctx, account, order, csr)
}

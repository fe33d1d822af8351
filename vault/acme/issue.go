package acme

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mholt/acmez/v3/acme"

	"countersign/certs"
	"countersign/vault"
)

// maxNames is how many names one order may have: the limit of Let's Encrypt.
const maxNames = 100

// Issue orders a certificate for exactly the names of spec, proves them, and fetches
// it. Asked again with the same key it goes on with the same order, and an order has
// one certificate at most. What the authority writes besides the names (subject,
// usages, lifetime) is its own affair: compare before using it. It is never pending.
func (i *Issuer) Issue(ctx context.Context, key string, spec certs.Spec, csr []byte) (certs.Issued, bool, error) {
	issued, err := i.issue(ctx, key, spec, csr)
	if err != nil {
		return certs.Issued{}, false, i.fault(fmt.Errorf("acme: %w", err))
	}
	return issued, false, nil
}

func (i *Issuer) issue(ctx context.Context, key string, spec certs.Spec, csr []byte) (certs.Issued, error) {
	if key == "" || len(key) > 1000 {
		return certs.Issued{}, errors.New("no key to issue under")
	}
	if _, err := vault.CheckRequest(spec, csr); err != nil {
		return certs.Issued{}, err
	}
	ids, err := identifiers(spec, csr)
	if err != nil {
		return certs.Issued{}, err
	}
	asked, _, err := vault.Asked(spec, csr)
	if err != nil {
		return certs.Issued{}, err
	}
	name := recordOf(key)
	defer i.alone(name)()

	e, version, err := i.read(ctx, name)
	if err != nil {
		return certs.Issued{}, err
	}
	if version > 0 && e.Asked != asked {
		return certs.Issued{}, vault.Refuse(nil, "vault.issue.other")
	}
	if e.Chain != "" {
		return vault.ParseChain(e.Chain)
	}
	account, err := i.join(ctx)
	if err != nil {
		return certs.Issued{}, err
	}
	order, found, err := i.resume(ctx, account, e)
	if err != nil {
		return certs.Issued{}, err
	}
	if !found {
		if order, err = i.client.NewOrder(ctx, account, acme.Order{Identifiers: ids, Profile: i.options.Profile}); err != nil {
			return certs.Issued{}, err
		}
		// Recorded before anything is proved: of two at once, only the order that is on record goes on.
		e = entry{Asked: asked, Order: order.Location}
		if err := i.put(ctx, name, e, version); err != nil {
			return certs.Issued{}, err
		}
		version++
	}
	if e.Chain, err = i.carryOut(ctx, account, order, csr); err != nil {
		return certs.Issued{}, err
	}
	if err := i.put(ctx, name, e, version); err != nil {
		return certs.Issued{}, err
	}
	return vault.ParseChain(e.Chain)
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
	issued, err := vault.ParseChain(chain)
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

// identifiers are the names of spec as an order has them. They must be the request's
// too, or the authority refuses it at the very end.
func identifiers(spec certs.Spec, csr []byte) ([]acme.Identifier, error) {
	var ids []acme.Identifier
	add := func(kind, value string) {
		id := acme.Identifier{Type: kind, Value: value}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	for _, n := range spec.Names {
		switch n.Type {
		case certs.DNS:
			add("dns", strings.ToLower(n.Value))
		case certs.IP:
			add("ip", n.Value)
		default:
			return nil, vault.Refuse(nil, "vault.acme.name", "Name", n.Value)
		}
	}
	switch {
	case len(ids) == 0:
		return nil, vault.Refuse(nil, "vault.acme.none")
	case len(ids) > maxNames:
		return nil, vault.Refuse(nil, "vault.acme.many", "Count", fmt.Sprint(len(ids)), "Most", fmt.Sprint(maxNames))
	case spec.IsCA:
		return nil, vault.Refuse(nil, "vault.role.ca")
	}
	request, err := x509.ParseCertificateRequest(csr)
	if err != nil {
		return nil, vault.Refuse(err, "vault.csr.unreadable")
	}
	for _, name := range append(slices.Clone(request.DNSNames), request.Subject.CommonName) {
		if name != "" && !slices.Contains(ids, acme.Identifier{Type: "dns", Value: strings.ToLower(name)}) {
			return nil, vault.Refuse(nil, "vault.acme.extra", "Name", name)
		}
	}
	return ids, nil
}

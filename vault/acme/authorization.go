package acme

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/mholt/acmez/v3/acme"
	"golang.org/x/sync/errgroup"

	"countersign/vault"
)

// resume gives the order on record, unless it came to nothing: then another may be made.
func (i *Issuer) resume(ctx context.Context, account acme.Account, e entry) (acme.Order, bool, error) {
	if e.Order == "" {
		return acme.Order{}, false, nil
	}
	order, err := i.client.GetOrder(ctx, account, acme.Order{Location: e.Order})
	if problem, ok := errors.AsType[acme.Problem](err); ok && (problem.Status == http.StatusNotFound || problem.Status == http.StatusGone) {
		return acme.Order{}, false, nil // expired and forgotten; a valid one is kept much longer than we retry
	}
	if err != nil {
		return acme.Order{}, false, err
	}
	return order, order.Status != acme.StatusInvalid, nil
}

// carryOut takes an order from where it stands to its certificate.
func (i *Issuer) carryOut(ctx context.Context, account acme.Account, order acme.Order, csr []byte) (string, error) {
	for range 60 {
		var err error
		location := order.Location
		switch order.Status {
		case acme.StatusPending:
			if err := i.prove(ctx, account, order); err != nil {
				return "", err
			}
			order, err = i.client.GetOrder(ctx, account, order)
		case acme.StatusReady:
			order, err = i.client.FinalizeOrder(ctx, account, order, csr)
		case acme.StatusProcessing:
			select {
			case <-ctx.Done():
				return "", ctx.Err()
			case <-time.After(i.options.Poll):
			}
			order, err = i.client.GetOrder(ctx, account, order)
		case acme.StatusValid:
			chains, err := i.client.GetCertificateChain(ctx, account, order.Certificate)
			if err != nil {
				return "", err
			}
			if len(chains) == 0 {
				return "", errors.New("the order is valid but has no certificate")
			}
			return string(chains[0].ChainPEM), nil
		default:
			if order.Error != nil {
				return "", *order.Error
			}
			return "", vault.Wait(nil, "vault.acme.invalid")
		}
		if err != nil {
			return "", err
		}
		order.Location = cmp.Or(order.Location, location)
	}
	return "", vault.Wait(nil, "vault.issue.waits")
}

// prove answers a challenge for each name that is not proved yet, a few at a time. A
// domain and its wildcard share one TXT record, and hooks that replace it are common:
// they go one after the other.
func (i *Issuer) prove(ctx context.Context, account acme.Account, order acme.Order) error {
	open := map[string][]acme.Authorization{}
	for _, address := range order.Authorizations {
		authz, err := i.client.GetAuthorization(ctx, account, address)
		if err != nil {
			return err
		}
		if authz.Status != acme.StatusValid {
			open[authz.Identifier.Value] = append(open[authz.Identifier.Value], authz)
		}
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(4)
	for _, same := range open {
		group.Go(func() error {
			for _, authz := range same {
				if err := i.proveOne(ctx, account, authz); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}

func (i *Issuer) proveOne(ctx context.Context, account acme.Account, authz acme.Authorization) error {
	for _, solver := range i.options.Solvers {
		for _, challenge := range authz.Challenges {
			if challenge.Type != solver.Type() {
				continue
			}
			if err := i.answer(ctx, account, authz, challenge, solver); err != nil {
				return fmt.Errorf("%s of %s: %w", challenge.Type, authz.IdentifierValue(), err)
			}
			return nil
		}
	}
	return vault.Refuse(nil, "vault.acme.solver", "Name", authz.IdentifierValue())
}

func (i *Issuer) answer(ctx context.Context, account acme.Account, authz acme.Authorization, c acme.Challenge, solver Solver) (err error) {
	defer func() {
		// Also after ctx has ended: a proof must not stay.
		clean, cancel := context.WithTimeout(context.WithoutCancel(ctx), hookTime)
		defer cancel()
		err = errors.Join(err, solver.CleanUp(clean, c))
	}()
	if err := solver.Present(ctx, c); err != nil {
		return err
	}
	if c.Status == acme.StatusPending || c.Status == "" {
		if _, err := i.client.InitiateChallenge(ctx, account, c); err != nil {
			return err
		}
	}
	if _, err := i.client.PollAuthorization(ctx, account, authz); err != nil {
		return &unproved{name: authz.IdentifierValue(), err: err}
	}
	return nil
}

// unproved is a name that the authority could not see to be ours.
type unproved struct {
	name string
	err  error
}

func (u *unproved) Error() string { return "not proved: " + u.err.Error() }
func (u *unproved) Unwrap() error { return u.err }

package acme

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/mholt/acmez/v3/acme"

	"countersign/certs"
	"countersign/vault"
)

// fault makes of an error what people can be told.
func (i *Issuer) fault(err error) error {
	var (
		known   certs.Fault
		name    *unproved
		problem acme.Problem
		web     *url.Error
		dial    *net.OpError
	)
	switch {
	case errors.As(err, &known):
		return known
	case errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &name):
		detail := name.err.Error()
		if errors.As(name.err, &problem) {
			detail = problem.Detail
		}
		// A person has to open a port or mend DNS; then another order does it.
		return vault.Wait(err, "vault.acme.unproved", "Name", name.name, "Detail", vault.Clip(detail))
	case errors.As(err, &problem):
		return i.problemFault(err, problem)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &web), errors.As(err, &dial):
		return vault.Wait(err, "vault.acme.unreachable", "Address", i.options.Directory)
	case strings.Contains(err.Error(), "profile"): // acmez gives no type for it
		return vault.Refuse(err, "vault.acme.profile", "Profile", i.options.Profile)
	}
	return err
}

func (i *Issuer) problemFault(err error, problem acme.Problem) error {
	detail := vault.Clip(problem.Detail)
	for _, sub := range problem.Subproblems {
		detail = vault.Clip(detail + "; " + sub.Identifier.Value + ": " + sub.Detail)
	}
	switch problem.Type {
	case acme.ProblemTypeRateLimited:
		return vault.Wait(err, "vault.acme.limit", "Detail", detail)
	case acme.ProblemTypeServerInternal, acme.ProblemTypeBadNonce, acme.ProblemTypeOrderNotReady:
		return vault.Wait(err, "vault.acme.down", "Detail", detail)
	case acme.ProblemTypeExternalAccountRequired, acme.ProblemTypeUserActionRequired, acme.ProblemTypeAccountDoesNotExist,
		acme.ProblemTypeInvalidContact, acme.ProblemTypeUnsupportedContact:
		return vault.Wait(err, "vault.acme.account", "Detail", detail)
	}
	if problem.Status >= http.StatusInternalServerError {
		return vault.Wait(err, "vault.acme.down", "Detail", detail)
	}
	return vault.Refuse(err, "vault.acme.refuses", "Detail", detail)
}

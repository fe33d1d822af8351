package acme

import (
	"context"
	"time"

	"countersign/certs"
	"countersign/vault"
)

// Check looks at the directory and at the means of proof. It orders nothing.
func (i *Issuer) Check(ctx context.Context) []vault.Check {
	first := vault.Check{Fine: certs.T("vault.acme.answers", "Directory", i.options.Directory)}
	soon, done := context.WithTimeout(ctx, 10*time.Second) // somebody waits, and other checks do
	defer done()
	if _, err := i.client.GetDirectory(soon); err != nil {
		first.Err = vault.Wait(err, "vault.acme.away", "Directory", i.options.Directory, "Why", vault.Clip(err.Error()))
	}
	checks := []vault.Check{first}
	for _, s := range i.options.Solvers {
		if err := s.Check(); err != nil {
			checks = append(checks, vault.Check{Name: s.Type(), Err: err})
		}
	}
	return checks
}

package embedded

import (
	"context"
	"time"

	"countersign/certs"
	"countersign/vault"
)

// Check says where the keys are.
func (c *Custody) Check(context.Context) []vault.Check {
	return []vault.Check{{Fine: certs.T("vault.embedded.custody", "Path", c.dir)}}
}

// Check looks at the life of the CA.
func (a *CA) Check(context.Context) []vault.Check {
	end := a.root.NotAfter.UTC().Format(time.DateOnly)
	check := vault.Check{Fine: certs.T("vault.embedded.ca", "End", end)}
	if a.root.NotAfter.Sub(a.now()) <= 90*24*time.Hour {
		check.Err = vault.Refuse(nil, "vault.ca.near", "End", end)
	}
	return []vault.Check{check}
}

// Package manual has certificates signed by an authority that a person talks to: what
// to bring to its form, and nothing that it could be asked itself.
package manual

import (
	"context"
	"encoding/pem"
	"strconv"
	"strings"

	"countersign/certs"
	"countersign/vault"
)

// Issuer is a CA that a person talks to: its web form, a ticket, a colleague. The
// certificate comes back by upload or paste and finds its request by its public key.
type Issuer struct {
	Name string // as people know it: DigiCert, Corporate PKI
	Form string // address of the CA's form; empty: none known
}

// Issue checks the request and is always pending.
func (i *Issuer) Issue(_ context.Context, _ string, spec certs.Spec, csr []byte) (certs.Issued, bool, error) {
	if _, err := vault.CheckRequest(spec, csr); err != nil {
		return certs.Issued{}, false, err
	}
	return certs.Issued{}, true, nil
}

// Facts are what a person needs at the CA's form, in its usual order: what to paste,
// what to choose, what to bring back. Commands hold the values to copy.
func (i *Issuer) Facts(spec certs.Spec, csr []byte) []certs.Step {
	step := func(key string, values ...string) certs.Step {
		s := certs.Step{Where: i.Name, Text: certs.T("vault.form."+key, "CA", i.Name, "Profile", spec.Profile)}
		for _, v := range values {
			if v != "" {
				s.Commands = append(s.Commands, v)
			}
		}
		return s
	}
	var names, ekus []string
	for _, n := range spec.Names {
		names = append(names, n.Value)
	}
	for _, u := range spec.EKU {
		ekus = append(ekus, u.ID)
	}
	steps := []certs.Step{
		step("open", i.Form),
		step("csr", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: csr}))),
		step("names", spec.CommonName, strings.Join(names, ", ")),
		step("usages", strings.Join(ekus, ", ")),
		step("days", strconv.Itoa(spec.Days)),
	}
	if spec.CA == certs.PublicCA && len(ekus) > 1 {
		// CAs trusted by Chrome give up clientAuth; each has its own last day (pki.md 5.2).
		steps = append(steps, step("client"))
	}
	return append(steps, step("www"), step("back"))
}

// Check says who signs.
func (i *Issuer) Check(context.Context) []vault.Check {
	return []vault.Check{{Fine: certs.T("vault.manual.person", "Name", i.Name)}}
}

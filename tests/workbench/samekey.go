package workbench

import (
	"crypto/rand"
	"testing"

	"countersign/certs"
	"countersign/workflows"
)

// OwnCSR is what a box answers with that makes its own key, and its request.
func (b *Bench) OwnCSR(t *testing.T, who workflows.Person) (workflows.Request, []byte) {
	t.Helper()
	a := Portal()
	a["csr"] = []string{"device"}
	r := b.Submitted(t, who, a)
	key, err := certs.GenerateKey(rand.Reader, r.Spec.Key)
	Must(t, err)
	csr, err := certs.CSR(r.Spec, key)
	Must(t, err)
	return r, csr
}

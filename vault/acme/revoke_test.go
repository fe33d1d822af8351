package acme_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"testing"

	"countersign/tests/vaulttest"
)

// statusOf asks the authority what has become of a certificate.
func (p pebble) statusOf(t *testing.T, leaf []byte) (status string, reason int) {
	t.Helper()
	c, err := x509.ParseCertificate(leaf)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}} //nolint:gosec // its management door
	answer, err := client.Get(p.status + c.SerialNumber.Text(16))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close() //nolint:errcheck // read only
	var told struct {
		Status string
		Reason int
	}
	if err := json.NewDecoder(answer.Body).Decode(&told); err != nil {
		t.Fatal(err)
	}
	return told.Status, told.Reason
}

// TestRevoke has the authority revoke what it issued, with the reason, once or twice.
func TestRevoke(t *testing.T) {
	p := startPebble(t, "PEBBLE_VA_NOSLEEP=1", "PEBBLE_WFE_NONCEREJECT=0")
	o := p.options(t, p.dns())
	spec := site("r.example.com")
	cert, _, err := newIssuer(t, o).Issue(t.Context(), "r", spec, request(t, spec))
	if err != nil {
		t.Fatal(err)
	}
	if status, _ := p.statusOf(t, cert.Leaf); status != "Valid" {
		t.Fatalf("before: %s", status)
	}
	stranger := p.options(t, p.dns()) // another account
	vaulttest.Fault(t, newIssuer(t, stranger).Revoke(t.Context(), cert.Leaf, 1), false)
	for range 2 {
		if err := newIssuer(t, o).Revoke(t.Context(), cert.Leaf, 1); err != nil {
			t.Fatal(err)
		}
	}
	if status, reason := p.statusOf(t, cert.Leaf); status != "Revoked" || reason != 1 {
		t.Errorf("afterwards: %s, reason %d", status, reason)
	}
}

package browser

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"countersign/storage"
	endurance "countersign/tests/endurance/product"
	"countersign/vault/embedded"
	"countersign/workflows"
)

const home = `[data-testid="home"]`

// opensHome shows the Home tab in a window that has room for it.
func (p product) opensHome(t *testing.T, person, dm string) *user {
	t.Helper()
	u := p.as(t, person, dm)
	u.size(1280, 1100)
	u.click(`[data-testid="tab-home"]`, "")
	u.until(`document.querySelector('[data-testid="home"]')`)
	return u
}

// atHome clicks the button of the row of App Home that shows the words.
func (u *user) atHome(words, label string) {
	u.t.Helper()
	u.press(fmt.Sprintf(`(() => { const rows = [...document.querySelectorAll('[data-testid="home"] button')].filter(b => b.innerText.trim() === %q);
		const row = (b) => { let e = b; while (e && !e.innerText.includes(%q)) e = e.parentElement; return e; };
		return rows.find(b => { const e = row(b); return e && [...e.querySelectorAll('button')].filter(x => x.innerText.trim() === %q).length === 1; }); })()`, label, words, label))
}

// TestWorkListByClicks: once it is asked for, a certificate is approved, given its CSR or key,
// installed and renewed from App Home, without a typed word.
func TestWorkListByClicks(t *testing.T) {
	w := endurance.New(t, binary, endurance.Options{})
	running := w.Start()
	running.Connected()
	p := product{url: w.URL()}
	ella := p.as(t, "U0ELLA", "D0ELLA")
	for _, wish := range []string{"I need a TLS server certificate for portal.example.org, internal CA",
		"I need a TLS server certificate for box.example.org, internal CA, ECDSA P-256, the box makes its own CSR"} {
		ella.says(wish)
		ella.reads(message, "Why is it needed?")
		ella.says("Portal, CHG0048213")
		ella.reads(message, "The plan")
		ella.button("Send for approval")
		ella.until(`!document.querySelector('#main').innerText.includes('Send for approval')`)
	}
	ella.reads(message, "REQ-1", "REQ-2", "Waiting for the CSR")

	ella = p.opensHome(t, "U0ELLA", "D0ELLA")
	ella.reads(home, "Waiting for you", "REQ-2", "Your other requests", "REQ-1")
	ella.shot("home-requester")
	ella.atHome("REQ-2", "Give the CSR…")
	ella.reads(modal, "The private key stays on your system")
	drops := func(name string, data []byte) {
		t.Helper()
		ella.on(chromedp.SetUploadFiles(chromedp.CSS(modal+` input[type="file"]`), []string{written(t, name, data)}))
		ella.reads(modal, name)
		ella.submit()
	}
	drops("notes.txt", []byte("the CSR follows tomorrow"))
	ella.reads(modal, "There is no CSR in it")
	ella.shot("csr-refused")
	drops("box.csr", csrOf(t, "box.example.org"))
	ella.reads(modal, "is here, and it asks for what was planned")
	ella.shot("csr-taken")
	ella.click(`[data-testid="modal-close"]`, "")

	anselm := p.opensHome(t, "U0ANSELM", "D0ANSELM")
	anselm.reads(home, "Waiting for you", "REQ-1", "REQ-2")
	anselm.shot("home-approver")
	for _, id := range []string{"REQ-1", "REQ-2"} {
		anselm.atHome(id, "Decide…")
		anselm.reads(modal, id, "A decision counts for exactly this request")
		anselm.click(modal+" button", "Approve")
		anselm.confirm()
		anselm.reads(modal, "approved")
		anselm.click(`[data-testid="modal-close"]`, "")
	}
	anselm.reads(home, "Nothing waits for you")
	anselm.shot("home-nothing")

	ella.reads(home, "get its private key", "Next: install it")
	ella.atHome("REQ-1", "Get the private key…")
	ella.confirm()
	ella.until(`!document.querySelector('[data-testid="home"]').innerText.includes("get its private key")`)
	for _, id := range []string{"REQ-1", "REQ-2"} {
		ella.atHome(id, "It is installed")
		ella.until(fmt.Sprintf(`![...document.querySelectorAll('[data-testid="home"] button')].some(b => { const s = b.parentElement.closest('div'); return b.innerText.trim() === "It is installed" && s && s.innerText.includes(%q); })`, id))
	}
	ella.reads(home, "What ends next", "REQ-1", "REQ-2")
	ella.shot("home-ends")

	running.Stop()
	endsSoon(t, w, "REQ-1")
	w.Start().Connected()
	ella = p.opensHome(t, "U0ELLA", "D0ELLA")
	ella.reads(home, "Nobody has asked for the next one yet")
	ella.shot("home-renew")
	ella.atHome("Nobody has asked for the next one yet", "Renew")
	ella.reads(modal, "The plan", "portal.example.org")
	ella.submit()
	ella.reads(modal, "REQ-3")
	ella.click(`[data-testid="modal-close"]`, "")
	ella.until(`!document.querySelector('[data-testid="home"]').innerText.includes("Nobody has asked")`)
	ella.size(390, 844)
	ella.shot("home-phone")
	w.Healthy()
}

// csrOf is what a box makes, PEM.
func csrOf(t *testing.T, name string) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}}, key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der})
}

// endsSoon has the certificate of a request end in three weeks, while the product is stopped.
func endsSoon(t *testing.T, w *endurance.World, id workflows.RequestID) {
	t.Helper()
	ctx := context.Background()
	custody, _, err := embedded.Start(embedded.Options{Dir: w.Data() + "/custody"})
	if err != nil {
		t.Fatal(err)
	}
	key, err := custody.AuditKey()
	if err != nil {
		t.Fatal(err)
	}
	db, err := storage.Open(ctx, storage.Options{Path: w.Database(), AuditKey: key})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(ctx, "", func(rd workflows.Reader) (workflows.Change, error) {
		r, err := rd.Request(ctx, id)
		r.NotAfter = time.Now().Add(21 * 24 * time.Hour)
		return workflows.Change{Requests: []workflows.Request{r}}, err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

package inbox_test

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"strings"
	"testing"
	"time"

	"countersign/certs"
	"countersign/tests/workbench"
	"countersign/workflows"
)

// boxed is a request whose box makes its own CSR, with that CSR and a private key, PEM.
func boxed(t *testing.T) (b *workbench.Bench, r workflows.Request, csr, key string) {
	t.Helper()
	b = workbench.New(t)
	a := workbench.Portal()
	a["csr"] = []string{"device"}
	r = b.Submitted(t, workbench.Ella, a)
	private, err := certs.GenerateKey(rand.Reader, r.Spec.Key)
	workbench.Must(t, err)
	der, err := certs.CSR(r.Spec, private)
	workbench.Must(t, err)
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	workbench.Must(t, err)
	return b, r, workbench.PemOf("CERTIFICATE REQUEST", der), workbench.PemOf("PRIVATE KEY", secret)
}

// TestDropCSR: what is refused leaves the request as it was, and what is taken is taken once.
func TestDropCSR(t *testing.T) {
	ctx := context.Background()
	b, r, csr, key := boxed(t)
	drop := func(receipt, text string) error {
		_, err := b.Inbox.DropCSR(ctx, workflows.Message{Receipt: workflows.Receipt(receipt), By: workbench.Ella, Lang: "en", Text: text}, r.ID)
		return err
	}
	workbench.RefusedWith(t, drop("1", ""), workflows.Invalid, "workflows.problem.no_csr")
	workbench.RefusedWith(t, drop("2", "-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n"), workflows.Invalid, "workflows.problem.no_csr")
	workbench.RefusedWith(t, drop("3", csr+key), workflows.Invalid, "workflows.problem.key_beside_csr")
	if now := b.Show(t, r.ID); now.Version != r.Version || len(now.CSR) > 0 {
		t.Fatalf("it has changed: %+v", now)
	}
	workbench.Must(t, drop("4", "Here it is:\n"+csr))
	if err := drop("4", csr); err != workflows.ErrSeen { //nolint:errorlint // Store returns it as it is
		t.Errorf("delivered again: %v", err)
	}
	if now := b.Show(t, r.ID); len(now.CSR) == 0 || now.Awaits() != workflows.AwaitDecision {
		t.Errorf("%+v", now)
	}
	workbench.Wants(t, "another one", drop("5", csr), workflows.Conflict)
}

// TestTakeCSR: what comes of a file is said in the form, or where that is gone in the direct
// message; after a crash it is said again, and the CSR is taken once.
func TestTakeCSR(t *testing.T) {
	ctx := context.Background()
	b, r, csr, key := boxed(t)
	in := workflows.Message{By: workbench.Ella, Place: workflows.Place{Channel: "D1"}, Lang: "en"}
	take := func(receipt, data, problem string, open bool) (said string, stored workflows.Request) {
		t.Helper()
		workbench.Must(t, b.Inbox.DropFile(ctx, workflows.Message{Receipt: workflows.Receipt(receipt), By: workbench.Ella, Lang: "en"}, r.ID, "F1", "V1"))
		e, ok, err := b.DB.Claim(ctx, workflows.Files, time.Minute)
		workbench.Must(t, err)
		body, err := workflows.ReadPayload[workflows.ReadFiles](e)
		if workbench.Must(t, err); !ok || body.Request != r.ID || body.View != "V1" || body.Place != nil {
			t.Fatalf("queued %+v", body)
		}
		for range 2 { // the second is after a crash
			said = "taken"
			err := b.Inbox.TakeCSR(ctx, e, in, r.ID, []workflows.File{{Name: "box.csr", Data: []byte(data), Problem: problem}}, func(got workflows.Request, no *workflows.Error) bool {
				if stored = got; no != nil {
					said = no.Text.Key
				}
				return open
			})
			if err != nil && workflows.CodeOf(err) != workflows.Conflict { // the effect has ended by the first
				t.Fatal(err)
			}
		}
		return said, stored
	}
	told := func() (keys []string) {
		for _, n := range b.Queue(t, workflows.Notify) {
			for _, x := range n.Texts {
				keys = append(keys, x.Key)
			}
		}
		return keys
	}
	for _, c := range []struct{ data, problem, want string }{
		{"hello", "", "workflows.problem.no_csr"}, {csr + key, "", "workflows.problem.key_beside_csr"}, {"", workflows.FileGone, "workflows.file." + workflows.FileGone},
	} {
		told()
		if said, _ := take("open "+c.want, c.data, c.problem, true); said != c.want || len(told()) > 0 {
			t.Errorf("in the form: %s", said)
		}
		if said, _ := take("closed "+c.want, c.data, c.problem, false); said != c.want {
			t.Errorf("said %s", said)
		}
		if keys := told(); strings.Join(keys, " ") != c.want {
			t.Errorf("where the form is gone: %q", keys)
		}
	}
	if now := b.Show(t, r.ID); now.Version != r.Version {
		t.Fatalf("it has changed: %+v", now)
	}
	if said, got := take("right", csr, "", true); said != "taken" || got.ID != r.ID || len(got.CSR) == 0 {
		t.Errorf("%s: %+v", said, got)
	}
	if now := b.Show(t, r.ID); now.Version != r.Version+1 {
		t.Errorf("it was taken %d times", now.Version-r.Version)
	}
}

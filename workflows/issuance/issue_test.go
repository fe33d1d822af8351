package issuance_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"countersign/certs"
	"countersign/tests/workbench"
	"countersign/vault"
	"countersign/workflows"
)

// moody is an issuer that says something first, and signs when it says nothing.
type moody struct {
	workflows.Issuer
	says  error
	asked int
}

func (m *moody) Issue(ctx context.Context, key string, spec certs.Spec, csr []byte) (certs.Issued, bool, error) {
	if m.asked++; m.says != nil {
		return certs.Issued{}, false, m.says
	}
	return m.Issuer.Issue(ctx, key, spec, csr)
}

func moodyBench(t *testing.T, says error) (*workbench.Bench, *moody) {
	t.Helper()
	b := workbench.New(t)
	m := &moody{Issuer: b.Issuers["embedded"], says: says}
	b.Issuers["embedded"] = m
	return b, m
}

// TestIssuerForAWhile: while an issuer cannot sign, the request waits and shows why, which
// is told once; it is signed as soon as that passes. An error that says nothing of itself
// passes too, and its words are shown to nobody.
func TestIssuerForAWhile(t *testing.T) {
	for name, c := range map[string]struct {
		says error
		key  string
	}{
		"a fault that passes": {vault.Wait(nil, "vault.sealed", "Address", "https://vault"), "vault.sealed"},
		"any other error":     {errors.New("dial tcp 10.0.0.1: password=hunter2secret"), "workflows.trouble.internal"},
	} {
		t.Run(name, func(t *testing.T) {
			b, m := moodyBench(t, c.says)
			r := b.Issued(t, workbench.Ella, workbench.Portal())
			if r.State != workflows.Issuing || r.Trouble.Text.Key != c.key || r.Trouble.Tries != 1 || len(r.Cert) > 0 {
				t.Fatalf("%s, %+v", r.State, r.Trouble)
			}
			b.Passes(t, 10*time.Minute, time.Minute)
			got := b.Told(t)
			if n := len(slices.DeleteFunc(slices.Clone(got), func(s string) bool { return s != "tell:trouble" })); n != 1 || slices.Contains(got, "tell:failed") {
				t.Errorf("told %v", got)
			}
			if m.asked < 3 {
				t.Errorf("asked %d times", m.asked)
			}
			m.says = nil
			b.Passes(t, 10*time.Minute, time.Minute)
			if r = b.Show(t, r.ID); r.State != workflows.Issued || !r.Trouble.IsZero() {
				t.Errorf("%s, %+v", r.State, r.Trouble)
			}
			if got := b.Told(t); !slices.Equal(got, []string{"tell:issued"}) {
				t.Errorf("told %v", got)
			}
		})
	}
}

// TestIssuerForEver: what an issuer refuses for good ends the request with the reason, and
// its key goes; nothing is asked again.
func TestIssuerForEver(t *testing.T) {
	for name, c := range map[string]struct {
		fail func(*workbench.Bench, *moody)
		key  string // that is shown; "" any
	}{
		"it refuses":            {func(_ *workbench.Bench, m *moody) { m.says = vault.Refuse(nil, "vault.role.ca") }, "vault.role.ca"},
		"there is none":         {func(b *workbench.Bench, _ *moody) { delete(b.Issuers, "embedded") }, "workflows.trouble.no_issuer"},
		"what it gives is none": {func(b *workbench.Bench, _ *moody) { b.Issuers["embedded"] = answers{useless} }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			b, m := moodyBench(t, nil)
			c.fail(b, m)
			r := b.Issued(t, workbench.Ella, workbench.Portal())
			if r.State != workflows.Failed || r.Trouble.Text.Key == "" || len(r.Cert) > 0 {
				t.Fatalf("%s, %+v", r.State, r.Trouble)
			}
			if c.key != "" && r.Trouble.Text.Key != c.key {
				t.Errorf("it shows %q", r.Trouble.Text.Key)
			}
			if got := b.Told(t); !slices.Contains(got, "tell:failed") || slices.Contains(got, "tell:issued") {
				t.Errorf("told %v", got)
			}
			asked := m.asked
			b.Passes(t, time.Hour, 10*time.Minute)
			if verbs := b.Audited(t, r.ID); !slices.Contains(verbs, "fail") || !slices.Contains(verbs, "key.destroy") || m.asked != asked {
				t.Errorf("asked %d times more; the record has %v", m.asked-asked, verbs)
			}
		})
	}
}

func useless(workflows.Request) certs.Issued { return certs.Issued{Leaf: []byte("no certificate")} }

// TestIssuerElsewhere: a CA outside is waited for, in words, and not asked again.
func TestIssuerElsewhere(t *testing.T) {
	b, ca := workbench.New(t), workbench.NewOutsider(t, "Corporate CA")
	r := b.Waiting(t, ca, workbench.Portal())
	if r.State != workflows.Issuing || !r.Pending || !r.CanGiveUp() {
		t.Errorf("%s, pending %v", r.State, r.Pending)
	}
	if got := b.Told(t); !slices.Contains(got, "tell:pending") {
		t.Errorf("told %v", got)
	}
	version := r.Version
	b.Passes(t, 3*24*time.Hour, 12*time.Hour)
	if r = b.Show(t, r.ID); r.Version != version {
		t.Errorf("version %d after %d", r.Version, version)
	}
}

// TestIssuedLate: an order to sign that comes when there is nothing to sign any more, or
// not yet, asks nobody.
func TestIssuedLate(t *testing.T) {
	ctx := context.Background()
	b, m := moodyBench(t, nil)
	r := b.Submitted(t, workbench.Ella, workbench.Portal())
	workbench.Must(t, b.DB.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) {
		return workflows.Change{Effects: []workflows.Effect{{Lane: workflows.Work, Subject: string(r.ID), Kind: workflows.KindIssue, Key: "early", Body: []byte(`{"request":"` + string(r.ID) + `"}`)}}}, nil
	}))
	b.Work(t)
	if now := b.Show(t, r.ID); now.State != workflows.Submitted || m.asked != 0 || now.Version != r.Version {
		t.Errorf("%s, asked %d times", now.State, m.asked)
	}
}

// TestNoCustody: a request whose key nobody can make fails in words; a CSR of a custody
// that does not ask for what was planned ends it too.
func TestNoCustody(t *testing.T) {
	b := workbench.New(t)
	delete(b.Custodies, "embedded")
	r := b.Submitted(t, workbench.Ella, workbench.Portal())
	if r.State != workflows.Failed || r.Trouble.Text.Key != "workflows.trouble.no_custody" {
		t.Errorf("%s, %+v", r.State, r.Trouble)
	}
	if got := b.Told(t); !slices.Equal(got, []string{"tell:failed"}) {
		t.Errorf("told %v", got)
	}
	b.Custodies["embedded"] = liar{b.Custody}
	r = b.Submitted(t, workbench.Ella, workbench.Portal())
	if r.State != workflows.Failed || len(r.CSR) > 0 || r.Trouble.IsZero() {
		t.Errorf("another CSR: %s, %+v", r.State, r.Trouble)
	}
}

// liar is a custody that gives a CSR for something else.
type liar struct{ workflows.Custody }

func (l liar) CreateCSR(ctx context.Context, name string, spec certs.Spec) ([]byte, error) {
	spec.Names = append(slices.Clone(spec.Names), certs.Name{Type: certs.DNS, Value: "bank.example.org"})
	return l.Custody.CreateCSR(ctx, name, spec)
}

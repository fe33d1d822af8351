package bot_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"slices"
	"strings"
	"testing"
	"time"

	"countersign/slacksim"
	"countersign/workflows"
)

// csrFor is what a box makes, PEM.
func csrFor(t *testing.T, name string) (csr, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}}, private)
	must(t, err)
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	must(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})
}

// device has Ella ask for a certificate whose CSR her box makes.
func (r *rig) device(t *testing.T) (ella *slacksim.Actor) {
	t.Helper()
	ella = r.As("ella")
	ella.Says("I need a TLS server certificate for box.example.org, internal CA, ECDSA P-256, the box makes its own CSR")
	ella.Sees("Why is it needed?")
	ella.Says("Badge readers")
	ella.Clicks(ella.Sees("The plan"), "Send for approval")
	ella.Sees("REQ-1 · box.example.org", "Waiting for the CSR")
	return ella
}

// TestGiveCSRFromHome: what is no CSR, or another's, or has a key beside it, is refused in the
// form, which stays; the right one is taken, as text or as a file.
func TestGiveCSRFromHome(t *testing.T) {
	csr, key := csrFor(t, "box.example.org")
	other, _ := csrFor(t, "other.example.org")
	for _, asFile := range []bool{false, true} {
		t.Run(map[bool]string{false: "text", true: "file"}[asFile], func(t *testing.T) {
			t.Parallel()
			r := newRig(t, slacksim.Default())
			r.socket(t)
			ella := r.device(t)
			ella.ClicksIn(ella.Home("REQ-1", "Waiting for the CSR"), "Give the CSR…")
			form := ella.SeesModal("Give the CSR", "The private key stays on your system")
			give := func(data []byte) slacksim.Submission {
				if asFile {
					return ella.Submits(form, map[string]any{"The CSR as a file": ella.Attaches("box.csr", data), "reason": ""})
				}
				return ella.Submits(form, map[string]any{"reason": string(data)})
			}
			if done := ella.Submits(form, map[string]any{"reason": ""}); done.Errors["reason"] == "" {
				t.Errorf("with nothing in it: %+v", done)
			}
			for why, data := range map[string][]byte{"There is no CSR in it": []byte("hello"), "box.example.org": other, "There is a private key beside the CSR": append(slices.Clone(csr), key...)} {
				done := give(data)
				if asFile {
					form = ella.SeesModal("Give the CSR", why, "The CSR as a file")
				} else if !strings.Contains(done.Errors["reason"], why) {
					t.Errorf("%s: %+v", why, done)
				}
			}
			if done := give(csr); len(done.Errors) > 0 {
				t.Fatalf("%+v", done)
			}
			ella.SeesModal("The CSR of", "REQ-1", "Waiting for approval")
			r.As("anselm").In("cert-approvals").Sees("Certificate request REQ-1", "box.example.org")
			x, err := r.service.ReadRequest(context.Background(), "REQ-1")
			must(t, err)
			if block, _ := pem.Decode(csr); string(x.CSR) != string(block.Bytes) {
				t.Error("another CSR was taken")
			}
			r.holdsNot(t, string(key[40:90]))
		})
	}
}

// holdsNot: no row of the database has a secret.
func (r *rig) holdsNot(t *testing.T, secret string) {
	t.Helper()
	must(t, r.db.View(context.Background(), func(rd workflows.Reader) error {
		rows, err := rd.Audit(context.Background(), "", 0, 1000)
		for _, a := range rows {
			if strings.Contains(a.Detail, secret) {
				t.Error("the record has the key")
			}
		}
		return err
	}))
}

// TestCSRFormClosed: whoever closes the form while the file is read hears of a refusal in the
// direct message.
func TestCSRFormClosed(t *testing.T) {
	r := newRig(t, slacksim.Default())
	r.socket(t)
	ella := r.device(t)
	ella.ClicksIn(ella.Home("Waiting for the CSR"), "Give the CSR…")
	form := ella.SeesModal("Give the CSR")
	must(t, r.Inject(slacksim.Fault{Kind: slacksim.FaultSlow, Match: "files.info", DelayMS: 500}))
	ella.Submits(form, map[string]any{"The CSR as a file": ella.Attaches("box.csr", []byte("hello"))})
	ella.Closes(ella.SeesModal("I am reading the file"))
	ella.Sees("There is no CSR in it")
}

// TestCSRFileThatCannotBeRead: who gave it is told in the direct message what to do instead.
func TestCSRFileThatCannotBeRead(t *testing.T) {
	r := newRig(t, slacksim.Default())
	r.fileTime = 50 * time.Millisecond
	r.socket(t)
	ella := r.device(t)
	ella.ClicksIn(ella.Home("Waiting for the CSR"), "Give the CSR…")
	r.inject(t, slacksim.Fault{Kind: slacksim.FaultHeld, Match: "files.info", Times: -1})
	ella.Submits(ella.SeesModal("Give the CSR"), map[string]any{"The CSR as a file": ella.Attaches("box.csr", []byte("hello"))})
	ella.Sees("I could not read what you sent")
}

// TestWorkListByClicks: an answer, a decision, a key, an installation and a renewal, each from
// its row, and each row goes when its work is done.
func TestWorkListByClicks(t *testing.T) {
	ctx := context.Background()
	r := newRig(t, slacksim.Default())
	r.socket(t)
	ella, anselm := r.As("ella"), r.As("anselm")
	r.asksFor(t, "portal.example.org")
	if home := ella.Home("Your requests", "REQ-1"); strings.Contains(home.Shown(), "Waiting for you") || strings.Contains(home.Shown(), "pproval") && !strings.Contains(home.Shown(), "Waiting for approval") {
		t.Errorf("there is nothing for her to do:\n%s", home.Shown())
	}
	anselm.ClicksIn(anselm.Home("Waiting for you", "REQ-1", "Decide…"), "Decide…")
	anselm.ClicksIn(anselm.SeesModal("REQ-1", "Ask…"), "Ask…")
	anselm.Submits(anselm.SeesModal("Your question"), map[string]any{"reason": "Which portal?"})

	ella.ClicksIn(ella.Home("Waiting for you", "Which portal?"), "Answer…")
	if done := ella.Submits(ella.SeesModal("Your answer"), map[string]any{"reason": "The customers'"}); !done.OK() {
		t.Fatalf("%+v", done)
	}
	r.published(t, "U0ELLA", func(home string) bool { return !strings.Contains(home, "Which portal?") })

	anselm.ClicksIn(anselm.Home("REQ-1", "Decide…"), "Decide…")
	anselm.ClicksIn(anselm.SeesModal("REQ-1", "The customers"), "Approve")
	r.published(t, "U0ANSELM", func(home string) bool { return strings.Contains(home, "Nothing waits for you") })

	ella.ClicksIn(ella.Home("get its private key"), "Get the private key…")
	ella.Sees("private key of", "REQ-1")
	ella.ClicksIn(ella.Home("It is installed"), "It is installed")
	r.published(t, "U0ELLA", func(home string) bool {
		return strings.Contains(home, "What ends next") && !strings.Contains(home, "Waiting for you")
	})
	must(t, r.db.Update(ctx, "", func(rd workflows.Reader) (workflows.Change, error) {
		x, err := rd.Request(ctx, "REQ-1")
		x.NotAfter = r.service.Now().Add(20 * 24 * time.Hour)
		return workflows.Change{Requests: []workflows.Request{x}}, err
	}))
	ella.ClicksIn(ella.Home("Waiting for you", "Nobody has asked for the next one yet"), "Renew")
	ella.Submits(ella.SeesModal("The plan", "portal.example.org"), nil)
	ella.SeesModal("REQ-2")
	if home := ella.Home("REQ-2"); strings.Contains(home.Shown(), "Nobody has asked") {
		t.Errorf("it is renewed:\n%s", home.Shown())
	}
}

// published waits until the Home that somebody has open is as it should be.
func (r *rig) published(t *testing.T, user string, ok func(home string) bool) {
	t.Helper()
	last := ""
	for end := time.Now().Add(r.Patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		for _, e := range r.Transcript().Find("api", "views.publish") {
			if raw := string(e.Payload); strings.Contains(raw, user) {
				last = raw
			}
		}
		if ok(last) {
			return
		}
	}
	t.Fatalf("%s has this home:\n%s", user, last)
}

// TestListCommand: of whom, which, how many, and what was probably meant.
func TestListCommand(t *testing.T) {
	r := newRig(t, slacksim.Default())
	r.service.Policies[0].Owners = "support"
	r.socket(t)
	r.asksFor(t, "portal.example.org")
	r.As("anselm").In("cert-approvals").Clicks(r.As("anselm").In("cert-approvals").Sees("Certificate request REQ-1"), "Approve")
	r.As("ella").Sees("REQ-1", "is here")
	for _, c := range []struct {
		who, line    string
		sees, sees2  string
		buttons      bool
		neverOfOther string
	}{
		{"ella", "/cert list", "Your requests", "1 in all", true, ""},
		{"ella", "/cert list open", "Nothing found", "Your requests · open", false, "REQ-1"},
		{"ella", "/cert list issued portal", "Your requests · certificates in use · “portal”", "REQ-1", true, ""},
		{"ella", "/cert list expiring", "Nothing found", "ending soon", false, "REQ-1"},
		{"ella", "/cert list 已签发", "certificates in use", "REQ-1", true, ""},
		{"ella", "/cert list opne", "Did you mean", "/cert list open", false, "REQ-1"},
		{"ella", "/cert list team", "no owner team", "REQ-1", true, ""},
		{"anselm", "/cert list", "You have no requests yet", "Request a certificate", false, "REQ-1"},
		{"anselm", "/cert list team issued", "The requests of your team · certificates in use", "<@U0ELLA>", true, "no owner team"},
		{"anselm", "/cert list all portal", "All requests · “portal”", "1 in all", true, ""},
	} {
		a := r.As(c.who)
		a.Runs(c.line)
		m := a.Sees(c.sees, c.sees2)
		if slices.Contains(m.Buttons(), "Show") != c.buttons {
			t.Errorf("%s: %q", c.line, m.Buttons())
		}
		if c.neverOfOther != "" && strings.Contains(m.Shown(), c.neverOfOther) {
			t.Errorf("%s shows:\n%s", c.line, m.Shown())
		}
	}
}

// TestHomeFollowsTheForm: a form in which something was answered is there to be gone on with
// while it is open, at whichever door it is filled in.
func TestHomeFollowsTheForm(t *testing.T) {
	r := newRig(t, slacksim.Default())
	r.socket(t)
	ella, sam := r.As("ella"), r.As("sam")
	ella.Home("Nothing waits for you")
	ella.UsesShortcut("Request a certificate")
	ella.ChoosesIn(ella.SeesModal("Product"), "Product", "generic")
	r.published(t, "U0ELLA", func(home string) bool { return strings.Contains(home, "not sent yet") })

	sam.Home("目前沒有等待您處理的事項")
	sam.Says("I need a TLS server certificate for portal.example.org, internal CA")
	r.published(t, "U0SAM", func(home string) bool { return strings.Contains(home, "尚未送出") })
	sam.Says("取消")
	r.published(t, "U0SAM", func(home string) bool { return !strings.Contains(home, "尚未送出") })
}

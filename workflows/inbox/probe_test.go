package inbox_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"countersign/tests/workbench"
	"countersign/triage"
	"countersign/workflows"
	"countersign/workflows/support"
)

// authority signs certificates for servers of tests.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func sign(t *testing.T, name string, by *authority, ca bool, until time.Time) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	workbench.Must(t, err)
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	workbench.Must(t, err)
	tmpl := &x509.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: until,
		BasicConstraintsValid: true, IsCA: ca}
	if !ca {
		tmpl.DNSNames = []string{name}
	}
	parent, signer := tmpl, key
	if by != nil {
		parent, signer = by.cert, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, parent, &key.PublicKey, signer)
	workbench.Must(t, err)
	cert, err := x509.ParseCertificate(der)
	workbench.Must(t, err)
	return &authority{cert, key}
}

func (a *authority) pem() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw}))
}

// serveTLS presents a chain on a port of this machine.
func serveTLS(t *testing.T, leaf *authority, chain ...*authority) string {
	t.Helper()
	pair := tls.Certificate{Certificate: [][]byte{leaf.cert.Raw}, PrivateKey: leaf.key}
	for _, c := range chain {
		pair.Certificate = append(pair.Certificate, c.cert.Raw)
	}
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12})
	workbench.Must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				_, _ = c.Read(make([]byte, 1))
			}()
		}
	}()
	return l.Addr().String()
}

// TestLook: a host named in a case is looked at on request, and what it presents is
// evidence beside what was pasted.
func TestLook(t *testing.T) {
	b := workbench.New(t)
	root := sign(t, "Lab Root", nil, true, time.Now().AddDate(5, 0, 0))
	issuing := sign(t, "Lab Issuing CA", root, true, time.Now().AddDate(3, 0, 0))
	host := sign(t, "expe1.example.com", issuing, false, time.Now().Add(-time.Hour))
	addr := serveTLS(t, host) // without its intermediate, and expired
	b.Looking(t, "127.0.0.0/8:1-65535")
	ctx := context.Background()
	at := workflows.Place{Channel: "C1", Thread: "1.1"}
	_, err := b.Support.Diagnose(ctx, support.Pasted{By: workbench.Ella, Place: at, Lang: "en", Text: "cannot connect to " + addr + " since today\n" + issuing.pem()})
	workbench.Must(t, err)
	c := b.CaseOf(t, at)
	if got := b.Support.BesideOf(c, b.Support.Explain(ctx, c)); len(got.Offer) != 1 || got.Offer[0] != addr {
		t.Fatalf("offered %q, want %s", got.Offer, addr)
	}
	workbench.Must(t, b.Support.Probe(ctx, "click", workbench.Ella, c.ID, addr))
	if c = b.CaseOf(t, at); c.Probing != addr {
		t.Fatalf("looking at %q", c.Probing)
	}
	if err := b.Support.Probe(ctx, "click again", workbench.Ella, c.ID, addr); workflows.CodeOf(err) != workflows.Illegal {
		t.Errorf("a second look at the same time: %v", err)
	}
	if err := b.Support.Probe(ctx, "click", workbench.Ella, c.ID, addr); err != workflows.ErrSeen { //nolint:errorlint // returned as it is
		t.Errorf("a redelivered click: %v", err)
	}
	if n := b.Aside(t); n != 1 {
		t.Fatalf("%d effects", n)
	}
	c = b.CaseOf(t, at)
	a := b.Support.Explain(ctx, c)
	kinds := map[string]bool{}
	for _, f := range a.Findings {
		kinds[f.Cause.ID] = true
	}
	if c.Probing != "" || len(c.Probes) != 1 || !kinds["expired"] && !kinds["certificate-expired"] || !kinds["missing-intermediate"] {
		t.Errorf("after the look: %+v\nfound %v", c.Probes, kinds)
	}
	beside := b.Support.BesideOf(c, a)
	if len(beside.Probes) != 1 || len(beside.Probes[0].Chain) != 1 || len(beside.Probes[0].Compared) == 0 || len(beside.Offer) != 0 {
		t.Errorf("beside: %+v", beside)
	}
	// Mended, and looked at again: the old evidence goes.
	good := sign(t, "expe1.example.com", issuing, false, time.Now().AddDate(1, 0, 0))
	fresh := serveTLS(t, good, issuing)
	workbench.Must(t, b.Inbox.Receive(ctx, workflows.Message{Receipt: "m2", By: workbench.Ella, Place: at, Lang: "en", Text: "probe " + fresh}))
	b.Aside(t)
	if c = b.CaseOf(t, at); len(c.Probes) != 2 || c.Probes[1].Target != fresh {
		t.Errorf("%+v", c.Probes)
	}
}

// TestLookRefused: who may not, where nobody may, and how often.
func TestLookRefused(t *testing.T) {
	b := workbench.New(t)
	ctx := context.Background()
	at := func(n int) workflows.Message {
		return workflows.Message{Receipt: workflows.Receipt(fmt.Sprint("r", n)), By: workbench.Ella, Place: workflows.Place{Channel: "D1"}, Lang: "en", Direct: true}
	}
	refused := func(in workflows.Message, key string) {
		t.Helper()
		err := b.Inbox.Receive(ctx, in)
		var no *workflows.Error
		if no, _ = err.(*workflows.Error); no == nil || no.Text.Key != key { //nolint:errorlint // returned as it is
			t.Errorf("%q: %v, want %s", in.Text, err, key)
		}
	}
	in := at(1)
	in.Text = "probe expe1.example.com:8443"
	refused(in, "workflows.look.off")
	b.Looking(t, "*.lab.example.com:8443")
	in.Receipt, in.Text = "r2", "请探测一下 expe1.example.com:8443"
	refused(in, "workflows.look.not_allowed")
	in.Receipt, in.Text = "r3", "probe expe1.example.com"
	refused(in, "workflows.look.bad_target")
	stranger := at(4)
	stranger.By, stranger.Text = workflows.Person{Team: "T2", ID: "U9"}, "probe a.lab.example.com:8443"
	if err := b.Inbox.Receive(ctx, stranger); workflows.CodeOf(err) != workflows.Forbidden {
		t.Errorf("a stranger: %v", err)
	}
	for n := range 10 {
		in = at(10 + n)
		in.Text = "probe a.lab.example.com:8443"
		workbench.Must(t, b.Inbox.Receive(ctx, in))
	}
	in.Receipt = "r99"
	refused(in, "workflows.look.too_many")
	in.By = workbench.Bolin
	in.Receipt = "r100"
	workbench.Must(t, b.Inbox.Receive(ctx, in))
}

// TestWishes: what is a wish to look, and what only speaks of a host.
func TestWishes(t *testing.T) {
	b := workbench.New(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	workbench.Must(t, err)
	addr := l.Addr().String()
	workbench.Must(t, l.Close())
	b.Looking(t, "127.0.0.0/8:1-65535")
	port := addr[strings.IndexByte(addr, ':')+1:]
	for n, tt := range []struct {
		text string
		want bool
	}{
		{"probe 127.0.0.1:" + port, true}, {"Please probe `127.0.0.1:" + port + "`", true}, {"look at 127.0.0.1:" + port + " from here", true},
		{"探测 127.0.0.1:" + port, true}, {"麻煩探測一下 127.0.0.1:" + port + "，謝謝", true}, {"請探測一下127.0.0.1:" + port, true},
		{"probe 127.0.0.1 port " + port, true}, {"探测一下 127.0.0.1 的端口 " + port, true}, {"can you test smtp://127.0.0.1:" + port + "?", true},
		{"connect to 127.0.0.1:" + port + " fails with certificate has expired", false}, {"the probe at 127.0.0.1:" + port + " is fine", false},
		{"probe\n127.0.0.1:" + port, false},
	} {
		place := workflows.Place{Channel: "D1", Thread: fmt.Sprint(n)}
		in := workflows.Message{Receipt: workflows.Receipt(fmt.Sprint("w", n)), By: workflows.Person{Team: "T1", ID: fmt.Sprint("U", n)}, Place: place, Lang: "en", Text: tt.text, Direct: true}
		b.People.Known[in.By] = workflows.Profile{Person: in.By}
		workbench.Must(t, b.Inbox.Receive(context.Background(), in))
		var c workflows.Case
		_ = b.DB.View(context.Background(), func(rd workflows.Reader) (err error) { c, err = rd.CaseAt(context.Background(), place); return err })
		if (c.Probing != "") != tt.want {
			t.Errorf("%q: looking at %q", tt.text, c.Probing)
		}
	}
	b.Aside(t)
	c := b.CaseOf(t, workflows.Place{Channel: "D1", Thread: "0"})
	a := b.Support.Explain(context.Background(), c)
	if len(a.Findings) == 0 || a.Findings[0].Cause.ID != "not-certificate:connection-refused" {
		t.Errorf("a closed port: %+v, %+v", a.Verdict, c.Probes)
	}
}

// TestLookMinds: a look accepts everything, and says what a client would not.
func TestLookMinds(t *testing.T) {
	b := workbench.New(t)
	b.Looking(t, "127.0.0.0/8:1-65535", "localhost:1-65535")
	root := sign(t, "Lab Root", nil, true, time.Now().AddDate(5, 0, 0))
	issuing := sign(t, "Lab Issuing CA", root, true, time.Now().AddDate(3, 0, 0))
	for n, tt := range []struct {
		name    string
		chain   []*authority
		cause   string
		verdict triage.Verdict
	}{
		{"localhost", []*authority{issuing}, "", triage.Unknown},
		{"elsewhere.example.com", []*authority{issuing}, "name-mismatch", triage.KnownCause},
		{"localhost", nil, "missing-intermediate", triage.Ambiguous}, // or right below a root
	} {
		addr := serveTLS(t, sign(t, tt.name, issuing, false, time.Now().AddDate(1, 0, 0)), tt.chain...)
		at := workflows.Place{Channel: "D1", Thread: fmt.Sprint(n)}
		workbench.Must(t, b.Inbox.Receive(context.Background(), workflows.Message{Receipt: workflows.Receipt(fmt.Sprint("m", n)), By: workbench.Ella, Place: at, Lang: "en", Direct: true,
			Text: "probe localhost:" + addr[strings.LastIndexByte(addr, ':')+1:]}))
		b.Aside(t)
		a := b.Support.Explain(context.Background(), b.CaseOf(t, at))
		cause := ""
		if len(a.Findings) > 0 {
			cause = a.Findings[0].Cause.ID
		}
		if a.Verdict != tt.verdict || cause != tt.cause {
			t.Errorf("%s with %d more: %s %q, want %s %q", tt.name, len(tt.chain), a.Verdict, cause, tt.verdict, tt.cause)
		}
	}
}

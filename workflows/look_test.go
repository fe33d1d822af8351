package workflows_test

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

	"countersign/triage"
	"countersign/triage/probe"
	"countersign/workflows"
)

// authority signs certificates for servers of tests.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func sign(t *testing.T, name string, by *authority, ca bool, until time.Time) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	must(t, err)
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
	must(t, err)
	cert, err := x509.ParseCertificate(der)
	must(t, err)
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
	must(t, err)
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

// looking lets the bench look at this machine, and at what rules name.
func (b *bench) looking(t *testing.T, rules ...string) {
	t.Helper()
	p := probe.Prober{Policy: probe.Policy{Timeout: 3 * time.Second}}
	for _, line := range rules {
		r, err := probe.ParseRule(line)
		must(t, err)
		p.Policy.Allow = append(p.Policy.Allow, r)
	}
	b.Prober = p
}

// aside does what is due in the Aside lane.
func (b *bench) aside(t *testing.T) (done int) {
	t.Helper()
	w := b.Service.Background(b.db, quiet)
	for {
		busy, err := w.Step(context.Background())
		must(t, err)
		if !busy {
			return done
		}
		done++
	}
}

func (b *bench) caseOf(t *testing.T, at workflows.Place) (c workflows.Case) {
	t.Helper()
	must(t, b.db.View(context.Background(), func(rd workflows.Reader) (err error) { c, err = rd.CaseAt(context.Background(), at); return err }))
	return c
}

// TestLook: a host named in a case is looked at on request, and what it presents is
// evidence beside what was pasted.
func TestLook(t *testing.T) {
	b := newBench(t)
	root := sign(t, "Lab Root", nil, true, time.Now().AddDate(5, 0, 0))
	issuing := sign(t, "Lab Issuing CA", root, true, time.Now().AddDate(3, 0, 0))
	host := sign(t, "expe1.example.com", issuing, false, time.Now().Add(-time.Hour))
	addr := serveTLS(t, host) // without its intermediate, and expired
	b.looking(t, "127.0.0.0/8:1-65535")
	ctx := context.Background()
	at := workflows.Place{Channel: "C1", Thread: "1.1"}
	_, err := b.Diagnose(ctx, workflows.Pasted{By: ella, Place: at, Lang: "en", Text: "cannot connect to " + addr + " since today\n" + issuing.pem()})
	must(t, err)
	c := b.caseOf(t, at)
	if got := b.BesideOf(c, b.Explain(ctx, c)); len(got.Offer) != 1 || got.Offer[0] != addr {
		t.Fatalf("offered %q, want %s", got.Offer, addr)
	}
	must(t, b.LookFor(ctx, "click", ella, c.ID, addr))
	if c = b.caseOf(t, at); c.Looking != addr {
		t.Fatalf("looking at %q", c.Looking)
	}
	if err := b.LookFor(ctx, "click again", ella, c.ID, addr); workflows.CodeOf(err) != workflows.Illegal {
		t.Errorf("a second look at the same time: %v", err)
	}
	if err := b.LookFor(ctx, "click", ella, c.ID, addr); err != workflows.ErrSeen { //nolint:errorlint // returned as it is
		t.Errorf("a redelivered click: %v", err)
	}
	if n := b.aside(t); n != 1 {
		t.Fatalf("%d effects", n)
	}
	c = b.caseOf(t, at)
	a := b.Explain(ctx, c)
	kinds := map[string]bool{}
	for _, f := range a.Findings {
		kinds[f.Cause.ID] = true
	}
	if c.Looking != "" || len(c.Looks) != 1 || !kinds["expired"] && !kinds["certificate-expired"] || !kinds["missing-intermediate"] {
		t.Errorf("after the look: %+v\nfound %v", c.Looks, kinds)
	}
	beside := b.BesideOf(c, a)
	if len(beside.Looks) != 1 || len(beside.Looks[0].Chain) != 1 || len(beside.Looks[0].Compared) == 0 || len(beside.Offer) != 0 {
		t.Errorf("beside: %+v", beside)
	}
	// Mended, and looked at again: the old evidence goes.
	good := sign(t, "expe1.example.com", issuing, false, time.Now().AddDate(1, 0, 0))
	fresh := serveTLS(t, good, issuing)
	must(t, b.Hear(ctx, workflows.Heard{Receipt: "m2", By: ella, Place: at, Lang: "en", Text: "probe " + fresh}))
	b.aside(t)
	if c = b.caseOf(t, at); len(c.Looks) != 2 || c.Looks[1].Target != fresh {
		t.Errorf("%+v", c.Looks)
	}
}

// TestLookRefused: who may not, where nobody may, and how often.
func TestLookRefused(t *testing.T) {
	b := newBench(t)
	ctx := context.Background()
	at := func(n int) workflows.Heard {
		return workflows.Heard{Receipt: workflows.Receipt(fmt.Sprint("r", n)), By: ella, Place: workflows.Place{Channel: "D1"}, Lang: "en", Direct: true}
	}
	refused := func(in workflows.Heard, key string) {
		t.Helper()
		err := b.Hear(ctx, in)
		var no *workflows.Error
		if no, _ = err.(*workflows.Error); no == nil || no.Text.Key != key { //nolint:errorlint // returned as it is
			t.Errorf("%q: %v, want %s", in.Text, err, key)
		}
	}
	in := at(1)
	in.Text = "probe expe1.example.com:8443"
	refused(in, "workflows.look.off")
	b.looking(t, "*.lab.example.com:8443")
	in.Receipt, in.Text = "r2", "请探测一下 expe1.example.com:8443"
	refused(in, "workflows.look.not_allowed")
	in.Receipt, in.Text = "r3", "probe expe1.example.com"
	refused(in, "workflows.look.bad_target")
	stranger := at(4)
	stranger.By, stranger.Text = workflows.Person{Team: "T2", ID: "U9"}, "probe a.lab.example.com:8443"
	if err := b.Hear(ctx, stranger); workflows.CodeOf(err) != workflows.Forbidden {
		t.Errorf("a stranger: %v", err)
	}
	for n := range 10 {
		in = at(10 + n)
		in.Text = "probe a.lab.example.com:8443"
		must(t, b.Hear(ctx, in))
	}
	in.Receipt = "r99"
	refused(in, "workflows.look.too_many")
	in.By = bolin
	in.Receipt = "r100"
	must(t, b.Hear(ctx, in))
}

// TestWishes: what is a wish to look, and what only speaks of a host.
func TestWishes(t *testing.T) {
	b := newBench(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	addr := l.Addr().String()
	must(t, l.Close())
	b.looking(t, "127.0.0.0/8:1-65535")
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
		in := workflows.Heard{Receipt: workflows.Receipt(fmt.Sprint("w", n)), By: workflows.Person{Team: "T1", ID: fmt.Sprint("U", n)}, Place: place, Lang: "en", Text: tt.text, Direct: true}
		b.people.known[in.By] = workflows.Profile{Person: in.By}
		must(t, b.Hear(context.Background(), in))
		var c workflows.Case
		_ = b.db.View(context.Background(), func(rd workflows.Reader) (err error) { c, err = rd.CaseAt(context.Background(), place); return err })
		if (c.Looking != "") != tt.want {
			t.Errorf("%q: looking at %q", tt.text, c.Looking)
		}
	}
	b.aside(t)
	c := b.caseOf(t, workflows.Place{Channel: "D1", Thread: "0"})
	a := b.Explain(context.Background(), c)
	if len(a.Findings) == 0 || a.Findings[0].Cause.ID != "not-certificate:connection-refused" {
		t.Errorf("a closed port: %+v, %+v", a.Verdict, c.Looks)
	}
}

// TestLookMinds: a look accepts everything, and says what a client would not.
func TestLookMinds(t *testing.T) {
	b := newBench(t)
	b.looking(t, "127.0.0.0/8:1-65535", "localhost:1-65535")
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
		must(t, b.Hear(context.Background(), workflows.Heard{Receipt: workflows.Receipt(fmt.Sprint("m", n)), By: ella, Place: at, Lang: "en", Direct: true,
			Text: "probe localhost:" + addr[strings.LastIndexByte(addr, ':')+1:]}))
		b.aside(t)
		a := b.Explain(context.Background(), b.caseOf(t, at))
		cause := ""
		if len(a.Findings) > 0 {
			cause = a.Findings[0].Cause.ID
		}
		if a.Verdict != tt.verdict || cause != tt.cause {
			t.Errorf("%s with %d more: %s %q, want %s %q", tt.name, len(tt.chain), a.Verdict, cause, tt.verdict, tt.cause)
		}
	}
}

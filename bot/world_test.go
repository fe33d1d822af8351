package bot_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"log/slog"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"countersign/bot"
	"countersign/certs"
	"countersign/slacksim"
	"countersign/workflows"
	"countersign/workflows/intake"
	"countersign/workflows/issuance"
)

// world holds what is Ella's, in every state in which somebody could do something with it,
// and the people who might try.
type world struct {
	*rig
	seen  *watched
	gate  *gate
	bot   *bot.Bot
	hash  map[string]string // of each request
	plan  string            // of what stands at the review
	step  string            // the mark of a step of what was issued
	said  *lines            // what is in the log
	pem   string            // a certificate for the key of REQ-104
	csr   string            // of the box that REQ-111 is for
	count atomic.Int64      // makes every delivery another one
}

// who is a kind of person towards what is Ella's.
type who struct {
	kind    string
	team    string
	id      string
	outside bool // may use nothing at all
}

var everybody = []who{
	{"owner", "T0ACME", "U0ELLA", false}, {"approver", "T0ACME", "U0ANSELM", false}, {"colleague", "T0ACME", "U0OSKAR", false},
	{"other approver", "T0ACME", "U0LARA", false}, {"support", "T0ACME", "U0SAM", false},
	{"guest", "T0ACME", "U0GUS", true}, {"bot", "T0ACME", "U0BUILDBOT", true}, {"deactivated", "T0ACME", "U0DORA", true},
	{"same ID elsewhere", "T0PARTNER", "U0ELLA", true}, {"approver's ID elsewhere", "T0PARTNER", "U0ANSELM", true},
	{"partner", "T0PARTNER", "U0GIL", true}, {"unknown", "T0ACME", "U0NOBODY", true},
}

func (w who) person() workflows.Person { return workflows.Person{Team: w.team, ID: w.id} }

// watched is a store that notes what is committed, and the refusals among it.
type watched struct {
	workflows.Store
	mu       sync.Mutex
	commits  int
	refusals map[workflows.Person]int
	broken   error // what every commit fails with
}

func (s *watched) Update(ctx context.Context, receipt workflows.Receipt, step func(workflows.Reader) (workflows.Change, error)) error {
	s.mu.Lock()
	broken := s.broken
	s.mu.Unlock()
	if broken != nil {
		return broken
	}
	var c workflows.Change
	err := s.Store.Update(ctx, receipt, func(rd workflows.Reader) (next workflows.Change, err error) {
		next, err = step(rd)
		c = next
		return next, err
	})
	if err == nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		if len(c.Requests)+len(c.Conversations)+len(c.Cases)+len(c.Taught)+len(c.Effects)+len(c.Audit) > 0 {
			s.commits++
		}
		for _, a := range c.Audit {
			if strings.HasPrefix(a.Verb, "refuse") {
				s.refusals[a.Actor]++
			}
		}
	}
	return err
}

func (s *watched) now(p workflows.Person) (commits, refusals int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.commits, s.refusals[p]
}

// gate stands between the bot and Slack: while it is shut only views.open passes.
type gate struct {
	mu      sync.Mutex
	shut    chan struct{} // nil: open
	givenUp atomic.Int64  // calls whose caller did not wait for the gate
}

func (g *gate) close() { g.mu.Lock(); g.shut = make(chan struct{}); g.mu.Unlock() }

func (g *gate) open() {
	g.mu.Lock()
	if g.shut != nil {
		close(g.shut)
	}
	g.shut = nil
	g.mu.Unlock()
}

func (g *gate) before(t *testing.T, api string) string {
	t.Helper()
	to, err := url.Parse(api)
	must(t, err)
	through := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: to.Scheme, Host: to.Host})
	s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, req *http.Request) {
		g.mu.Lock()
		shut := g.shut
		g.mu.Unlock()
		if shut != nil && !strings.HasSuffix(req.URL.Path, "/views.open") {
			select {
			case <-shut:
			case <-req.Context().Done():
				g.givenUp.Add(1)
				return
			}
		}
		through.ServeHTTP(rw, req)
	}))
	t.Cleanup(s.Close)
	return s.URL + to.Path
}

// newWorld makes it behind one of the doors: socket or http.
func newWorld(t *testing.T, door string) *world {
	t.Helper()
	ws := slacksim.Default()
	ws.People = append(ws.People, slacksim.Person{Handle: "oskar"}, slacksim.Person{Handle: "lara"}, slacksim.Person{Handle: "gus", Guest: true}, slacksim.Person{Handle: "dora", Deleted: true})
	w := &world{rig: newRig(t, ws, slacksim.Options{AckWithin: time.Minute, RateScale: 1000, Retries: []time.Duration{}}), gate: &gate{}, said: &lines{}, hash: map[string]string{}}
	w.log = slog.New(slog.NewTextHandler(w.said, nil))
	w.cfg.APIURL = w.gate.before(t, w.cfg.APIURL)
	w.dir = bot.NewDirectory(w.cfg, "T0ACME", map[string][]string{"pki": {"S0PKIAPPROVERS"}, "lab": {"U0LARA"}, "support": {"U0SAM", "U0ANSELM"}}, w.log, w.service.Now)
	w.seen = &watched{Store: w.db, refusals: map[workflows.Person]int{}}
	w.service.Directory, w.service.Store = w.dir, w.seen
	w.service.Policies = append([]workflows.Policy{{Name: "lab", Environments: []string{"lab"}, Approvers: "lab", Channel: "C0CERTIFICATES", Custody: "embedded", Issuer: "embedded"}}, w.service.Policies...)
	b, err := bot.New(context.Background(), w.cfg, w.service, w.db, w.cat, w.dir, w.log)
	must(t, err)
	w.refresh(t, "U0OSKAR", "U0LARA", "U0GUS", "U0DORA", "U0BUILDBOT", "U0GIL")
	w.bot = b
	t.Cleanup(b.Wait)
	t.Cleanup(w.gate.open)
	if door == "http" {
		server := httptest.NewServer(b.HTTPHandler())
		t.Cleanup(server.Close)
		must(t, w.UseHTTP(context.Background(), slacksim.RequestURLs{Events: server.URL + "/slack/events", Interactivity: server.URL + "/slack/interactive", Commands: server.URL + "/slack/commands"}))
	} else {
		ctx, stop := context.WithCancel(context.Background())
		ended := make(chan struct{})
		go func() { _ = b.RunSocket(ctx); close(ended) }()
		t.Cleanup(func() { stop(); <-ended })
		w.Connected(2)
	}
	w.fill(t)
	return w
}

// fill puts what is Ella's into the store.
func (w *world) fill(t *testing.T) {
	t.Helper()
	ella, anselm, now := everybody[0].person(), everybody[1].person(), w.service.Now()
	answers := workflows.Answers{"product": {"generic"}, "service": {"tls-server"}, "environment": {"production"}, "nodes": {"portal.example.org"}, "ca": {"private"}, "csr": {"ours"}, "purpose": {"Portal"}}
	plan := w.service.Intake.PlanOf(workflows.Conversation{Answers: answers})
	if len(plan.Specs) == 0 {
		t.Fatalf("no plan: %+v", plan.Missing)
	}
	w.plan = intake.PlanHash(plan)
	text := certs.T("workflows.trouble.internal")
	of := func(n int, state workflows.State, change func(*workflows.Request)) workflows.Request {
		r := workflows.Request{ID: workflows.NewRequestID(int64(100 + n)), State: state, Requester: ella, Place: workflows.Place{Channel: "D0ELLA"}, Lang: "en", Batch: "B-1",
			Deployment: certs.Deployment{Name: "portal.example.org", Environment: "production"}, Spec: plan.Specs[0], Purpose: "Portal", Custody: "embedded", Issuer: "embedded", Policy: "all",
			KeyName: fmt.Sprintf("req-%d", 100+n), CSR: []byte("csr"), SPKI: fmt.Sprintf("%064d", n), Created: now, Updated: now, Expires: now.Add(time.Hour)}
		if state == workflows.Issued || state == workflows.Installed {
			r.Cert, r.NotAfter, r.Spec.KeyFile = []byte("cert"), now.Add(time.Hour), true
			r.Steps = []workflows.Step{{Phase: certs.Install, Text: text}}
			w.step = issuance.StepMark(r.Steps[0])
		}
		if change != nil {
			change(&r)
		}
		w.hash[string(r.ID)] = r.Hash()
		return r
	}
	handed := func(r *workflows.Request) {
		r.Releases = []workflows.Release{{To: ella, At: now, Expires: now.Add(-time.Minute), Accessor: "a", Opened: now, End: workflows.EndOpened}}
		r.Asks = []workflows.KeyAsk{{Reason: "lost it", At: now, Expires: now.Add(time.Hour)}}
	}
	together := func(r *workflows.Request) { r.Batch, r.Group = "B-2", "B-2/1" }
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	like := &x509.Certificate{SerialNumber: big.NewInt(7), NotBefore: now, NotAfter: now.Add(time.Hour), DNSNames: []string{"portal.example.org"}}
	der, err := x509.CreateCertificate(rand.Reader, like, like, key.Public(), key)
	must(t, err)
	leaf, err := x509.ParseCertificate(der)
	must(t, err)
	w.pem = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	box, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	asked, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: "portal.example.org"}, DNSNames: []string{"portal.example.org"}}, box)
	must(t, err)
	w.csr = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: asked}))
	spki := sha256.Sum256(leaf.RawSubjectPublicKeyInfo)
	requests := []workflows.Request{
		of(1, workflows.Submitted, func(r *workflows.Request) { r.Questions = []workflows.Question{{By: anselm, Text: "Why?", At: now}} }),
		of(2, workflows.OnHold, nil),
		of(3, workflows.Issuing, func(r *workflows.Request) {
			r.Mismatch = &workflows.Mismatch{Leaf: []byte("leaf"), By: ella, At: now, Findings: []certs.Finding{{Rule: "chain/leaf-only", Severity: certs.Warning, Text: text}}}
		}),
		of(4, workflows.Issuing, func(r *workflows.Request) {
			r.Trouble, r.SPKI = workflows.Trouble{Text: text, Since: now}, hex.EncodeToString(spki[:])
		}),
		of(5, workflows.Issued, nil), of(6, workflows.Issued, func(r *workflows.Request) {
			handed(r)
			r.RevocationAsks = []workflows.RevocationAsk{{By: ella, Reason: "superseded", At: now}}
		}),
		of(7, workflows.Issued, func(r *workflows.Request) {
			r.Revoking = &workflows.Revocation{By: anselm, Reason: "superseded", At: now, Manual: true}
		}),
		of(8, workflows.Failed, func(r *workflows.Request) {
			r.Unused = []workflows.Unused{{Leaf: []byte("stray"), Revocation: workflows.Revocation{By: workflows.Robot, Reason: "superseded", At: now, Manual: true}}}
		}),
		of(9, workflows.Rejected, nil),
		of(10, workflows.Issued, func(r *workflows.Request) { handed(r); r.Asks = nil }),
		of(11, workflows.Submitted, func(r *workflows.Request) {
			r.CSR, r.SPKI, r.KeyName, r.Custody, r.Spec.OwnCSR, r.Spec.Key = nil, "", "", workflows.CustodyDevice, true, certs.Key{Type: "ecdsa", Size: 256}
		}),
		of(12, workflows.Submitted, together), of(13, workflows.OnHold, together), of(14, workflows.Issued, together),
	}
	w.hash["B-2/1"] = workflows.GroupHash(requests[11:])
	dm, thread := workflows.Place{Channel: "D0ELLA"}, workflows.Place{Channel: "C0CERTIFICATES", Thread: "1700000000.000100"}
	talk := func(id string, at workflows.Place, phase workflows.Phase, field string) workflows.Conversation {
		a := maps.Clone(answers)
		if field != "" {
			delete(a, field)
		}
		return workflows.Conversation{ID: id, Person: ella, Place: at, Lang: "en", Phase: phase, Answers: a, Field: field, History: []string{"nodes"}, Created: now, Updated: now,
			Proposed: []workflows.Proposal{{Field: "purpose", Values: []string{"the old portal"}}}}
	}
	of2 := func(id string, at workflows.Place) workflows.Case {
		return workflows.Case{ID: id, Person: ella, Place: at, Lang: "en", Input: expired, Cause: "expired", Created: now, Updated: now, Pieces: []workflows.Piece{{Line: 1, At: 1}}}
	}
	must(t, w.db.Update(context.Background(), "", func(workflows.Reader) (workflows.Change, error) {
		return workflows.Change{Requests: requests, Decisions: []workflows.Decision{{Request: "REQ-104", By: anselm, Verdict: workflows.Approve, Hash: w.hash["REQ-104"], At: now}},
			Conversations: []workflows.Conversation{talk("C-1", thread, workflows.Asking, "purpose"), talk("C-2", dm, workflows.Reviewing, "")},
			Cases:         []workflows.Case{of2("K-1", dm), of2("K-2", workflows.Place{Channel: "C0SUPPORT", Thread: "1700000000.000200"})},
			Deployments:   []workflows.Remembered{{Team: "T0ACME", Name: "portal.example.org", Product: "generic", Answers: answers, By: ella, Updated: now}},
			Taught: []workflows.Taught{{ID: "L-1", Team: "T0ACME", State: workflows.Proposed, By: everybody[4].person(), Case: "K-2", Cause: "badge-reader", Lang: "en",
				Lesson: workflows.Lesson{Title: "Badge reader", Wordings: []string{"cert blob rejected rc=-77"}, Fix: []string{"Update it."}}, Created: now, Updated: now}}}, nil
	}))
}

// hers is all of it, as it stands.
func (w *world) hers(t *testing.T) string {
	t.Helper()
	ctx := context.Background()
	var out strings.Builder
	must(t, w.db.View(ctx, func(rd workflows.Reader) error {
		add := func(v any, err error) error {
			raw, e := json.Marshal(v)
			if err == nil {
				err = e
			}
			out.Write(append(raw, '\n'))
			return err
		}
		for n := 101; n <= 114; n++ {
			r, err := rd.Request(ctx, workflows.NewRequestID(int64(n)))
			if err := add(r, err); err != nil {
				return err
			}
			if err := add(r.Decisions, nil); err != nil {
				return err
			}
		}
		for _, id := range []string{"C-1", "C-2"} {
			c, err := rd.Conversation(ctx, id)
			if err := add(c, err); err != nil {
				return err
			}
		}
		for _, id := range []string{"K-1", "K-2"} {
			c, err := rd.Case(ctx, id)
			if err := add(c, err); err != nil {
				return err
			}
		}
		l, err := rd.Taught(ctx, "L-1")
		return add(l, err)
	}))
	return out.String()
}

// lines is a log that is read.
type lines struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

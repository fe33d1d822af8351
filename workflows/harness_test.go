package workflows_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"countersign/certs"
	"countersign/locales"
	"countersign/storage"
	"countersign/triage"
	"countersign/vault/embedded"
	"countersign/vault/embedded/embeddedtest"
	"countersign/workflows"
)

var (
	ella   = workflows.Person{Team: "T1", ID: "U0ELLA"}
	anselm = workflows.Person{Team: "T1", ID: "U0ANSELM"}
	bolin  = workflows.Person{Team: "T1", ID: "U0BOLIN"}
)

// people is a directory of whoever is in it.
type people struct {
	known  map[workflows.Person]workflows.Profile
	groups map[string][]workflows.Person
}

func (p people) Profile(who workflows.Person) (workflows.Profile, bool) {
	profile, ok := p.known[who]
	return profile, ok
}

func (p people) Members(group string) ([]workflows.Person, bool) {
	m, ok := p.groups[group]
	return m, ok
}

func (p people) Fresh(_ context.Context, group string) ([]workflows.Person, error) {
	if m, ok := p.groups[group]; ok {
		return m, nil
	}
	return nil, errors.New("cannot be read")
}

// bench is the workflows on real storage, custody, CA and knowledge.
type bench struct {
	*workflows.Service
	db      *storage.DB
	people  people
	custody *embedded.Custody
	ahead   atomic.Int64 // of the clock, in nanoseconds
}

// now is the clock of everything on the bench.
func (b *bench) now() time.Time {
	return time.Now().Add(time.Duration(b.ahead.Load())).UTC().Truncate(time.Millisecond)
}

// later lets time pass.
func (b *bench) later(d time.Duration) { b.ahead.Add(int64(d)) }

// What is embedded does not change between tests.
var (
	loadProfiles = sync.OnceValues(func() (*certs.Catalogue, error) { return certs.Load() })
	loadCauses   = sync.OnceValues(func() (*triage.KB, error) { return triage.Load() })
	loadTexts    = sync.OnceValues(locales.Load)
)

func newBench(t *testing.T) *bench {
	t.Helper()
	profiles, err := loadProfiles()
	must(t, err)
	causes, err := loadCauses()
	must(t, err)
	b := &bench{people: people{known: map[workflows.Person]workflows.Profile{}, groups: map[string][]workflows.Person{"pki": {anselm, bolin}}}}
	custody, ca, err := embedded.Start(embedded.Options{Dir: embeddedtest.Dir(t), Now: b.now})
	must(t, err)
	key, err := custody.AuditKey()
	must(t, err)
	db, err := storage.Open(context.Background(), storage.Options{Path: t.TempDir() + "/countersign.db", AuditKey: key, Now: b.now})
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	b.db, b.custody = db, custody
	for _, p := range []workflows.Person{ella, anselm, bolin} {
		b.people.known[p] = workflows.Profile{Person: p}
	}
	cat, err := loadTexts()
	must(t, err)
	var n atomic.Int64
	b.Service = &workflows.Service{Team: "T1", Store: db, Directory: b.people, Catalogue: profiles, Triage: causes, Say: cat.Say,
		Policies:  []workflows.Policy{{Name: "all", Approvers: "pki", Channel: "C1", Custody: "embedded", Issuer: "embedded"}},
		Custodies: map[string]workflows.Custody{"embedded": custody}, Issuers: map[string]workflows.Issuer{"embedded": ca},
		Now: b.now, NewID: func() string { return fmt.Sprintf("id%d", n.Add(1)) }}
	return b
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// portal are answers that make one simple request.
func portal() workflows.Answers {
	return workflows.Answers{"product": {"generic"}, "service": {"tls-server"}, "environment": {"production"}, "nodes": {"portal.example.org"},
		"topology": {"single"}, "ca": {"private"}, "csr": {"ours"}, "purpose": {"Portal"}}
}

// submitted sends a request of who's and has its CSR made.
func (b *bench) submitted(t *testing.T, who workflows.Person, a workflows.Answers) workflows.Request {
	t.Helper()
	ctx := context.Background()
	c, err := b.Start(ctx, workflows.Started{By: who, Lang: "en", Answers: a})
	must(t, err)
	c, err = b.Send(ctx, workflows.Sending{By: who, ID: c.ID, Plan: workflows.PlanHash(b.PlanOf(c))})
	must(t, err)
	b.work(t)
	r, err := b.Show(ctx, who, c.Requests[0])
	must(t, err)
	return r
}

// work does what is due in the Work lane.
func (b *bench) work(t *testing.T) {
	t.Helper()
	w := b.Service.Worker(b.db, quiet)
	for {
		busy, err := w.Step(context.Background())
		must(t, err)
		if !busy {
			return
		}
	}
}

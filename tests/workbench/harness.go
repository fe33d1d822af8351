package workbench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"countersign/certs"
	"countersign/locales"
	"countersign/storage"
	"countersign/tests/embeddedtest"
	"countersign/triage"
	"countersign/vault/embedded"
	"countersign/workflows"
	"countersign/workflows/intake"
	"countersign/workflows/services"
)

var (
	Ella   = workflows.Person{Team: "T1", ID: "U0ELLA"}
	Anselm = workflows.Person{Team: "T1", ID: "U0ANSELM"}
	Bolin  = workflows.Person{Team: "T1", ID: "U0BOLIN"}
)

// people is a directory of whoever is in it.
type people struct {
	Known  map[workflows.Person]workflows.Profile
	Groups map[string][]workflows.Person
}

func (p people) Profile(who workflows.Person) (workflows.Profile, bool) {
	profile, ok := p.Known[who]
	return profile, ok
}

func (p people) Members(group string) ([]workflows.Person, bool) {
	m, ok := p.Groups[group]
	return m, ok
}

func (p people) Fresh(_ context.Context, group string, who []workflows.Person) (in []workflows.Person, err error) {
	m, ok := p.Groups[group]
	if !ok {
		return nil, errors.New("cannot be read")
	}
	for _, x := range who {
		if profile := p.Known[x]; slices.Contains(m, x) && !profile.Deleted && !profile.Guest && !profile.Bot {
			in = append(in, x)
		}
	}
	return in, nil
}

// Bench is the workflows on real storage, custody, CA and knowledge.
type Bench struct {
	*services.Set
	DB      *storage.DB
	People  people
	Custody *embedded.Custody
	ahead   atomic.Int64 // of the clock, in nanoseconds
}

// Now is the clock of everything on the bench.
func (b *Bench) Now() time.Time {
	return time.Now().Add(time.Duration(b.ahead.Load())).UTC().Truncate(time.Millisecond)
}

// Later lets time pass.
func (b *Bench) Later(d time.Duration) { b.ahead.Add(int64(d)) }

// What is embedded does not change between tests.
var (
	loadProfiles = sync.OnceValues(func() (*certs.Catalogue, error) { return certs.Load() })
	loadCauses   = sync.OnceValues(func() (*triage.KB, error) { return triage.Load() })
	loadTexts    = sync.OnceValues(func() (*locales.Catalogue, error) { return locales.Load() })
)

func New(t *testing.T) *Bench {
	t.Helper()
	profiles, err := loadProfiles()
	Must(t, err)
	causes, err := loadCauses()
	Must(t, err)
	b := &Bench{People: people{Known: map[workflows.Person]workflows.Profile{}, Groups: map[string][]workflows.Person{"pki": {Anselm, Bolin}}}}
	custody, ca, err := embedded.Start(embedded.Options{Dir: embeddedtest.Dir(t), Now: b.Now})
	Must(t, err)
	key, err := custody.AuditKey()
	Must(t, err)
	db, err := storage.Open(context.Background(), storage.Options{Path: t.TempDir() + "/countersign.db", AuditKey: key, Now: b.Now})
	Must(t, err)
	t.Cleanup(func() { Must(t, db.Close()) })
	b.DB, b.Custody = db, custody
	for _, p := range []workflows.Person{Ella, Anselm, Bolin} {
		b.People.Known[p] = workflows.Profile{Person: p}
	}
	cat, err := loadTexts()
	Must(t, err)
	var n atomic.Int64
	b.Set = services.New(&workflows.Kernel{Team: "T1", Store: db, Directory: b.People, Catalogue: profiles, Say: cat.Say,
		Policies:  []workflows.Policy{{Name: "all", Approvers: "pki", Channel: "C1", Custody: "embedded", Issuer: "embedded"}},
		Custodies: map[string]workflows.Custody{"embedded": custody}, Issuers: map[string]workflows.Issuer{"embedded": ca},
		Now: b.Now, NewID: func() string { return fmt.Sprintf("id%d", n.Add(1)) }}, services.Ports{Triage: causes})
	return b
}

func Must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Portal are answers that make one simple request.
func Portal() workflows.Answers {
	return workflows.Answers{"product": {"generic"}, "service": {"tls-server"}, "environment": {"production"}, "nodes": {"portal.example.org"},
		"topology": {"single"}, "ca": {"private"}, "csr": {"ours"}, "purpose": {"Portal"}}
}

// Cluster are answers that make two requests, which share a card.
func Cluster() workflows.Answers {
	return workflows.Answers{"product": {"expressway-e"}, "service": {"server"}, "version": {"X15.5"}, "environment": {"production"},
		"nodes": {"expe1.example.com", "expe2.example.com"}, "topology": {"cluster"}, "cluster_fqdn": {"expe.example.com"},
		"features": {"mra"}, "domains": {"example.com"}, "ca": {"private"}, "csr": {"ours"}, "key": {"rsa-2048"}, "purpose": {"New cluster"}}
}

// SubmittedGroup is Submitted for answers that make several requests, the oldest first.
func (b *Bench) SubmittedGroup(t *testing.T, who workflows.Person, a workflows.Answers) []workflows.Request {
	t.Helper()
	return b.Group(t, b.Submitted(t, who, a).Group)
}

// Group reads the requests of a group as they are now.
func (b *Bench) Group(t *testing.T, group string) []workflows.Request {
	t.Helper()
	all, err := workflows.Read(context.Background(), b.DB, func(rd workflows.Reader) ([]workflows.Request, error) {
		return workflows.ReadGroup(context.Background(), rd, group)
	})
	Must(t, err)
	return all
}

// Submitted sends a request of who's and has its CSR made.
func (b *Bench) Submitted(t *testing.T, who workflows.Person, a workflows.Answers) workflows.Request {
	t.Helper()
	ctx := context.Background()
	c, err := b.Intake.Start(ctx, intake.Started{By: who, Lang: "en", Answers: a})
	Must(t, err)
	c, err = b.Intake.Send(ctx, intake.Sending{By: who, ID: c.ID, Plan: intake.PlanHash(b.Intake.PlanOf(c))})
	Must(t, err)
	b.Work(t)
	r, err := b.Lists.Show(ctx, who, c.Requests[0])
	Must(t, err)
	return r
}

// Work does what is due in the Work lane.
func (b *Bench) Work(t *testing.T) {
	t.Helper()
	w := b.Set.Worker(b.DB, Quiet)
	for {
		busy, err := w.Step(context.Background())
		Must(t, err)
		if !busy {
			return
		}
	}
}

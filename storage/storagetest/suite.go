// Package storagetest is the suite that every engine of package storage must pass:
// what workflows relies on, tested through the ports alone. What only one engine
// has (locks, a full disk, migrations, a killed process) is tested beside it.
package storagetest

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"countersign/storage"
	"countersign/workflows"
)

// Store is an engine.
type Store interface {
	workflows.Store
	workflows.Outbox
	VerifyAudit(ctx context.Context, anchors ...storage.AuditHead) (storage.AuditReport, error)
	DeadLetters(ctx context.Context, after int64, limit int) ([]storage.DeadLetter, error)
	SweepReceipts(ctx context.Context, before time.Time) (int64, error)
}

// Open gives an empty store that takes its time from now, and closes it with the test.
type Open func(t *testing.T, now func() time.Time) Store

// Run runs the suite.
func Run(t *testing.T, open Open) {
	for _, c := range []struct {
		name string
		run  func(*bundle)
	}{
		{"receipts", receipts},
		{"receipts are forgotten in time", sweep},
		{"versions", versions},
		{"all or nothing", atomic},
		{"numbers have no gaps", numbers},
		{"one approver of sixteen wins", race},
		{"one final verdict a person and hash", verdicts},
		{"conversations are found", conversations},
		{"cases are found", cases},
		{"deployments are remembered", deployments},
		{"cards", cards},
		{"settings", settings},
		{"queries", queries},
		{"pages lose nothing", pages},
		{"by public key", bySPKI},
		{"what people write comes back", hostile},
		{"much of it", large},
		{"audit", audit},
		{"each effect once and in order", once},
		{"order within subject and lane", order},
		{"leases", leases},
		{"a stale worker changes nothing", stale},
		{"due times", due},
		{"keys are for ever", keys},
		{"bury", bury},
		{"kinds are left where they are", except},
		{"people take turns with their files", fair},
		{"wait", wait},
		{"views are snapshots", snapshot},
		{"random work against a model", model},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			clock := &clock{at: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
			b := &bundle{T: t, clock: clock, Store: open(t, clock.now), ctx: context.Background()}
			c.run(b)
			if report, err := b.VerifyAudit(b.ctx); err != nil || report.Bad != nil {
				t.Errorf("the audit record afterwards: %+v, %v", report, err)
			}
		})
	}
}

// bundle is what a test works with.
type bundle struct {
	*testing.T
	Store
	clock *clock
	ctx   context.Context //nolint:containedctx // of the test, which the bundle is
}

type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

var (
	ann = workflows.Person{Team: "T1", ID: "U-ANN"}
	bob = workflows.Person{Team: "T1", ID: "U-BOB"}
	eve = workflows.Person{Team: "T2", ID: "U-ANN"} // the same ID in another team
)

// put commits c.
func (b *bundle) put(c workflows.Change) {
	b.Helper()
	if err := b.try(c); err != nil {
		b.Fatalf("update: %v", err)
	}
}

func (b *bundle) try(c workflows.Change) error {
	return b.Update(b.ctx, "", func(workflows.Reader) (workflows.Change, error) { return c, nil })
}

// see reads.
func (b *bundle) see(read func(workflows.Reader) error) {
	b.Helper()
	if err := b.View(b.ctx, read); err != nil {
		b.Fatalf("view: %v", err)
	}
}

// want checks the code of an error.
func (b *bundle) want(what string, err error, code workflows.Code) {
	b.Helper()
	if err == nil || workflows.CodeOf(err) != code {
		b.Errorf("%s: %v, want code %q", what, err, code)
	}
}

// request makes one from JSON, as a store gets it.
func (b *bundle) request(id string, p workflows.Person, state workflows.State, names ...string) workflows.Request {
	b.Helper()
	type name struct {
		Type  string `json:"type"`
		Value string `json:"value"`
	}
	spec := map[string]any{"profile": "expressway-e/server", "days": 90}
	list := []name{}
	for _, n := range names {
		list = append(list, name{"dns", n})
	}
	if len(names) > 0 {
		spec["common_name"] = names[0]
	}
	spec["names"] = list
	raw, err := json.Marshal(map[string]any{"spec": spec})
	if err != nil {
		b.Fatal(err)
	}
	var r workflows.Request
	if err := json.Unmarshal(raw, &r); err != nil {
		b.Fatal(err)
	}
	r.ID, r.Requester, r.State = workflows.RequestID(id), p, state
	r.Created, r.Updated = b.clock.now(), b.clock.now()
	return r
}

func effect(lane workflows.Lane, subject, key string) workflows.Effect {
	return workflows.Effect{Lane: lane, Subject: subject, Key: key, Kind: "k", Body: json.RawMessage(`{"n":1}`)}
}

func note(subject, detail string) workflows.Audit {
	return workflows.Audit{Actor: ann, Verb: "test", Subject: subject, Detail: detail}
}

// must gives the value of a call that may not fail: must(call())(b).
func must[V any](v V, err error) func(*bundle) V {
	return func(b *bundle) V {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
		return v
	}
}

func n(i int) string { return fmt.Sprint(i) }

package storage_test

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

// store is an engine.
type store interface {
	workflows.Store
	workflows.Outbox
	VerifyAudit(ctx context.Context, anchors ...storage.AuditHead) (storage.AuditReport, error)
	DeadLetters(ctx context.Context, after int64, limit int) ([]storage.DeadLetter, error)
	SweepReceipts(ctx context.Context, before time.Time) (int64, error)
}

// bundle is what a test works with.
type bundle struct {
	*testing.T
	store
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

package product

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	_ "github.com/mattn/go-sqlite3" // the product's engine: the outbox has no other reader

	"countersign/storage"
	"countersign/vault/embedded"
	"countersign/workflows"
)

// State is what the database holds at one moment.
type State struct {
	Requests  []workflows.Request // oldest first
	Decisions map[workflows.RequestID][]workflows.Decision
	Audit     []workflows.Audit
	Effects   []Effect
	Report    storage.AuditReport
	Integrity string // of SQLite: "ok"
}

// Effect is a row of the outbox.
type Effect struct {
	Key, Kind, Subject, Reason string
	Done, Buried               bool
	Later                      bool // its time has not come: nothing waits for it
	Attempts                   int
}

// Open opens the database for reading beside the product, or without it.
func (w *World) Open() (*storage.DB, error) {
	custody, _, err := embedded.Start(embedded.Options{Dir: w.Data() + "/custody"})
	if err != nil {
		return nil, err
	}
	key, err := custody.AuditKey()
	if err != nil {
		return nil, err
	}
	return storage.OpenReadOnly(context.Background(), storage.Options{Path: w.Database(), AuditKey: key})
}

// Read reads everything, and checks the chain of the audit record on the way.
func (w *World) Read() State {
	w.t.Helper()
	s, err := w.read(context.Background())
	if err != nil {
		w.t.Fatalf("read the database: %v", err)
	}
	return s
}

func (w *World) read(ctx context.Context) (s State, err error) {
	db, err := w.Open()
	if err != nil {
		return s, err
	}
	defer func() { _ = db.Close() }() // read only
	s.Decisions = map[workflows.RequestID][]workflows.Decision{}
	err = db.View(ctx, func(rd workflows.Reader) error {
		for n := int64(1); ; n++ { // numbers have no holes
			r, err := rd.Request(ctx, workflows.NewRequestID(n))
			if workflows.CodeOf(err) == workflows.NotFound {
				break
			}
			if err != nil {
				return err
			}
			s.Requests = append(s.Requests, r)
			s.Decisions[r.ID] = r.Decisions
		}
		for {
			last := int64(0)
			if n := len(s.Audit); n > 0 {
				last = s.Audit[n-1].ID
			}
			page, err := rd.Audit(ctx, "", last, 200)
			if err != nil || len(page) == 0 {
				return err
			}
			s.Audit = append(s.Audit, page...)
		}
	})
	if err != nil {
		return s, err
	}
	if s.Report, err = db.VerifyAudit(ctx); err != nil {
		return s, err
	}
	s.Effects, s.Integrity, err = w.outbox(ctx)
	return s, err
}

func (w *World) outbox(ctx context.Context) (list []Effect, integrity string, err error) {
	db, err := sql.Open("sqlite3", "file:"+w.Database()+"?mode=ro&_busy_timeout=5000")
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = db.Close() }() // read only
	if err := db.QueryRowContext(ctx, "PRAGMA integrity_check").Scan(&integrity); err != nil {
		return nil, "", err
	}
	rows, err := db.QueryContext(ctx, `SELECT key, kind, subject, reason, done_ms IS NOT NULL, buried, attempts,
		wake_ms > ? AND leased = 0 AND reason IN ('', ?) FROM outbox ORDER BY id`, time.Now().UnixMilli(), workflows.Waiting)
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = rows.Close() }() // its error is rows.Err
	for rows.Next() {
		var e Effect
		if err := rows.Scan(&e.Key, &e.Kind, &e.Subject, &e.Reason, &e.Done, &e.Buried, &e.Attempts, &e.Later); err != nil {
			return nil, "", err
		}
		list = append(list, e)
	}
	return list, integrity, rows.Err()
}

// Settled waits until the product has nothing left to do, as long as it gets anything
// done within patience, and gives the state then.
func (w *World) Settled(patience time.Duration) State {
	w.t.Helper()
	var open []Effect
	moved, done := time.Now(), -1
	for ; ; time.Sleep(50 * time.Millisecond) {
		all, _, err := w.outbox(context.Background())
		if err != nil {
			w.t.Fatalf("read the outbox: %v", err)
		}
		open = open[:0]
		now := 0
		for _, e := range all {
			if !e.Done && !e.Later {
				open = append(open, e)
			}
			if e.Done {
				now++
			}
		}
		if len(open) == 0 {
			return w.Read()
		}
		if now != done {
			moved, done = time.Now(), now
		}
		if time.Since(moved) > patience {
			w.t.Fatalf("%d effects are still to be done after %v: %s\n%s", len(open), patience, fmt.Sprintf("%+v", open[:min(5, len(open))]), w.Tail())
		}
	}
}

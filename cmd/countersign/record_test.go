package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"countersign/storage"
	"countersign/workflows"
)

// shelf keeps a note as custodies do: in place of the one that was seen last.
type shelf struct {
	mu   sync.Mutex
	note []byte
	away error
}

// reader of a shelf is what one process has of it.
type shelfReader struct {
	*shelf
	seen []byte
}

func (s *shelfReader) NotedHead(context.Context) ([]byte, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = s.note
	return s.note, s.note != nil, s.away
}

func (s *shelfReader) NoteHead(_ context.Context, note []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away != nil {
		return s.away
	}
	if !bytes.Equal(s.seen, s.note) {
		return errors.New("somebody else has noted")
	}
	s.seen, s.note = note, note
	return nil
}

func (s *shelf) set(away error) { s.mu.Lock(); s.away = away; s.mu.Unlock() }

func (s *shelf) noted(t *testing.T) (n storage.Note) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := json.Unmarshal(s.note, &n); err != nil {
		t.Fatal(err)
	}
	return n
}

func opened(t *testing.T, path string) *storage.DB {
	t.Helper()
	db, err := storage.Open(t.Context(), storage.Options{Path: path, AuditKey: bytes.Repeat([]byte("k"), 32)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	db.Bound(0)
	return db
}

// number makes a request and gives its number.
func number(db *storage.DB) (n int64, err error) {
	err = db.Update(context.Background(), "", func(rd workflows.Reader) (workflows.Change, error) {
		if n, err = rd.NextRequest(context.Background()); err != nil {
			return workflows.Change{}, err
		}
		r := workflows.Request{ID: workflows.NewRequestID(n), State: workflows.Submitted, Requester: workflows.Person{Team: "T1", ID: "U1"}}
		return workflows.Change{Requests: []workflows.Request{r}}, nil
	})
	return n, err
}

func told(t *testing.T, db *storage.DB) (keys []string) {
	t.Helper()
	for {
		e, ok, err := db.Claim(t.Context(), workflows.Notify, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			return keys
		}
		body, err := workflows.ReadPayload[workflows.OperatorsNotice](e)
		if err != nil || e.Kind != workflows.KindRecord || body.Text.Zero() {
			t.Fatalf("%+v, %v", e, err)
		}
		keys = append(keys, body.Text.Key)
		if err := db.Update(t.Context(), "", func(workflows.Reader) (workflows.Change, error) { return workflows.Change{Done: []int64{e.ID}}, nil }); err != nil {
			t.Fatal(err)
		}
	}
}

func notaryOf(t *testing.T, db *storage.DB, s *shelf) *notary {
	t.Helper()
	return &notary{db: db, notes: &shelfReader{shelf: s}, tell: func(why workflows.Text, epoch bool) { t.Log(why, epoch) }}
}

// Every start compares with what was noted; a copy from before and a new database go on
// above every number that may have been given, and the operators hear of it.
func TestStartOfAnotherDatabase(t *testing.T) {
	dir, s := t.TempDir(), &shelf{}
	db := opened(t, filepath.Join(dir, "x.db"))
	if err := notaryOf(t, db, s).step(t.Context()); err != nil {
		t.Fatal(err)
	}
	for want := range int64(3) {
		if n, err := number(db); err != nil || n != want+1 {
			t.Fatalf("number %d, %v", n, err)
		}
	}
	older := filepath.Join(dir, "older.db")
	if err := db.Backup(t.Context(), older); err != nil {
		t.Fatal(err)
	}
	if _, err := number(db); err != nil {
		t.Fatal(err)
	}
	// The same again, later: nothing has happened.
	if err := notaryOf(t, db, s).step(t.Context()); err != nil || len(told(t, db)) > 0 {
		t.Errorf("the same database: %v, operators told", err)
	}
	if n, err := number(db); err != nil || n != 5 {
		t.Errorf("number %d, %v; want 5", n, err)
	}
	highest := s.noted(t).Numbers
	for _, path := range []string{older, filepath.Join(dir, "new.db")} {
		before := s.noted(t)
		other := opened(t, path)
		n := notaryOf(t, other, s)
		if err := n.step(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := told(t, other); len(got) != 1 || got[0] != "storage.another-copy" {
			t.Errorf("%s: operators are told %q", path, got)
		}
		if got, err := number(other); err != nil || got <= highest {
			t.Errorf("%s: number %d, %v; %d may have been given", path, got, err, highest)
		}
		after := s.noted(t)
		if highest = after.Numbers; after.Store == before.Store || after.Numbers <= before.Numbers {
			t.Errorf("%s: noted %+v after %+v", path, after, before)
		}
	}
}

// A custody that cannot be reached keeps requests from being numbered, not the rest,
// and it goes on by itself.
func TestNoteLater(t *testing.T) {
	s := &shelf{away: errors.New("away")}
	db := opened(t, filepath.Join(t.TempDir(), "x.db"))
	n := notaryOf(t, db, s)
	if err := n.step(t.Context()); err == nil {
		t.Fatal("noted nowhere")
	}
	if _, err := number(db); workflows.CodeOf(err) != workflows.Unable {
		t.Errorf("a number that nobody has noted: %v", err)
	}
	s.set(nil)
	if err := n.step(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := number(db); err != nil {
		t.Errorf("afterwards: %v", err)
	}
	s.set(errors.New("away"))
	_ = n.step(t.Context())
	if _, err := number(db); err != nil {
		t.Errorf("of the numbers that are noted: %v", err)
	}
}

// What is committed is noted without anybody asking, and what the database is at its end.
func TestNotedAsItGoes(t *testing.T) {
	s := &shelf{}
	db := opened(t, filepath.Join(t.TempDir(), "x.db"))
	n := notaryOf(t, db, s)
	if err := n.step(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- n.run(ctx) }()
	if _, err := number(db); err != nil {
		t.Fatal(err)
	}
	for s.noted(t).Head.ID < 1 {
		time.Sleep(10 * time.Millisecond) // until it is; the test's own limit ends it otherwise
	}
	if _, err := number(db); err != nil {
		t.Fatal(err)
	}
	stop()
	if err := <-done; err != nil || s.noted(t).Head.ID != 2 {
		t.Errorf("left at row %d, %v", s.noted(t).Head.ID, err)
	}
}

// Two databases with the same keys would each give the other's numbers: the one that
// finds the other's note in place of its own ends.
func TestTwoDatabases(t *testing.T) {
	dir, s := t.TempDir(), &shelf{}
	first, second := opened(t, filepath.Join(dir, "1.db")), opened(t, filepath.Join(dir, "2.db"))
	one, two := notaryOf(t, first, s), notaryOf(t, second, s)
	for _, n := range []*notary{one, two} {
		if err := n.step(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := one.step(t.Context()); err == nil || errors.Is(err, errSecond) {
		t.Errorf("over the other's note: %v", err)
	}
	if err := one.step(t.Context()); !errors.Is(err, errSecond) {
		t.Errorf("having seen it: %v", err)
	}
	if err := two.step(t.Context()); err != nil {
		t.Errorf("the other goes on: %v", err)
	}
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"countersign/storage"
	"countersign/workflows"
)

// notes is a custody that keeps the noted head of the record, at most 1 KiB of JSON.
// NoteHead writes in place of the one that was seen last, or not at all.
type notes interface {
	NotedHead(ctx context.Context) (note []byte, found bool, err error)
	NoteHead(ctx context.Context, note []byte) error
}

const (
	noteEvery  = time.Second     // at most, while there is something to note
	noteWithin = 5 * time.Second // one look or one note
	noteAgain  = 10 * time.Second
)

// notary keeps a note of the database beside the keys, and tells an older copy, or
// another database, from the one that was noted. It is used by one goroutine.
type notary struct {
	db    *storage.DB
	notes notes
	tell  func(why workflows.Text, epoch bool) // the log

	begun, noted bool // ever; at the last try
	told         bool // why it cannot be noted
}

// step compares with the note, where that is not known to be ours, and notes.
func (n *notary) step(ctx context.Context) error {
	ctx, done := context.WithTimeout(ctx, noteWithin)
	defer done()
	var err error
	if !n.noted { // nothing was noted yet, or an answer got lost, or somebody else noted
		err = n.compare(ctx)
	}
	if err == nil {
		err = n.note(ctx)
	}
	n.noted, n.begun = err == nil, n.begun || err == nil
	if err != nil && !n.told {
		n.tell(textOf(err), false)
	}
	n.told = err != nil
	return err
}

// compare takes a new epoch where the note is not of this database.
func (n *notary) compare(ctx context.Context) error {
	raw, found, err := n.notes.NotedHead(ctx)
	if err != nil || !found {
		return err
	}
	var was storage.Note
	if err := json.Unmarshal(raw, &was); err != nil {
		return fmt.Errorf("noted head of the record: %w", err)
	}
	ok, why, err := n.db.Follows(ctx, was)
	if err != nil || ok {
		return err
	}
	if n.begun { // ours was the last: another database is served with these keys
		return errors.Join(errSecond, workflows.Refuse(workflows.Unable, "storage.second-database", "Row", strconv.FormatInt(was.Head.ID, 10)))
	}
	told := workflows.NotifyOperators("epoch/"+was.Store+"/"+was.Head.String(), why)
	if err := n.db.NewEpoch(ctx, was, workflows.Change{Effects: []workflows.Effect{told}}); err != nil {
		return err
	}
	n.tell(why, true)
	return nil
}

// note notes the database as it is, and lets numbers be given up to what is noted.
func (n *notary) note(ctx context.Context) error {
	note, err := n.db.Note(ctx)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(note)
	if err != nil {
		return fmt.Errorf("note: %w", err)
	}
	if err := n.notes.NoteHead(ctx, raw); err != nil {
		return err
	}
	n.db.Bound(note.Numbers)
	return nil
}

var errSecond = errors.New("two databases are served with the same keys")

// run notes what is committed, soon after it is, never on its path, and at the end. It
// ends before ctx when another database is served with the same keys.
func (n *notary) run(ctx context.Context) error {
	for {
		pause := noteEvery
		if !n.noted {
			pause = noteAgain
		}
		select {
		case <-ctx.Done():
			return n.last()
		case <-time.After(pause):
		}
		if n.noted {
			select {
			case <-ctx.Done():
				return n.last()
			case <-n.db.Changed():
			}
		}
		if err := n.step(ctx); errors.Is(err, errSecond) {
			return err
		}
	}
}

// last notes how the database is left.
func (n *notary) last() error {
	if !n.noted {
		return nil
	}
	ctx, done := context.WithTimeout(context.Background(), noteWithin)
	defer done()
	return n.note(ctx)
}

package storage

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"countersign/workflows"
)

// effectMAC is HMAC-SHA256 over what an effect says, and its place: nothing that a
// retry changes. Whoever can write the file, but has no key, queues and alters none.
func effectMAC(key []byte, e workflows.Effect) []byte {
	h := hmac.New(sha256.New, key)
	field(h, []byte(workLabel))
	number(h, e.ID)
	for _, s := range []string{e.Key, string(e.Lane), e.Subject, e.Kind, string(e.Body)} {
		field(h, []byte(s))
	}
	number(h, e.Due.UnixMilli())
	return h.Sum(nil)
}

// queued is one row of the outbox with its MAC.
type queued struct {
	workflows.Effect
	mac []byte
}

const queuedColumns = `id, key, lane, subject, kind, body, due_ms, attempts, mac`

func scanQueued(scan func(...any) error) (e queued, err error) {
	var body string
	var due int64
	err = scan(&e.ID, &e.Key, &e.Lane, &e.Subject, &e.Kind, &body, &due, &e.Attempts, &e.mac)
	e.Body, e.Due = []byte(body), at(due)
	return e, err
}

func (e *queued) holds(key []byte) bool { return hmac.Equal(e.mac, effectMAC(key, e.Effect)) }

// forgedKey begins the keys of messages about forged effects.
const forgedKey = "forged/"

// maxForged bounds, in runes, what is repeated of a row that somebody put there.
const maxForged = 100

// forged says that the effect was not queued as it stands.
func (e *queued) forged() workflows.Text {
	return workflows.Refuse(workflows.Unable, "storage.effect-forged", "ID", strconv.FormatInt(e.ID, 10),
		"Kind", clip(e.Kind, maxForged), "Subject", clip(e.Subject, maxForged)).Text
}

// told is what is committed with its burial. The message has a key that nobody can have
// queued before to keep the operators from getting it. Of what poses as such a message
// only the record has it, lest a trigger that alters every row makes messages without end.
func (e *queued) told() (workflows.Change, error) {
	detail, err := json.Marshal(map[string]string{"effect": strconv.FormatInt(e.ID, 10), "kind": clip(e.Kind, maxForged), "key": clip(e.Key, maxForged)})
	c := workflows.Change{Audit: []workflows.Audit{{Actor: workflows.Robot, Verb: "effect.forged", Subject: clip(e.Subject, maxForged), Detail: string(detail)}}}
	if !strings.HasPrefix(e.Key, forgedKey) {
		c.Effects = []workflows.Effect{workflows.NotifyOperators(forgedKey+rand.Text(), e.forged())}
	}
	return c, err
}

// effect queues e behind the pending ones of its lane and subject.
func (w *writer) effect(ctx context.Context, e workflows.Effect) error {
	if e.Key == "" || e.Lane == "" {
		return errors.New("an effect needs a key and a lane")
	}
	if e.Due.IsZero() {
		e.Due = w.now
	}
	if err := w.tx.QueryRowContext(ctx, `SELECT coalesce(max(id), 0) + 1 FROM outbox`).Scan(&e.ID); err != nil {
		return err
	}
	due := e.Due.UnixMilli()
	n, err := w.exec(ctx, `INSERT INTO outbox (key, lane, subject, kind, body, due_ms, wake_ms, behind, id, mac)
		SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?6, EXISTS (SELECT 1 FROM outbox WHERE lane = ?2 AND subject = ?3 AND done_ms IS NULL), ?7, ?8
		WHERE true ON CONFLICT (key) DO NOTHING`, e.Key, string(e.Lane), e.Subject, e.Kind, string(e.Body), due, e.ID, effectMAC(w.auditKey, e))
	if n > 0 {
		w.lanes = append(w.lanes, e.Lane)
	}
	return err
}

// done completes an effect. Its body goes: what it said is in the state by now. With it
// goes its MAC, without which it cannot be put back into the queue.
func (w *writer) done(ctx context.Context, id int64) error {
	return w.end(ctx, `UPDATE outbox SET done_ms = ?1, body = '', mac = NULL WHERE id = ?2 AND done_ms IS NULL RETURNING lane, subject`,
		w.now.UnixMilli(), id)
}

// end runs a statement that makes done_ms set, and lets the next effect of the
// subject through. Everywhere but among files it is as old as it is; of two people who
// have sent many files, each has every second turn.
func (w *writer) end(ctx context.Context, query string, args ...any) error {
	w.wrote = true
	var lane, subject string
	err := w.tx.QueryRowContext(ctx, query, args...).Scan(&lane, &subject)
	if errors.Is(err, sql.ErrNoRows) {
		return lost("storage.effect-done")
	}
	if err != nil {
		return err
	}
	var turn int64 // not before this
	if workflows.Lane(lane) == workflows.Files {
		turn = w.now.UnixMilli()
	}
	n, err := w.exec(ctx, `UPDATE outbox SET behind = 0, wake_ms = max(wake_ms, ?1) WHERE behind = 1 AND id =
		(SELECT min(id) FROM outbox WHERE lane = ?2 AND subject = ?3 AND done_ms IS NULL)`, turn, lane, subject)
	if n > 0 {
		w.lanes = append(w.lanes, workflows.Lane(lane))
	}
	return err
}

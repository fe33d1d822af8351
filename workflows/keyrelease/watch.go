package keyrelease

import (
	"context"
	"errors"
	"fmt"
	"time"

	"countersign/workflows"
)

// lastLook is how long before its end a hand-over is looked at once more: afterwards
// Vault knows nothing of it.
const lastLook = 3 * time.Second

// watchFrom begins to watch a hand-over that was prepared.
func watchFrom(r workflows.Request, i int, now time.Time) workflows.Effect {
	// A queue of its own: it takes as long as the hand-over.
	e := workflows.NewEffect(workflows.Work, fmt.Sprintf("%s/handover/%d", r.ID, i), fmt.Sprintf("%s/watch/%d/%d", r.ID, i, r.Version), workflows.WatchHandover{Request: r.ID, Index: i})
	e.Due = now.Add(5 * time.Second)
	return e
}

// watch looks what has become of a hand-over, until that is known or its end has come,
// and has its message say so.
func (s *Service) watch(ctx context.Context, e workflows.Effect, body workflows.WatchHandover, r workflows.Request) error {
	h, no := releaseAt(r, body.Index)
	custody, ok := s.Custodies[r.Custody]
	if no != nil || h.End != "" || !ok {
		return s.Done(ctx, e)
	}
	now := s.Now()
	o, err := custody.Opening(ctx, h.Accessor)
	over := !now.Before(h.Expires)
	if err != nil {
		if !over {
			return errors.Join(err, workflows.Later{Due: nextLook(h, now)})
		}
		o.Final = false // nobody will know
	}
	next := h
	if next.Opened.IsZero() {
		next.Opened = o.Opened
	}
	if next.OpenedAgain.IsZero() {
		next.OpenedAgain = o.Again
	}
	switch {
	case !next.Opened.IsZero() && (o.Final || over):
		next.End = workflows.EndOpened
	case !over:
		if err == nil && !now.Before(h.Expires.Add(-2*lastLook)) {
			next.Checked = now
		}
	case o.Final || !h.Checked.IsZero():
		next.End = workflows.EndUnopened
	default:
		next.End = workflows.EndUnknown
	}
	if next == h {
		return workflows.Later{Due: nextLook(h, now)}
	}
	return s.watched(ctx, e, body, h, next)
}

// nextLook is soon at first, when keys are opened, and once just before the end.
func nextLook(h workflows.Release, now time.Time) time.Time {
	pause := min(max(now.Sub(h.At)/4, 5*time.Second), 30*time.Second)
	last := h.Expires.Add(-lastLook)
	if now.Before(last) && now.Add(pause).After(last) {
		return last
	}
	if !now.Before(last) {
		return h.Expires.Add(time.Second)
	}
	return now.Add(pause)
}

// watched commits what a look has found, and ends the effect when there is no more to
// find. The message of the hand-over says it. A second coming is no alarm: mostly it is the
// receiver's own, and who finds what was opened before is told so and can say that it was
// not them.
func (s *Service) watched(ctx context.Context, e workflows.Effect, body workflows.WatchHandover, before, after workflows.Release) error {
	err := s.Store.Update(ctx, "", func(rd workflows.Reader) (workflows.Change, error) {
		r, err := rd.Request(ctx, body.Request)
		if err != nil {
			return workflows.Change{}, err
		}
		var c workflows.Change
		if after.End != "" {
			c.Done = []int64{e.ID}
		}
		if r.Releases[body.Index].End != "" { // taken back meanwhile
			c.Done = []int64{e.ID}
			return c, nil
		}
		now := s.Now()
		r = r.WithRelease(body.Index, func(h *workflows.Release) {
			h.Opened, h.OpenedAgain, h.Checked, h.End = after.Opened, after.OpenedAgain, after.Checked, after.End
		})
		r.Updated = now
		c.Requests = []workflows.Request{r}
		c.Effects = []workflows.Effect{workflows.Redraw(r)} // its message says so
		record := func(verb string, at time.Time) {
			c.Audit = append(c.Audit, workflows.Audit{At: now, Actor: workflows.Robot, Verb: verb, Subject: string(r.ID), Detail: workflows.Detail("accessor", after.Accessor, "at", at.UTC().Format(time.RFC3339))})
		}
		if before.Opened.IsZero() && !after.Opened.IsZero() {
			record("key.opened", after.Opened)
		}
		if before.OpenedAgain.IsZero() && !after.OpenedAgain.IsZero() {
			record("key.opened_again", after.OpenedAgain)
		}
		switch after.End {
		case workflows.EndUnopened:
			record("key.unopened", after.Expires)
		case workflows.EndUnknown:
			record("key.unknown", after.Expires)
			c.Effects = append(c.Effects, workflows.AboutKey(r, body.Index, "unknown"))
		case workflows.EndOpened, workflows.EndTakenBack:
		}
		return c, nil
	})
	if err != nil || after.End != "" {
		return err
	}
	return workflows.Later{Due: nextLook(after, s.Now())}
}

// takeBack ends a hand-over at its custody.
func (s *Service) takeBack(ctx context.Context, e workflows.Effect, body workflows.EndHandover, r workflows.Request) error {
	h, no := releaseAt(r, body.Index)
	custody, ok := s.Custodies[r.Custody]
	if no != nil || !ok || !h.Live(s.Now()) {
		return s.Done(ctx, e)
	}
	opened, err := revokeHandover(ctx, custody, h)
	if err != nil {
		return err
	}
	return s.Finish(ctx, e, r.ID, func(r workflows.Request, now time.Time) (workflows.Change, error) {
		next, c := takenBackAt(r, body.Index, opened, now)
		c.Requests, c.Effects = []workflows.Request{next}, []workflows.Effect{workflows.Redraw(next)}
		return c, nil
	})
}

// revokeHandover takes a hand-over back and says when it was opened before that, if it was.
func revokeHandover(ctx context.Context, custody workflows.Custody, h workflows.Release) (opened time.Time, err error) {
	if err := custody.Revoke(ctx, h.Accessor); err != nil {
		return time.Time{}, err
	}
	o, err := custody.Opening(ctx, h.Accessor)
	return o.Opened, err
}

// takenBackAt is r after revokeHandover.
func takenBackAt(r workflows.Request, i int, opened, now time.Time) (workflows.Request, workflows.Change) {
	r = r.WithRelease(i, func(h *workflows.Release) {
		h.End = workflows.EndTakenBack
		if !opened.IsZero() {
			h.End, h.Opened = workflows.EndOpened, opened
		}
	})
	r.Updated = now
	h := r.Releases[i]
	return r, workflows.Change{Audit: []workflows.Audit{{At: now, Actor: workflows.Robot, Verb: "key." + string(h.End), Subject: string(r.ID), Detail: workflows.Detail("accessor", h.Accessor)}}}
}

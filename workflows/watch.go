package workflows

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// lastLook is how long before its end a hand-over is looked at once more: afterwards
// Vault knows nothing of it.
const lastLook = 3 * time.Second

// errLater puts an effect back without a failure: it has looked, and looks again.
type errLater struct{ due time.Time }

func (errLater) Error() string { return Waiting }

// Waiting is the reason of an effect that is put back because its time has not come.
const Waiting = "waiting"

// follow begins to watch a hand-over that was prepared.
func follow(r Request, i int, now time.Time) Effect {
	// A queue of its own: it takes as long as the hand-over.
	e := effect(Work, fmt.Sprintf("%s/handover/%d", r.ID, i), KindWatch, fmt.Sprintf("%s/watch/%d/%d", r.ID, i, r.Version), Body{Request: r.ID, Index: i})
	e.Due = now.Add(5 * time.Second)
	return e
}

// takeBack ends a hand-over that may still be open.
func takeBack(r Request, i int) Effect {
	return effect(Work, fmt.Sprintf("%s/takeback/%d", r.ID, i), KindTakeBack, fmt.Sprintf("%s/takeback/%d/%d", r.ID, i, r.Version), Body{Request: r.ID, Index: i})
}

// takeAllBack ends every hand-over of r that may still be open.
func takeAllBack(r Request, now time.Time) []Effect {
	var all []Effect
	for i, h := range r.Releases {
		if h.Live(now) {
			all = append(all, takeBack(r, i))
		}
	}
	return all
}

// aboutKey tells the requester about a hand-over, or an ask for one.
func aboutKey(r Request, i int, event string) Effect {
	return effect(Notify, string(r.ID), KindKey, fmt.Sprintf("%s/key/%d/%s/%d", r.ID, i, event, r.Version), Body{Request: r.ID, Index: i, Event: event})
}

// watch looks what has become of a hand-over, until that is known or its end has come,
// and tells its receiver.
func (s *Service) watch(ctx context.Context, e Effect, body Body) error {
	r, err := s.read(ctx, body.Request)
	if err != nil {
		return err
	}
	h, no := releaseAt(r, body.Index)
	custody, ok := s.Custodies[r.Custody]
	if no != nil || h.End != "" || !ok {
		return s.finish(ctx, e, r.ID, func(Request, time.Time) (Change, error) { return Change{}, nil })
	}
	now := s.Now()
	o, err := custody.Opening(ctx, h.Accessor)
	over := !now.Before(h.Expires)
	if err != nil {
		if !over {
			return errors.Join(err, errLater{nextLook(h, now)})
		}
		o.Final = false // nobody will know
	}
	next := h
	if next.Opened.IsZero() {
		next.Opened = o.Opened
	}
	if next.Again.IsZero() {
		next.Again = o.Again
	}
	switch {
	case !next.Opened.IsZero() && (o.Final || over):
		next.End = EndOpened
	case !over:
		if err == nil && !now.Before(h.Expires.Add(-2*lastLook)) {
			next.Checked = now
		}
	case o.Final || !h.Checked.IsZero():
		next.End = EndUnopened
	default:
		next.End = EndUnknown
	}
	if next == h {
		return errLater{nextLook(h, now)}
	}
	return s.looked(ctx, e, body, h, next)
}

// nextLook is soon at first, when keys are opened, and once just before the end.
func nextLook(h Release, now time.Time) time.Time {
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

// looked commits what a look has found, and ends the effect when there is no more to
// find.
func (s *Service) looked(ctx context.Context, e Effect, body Body, before, after Release) error {
	err := s.Store.Update(ctx, "", func(rd Reader) (Change, error) {
		r, err := rd.Request(ctx, body.Request)
		if err != nil {
			return Change{}, err
		}
		var c Change
		if after.End != "" {
			c.Done = []int64{e.ID}
		}
		if r.Releases[body.Index].End != "" { // taken back meanwhile
			c.Done = []int64{e.ID}
			return c, nil
		}
		now := s.Now()
		r = r.withRelease(body.Index, func(h *Release) {
			h.Opened, h.Again, h.Checked, h.End = after.Opened, after.Again, after.Checked, after.End
		})
		r.Updated = now
		c.Requests = []Request{r}
		say := func(verb, event string, at time.Time) {
			c.Effects = append(c.Effects, redraw(r), aboutKey(r, body.Index, event))
			c.Audit = append(c.Audit, Audit{At: now, Actor: Robot, Verb: verb, Subject: string(r.ID), Detail: detail("accessor", after.Accessor, "at", at.UTC().Format(time.RFC3339))})
		}
		if before.Opened.IsZero() && !after.Opened.IsZero() {
			say("key.opened", "opened", after.Opened)
		}
		if before.Again.IsZero() && !after.Again.IsZero() {
			say("key.opened_again", "again", after.Again)
			c.Effects = append(c.Effects, alarms(r, body.Index, "again")...)
		}
		switch after.End {
		case EndUnopened:
			say("key.unopened", "unopened", after.Expires)
		case EndUnknown:
			say("key.unknown", "unknown", after.Expires)
		case EndOpened, EndTakenBack:
		}
		return c, nil
	})
	if err != nil || after.End != "" {
		return err
	}
	return errLater{nextLook(after, s.Now())}
}

// takenBackNow ends a hand-over at its custody.
func (s *Service) takenBackNow(ctx context.Context, e Effect, body Body) error {
	r, err := s.read(ctx, body.Request)
	if err != nil {
		return err
	}
	h, no := releaseAt(r, body.Index)
	custody, ok := s.Custodies[r.Custody]
	if no != nil || !ok || !h.Live(s.Now()) {
		return s.finish(ctx, e, r.ID, func(Request, time.Time) (Change, error) { return Change{}, nil })
	}
	opened, err := revokeHandover(ctx, custody, h)
	if err != nil {
		return err
	}
	return s.finish(ctx, e, r.ID, func(r Request, now time.Time) (Change, error) {
		next, c := takenBackAt(r, body.Index, opened, now)
		c.Requests, c.Effects = []Request{next}, append(c.Effects, redraw(next))
		return c, nil
	})
}

// revokeHandover takes a hand-over back and says when it was opened before that, if it was.
func revokeHandover(ctx context.Context, custody Custody, h Release) (opened time.Time, err error) {
	if err := custody.Revoke(ctx, h.Accessor); err != nil {
		return time.Time{}, err
	}
	o, err := custody.Opening(ctx, h.Accessor)
	return o.Opened, err
}

// takenBackAt is r after revokeHandover.
func takenBackAt(r Request, i int, opened, now time.Time) (Request, Change) {
	r = r.withRelease(i, func(h *Release) {
		h.End = EndTakenBack
		if !opened.IsZero() {
			h.End, h.Opened = EndOpened, opened
		}
	})
	r.Updated = now
	h := r.Releases[i]
	c := Change{Audit: []Audit{{At: now, Actor: Robot, Verb: "key." + string(h.End), Subject: string(r.ID), Detail: detail("accessor", h.Accessor)}}}
	if !opened.IsZero() {
		c.Effects = []Effect{aboutKey(r, i, "opened")}
	}
	return r, c
}

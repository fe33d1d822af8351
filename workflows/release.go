package workflows

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"countersign/certs"
)

// Release asks for the private key of an issued certificate. Only its requester may,
// once; the hand-over is made after the commit, by the custody, to a direct message.
func (s *Service) Release(ctx context.Context, receipt Receipt, by Person, id RequestID) (Request, error) {
	var after Request
	err := s.update(ctx, receipt, by, "key.release", string(id), s.admit(by), func(rd Reader, now time.Time) (Change, error) {
		r, err := rd.Request(ctx, id)
		if err != nil {
			return Change{}, err
		}
		after = r
		if no := mayRelease(r, by); no != nil {
			return Change{}, no
		}
		r.Releases = append(append([]Release(nil), r.Releases...), Release{To: by, At: now})
		r.Updated, after = now, r
		n := len(r.Releases)
		e := effect(Work, string(r.ID), KindRelease, fmt.Sprintf("%s/release/%d", r.ID, r.Version), Body{Request: r.ID, Person: by, Index: n - 1})
		return Change{Requests: []Request{r}, Effects: []Effect{e, redraw(r)},
			Audit: []Audit{{At: now, Actor: by, Verb: "key.release", Subject: string(id), Detail: detail("number", strconv.Itoa(n))}}}, nil
	})
	return after, err
}

// release prepares the hand-over and carries it to its receiver. The secret lives in
// this function only: it is not stored, so a crash before delivery loses it, and the
// next attempt prepares another. A crash after delivery must not: two that are live
// at once would make "opened already" mean nothing.
func (s *Service) release(ctx context.Context, e Effect, body Body) error {
	r, err := s.read(ctx, body.Request)
	if err != nil {
		return err
	}
	if body.Index < 0 || body.Index >= len(r.Releases) || r.Releases[body.Index].To != body.Person || body.Person != r.Requester {
		return Refuse(NotFound, "workflows.refuse.no_handover", "Request", string(r.ID)) // nobody asked for it: the operators hear of the row
	}
	if r.Releases[body.Index].Accessor != "" { // made: a row that somebody put back makes no other beside it
		return s.finish(ctx, e, r.ID, func(Request, time.Time) (Change, error) { return Change{}, nil })
	}
	// First of all, whatever has ended since: what was delivered is recorded, so that it can
	// be taken back and an alarm be raised over it.
	h, there, err := s.delivered(ctx, e, r, body.Index)
	if err == nil && !there {
		h, err = s.handOver(ctx, e, r, body)
	}
	if errors.Is(err, errLate) {
		c, err := s.takenBack(ctx, body, "key_late", certs.T("workflows.trouble.key_late"))
		if err != nil {
			return err
		}
		c.Done = []int64{e.ID}
		return s.Store.Update(ctx, "", func(Reader) (Change, error) { return c, nil })
	}
	if err != nil {
		return err
	}
	return s.finish(ctx, e, r.ID, func(r Request, now time.Time) (Change, error) {
		r = r.withRelease(body.Index, func(to *Release) { to.Accessor, to.Expires = h.Accessor, h.Expires })
		r.Trouble, r.Updated = Trouble{}, now
		effects := []Effect{redraw(r), follow(r, body.Index, now)}
		if handable(r, r.Requester) != nil { // ended while it was on its way
			effects = append(effects, takeBack(r, body.Index))
		}
		return Change{Requests: []Request{r}, Effects: effects,
			Audit: []Audit{{At: now, Actor: Robot, Verb: "key.handed", Subject: string(r.ID), Detail: detail("accessor", h.Accessor, "to", body.Person.String(), "until", h.Expires.UTC().Format(time.RFC3339))}}}, nil
	})
}

// handoverPatience is how long somebody who asked for a key is taken to be there still.
const handoverPatience = 15 * time.Minute

var errLate = errors.New("workflows: hand-over is too late")

// endEarlier takes earlier hand-overs of the same key back: with two that are live
// "opened already" would mean nothing.
func (s *Service) endEarlier(ctx context.Context, r Request, index int, custody Custody) error {
	for i, h := range r.Releases[:index] {
		if !h.Live(s.Now()) {
			continue
		}
		opened, err := revokeHandover(ctx, custody, h)
		if err != nil {
			return err
		}
		err = s.Store.Update(ctx, "", func(rd Reader) (Change, error) {
			r, err := rd.Request(ctx, r.ID)
			if err != nil || r.Releases[i].End != "" {
				return Change{}, err
			}
			next, c := takenBackAt(r, i, opened, s.Now())
			c.Requests = []Request{next}
			return c, nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func undelivered(err error) *Error {
	return &Error{Code: Unable, Text: certs.T("workflows.trouble.not_delivered"), Err: err}
}

// delivered finds what an earlier attempt of e has carried to its receiver.
func (s *Service) delivered(ctx context.Context, e Effect, r Request, index int) (Handover, bool, error) {
	if e.Attempts <= 1 {
		return Handover{}, false, nil
	}
	h, there, err := s.Courier.Delivered(ctx, r, index, e.Key)
	if err != nil {
		return Handover{}, false, undelivered(err)
	}
	return h, there, nil
}

// handOver prepares and delivers.
func (s *Service) handOver(ctx context.Context, e Effect, r Request, body Body) (Handover, error) {
	custody, ok := s.Custodies[r.Custody]
	if !ok || r.KeyName == "" {
		return Handover{}, Refuse(NotFound, "workflows.trouble.no_custody", "Custody", r.Custody)
	}
	if no := handable(r, body.Person); no != nil { // revoked, say, since it was asked for
		return Handover{}, no
	}
	if err := s.endEarlier(ctx, r, body.Index, custody); err != nil {
		return Handover{}, err
	}
	h, err := custody.Release(ctx, r.KeyName)
	if err != nil {
		return Handover{}, err
	}
	// A custody that could not be reached all evening must not hand a key over in the night:
	// nobody would open it in time, and the next one would need a second person.
	if asked := r.Releases[body.Index]; asked.By.IsZero() && s.Now().Sub(asked.At) > handoverPatience {
		if err := custody.Revoke(ctx, h.Accessor); err != nil {
			return Handover{}, err
		}
		return Handover{}, errLate
	}
	if err := s.Courier.Deliver(ctx, r, body.Index, e.Key, h); err != nil {
		return Handover{}, undelivered(err)
	}
	return h, nil
}

// takenBack is the change that undoes a release which came to nothing, so that it can
// be asked for again, and says so to whoever asked. One that was made stays in the record.
func (s *Service) takenBack(ctx context.Context, body Body, event string, why Text) (Change, error) {
	r, err := s.read(ctx, body.Request)
	last := len(r.Releases) - 1
	if err != nil || last < 0 || body.Index != last || r.Releases[last].To != body.Person || r.Releases[last].Accessor != "" {
		return Change{}, err
	}
	now := s.Now()
	r.Releases, r.Trouble, r.Updated = r.Releases[:body.Index], Trouble{}, now
	told := tell(r, event)
	told.Body, err = json.Marshal(Body{Request: r.ID, Event: event, Text: &why})
	return Change{Requests: []Request{r}, Effects: []Effect{redraw(r), told},
		Audit: []Audit{{At: now, Actor: Robot, Verb: "key.taken_back", Subject: string(r.ID), Detail: detail("why", why.Key)}}}, err
}

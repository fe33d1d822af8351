package workflows

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"
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

// mayRelease is the rule of a hand-over. A hand-over that was prepared counts, opened
// or not: "already opened" must be noticed by a person before a second one.
func mayRelease(r Request, by Person) *Error {
	switch {
	case by != r.Requester:
		return Refuse(Forbidden, "workflows.refuse.key_not_yours", "Request", string(r.ID))
	case r.State != Issued && r.State != Installed:
		return Refuse(Illegal, "workflows.refuse.key_not_now", "Request", string(r.ID))
	case r.KeyName == "" || r.Custody == CustodyDevice:
		return Refuse(Illegal, "workflows.refuse.key_on_device", "Request", string(r.ID))
	case !r.Spec.KeyFile:
		return Refuse(Illegal, "workflows.refuse.key_stays", "Request", string(r.ID))
	case len(r.Releases) > 0:
		return Refuse(Conflict, "workflows.refuse.key_released", "Request", string(r.ID))
	}
	return nil
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
	if body.Index >= len(r.Releases) || r.Releases[body.Index].To != body.Person || body.Person != r.Requester {
		return fmt.Errorf("release %d of %s: %w", body.Index, r.ID, errNoKey)
	}
	custody, ok := s.Custodies[r.Custody]
	if !ok || r.KeyName == "" {
		return Refuse(NotFound, "workflows.trouble.no_custody", "Custody", r.Custody)
	}
	h, err := s.handOver(ctx, e, r, body.Person, custody)
	if err != nil {
		return err
	}
	return s.finish(ctx, e, r.ID, func(r Request, now time.Time) (Change, error) {
		r.Releases = append([]Release(nil), r.Releases...)
		r.Releases[body.Index].Accessor, r.Releases[body.Index].Expires = h.Accessor, h.Expires
		r.Trouble, r.Updated = Trouble{}, now
		return Change{Requests: []Request{r}, Effects: []Effect{redraw(r)},
			Audit: []Audit{{At: now, Actor: Robot, Verb: "key.handed", Subject: string(r.ID), Detail: detail("accessor", h.Accessor, "to", body.Person.String(), "until", h.Expires.UTC().Format(time.RFC3339))}}}, nil
	})
}

// handOver prepares and delivers, unless an earlier attempt of e did.
func (s *Service) handOver(ctx context.Context, e Effect, r Request, to Person, custody Custody) (Handover, error) {
	undelivered := func(err error) (Handover, error) {
		return Handover{}, &Error{Code: Unable, Text: Refuse(Unable, "workflows.trouble.not_delivered").Text, Err: err}
	}
	if e.Attempts > 1 {
		h, there, err := s.Courier.Delivered(ctx, to, e.Key)
		if err != nil {
			return undelivered(err)
		}
		if there {
			return h, nil
		}
	}
	h, err := custody.Release(ctx, r.KeyName)
	if err != nil {
		return Handover{}, err
	}
	if err := s.Courier.Deliver(ctx, r, to, e.Key, h); err != nil {
		return undelivered(err)
	}
	return h, nil
}

// takenBack is the change that undoes a release which came to nothing, so that it can
// be asked for again, and says so to whoever asked.
func (s *Service) takenBack(ctx context.Context, body Body, why Text) (Change, error) {
	r, err := s.read(ctx, body.Request)
	if err != nil || body.Index != len(r.Releases)-1 {
		return Change{}, err
	}
	now := s.Now()
	r.Releases, r.Trouble, r.Updated = r.Releases[:body.Index], Trouble{}, now
	told := tell(r, "key_failed")
	told.Body, err = json.Marshal(Body{Request: r.ID, Event: "key_failed", Text: &why})
	return Change{Requests: []Request{r}, Effects: []Effect{redraw(r), told},
		Audit: []Audit{{At: now, Actor: Robot, Verb: "key.taken_back", Subject: string(r.ID), Detail: detail("why", why.Key)}}}, err
}

package keyrelease

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"countersign/certs"
	"countersign/workflows"
)

// Release asks for the private key of an issued certificate. Only its requester may,
// once; the hand-over is made after the commit, by the custody, to a direct message.
func (s *Service) Release(ctx context.Context, receipt workflows.Receipt, by workflows.Person, id workflows.RequestID) (workflows.Request, error) {
	return s.Step(ctx, receipt, by, "key.release", id, func(_ workflows.Reader, r workflows.Request, now time.Time) (workflows.Request, workflows.Change, error) {
		if no := mayRelease(r, by); no != nil {
			return r, workflows.Change{}, no
		}
		r.Releases = append(slices.Clone(r.Releases), workflows.Release{To: by, At: now})
		n := len(r.Releases)
		e := workflows.NewEffect(workflows.Work, string(r.ID), fmt.Sprintf("%s/release/%d", r.ID, r.Version), workflows.HandOver{Request: r.ID, Person: by, Index: n - 1})
		return r, workflows.Change{Effects: []workflows.Effect{e}, Audit: []workflows.Audit{{Detail: workflows.Detail("number", strconv.Itoa(n))}}}, nil
	})
}

// release prepares the hand-over and carries it to its receiver. The secret lives in
// this function only: it is not stored, so a crash before delivery loses it, and the
// next attempt prepares another. A crash after delivery must not: two that are live
// at once would make "opened already" mean nothing.
func (s *Service) release(ctx context.Context, e workflows.Effect, body workflows.HandOver, r workflows.Request) error {
	if body.Index < 0 || body.Index >= len(r.Releases) || r.Releases[body.Index].To != body.Person || body.Person != r.Requester {
		return workflows.Refuse(workflows.NotFound, "workflows.refuse.no_handover", "Request", string(r.ID)) // nobody asked for it: the operators hear of the row
	}
	if r.Releases[body.Index].Accessor != "" { // made: a row that somebody put back makes no other beside it
		return s.Done(ctx, e)
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
		return workflows.Commit(ctx, s.Store, c)
	}
	if err != nil {
		return err
	}
	return s.Finish(ctx, e, r.ID, func(r workflows.Request, now time.Time) (workflows.Change, error) {
		r = r.WithRelease(body.Index, func(to *workflows.Release) { to.Accessor, to.Expires = h.Accessor, h.Expires })
		r.Trouble, r.Updated = workflows.Trouble{}, now
		effects := []workflows.Effect{workflows.Redraw(r), watchFrom(r, body.Index, now)}
		if handable(r, r.Requester) != nil { // ended while it was on its way
			effects = append(effects, workflows.TakeBack(r, body.Index))
		}
		return workflows.Change{Requests: []workflows.Request{r}, Effects: effects,
			Audit: []workflows.Audit{{At: now, Actor: workflows.Robot, Verb: "key.handed", Subject: string(r.ID), Detail: workflows.Detail("accessor", h.Accessor, "to", body.Person.String(), "until", h.Expires.UTC().Format(time.RFC3339))}}}, nil
	})
}

// handoverPatience is how long somebody who asked for a key is taken to be there still.
const handoverPatience = 15 * time.Minute

var errLate = errors.New("workflows: hand-over is too late")

// endEarlier takes earlier hand-overs of the same key back: with two that are live
// "opened already" would mean nothing.
func (s *Service) endEarlier(ctx context.Context, r workflows.Request, index int, custody workflows.Custody) error {
	for i, h := range r.Releases[:index] {
		if !h.Live(s.Now()) {
			continue
		}
		opened, err := revokeHandover(ctx, custody, h)
		if err != nil {
			return err
		}
		err = s.Store.Update(ctx, "", func(rd workflows.Reader) (workflows.Change, error) {
			r, err := rd.Request(ctx, r.ID)
			if err != nil || r.Releases[i].End != "" {
				return workflows.Change{}, err
			}
			next, c := takenBackAt(r, i, opened, s.Now())
			c.Requests = []workflows.Request{next}
			return c, nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func undelivered(err error) *workflows.Error {
	return &workflows.Error{Code: workflows.Unable, Text: certs.T("workflows.trouble.not_delivered"), Err: err}
}

// delivered finds what an earlier attempt of e has carried to its receiver.
func (s *Service) delivered(ctx context.Context, e workflows.Effect, r workflows.Request, index int) (workflows.Handover, bool, error) {
	if e.Attempts <= 1 {
		return workflows.Handover{}, false, nil
	}
	h, there, err := s.Courier.Delivered(ctx, r, index, e.Key)
	if err != nil {
		return workflows.Handover{}, false, undelivered(err)
	}
	return h, there, nil
}

// handOver prepares and delivers.
func (s *Service) handOver(ctx context.Context, e workflows.Effect, r workflows.Request, body workflows.HandOver) (workflows.Handover, error) {
	custody, ok := s.Custodies[r.Custody]
	if !ok || r.KeyName == "" {
		return workflows.Handover{}, workflows.Refuse(workflows.NotFound, "workflows.trouble.no_custody", "Custody", r.Custody)
	}
	if no := handable(r, body.Person); no != nil { // revoked, say, since it was asked for
		return workflows.Handover{}, no
	}
	if err := s.endEarlier(ctx, r, body.Index, custody); err != nil {
		return workflows.Handover{}, err
	}
	h, err := custody.Release(ctx, r.KeyName)
	if err != nil {
		return workflows.Handover{}, err
	}
	// A custody that could not be reached all evening must not hand a key over in the night:
	// nobody would open it in time, and the next one would need a second person.
	if asked := r.Releases[body.Index]; asked.By.IsZero() && s.Now().Sub(asked.At) > handoverPatience {
		if err := custody.Revoke(ctx, h.Accessor); err != nil {
			return workflows.Handover{}, err
		}
		return workflows.Handover{}, errLate
	}
	if err := s.Courier.Deliver(ctx, r, body.Index, e.Key, h); err != nil {
		return workflows.Handover{}, undelivered(err)
	}
	return h, nil
}

// takenBack is the change that undoes a release which came to nothing, so that it can
// be asked for again, and says so to whoever asked. One that was made stays in the record.
func (s *Service) takenBack(ctx context.Context, body workflows.HandOver, event string, why workflows.Text) (workflows.Change, error) {
	r, err := s.ReadRequest(ctx, body.Request)
	last := len(r.Releases) - 1
	if err != nil || last < 0 || body.Index != last || r.Releases[last].To != body.Person || r.Releases[last].Accessor != "" {
		return workflows.Change{}, err
	}
	now := s.Now()
	r.Releases, r.Trouble, r.Updated = r.Releases[:body.Index], workflows.Trouble{}, now
	told := workflows.Notification(r, event)
	told.Body, err = json.Marshal(workflows.NotifyRequester{Request: r.ID, Event: event, Text: &why})
	return workflows.Change{Requests: []workflows.Request{r}, Effects: []workflows.Effect{workflows.Redraw(r), told},
		Audit: []workflows.Audit{{At: now, Actor: workflows.Robot, Verb: "key.taken_back", Subject: string(r.ID), Detail: workflows.Detail("why", why.Key)}}}, err
}

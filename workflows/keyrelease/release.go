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

// ReleaseGroup is Release for all keys of a group that its requester can get now: they are handed
// over together, in one message.
func (s *Service) ReleaseGroup(ctx context.Context, receipt workflows.Receipt, by workflows.Person, group string) ([]workflows.Request, error) {
	var lot []workflows.RequestID
	gather := func(all []workflows.Request) *workflows.Error {
		lot = nil // a transaction may be run again
		for _, r := range all {
			if mayRelease(r, by) == nil {
				lot = append(lot, r.ID)
			}
		}
		return nil
	}
	return s.StepGroup(ctx, receipt, by, "key.release", group, gather, func(_ workflows.Reader, r workflows.Request, now time.Time) (workflows.Request, workflows.Change, error) {
		if no := mayRelease(r, by); no != nil {
			return r, workflows.Change{}, no
		}
		r.Releases = []workflows.Release{{To: by, At: now}}
		c := workflows.Change{Audit: []workflows.Audit{{Detail: workflows.Detail("number", "1")}}}
		if r.ID == lot[0] {
			c.Effects = []workflows.Effect{workflows.NewEffect(workflows.Work, string(r.ID), fmt.Sprintf("%s/release/%d", r.ID, r.Version),
				workflows.HandOver{Request: r.ID, Person: by, With: lot[1:]})}
		}
		return r, c, nil
	})
}

// release prepares a hand-over, or several that go together, and carries them to their
// receiver. The secrets live in this function only: they are not stored, so a crash before
// delivery loses them, and the next attempt prepares others. A crash after delivery must not:
// two that are live at once would make "opened already" mean nothing.
func (s *Service) release(ctx context.Context, e workflows.Effect, body workflows.HandOver, r workflows.Request) error {
	lot, err := s.lot(ctx, body, r)
	if err != nil {
		return err
	}
	if lot[0].Request.Releases[lot[0].Index].Accessor != "" { // made: a row that somebody put back makes no other beside it
		return s.Done(ctx, e)
	}
	// First of all, whatever has ended since: what was delivered is recorded, so that it can
	// be taken back and an alarm be raised over it.
	made, there, err := s.delivered(ctx, e, lot)
	if err == nil && !there {
		made, err = s.handOver(ctx, e, lot)
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
	return s.Store.Update(ctx, "", func(rd workflows.Reader) (workflows.Change, error) {
		sum, now := workflows.Change{Done: []int64{e.ID}}, s.Now()
		for _, p := range made {
			r, err := rd.Request(ctx, p.Request.ID)
			if err != nil {
				return workflows.Change{}, err
			}
			h := p.Handover
			r = r.WithRelease(p.Index, func(to *workflows.Release) { to.Accessor, to.Expires = h.Accessor, h.Expires })
			r.Trouble, r.Updated = workflows.Trouble{}, now
			effects := []workflows.Effect{workflows.Redraw(r), watchFrom(r, p.Index, now)}
			if handable(r, r.Requester) != nil { // ended while it was on its way
				effects = append(effects, workflows.TakeBack(r, p.Index))
			}
			sum = sum.With(workflows.Change{Requests: []workflows.Request{r}, Effects: effects,
				Audit: []workflows.Audit{{At: now, Actor: workflows.Robot, Verb: "key.handed", Subject: string(r.ID), Detail: workflows.Detail("accessor", h.Accessor, "to", body.Person.String(), "until", h.Expires.UTC().Format(time.RFC3339))}}})
		}
		return sum, nil
	})
}

// lot reads what goes together.
func (s *Service) lot(ctx context.Context, body workflows.HandOver, r workflows.Request) ([]Parcel, error) {
	lot := []Parcel{{Request: r, Index: body.Index}}
	for _, id := range body.With {
		r, err := s.ReadRequest(ctx, id)
		if err != nil {
			return nil, err
		}
		lot = append(lot, Parcel{Request: r})
	}
	for _, p := range lot {
		if r := p.Request; p.Index < 0 || p.Index >= len(r.Releases) || r.Releases[p.Index].To != body.Person || body.Person != r.Requester {
			return nil, workflows.Refuse(workflows.NotFound, "workflows.refuse.no_handover", "Request", string(r.ID)) // nobody asked for it: the operators hear of the row
		}
	}
	return lot, nil
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
func (s *Service) delivered(ctx context.Context, e workflows.Effect, lot []Parcel) ([]Parcel, bool, error) {
	if e.Attempts <= 1 {
		return nil, false, nil
	}
	made, there, err := s.Courier.Delivered(ctx, e.Key, lot)
	if err != nil {
		return nil, false, undelivered(err)
	}
	return made, there, nil
}

// handOver prepares all of a lot, and delivers them. What was prepared in vain is taken back.
func (s *Service) handOver(ctx context.Context, e workflows.Effect, lot []Parcel) (made []Parcel, err error) {
	defer func() {
		if err == nil {
			return
		}
		for _, p := range made {
			if no := s.Custodies[p.Request.Custody].Revoke(ctx, p.Handover.Accessor); no != nil {
				err = no // it passes, and then the whole is tried again
			}
		}
		made = nil
	}()
	for _, p := range lot {
		if p.Handover, err = s.prepare(ctx, p); err != nil {
			return made, err
		}
		made = append(made, p)
		// A custody that could not be reached all evening must not hand a key over in the night:
		// nobody would open it in time, and the next one would need a second person.
		if asked := p.Request.Releases[p.Index]; asked.By.IsZero() && s.Now().Sub(asked.At) > handoverPatience {
			return made, errLate
		}
	}
	if err := s.Courier.Deliver(ctx, e.Key, made); err != nil {
		return nil, undelivered(err) // it may be there: the next attempt looks
	}
	return made, nil
}

// prepare has the custody of one key prepare its hand-over.
func (s *Service) prepare(ctx context.Context, p Parcel) (workflows.Handover, error) {
	r := p.Request
	custody, ok := s.Custodies[r.Custody]
	if !ok || r.KeyName == "" {
		return workflows.Handover{}, workflows.Refuse(workflows.NotFound, "workflows.trouble.no_custody", "Custody", r.Custody)
	}
	if no := handable(r, r.Releases[p.Index].To); no != nil { // revoked, say, since it was asked for
		return workflows.Handover{}, no
	}
	if err := s.endEarlier(ctx, r, p.Index, custody); err != nil {
		return workflows.Handover{}, err
	}
	return custody.Release(ctx, r.KeyName)
}

// takenBack is the change that undoes a release which came to nothing, so that it can
// be asked for again, and says so, once, to whoever asked. One that was made stays in the record.
func (s *Service) takenBack(ctx context.Context, body workflows.HandOver, event string, why workflows.Text) (sum workflows.Change, err error) {
	for i, id := range append([]workflows.RequestID{body.Request}, body.With...) {
		r, err := s.ReadRequest(ctx, id)
		index := map[bool]int{true: body.Index}[i == 0]
		last := len(r.Releases) - 1
		if err != nil {
			return sum, err
		}
		if last < 0 || index != last || r.Releases[last].To != body.Person || r.Releases[last].Accessor != "" {
			continue
		}
		now := s.Now()
		r.Releases, r.Trouble, r.Updated = r.Releases[:index], workflows.Trouble{}, now
		c := workflows.Change{Requests: []workflows.Request{r}, Effects: []workflows.Effect{workflows.Redraw(r)},
			Audit: []workflows.Audit{{At: now, Actor: workflows.Robot, Verb: "key.taken_back", Subject: string(r.ID), Detail: workflows.Detail("why", why.Key)}}}
		if len(sum.Requests) == 0 {
			told := workflows.Notification(r, event)
			if told.Body, err = json.Marshal(workflows.NotifyRequester{Request: r.ID, Event: event, Text: &why}); err != nil {
				return sum, err
			}
			c.Effects = append(c.Effects, told)
		}
		sum = sum.With(c)
	}
	return sum, nil
}

package workflows

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"countersign/certs"
)

// Cancel ends a request of by's own that is not approved yet.
func (s *Service) Cancel(ctx context.Context, receipt Receipt, by Person, id RequestID, reason string) (Request, error) {
	var after Request
	err := s.update(ctx, receipt, by, "cancel", string(id), s.admit(by), func(rd Reader, now time.Time) (Change, error) {
		r, err := rd.Request(ctx, id)
		if err != nil {
			return Change{}, err
		}
		after = r
		to, legal := r.State.Next(VerbCancel)
		switch {
		case r.Requester != by:
			return Change{}, Refuse(Forbidden, "workflows.refuse.not_yours", "Request", string(id))
		case !legal:
			return Change{}, tooLate(r)
		}
		r.State, r.EndedBy, r.EndReason, r.Updated = to, by, clipReason(reason), now
		after = r
		return Change{Requests: []Request{r}, Effects: []Effect{redraw(r), work(r, KindDestroy)},
			Audit: []Audit{{At: now, Actor: by, Verb: "cancel", Subject: string(id)}}}, nil
	})
	return after, err
}

// Ask puts an approver's question to the requester. The request waits on.
func (s *Service) Ask(ctx context.Context, receipt Receipt, by Person, id RequestID, text string) (Request, error) {
	return s.exchange(ctx, receipt, by, id, "ask", text, func(r Request, members []Person, text string, now time.Time) (Request, string, *Error) {
		if no := mayDecide(r, by, members); no != nil {
			return r, "", no
		}
		r.Questions = append(append([]Question(nil), r.Questions...), Question{By: by, Text: text, At: now})
		return r, KindAsk, nil
	})
}

// Answer is the requester's answer to the latest question.
func (s *Service) Answer(ctx context.Context, receipt Receipt, by Person, id RequestID, text string) (Request, error) {
	return s.exchange(ctx, receipt, by, id, "answer", text, func(r Request, _ []Person, text string, _ time.Time) (Request, string, *Error) {
		switch {
		case by != r.Requester:
			return r, "", Refuse(Forbidden, "workflows.refuse.not_yours", "Request", string(id))
		case len(r.Questions) == 0:
			return r, "", Refuse(Illegal, "workflows.refuse.nothing_asked", "Request", string(id))
		}
		r.Questions = append([]Question(nil), r.Questions...)
		r.Questions[len(r.Questions)-1].Answer = text
		return r, KindAnswer, nil
	})
}

func (s *Service) exchange(ctx context.Context, receipt Receipt, by Person, id RequestID, verb, text string,
	step func(Request, []Person, string, time.Time) (Request, string, *Error)) (Request, error) {
	var after Request
	err := s.update(ctx, receipt, by, verb, string(id), s.admit(by), func(rd Reader, now time.Time) (Change, error) {
		r, err := rd.Request(ctx, id)
		if err != nil {
			return Change{}, err
		}
		after = r
		text = strings.TrimSpace(text)
		switch {
		case r.State != Submitted && r.State != OnHold:
			return Change{}, tooLate(r)
		case text == "":
			return Change{}, &Error{Code: Invalid, Field: "text", Text: certs.T("form.problem.required")}
		case holdsKey(text):
			return Change{}, &Error{Code: Invalid, Field: "text", Text: certs.T("workflows.problem.private_key")}
		case utf8.RuneCountInString(text) > maxReason || len(r.Questions) >= 50:
			return Change{}, &Error{Code: Invalid, Field: "text", Text: certs.T("workflows.problem.reason_long")}
		}
		_, members := s.policyOf(r)
		next, kind, no := step(r, members, withoutSecrets(text), now)
		if no != nil {
			return Change{}, no
		}
		next.Updated, after = now, next
		n := len(next.Questions) - 1
		e := effect(Notify, audience(id, kind), kind, fmt.Sprintf("%s/%s/%d/%d", id, kind, n, next.Version), Body{Request: id, Index: n})
		return Change{Requests: []Request{next}, Effects: []Effect{redraw(next), e},
			Audit: []Audit{{At: now, Actor: by, Verb: verb, Subject: string(id)}}}, nil
	})
	return after, err
}

func clipReason(s string) string {
	s = strings.TrimSpace(withoutSecrets(s))
	if r := []rune(s); len(r) > maxReason {
		return string(r[:maxReason])
	}
	return s
}

// Sweep ends what nobody decided in time. It costs what is due, not what is stored.
func (s *Service) Sweep(ctx context.Context) error {
	var due []Request
	now := s.Now()
	err := s.Store.View(ctx, func(rd Reader) (err error) {
		due, err = rd.Requests(ctx, RequestQuery{Team: s.Team, States: []State{Submitted, OnHold}, DueBefore: now, Limit: 200})
		return err
	})
	if err != nil {
		return err
	}
	var errs []error
	for _, old := range due {
		err := s.Store.Update(ctx, "", func(rd Reader) (Change, error) {
			r, err := rd.Request(ctx, old.ID)
			if err != nil {
				return Change{}, err
			}
			to, legal := r.State.Next(VerbExpire)
			if !legal || r.Expires.After(now) {
				return Change{}, nil
			}
			r.State, r.EndedBy, r.Updated = to, Robot, now
			return Change{Requests: []Request{r}, Effects: []Effect{redraw(r), tell(r, "expired"), work(r, KindDestroy)},
				Audit: []Audit{{At: now, Actor: Robot, Verb: "expire", Subject: string(r.ID)}}}, nil
		})
		if err != nil && CodeOf(err) != Conflict {
			errs = append(errs, err) // one that nothing can be done on keeps no other from its end
		}
	}
	return errors.Join(errs...)
}

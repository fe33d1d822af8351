package keyrelease

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"countersign/workflows"
)

// AskForKey asks a second person for another hand-over of a key. Only the requester may,
// with the reason that the second person will read.
func (s *Service) AskForKey(ctx context.Context, receipt workflows.Receipt, by workflows.Person, id workflows.RequestID, reason string) (workflows.Request, error) {
	return s.Step(ctx, receipt, by, "key.ask", id, func(_ workflows.Reader, r workflows.Request, now time.Time) (workflows.Request, workflows.Change, error) {
		if no := mayAskForKey(r, by); no != nil {
			return r, workflows.Change{}, no
		}
		reason, no := workflows.CheckedReason(reason, "workflows.problem.key_reason_required")
		if no != nil {
			return r, workflows.Change{}, no
		}
		policy, _ := s.PolicyOf(r)
		ask := workflows.KeyAsk{Reason: reason, At: now, Expires: now.Add(policy.Within())}
		r.Asks = append(append([]workflows.KeyAsk(nil), r.Asks...), ask)
		return r, workflows.Change{Effects: []workflows.Effect{askEnd(r, len(r.Asks)-1)}, Audit: []workflows.Audit{{Detail: workflows.Detail("number", number(len(r.Asks)-1))}}}, nil
	})
}

// Allowed is a second person's word on another hand-over.
type Allowed struct {
	Receipt workflows.Receipt
	By      workflows.Person
	Request workflows.RequestID
	Ask     int // index of the ask that the card showed
	Allow   bool
}

// AllowKey lets a key be handed over once more, or not. Only an approver who is not
// the requester may; the hand-over goes to the requester alone.
func (s *Service) AllowKey(ctx context.Context, in Allowed) (workflows.Request, error) {
	verb := map[bool]string{true: "key.allow", false: "key.refuse"}[in.Allow]
	return s.Step(ctx, in.Receipt, in.By, verb, in.Request, func(_ workflows.Reader, r workflows.Request, now time.Time) (workflows.Request, workflows.Change, error) {
		_, members := s.PolicyOf(r)
		if no := workflows.MayDecide(r, in.By, members); no != nil {
			return r, workflows.Change{}, no
		}
		if r.OpenAsk() != in.Ask {
			return r, workflows.Change{}, workflows.Refuse(workflows.Conflict, "workflows.refuse.ask_decided", "Request", string(r.ID))
		}
		if !now.Before(r.Asks[in.Ask].Expires) { // its end is being told
			return r, workflows.Change{}, workflows.Refuse(workflows.Conflict, "workflows.refuse.ask_expired", "Request", string(r.ID))
		}
		if no := handable(r, r.Requester); no != nil && in.Allow {
			return r, workflows.Change{}, no
		}
		r.Asks = append([]workflows.KeyAsk(nil), r.Asks...)
		ask := &r.Asks[in.Ask]
		ask.By, ask.Decided, ask.Allowed = in.By, now, in.Allow
		c := workflows.Change{Audit: []workflows.Audit{{Detail: workflows.Detail("number", number(in.Ask))}}}
		if !in.Allow {
			c.Effects = []workflows.Effect{workflows.AboutKey(r, in.Ask, "refused")}
			return r, c, nil
		}
		n := len(r.Releases)
		r.Releases = append(append([]workflows.Release(nil), r.Releases...), workflows.Release{To: r.Requester, By: in.By, At: now})
		e := workflows.NewEffect(workflows.Work, string(r.ID), fmt.Sprintf("%s/release/%d", r.ID, r.Version), workflows.HandOver{Request: r.ID, Person: r.Requester, Index: n})
		c.Effects = []workflows.Effect{e}
		c.Audit = append(c.Audit, workflows.Audit{Verb: "key.release", Detail: workflows.Detail("number", strconv.Itoa(n+1), "to", r.Requester.String())})
		return r, c, nil
	})
}

// askEnd closes an ask when its time is over: work that falls due costs nothing until
// then. Its queue is its own.
func askEnd(r workflows.Request, i int) workflows.Effect {
	e := workflows.NewEffect(workflows.Work, fmt.Sprintf("%s/ask/%d", r.ID, i), fmt.Sprintf("%s/ask/%d", r.ID, i), workflows.EndAsk{Request: r.ID, Index: i})
	e.Due = r.Asks[i].Expires
	return e
}

// endAsk closes an ask that nobody decided on, and tells who asked.
func (s *Service) endAsk(ctx context.Context, e workflows.Effect, body workflows.EndAsk) error {
	return s.Finish(ctx, e, body.Request, func(r workflows.Request, now time.Time) (workflows.Change, error) {
		if r.OpenAsk() != body.Index {
			return workflows.Change{}, nil
		}
		next := r.CloseAsk(workflows.AskExpired, now)
		c := workflows.Change{Effects: []workflows.Effect{workflows.AboutKey(r, body.Index, "ask_expired")}, Audit: []workflows.Audit{{Detail: workflows.Detail("number", number(body.Index))}}}
		return workflows.Complete(next, c, workflows.Robot, "key.ask_expired", now), nil
	})
}

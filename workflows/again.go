package workflows

import (
	"context"
	"fmt"
	"strconv"
	"time"
)

// mayAskForKey is the rule of asking for a key once more: there was a hand-over, it was
// carried out, and nobody has been asked yet.
func mayAskForKey(r Request, by Person) *Error {
	if no := handable(r, by); no != nil {
		return no
	}
	switch n := len(r.Releases); {
	case n == 0:
		return Refuse(Illegal, "workflows.refuse.key_not_asked", "Request", string(r.ID))
	case r.Releases[n-1].Accessor == "":
		return Refuse(Conflict, "workflows.refuse.key_on_its_way", "Request", string(r.ID))
	case r.OpenAsk() >= 0:
		return Refuse(Conflict, "workflows.refuse.key_asked", "Request", string(r.ID))
	case len(r.Asks) >= maxAsks:
		return Refuse(Illegal, "workflows.refuse.key_too_often", "Request", string(r.ID))
	}
	return nil
}

// maxAsks bounds how often one key is asked for again: who needs it more often needs
// another way of keeping it.
const maxAsks = 20

// AskForKey asks a second person for another hand-over of a key. Only the requester may,
// with the reason that the second person will read.
func (s *Service) AskForKey(ctx context.Context, receipt Receipt, by Person, id RequestID, reason string) (Request, error) {
	return s.step(ctx, receipt, by, "key.ask", id, func(r Request, now time.Time) (Request, Change, *Error) {
		if no := mayAskForKey(r, by); no != nil {
			return r, Change{}, no
		}
		reason, no := checkedReason(reason, "workflows.problem.key_reason_required")
		if no != nil {
			return r, Change{}, no
		}
		policy, _ := s.policyOf(r)
		ask := KeyAsk{Reason: reason, At: now, Expires: now.Add(policy.within())}
		r.Asks = append(append([]KeyAsk(nil), r.Asks...), ask)
		return r, Change{Effects: []Effect{askEnd(r, len(r.Asks)-1)}, Audit: []Audit{{Detail: detail("number", number(len(r.Asks)-1))}}}, nil
	})
}

// Allowed is a second person's word on another hand-over.
type Allowed struct {
	Receipt Receipt
	By      Person
	Request RequestID
	Ask     int // index of the ask that the card showed
	Allow   bool
}

// AllowKey lets a key be handed over once more, or not. Only an approver who is not
// the requester may; the hand-over goes to the requester alone.
func (s *Service) AllowKey(ctx context.Context, in Allowed) (Request, error) {
	verb := map[bool]string{true: "key.allow", false: "key.refuse"}[in.Allow]
	return s.step(ctx, in.Receipt, in.By, verb, in.Request, func(r Request, now time.Time) (Request, Change, *Error) {
		_, members := s.policyOf(r)
		if no := mayDecide(r, in.By, members); no != nil {
			return r, Change{}, no
		}
		if r.OpenAsk() != in.Ask {
			return r, Change{}, Refuse(Conflict, "workflows.refuse.ask_decided", "Request", string(r.ID))
		}
		if !now.Before(r.Asks[in.Ask].Expires) { // its end is being told
			return r, Change{}, Refuse(Conflict, "workflows.refuse.ask_expired", "Request", string(r.ID))
		}
		if no := handable(r, r.Requester); no != nil && in.Allow {
			return r, Change{}, no
		}
		r.Asks = append([]KeyAsk(nil), r.Asks...)
		ask := &r.Asks[in.Ask]
		ask.By, ask.Decided, ask.Allowed = in.By, now, in.Allow
		c := Change{Audit: []Audit{{Detail: detail("number", number(in.Ask))}}}
		if !in.Allow {
			c.Effects = []Effect{aboutKey(r, in.Ask, "refused")}
			return r, c, nil
		}
		n := len(r.Releases)
		r.Releases = append(append([]Release(nil), r.Releases...), Release{To: r.Requester, By: in.By, At: now})
		e := effect(Work, string(r.ID), KindRelease, fmt.Sprintf("%s/release/%d", r.ID, r.Version), Body{Request: r.ID, Person: r.Requester, Index: n})
		c.Effects = []Effect{e}
		c.Audit = append(c.Audit, Audit{Verb: "key.release", Detail: detail("number", strconv.Itoa(n+1), "to", r.Requester.String())})
		return r, c, nil
	})
}

// askEnd closes an ask when its time is over: work that falls due costs nothing until
// then. Its queue is its own.
func askEnd(r Request, i int) Effect {
	e := effect(Work, fmt.Sprintf("%s/ask/%d", r.ID, i), KindAskEnd, fmt.Sprintf("%s/ask/%d", r.ID, i), Body{Request: r.ID, Index: i})
	e.Due = r.Asks[i].Expires
	return e
}

// endAsk closes an ask that nobody decided on, and tells who asked.
func (s *Service) endAsk(ctx context.Context, e Effect, body Body) error {
	return s.finish(ctx, e, body.Request, func(r Request, now time.Time) (Change, error) {
		if r.OpenAsk() != body.Index {
			return Change{}, nil
		}
		next := r.closeAsk(AskExpired, now)
		c := Change{Effects: []Effect{aboutKey(r, body.Index, "ask_expired")}, Audit: []Audit{{Detail: detail("number", number(body.Index))}}}
		return complete(next, c, Robot, "key.ask_expired", now), nil
	})
}

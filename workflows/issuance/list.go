package issuance

import (
	"context"
	"slices"

	"countersign/workflows"
)

// MayConfirm asks whether who could confirm such a revocation now. The step asks anew.
func (s Lists) MayConfirm(who workflows.Person, r workflows.Request) bool {
	_, members := s.PolicyOf(r)
	return r.RevocationDue() && s.Refusal(who) == nil && slices.Contains(members, who)
}

// Show reads one request for a person of the workspace. Its facts are no secret
// within the team; its key never leaves custody this way.
func (s Lists) Show(ctx context.Context, who workflows.Person, id workflows.RequestID) (workflows.Request, error) {
	if no := s.Refusal(who); no != nil {
		return workflows.Request{}, no
	}
	return s.ReadRequest(ctx, id)
}

// ShowGroup is Show for the requests that share a card, the oldest first.
func (s Lists) ShowGroup(ctx context.Context, who workflows.Person, group string) ([]workflows.Request, error) {
	if no := s.Refusal(who); no != nil {
		return nil, no
	}
	return workflows.Read(ctx, s.Store, func(rd workflows.Reader) ([]workflows.Request, error) {
		return workflows.ReadGroup(ctx, rd, group)
	})
}

// Home is what one person sees first: what they asked for, and what waits for them.
type Home struct {
	Mine           []workflows.Request
	Waiting        []workflows.Request
	RevocationsDue []workflows.Request     // certificates that they have to revoke at the CA themselves
	Open           *workflows.Conversation // not finished yet
}

// HomeOf reads the home of who: at most 20 requests of each kind.
func (s Lists) HomeOf(ctx context.Context, who workflows.Person) (Home, error) {
	var h Home
	if no := s.Refusal(who); no != nil {
		return h, no
	}
	err := s.Store.View(ctx, func(rd workflows.Reader) (err error) {
		h.Mine, err = rd.Requests(ctx, workflows.RequestQuery{Team: s.Team, Requester: who, Limit: 20})
		if err != nil {
			return err
		}
		h.Waiting, err = s.waiting(ctx, rd, who)
		if err != nil {
			return err
		}
		h.RevocationsDue, err = s.revocationsDue(ctx, rd, who)
		if err != nil {
			return err
		}
		c, err := rd.ConversationAt(ctx, who, workflows.Place{})
		if err == nil {
			h.Open = &c
		} else if workflows.CodeOf(err) == workflows.NotFound {
			err = nil
		}
		return err
	})
	return h, err
}

// waiting lists what who could decide on now.
func (s Lists) waiting(ctx context.Context, rd workflows.Reader, who workflows.Person) ([]workflows.Request, error) {
	policies := s.PoliciesOf(who)
	if len(policies) == 0 {
		return nil, nil
	}
	all, err := rd.Requests(ctx, workflows.RequestQuery{Team: s.Team, NotBy: who, Policies: policies, Awaits: []workflows.Await{workflows.AwaitDecision, workflows.AwaitSettling, workflows.AwaitChain, workflows.AwaitRevocation}, Limit: 20})
	return slices.DeleteFunc(all, func(r workflows.Request) bool { // the rule itself has the last word
		_, members := s.PolicyOf(r)
		return workflows.MayDecide(r, who, members) != nil
	}), err
}

// revocationsDue lists what who could confirm to be revoked.
func (s Lists) revocationsDue(ctx context.Context, rd workflows.Reader, who workflows.Person) ([]workflows.Request, error) {
	policies := s.PoliciesOf(who)
	if len(policies) == 0 {
		return nil, nil
	}
	all, err := rd.Requests(ctx, workflows.RequestQuery{Team: s.Team, Policies: policies, RevocationDue: true, Limit: 20})
	return slices.DeleteFunc(all, func(r workflows.Request) bool { return !s.MayConfirm(who, r) }), err
}

// List gives who's own requests, newest change first.
func (s Lists) List(ctx context.Context, who workflows.Person, text string) ([]workflows.Request, error) {
	if no := s.Refusal(who); no != nil {
		return nil, no
	}
	return workflows.Read(ctx, s.Store, func(rd workflows.Reader) ([]workflows.Request, error) {
		return rd.Requests(ctx, workflows.RequestQuery{Team: s.Team, Requester: who, Text: text, Limit: 20})
	})
}

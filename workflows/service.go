package workflows

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"countersign/certs"
	"countersign/triage"
)

// Service runs the workflows through the ports. Its fields are set once, before
// the first call; after that it is safe for concurrent use.
type Service struct {
	Team      string // the workspace served; people of any other are refused
	Store     Store
	Directory Directory
	Catalogue *certs.Catalogue
	Triage    *triage.KB
	Say       triage.Say // words the facts about attached files
	Policies  []Policy
	Support   string // group that may review what was taught to triage
	Custodies map[string]Custody
	Issuers   map[string]Issuer
	Courier   Courier
	Prober    Prober // nil: nothing is looked at
	Model     interface { // nil: there is none
		Model
		FormModel
	}
	Now       func() time.Time
	NewID     func() string // unguessable, at most 40 characters, [a-z0-9]

	learnt   atomic.Pointer[triage.KB] // Triage and what was taught since; nil while nothing was
	learning sync.Mutex                // one Relearn at a time, so that the newest stays
}

// Courier carries a key hand-over to one person, now, and forgets its secret.
type Courier interface {
	// Deliver tells r's requester of h, the hand-over of that index, in a message that key
	// finds again.
	Deliver(ctx context.Context, r Request, index int, key string, h Handover) error
	// Delivered gives the hand-over that was delivered under key, without its secret;
	// false when none was.
	Delivered(ctx context.Context, r Request, index int, key string) (Handover, bool, error)
}

// admit asks the directory about who.
func (s *Service) admit(who Person) *Error {
	p, known := s.Directory.Profile(who)
	return admit(s.Team, who, p, known)
}

// policyOf gives the policy that r was submitted under, with its approvers now. A
// policy that has left the configuration has no approvers: fail closed.
func (s *Service) policyOf(r Request) (Policy, []Person) {
	p, known := s.policyNamed(r.Policy)
	if !known {
		return Policy{Name: r.Policy}, nil
	}
	members, _ := s.Directory.Members(p.Approvers)
	return p, members
}

func (s *Service) policyNamed(name string) (Policy, bool) {
	i := slices.IndexFunc(s.Policies, func(p Policy) bool { return p.Name == name })
	if i < 0 {
		return Policy{}, false
	}
	return s.Policies[i], true
}

// PolicyFor gives the policy that a certificate would be requested under: each of its
// names has the first policy that covers it, and of those the one that stands first holds.
// So one strict name makes the whole request strict, whatever else is asked for beside it.
// false: some name has none.
func (s *Service) PolicyFor(spec certs.Spec, environment string) (Policy, bool) {
	first := len(s.Policies)
	for _, name := range namesOf(spec) {
		i := slices.IndexFunc(s.Policies, func(p Policy) bool {
			return some(p.Names, func(pattern string) bool { return means(pattern, name) }) && p.Covers(spec, environment)
		})
		if i < 0 {
			return Policy{}, false
		}
		first = min(first, i)
	}
	if first == len(s.Policies) {
		return Policy{}, false
	}
	return s.Policies[first], true
}

// update is the one way by which a person changes something: who was refused
// already, or is by step, is recorded in a transaction of its own, since the
// refused step's transaction rolls back.
func (s *Service) update(ctx context.Context, receipt Receipt, by Person, verb, subject string, refused *Error, step func(Reader, time.Time) (Change, error)) error {
	err := error(refused)
	if refused == nil {
		err = s.Store.Update(ctx, receipt, func(rd Reader) (Change, error) { return step(rd, s.Now()) })
	}
	var no *Error
	if !errors.As(err, &no) || (no.Code != Forbidden && no.Code != Stale && no.Code != Conflict) {
		return err
	}
	record := s.Store.Update(ctx, "", func(Reader) (Change, error) {
		return Change{Audit: []Audit{{At: s.Now(), Actor: by, Verb: "refuse:" + verb, Subject: subject, Detail: detail("why", no.Text.Key)}}}, nil
	})
	if record != nil {
		return errors.Join(record, err)
	}
	return err
}

// Show reads one request for a person of the workspace. Its facts are no secret
// within the team; its key never leaves custody this way.
func (s *Service) Show(ctx context.Context, who Person, id RequestID) (Request, error) {
	if no := s.admit(who); no != nil {
		return Request{}, no
	}
	var r Request
	err := s.Store.View(ctx, func(rd Reader) (err error) { r, err = rd.Request(ctx, id); return err })
	return r, err
}

// Home is what one person sees first: what they asked for, and what waits for them.
type Home struct {
	Mine    []Request
	Waiting []Request
	Owed    []Request     // certificates that they have to revoke at the CA themselves
	Open    *Conversation // not finished yet
}

// HomeOf reads the home of who: at most 20 requests of each kind.
func (s *Service) HomeOf(ctx context.Context, who Person) (Home, error) {
	var h Home
	if no := s.admit(who); no != nil {
		return h, no
	}
	err := s.Store.View(ctx, func(rd Reader) (err error) {
		h.Mine, err = rd.Requests(ctx, RequestQuery{Team: s.Team, Requester: who, Limit: 20})
		if err != nil {
			return err
		}
		h.Waiting, err = s.waiting(ctx, rd, who)
		if err != nil {
			return err
		}
		h.Owed, err = s.owed(ctx, rd, who)
		if err != nil {
			return err
		}
		c, err := rd.ConversationAt(ctx, who, Place{})
		if err == nil {
			h.Open = &c
		} else if CodeOf(err) == NotFound {
			err = nil
		}
		return err
	})
	return h, err
}

// policiesOf names the policies that who approves under now.
func (s *Service) policiesOf(who Person) []string {
	var names []string
	for _, p := range s.Policies {
		if members, _ := s.Directory.Members(p.Approvers); slices.Contains(members, who) {
			names = append(names, p.Name)
		}
	}
	return names
}

// waiting lists what who could decide on now.
func (s *Service) waiting(ctx context.Context, rd Reader, who Person) ([]Request, error) {
	policies := s.policiesOf(who)
	if len(policies) == 0 {
		return nil, nil
	}
	all, err := rd.Requests(ctx, RequestQuery{Team: s.Team, NotBy: who, Policies: policies, Awaits: []Await{AwaitDecision, AwaitSettling, AwaitChain}, Limit: 20})
	return slices.DeleteFunc(all, func(r Request) bool { // the rule itself has the last word
		_, members := s.policyOf(r)
		return mayDecide(r, who, members) != nil
	}), err
}

// owed lists what who could confirm to be revoked.
func (s *Service) owed(ctx context.Context, rd Reader, who Person) ([]Request, error) {
	policies := s.policiesOf(who)
	if len(policies) == 0 {
		return nil, nil
	}
	all, err := rd.Requests(ctx, RequestQuery{Team: s.Team, Policies: policies, Owed: true, Limit: 20})
	return slices.DeleteFunc(all, func(r Request) bool { return !s.MayConfirm(who, r) }), err
}

// every gives all requests of q, page by page, until more says that it has enough.
func every(ctx context.Context, rd Reader, q RequestQuery, more func(Request) (bool, error)) error {
	for {
		page, err := rd.Requests(ctx, q)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, r := range page {
			if on, err := more(r); err != nil || !on {
				return err
			}
		}
		last := page[len(page)-1]
		q.Before, q.BeforeID = last.Updated, last.ID
	}
}

// List gives who's own requests, newest change first.
func (s *Service) List(ctx context.Context, who Person, text string) ([]Request, error) {
	if no := s.admit(who); no != nil {
		return nil, no
	}
	var out []Request
	err := s.Store.View(ctx, func(rd Reader) (err error) {
		out, err = rd.Requests(ctx, RequestQuery{Team: s.Team, Requester: who, Text: text, Limit: 20})
		return err
	})
	return out, err
}

// ChannelOf is where a request's approval card belongs.
func (s *Service) ChannelOf(r Request) string { p, _ := s.policyOf(r); return p.Channel }

// ApproversOf are the people who may decide on r now.
func (s *Service) ApproversOf(r Request) []Person { _, members := s.policyOf(r); return members }

// Undelivered is what is committed with a message that could not be delivered.
func (s *Service) Undelivered(e Effect, body Body, reason string) Change {
	body.Text = nil // what would have been said, and not why it was not
	return s.dead(e, body, reason)
}

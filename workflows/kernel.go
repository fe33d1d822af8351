package workflows

import (
	"context"
	"errors"
	"slices"
	"time"

	"countersign/certs"
	"countersign/triage"
)

// Kernel is what every noun of the middle stands on: the ports that several of them use,
// who may come in, and the one way of committing. Its fields are set once, before the
// first call; after that it is safe for concurrent use.
type Kernel struct {
	Team      string // the workspace served; people of any other are refused
	Store     Store
	Directory Directory
	Catalogue *certs.Catalogue
	Say       triage.Say // words what is shown to people in a language
	Policies  []Policy
	Custodies map[string]Custody
	Issuers   map[string]Issuer
	Now       func() time.Time
	NewID     func() string // unguessable, at most 40 characters, [a-z0-9]
}

// Admit says whether who may use the bot at all.
func (s *Kernel) Admit(who Person) error {
	if no := s.Refusal(who); no != nil {
		return no
	}
	return nil
}

// Enter is the question at the door, before anything is read or routed: a refusal is
// recorded. Every step asks anew.
func (s *Kernel) Enter(ctx context.Context, who Person, door string) error {
	if no := s.Refusal(who); no != nil {
		return s.Update(ctx, "", who, door, "", no, nil)
	}
	return nil
}

// Refusal asks the directory about who.
func (s *Kernel) Refusal(who Person) *Error {
	p, known := s.Directory.Profile(who)
	return admit(s.Team, who, p, known)
}

// PolicyOf gives the policy that r was submitted under, with its approvers now, nil while
// they cannot be read. A policy that has left the configuration has none: fail closed.
func (s *Kernel) PolicyOf(r Request) (Policy, []Person) {
	p, known := s.PolicyNamed(r.Policy)
	if !known {
		return Policy{Name: r.Policy}, []Person{}
	}
	members, _ := s.Directory.Members(p.Approvers)
	return p, members
}

func (s *Kernel) PolicyNamed(name string) (Policy, bool) {
	i := slices.IndexFunc(s.Policies, func(p Policy) bool { return p.Name == name })
	if i < 0 {
		return Policy{}, false
	}
	return s.Policies[i], true
}

// Update is the one way by which a person changes something: who was refused
// already, or is by step, is recorded in a transaction of its own, since the
// refused step's transaction rolls back.
func (s *Kernel) Update(ctx context.Context, receipt Receipt, by Person, verb, subject string, refused *Error, step func(Reader, time.Time) (Change, error)) error {
	err := error(refused)
	if refused == nil {
		err = s.Store.Update(ctx, receipt, func(rd Reader) (Change, error) { return step(rd, s.Now()) })
	}
	var no *Error
	if !errors.As(err, &no) || (no.Code != Forbidden && no.Code != Stale && no.Code != Conflict) {
		return err
	}
	record := Commit(ctx, s.Store, Change{Audit: []Audit{{At: s.Now(), Actor: by, Verb: "refuse:" + verb, Subject: subject, Detail: Detail("why", no.Text.Key)}}})
	if record != nil {
		return errors.Join(record, err)
	}
	return err
}

// PoliciesOf names the policies that who approves under now.
func (s *Kernel) PoliciesOf(who Person) []string {
	var names []string
	for _, p := range s.Policies {
		if members, _ := s.Directory.Members(p.Approvers); slices.Contains(members, who) {
			names = append(names, p.Name)
		}
	}
	return names
}

// Every gives all requests of q, page by page, until more says that it has enough.
func Every(ctx context.Context, rd Reader, q RequestQuery, more func(Request) (bool, error)) error {
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

// ChannelOf is where a request's approval card belongs.
func (s *Kernel) ChannelOf(r Request) string { p, _ := s.PolicyOf(r); return p.Channel }

// ApproversOf are the people who may decide on r now.
func (s *Kernel) ApproversOf(r Request) []Person { _, members := s.PolicyOf(r); return members }

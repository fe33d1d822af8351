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

// Whose says of whom requests are listed.
type Whose string

// Of whom.
const (
	Mine Whose = "mine"
	Team Whose = "team" // those whose policy names owners with this person among them
	All  Whose = "all"  // of the installation
)

// Which says which requests are listed.
type Which string

// Which ones.
const (
	Any      Which = ""         // the open ones first
	Open     Which = "open"     // neither ended nor issued
	Current  Which = "issued"   // their certificate is in use, for all that is known
	Expiring Which = "expiring" // of those what ends soon, or has ended and was not renewed; soonest first
)

// ListQuery is what somebody wants to see.
type ListQuery struct {
	Whose Whose // "": Mine
	Which Which
	Text  string // part of a name, ID or product
}

// Listed is a list as it is shown.
type Listed struct {
	ListQuery // as it was answered
	Requests  []workflows.Request
	Count     int  // how many there are; MaxCounted where there are as many or more
	NoTeam    bool // who asked is in no owner team, so all are listed
}

// How many are shown, and counted, of one list.
const (
	MaxListed  = 20
	MaxCounted = 1000
)

// open and current are the states of lists.
var (
	open = slices.DeleteFunc(slices.Clone(workflows.States), func(st workflows.State) bool {
		return st.Ended() || st.Can(workflows.VerbSupersede)
	})
	current = []workflows.State{workflows.Issued, workflows.Installed}
)

// List gives what who asks for: newest change first, but for what ends.
func (s Lists) List(ctx context.Context, who workflows.Person, q ListQuery) (Listed, error) {
	l := Listed{ListQuery: q}
	if no := s.Refusal(who); no != nil {
		return l, no
	}
	in := workflows.RequestQuery{Team: s.Team, Text: q.Text, Limit: MaxListed}
	switch q.Whose {
	case All:
	case Team:
		in.Policies = s.ownedBy(who)
		l.NoTeam = len(in.Policies) == 0
	default:
		l.Whose, in.Requester = Mine, who
	}
	switch q.Which {
	case Open:
		in.States = open
	case Current:
		in.States = current
	case Expiring:
		in.Ends = s.endingSoon()
	case Any:
	}
	err := s.Store.View(ctx, func(rd workflows.Reader) (err error) {
		first := in
		if q.Which == Any {
			first.States = open
		}
		if l.Requests, err = rd.Requests(ctx, first); err != nil {
			return err
		}
		if rest := MaxListed - len(l.Requests); q.Which == Any && rest > 0 {
			then := in
			then.States, then.Limit = slices.DeleteFunc(slices.Clone(workflows.States), func(st workflows.State) bool { return slices.Contains(open, st) }), rest
			more, err := rd.Requests(ctx, then)
			if err != nil {
				return err
			}
			l.Requests = append(l.Requests, more...)
		}
		if l.Count = len(l.Requests); l.Count == MaxListed {
			l.Count, err = rd.Count(ctx, in, MaxCounted)
		}
		return err
	})
	return l, err
}

// endingSoon is when a certificate ends that is to be renewed now.
func (s Lists) endingSoon() workflows.Span {
	now := s.Now()
	return workflows.Span{From: now.Add(-workflows.StillMissed), Before: now.Add(workflows.RenewWithin)}
}

// ownedBy names the policies of whose owners who is now.
func (s Lists) ownedBy(who workflows.Person) []string {
	var names []string
	for _, p := range s.Policies {
		if members, known := s.Directory.Members(p.Owners); p.Owners != "" && known && slices.Contains(members, who) {
			names = append(names, p.Name)
		}
	}
	return names
}

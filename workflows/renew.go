package workflows

import (
	"context"
	"slices"
	"time"

	"countersign/certs"
)

// Replaced is the certificate that a request is to replace, as it was when that was asked
// for. Approvers are shown it, and Request.Hash covers it: whoever approves a renewal
// approves what it ends.
type Replaced struct {
	Request    RequestID `json:"request"`
	Owner      Person    `json:"owner"`   // its requester
	Profile    string    `json:"profile"` //
	For        []string  `json:"for"`     // the nodes that carry it
	CommonName string    `json:"common_name,omitempty"`
	Names      []string  `json:"names"`     // its alternative names, as approved and issued
	Key        certs.Key `json:"key"`       //
	Serial     string    `json:"serial"`    // hex
	NotAfter   time.Time `json:"not_after"` //
}

// replacedBy describes the certificate of r for a request that replaces it; nil when r has
// none that could be superseded.
func replacedBy(r Request) *Replaced {
	if _, legal := r.State.Next(VerbSupersede); !legal {
		return nil
	}
	names := make([]string, len(r.Spec.Names))
	for i, n := range r.Spec.Names {
		names[i] = n.Value
	}
	return &Replaced{Request: r.ID, Owner: r.Requester, Profile: r.Spec.Profile, For: r.Spec.For, CommonName: r.Spec.CommonName,
		Names: names, Key: r.Spec.Key, Serial: r.Serial(), NotAfter: r.NotAfter}
}

// Fits reports that a certificate made as spec can stand where this one stands: it is for
// the same service, on a node that carries it. A common name says nothing of that: the
// nodes of a cluster share it.
func (p Replaced) Fits(spec certs.Spec) bool {
	return spec.Profile == p.Profile && slices.ContainsFunc(spec.For, func(node string) bool { return slices.Contains(p.For, node) })
}

// fitting are the certificates of a plan that a conversation is about: of a renewal only
// the one that stands where the old one stands. A deployment that was changed until none
// does is asked for as it is, and replaces nothing.
func fitting(specs []certs.Spec, old *Replaced) []certs.Spec {
	if old == nil {
		return specs
	}
	same := slices.DeleteFunc(slices.Clone(specs), func(spec certs.Spec) bool { return spec.BuiltIn || !old.Fits(spec) })
	if len(same) == 0 {
		return specs
	}
	return same
}

// owns reports that who may renew, replace or end r: its requester and, where the policy
// names owners, whoever is in that group.
func (s *Service) owns(r Request, who Person) bool {
	if who == r.Requester {
		return true
	}
	policy, _ := s.policyOf(r)
	if policy.Owners == "" {
		return false
	}
	owners, known := s.Directory.Members(policy.Owners)
	return known && slices.Contains(owners, who)
}

// mayReplace is the rule of superseding old's certificate, asked when a renewal is
// started, when it is sent and when it is installed.
func (s *Service) mayReplace(old Request, who Person) *Error {
	if !s.owns(old, who) {
		return Refuse(Forbidden, "workflows.refuse.not_owner", "Request", string(old.ID))
	}
	if _, legal := old.State.Next(VerbSupersede); !legal {
		return tooLate(old)
	}
	return nil
}

// Renewable gives a request of which who may ask for the same again, with what that would
// replace: what has a certificate is replaced; what ended without one is only asked for
// again.
func (s *Service) Renewable(ctx context.Context, who Person, id RequestID) (old Request, replaces *Replaced, err error) {
	err = s.update(ctx, "", who, "renew", string(id), s.admit(who), func(rd Reader, _ time.Time) (Change, error) {
		if old, err = rd.Request(ctx, id); err != nil {
			return Change{}, err
		}
		if !s.owns(old, who) {
			return Change{}, Refuse(Forbidden, "workflows.refuse.not_owner", "Request", string(id))
		}
		return Change{}, nil
	})
	return old, replacedBy(old), err
}

// RenewalOf opens a conversation that asks for the same again, for the owner: everything
// is pre-filled from the request itself, so that it stands at the review at once.
func (s *Service) RenewalOf(ctx context.Context, in Started, id RequestID) (Conversation, error) {
	old, replaces, err := s.Renewable(ctx, in.By, id)
	if err != nil {
		return Conversation{}, err
	}
	in.Answers, in.Replaces = answersOfRequest(old), replaces
	return s.Start(ctx, in)
}

// likeRequest are the answers that a request was made of, as a pattern for another.
// Anybody may take one: it replaces nothing. The environment, by which policies may go, is
// taken from who's own only.
func (s *Service) likeRequest(ctx context.Context, who Person, id RequestID) (Answers, error) {
	r, err := s.read(ctx, id)
	if err != nil {
		return nil, err
	}
	like := answersOfRequest(r)
	if r.Requester != who {
		delete(like, "environment")
	}
	return like, nil
}

// predecessor is the request whose certificate r's is to replace, or "". Requests of
// before it was recorded what they replace only have its ID.
func (r Request) predecessor() RequestID {
	if r.Replaces != nil {
		return r.Replaces.Request
	}
	return r.Renews
}

// superseded is old after r, which replaces it, was installed; false when it stays: r's
// requester may not end it, or nobody who approved r was shown that it would. Its owner
// hears of it when somebody else has done it.
func (s *Service) superseded(r, old Request, by Person, now time.Time) (Request, Change, bool) {
	shown := r.Replaces != nil && r.Replaces.Fits(r.Spec) || old.Requester == r.Requester
	if !shown || s.mayReplace(old, r.Requester) != nil {
		return old, Change{}, false
	}
	old = old.closeAsk(AskOver, now)
	old.State, _ = old.State.Next(VerbSupersede)
	old.EndedBy, old.Updated = by, now
	c := Change{Effects: append([]Effect{redraw(old)}, s.ended(old, now)...),
		Audit: []Audit{{At: now, Actor: by, Verb: "supersede", Subject: string(old.ID), Detail: detail("by", string(r.ID))}}}
	if old.Requester != by {
		c.Effects = append(c.Effects, tell(old, "superseded"))
	}
	return old, c, true
}

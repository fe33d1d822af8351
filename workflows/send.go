package workflows

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"countersign/certs"
)

// Sending is the person's word that the plan shown is what they want.
type Sending struct {
	Receipt Receipt
	By      Person
	ID      string // of the conversation
	Plan    string // PlanHash of the plan that was shown
}

// PlanHash names a plan: what was shown is what is sent, or it is shown again.
func PlanHash(p certs.Plan) string {
	raw, err := json.Marshal(p.Specs)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:8])
}

// Send turns a reviewed conversation into requests, one a certificate.
func (s *Service) Send(ctx context.Context, in Sending) (Conversation, error) {
	var c Conversation
	err := s.update(ctx, in.Receipt, in.By, "send", in.ID, s.admit(in.By), func(rd Reader, now time.Time) (Change, error) {
		old, err := s.openConversation(ctx, rd, in.By, in.ID)
		if err != nil {
			return Change{}, err
		}
		var change Change
		c, change, err = s.send(ctx, rd, old, in.Plan, now)
		return change, err
	})
	return c, err
}

func (s *Service) send(ctx context.Context, rd Reader, c Conversation, shown string, now time.Time) (Conversation, Change, error) {
	d := deploymentOf(c.Answers)
	plan := s.Catalogue.Plan(d, now)
	wanted := plan
	wanted.Specs = fitting(plan.Specs, c.Replaces)
	switch {
	case c.Phase != Reviewing || len(plan.Missing) > 0 || len(requestable(wanted)) == 0:
		return c, Change{}, Refuse(Illegal, "workflows.refuse.not_complete")
	case shown != PlanHash(wanted):
		return c, Change{}, Refuse(Stale, "workflows.refuse.plan_changed")
	}
	if errs := s.objections(c.Answers, now); len(errs) > 0 {
		return c, Change{}, &Error{Code: Invalid, Field: errs[0].Field, Text: errs[0].Text}
	}
	var change Change
	batch := "B-" + s.NewID()
	for _, spec := range requestable(wanted) {
		policy, ok := s.PolicyFor(spec, d.Environment)
		if !ok {
			return c, Change{}, Refuse(Forbidden, "workflows.refuse.no_policy", "Profile", spec.Profile)
		}
		if policy.Days > 0 {
			spec.Days = min(spec.Days, policy.Days)
		}
		number, err := rd.NextRequest(ctx)
		if err != nil {
			return c, Change{}, err
		}
		r := Request{
			ID: NewRequestID(number), State: Submitted, Requester: c.Person, Place: c.Place, Lang: c.Lang,
			Batch: batch, Deployment: d, Spec: spec, Steps: stepsFor(plan, spec), Trust: trustFor(plan, spec), Purpose: c.Answers.First("purpose"),
			Custody: policy.Custody, Issuer: policy.Issuer, Policy: policy.Name,
			Created: now, Updated: now, Expires: now.Add(policy.within()),
		}
		if c.Replaces != nil && c.Replaces.Fits(spec) {
			if r.Replaces, err = s.replaces(ctx, rd, c); err != nil {
				return c, Change{}, err
			}
		}
		if spec.OwnCSR {
			r.Custody = CustodyDevice
			var no *Error
			if r, no = fitCSR(r, c.CSRs); no != nil && len(wanted.Specs) == 1 {
				return c, Change{}, no
			}
			if len(r.CSR) > 0 {
				if err := mayKeep(ctx, rd, r.CSR, change.Requests); err != nil {
					return c, Change{}, err
				}
			}
		}
		change.Requests = append(change.Requests, r)
		change.Audit = append(change.Audit, Audit{At: now, Actor: c.Person, Verb: "submit", Subject: string(r.ID), Detail: detail("profile", spec.Profile, "cn", spec.CommonName)})
		change.Effects = append(change.Effects, redraw(r))
		switch {
		case len(r.CSR) > 0:
			change.Effects = append(change.Effects, tell(r, "submitted"))
		case !spec.OwnCSR:
			change.Effects = append(change.Effects, work(r, KindCSR))
		}
		c.Requests = append(c.Requests, r.ID)
	}
	c.Phase, c.Field, c.Problem, c.Updated = Sent, "", nil, now
	c.Unread, c.Proposed = "", nil
	change.Conversations = []Conversation{c}
	change.Deployments = []Remembered{{Team: c.Person.Team, Name: nameOf(c.Answers), Product: c.Answers.First("product"), Answers: c.Answers, By: c.Person, Updated: now}}
	if c.Place.Channel != "" {
		change.Effects = append(change.Effects, prompt(c))
	}
	return c, change, nil
}

// replaces is what a renewal that is sent now replaces, if its owner still may.
func (s *Service) replaces(ctx context.Context, rd Reader, c Conversation) (*Replaced, error) {
	old, err := rd.Request(ctx, c.Replaces.Request)
	if err != nil {
		return nil, err
	}
	if no := s.mayReplace(old, c.Person); no != nil {
		return nil, no
	}
	return replacedBy(old), nil
}

// fitCSR puts that of the given CSRs on r which asks for what r was planned for. The
// Error says what is wrong with the last that does not; with none given there is none.
func fitCSR(r Request, csrs [][]byte) (Request, *Error) {
	var last *Error
	for _, der := range csrs {
		next, no := withCSR(r, der)
		if no == nil {
			return next, nil
		}
		last = no
	}
	return r, last
}

// CustodyDevice is the custody of a key that the box itself made and keeps.
const CustodyDevice = "device"

// requestable are the certificates that somebody must approve and sign; those that a
// box makes and signs by itself are in the runbook only.
func requestable(p certs.Plan) []certs.Spec {
	var out []certs.Spec
	for _, spec := range p.Specs {
		if !spec.BuiltIn {
			out = append(out, spec)
		}
	}
	return out
}

// stepsFor picks from the runbook what concerns spec: its profile, and not the nodes
// that carry another certificate.
func stepsFor(p certs.Plan, spec certs.Spec) []certs.Step {
	elsewhere := map[string]bool{}
	for _, other := range p.Specs {
		for _, node := range other.For {
			elsewhere[node] = !slices.Contains(spec.For, node)
		}
	}
	var out []certs.Step
	for _, step := range p.Runbook {
		if step.Phase != certs.TrustPhase && (step.Profile == "" || step.Profile == spec.Profile) && !elsewhere[step.Where] {
			out = append(out, step)
		}
	}
	return out
}

// trustFor picks who must trust the CA of spec.
func trustFor(p certs.Plan, spec certs.Spec) []certs.Trust {
	var out []certs.Trust
	for _, t := range p.Trust {
		if t.Of == spec.Profile {
			out = append(out, t)
		}
	}
	return out
}

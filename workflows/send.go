package workflows

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
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
	case c.Phase != Reviewing || len(plan.Missing) > 0 || len(wanted.Requestable()) == 0:
		return c, Change{}, Refuse(Illegal, "workflows.refuse.not_complete")
	case shown != PlanHash(wanted):
		return c, Change{}, Refuse(Stale, "workflows.refuse.plan_changed")
	}
	if errs := s.objections(c.Answers, now); len(errs) > 0 {
		return c, Change{}, &Error{Code: Invalid, Field: errs[0].Field, Text: errs[0].Text}
	}
	change, err := s.Submit(ctx, rd, Submission{By: c.Person, Place: c.Place, Lang: c.Lang, Deployment: d, Plan: plan, Wanted: wanted.Specs,
		Purpose: c.Answers.First("purpose"), CSRs: c.CSRs, Replaces: c.Replaces}, now)
	if err != nil {
		return c, Change{}, err
	}
	for _, r := range change.Requests {
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

// Submission is what a person asks to be certified, as their conversation described it.
type Submission struct {
	By         Person
	Place      Place
	Lang       string
	Deployment certs.Deployment
	Plan       certs.Plan   // of the whole deployment: its runbook and who trusts whom
	Wanted     []certs.Spec // of the plan, or the one that stands where Replaces stands
	Purpose    string
	CSRs       [][]byte  // DER, made on the boxes
	Replaces   *Replaced // of a renewal
}

// Submit makes the requests of a submission, one a certificate, as a change for the
// transaction of rd.
func (s *Service) Submit(ctx context.Context, rd Reader, in Submission, now time.Time) (Change, error) {
	if no := s.admit(in.By); no != nil {
		return Change{}, no
	}
	var change Change
	batch := "B-" + s.NewID()
	for _, spec := range in.Wanted {
		if spec.BuiltIn {
			continue
		}
		r, err := s.submitted(ctx, rd, in, spec, batch, now)
		if err != nil {
			return Change{}, err
		}
		if r.Spec.OwnCSR {
			var no *Error
			if r, no = fitCSR(r, in.CSRs); no != nil && len(in.Wanted) == 1 {
				return Change{}, no
			}
			if len(r.CSR) > 0 {
				if err := s.MayKeepCSR(ctx, rd, r.CSR, change.Requests...); err != nil {
					return Change{}, err
				}
			}
		}
		change.Requests = append(change.Requests, r)
		change.Audit = append(change.Audit, Audit{At: now, Actor: in.By, Verb: "submit", Subject: string(r.ID), Detail: detail("profile", r.Spec.Profile, "cn", r.Spec.CommonName)})
		change.Effects = append(change.Effects, redraw(r))
		switch {
		case len(r.CSR) > 0:
			change.Effects = append(change.Effects, tell(r, "submitted"))
		case !r.Spec.OwnCSR:
			change.Effects = append(change.Effects, work(r, KindCSR))
		}
	}
	return change, nil
}

// submitted is the request for one certificate of a submission, under the policy that
// covers it.
func (s *Service) submitted(ctx context.Context, rd Reader, in Submission, spec certs.Spec, batch string, now time.Time) (Request, error) {
	policy, ok := s.PolicyFor(spec, in.Deployment.Environment)
	if !ok {
		return Request{}, Refuse(Forbidden, "workflows.refuse.no_policy", "Profile", spec.Profile)
	}
	if policy.Days > 0 {
		spec.Days = min(spec.Days, policy.Days)
	}
	number, err := rd.NextRequest(ctx)
	if err != nil {
		return Request{}, err
	}
	r := Request{
		ID: NewRequestID(number), State: Submitted, Requester: in.By, Place: in.Place, Lang: in.Lang,
		Batch: batch, Deployment: in.Deployment, Spec: spec, Steps: in.Plan.StepsFor(spec), Trust: in.Plan.TrustOf(spec.Profile), Purpose: in.Purpose,
		Custody: policy.Custody, Issuer: policy.Issuer, Policy: policy.Name,
		Created: now, Updated: now, Expires: now.Add(policy.within()),
	}
	if spec.OwnCSR {
		r.Custody = CustodyDevice
	}
	if in.Replaces != nil && in.Replaces.Fits(spec) {
		r.Replaces, err = s.replaces(ctx, rd, in)
	}
	return r, err
}

// replaces is what a renewal that is sent now replaces, if its owner still may.
func (s *Service) replaces(ctx context.Context, rd Reader, in Submission) (*Replaced, error) {
	old, err := rd.Request(ctx, in.Replaces.Request)
	if err != nil {
		return nil, err
	}
	if no := s.mayReplace(old, in.By); no != nil {
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

package intake

import (
	"context"
	"encoding/json"
	"time"

	"countersign/certs"
	"countersign/workflows"
)

// PostPlan queues the plan of a conversation as a file for everybody at its place.
func (s *Service) PostPlan(ctx context.Context, receipt workflows.Receipt, by workflows.Person, id string) error {
	return s.Update(ctx, receipt, by, "plan", id, s.Refusal(by), func(rd workflows.Reader, now time.Time) (workflows.Change, error) {
		c, err := s.openConversation(ctx, rd, by, id)
		if err != nil {
			return workflows.Change{}, err
		}
		e := workflows.NewEffect(workflows.Notify, c.ID, c.ID+"/plan/"+PlanHash(s.PlanOf(c)), workflows.PostPlan{Conversation: c.ID})
		return workflows.Change{Effects: []workflows.Effect{e}, Audit: []workflows.Audit{{At: now, Actor: by, Verb: "plan.post", Subject: c.ID}}}, nil
	})
}

// Sending is the person's word that the plan shown is what they want.
type Sending struct {
	Receipt workflows.Receipt
	By      workflows.Person
	ID      string // of the conversation
	Plan    string // PlanHash of the plan that was shown
}

// PlanHash names a plan: what was shown is what is sent, or it is shown again.
func PlanHash(p certs.Plan) string {
	raw, err := json.Marshal(p.Specs)
	if err != nil {
		return ""
	}
	return workflows.Fingerprint(raw)[:16]
}

// Send turns a reviewed conversation into requests, one a certificate.
func (s *Service) Send(ctx context.Context, in Sending) (workflows.Conversation, error) {
	var c workflows.Conversation
	err := s.Update(ctx, in.Receipt, in.By, "send", in.ID, s.Refusal(in.By), func(rd workflows.Reader, now time.Time) (workflows.Change, error) {
		old, err := s.openConversation(ctx, rd, in.By, in.ID)
		if err != nil {
			return workflows.Change{}, err
		}
		var change workflows.Change
		c, change, err = s.send(ctx, rd, old, in.Plan, now)
		return change, err
	})
	return c, err
}

func (s *Service) send(ctx context.Context, rd workflows.Reader, c workflows.Conversation, shown string, now time.Time) (workflows.Conversation, workflows.Change, error) {
	d := deploymentOf(c.Answers)
	plan := s.Catalogue.Plan(d, now)
	wanted := plan
	wanted.Specs = c.Wanted(plan.Specs)
	switch {
	case c.Phase != workflows.Reviewing || len(plan.Missing) > 0 || len(wanted.Requestable()) == 0:
		return c, workflows.Change{}, workflows.Refuse(workflows.Illegal, "workflows.refuse.not_complete")
	case shown != PlanHash(wanted):
		return c, workflows.Change{}, workflows.Refuse(workflows.Stale, "workflows.refuse.plan_changed")
	}
	if errs := s.objections(c.Answers, now); len(errs) > 0 {
		return c, workflows.Change{}, &workflows.Error{Code: workflows.Invalid, Field: errs[0].Field, Text: errs[0].Text}
	}
	change, err := s.Submitter.Submit(ctx, rd, workflows.Submission{By: c.Person, Place: c.Place, Lang: c.Lang, Deployment: d, Plan: plan, Wanted: wanted.Specs,
		Purpose: c.Answers.First("purpose"), CSRs: c.CSRs, Replaces: c.Replaces, Follows: c.Follows}, now)
	if err != nil {
		return c, workflows.Change{}, err
	}
	for _, r := range change.Requests {
		c.Requests = append(c.Requests, r.ID)
	}
	c.Phase, c.Field, c.Problem, c.Updated = workflows.Sent, "", nil, now
	c.Unread, c.Proposed = "", nil
	change.Conversations = []workflows.Conversation{c}
	change.Deployments = []workflows.Remembered{{Team: c.Person.Team, Name: nameOf(c.Answers), Product: c.Answers.First("product"), Answers: c.Answers, By: c.Person, Request: c.Requests[0], Updated: now}}
	if c.Place.Channel != "" {
		change.Effects = append(change.Effects, workflows.Prompt(c))
	}
	return c, change, nil
}

package workflows

import (
	"context"
	"time"

	"countersign/workflows/form"
)

// RememberedFor lists what the team described before, newest first, to start from.
func (s *Service) RememberedFor(ctx context.Context, who Person) ([]Remembered, error) {
	if no := s.admit(who); no != nil {
		return nil, no
	}
	var out []Remembered
	err := s.Store.View(ctx, func(rd Reader) (err error) { out, err = rd.RememberedList(ctx, s.Team, 50); return err })
	return out, err
}

// recallable says what of a remembered deployment may answer for who. The reason is each
// request's own; the environment, by which policies may go, is never a colleague's word.
func recallable(key string, old Remembered, who Person) bool {
	return key != "purpose" && (key != "environment" || old.By == who)
}

// Recall fills a conversation from a remembered deployment. The reason is asked anew.
func (s *Service) Recall(ctx context.Context, receipt Receipt, by Person, id, name string) (Conversation, error) {
	return s.converse(ctx, receipt, by, id, func(rd Reader, f form.Form, c Conversation, now time.Time) Conversation {
		old, err := rd.Remembered(ctx, s.Team, name)
		if err != nil {
			return c // it was removed meanwhile: the person sees the form as it was
		}
		c.Answers = Answers{}
		for _, field := range f.Fields {
			if v, ok := old.Answers[field.Key]; ok && recallable(field.Key, old, by) {
				if next, problem := f.Set(c.Answers, field.Key, v...); problem == nil {
					c.Answers = next
				}
			}
		}
		return s.advance(f, c, now)
	})
}

// PostPlan queues the plan of a conversation as a file for everybody at its place.
func (s *Service) PostPlan(ctx context.Context, receipt Receipt, by Person, id string) error {
	return s.update(ctx, receipt, by, "plan", id, s.admit(by), func(rd Reader, now time.Time) (Change, error) {
		c, err := s.openConversation(ctx, rd, by, id)
		if err != nil {
			return Change{}, err
		}
		e := effect(Notify, c.ID, KindPlan, c.ID+"/plan/"+PlanHash(s.PlanOf(c)), Body{Conversation: c.ID})
		return Change{Effects: []Effect{e}, Audit: []Audit{{At: now, Actor: by, Verb: "plan.post", Subject: c.ID}}}, nil
	})
}

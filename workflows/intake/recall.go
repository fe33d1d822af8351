package intake

import (
	"context"
	"time"

	"countersign/workflows"
	"countersign/workflows/form"
)

// RememberedFor lists what the team described before, newest first, to start from.
func (s *Service) RememberedFor(ctx context.Context, who workflows.Person) ([]workflows.Remembered, error) {
	if no := s.Refusal(who); no != nil {
		return nil, no
	}
	return workflows.Read(ctx, s.Store, func(rd workflows.Reader) ([]workflows.Remembered, error) {
		return rd.RememberedList(ctx, s.Team, 50)
	})
}

// recallable says what of a remembered deployment may answer for who. The reason is each
// request's own; the environment, by which policies may go, is never a colleague's word.
func recallable(key string, old workflows.Remembered, who workflows.Person) bool {
	return key != "purpose" && (key != "environment" || old.By == who)
}

// Recall fills a conversation from a remembered deployment. The reason is asked anew.
func (s *Service) Recall(ctx context.Context, receipt workflows.Receipt, by workflows.Person, id, name string) (workflows.Conversation, error) {
	return s.converse(ctx, receipt, by, id, func(rd workflows.Reader, f form.Form, c workflows.Conversation, now time.Time) workflows.Conversation {
		old, err := rd.Remembered(ctx, s.Team, name)
		if err != nil {
			return c // it was removed meanwhile: the person sees the form as it was
		}
		c.Answers, c.Origins = workflows.Answers{}, nil
		c = filled(f, c, old.Answers, from(originOf(old)), func(key string, _ workflows.Answers) bool { return recallable(key, old, by) })
		return s.advance(f, c, now)
	})
}

// recall pre-fills c from the remembered deployment that the text names.
func recall(ctx context.Context, rd workflows.Reader, f form.Form, c workflows.Conversation, said workflows.Answers) workflows.Conversation {
	name := nameOf(said)
	if name == "" {
		return c
	}
	old, err := rd.Remembered(ctx, c.Person.Team, name)
	if err != nil || (said.First("product") != "" && old.Product != said.First("product")) {
		return c
	}
	return filled(f, c, old.Answers, from(originOf(old)), func(key string, known workflows.Answers) bool {
		return !known.Has(key) && recallable(key, old, c.Person)
	})
}

// originOf is the origin of answers that are taken from a remembered deployment.
func originOf(old workflows.Remembered) workflows.Origin {
	return workflows.Origin{Kind: workflows.FromRequest, Request: old.Request, By: old.By, At: old.Updated}
}

package intake

import (
	"slices"
	"time"

	"countersign/certs"
	"countersign/workflows"
	"countersign/workflows/form"
)

// noAnswer keeps the question as it is, and says why.
func noAnswer(c workflows.Conversation, key string, now time.Time) workflows.Conversation {
	c.Problem, c.Updated = &workflows.Problem{Field: c.Field, Text: certs.T(key)}, now
	return c
}

func without(list []string, s string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(v string) bool { return v == s })
}

// settle fills in what follows from other answers, so that nobody is asked twice.
func (s *Service) settle(f form.Form, a form.Answers) form.Answers {
	set := func(key string, v ...string) {
		if next, problem := f.Set(a, key, v...); problem == nil {
			a = next
		}
	}
	if p, _ := s.Catalogue.Product(a.First("product")); p.Service != "" && !a.Has("service") {
		set("service", p.Service)
	}
	if len(a["nodes"]) == 1 && !a.Has("topology") {
		set("topology", string(certs.Single))
	}
	return a
}

// filled is c with those answers from elsewhere that may be taken (nil: all) and that the
// form takes; keys are their fields.
func filled(f form.Form, c workflows.Conversation, from workflows.Answers, may func(key string, known workflows.Answers) bool) (_ workflows.Conversation, keys []string) {
	for _, field := range f.Fields {
		v, ok := from[field.Key]
		if !ok || may != nil && !may(field.Key, c.Answers) {
			continue
		}
		if next, problem := f.Set(c.Answers, field.Key, v...); problem == nil {
			c.Answers, keys = next, append(keys, field.Key)
		}
	}
	return c, keys
}

// guess takes what the text says as answers, to be confirmed with the plan.
func guess(f form.Form, c workflows.Conversation, said workflows.Answers) workflows.Conversation {
	c, keys := filled(f, c, said, nil)
	c.Guessed = append(c.Guessed, keys...)
	return c
}

// advance settles what follows and chooses what is asked next. The planner's
// objections come before new questions, so that a wrong name is mended at once.
func (s *Service) advance(f form.Form, c workflows.Conversation, now time.Time) workflows.Conversation {
	c.Answers = s.settle(f, c.Answers)
	c.Updated = now
	c.Problem = nil
	for _, finding := range s.objections(c.Answers, now) {
		if _, ok := f.Field(finding.Field); ok && c.Answers.Has(finding.Field) {
			c.Phase, c.Field, c.Problem = workflows.Asking, finding.Field, &workflows.Problem{Field: finding.Field, Text: finding.Text}
			return c
		}
	}
	if next, more := f.Next(c.Answers); more {
		c.Phase, c.Field = workflows.Asking, next.Key
		return c
	}
	c.Phase, c.Field = workflows.Reviewing, ""
	return c
}

// objections are the planner's errors about what has been answered so far.
func (s *Service) objections(a workflows.Answers, now time.Time) []certs.Finding {
	if a.First("product") == "" || len(a["nodes"]) == 0 {
		return nil
	}
	return s.Catalogue.Plan(deploymentOf(a), now).Errors()
}

// PlanOf plans what a conversation is about, as of now: of a renewal, and of what
// was refused, the one certificate.
func (s *Service) PlanOf(c workflows.Conversation) certs.Plan {
	plan := s.Catalogue.Plan(deploymentOf(c.Answers), s.Now())
	plan.Specs = c.Wanted(plan.Specs)
	return plan
}

// answer sets one field and goes on, or keeps the question with what is wrong.
func (s *Service) answer(f form.Form, c workflows.Conversation, key string, now time.Time, values ...string) workflows.Conversation {
	next, problem := f.Set(c.Answers, key, values...)
	if problem != nil {
		c.Phase, c.Field, c.Problem, c.Updated = workflows.Asking, key, problem, now
		return c
	}
	c.Answers = next
	c.History = append(c.History, key)
	c.Guessed = without(c.Guessed, key) // now it was said in so many words
	return s.advance(f, c, now)
}

// back takes the last answer back and asks it again.
func (s *Service) back(f form.Form, c workflows.Conversation, now time.Time) workflows.Conversation {
	for len(c.History) > 0 {
		last := c.History[len(c.History)-1]
		c.History = c.History[:len(c.History)-1]
		if last != "" {
			return s.reopen(f, c, last, now)
		}
	}
	c.Updated = now
	return c
}

// reopen asks key again; what was answered stays until it is answered anew.
func (s *Service) reopen(f form.Form, c workflows.Conversation, key string, now time.Time) workflows.Conversation {
	if field, ok := f.Field(key); ok && f.Applies(field, c.Answers) {
		c.Phase, c.Field, c.Problem, c.Updated = workflows.Asking, key, nil, now
	}
	return c
}

// dropped is c after its person has ended it without a request.
func dropped(c workflows.Conversation, now time.Time) workflows.Conversation {
	c.Phase, c.Field, c.Problem, c.Updated = workflows.Dropped, "", nil, now
	return c
}

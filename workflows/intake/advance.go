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

// settle fills in what follows from other answers, so that nobody is asked twice. What it
// filled in before is found anew: the answers that it followed from may be others now.
func (s *Service) settle(f form.Form, c workflows.Conversation) workflows.Conversation {
	for key, o := range c.Origins {
		if o.Kind == workflows.FromInference {
			c.Answers = f.Unset(c.Answers, key)
		}
	}
	infer := func(key, value string) {
		if next, problem := f.Set(c.Answers, key, value); problem == nil && !c.Answers.Has(key) && next.Has(key) {
			c.Answers = next
			c = c.WithOrigin(key, workflows.Origin{Kind: workflows.FromInference})
		}
	}
	if p, _ := s.Catalogue.Product(c.Answers.First("product")); p.Service != "" {
		infer("service", p.Service)
	}
	if len(c.Answers["nodes"]) == 1 {
		infer("topology", string(certs.Single))
	}
	if c.Answers.Has("product") {
		for _, field := range f.Fields {
			if only, forced := f.Forced(field, c.Answers); forced {
				infer(field.Key, only)
			}
		}
	}
	for key := range c.Origins {
		if !c.Answers.Has(key) {
			c = c.WithOrigin(key, workflows.Origin{})
		}
	}
	return c
}

// filled is c with those answers from elsewhere that may be taken (nil: all) and that the
// form takes, with where each comes from.
func filled(f form.Form, c workflows.Conversation, from workflows.Answers, origin func(key string) workflows.Origin, may func(key string, known workflows.Answers) bool) workflows.Conversation {
	for _, field := range f.Fields {
		v, ok := from[field.Key]
		if only, forced := f.Forced(field, c.Answers); forced && slices.Equal(v, []string{only}) {
			continue // it follows, whoever said so
		}
		if !ok || may != nil && !may(field.Key, c.Answers) {
			continue
		}
		if next, problem := f.Set(c.Answers, field.Key, v...); problem == nil {
			c.Answers = next
			c = c.WithOrigin(field.Key, origin(field.Key))
		}
	}
	return c
}

// from is one origin for all fields.
func from(o workflows.Origin) func(string) workflows.Origin {
	return func(string) workflows.Origin { return o }
}

// advance settles what follows and chooses what is asked next. The planner's
// objections come before new questions, so that a wrong name is mended at once.
func (s *Service) advance(f form.Form, c workflows.Conversation, now time.Time) workflows.Conversation {
	c = s.settle(f, c)
	c.Updated = now
	c.Problem = nil
	for _, finding := range s.objections(c.Answers, now) {
		if _, ok := f.Field(finding.Field); ok && c.Answers.Has(finding.Field) {
			c.Phase, c.Field, c.Problem = workflows.Asking, finding.Field, problemOf(finding)
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

// objections are the planner's errors about what has been answered so far, and a CA that no
// policy has.
func (s *Service) objections(a workflows.Answers, now time.Time) []certs.Finding {
	if a.First("product") == "" {
		return nil
	}
	all := s.Catalogue.Plan(deploymentOf(a), now).Errors()
	may := applicable{s.Kernel}
	if ca := a.First("ca"); ca != "" && may.signedOutside(a) && !slices.Contains(may.authorities(a), ca) {
		all = append(all, certs.Finding{Rule: "plan/no-authority", Severity: certs.Error, Field: "ca", Text: certs.T("form.problem.no_authority." + ca)})
	}
	return all
}

// problemOf is what the planner objects to, at the field that it is about.
func problemOf(finding certs.Finding) *workflows.Problem {
	return &workflows.Problem{Field: finding.Field, Text: finding.Text, Offers: finding.Offers}
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
	c = c.WithOrigin(key, workflows.Origin{}) // now it was said in so many words
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

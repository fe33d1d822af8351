package workflows

import (
	"context"
	"time"

	"countersign/certs"
	"countersign/workflows/form"
)

// Paged is one page of the wizard as a person left it.
type Paged struct {
	Receipt Receipt
	By      Person
	ID      string
	Step    string
	Values  Answers
	Partial bool // the person is still typing: keep what will do, object to nothing
}

// Page takes one page of the wizard. Problems are by field; with any, nothing is
// stored and the person mends them in place.
func (s *Service) Page(ctx context.Context, in Paged) (Conversation, []Problem, error) {
	f := s.Form()
	var c Conversation
	var problems []Problem
	err := s.update(ctx, in.Receipt, in.By, "page", in.ID, s.admit(in.By), func(rd Reader, now time.Time) (Change, error) {
		old, err := s.openConversation(ctx, rd, in.By, in.ID)
		if err != nil {
			return Change{}, err
		}
		c, problems = s.page(f, old, in, now)
		if len(problems) > 0 {
			return Change{}, errProblems
		}
		return s.keep(old, c), nil
	})
	if err == errProblems {
		return c, problems, nil
	}
	return c, nil, err
}

// errProblems rolls a page back; it never leaves this file.
var errProblems = Refuse(Invalid, "form.problem.page")

func (s *Service) page(f form.Form, c Conversation, in Paged, now time.Time) (Conversation, []Problem) {
	var problems []Problem
	a := c.Answers
	for _, field := range f.Fields { // in order: later fields depend on earlier answers
		values, given := in.Values[field.Key]
		if field.Step != in.Step || !given || !f.Applies(field, a) {
			continue
		}
		kept := make([]string, len(values))
		for i, v := range values {
			kept[i] = withoutSecrets(v)
		}
		next, problem := f.Set(a, field.Key, kept...)
		if holdsKey(values...) {
			problem = &Problem{Field: field.Key, Text: certs.T("workflows.problem.private_key")}
		}
		if problem != nil {
			if in.Partial {
				next = f.Unset(a, field.Key)
			} else {
				problems = append(problems, *problem)
			}
		}
		a = next
	}
	if in.Partial {
		c.Answers, c.Updated = s.settle(f, a), now
		return c, nil
	}
	a = s.settle(f, a)
	for _, finding := range s.objections(a, now) {
		field, ok := f.Field(finding.Field)
		if ok && field.Step == in.Step && f.Applies(field, a) && !has(problems, field.Key) {
			problems = append(problems, Problem{Field: field.Key, Text: finding.Text})
		}
	}
	for _, field := range f.Visible(a, in.Step) {
		if !field.Optional && !a.Has(field.Key) && field.Default == "" && !has(problems, field.Key) {
			problems = append(problems, Problem{Field: field.Key, Text: certs.T("form.problem.required")})
		}
	}
	if len(problems) > 0 {
		return c, problems
	}
	c.Answers = a
	return s.advance(f, c, now), nil
}

func has(problems []Problem, field string) bool {
	for _, p := range problems {
		if p.Field == field {
			return true
		}
	}
	return false
}

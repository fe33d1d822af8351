package intake

import (
	"context"
	"slices"
	"time"

	"countersign/certs"
	"countersign/workflows"
	"countersign/workflows/form"
)

// Paged is one page of the wizard as a person left it.
type Paged struct {
	Receipt workflows.Receipt
	By      workflows.Person
	ID      string
	Step    string
	Values  workflows.Answers
	Partial bool // the person is still typing: keep what will do, object to nothing
}

// Page takes one page of the wizard. Problems are by field; with any, nothing is
// stored and the person mends them in place.
func (s *Service) Page(ctx context.Context, in Paged) (workflows.Conversation, []workflows.Problem, error) {
	f := s.Form()
	var c workflows.Conversation
	var problems []workflows.Problem
	err := s.Update(ctx, in.Receipt, in.By, "page", in.ID, s.Refusal(in.By), func(rd workflows.Reader, now time.Time) (workflows.Change, error) {
		old, err := s.openConversation(ctx, rd, in.By, in.ID)
		if err != nil {
			return workflows.Change{}, err
		}
		c, problems = s.page(f, old, in, now)
		if len(problems) > 0 {
			return workflows.Change{}, errProblems
		}
		if c, err = s.withTwins(ctx, rd, c, now); err != nil {
			return workflows.Change{}, err
		}
		return s.stored(old, c), nil
	})
	if err == errProblems {
		return c, problems, nil
	}
	return c, nil, err
}

// errProblems rolls a page back; it never leaves this file.
var errProblems = workflows.Refuse(workflows.Invalid, "form.problem.page")

// page sets the fields of one page. A value that was left as it stood there keeps its
// origin: who filled it in was said beside it.
func (s *Service) page(f form.Form, old workflows.Conversation, in Paged, now time.Time) (workflows.Conversation, []workflows.Problem) {
	var problems []workflows.Problem
	c := old
	for _, field := range f.Fields { // in order: later fields depend on earlier answers
		values, given := in.Values[field.Key]
		if field.Step != in.Step || !given || !f.Applies(field, c.Answers) {
			continue
		}
		kept := make([]string, len(values))
		for i, v := range values {
			kept[i] = workflows.WithoutSecrets(v)
		}
		next, problem := f.Set(c.Answers, field.Key, kept...)
		if workflows.HoldsKey(values...) {
			problem = &workflows.Problem{Field: field.Key, Text: certs.T("workflows.problem.private_key")}
		}
		if problem != nil {
			if in.Partial {
				next = f.Unset(c.Answers, field.Key)
			} else {
				problems = append(problems, *problem)
			}
		}
		c.Answers = next
		if !slices.Equal(next[field.Key], old.Answers[field.Key]) {
			c = c.WithOrigin(field.Key, workflows.Origin{})
		}
	}
	c = s.settle(f, c)
	if in.Partial {
		c.Updated = now
		return c, nil
	}
	broken := len(problems)
	for _, finding := range s.objections(c.Answers, now) {
		field, ok := f.Field(finding.Field)
		if ok && field.Step == in.Step && f.Applies(field, c.Answers) && !has(problems[:broken], field.Key) {
			problems = append(problems, *problemOf(finding)) // each: nobody mends a list name by name
		}
	}
	for _, field := range f.Visible(c.Answers, in.Step) {
		if !field.Optional && !c.Answers.Has(field.Key) && f.Default(field, c.Answers) == "" && !has(problems, field.Key) {
			problems = append(problems, workflows.Problem{Field: field.Key, Text: certs.T("form.problem.required")})
		}
	}
	if len(problems) > 0 {
		return old, problems
	}
	return s.advance(f, c, now), nil
}

func has(problems []workflows.Problem, field string) bool {
	return slices.ContainsFunc(problems, func(p workflows.Problem) bool { return p.Field == field })
}

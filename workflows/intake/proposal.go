package intake

import (
	"slices"

	"countersign/workflows"
	"countersign/workflows/form"
)

// standing keeps of a list what may be taken: one for each field that is open or asked
// now, which the form would accept when all of them are taken in its order.
func standing(f form.Form, c workflows.Conversation, list []workflows.Proposal) []workflows.Proposal {
	var out []workflows.Proposal
	if c.Phase != workflows.Asking && c.Phase != workflows.Reviewing {
		return nil
	}
	a := c.Answers
	for _, field := range f.Fields {
		i := slices.IndexFunc(list, func(p workflows.Proposal) bool { return p.Field == field.Key && len(p.Values) > 0 })
		if i < 0 || c.Answers.Has(field.Key) && field.Key != c.Field {
			continue
		}
		next, problem := f.Set(a, field.Key, list[i].Values...)
		values := next[field.Key]
		if problem != nil || len(values) == 0 || slices.Equal(values, c.Answers[field.Key]) {
			continue
		}
		out = append(out, workflows.Proposal{Field: field.Key, Values: values, Quote: list[i].Quote})
		a = next
	}
	return out
}

// Takeable reports that a proposal can be taken by itself, before the others.
func Takeable(f form.Form, c workflows.Conversation, p workflows.Proposal) bool {
	next, problem := f.Set(c.Answers, p.Field, p.Values...)
	return problem == nil && next.Has(p.Field)
}

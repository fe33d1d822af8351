package support

import (
	"context"
	"fmt"

	"countersign/triage"
	"countersign/workflows"
)

// matchedNone reports that no cause in particular was found: that certificates are only
// mentioned in passing is none.
func matchedNone(a triage.Answer) bool {
	return len(a.Findings) == 0 || a.Findings[0].Cause.ID == "not-certificate:other"
}

// assistKey names the answer that a word of the model is about. One that found no
// cause in particular is about the text itself.
func assistKey(c workflows.Case, a triage.Answer) string {
	key := c.Lang + " " + answerKey(a)
	if matchedNone(a) {
		key += " " + workflows.Fingerprint([]byte(c.Input))[:16]
	}
	return key
}

// shown are the effects that bring a case's card up to date, and have the model say
// something about a new answer afterwards.
func (s *Service) shown(c workflows.Case, a triage.Answer) []workflows.Effect {
	out := []workflows.Effect{showCase(c)}
	if s.Model == nil || c.Inspecting() || c.Input == "" || bare(c) && len(a.Findings) == 0 || c.Assist != nil && c.Assist.Of == assistKey(c, a) {
		return out
	}
	return append(out, workflows.NewEffect(workflows.Background, c.ID, fmt.Sprintf("%s/assist/%d", c.ID, c.Version), workflows.AskModel{Case: c.ID}))
}

// assist has the model say something about the answer to a case as it is now.
func (s jobs) assist(ctx context.Context, e workflows.Effect, body workflows.AskModel) error {
	c, err := s.ReadCase(ctx, body.Case)
	if err != nil {
		return err
	}
	var said *workflows.Assist
	spent := map[string]string{}
	if s.Model != nil {
		said = s.askModel(ctx, c)
		spent[workflows.SpentKey] = s.Model.Spent()
	}
	return s.stepCase(ctx, "", workflows.Robot, "assist", c.ID, func(c workflows.Case) (workflows.Change, error) {
		change := workflows.Change{Done: []int64{e.ID}, Settings: spent}
		if said != nil && assistKey(c, s.Explain(ctx, c)) == said.Of { // else another answer stands there by now
			c.Assist = said
			change.Cases, change.Effects = []workflows.Case{c}, []workflows.Effect{showCase(c)}
		}
		return change, nil
	})
}

// askModel asks what helps with the answer at hand; nil when the model has nothing.
func (s jobs) askModel(ctx context.Context, c workflows.Case) *workflows.Assist {
	a := s.Explain(ctx, c)
	out := workflows.Assist{Of: assistKey(c, a)}
	if !matchedNone(a) {
		out.Text, _ = s.Model.Explain(ctx, c.ID, a, c.Lang)
		if (a.Verdict == triage.Ambiguous || a.Verdict == triage.Unknown) && len(a.Findings) > 1 {
			a.Findings = a.Findings[:min(len(a.Findings), Rivals)] // it chooses among those that people see
			out.Likeliest, _ = s.Model.Likeliest(ctx, c.ID, a)
		}
	} else {
		cause, found, err := s.Model.Suggest(ctx, c.ID, s.KB(), c.Input)
		if err == nil && s.KB().Cause(cause) != nil {
			out.Possible, out.Line, out.Quote = cause, found.Line, found.Text
		} else if err == nil {
			out.Question, _ = s.Model.Ask(ctx, c.ID, a, c.Lang)
		}
	}
	if out == (workflows.Assist{Of: out.Of}) {
		return nil
	}
	return &out
}

// Rivals is how many causes of an undecided answer stand side by side, for people and
// for the model; a known cause stands alone. The rest is in the long form.
const Rivals = 3

package workflows

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"countersign/triage"
)

// Model is the optional assistant. What it is given is redacted here and masked by it;
// what it gives was checked by it against that: it adds words, never a cause. An error
// means that it has nothing good to say, and nothing depends on it. It is bounded in
// time and money, and safe for concurrent use.
type Model interface {
	// Explain words an answer with findings in lang.
	Explain(ctx context.Context, id string, a triage.Answer, lang string) (string, error)
	// Likeliest gives the cause among the findings of a that it finds the likeliest.
	Likeliest(ctx context.Context, id string, a triage.Answer) (string, error)
	// Suggest gives a known cause for a text in which kb found none, with the span of the
	// text that shows it; "" when there is none.
	Suggest(ctx context.Context, id string, kb *triage.KB, text string) (cause string, e triage.Evidence, err error)
	// Ask gives a question about a case without findings, in lang.
	Ask(ctx context.Context, id string, a triage.Answer, lang string) (string, error)
	// Spent is what was spent so far, to be given back after a restart.
	Spent() string
}

// SpentKey is the setting that keeps what the model has cost.
const SpentKey = "model.spent"

// Assist is what the model says about one answer to a case.
type Assist struct {
	Of        string `json:"of"`                  // the answer it is about
	Text      string `json:"text,omitempty"`      // the answer in other words
	Likeliest string `json:"likeliest,omitempty"` // cause among the rivals
	Possible  string `json:"possible,omitempty"`  // known cause for a text that matched none
	Line      int    `json:"line,omitempty"`      // of Quote
	Quote     string `json:"quote,omitempty"`     // the words of the input that show it
	Question  string `json:"question,omitempty"`
}

// matchedNone reports that no cause in particular was found: that certificates are only
// mentioned in passing is none.
func matchedNone(a triage.Answer) bool {
	return len(a.Findings) == 0 || a.Findings[0].Cause.ID == "not-certificate:other"
}

// assistKey names the answer that a word of the model is about. One that found no
// cause in particular is about the text itself.
func assistKey(c Case, a triage.Answer) string {
	key := c.Lang + " " + answerKey(a)
	if matchedNone(a) {
		sum := sha256.Sum256([]byte(c.Input))
		key += " " + hex.EncodeToString(sum[:8])
	}
	return key
}

// shown are the effects that bring a case's card up to date, and have the model say
// something about a new answer afterwards.
func (s *Service) shown(c Case, a triage.Answer) []Effect {
	out := []Effect{showCase(c)}
	if s.Model == nil || c.Inspecting() || c.Input == "" || c.bare() && len(a.Findings) == 0 || c.Assist != nil && c.Assist.Of == assistKey(c, a) {
		return out
	}
	return append(out, effect(Aside, c.ID, KindAssist, fmt.Sprintf("%s/assist/%d", c.ID, c.Version), Body{Case: c.ID}))
}

// assist has the model say something about the answer to a case as it is now.
func (s *Service) assist(ctx context.Context, e Effect, body Body) error {
	var c Case
	err := s.Store.View(ctx, func(rd Reader) (err error) { c, err = rd.Case(ctx, body.Case); return err })
	if err != nil {
		return err
	}
	var said *Assist
	spent := map[string]string{}
	if s.Model != nil {
		said = s.askModel(ctx, c)
		spent[SpentKey] = s.Model.Spent()
	}
	return s.stepCase(ctx, "", Robot, "assist", c.ID, func(c Case) func(time.Time) (Change, error) {
		change := Change{Done: []int64{e.ID}, Settings: spent}
		if said != nil && assistKey(c, s.Explain(ctx, c)) == said.Of { // else another answer stands there by now
			c.Assist = said
			change.Cases, change.Effects = []Case{c}, []Effect{showCase(c)}
		}
		return func(time.Time) (Change, error) { return change, nil }
	})
}

// askModel asks what helps with the answer at hand; nil when the model has nothing.
func (s *Service) askModel(ctx context.Context, c Case) *Assist {
	a := s.Explain(ctx, c)
	out := Assist{Of: assistKey(c, a)}
	if !matchedNone(a) {
		out.Text, _ = s.Model.Explain(ctx, c.ID, a, c.Lang)
		if a.Verdict == triage.Ambiguous && len(a.Findings) > 1 {
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
	if out == (Assist{Of: out.Of}) {
		return nil
	}
	return &out
}

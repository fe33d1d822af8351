package llm

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"countersign/certs"
	"countersign/triage"
)

// Question is a question that the model chose or wrote.
type Question struct {
	// ID is a question of the knowledge base whose buttons answer it, or "".
	ID   string
	Text string
}

// Explain puts an answer into two to four sentences in lang, or in English if the model
// may not speak that: what is probably wrong,
// by which words of the input that shows, and what to do first. id is the case, for
// its budget. The answer itself stays what it is and has to be shown as well.
func (a *Assistant) Explain(ctx context.Context, id string, answer triage.Answer, lang string, say triage.Say) (string, error) {
	if a == nil {
		return "", ErrOff
	}
	if len(answer.Findings) == 0 {
		return "", ErrMaterial
	}
	lang = a.c.Languages.spoken(lang)
	var ours, theirs strings.Builder
	fmt.Fprintf(&ours, "verdict: %s\n", answer.Verdict)
	for i, f := range answer.Findings[:min(len(answer.Findings), 3)] {
		fmt.Fprintf(&ours, "cause %d: %s\n", i+1, f.Cause.Title.String(lang, say))
		for _, e := range f.Evidence[:min(len(f.Evidence), 3)] {
			fmt.Fprintf(&theirs, "evidence of cause %d: %s\n", i+1, e.Text)
		}
		if steps := f.Cause.Steps(answer.Products); len(steps) > 0 && i == 0 {
			fmt.Fprintf(&ours, "first step: %s\n", steps[0].String(lang, say))
		}
	}
	data := pack(a.c.Input, ours.String(), theirs.String())
	text, err := a.do(ctx, id, ask{
		task: `Explain the finding in ` + a.c.Languages[lang].Name + ` in two to four plain sentences: what is probably wrong, which evidence shows it, what to do first. If there are several causes, say that it is not decided. Form: {"text": "..."}`,
		data: data,
		check: func(raw []byte) (string, error) {
			var out struct{ Text string }
			if err := json.Unmarshal(raw, &out); err != nil {
				return "", errMarkup
			}
			out.Text = strings.TrimSpace(out.Text)
			return out.Text, a.c.Languages.words(out.Text, lang, data.parts[0], data.parts[1])
		},
	})
	if err != nil {
		return "", err
	}
	return refused(data.unmask(text))
}

// refused makes a name that was not given an error of the gate.
func refused(s string, err error) (string, error) {
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrGate, err)
	}
	return s, nil
}

// Rank orders the causes that matched, the likeliest first. It gives the ids of
// answer.Findings, each once; whether an order is worth anything is for the caller,
// who should only use it among rivals.
func (a *Assistant) Rank(ctx context.Context, id string, answer triage.Answer, say triage.Say) ([]string, error) {
	if a == nil {
		return nil, ErrOff
	}
	if len(answer.Findings) < 2 {
		return nil, ErrMaterial
	}
	type cause struct{ ID, Title string }
	var list []cause
	var ids []string
	for _, f := range answer.Findings {
		list = append(list, cause{f.Cause.ID, f.Cause.Title.String(certs.English, say)})
		ids = append(ids, f.Cause.ID)
	}
	text, err := a.do(ctx, id, ask{
		task:  `Order the causes of the list by how well the material supports them. Use every id once. Form: {"order": ["id", "..."]}`,
		extra: "causes: " + asJSON(list),
		data:  pack(a.c.Input, around(answer)),
		check: func(raw []byte) (string, error) {
			var out struct{ Order []string }
			if err := json.Unmarshal(raw, &out); err != nil {
				return "", errMarkup
			}
			got, want := slices.Sorted(slices.Values(out.Order)), slices.Sorted(slices.Values(ids))
			if !slices.Equal(got, want) {
				return "", errCause
			}
			return strings.Join(out.Order, "\n"), nil
		},
	})
	if err != nil {
		return nil, err
	}
	return strings.Split(text, "\n"), nil
}

// around gives what of a case is worth the model's attention: the whole text if it is
// short, else the lines around the evidence.
func around(answer triage.Answer) string {
	const enough = 5000
	if len(answer.Text) <= enough {
		return answer.Text
	}
	var b strings.Builder
	for _, f := range answer.Findings {
		for _, e := range f.Evidence {
			from, to := max(0, e.Start-300), min(len(answer.Text), e.End+300)
			if e.End > e.Start && b.Len() < enough {
				b.WriteString(strings.ToValidUTF8(answer.Text[from:to], ""))
			} else {
				b.WriteString(e.Text)
			}
			b.WriteString("\n...\n")
		}
	}
	return b.String()
}

// NextQuestion gives the question to ask next, in lang: one of those that the causes
// which matched have, in words that fit the case, or for a case without a cause one of
// the model's own.
func (a *Assistant) NextQuestion(ctx context.Context, id string, answer triage.Answer, lang string, say triage.Say) (Question, error) {
	if a == nil {
		return Question{}, ErrOff
	}
	lang = a.c.Languages.spoken(lang)
	known := map[string]string{}
	for _, f := range answer.Findings {
		if q := f.Cause.Question; q != nil {
			known[q.ID] = q.Text.String(lang, say)
		}
	}
	data := pack(a.c.Input, around(answer))
	text, err := a.do(ctx, id, ask{
		task: `Choose from the list of questions the one whose answer would help most, and word it in ` + a.c.Languages[lang].Name + ` for this case, as one question. ` +
			`If the list is empty, write one short question of your own about what happened, with id "". Form: {"id": "...", "text": "...?"}`,
		extra: "questions: " + asJSON(known),
		data:  data,
		check: func(raw []byte) (string, error) {
			var out struct{ ID, Text string }
			if err := json.Unmarshal(raw, &out); err != nil {
				return "", errMarkup
			}
			wording, ok := known[out.ID]
			if !ok && (out.ID != "" || len(known) > 0) {
				return "", errCause
			}
			out.Text = strings.TrimSpace(out.Text)
			if !strings.HasSuffix(out.Text, "?") && !strings.HasSuffix(out.Text, "？") || len(out.Text) > 400 {
				return "", errLength
			}
			// Of the case, only names may be spoken of.
			names := strings.Join(slices.Sorted(maps.Keys(data.back)), " ")
			return out.ID + "\n" + out.Text, a.c.Languages.words(out.Text, lang, wording, names)
		},
	})
	if err != nil {
		return Question{}, err
	}
	text, err = refused(data.unmask(text))
	if err != nil {
		return Question{}, err
	}
	qid, wording, _ := strings.Cut(text, "\n")
	return Question{qid, wording}, nil
}

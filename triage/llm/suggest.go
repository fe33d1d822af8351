package llm

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"unicode"

	"countersign/certs"
	"countersign/triage"
)

// Suggestion is a known cause that the model sees in a text in which the knowledge
// base saw none. It is a possibility, never an answer.
type Suggestion struct {
	Cause *triage.Cause
	// Evidence is a span of the redacted text, found there by code; its offsets are in
	// what triage.Redact makes of the text. Source is empty.
	Evidence triage.Evidence
}

// The length of a span that may serve as evidence, in bytes.
const (
	shortestSpan = 8
	longestSpan  = 240
)

var errSpan = errors.New("a quotation that is not in the text")

// Suggest looks for a cause of the knowledge base in a text that it did not match. A
// nil Suggestion without error means that the model sees none either.
func (a *Assistant) Suggest(ctx context.Context, id string, kb *triage.KB, text string) (*Suggestion, error) {
	if a == nil {
		return nil, ErrOff
	}
	titles := map[string]string{}
	for _, c := range kb.Causes() {
		titles[c.ID], _ = triage.Redact(c.Title.String(certs.English, nil)) // causes may be taught
	}
	data := pack(a.c.Input, text)
	got, err := a.do(ctx, id, ask{
		task: `Which cause of the list, if any, does the material show? Give its id and copy the words of the material that show it, exactly, in one piece of 8 to 200 characters. ` +
			`If none fits well, give id "". Form: {"id": "...", "quote": "..."}`,
		extra: "causes: " + asJSON(titles),
		data:  data,
		check: func(raw []byte) (string, error) {
			var out struct{ ID, Quote string }
			if err := json.Unmarshal(raw, &out); err != nil {
				return "", errMarkup
			}
			if out.ID == "" {
				return "", nil
			}
			if kb.Cause(out.ID) == nil {
				return "", errCause
			}
			out.Quote = strings.TrimSpace(out.Quote)
			if !evidence(out.Quote) || !strings.Contains(data.parts[0], out.Quote) {
				return "", errSpan
			}
			return out.ID + "\n" + out.Quote, nil
		},
	})
	if err != nil || got == "" {
		return nil, err
	}
	cause, quote, _ := strings.Cut(got, "\n")
	if quote, err = refused(data.unmask(quote)); err != nil {
		return nil, err
	}
	redacted, _ := triage.Redact(strings.ToValidUTF8(text, "\ufffd"))
	from, to, ok := find(redacted, quote)
	if !ok {
		return nil, errors.Join(ErrGate, errSpan)
	}
	return &Suggestion{Cause: kb.Cause(cause), Evidence: triage.Evidence{
		Line: 1 + strings.Count(redacted[:from], "\n"), Text: redacted[from:to], Start: from, End: to,
	}}, nil
}

// evidence: a span says something, and is no redaction.
func evidence(s string) bool {
	letters := 0
	for _, r := range s {
		if unicode.IsLetter(r) {
			letters++
			if r > 0x2e80 {
				letters += 2 // a Chinese character says as much as some letters
			}
		}
	}
	return len(s) >= shortestSpan && len(s) <= longestSpan && letters >= 6 && !strings.Contains(s, "‹redacted") && !strings.Contains(s, "\n")
}

// find looks for s in text, as it is or, because one stand-in covers all spellings of a
// name, without regard to the case of letters.
func find(text, s string) (from, to int, ok bool) {
	if i := strings.Index(text, s); i >= 0 {
		return i, i + len(s), true
	}
	// Lower case may have another length in some scripts; then offsets would lie.
	low, want := strings.ToLower(text), strings.ToLower(s)
	if len(low) != len(text) || len(want) != len(s) {
		return 0, 0, false
	}
	i := strings.Index(low, want)
	return i, i + len(s), i >= 0
}

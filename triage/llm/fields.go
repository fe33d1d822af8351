package llm

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Field is a field of a form that a free text may fill.
type Field struct {
	Key string
	// Label says in English what belongs there.
	Label string
	// Options are the values that can be chosen, with what they mean in English; empty for
	// free text.
	Options map[string]string
	// Many allows more than one value.
	Many bool
}

// Proposal is what a text says about one field, in the model's reading.
type Proposal struct {
	Values []string
	// Quote are the words of the redacted text that say so; "" where the values are words
	// of it themselves and the model gave no others.
	Quote string
}

// maxValues bounds the values of one field.
const maxValues = 50

// ProposeFields reads values for fields out of a free text. Every free value occurs in
// the text, every chosen one is an option for which a quotation from the text was
// given. They are proposals, to be validated like typed ones and confirmed. A field
// that the text does not fill is absent.
func (a *Assistant) ProposeFields(ctx context.Context, id, text string, fields []Field) (map[string]Proposal, error) {
	if a == nil {
		return nil, ErrOff
	}
	data := pack(a.c.Input, text)
	got, err := a.do(ctx, id, ask{
		task: `Fill the fields of the list with what the material says, and leave out what it does not say. Copy free values exactly. For a field with options give the key of the option, and for every field the words of the material that say so, exactly. ` +
			`Form: {"fields": {"key": {"values": ["..."], "quote": "..."}}}`,
		extra: "fields: " + asJSON(fields),
		data:  data,
		check: func(raw []byte) (string, error) {
			kept, err := checkFields(raw, data.parts[0], fields)
			if err != nil {
				return "", err
			}
			return asJSON(kept), nil
		},
	})
	if err != nil {
		return nil, err
	}
	var kept map[string]Proposal
	if err := json.Unmarshal([]byte(got), &kept); err != nil {
		return nil, ErrGate
	}
	out := map[string]Proposal{}
	for _, f := range fields {
		if p, ok := kept[f.Key]; ok {
			if p, err = data.real(p, len(f.Options) > 0); err != nil {
				return nil, err
			}
			out[f.Key] = p
		}
	}
	return out, nil
}

// real puts the names of the text back into a proposal that was read from its masked
// form, and makes sure that it stands in the redacted text word for word.
func (p packed) real(in Proposal, chosen bool) (Proposal, error) {
	words := []string{in.Quote}
	if !chosen {
		words = append(words, in.Values...)
	}
	for i, w := range words {
		real, err := p.unmask(w)
		if _, _, ok := find(p.clear[0], real); err != nil || !ok {
			return in, ErrGate
		}
		words[i] = real
	}
	in.Quote = words[0]
	if !chosen {
		in.Values = words[1:]
	}
	return in, nil
}

// checkFields keeps the proposals that hold. One that does not is left out, the others
// stay: each stands for itself.
func checkFields(raw []byte, masked string, fields []Field) (map[string]Proposal, error) {
	var out struct{ Fields map[string]Proposal }
	if err := json.Unmarshal(raw, &out); err != nil {
		return nil, errMarkup
	}
	masked = redaction.ReplaceAllString(masked, "\n")
	kept := map[string]Proposal{}
	for _, f := range fields {
		got, ok := out.Fields[f.Key]
		if !ok || len(got.Values) > maxValues || !f.Many && len(got.Values) > 1 {
			continue
		}
		var p Proposal
		if len(got.Quote) > 1 && said(masked, got.Quote) {
			p.Quote = got.Quote
		}
		for _, v := range got.Values {
			v = strings.TrimSpace(v)
			_, option := f.Options[v]
			switch {
			case slices.Contains(p.Values, v):
			case len(f.Options) > 0 && option && p.Quote != "":
				p.Values = append(p.Values, v)
			case len(f.Options) == 0 && said(masked, v):
				p.Values = append(p.Values, v)
			}
		}
		if len(p.Values) > 0 {
			kept[f.Key] = p
		}
	}
	return kept, nil
}

// redaction is the mark that stands in the place of a secret; nobody said it.
var redaction = regexp.MustCompile(`‹redacted:[^›\n]*›?`)

// said reports that a text has these words as a whole, in one line.
func said(text, words string) bool {
	return strings.ContainsFunc(words, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) &&
		len(words) <= longestSpan && !strings.ContainsAny(words, "\n\r") && whole(text, words)
}

// whole finds a value in a text that does not go on to either side: example.com is not
// a value of a text that says notexample.com.
func whole(text, v string) bool {
	return standsIn(text, v, func(from, to int) bool {
		before := wordByte(text, from-1) && wordByte(v, 0)
		after := wordByte(text, to) && wordByte(v, len(v)-1)
		return !before && !after
	})
}

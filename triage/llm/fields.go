package llm

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
)

// Field is a field of a form that a free text may fill.
type Field struct {
	Key string
	// Label says in English what belongs there.
	Label string
	// Options are the values that can be chosen; empty for free text.
	Options []string
	// Many allows more than one value.
	Many bool
}

// maxValues bounds the values of one field.
const maxValues = 50

// ProposeFields reads values for fields out of a free text. Every free value occurs in
// the text, every chosen one is an option for which a quotation from the text was
// given. They are proposals, to be validated like typed ones and confirmed. A field
// that the text does not fill is absent.
func (a *Assistant) ProposeFields(ctx context.Context, id, text string, fields []Field) (map[string][]string, error) {
	if a == nil {
		return nil, ErrOff
	}
	data := pack(a.c.Input, text)
	got, err := a.do(ctx, id, ask{
		task: `Fill the fields of the list with what the material says, and leave out what it does not say. Copy free values exactly. For a field with options give the option, and for every field the words of the material that say so, exactly. ` +
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
	var out map[string][]string
	if err := json.Unmarshal([]byte(got), &out); err != nil {
		return nil, ErrGate
	}
	for key, values := range out {
		values = slices.DeleteFunc(values, func(v string) bool { return strings.Contains(v, "‹redacted") })
		for i, v := range values {
			real, err := data.unmask(v)
			if _, _, ok := find(data.clear[0], real); err != nil || !ok && !chosen(fields, key, v) {
				return nil, ErrGate
			}
			values[i] = real
		}
		out[key] = values
		if len(values) == 0 {
			delete(out, key)
		}
	}
	return out, nil
}

func chosen(fields []Field, key, value string) bool {
	return slices.ContainsFunc(fields, func(f Field) bool { return f.Key == key && slices.Contains(f.Options, value) })
}

// checkFields keeps the proposals that hold. One that does not is left out, the others
// stay: each stands for itself.
func checkFields(raw []byte, masked string, fields []Field) (map[string][]string, error) {
	var out struct {
		Fields map[string]struct {
			Values []string
			Quote  string
		}
	}
	if err := json.Unmarshal(raw, &out); err != nil {
		return nil, errMarkup
	}
	kept := map[string][]string{}
	for _, f := range fields {
		got, ok := out.Fields[f.Key]
		if !ok || len(got.Values) > maxValues || !f.Many && len(got.Values) > 1 {
			continue
		}
		var values []string
		for _, v := range got.Values {
			v = strings.TrimSpace(v)
			quoted := len(got.Quote) >= 2 && strings.Contains(masked, got.Quote)
			switch {
			case v == "" || strings.ContainsAny(v, "\n\r") || slices.Contains(values, v):
			case len(f.Options) > 0 && slices.Contains(f.Options, v) && quoted:
				values = append(values, v)
			case len(f.Options) == 0 && whole(masked, v):
				values = append(values, v)
			}
		}
		if len(values) > 0 {
			kept[f.Key] = values
		}
	}
	return kept, nil
}

// whole finds a value in a text that does not go on to either side: example.com is not
// a value of a text that says notexample.com.
func whole(text, v string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], v)
		if i < 0 {
			return false
		}
		i += from
		end := i + len(v)
		before := wordByte(text, i-1) && wordByte(v, 0)
		after := wordByte(text, end) && wordByte(v, len(v)-1)
		if !before && !after {
			return true
		}
		from = i + 1
	}
}

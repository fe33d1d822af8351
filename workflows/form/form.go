// Package form is the form engine: fields as data, and pure functions that say
// which fields apply, which comes next, and whether an answer will do. The same form
// is drawn as a modal wizard, asked question by question in a thread, and
// pre-filled from free text.
//
// It knows nothing of certificates, Slack or storage.
package form

import "countersign/certs"

// Answers are the values of a form by field key. Lists have several values, text
// has one; an absent key is unanswered, an empty list is "none, and I mean it".
type Answers map[string][]string

// First gives the first value of key, or "".
func (a Answers) First(key string) string {
	if v := a[key]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// Has reports that key was answered, be it with "none".
func (a Answers) Has(key string) bool { _, ok := a[key]; return ok }

// Clone copies a, so that a step never changes the value it was given.
func (a Answers) Clone() Answers {
	c := make(Answers, len(a))
	for k, v := range a {
		c[k] = append(make([]string, 0, len(v)), v...)
	}
	return c
}

// Type is the kind of input a field takes.
type Type string

// The field types.
const (
	Text    Type = "text"    // one line
	Area    Type = "area"    // many lines, one value
	Names   Type = "names"   // a list, one a line or separated by commas
	Choice  Type = "choice"  // one of the options
	Choices Type = "choices" // any of the options
)

// Is is one condition: the field Key has one of the values In.
type Is struct {
	Key string
	In  []string
}

// Field is one question. Its texts stand in the catalogue under form.<Key>.label,
// .ask and .help; those of its options under form.<Key>.option.<value>.
type Field struct {
	Key      string
	Type     Type
	Step     string // page of the wizard
	When     []Is   // all must hold; none: always
	Options  []string
	Only     func(Answers) []string // narrows Options by other answers; nil: all
	Default  string                 // chosen beforehand; "" none
	Optional bool                   // may stay unanswered
	Ask      bool                   // an optional field that a conversation asks all the same
	Max      int                    // characters; 0 is 3000, Slack's own limit
}

// Form is an ordered list of fields.
type Form struct{ Fields []Field }

// Problem is what is wrong with one answer.
type Problem struct {
	Field string     `json:"field"`
	Text  certs.Text `json:"text"`
}

// Field finds a field by key.
func (f Form) Field(key string) (Field, bool) {
	for _, field := range f.Fields {
		if field.Key == key {
			return field, true
		}
	}
	return Field{}, false
}

// Applies reports whether the field's conditions hold under a, defaults counted in.
func (f Form) Applies(field Field, a Answers) bool {
	for _, is := range field.When {
		ok := false
		for _, have := range f.value(is.Key, a) {
			for _, want := range is.In {
				ok = ok || have == want
			}
		}
		if !ok {
			return false
		}
	}
	return true
}

// value is the answer to key, or its default while it is unanswered.
func (f Form) value(key string, a Answers) []string {
	if v, ok := a[key]; ok {
		return v
	}
	if field, ok := f.Field(key); ok && field.Default != "" {
		return []string{field.Default}
	}
	return nil
}

// Choices gives the options of field that a leaves open.
func (f Form) Choices(field Field, a Answers) []string {
	if field.Only != nil {
		return field.Only(a)
	}
	return field.Options
}

// Visible gives the fields that apply under a, in order; of one step, unless "".
func (f Form) Visible(a Answers, step string) []Field {
	var out []Field
	for _, field := range f.Fields {
		if (step == "" || field.Step == step) && f.Applies(field, a) {
			out = append(out, field)
		}
	}
	return out
}

// Steps gives the pages that have a field under a, in order.
func (f Form) Steps(a Answers) []string {
	var out []string
	for _, field := range f.Visible(a, "") {
		if len(out) == 0 || out[len(out)-1] != field.Step {
			out = append(out, field.Step)
		}
	}
	return out
}

// Next gives the field that a conversation asks next: the first unanswered one that
// is required or worth asking. false: nothing is missing.
func (f Form) Next(a Answers) (Field, bool) {
	for _, field := range f.Visible(a, "") {
		if a.Has(field.Key) || (field.Optional && !field.Ask) || field.Default != "" {
			continue
		}
		return field, true
	}
	return Field{}, false
}

// Set answers key with what a person wrote or chose. The result has answers
// dropped that no longer apply. On a problem a is returned as it was.
func (f Form) Set(a Answers, key string, raw ...string) (Answers, *Problem) {
	field, ok := f.Field(key)
	if !ok {
		return a, &Problem{Field: key, Text: certs.T("form.problem.unknown_field", "Field", key)}
	}
	values, problem := f.read(field, a, raw)
	if problem != nil {
		return a, problem
	}
	next := a.Clone()
	next[key] = values
	return f.prune(next), nil
}

// Unset makes key unanswered again.
func (f Form) Unset(a Answers, key string) Answers {
	next := a.Clone()
	delete(next, key)
	return f.prune(next)
}

// prune drops answers to fields that do not apply (any more), and choices that
// are no longer offered. One pass in field order suffices: conditions look back.
func (f Form) prune(a Answers) Answers {
	for _, field := range f.Fields {
		if !a.Has(field.Key) {
			continue
		}
		if !f.Applies(field, a) {
			delete(a, field.Key)
			continue
		}
		if field.Type == Choice && len(a[field.Key]) > 0 && !contains(f.Choices(field, a), a.First(field.Key)) {
			delete(a, field.Key)
		}
	}
	return a
}

func contains(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}

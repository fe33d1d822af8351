// Package form is the form engine: fields as data, and pure functions that say
// which fields apply, which comes next, and whether an answer will do. The same form
// is drawn as a modal wizard, asked question by question in a thread, and
// pre-filled from free text.
//
// It knows nothing of certificates, Slack or storage.
package form

import (
	"slices"

	"countersign/certs"
)

// Form is an ordered list of fields.
type Form struct{ Fields []Field }

// Field finds a field by key.
func (f Form) Field(key string) (Field, bool) {
	i := slices.IndexFunc(f.Fields, func(field Field) bool { return field.Key == key })
	if i < 0 {
		return Field{}, false
	}
	return f.Fields[i], true
}

// Applies reports whether the field's conditions hold under a, defaults counted in.
func (f Form) Applies(field Field, a Answers) bool {
	for _, is := range field.When {
		if !slices.ContainsFunc(f.value(is.Key, a), func(have string) bool { return slices.Contains(is.In, have) }) {
			return false
		}
	}
	return field.If == nil || field.If(a)
}

// value is the answer to key, or its default while it is unanswered.
func (f Form) value(key string, a Answers) []string {
	if v, ok := a[key]; ok {
		return v
	}
	if field, ok := f.Field(key); ok {
		if v := f.Default(field, a); v != "" {
			return []string{v}
		}
	}
	return nil
}

// Default is what counts for field while it is unanswered; "" nothing.
func (f Form) Default(field Field, a Answers) string {
	if field.Presume != nil {
		return field.Presume(a)
	}
	return field.Default
}

// Forced is the one option that a leaves of a choice: nobody is asked for it, unless to put
// another answer right.
func (f Form) Forced(field Field, a Answers) (string, bool) {
	if field.Type != Choice || field.Only == nil {
		return "", false
	}
	choices := f.Choices(field, a)
	if len(choices) != 1 || a.First(field.Key) != "" && a.First(field.Key) != choices[0] {
		return "", false
	}
	return choices[0], true
}

// taken gives the options that an answer to field may be. Some are offered to nobody: what
// is wrong with them is somebody else's to say.
func (f Form) taken(field Field, a Answers) []string {
	if len(field.Options) > 0 {
		return field.Options
	}
	return f.Choices(field, a)
}

// Choices gives the options of field that a leaves open.
func (f Form) Choices(field Field, a Answers) []string {
	if field.Only != nil {
		return field.Only(a)
	}
	return field.Options
}

// Visible gives the fields that a person is asked under a, in order; of one step, unless
// "". What has one possible answer is none of them.
func (f Form) Visible(a Answers, step string) []Field {
	var out []Field
	for _, field := range f.Fields {
		if _, forced := f.Forced(field, a); (step == "" || field.Step == step) && !forced && f.Applies(field, a) {
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
		if !a.Has(field.Key) && (!field.Optional || field.Ask) && f.Default(field, a) == "" {
			return field, true
		}
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
	values, problem := read(field, f.taken(field, a), raw)
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
		values, answered := a[field.Key]
		if answered && (field.Type == Choice || field.Type == Choices) {
			choices := f.taken(field, a)
			a[field.Key] = slices.DeleteFunc(values, func(v string) bool { return !slices.Contains(choices, v) })
		}
		if len(a[field.Key]) < len(values) && len(a[field.Key]) == 0 || !f.Applies(field, a) {
			delete(a, field.Key)
		}
	}
	return a
}

package support

import (
	"context"
	"slices"

	"countersign/triage"
	"countersign/workflows"
)

// Explained is the answer to files, and what they are.
type Explained struct {
	TriageAnswer
	Artefacts []Described
}

// Said is the answer's verdict as words for it are named.
func (e Explained) Said() string { return SaidOf(e.TriageAnswer, e.Artefacts) }

// SaidOf is the verdict of an answer beside the artefacts that were given, as words for it
// are named. Where no cause was found, it is said that they belong together ("match"), that
// nothing is wrong with what was looked into ("healthy"), or that it is closed.
func SaidOf(a TriageAnswer, list []Described) string {
	has := func(kind string) bool {
		return slices.ContainsFunc(list, func(d Described) bool { return d.Kind == kind })
	}
	switch {
	case len(a.Findings) > 0 || len(list) == 0 || has(Remark):
		return a.Said()
	case has(Paired):
		return "match"
	case slices.ContainsFunc(list, func(d Described) bool { return d.Kind != Closed }):
		return "healthy"
	}
	return Closed
}

// ExplainFiles computes what a case of these words and files would be answered, without
// opening one: for doors that keep nothing. All files are read together, so that a key
// meets its certificate and a chain its trust list. It needs Triage, Say and Now; it
// returns an error when a file cannot be read, nothing of them could, or ctx ends.
func (s *Service) ExplainFiles(ctx context.Context, lang, words string, files []workflows.File) (Explained, error) {
	got, err := s.OpenFiles(ctx, files)
	if err != nil {
		return Explained{TriageAnswer: TriageAnswer{Verdict: triage.Unknown}}, err
	}
	if words == "" && got.Empty() && len(got.Unread) > 0 {
		return Explained{TriageAnswer: TriageAnswer{Verdict: triage.Unknown}}, &workflows.Error{Code: workflows.Invalid, Text: got.Unread[0]}
	}
	c := workflows.Case{Lang: lang, Context: map[string]string{}}
	text, redacted := triage.Redact(words)
	c.Add("", 1, text)
	got.into(&c)
	a := s.Explain(ctx, c)
	a.Redacted = append(append(redacted, got.redacted...), a.Redacted...)
	return Explained{a, Describe(c, s.Now())}, nil
}

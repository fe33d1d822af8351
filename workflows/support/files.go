package support

import (
	"context"

	"countersign/triage"
	"countersign/workflows"
)

// ExplainFiles computes what a case of these words and files would be answered, without
// opening one: for doors that keep nothing. All files are read together, so that a key
// meets its certificate and a chain its trust list. It needs Triage, Say and Now; it
// returns an error when a file cannot be read, nothing of them could, or ctx ends.
func (s *Service) ExplainFiles(ctx context.Context, lang, words string, files []workflows.File) (TriageAnswer, error) {
	got, err := s.OpenFiles(ctx, files)
	if err != nil {
		return TriageAnswer{Verdict: triage.Unknown}, err
	}
	if words == "" && got.Empty() && len(got.Unread) > 0 {
		return TriageAnswer{Verdict: triage.Unknown}, &workflows.Error{Code: workflows.Invalid, Text: got.Unread[0]}
	}
	c := workflows.Case{Lang: lang, Context: map[string]string{}}
	text, redacted := triage.Redact(words)
	c.Add("", 1, text)
	got.into(&c)
	a := s.Explain(ctx, c)
	a.Redacted = append(append(redacted, got.redacted...), a.Redacted...)
	return a, nil
}

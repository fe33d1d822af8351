package workflows

import (
	"context"

	"countersign/triage"
)

// ExplainFiles computes what a case of these words and files would be answered, without
// opening one: for doors that keep nothing. All files are read together, so that a key
// meets its certificate and a chain its trust list. It needs Triage, Say and Now; it
// returns an error when a file cannot be read, nothing of them could, or ctx ends.
func (s *Service) ExplainFiles(ctx context.Context, lang, words string, files []File) (TriageAnswer, error) {
	got, err := s.openFiles(ctx, files)
	if err != nil {
		return TriageAnswer{Verdict: triage.Unknown}, err
	}
	if words == "" && got.empty() && len(got.unread) > 0 {
		return TriageAnswer{Verdict: triage.Unknown}, &Error{Code: Invalid, Text: got.unread[0]}
	}
	c := Case{Lang: lang, Context: map[string]string{}}
	text, redacted := triage.Redact(words)
	c.add("", 1, text)
	got.into(&c)
	a := s.Explain(ctx, c)
	a.Redacted = append(append(redacted, got.redacted...), a.Redacted...)
	return a, nil
}

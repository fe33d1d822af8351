package workflows

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"countersign/certs"
)

// step is update for what one person does to one request: rule gives the request as it
// is afterwards, with the effects beside redrawing it and the audit rows beside who did
// it and when. A row without a verb has that of the step.
func (s *Service) step(ctx context.Context, receipt Receipt, by Person, verb string, id RequestID,
	rule func(r Request, now time.Time) (Request, Change, *Error)) (Request, error) {
	var after Request
	err := s.update(ctx, receipt, by, verb, string(id), s.admit(by), func(rd Reader, now time.Time) (Change, error) {
		r, err := rd.Request(ctx, id)
		if err != nil {
			return Change{}, err
		}
		after = r
		next, c, no := rule(r, now)
		if no != nil {
			return Change{}, no
		}
		c = complete(next, c, by, verb, now)
		after = c.Requests[0]
		return c, nil
	})
	return after, err
}

// complete puts a request, its redrawing and the common facts of audit rows to a change.
func complete(r Request, c Change, by Person, verb string, now time.Time) Change {
	r.Updated = now
	c.Requests = append([]Request{r}, c.Requests...)
	c.Effects = append([]Effect{redraw(r)}, c.Effects...)
	for i := range c.Audit {
		a := &c.Audit[i]
		a.At, a.Actor, a.Subject = now, by, string(r.ID)
		if a.Verb == "" {
			a.Verb = verb
		}
	}
	return c
}

// checkedReason is what a person wrote as a reason, as it may be stored and shown.
// missing is what to say when there is none.
func checkedReason(text, missing string) (string, *Error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "" && missing != "":
		return "", &Error{Code: Invalid, Field: "reason", Text: certs.T(missing)}
	case holdsKey(text):
		return "", &Error{Code: Invalid, Field: "reason", Text: certs.T("workflows.problem.private_key")}
	case utf8.RuneCountInString(text) > maxReason:
		return "", &Error{Code: Invalid, Field: "reason", Text: certs.T("workflows.problem.reason_long")}
	}
	return withoutSecrets(text), nil
}

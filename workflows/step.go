package workflows

import (
	"context"
	"time"
)

// Step is update for what one person does to one request: rule gives the request as it
// is afterwards, with the effects beside redrawing it and the audit rows beside who did
// it and when. A row without a verb has that of the step.
func (s *Kernel) Step(ctx context.Context, receipt Receipt, by Person, verb string, id RequestID,
	rule func(r Request, now time.Time) (Request, Change, *Error)) (Request, error) {
	var after Request
	err := s.Update(ctx, receipt, by, verb, string(id), s.Refusal(by), func(rd Reader, now time.Time) (Change, error) {
		r, err := rd.Request(ctx, id)
		if err != nil {
			return Change{}, err
		}
		after = r
		next, c, no := rule(r, now)
		if no != nil {
			return Change{}, no
		}
		c = Complete(next, c, by, verb, now)
		after = c.Requests[0]
		return c, nil
	})
	return after, err
}

// Complete puts a request, its redrawing and the common facts of audit rows to a change.
func Complete(r Request, c Change, by Person, verb string, now time.Time) Change {
	r.Updated = now
	c.Requests = append([]Request{r}, c.Requests...)
	c.Effects = append([]Effect{Redraw(r)}, c.Effects...)
	for i := range c.Audit {
		a := &c.Audit[i]
		a.At, a.Actor, a.Subject = now, by, string(r.ID)
		if a.Verb == "" {
			a.Verb = verb
		}
	}
	return c
}

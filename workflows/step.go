package workflows

import (
	"context"
	"time"
)

// Rule is what a step makes of a request: as it is afterwards, with what Step says of changes.
type Rule func(rd Reader, r Request, now time.Time) (Request, Change, error)

// Step is Update for what one person does to one request: rule gives the request as it
// is afterwards, with the effects beside redrawing it and the audit rows beside who did
// it and when. A row without a verb has that of the step; with no rows there is that one.
func (s *Kernel) Step(ctx context.Context, receipt Receipt, by Person, verb string, id RequestID,
	rule Rule) (Request, error) {
	var after Request
	err := s.Update(ctx, receipt, by, verb, string(id), s.Refusal(by), func(rd Reader, now time.Time) (Change, error) {
		r, err := rd.Request(ctx, id)
		if err != nil {
			return Change{}, err
		}
		after = r
		next, c, err := rule(rd, r, now)
		if err != nil {
			return Change{}, err
		}
		c = Complete(next, c, by, verb, now)
		after = c.Requests[0]
		return c, nil
	})
	return after, err
}

// Complete puts a request, its redrawing and the common facts of audit rows to a change.
func Complete(r Request, c Change, by Person, verb string, now time.Time) Change {
	if r.Trouble.OfChannel() && !r.awaitsApprovers() { // decided, or ended, without its card
		r.Trouble = Trouble{}
	}
	r.Updated = now
	c.Requests = append([]Request{r}, c.Requests...)
	c.Effects = append([]Effect{Redraw(r)}, c.Effects...)
	if len(c.Audit) == 0 {
		c.Audit = []Audit{{}}
	}
	for i := range c.Audit {
		a := &c.Audit[i]
		a.At, a.Actor = now, by
		if a.Subject == "" {
			a.Subject = string(r.ID)
		}
		if a.Verb == "" {
			a.Verb = verb
		}
	}
	return c
}

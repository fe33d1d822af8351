package workflows

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
)

// MaxGroup is how many requests share a card: as many as it shows without leaving one out, since
// what is decided stands on it.
const MaxGroup = 10

// GroupOf reads the requests that share r's card, the oldest first: r alone, where it has its own.
func GroupOf(ctx context.Context, rd Reader, r Request) ([]Request, error) {
	if r.Group == "" {
		return []Request{r}, nil
	}
	return ReadGroup(ctx, rd, r.Group)
}

// ReadGroup reads the requests of a group, the oldest first; NotFound, where there is none.
func ReadGroup(ctx context.Context, rd Reader, group string) (all []Request, err error) {
	batch, _, _ := strings.Cut(group, "/")
	if batch == "" {
		return nil, Refuse(NotFound, "workflows.refuse.no_group")
	}
	err = Every(ctx, rd, RequestQuery{Batch: batch, Limit: 200}, func(r Request) (bool, error) {
		if r.Group == group {
			all = append(all, r)
		}
		return true, nil
	})
	if err == nil && len(all) == 0 {
		err = Refuse(NotFound, "workflows.refuse.no_group")
	}
	SortByID(all)
	return all, err
}

// SortByID puts requests in the order of their numbers: REQ-9 before REQ-10.
func SortByID(all []Request) {
	slices.SortFunc(all, func(a, b Request) int {
		return cmp.Or(cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID))
	})
}

// GroupHash is the SHA-256 (hex) of what approvers are shown of the requests that wait for their
// decision: a decision on several counts only for exactly those.
func GroupHash(all []Request) string {
	var b strings.Builder
	for _, r := range all {
		if r.Awaits() == AwaitDecision {
			b.WriteString(string(r.ID) + " " + r.Hash() + "\n")
			if r.State == OnHold { // the card says so, and its buttons do something else
				b.WriteString("on hold\n")
			}
		}
	}
	return Fingerprint([]byte(b.String()))
}

// StepGroup is Step for what one person does to the requests of a group with one click, in one
// transaction. shown refuses what the person had before them, if it is not nil. rule gives each as it is afterwards. Those for which the step is not legal now are
// left as they are; where it is legal for none, or this person may not, nothing is changed. It
// gives all of the group.
func (s *Kernel) StepGroup(ctx context.Context, receipt Receipt, by Person, verb, group string, shown func(all []Request) *Error, rule Rule) ([]Request, error) {
	var after []Request
	err := s.Update(ctx, receipt, by, verb, group, s.Refusal(by), func(rd Reader, now time.Time) (Change, error) {
		all, err := ReadGroup(ctx, rd, group)
		if err != nil {
			return Change{}, err
		}
		if shown != nil {
			if no := shown(all); no != nil {
				return Change{}, no
			}
		}
		var sum Change
		var first error
		after = slices.Clone(all)
		for i, r := range all {
			next, c, err := rule(rd, r, now)
			if code := CodeOf(err); code == Conflict || code == Illegal {
				if first == nil {
					first = err
				}
				continue
			}
			if err != nil {
				return Change{}, err
			}
			c = Complete(next, c, by, verb, now)
			after[i] = c.Requests[0]
			sum = sum.With(c)
		}
		if len(sum.Requests) == 0 {
			return Change{}, first
		}
		return sum, nil
	})
	return after, err
}

// With gives c and then d, of other requests, as one change.
func (c Change) With(d Change) Change {
	c.Requests = append(slices.Clip(c.Requests), d.Requests...)
	c.Decisions = append(slices.Clip(c.Decisions), d.Decisions...)
	c.Effects = append(slices.Clip(c.Effects), d.Effects...)
	c.Audit = append(slices.Clip(c.Audit), d.Audit...)
	return c
}

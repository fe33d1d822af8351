package support

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"countersign/triage"
	"countersign/workflows"
)

func showCase(c workflows.Case) workflows.Effect {
	return workflows.NewEffect(workflows.Notify, c.ID, fmt.Sprintf("%s/case/%d", c.ID, c.Version), workflows.DrawCase{Case: c.ID})
}

// TextOf turns a text of triage into one of the workflows: two packages that may not
// know each other say things in the same shape.
func TextOf(t triage.Text) workflows.Text { return workflows.Text{Key: t.Key, Args: t.Args, In: t.In} }

// CaseAt finds the case that a place belongs to: the one answered in its thread, or
// the one whose answer the thread hangs on; "" for none.
func CaseAt(ctx context.Context, rd workflows.Reader, at workflows.Place) (workflows.Case, error) {
	if at.Thread == "" {
		return workflows.Case{}, nil
	}
	c, err := rd.CaseAt(ctx, at)
	if workflows.CodeOf(err) != workflows.NotFound {
		return c, err
	}
	card, err := rd.CardAt(ctx, at.Channel, at.Thread)
	if err == nil && strings.HasPrefix(card.Subject, "K-") {
		return rd.Case(ctx, card.Subject)
	}
	if workflows.CodeOf(err) == workflows.NotFound {
		err = nil
	}
	return workflows.Case{}, err
}

// answerKey is what people would call another answer.
func answerKey(a triage.Answer) string {
	key := string(a.Verdict)
	for i, f := range a.Findings {
		if i < 3 {
			key += " " + f.Cause.ID
		}
	}
	if a.Question != nil {
		key += " ?" + a.Question.ID
	}
	return key
}

// What can be posted about a case.
const (
	PostLong     = "long"     // everything, as a file beside the answer
	PostHandover = "handover" // the text for the owner, beside the answer
	PostWrong    = "wrong"    // that the answer was wrong, to the support group
)

// errMoved ends a step whose case has changed since it was thought about.
var errMoved = errors.New("workflows: the case has changed meanwhile")

// changeCase reads a case, lets think work out what becomes of it, and commits that if
// the case is still the same: diagnosing a long log takes longer than others should
// wait for the store.
func (s *Service) changeCase(ctx context.Context, receipt workflows.Receipt, by workflows.Person, verb, id string, think func(workflows.Case) (workflows.Change, error)) error {
	if no := s.Refusal(by); no != nil {
		return s.Update(ctx, receipt, by, verb, id, no, nil)
	}
	return s.stepCase(ctx, receipt, by, verb, id, func(old workflows.Case) (workflows.Change, error) {
		if no := old.ClosedTo(by); no != nil {
			return workflows.Change{}, no
		}
		return think(old)
	})
}

// stepCase is changeCase for whoever need not be admitted: the product itself. What it puts
// on record, and the case that this is about, are dated when it is committed.
func (s *Service) stepCase(ctx context.Context, receipt workflows.Receipt, by workflows.Person, verb, id string, think func(workflows.Case) (workflows.Change, error)) error {
	for {
		old, err := s.ReadCase(ctx, id)
		if err != nil {
			return err
		}
		change, refused := think(old)
		err = s.Update(ctx, receipt, by, verb, id, nil, func(rd workflows.Reader, now time.Time) (workflows.Change, error) {
			c, err := rd.Case(ctx, id)
			if err != nil {
				return workflows.Change{}, err
			}
			if c.Version != old.Version {
				return workflows.Change{}, errMoved
			}
			for i := range change.Audit {
				change.Audit[i].At, change.Audit[i].Actor, change.Audit[i].Subject = now, by, id
			}
			for i := range change.Cases {
				if len(change.Audit) > 0 {
					change.Cases[i].Updated = now
				}
			}
			return change, refused
		})
		if !errors.Is(err, errMoved) {
			return err
		}
	}
}

package workflows

import (
	"context"
	"time"

	"countersign/language"
)

// remarkOutcome records that a case is solved, or says what to do next where the answer
// did not help. A remark is no evidence: it never becomes part of the case's text.
func (s *Service) remarkOutcome(ctx context.Context, in Heard, id string, outcome language.Outcome) error {
	return s.changeCase(ctx, in.Receipt, in.By, "case", id, func(old Case) func(time.Time) (Change, error) {
		place := in.Place
		if place.Thread == "" {
			place = old.Place
		}
		say := effect(Notify, id, KindReply, id+"/"+string(outcome)+"/"+string(in.Receipt), Body{Person: in.By, Place: &place, Lang: old.Lang, Event: "case_" + string(outcome) + ":" + id})
		if outcome == language.Stuck || old.Outcome != "" || old.Inspecting() {
			return func(time.Time) (Change, error) { return Change{Effects: []Effect{say}}, nil }
		}
		next := old
		next.Outcome, next.Ended = "solved", in.By
		a := s.Explain(ctx, next)
		next.Cause = firstCause(a)
		return func(now time.Time) (Change, error) {
			next.Updated = now
			return Change{Cases: []Case{next}, Effects: append(s.shown(next, a), say),
				Audit: []Audit{{At: now, Actor: in.By, Verb: "case", Subject: id, Detail: detail("cause", next.Cause, "outcome", next.Outcome)}}}, nil
		}
	})
}

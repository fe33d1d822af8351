package workflows

import (
	"context"
	"fmt"
	"strings"
	"time"

	"countersign/language"
	"countersign/triage"
)

// kbProduct is a product's name in the knowledge base, which does not tell the two
// Expressways apart.
func kbProduct(product string) string {
	switch product {
	case "expressway-c", "expressway-e":
		return "expressway"
	case "unity-connection":
		return "unity"
	}
	return product
}

// caseAt finds the case that a place belongs to: the one answered in its thread, or
// the one whose answer the thread hangs on; "" for none.
func caseAt(ctx context.Context, rd Reader, at Place) (Case, error) {
	if at.Thread == "" {
		return Case{}, nil
	}
	c, err := rd.CaseAt(ctx, at)
	if CodeOf(err) != NotFound {
		return c, err
	}
	card, err := rd.CardAt(ctx, at.Channel, at.Thread)
	if err == nil && strings.HasPrefix(card.Subject, "K-") {
		return rd.Case(ctx, card.Subject)
	}
	if CodeOf(err) == NotFound {
		err = nil
	}
	return Case{}, err
}

// justNow is how long after an answer a remark in a direct message, outside of any
// thread, is still about it.
const justNow = 30 * time.Minute

// remarked finds the case that a remark outside of a thread is about.
func (s *Service) remarked(ctx context.Context, rd Reader, in Heard) (Case, error) {
	if in.Place.Thread != "" || !in.Direct {
		return Case{}, nil
	}
	if _, ok := language.ReadRemark(in.Text); !ok && language.ReadOutcome(in.Text) == "" {
		return Case{}, nil
	}
	c, err := rd.CaseAt(ctx, in.Place)
	if err != nil && CodeOf(err) != NotFound {
		return c, err
	}
	if err != nil || c.Person != in.By || s.Now().Sub(c.Updated) > justNow || c.Inspecting() {
		return Case{}, nil
	}
	return c, nil
}

// followUp refines a case with what somebody of the team adds: words, a second log,
// files. What adds nothing leaves the case as it is; said to the bot, it is answered
// all the same.
func (s *Service) followUp(ctx context.Context, in Heard, id string, files *attached) error {
	tells := files != nil || s.tells(ctx, in.Text)
	r, refines := language.ReadRemark(in.Text)
	if outcome := language.ReadOutcome(in.Text); outcome != "" && !tells && !refines {
		return s.remarkOutcome(ctx, in, id, outcome)
	}
	think := func(old Case) func(time.Time) (Change, error) {
		if !tells && !refines && !in.Direct {
			return func(time.Time) (Change, error) { return Change{}, nil } // people talk to each other
		}
		next := old
		if refines {
			next = next.with("product", r.Product).with("side", r.Side)
		}
		if tells || !refines {
			text, _ := triage.Redact(in.Text)
			next.add("", 1, text)
		}
		if files != nil {
			files.into(&next)
		}
		before, after := s.Explain(ctx, old), s.Explain(ctx, next)
		next.Cause = firstCause(after)
		event := "case_same:"
		if old.Inspecting() && (tells || files != nil) {
			next = next.with("kind", "")
			event = "case_changed:"
		}
		if answerKey(before) != answerKey(after) {
			next.Outcome, next.Comment, next.Ended = "", "", Person{}
			event = "case_changed:"
		}
		place := in.Place
		if place.Thread == "" {
			place = old.Place
		}
		say := effect(Notify, id, KindReply, fmt.Sprintf("%s/follow/%d", id, old.Version), Body{Person: in.By, Place: &place, Lang: old.Lang, Event: event + id})
		return func(now time.Time) (Change, error) {
			next.Updated = now
			return Change{Cases: []Case{next}, Effects: append(s.shown(next, after), say),
				Audit: []Audit{{At: now, Actor: in.By, Verb: "case.follow", Subject: id, Detail: detail("cause", next.Cause)}}}, nil
		}
	}
	return s.changeCase(ctx, in.Receipt, in.By, "case", id, think)
}

// tells reports whether a text says something that triage can use.
func (s *Service) tells(ctx context.Context, text string) bool {
	if strings.Contains(text, "-----BEGIN ") {
		return true
	}
	a, err := s.KB().Diagnose(ctx, triage.Input{Text: text})
	if err != nil || len(a.Findings) == 0 {
		return false
	}
	return a.Findings[0].Cause.ID != "not-certificate:other"
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

// with sets one thing that is known of a case; "" leaves it.
func (c Case) with(key, value string) Case {
	m := map[string]string{}
	for k, v := range c.Context {
		m[k] = v
	}
	if value != "" {
		m[key] = value
	} else if key == "kind" {
		delete(m, key)
	}
	c.Context = m
	return c
}

package workflows

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"countersign/certs"
	"countersign/triage"
)

// Teaching is a form as somebody filled it in.
type Teaching struct {
	Receipt Receipt
	By      Person
	Case    string
	Cause   string // id of the new cause
	Lesson
}

// MayTeach says, before a form is shown, whether who may teach and review.
func (s *Service) MayTeach(who Person) error {
	if no := s.admit(who); no != nil {
		return no
	}
	if no := s.supporter(who); no != nil {
		return no
	}
	return nil
}

// supporter: teaching and reviewing are for the support group. An unknown or empty
// group is nobody.
func (s *Service) supporter(who Person) *Error {
	members, ok := s.Directory.Members(s.Support)
	if s.Support == "" || !ok || !slices.Contains(members, who) {
		return Refuse(Forbidden, "workflows.teach.not_support")
	}
	return nil
}

// LessonFrom is what a case suggests for the form: the lines of the person's own text
// that look like messages.
func (s *Service) LessonFrom(ctx context.Context, who Person, id string) (Case, Lesson, error) {
	if err := s.MayTeach(who); err != nil {
		return Case{}, Lesson{}, err
	}
	var c Case
	err := s.Store.View(ctx, func(rd Reader) (err error) { c, err = rd.Case(ctx, id); return err })
	if err != nil {
		return c, Lesson{}, err
	}
	l := Lesson{Product: kbProduct(c.Context["product"])}
	if a := s.Explain(ctx, c); l.Product == "" && len(a.Products) > 0 {
		l.Product = a.Products[0]
	}
	inside := false
	for _, line := range strings.Split(c.Input, "\n") {
		line = strings.Join(strings.Fields(line), " ")
		switch {
		case strings.HasPrefix(line, "-----BEGIN"):
			inside = true
		case strings.HasPrefix(line, "-----END"):
			inside = false
		case inside || len(line) < minWording || strings.Contains(line, "‹redacted:"):
		case len(l.Wordings) < 5:
			l.Wordings = append(l.Wordings, clipRunes(line, maxWording))
		}
	}
	return c, l, nil
}

// Teach proposes a cause. What it would change is computed before anything is stored:
// that it recognises its own case, spares its near misses, and which of the known
// examples it would take over, for the reviewer to see.
func (s *Service) Teach(ctx context.Context, in Teaching) (Taught, error) {
	var t Taught
	refused := s.admit(in.By)
	if refused == nil {
		refused = s.supporter(in.By)
	}
	if refused == nil {
		var err error
		if t, err = s.lesson(ctx, in); err != nil {
			return t, err
		}
	}
	err := s.update(ctx, in.Receipt, in.By, "teach", in.Case, refused, func(rd Reader, now time.Time) (Change, error) {
		c, err := rd.Case(ctx, in.Case)
		if err != nil {
			return Change{}, err
		}
		live, err := rd.TaughtList(ctx, s.Team, Live, 1000)
		if err != nil {
			return Change{}, err
		}
		if s.Triage.Cause(t.Cause) != nil || slices.ContainsFunc(live, func(o Taught) bool { return o.Cause == t.Cause }) {
			return Change{}, &Error{Code: Invalid, Field: "cause", Text: certs.T("workflows.teach.known_id", "ID", t.Cause)}
		}
		t.Lang, t.Created, t.Updated = c.Lang, now, now
		return Change{Taught: []Taught{t}, Effects: []Effect{teachCard(t)},
			Audit: []Audit{{At: now, Actor: in.By, Verb: "teach.propose", Subject: t.ID, Detail: detail("cause", t.Cause, "case", in.Case)}}}, nil
	})
	return t, err
}

// lesson checks what was filled in and tries it.
func (s *Service) lesson(ctx context.Context, in Teaching) (Taught, error) {
	clean := func(list []string) []string {
		var out []string
		for _, v := range list {
			v, _ = triage.Redact(strings.Join(strings.Fields(v), " "))
			if v != "" && !slices.Contains(out, v) {
				out = append(out, v)
			}
		}
		return out
	}
	l := in.Lesson
	l.Title, _ = triage.Redact(strings.Join(strings.Fields(l.Title), " "))
	l.Wordings, l.Fix, l.NearMiss = clean(l.Wordings), clean(l.Fix), clean(l.NearMiss)
	t := Taught{ID: "T-" + s.NewID(), Team: s.Team, State: Proposed, By: in.By, Case: in.Case, Lesson: l, Cause: strings.ToLower(strings.TrimSpace(in.Cause)), Created: s.Now()}
	if no := l.check(t.Cause); no != nil {
		return t, no
	}
	kb, err := s.trial(t)
	if err != nil {
		return t, err
	}
	first := func(text string) string {
		a, err := kb.Diagnose(ctx, triage.Input{Text: text})
		if err != nil || len(a.Findings) == 0 {
			return ""
		}
		return a.Findings[0].Cause.ID
	}
	for _, w := range l.Wordings {
		if first(w) != t.Cause {
			if err := ctx.Err(); err != nil {
				return t, err // no time to try it says nothing about it
			}
			return t, &Error{Code: Invalid, Field: "wordings", Text: certs.T("workflows.teach.not_found", "Wording", w, "Cause", first(w))}
		}
	}
	for _, n := range l.NearMiss {
		if first(n) == t.Cause {
			return t, &Error{Code: Invalid, Field: "near", Text: certs.T("workflows.teach.near_taken", "Text", clipRunes(n, 120))}
		}
	}
	t.Changes = s.takenOver(ctx, t, first)
	if err := ctx.Err(); err != nil {
		return t, err
	}
	return t, nil
}

// trial is the knowledge base with t in it.
func (s *Service) trial(t Taught) (*triage.KB, error) {
	src, err := t.source()
	if err != nil {
		return nil, err
	}
	kb, err := s.KB().With(src)
	if err != nil {
		return nil, &Error{Code: Invalid, Field: "cause", Text: certs.T("workflows.teach.unusable"), Err: err}
	}
	return kb, nil
}

// maxChanges bounds the examples that a reviewer is shown.
const maxChanges = 8

// takenOver lists examples of known causes that t would answer instead. Only those in
// which one of its wordings stands can be.
func (s *Service) takenOver(ctx context.Context, t Taught, first func(string) string) []string {
	var out []string
	for _, cause := range s.KB().Causes() {
		for _, example := range cause.Examples {
			if ctx.Err() != nil || len(out) == maxChanges {
				return out
			}
			low := strings.ToLower(example)
			hit := slices.ContainsFunc(t.Wordings, func(w string) bool { return strings.Contains(low, strings.ToLower(w)) })
			if hit && first(example) == t.Cause {
				out = append(out, cause.ID+": "+clipRunes(example, 160))
			}
		}
	}
	return out
}

// Reviewed is one member's word on a taught cause.
type Reviewed struct {
	Receipt Receipt
	By      Person
	ID      string
	Approve bool
	Reason  string // why not
}

// Review ends a proposal: approved it is live at once, for everybody. Never by the
// person who proposed it.
func (s *Service) Review(ctx context.Context, in Reviewed) (Taught, error) {
	var t Taught
	refused := s.admit(in.By)
	if refused == nil {
		refused = s.supporter(in.By)
	}
	verb := map[bool]string{true: "teach.approve", false: "teach.reject"}[in.Approve]
	reason := clipReason(in.Reason)
	err := s.update(ctx, in.Receipt, in.By, verb, in.ID, refused, func(rd Reader, now time.Time) (Change, error) {
		old, err := rd.Taught(ctx, in.ID)
		if err != nil {
			return Change{}, err
		}
		switch {
		case old.State != Proposed:
			return Change{}, Refuse(Conflict, "workflows.teach.decided", "Who", old.Reviewer.ID)
		case old.By == in.By:
			return Change{}, Refuse(Forbidden, "workflows.teach.own")
		case !in.Approve && reason == "":
			return Change{}, &Error{Code: Invalid, Field: "reason", Text: certs.T("workflows.problem.reason_required")}
		}
		t = old
		t.State, t.Reviewer, t.Reason, t.Updated = Refused, in.By, reason, now
		if in.Approve {
			t.State = Live
			if _, err := s.trial(t); err != nil { // something of the same id came in between
				return Change{}, err
			}
		}
		c := Change{Taught: []Taught{t}, Effects: []Effect{teachCard(t), effect(Notify, t.ID, KindTaught, t.ID+"/told", Body{Taught: t.ID})},
			Audit: []Audit{{At: now, Actor: in.By, Verb: verb, Subject: t.ID, Detail: detail("cause", t.Cause)}}}
		if k, err := rd.Case(ctx, t.Case); err == nil && in.Approve {
			if k.Outcome == "wrong" { // of the answer before: now there is another
				k.Outcome, k.Comment, k.Ended, k.Cause, k.Updated = "", "", Person{}, t.Cause, now
				c.Cases = []Case{k}
			}
			c.Effects = append(c.Effects, effect(Notify, k.ID, KindCase, k.ID+"/taught/"+t.ID, Body{Case: k.ID, Taught: t.ID}))
		}
		return c, nil
	})
	if err != nil || !in.Approve {
		return t, err
	}
	return t, s.Relearn(ctx, nil)
}

// Relearn reads what is live anew. One that this version cannot take is left out, and
// said in the log.
func (s *Service) Relearn(ctx context.Context, log *slog.Logger) error {
	s.learning.Lock()
	defer s.learning.Unlock()
	var live []Taught
	err := s.Store.View(ctx, func(rd Reader) (err error) { live, err = rd.TaughtList(ctx, s.Team, Live, 1000); return err })
	if err != nil || len(live) == 0 {
		return err
	}
	var sources []triage.Source
	for _, t := range live {
		if src, err := t.source(); err == nil {
			sources = append(sources, src)
		}
	}
	kb, err := s.Triage.With(sources...)
	if err == nil {
		s.learnt.Store(kb)
		return nil
	}
	var good []triage.Source
	for _, src := range sources {
		if next, err := s.Triage.With(append(good[:len(good):len(good)], src)...); err == nil {
			good, kb = append(good, src), next
		} else if log != nil {
			log.Warn("a taught cause was left out", "source", src.Name, "err", err)
		}
	}
	if len(good) > 0 {
		s.learnt.Store(kb)
	}
	return nil
}

// teachCard has the card of a proposal drawn as it is after this step.
func teachCard(t Taught) Effect {
	return effect(Notify, t.ID, KindTeach, fmt.Sprintf("%s/card/%d", t.ID, t.Version), Body{Taught: t.ID})
}

// clipRunes cuts s to at most n characters.
func clipRunes(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return strings.TrimSpace(string(r[:n]))
	}
	return s
}

package support

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"countersign/certs"
	"countersign/triage"
	"countersign/workflows"
)

// Teaching is a form as somebody filled it in.
type Teaching struct {
	Receipt workflows.Receipt
	By      workflows.Person
	Case    string
	Cause   string // id of the new cause
	workflows.Lesson
}

// MayTeach says, before a form is shown, whether who may teach and review.
func (s Lessons) MayTeach(who workflows.Person) error {
	if no := s.supporter(who); no != nil {
		return no
	}
	return nil
}

// supporter: teaching and reviewing are for the support group. An unknown or empty
// group is nobody.
func (s Lessons) supporter(who workflows.Person) *workflows.Error {
	if no := s.Refusal(who); no != nil {
		return no
	}
	members, ok := s.Directory.Members(s.Group)
	if s.Group == "" || !ok || !slices.Contains(members, who) {
		return workflows.Refuse(workflows.Forbidden, "workflows.teach.not_support")
	}
	return nil
}

// LessonFrom is what a case suggests for the form: the lines of the person's own text
// that look like messages.
func (s Lessons) LessonFrom(ctx context.Context, who workflows.Person, id string) (workflows.Case, workflows.Lesson, error) {
	if err := s.MayTeach(who); err != nil {
		return workflows.Case{}, workflows.Lesson{}, err
	}
	c, err := s.ReadCase(ctx, id)
	if err != nil {
		return c, workflows.Lesson{}, err
	}
	l := workflows.Lesson{Product: s.Catalogue.FamilyOf(c.Context["product"])}
	if a := s.Explain(ctx, c); l.Product == "" && len(a.Products) > 0 {
		l.Product = a.Products[0]
	}
	for _, line := range workflows.ProseLines(c.Input) {
		if len(line) >= minWording && !strings.Contains(line, "‹redacted:") && len(l.Wordings) < 5 {
			l.Wordings = append(l.Wordings, workflows.ClipRunes(line, maxWording))
		}
	}
	return c, l, nil
}

// Teach proposes a cause. What it would change is computed before anything is stored:
// that it recognises its own case, spares its near misses, and which of the known
// examples it would take over, for the reviewer to see.
func (s Lessons) Teach(ctx context.Context, in Teaching) (workflows.Taught, error) {
	var t workflows.Taught
	refused := s.supporter(in.By)
	if refused == nil {
		var err error
		if t, err = s.lesson(ctx, in); err != nil {
			return t, err
		}
	}
	err := s.Update(ctx, in.Receipt, in.By, "teach", in.Case, refused, func(rd workflows.Reader, now time.Time) (workflows.Change, error) {
		c, err := rd.Case(ctx, in.Case)
		if err != nil {
			return workflows.Change{}, err
		}
		live, err := rd.TaughtList(ctx, s.Team, workflows.Live, 1000)
		if err != nil {
			return workflows.Change{}, err
		}
		if s.Triage.Cause(t.Cause) != nil || slices.ContainsFunc(live, func(o workflows.Taught) bool { return o.Cause == t.Cause }) {
			return workflows.Change{}, &workflows.Error{Code: workflows.Invalid, Field: "cause", Text: certs.T("workflows.teach.known_id", "ID", t.Cause)}
		}
		t.Lang, t.Created, t.Updated = c.Lang, now, now
		return workflows.Change{Taught: []workflows.Taught{t}, Effects: []workflows.Effect{teachCard(t)},
			Audit: []workflows.Audit{{At: now, Actor: in.By, Verb: "teach.propose", Subject: t.ID, Detail: workflows.Detail("cause", t.Cause, "case", in.Case)}}}, nil
	})
	return t, err
}

// lesson checks what was filled in and tries it.
func (s Lessons) lesson(ctx context.Context, in Teaching) (workflows.Taught, error) {
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
	t := workflows.Taught{ID: "T-" + s.NewID(), Team: s.Team, State: workflows.Proposed, By: in.By, Case: in.Case, Lesson: l, Cause: strings.ToLower(strings.TrimSpace(in.Cause)), Created: s.Now()}
	if no := validate(l, t.Cause); no != nil {
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
			return t, &workflows.Error{Code: workflows.Invalid, Field: "wordings", Text: certs.T("workflows.teach.not_found", "Wording", w, "Cause", first(w))}
		}
	}
	for _, n := range l.NearMiss {
		if first(n) == t.Cause {
			return t, &workflows.Error{Code: workflows.Invalid, Field: "near", Text: certs.T("workflows.teach.near_taken", "Text", workflows.ClipRunes(n, 120))}
		}
	}
	t.Changes = s.takenOver(ctx, t, first)
	if err := ctx.Err(); err != nil {
		return t, err
	}
	return t, nil
}

// trial is the knowledge base with t in it.
func (s Lessons) trial(t workflows.Taught) (*triage.KB, error) {
	src, err := source(t)
	if err != nil {
		return nil, err
	}
	kb, err := s.KB().With(src)
	if err != nil {
		return nil, &workflows.Error{Code: workflows.Invalid, Field: "cause", Text: certs.T("workflows.teach.unusable"), Err: err}
	}
	return kb, nil
}

// maxChanges bounds the examples that a reviewer is shown.
const maxChanges = 8

// takenOver lists examples of known causes that t would answer instead. Only those in
// which one of its wordings stands can be.
func (s Lessons) takenOver(ctx context.Context, t workflows.Taught, first func(string) string) []string {
	var out []string
	for _, cause := range s.KB().Causes() {
		for _, example := range cause.Examples {
			if ctx.Err() != nil || len(out) == maxChanges {
				return out
			}
			low := strings.ToLower(example)
			hit := slices.ContainsFunc(t.Wordings, func(w string) bool { return strings.Contains(low, strings.ToLower(w)) })
			if hit && first(example) == t.Cause {
				out = append(out, cause.ID+": "+workflows.ClipRunes(example, 160))
			}
		}
	}
	return out
}

// Reviewed is one member's word on a taught cause.
type Reviewed struct {
	Receipt workflows.Receipt
	By      workflows.Person
	ID      string
	Approve bool
	Reason  string // why not
}

// Review ends a proposal: approved it is live at once, for everybody. Never by the
// person who proposed it.
func (s Lessons) Review(ctx context.Context, in Reviewed) (workflows.Taught, error) {
	var t workflows.Taught
	refused := s.supporter(in.By)
	verb := map[bool]string{true: "teach.approve", false: "teach.reject"}[in.Approve]
	reason := workflows.ClipReason(in.Reason)
	err := s.Update(ctx, in.Receipt, in.By, verb, in.ID, refused, func(rd workflows.Reader, now time.Time) (workflows.Change, error) {
		old, err := rd.Taught(ctx, in.ID)
		if err != nil {
			return workflows.Change{}, err
		}
		switch {
		case old.State != workflows.Proposed:
			return workflows.Change{}, workflows.Refuse(workflows.Conflict, "workflows.teach.decided", "Who", old.Reviewer.ID)
		case old.By == in.By:
			return workflows.Change{}, workflows.Refuse(workflows.Forbidden, "workflows.teach.own")
		case !in.Approve && reason == "":
			return workflows.Change{}, &workflows.Error{Code: workflows.Invalid, Field: "reason", Text: certs.T("workflows.problem.reason_required")}
		}
		t = old
		t.State, t.Reviewer, t.Reason, t.Updated = workflows.Refused, in.By, reason, now
		if in.Approve {
			t.State = workflows.Live
			if _, err := s.trial(t); err != nil { // something of the same id came in between
				return workflows.Change{}, err
			}
		}
		c := workflows.Change{Taught: []workflows.Taught{t}, Effects: []workflows.Effect{teachCard(t), workflows.NewEffect(workflows.Notify, t.ID, t.ID+"/told", workflows.NotifyTeacher{Taught: t.ID})},
			Audit: []workflows.Audit{{At: now, Actor: in.By, Verb: verb, Subject: t.ID, Detail: workflows.Detail("cause", t.Cause)}}}
		if k, err := rd.Case(ctx, t.Case); err == nil && in.Approve {
			if k.Outcome == "wrong" { // of the answer before: now there is another
				k.Outcome, k.Comment, k.Ended, k.Cause, k.Updated = "", "", workflows.Person{}, t.Cause, now
				c.Cases = []workflows.Case{k}
			}
			c.Effects = append(c.Effects, workflows.NewEffect(workflows.Notify, k.ID, k.ID+"/taught/"+t.ID, workflows.DrawCase{Case: k.ID, Taught: t.ID}))
		}
		return c, nil
	})
	if err != nil || !in.Approve {
		return t, err
	}
	return t, s.Relearn(ctx, nil)
}

// teachCard has the card of a proposal drawn as it is after this step.
func teachCard(t workflows.Taught) workflows.Effect {
	return workflows.NewEffect(workflows.Notify, t.ID, fmt.Sprintf("%s/card/%d", t.ID, t.Version), workflows.DrawLesson{Taught: t.ID})
}

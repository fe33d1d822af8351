package workflows

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"countersign/certs"
	"countersign/triage/probe"
)

// Prober makes live connections, as far as the operator allows them. It is safe for
// concurrent use. Only Look speaks to a network.
type Prober interface {
	// On reports whether anything is allowed at all.
	On() bool
	// Allows reports whether the operator's rules name a target.
	Allows(t probe.Target) bool
	// Look connects once, or a second time with the operator's client certificate, and gives
	// what came of each; it judges anew what is allowed.
	Look(ctx context.Context, t probe.Target) []probe.Result
}

// Look is what came of looking at a host for a case.
type Look struct {
	Target string    `json:"target"` // host:port, the source of what was seen
	By     Person    `json:"by"`
	At     time.Time `json:"at"`
	Said   []Text    `json:"said"` // what came of each connection
}

// How many looks a case keeps, and how many a person may have made within looksWithin: a
// bot is no scanner.
const (
	maxLooks    = 8
	maxPersonal = 10
	looksWithin = 10 * time.Minute
)

// mayLook decides whether a target may be looked at, as far as that can be known before.
func (s *Service) mayLook(target string) (probe.Target, *Error) {
	t, err := probe.ParseTarget(target)
	switch shown := t.String(); {
	case err != nil:
		return t, Refuse(Invalid, "workflows.look.bad_target", "Target", clipBytes(target, 100))
	case s.Prober == nil || !s.Prober.On():
		return t, Refuse(Forbidden, "workflows.look.off", "Target", shown)
	case !s.Prober.Allows(t):
		return t, Refuse(Forbidden, "workflows.look.not_allowed", "Target", shown)
	}
	return t, nil
}

// counted counts a look of a person, or refuses it. The count is a fact in the store, so
// that a restart does not begin it anew.
func (s *Service) counted(ctx context.Context, rd Reader, by Person, now time.Time) (map[string]string, error) {
	key := "looks." + by.Team + "." + by.ID
	kept, err := rd.Setting(ctx, key)
	if err != nil && CodeOf(err) != NotFound {
		return nil, err
	}
	var recent []string
	for _, ms := range strings.Fields(kept) {
		if n, err := strconv.ParseInt(ms, 10, 64); err == nil && now.Sub(time.UnixMilli(n)) < looksWithin {
			recent = append(recent, ms)
		}
	}
	if len(recent) >= maxPersonal {
		return nil, Refuse(Illegal, "workflows.look.too_many", "Count", strconv.Itoa(maxPersonal), "Minutes", strconv.Itoa(int(looksWithin/time.Minute)))
	}
	return map[string]string{key: strings.Join(append(recent, strconv.FormatInt(now.UnixMilli(), 10)), " ")}, nil
}

// LookFor has a target looked at for a case, asked for by a button of its card.
func (s *Service) LookFor(ctx context.Context, receipt Receipt, by Person, id, target string) error {
	return s.lookFor(ctx, Heard{Receipt: receipt, By: by}, id, target)
}

// lookFor has a target looked at for a case; in.Place is where somebody asked for it in
// words, if they did.
func (s *Service) lookFor(ctx context.Context, in Heard, id, target string) error {
	t, no := s.mayLook(target)
	if refused := s.admit(in.By); refused != nil {
		no = refused
	}
	return s.update(ctx, in.Receipt, in.By, "look", id, no, func(rd Reader, now time.Time) (Change, error) {
		c, err := rd.Case(ctx, id)
		if err != nil {
			return Change{}, err
		}
		if no := c.closedTo(in.By); no != nil {
			return Change{}, no
		}
		if c.Looking != "" {
			return Change{}, Refuse(Illegal, "workflows.look.under_way", "Target", c.Looking)
		}
		return s.beginLook(ctx, rd, in, c, target, t, now)
	})
}

// lookAnew opens a case with a look.
func (s *Service) lookAnew(ctx context.Context, in Heard, target string) error {
	t, no := s.mayLook(target)
	if refused := s.admit(in.By); refused != nil {
		no = refused
	}
	return s.update(ctx, in.Receipt, in.By, "look", "", no, func(rd Reader, now time.Time) (Change, error) {
		c := s.newCase(Pasted{By: in.By, Place: in.Place, Lang: in.Lang, Text: t.String()}, nil, now)
		in.Place = Place{} // the card is the answer
		return s.beginLook(ctx, rd, in, c, target, t, now)
	})
}

// beginLook commits that a look is under way, and the effect that makes it.
func (s *Service) beginLook(ctx context.Context, rd Reader, in Heard, c Case, target string, t probe.Target, now time.Time) (Change, error) {
	counts, err := s.counted(ctx, rd, in.By, now)
	if err != nil {
		return Change{}, err
	}
	c.Looking, c.Updated = target, now
	if c.Cause == "" {
		c.Cause = firstCause(s.Explain(ctx, c))
	}
	body := Body{Case: c.ID, Person: in.By}
	if in.Place.Channel != "" {
		body.Place = &in.Place
	}
	return Change{Cases: []Case{c}, Settings: counts,
		Effects: []Effect{showCase(c), effect(Aside, c.ID, KindLook, fmt.Sprintf("%s/look/%d", c.ID, c.Version), body)},
		Audit:   []Audit{{At: now, Actor: in.By, Verb: "look", Subject: c.ID, Detail: detail("target", t.String())}}}, nil
}

// look makes the look that a case waits for, and diagnoses the case anew with it.
func (s *Service) look(ctx context.Context, e Effect, body Body) error {
	var c Case
	err := s.Store.View(ctx, func(rd Reader) (err error) { c, err = rd.Case(ctx, body.Case); return err })
	if err != nil {
		return err
	}
	target := c.Looking
	var results []probe.Result
	if t, no := s.mayLook(target); no == nil && e.Attempts < maxTries {
		results = s.Prober.Look(ctx, t)
	}
	if err := ctx.Err(); err != nil {
		return err // stopped: what came of it is our own doing
	}
	return s.stepCase(ctx, "", Robot, "looked", c.ID, func(old Case) func(time.Time) (Change, error) {
		if target == "" || old.Looking != target {
			return func(time.Time) (Change, error) { return Change{Done: []int64{e.ID}}, nil }
		}
		next := old.withLook(target, body.Person, results, s.Now())
		before, after := s.Explain(ctx, old), s.Explain(ctx, next)
		next.Cause = firstCause(after)
		if answerKey(before) != answerKey(after) {
			next.Outcome, next.Comment, next.Ended = "", "", Person{}
		}
		return func(now time.Time) (Change, error) {
			next.Updated = now
			return Change{Cases: []Case{next}, Done: []int64{e.ID}, Effects: append(s.shown(next, after), s.tellLook(old, body)...),
				Audit: []Audit{{At: now, Actor: Robot, Verb: "looked", Subject: next.ID, Detail: detail("cause", next.Cause, "stage", stageOf(results))}}}, nil
		}
	})
}

// tellLook says in the thread what came of a look, unless the card is the whole answer.
func (s *Service) tellLook(old Case, body Body) []Effect {
	if len(old.Looks) == 0 && body.Place == nil && old.bare() {
		return nil
	}
	place := old.Place
	if body.Place != nil {
		place = *body.Place
	}
	return []Effect{effect(Notify, old.ID, KindReply, fmt.Sprintf("%s/looked/%d", old.ID, old.Version),
		Body{Person: body.Person, Place: &place, Lang: old.Lang, Event: "case_looked:" + old.ID})}
}

func stageOf(results []probe.Result) string {
	if len(results) == 0 {
		return ""
	}
	return string(results[len(results)-1].Stage)
}

// bare reports that a case is nothing but a target to look at.
func (c Case) bare() bool {
	_, err := probe.ParseTarget(strings.TrimSpace(c.Input))
	return err == nil && len(c.Certs)+len(c.Seen) == 0
}

// withLook puts what came of a look into a case, in the place of an earlier one at the
// same target.
func (c Case) withLook(target string, by Person, results []probe.Result, now time.Time) Case {
	l := Look{Target: target, By: by, At: now}
	if t, err := probe.ParseTarget(target); err == nil {
		l.Target = t.String()
	}
	c.Looking = ""
	c.Looks = slices.DeleteFunc(slices.Clone(c.Looks), func(o Look) bool { return o.Target == l.Target })
	c.Certs = slices.DeleteFunc(slices.Clone(c.Certs), func(a Attached) bool { return a.Name == l.Target })
	c.Seen = slices.DeleteFunc(slices.Clone(c.Seen), func(o Observation) bool { return o.Source == l.Target })
	var chain [][]byte
	for _, r := range results {
		l.Said = append(l.Said, TextOf(r.Summary))
		for _, o := range r.Observations {
			if o.Source = l.Target; len(c.Seen) < maxSeen {
				c.Seen = append(c.Seen, o)
			}
		}
		if len(r.Presented) > 0 {
			chain = r.Presented
		}
	}
	if len(results) == 0 {
		l.Said = []Text{certs.T("workflows.look.failed", "Target", l.Target)}
	}
	for _, der := range chain {
		if len(c.Certs) < maxCerts && len(der) <= 64<<10 {
			c.Certs = append(c.Certs, Attached{Name: l.Target, Kind: "CERTIFICATE", DER: der})
		}
	}
	c.Looks = append(c.Looks, l)
	c.Looks = c.Looks[max(0, len(c.Looks)-maxLooks):]
	return c
}

// LookedAt reports whether a source of a case is a target that was looked at.
func (c Case) LookedAt(name string) bool {
	return slices.ContainsFunc(c.Looks, func(l Look) bool { return l.Target == name })
}

// served compares what a target presents with the certificates that people gave.
func (c Case) served(l Look) []Observation {
	r := probe.Result{Target: l.Target}
	var pasted [][]byte
	for _, it := range certificates(c.material()) {
		switch {
		case it.Place.File == l.Target:
			r.Presented = append(r.Presented, it.DER)
		case !c.LookedAt(it.Place.File):
			pasted = append(pasted, it.DER)
		}
	}
	return append(r.Compare(pasted), r.Unsent(pasted)...)
}

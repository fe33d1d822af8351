package support

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"countersign/triage/probe"
	"countersign/workflows"
)

// counted counts a look of a person, or refuses it. The count is a fact in the store, so
// that a restart does not begin it anew.
func counted(ctx context.Context, rd workflows.Reader, by workflows.Person, now time.Time) (map[string]string, error) {
	key := "looks." + by.Team + "." + by.ID
	kept, err := rd.Setting(ctx, key)
	if err != nil && workflows.CodeOf(err) != workflows.NotFound {
		return nil, err
	}
	var recent []string
	for _, ms := range strings.Fields(kept) {
		if n, err := strconv.ParseInt(ms, 10, 64); err == nil && now.Sub(time.UnixMilli(n)) < probesWithin {
			recent = append(recent, ms)
		}
	}
	if len(recent) >= maxPersonal {
		return nil, workflows.Refuse(workflows.Illegal, "workflows.look.too_many", "Count", strconv.Itoa(maxPersonal), "Minutes", strconv.Itoa(int(probesWithin/time.Minute)))
	}
	return map[string]string{key: strings.Join(append(recent, strconv.FormatInt(now.UnixMilli(), 10)), " ")}, nil
}

// Probe has a target looked at for a case, asked for by a button of its card.
func (s *Service) Probe(ctx context.Context, receipt workflows.Receipt, by workflows.Person, id, target string) error {
	return s.ProbeFor(ctx, workflows.Message{Receipt: receipt, By: by}, id, target)
}

// ProbeFor has a target looked at for a case; in.Place is where somebody asked for it in
// words, if they did.
func (s *Service) ProbeFor(ctx context.Context, in workflows.Message, id, target string) error {
	t, no := s.MayProbe(target)
	if refused := s.Refusal(in.By); refused != nil {
		no = refused
	}
	return s.Update(ctx, in.Receipt, in.By, "look", id, no, func(rd workflows.Reader, now time.Time) (workflows.Change, error) {
		c, err := rd.Case(ctx, id)
		if err != nil {
			return workflows.Change{}, err
		}
		if no := c.ClosedTo(in.By); no != nil {
			return workflows.Change{}, no
		}
		if c.Probing != "" {
			return workflows.Change{}, workflows.Refuse(workflows.Illegal, "workflows.look.under_way", "Target", c.Probing)
		}
		return s.beginProbe(ctx, rd, in, c, target, t, now)
	})
}

// ProbeAnew opens a case with a look.
func (s *Service) ProbeAnew(ctx context.Context, in workflows.Message, target string) error {
	t, no := s.MayProbe(target)
	if refused := s.Refusal(in.By); refused != nil {
		no = refused
	}
	return s.Update(ctx, in.Receipt, in.By, "look", "", no, func(rd workflows.Reader, now time.Time) (workflows.Change, error) {
		c := s.newCase(Pasted{By: in.By, Place: in.Place, Lang: in.Lang, Link: in.Link, Text: t.String()}, nil, now)
		in.Place = workflows.Place{} // the card is the answer
		return s.beginProbe(ctx, rd, in, c, target, t, now)
	})
}

// beginProbe commits that a look is under way, and the effect that makes it.
func (s *Service) beginProbe(ctx context.Context, rd workflows.Reader, in workflows.Message, c workflows.Case, target string, t probe.Target, now time.Time) (workflows.Change, error) {
	counts, err := counted(ctx, rd, in.By, now)
	if err != nil {
		return workflows.Change{}, err
	}
	c.Probing, c.Updated = target, now
	if c.Cause == "" {
		c.Cause = firstCause(s.Explain(ctx, c))
	}
	body := workflows.ProbeHost{Case: c.ID, Person: in.By}
	if in.Place.Channel != "" {
		body.Place = &in.Place
	}
	return workflows.Change{Cases: []workflows.Case{c}, Settings: counts,
		Effects: []workflows.Effect{showCase(c), workflows.NewEffect(workflows.Background, c.ID, fmt.Sprintf("%s/look/%d", c.ID, c.Version), body)},
		Audit:   []workflows.Audit{{At: now, Actor: in.By, Verb: "look", Subject: c.ID, Detail: workflows.Detail("target", t.String())}}}, nil
}

// probeHost makes the look that a case waits for, and diagnoses the case anew with it.
func (s jobs) probeHost(ctx context.Context, e workflows.Effect, body workflows.ProbeHost) error {
	c, err := s.ReadCase(ctx, body.Case)
	if err != nil {
		return err
	}
	target := c.Probing
	var results []probe.Result
	if t, no := s.MayProbe(target); no == nil && e.Attempts < workflows.MaxTries {
		results = s.Prober.Look(ctx, t)
	}
	if err := ctx.Err(); err != nil {
		return err // stopped: what came of it is our own doing
	}
	return s.stepCase(ctx, "", workflows.Robot, "looked", c.ID, func(old workflows.Case) (workflows.Change, error) {
		if target == "" || old.Probing != target {
			return workflows.Change{Done: []int64{e.ID}}, nil
		}
		next := withProbe(old, target, body.Person, results, s.Now())
		before, after := s.Explain(ctx, old), s.Explain(ctx, next)
		next.Cause = firstCause(after)
		if answerKey(before) != answerKey(after) {
			next.Outcome, next.Comment, next.Ended = "", "", workflows.Person{}
		}
		return workflows.Change{Cases: []workflows.Case{next}, Done: []int64{e.ID}, Effects: append(s.shown(next, after), reportProbe(old, body)...),
			Audit: []workflows.Audit{{Verb: "looked", Detail: workflows.Detail("cause", next.Cause, "stage", stageOf(results))}}}, nil
	})
}

// reportProbe says in the thread what came of a look, unless the card is the whole answer.
func reportProbe(old workflows.Case, body workflows.ProbeHost) []workflows.Effect {
	if len(old.Probes) == 0 && body.Place == nil && bare(old) {
		return nil
	}
	place := old.Place
	if body.Place != nil {
		place = *body.Place
	}
	return []workflows.Effect{workflows.NewEffect(workflows.Notify, old.ID, fmt.Sprintf("%s/looked/%d", old.ID, old.Version),
		workflows.Reply{Person: body.Person, Place: &place, Lang: old.Lang, Say: workflows.SayCaseProbed, About: old.ID})}
}

func stageOf(results []probe.Result) string {
	if len(results) == 0 {
		return ""
	}
	return string(results[len(results)-1].Stage)
}

package inbox

import (
	"context"
	"errors"
	"time"

	"countersign/triage"
	"countersign/workflows"
	"countersign/workflows/intake"
)

// Errand is what a step of somebody's workflow wants in a person's name: a certificate, or to
// hear of the decision on a request. Whoever made the workflow has put the name there. So nothing
// is done in that name but to ask the person, and to read what everybody of the team may read.
type Errand struct {
	ID      string // of this run of the step
	By      workflows.Person
	Lang    string
	Said    string              // what for
	Request workflows.RequestID // whose decision is waited for; "" to ask for a certificate
}

// RunErrand begins an errand, or refuses it: the workflow is told of that from the outbox.
func (s *Service) RunErrand(ctx context.Context, in Errand) error {
	err := s.Update(ctx, workflows.Receipt("errand/"+in.ID), in.By, "errand", string(in.Request), s.Refusal(in.By), func(rd workflows.Reader, now time.Time) (workflows.Change, error) {
		c := workflows.Change{Audit: []workflows.Audit{{At: now, Actor: in.By, Verb: "errand", Subject: string(in.Request), Detail: workflows.Detail("run", in.ID)}}}
		if in.Request == "" {
			said, _ := triage.Redact(in.Said)
			c.Effects = []workflows.Effect{workflows.NewEffect(workflows.Notify, in.By.String(), "direct/errand/"+in.ID,
				workflows.Direct{Person: in.By, Lang: in.Lang, What: DirectRequest, Said: workflows.ClipBytes(said, maxErrand), Errand: in.ID})}
			return c, nil
		}
		r, err := rd.Request(ctx, in.Request)
		if err != nil {
			return workflows.Change{}, err
		}
		if r.Decided() {
			c.Effects = []workflows.Effect{workflows.Finish(workflows.FinishErrand{Errand: in.ID, Request: r.ID})}
			return c, nil
		}
		waiting, err := workflows.Errands(ctx, rd, string(r.ID))
		return c.Waits(string(r.ID), waiting, in.ID), err
	})
	if told := s.refuseErrand(ctx, in.ID, err); told != nil {
		return told
	}
	return ignoreSeen(err)
}

// maxErrand bounds what a workflow says, in bytes.
const maxErrand = 2000

// refuseErrand has the workflow told why its step was not begun, where err says that it was
// refused.
func (s *Service) refuseErrand(ctx context.Context, id string, err error) error {
	no := refusal(err)
	if no == nil {
		return nil
	}
	return workflows.Commit(ctx, s.Store, workflows.Change{Effects: []workflows.Effect{workflows.Finish(workflows.FinishErrand{Errand: id, Refused: &no.Text})}})
}

// refusal is what err says to a person; nil for trouble that passes.
func refusal(err error) *workflows.Error {
	var no *workflows.Error
	if !errors.As(err, &no) || no.Code == workflows.Unable {
		return nil
	}
	return no
}

// askFor asks a person, where they read it, for the certificate that a workflow wants of them:
// what it says is shown as what it is, and sent by nobody but them.
func (s *Service) askFor(ctx context.Context, in workflows.Message, errand string) error {
	told := in
	told.Receipt += "/errand"
	err := s.Update(ctx, told.Receipt, in.By, "errand", in.Place.Channel, s.Refusal(in.By), func(workflows.Reader, time.Time) (workflows.Change, error) {
		e := reply(told, "reply/"+string(told.Receipt), workflows.Reply{Say: workflows.SayErrand, Texts: []workflows.Text{{Args: map[string]string{"Said": in.Text}}}})
		return workflows.Change{Effects: []workflows.Effect{e}}, nil
	})
	if err = ignoreSeen(err); err == nil {
		_, err = s.Intake.Start(ctx, intake.Started{Receipt: in.Receipt, By: in.By, Place: in.Place, Lang: in.Lang, Text: in.Text, Errand: errand})
	}
	if refusal(err) == nil {
		return ignoreSeen(err)
	}
	return s.refuseErrand(ctx, errand, err)
}

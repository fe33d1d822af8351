package support

import (
	"context"
	"strings"
	"time"

	"countersign/certs"
	"countersign/triage"
	"countersign/workflows"
)

// Pasted is an error or a log that a person wants explained.
type Pasted struct {
	Receipt workflows.Receipt
	By      workflows.Person
	Place   workflows.Place
	Lang    string
	Text    string
	Context map[string]string // what is known: product
	Once    bool              // refuse what was answered at the place already
	Link    string            // to the message that is asked about, where it is another's
}

// Diagnose opens a case. Only the redacted text is kept; the answer is a function of it,
// so it is never stored and never out of date. A text that is a host and port is looked
// at instead.
func (s *Service) Diagnose(ctx context.Context, in Pasted) (workflows.Case, error) {
	if target := BareTarget(in.Text); target != "" {
		return workflows.Case{}, s.ProbeAnew(ctx, workflows.Message{Receipt: in.Receipt, By: in.By, Place: in.Place, Lang: in.Lang, Link: in.Link}, target)
	}
	return s.OpenCase(ctx, in, nil)
}

func (s *Service) OpenCase(ctx context.Context, in Pasted, files *Attached) (workflows.Case, error) {
	no := s.Refusal(in.By)
	var c workflows.Case
	var a triage.Answer
	if no == nil {
		// Before the transaction: reading a long log takes longer than others should wait.
		c = s.newCase(in, files, s.Now())
		a = s.Explain(ctx, c)
		c.Cause = firstCause(a)
	}
	err := s.Update(ctx, in.Receipt, in.By, "diagnose", "", no, func(rd workflows.Reader, now time.Time) (workflows.Change, error) {
		if strings.TrimSpace(c.Input) == "" && files == nil {
			return workflows.Change{}, &workflows.Error{Code: workflows.Invalid, Field: "reason", Text: certs.T("workflows.case.empty")}
		}
		if in.Once {
			if before, err := rd.CaseAt(ctx, in.Place); err == nil && strings.HasPrefix(before.Input, c.Input) {
				return workflows.Change{}, workflows.Refuse(workflows.Conflict, "workflows.case.already")
			}
		}
		return workflows.Change{Cases: []workflows.Case{c}, Effects: s.shown(c, a),
			Audit: []workflows.Audit{{At: now, Actor: in.By, Verb: "diagnose", Subject: c.ID, Detail: workflows.Detail("cause", c.Cause)}}}, nil
	})
	return c, err
}

// newCase is caseOf with an ID of its own.
func (s *Service) newCase(in Pasted, files *Attached, now time.Time) workflows.Case {
	c := caseOf(in, files, now)
	c.ID = "K-" + s.NewID()
	return c
}

// caseOf puts what a person gave into a case, without its secrets.
func caseOf(in Pasted, files *Attached, now time.Time) workflows.Case {
	c := workflows.Case{Person: in.By, Place: in.Place, Lang: in.Lang, Link: in.Link, Context: in.Context, Created: now, Updated: now}
	text, _ := triage.Redact(in.Text)
	c.Add("", 1, text)
	if files != nil {
		files.into(&c)
	}
	return c
}

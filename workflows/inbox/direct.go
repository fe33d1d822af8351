package inbox

import (
	"context"
	"fmt"
	"strings"
	"time"

	"countersign/certs"
	"countersign/triage"
	"countersign/workflows"
	"countersign/workflows/support"
)

// What is to be done in a person's direct message once that is found: the events of
// KindDirect.
const (
	DirectDiagnose = "diagnose" // explain an error or a log
	DirectMessage  = "hear"     // take it as said there
	DirectMove     = "move"     // go on there with a conversation
	DirectRequest  = "request"  // ask for the certificate that a workflow wants of them
)

// ReceiveDirect commits what a person put into a command or a form, where no answer can
// stand. Finding their direct message takes the network, so the delivery does that
// afterwards and hands the text to TakeDirect. secret says that a private key was in it:
// that is not kept, and to be answered at once.
func (s *Service) ReceiveDirect(ctx context.Context, in workflows.Message, event string) (secret bool, err error) {
	no := s.Refusal(in.By)
	said, _ := triage.Redact(in.Text)
	secret = workflows.HoldsKey(in.Text)
	if target := support.BareTarget(in.Text); target != "" && no == nil {
		_, no = s.Support.MayProbe(target)
	}
	return secret && no == nil, s.Update(ctx, in.Receipt, in.By, event, "", no, func(_ workflows.Reader, now time.Time) (workflows.Change, error) {
		if strings.TrimSpace(said) == "" {
			return workflows.Change{}, &workflows.Error{Code: workflows.Invalid, Field: "reason", Text: certs.T("workflows.case.empty")}
		}
		c := workflows.Change{Effects: []workflows.Effect{workflows.NewEffect(workflows.Notify, in.By.String(), fmt.Sprintf("direct/%s", in.Receipt),
			workflows.Direct{Person: in.By, Lang: in.Lang, What: event, Said: workflows.ClipBytes(said, workflows.MaxCase)})}}
		if secret {
			c.Audit = []workflows.Audit{{At: now, Actor: in.By, Verb: "secret", Subject: in.By.ID}}
		}
		return c, nil
	})
}

// DiagnoseThis explains a message that somebody asks about. Of a private key in it they are
// told, since they may be the first to notice; where there is nothing else that is all.
func (s *Service) DiagnoseThis(ctx context.Context, in support.Pasted) error {
	if workflows.HoldsKey(in.Text) {
		warned := workflows.Message{Receipt: in.Receipt + "/secret", By: in.By, Place: in.Place, Lang: in.Lang, Link: in.Link}
		if err := ignoreSeen(s.replyWith(ctx, warned, workflows.SaySecret, "")); err != nil {
			return err
		}
		if said, _ := triage.Redact(in.Text); !s.Support.Recognises(ctx, in.Lang, said) {
			return nil
		}
	}
	_, err := s.Support.Diagnose(ctx, in)
	return err
}

// TakeDirect does what ReceiveDirect or MoveDirect committed, at the place that was found. Run
// again after a crash, receipts keep it from answering twice.
func (s *Service) TakeDirect(ctx context.Context, e workflows.Effect, body workflows.Direct, in workflows.Message) error {
	in.Receipt = workflows.Receipt(e.Key + "/all")
	var err error
	switch body.What {
	case DirectDiagnose:
		_, err = s.Support.Diagnose(ctx, support.Pasted{Receipt: in.Receipt, By: in.By, Place: in.Place, Lang: in.Lang, Text: in.Text})
	case DirectRequest:
		return s.askFor(ctx, in, body.Errand)
	case DirectMove:
		_, err = s.Intake.Move(ctx, in.Receipt, in.By, body.Conversation, in.Place)
	default:
		err = s.Receive(ctx, in)
	}
	if err := ignoreSeen(err); err != nil {
		var no *workflows.Error
		if no, _ = err.(*workflows.Error); no == nil || no.Code == workflows.Unable { //nolint:errorlint // update returns it as it is
			return err
		}
		if body.What != DirectMove { // a conversation that has ended needs no other place
			return ignoreSeen(s.replyText(ctx, in, no))
		}
	}
	return nil
}

// MoveDirect has a conversation go on in its person's direct message, where its form could
// not be opened.
func (s *Service) MoveDirect(ctx context.Context, c workflows.Conversation) error {
	return workflows.Commit(ctx, s.Store, workflows.Change{Effects: []workflows.Effect{workflows.NewEffect(workflows.Notify, c.Person.String(), fmt.Sprintf("%s/direct", c.ID),
		workflows.Direct{Person: c.Person, Lang: c.Lang, What: DirectMove, Conversation: c.ID})}})
}

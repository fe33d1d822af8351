package workflows

import (
	"context"
	"fmt"
	"strings"
	"time"

	"countersign/certs"
	"countersign/triage"
)

// What is to be done in a person's direct message once that is found: the events of
// KindDirect.
const (
	DirectDiagnose = "diagnose" // explain an error or a log
	DirectHear     = "hear"     // take it as said there
	DirectMove     = "move"     // go on there with a conversation
)

// HearDirect commits what a person put into a command or a form, where no answer can
// stand. Finding their direct message takes the network, so the delivery does that
// afterwards and hands the text to TakeDirect. secret says that a private key was in it:
// that is not kept, and to be answered at once.
func (s *Service) HearDirect(ctx context.Context, in Heard, event string) (secret bool, err error) {
	no := s.admit(in.By)
	said, _ := triage.Redact(in.Text)
	secret = holdsKey(in.Text)
	if target := bareTarget(in.Text); target != "" && no == nil {
		_, no = s.mayLook(target)
	}
	return secret && no == nil, s.update(ctx, in.Receipt, in.By, event, "", no, func(_ Reader, now time.Time) (Change, error) {
		if strings.TrimSpace(said) == "" {
			return Change{}, &Error{Code: Invalid, Field: "reason", Text: certs.T("workflows.case.empty")}
		}
		c := Change{Effects: []Effect{effect(Notify, in.By.String(), KindDirect, fmt.Sprintf("direct/%s", in.Receipt),
			Body{Person: in.By, Lang: in.Lang, Event: event, Said: clipBytes(said, maxCase)})}}
		if secret {
			c.Audit = []Audit{{At: now, Actor: in.By, Verb: "secret", Subject: in.By.ID}}
		}
		return c, nil
	})
}

// TakeDirect does what HearDirect or MoveDirect committed, at the place that was found. Run
// again after a crash, receipts keep it from answering twice.
func (s *Service) TakeDirect(ctx context.Context, e Effect, body Body, in Heard) error {
	in.Receipt = Receipt(e.Key + "/all")
	var err error
	switch body.Event {
	case DirectDiagnose:
		_, err = s.Diagnose(ctx, Pasted{Receipt: in.Receipt, By: in.By, Place: in.Place, Lang: in.Lang, Text: in.Text})
	case DirectMove:
		_, err = s.converse(ctx, in.Receipt, in.By, body.Conversation, moved(in.Place))
	default:
		err = s.Hear(ctx, in)
	}
	if err := ignoreSeen(err); err != nil {
		var no *Error
		if no, _ = err.(*Error); no == nil || no.Code == Unable { //nolint:errorlint // update returns it as it is
			return err
		}
		if body.Event != DirectMove { // a conversation that has ended needs no other place
			return ignoreSeen(s.replyText(ctx, in, no))
		}
	}
	return nil
}

// MoveDirect has a conversation go on in its person's direct message, where its form could
// not be opened.
func (s *Service) MoveDirect(ctx context.Context, c Conversation) error {
	return s.Store.Update(ctx, "", func(Reader) (Change, error) {
		return Change{Effects: []Effect{effect(Notify, c.Person.String(), KindDirect, fmt.Sprintf("%s/direct", c.ID),
			Body{Person: c.Person, Lang: c.Lang, Event: DirectMove, Conversation: c.ID})}}, nil
	})
}

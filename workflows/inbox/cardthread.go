package inbox

import (
	"context"
	"strings"

	"countersign/language"
	"countersign/workflows"
	"countersign/workflows/intake"
	"countersign/workflows/support"
)

// requestAt finds the request on whose card a thread hangs; false for other places.
func requestAt(ctx context.Context, rd workflows.Reader, at workflows.Place) (r workflows.Request, found bool, err error) {
	if at.Thread == "" {
		return r, false, nil
	}
	card, err := rd.CardAt(ctx, at.Channel, at.Thread)
	switch {
	case workflows.CodeOf(err) == workflows.NotFound:
		return r, false, nil
	case err != nil || !strings.HasPrefix(card.Subject, "REQ-"):
		return r, false, err
	}
	r, err = rd.Request(ctx, workflows.RequestID(card.Subject))
	if workflows.CodeOf(err) == workflows.NotFound {
		return r, false, nil
	}
	return r, err == nil, err
}

// Follows reports whether something of ours stands at a thread for a member with a user ID.
// What people say to each other elsewhere is not for us.
func (s *Service) Follows(ctx context.Context, at workflows.Place, user string) (bool, error) {
	return workflows.Read(ctx, s.Store, func(rd workflows.Reader) (bool, error) {
		_, carded, err := requestAt(ctx, rd, at)
		if carded || err != nil {
			return carded, err
		}
		if _, err = rd.ConversationAt(ctx, workflows.Person{Team: s.Team, ID: user}, at); workflows.CodeOf(err) != workflows.NotFound {
			return err == nil, err
		}
		c, err := support.CaseAt(ctx, rd, at)
		return c.ID != "", err
	})
}

// onCard takes what is said in the thread of a request's card. It is about that request: an
// answer to its approver's question, that the certificate is in place, an order. While the
// request is undecided, whatever else is said there is kept with it, for who decides.
func (s *Service) onCard(ctx context.Context, in workflows.Message, r workflows.Request, understood func() language.Understanding) error {
	mine := in.By == r.Requester
	if r.Asked() && mine {
		_, err := s.Issuance.Answer(ctx, in.Receipt, in.By, r.ID, in.Text)
		return s.confirm(ctx, in, workflows.SayPassedOn, r.ID, err)
	}
	if mine && r.State == workflows.Issued && language.ReadInstalled(in.Text) {
		_, err := s.Issuance.Install(ctx, in.Receipt, in.By, r.ID)
		return s.confirm(ctx, in, workflows.SayInstalled, r.ID, err)
	}
	u := understood()
	about := spokenOf(u) == "" || spokenOf(u) == r.ID
	if about { // asked of people or of us, it is asked of the approvers
		if done, err := s.askRevocation(ctx, in, r.ID); done {
			return err
		}
	}
	// An order is said to us: "the renewal took ages" is no order between people.
	if about && in.Direct {
		switch {
		case mine && u.Intent == language.Renew && !r.State.Can(workflows.VerbReject): // there is something to renew
			_, err := s.Renew(ctx, intake.Started{Receipt: in.Receipt, By: in.By, Place: in.Place, Lang: in.Lang, Text: in.Text}, r.ID)
			return err
		case mine && u.Intent == language.Cancel:
			return s.replyWith(ctx, in, workflows.SayCancel, string(r.ID))
		case u.Intent == language.Status:
			return s.replyWith(ctx, in, workflows.SayRequest, string(r.ID))
		}
	}
	if done, err := s.receivePEM(ctx, in); done {
		return err
	}
	if r.State.Can(workflows.VerbReject) {
		_, err := s.Issuance.KeepRemark(ctx, in.Receipt, in.By, r.ID, in.Text)
		if !in.Direct {
			return err // people talk to each other; the card shows it
		}
		return s.confirm(ctx, in, workflows.SayKept, r.ID, err)
	}
	if in.Direct {
		return s.route(ctx, in, understood)
	}
	return nil
}

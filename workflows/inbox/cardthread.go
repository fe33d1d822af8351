package inbox

import (
	"context"
	"slices"
	"strings"

	"countersign/language"
	"countersign/workflows"
	"countersign/workflows/intake"
	"countersign/workflows/support"
)

// requestAt finds the request on whose card a thread hangs; false for other places. Of a card that
// several share it is the one whose question waits for an answer, else one that is undecided,
// else the first.
func requestAt(ctx context.Context, rd workflows.Reader, at workflows.Place) (r workflows.Request, group []workflows.Request, err error) {
	if at.Thread == "" {
		return r, nil, nil
	}
	card, err := rd.CardAt(ctx, at.Channel, at.Thread)
	switch {
	case workflows.CodeOf(err) == workflows.NotFound:
		return r, nil, nil
	case err != nil:
		return r, nil, err
	case strings.HasPrefix(card.Subject, "REQ-"):
		r, err = rd.Request(ctx, workflows.RequestID(card.Subject))
		group = []workflows.Request{r}
	case strings.HasPrefix(card.Subject, "B-"):
		group, err = workflows.ReadGroup(ctx, rd, card.Subject)
	}
	if workflows.CodeOf(err) == workflows.NotFound {
		return r, nil, nil
	}
	if err != nil || len(group) == 0 {
		return r, nil, err
	}
	r = group[0]
	for _, is := range []func(workflows.Request) bool{workflows.Request.Asked, func(r workflows.Request) bool { return r.State.Can(workflows.VerbReject) }} {
		if i := slices.IndexFunc(group, is); i >= 0 {
			return group[i], group, nil
		}
	}
	return r, group, nil
}

// Follows reports whether something of ours stands at a thread for a member with a user ID.
// What people say to each other elsewhere is not for us.
func (s *Service) Follows(ctx context.Context, at workflows.Place, user string) (bool, error) {
	return workflows.Read(ctx, s.Store, func(rd workflows.Reader) (bool, error) {
		_, group, err := requestAt(ctx, rd, at)
		if len(group) > 0 || err != nil {
			return len(group) > 0, err
		}
		if _, err = rd.ConversationAt(ctx, workflows.Person{Team: s.Team, ID: user}, at); workflows.CodeOf(err) != workflows.NotFound {
			return err == nil, err
		}
		c, err := support.CaseAt(ctx, rd, at)
		return c.ID != "", err
	})
}

// onCard takes what is said in the thread of a card. It is about the request that this shows, or
// of several the one that is named: an
// answer to its approver's question, that the certificate is in place, an order. While the
// request is undecided, whatever else is said there is kept with it, for who decides.
func (s *Service) onCard(ctx context.Context, in workflows.Message, r workflows.Request, group []workflows.Request, understood func() language.Understanding) error {
	mine := in.By == r.Requester
	if r.Asked() && mine {
		_, err := s.Issuance.Answer(ctx, in.Receipt, in.By, r.ID, in.Text)
		return s.confirm(ctx, in, workflows.SayPassedOn, r.ID, err)
	}
	issued := func(r workflows.Request) bool { return r.State == workflows.Issued }
	if mine && slices.ContainsFunc(group, issued) && language.ReadInstalled(in.Text) {
		return installedOnCard(ctx, s, in, r, group, spokenOf(understood()))
	}
	u := understood()
	named := spokenOf(u)
	if i := slices.IndexFunc(group, func(r workflows.Request) bool { return r.ID == named }); i >= 0 {
		r = group[i]
	}
	about := named == "" || named == r.ID
	if about { // asked of people or of us, it is asked of the approvers
		which := r.ID
		if len(group) > 1 {
			which = named
		}
		if done, err := s.askRevocation(ctx, in, which); done {
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
			if len(group) > 1 && named == "" {
				return s.replyWith(ctx, in, workflows.SayCancel, "")
			}
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

// installedOnCard takes "it is installed" for what it is said of: the request that is named, else
// all on the card.
func installedOnCard(ctx context.Context, s *Service, in workflows.Message, r workflows.Request, group []workflows.Request, named workflows.RequestID) error {
	if len(group) > 1 && named == "" {
		_, err := s.Groups.InstallGroup(ctx, in.Receipt, in.By, r.Group)
		return s.confirm(ctx, in, workflows.SayInstalled, r.ID, err)
	}
	if slices.ContainsFunc(group, func(r workflows.Request) bool { return r.ID == named }) {
		r.ID = named
	}
	_, err := s.Issuance.Install(ctx, in.Receipt, in.By, r.ID)
	return s.confirm(ctx, in, workflows.SayInstalled, r.ID, err)
}

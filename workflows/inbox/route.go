package inbox

import (
	"context"
	"strings"

	"countersign/language"
	"countersign/workflows"
	"countersign/workflows/intake"
	"countersign/workflows/support"
)

// route starts what a message asks for that belongs to nothing yet. understood reads it, once.
func (s *Service) route(ctx context.Context, in workflows.Message, understood func() language.Understanding) error {
	switch word := language.ReadBareSlash(in.Text); word {
	case "":
	case "new":
		_, err := s.Intake.Start(ctx, intake.Started{Receipt: in.Receipt, By: in.By, Place: in.Place, Lang: in.Lang})
		return err
	case "inspect":
		return s.replyWith(ctx, in, workflows.SayInspectHow, "")
	default:
		return s.replyWith(ctx, in, workflows.Standing(word), "")
	}
	u := understood()
	if done, err := s.askRevocation(ctx, in, spokenOf(u)); done {
		return err
	}
	if u.Intent != language.Diagnose { // an error with a certificate in it is an error first
		if done, err := s.receivePEM(ctx, in); done {
			return err
		}
	}
	switch u.Intent {
	case language.Request:
		return s.startRequest(ctx, in, u)
	case language.Renew:
		return s.startRenewal(ctx, in, u)
	case language.Status:
		if id := spokenOf(u); id != "" {
			return s.replyWith(ctx, in, workflows.SayRequest, string(id))
		}
		return s.replyWith(ctx, in, workflows.SayList, "")
	case language.Diagnose:
		_, err := s.Support.Diagnose(ctx, support.Pasted{Receipt: in.Receipt, By: in.By, Place: in.Place, Lang: in.Lang, Text: in.Text})
		return err
	case language.Inspect:
		return s.replyWith(ctx, in, workflows.SayInspectHow, "")
	case language.Cancel:
		return s.replyWith(ctx, in, workflows.SayCancel, string(spokenOf(u)))
	case language.Help, language.Other:
		switch {
		case u.Ordered:
			return s.replyWith(ctx, in, workflows.SayButtons, "")
		case language.Thanks(in.Text):
			return s.replyWith(ctx, in, workflows.SayWelcome, "")
		}
	}
	// A log or an error without a word around it reads as chat: let triage have a look.
	if s.Support.Recognises(ctx, in.Lang, in.Text) {
		_, err := s.Support.Diagnose(ctx, support.Pasted{Receipt: in.Receipt, By: in.By, Place: in.Place, Lang: in.Lang, Text: in.Text})
		return err
	}
	return s.replyWith(ctx, in, workflows.SayHelp, "")
}

// spokenOf is the request that a text speaks of: "REQ-88", "#88", "88 号申请".
func spokenOf(u language.Understanding) workflows.RequestID {
	digits := strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' {
			return c
		}
		return -1
	}, u.RequestID)
	if digits == "" {
		return ""
	}
	return workflows.RequestID("REQ-" + digits)
}

// startRequest starts what the text asks for. "The same as REQ-88" takes over what the
// text does not say; names and the reason are this request's own.
func (s *Service) startRequest(ctx context.Context, in workflows.Message, u language.Understanding) error {
	start := intake.Started{Receipt: in.Receipt, By: in.By, Place: in.Place, Lang: in.Lang, Text: in.Text}
	if id := spokenOf(u); id != "" {
		like, from, err := s.likeRequest(ctx, in.By, id)
		if err != nil && workflows.CodeOf(err) != workflows.NotFound {
			return err
		}
		for _, key := range []string{"nodes", "topology", "cluster_fqdn", "names", "purpose"} {
			delete(like, key)
		}
		start.Answers, start.From = like, from
	}
	_, err := s.Intake.Start(ctx, start)
	return err
}

// startRenewal starts from the request or the remembered deployment that the text
// names, as far as it names one.
func (s *Service) startRenewal(ctx context.Context, in workflows.Message, u language.Understanding) error {
	start := intake.Started{Receipt: in.Receipt, By: in.By, Place: in.Place, Lang: in.Lang, Text: in.Text}
	if id := spokenOf(u); id != "" {
		_, err := s.Renew(ctx, start, id)
		if workflows.CodeOf(err) != workflows.NotFound {
			return err
		}
	}
	_, err := s.Intake.Start(ctx, start)
	return err
}

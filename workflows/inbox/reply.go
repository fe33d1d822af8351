package inbox

import (
	"context"
	"fmt"
	"time"

	"countersign/workflows"
)

func ignoreSeen(err error) error {
	if err == workflows.ErrSeen { //nolint:errorlint // Store returns it as it is
		return nil
	}
	return err
}

// replyTexts queues what is to be said about files that gave nothing, or of a refusal.
func (s *Service) replyTexts(ctx context.Context, in workflows.Message, texts ...workflows.Text) error {
	return s.Update(ctx, in.Receipt, in.By, "hear", in.Place.Channel, nil, func(workflows.Reader, time.Time) (workflows.Change, error) {
		e := reply(in, "reply/"+string(in.Receipt), workflows.Reply{Say: workflows.SayTexts, Texts: texts})
		return workflows.Change{Effects: []workflows.Effect{e}}, nil
	})
}

// replyText queues the words of a refusal.
func (s *Service) replyText(ctx context.Context, in workflows.Message, no *workflows.Error) error {
	in.Receipt += "/refused"
	if !no.Also.Zero() {
		return s.replyTexts(ctx, in, no.Text, no.Also)
	}
	return s.replyTexts(ctx, in, no.Text)
}

// replyWith queues one of the standing answers (help, list, ...), to be drawn from
// state when it is delivered; about says what it is about.
func (s *Service) replyWith(ctx context.Context, in workflows.Message, say workflows.Standing, about string) error {
	refused := s.Refusal(in.By)
	if refused != nil && in.Direct {
		// Even a refusal is said: silence would look like a broken bot.
		say, about, refused = workflows.SayRefused, refused.Text.Key, nil
	}
	return s.Update(ctx, in.Receipt, in.By, "hear", in.Place.Channel, refused, func(_ workflows.Reader, now time.Time) (workflows.Change, error) {
		return standingReply(in, say, about, now), nil
	})
}

// standingReply is the change that has one of the standing answers said to in, once for its receipt.
func standingReply(in workflows.Message, say workflows.Standing, about string, now time.Time) workflows.Change {
	name := string(say)
	if about != "" {
		name += ":" + about
	}
	c := workflows.Change{Effects: []workflows.Effect{reply(in, fmt.Sprintf("reply/%s/%s", in.Receipt, name), workflows.Reply{Say: say, About: about})}}
	switch say {
	case workflows.SayRefused, workflows.SaySecret:
		c.Audit = []workflows.Audit{{At: now, Actor: in.By, Verb: name, Subject: in.Place.Channel}}
	case workflows.SayOverheard:
		c.Audit = []workflows.Audit{{At: now, Actor: in.By, Verb: string(workflows.SaySecret), Subject: in.Place.Channel}}
	default:
	}
	return c
}

// reply says r to in, where it was written.
func reply(in workflows.Message, key string, r workflows.Reply) workflows.Effect {
	r.Person, r.Place, r.Lang, r.Link = in.By, &in.Place, in.Lang, in.Link
	return workflows.NewEffect(workflows.Notify, in.Place.Channel+"/"+in.Place.Thread, key, r)
}

// confirm says briefly what was made of a message, also where that was done before a crash.
func (s *Service) confirm(ctx context.Context, in workflows.Message, say workflows.Standing, id workflows.RequestID, err error) error {
	if ignoreSeen(err) != nil {
		return err
	}
	in.Receipt += "/confirmed"
	return s.replyWith(ctx, in, say, string(id))
}

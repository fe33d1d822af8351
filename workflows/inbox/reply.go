package inbox

import (
	"context"
	"fmt"
	"strings"
	"time"

	"countersign/workflows"
)

func ignoreSeen(err error) error {
	if err == workflows.ErrSeen { //nolint:errorlint // Store returns it as it is
		return nil
	}
	return err
}

// replyTexts queues what is to be said about files that gave nothing.
func (s *Service) replyTexts(ctx context.Context, in workflows.Message, texts []workflows.Text) error {
	return s.Update(ctx, in.Receipt, in.By, "hear", in.Place.Channel, nil, func(workflows.Reader, time.Time) (workflows.Change, error) {
		place := in.Place
		return workflows.Change{Effects: []workflows.Effect{workflows.NewEffect(workflows.Notify, place.Channel+"/"+place.Thread, workflows.KindReply, "reply/"+string(in.Receipt),
			workflows.Body{Person: in.By, Place: &place, Lang: in.Lang, Event: "texts", Texts: texts})}}, nil
	})
}

// replyText queues the words of a refusal.
func (s *Service) replyText(ctx context.Context, in workflows.Message, no *workflows.Error) error {
	in.Receipt += "/refused"
	if !no.Also.Zero() {
		return s.replyTexts(ctx, in, []workflows.Text{no.Text, no.Also})
	}
	return s.Update(ctx, in.Receipt, in.By, "hear", in.Place.Channel, nil, func(workflows.Reader, time.Time) (workflows.Change, error) {
		place := in.Place
		return workflows.Change{Effects: []workflows.Effect{workflows.NewEffect(workflows.Notify, place.Channel+"/"+place.Thread, workflows.KindReply, "reply/"+string(in.Receipt),
			workflows.Body{Person: in.By, Place: &place, Lang: in.Lang, Event: "text", Text: &no.Text})}}, nil
	})
}

// replyWith queues one of the standing answers (help, list, ...), to be drawn from
// state when it is delivered.
func (s *Service) replyWith(ctx context.Context, in workflows.Message, event string) error {
	refused := s.Refusal(in.By)
	if refused != nil && in.Direct {
		// Even a refusal is said: silence would look like a broken bot.
		event, refused = "refused:"+refused.Text.Key, nil
	}
	return s.Update(ctx, in.Receipt, in.By, "hear", in.Place.Channel, refused, func(_ workflows.Reader, now time.Time) (workflows.Change, error) {
		return standingReply(in, event, now), nil
	})
}

// standingReply is the change that has one of the standing answers said to in, once for its receipt.
func standingReply(in workflows.Message, event string, now time.Time) workflows.Change {
	place := in.Place
	e := workflows.NewEffect(workflows.Notify, place.Channel+"/"+place.Thread, workflows.KindReply, fmt.Sprintf("reply/%s/%s", in.Receipt, event),
		workflows.Body{Person: in.By, Place: &place, Lang: in.Lang, Event: event})
	c := workflows.Change{Effects: []workflows.Effect{e}}
	if strings.HasPrefix(event, "refused:") || event == "secret" {
		c.Audit = []workflows.Audit{{At: now, Actor: in.By, Verb: event, Subject: place.Channel}}
	}
	return c
}

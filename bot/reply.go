package bot

import (
	"context"
	"slices"
	"strings"

	"countersign/workflows"
)

// replies says the standing answers.
type replies struct{ *messages }

// tellOperators says that work waits, or was given up. Without a channel for that it is
// in the log and the audit only.
func (b *replies) tellOperators(ctx context.Context, e workflows.Effect, body workflows.Body) error {
	if b.cfg.Operators == "" {
		if e.Kind == workflows.KindDead {
			b.log.Error("given up", "kind", body.Kind, "request_id", body.Request, "reason", body.Reason)
		}
		return nil
	}
	_, err := b.post(ctx, workflows.Place{Channel: b.cfg.Operators}, e.Key, e.Attempts, oneLine(operatorsText(b.channelSpeaker(), e.Kind, body)))
	return err
}

// takeDirect finds a person's direct message and takes there what they gave to a command
// or a form: that was committed before, so however long this takes loses nothing.
func (b *replies) takeDirect(ctx context.Context, e workflows.Effect, body workflows.Body) error {
	place, err := b.dmPlace(ctx, body.Person)
	if err != nil {
		return err
	}
	s := b.speaker(body.Person)
	return b.service.Inbox.TakeDirect(ctx, e, body, workflows.Message{By: body.Person, Place: place, Lang: body.Lang, Text: body.Said, Direct: true, Label: s.label})
}

// reply draws one of the standing answers.
func (b *replies) reply(ctx context.Context, e workflows.Effect, body workflows.Body) error {
	if body.Place == nil {
		return &workflows.Error{Code: workflows.NotFound, Text: workflows.Text{Key: "bot.unknown_effect"}}
	}
	s := b.speaker(body.Person)
	var m message
	switch event, key, _ := strings.Cut(body.Event, ":"); event {
	case "list":
		requests, err := b.service.Lists.List(ctx, body.Person, "")
		if err != nil {
			return err
		}
		m = listView(s, requests)
	case "request", "cancel":
		found, err := b.requestsSpokenOf(ctx, body.Person, key)
		if err != nil {
			return err
		}
		m = spokenOfView(s, body.Person, key, found, event == "cancel")
	case "welcome":
		m = oneLine(s.say("bot.welcome"))
	case "buttons":
		m = oneLine(s.say("bot.decide_how"))
	case "secret":
		m = oneLine(s.say("bot.secret"))
	case "inspect_how":
		m = oneLine(s.say("bot.inspect_how"))
	case "refused":
		m = oneLine(":no_entry_sign: " + s.say(key))
	case "text":
		if body.Text != nil {
			m = oneLine(":warning: " + s.text(*body.Text))
		}
	case "texts":
		lines := make([]string, 0, len(body.Texts))
		for _, t := range body.Texts {
			lines = append(lines, ":warning: "+s.text(t))
		}
		m = oneLine(strings.Join(lines, "\n"))
	case "case_changed", "case_same":
		c, _, err := b.caseAndCards(ctx, key)
		if err != nil {
			return err
		}
		m = followedView(s, c, b.service.Support.Standing(ctx, c), event == "case_changed")
	case "case_solved", "case_stuck":
		c, _, err := b.caseAndCards(ctx, key)
		if err != nil {
			return err
		}
		m = outcomeView(s, c, b.service.Support.Standing(ctx, c), event == "case_solved")
	case "case_looked":
		c, _, err := b.caseAndCards(ctx, key)
		if err != nil {
			return err
		}
		a := b.service.Support.Standing(ctx, c)
		m = lookedView(s, a, b.service.Support.BesideOf(c, a))
	default:
		m = helpView(s)
	}
	_, err := b.post(ctx, *body.Place, e.Key, e.Attempts, m)
	return err
}

// requestsSpokenOf reads the request that somebody spoke of; where none is named, their
// own that can still be ended.
func (b *replies) requestsSpokenOf(ctx context.Context, by workflows.Person, id string) ([]workflows.Request, error) {
	if id == "" {
		mine, err := b.service.Lists.List(ctx, by, "")
		return slices.DeleteFunc(mine, func(r workflows.Request) bool { return !endable(r) }), err
	}
	r, err := b.service.Lists.Show(ctx, by, workflows.RequestID(id))
	if workflows.CodeOf(err) == workflows.NotFound {
		return nil, nil
	}
	return []workflows.Request{r}, err
}

package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"countersign/workflows"
	"countersign/workflows/form"
)

// reply draws one of the standing answers.
func (b *Bot) reply(ctx context.Context, e workflows.Effect, body workflows.Body) error {
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
func (b *Bot) requestsSpokenOf(ctx context.Context, by workflows.Person, id string) ([]workflows.Request, error) {
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

// retire takes the buttons off a turn of a conversation that was answered, and shows
// the answer beside the question.
func (b *Bot) retire(ctx context.Context, s speaker, f form.Form, c workflows.Conversation, old workflows.Card) error {
	var err error
	if old.TS != "" {
		err = b.update(ctx, old, answeredView(s, f, c, old))
	}
	switch codeOf(err) {
	case "message_not_found", "cant_update_message", "edit_window_closed":
		err = nil // it is gone, and its buttons with it
	}
	if err != nil {
		return err
	}
	old.Drawn = answered
	return b.remember(ctx, old)
}

func versionSuffix(c workflows.Conversation) string { return fmt.Sprintf("/prompt/%d", c.Version-1) }

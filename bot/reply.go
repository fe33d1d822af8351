package bot

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/slack-go/slack"

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
		requests, err := b.service.List(ctx, body.Person, "")
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
		m = followedView(s, c, b.service.Standing(ctx, c), event == "case_changed")
	case "case_solved", "case_stuck":
		c, _, err := b.caseAndCards(ctx, key)
		if err != nil {
			return err
		}
		m = outcomeView(s, c, b.service.Standing(ctx, c), event == "case_solved")
	case "case_looked":
		c, _, err := b.caseAndCards(ctx, key)
		if err != nil {
			return err
		}
		a := b.service.Standing(ctx, c)
		m = lookedView(s, a, b.service.BesideOf(c, a))
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
		mine, err := b.service.List(ctx, by, "")
		return slices.DeleteFunc(mine, func(r workflows.Request) bool { return !endable(r) }), err
	}
	r, err := b.service.Show(ctx, by, workflows.RequestID(id))
	if workflows.CodeOf(err) == workflows.NotFound {
		return nil, nil
	}
	return []workflows.Request{r}, err
}

// maxFile bounds a file that a person sent, in bytes. Up to inMemory it is held; a
// longer one is put aside in a file without a name, that is gone with this process.
const (
	maxFile  = 256 << 20
	inMemory = 8 << 20
)

// readFiles fetches the files of a message and hands them to the workflows. What they
// hold is kept redacted only.
func (b *Bot) readFiles(ctx context.Context, e workflows.Effect, body workflows.Body) error {
	if body.Place == nil || len(body.Files) == 0 {
		return &workflows.Error{Code: workflows.NotFound, Text: workflows.Text{Key: "bot.unknown_effect"}}
	}
	files := make([]workflows.File, 0, len(body.Files))
	for _, id := range body.Files {
		got := &spool{}
		defer got.close()
		f, err := b.fetch(ctx, id, got)
		if err != nil {
			return err
		}
		files = append(files, f)
	}
	s := b.speaker(body.Person)
	return b.service.TakeFiles(ctx, e, workflows.Heard{By: body.Person, Place: *body.Place, Lang: s.lang, Text: body.Said, Direct: true, More: body.More, Label: s.label}, files)
}

// fetch downloads one file into got. A file that somebody has deleted is no failure of
// ours.
func (b *Bot) fetch(ctx context.Context, id string, got *spool) (workflows.File, error) {
	info, _, _, err := b.api.GetFileInfoContext(ctx, id, 0, 0)
	switch {
	case codeOf(err) == "file_not_found" || codeOf(err) == "file_deleted":
		return workflows.File{Problem: workflows.FileGone}, nil
	case err != nil:
		return workflows.File{}, describe("files.info", err)
	case info.Mode == "tombstone" || info.Mode == "hidden_by_limit":
		return workflows.File{Name: info.Name, Problem: workflows.FileGone}, nil
	case info.Size > maxFile:
		return workflows.File{Name: info.Name, Problem: workflows.FileTooBig}, nil
	}
	err = b.api.GetFileContext(ctx, info.URLPrivateDownload, got)
	var status slack.StatusCodeError
	switch {
	case got.full:
		return workflows.File{Name: info.Name, Problem: workflows.FileTooBig}, nil
	case errors.As(err, &status) && (status.Code == http.StatusNotFound || status.Code == http.StatusGone):
		return workflows.File{Name: info.Name, Problem: workflows.FileGone}, nil
	case err != nil:
		return workflows.File{}, describe("file download", err)
	}
	return workflows.File{Name: info.Name, Src: got, Size: got.size}, nil
}

// retire takes the buttons off a turn of a conversation that was answered, and shows
// the answer beside the question.
func (b *Bot) retire(ctx context.Context, s speaker, f form.Form, c workflows.Conversation, old workflows.Card) error {
	err := b.update(ctx, old, answeredView(s, f, c, old))
	switch codeOf(err) {
	case "message_not_found", "cant_update_message", "edit_window_closed":
		err = nil // it is gone, and its buttons with it
	}
	if err != nil {
		return err
	}
	old.Drawn = answered
	return b.store.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) {
		return workflows.Change{Cards: []workflows.Card{old}}, nil
	})
}

func versionSuffix(c workflows.Conversation) string { return fmt.Sprintf("/prompt/%d", c.Version-1) }

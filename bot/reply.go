package bot

import (
	"bytes"
	"context"
	"fmt"
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
		requests, err := b.service.List(ctx, body.Person, "")
		if err != nil {
			return err
		}
		m = listView(s, requests)
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
	case "file":
		m = oneLine(":warning: " + s.say(key))
	default:
		m = helpView(s)
	}
	_, err := b.post(ctx, *body.Place, e.Key, e.Attempts, m)
	return err
}

// maxFile bounds a file that a person sent, in bytes.
const maxFile = 32 << 20

// readFiles fetches the files of a message and hands them to the workflows. What they
// hold is kept redacted only.
func (b *Bot) readFiles(ctx context.Context, e workflows.Effect, body workflows.Body) error {
	if body.Place == nil || len(body.Files) == 0 {
		return &workflows.Error{Code: workflows.NotFound, Text: workflows.Text{Key: "bot.unknown_effect"}}
	}
	files := make([]workflows.File, 0, len(body.Files))
	for _, id := range body.Files {
		info, _, _, err := b.api.GetFileInfoContext(ctx, id, 0, 0)
		if err != nil {
			return describe("files.info", err)
		}
		f := workflows.File{Name: info.Name}
		if info.Size > maxFile {
			f.TooBig = true
		} else {
			var data capped
			err := b.api.GetFileContext(ctx, info.URLPrivateDownload, &data)
			if err != nil && !data.full {
				return describe("file download", err)
			}
			f.Data, f.TooBig = data.Bytes(), data.full
		}
		files = append(files, f)
	}
	s := b.speaker(body.Person)
	return b.service.TakeFiles(ctx, e, workflows.Heard{By: body.Person, Place: *body.Place, Lang: s.lang, Direct: true, Label: s.label}, files)
}

// capped is a buffer that refuses to grow over maxFile, whatever a server sends.
type capped struct {
	bytes.Buffer
	full bool
}

func (c *capped) Write(p []byte) (int, error) {
	if c.Len()+len(p) > maxFile {
		c.full = true
		return 0, fmt.Errorf("file over %d bytes", maxFile)
	}
	return c.Buffer.Write(p)
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

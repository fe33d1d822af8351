package bot

import (
	"bytes"
	"cmp"
	"context"
	"encoding/pem"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// file is something to upload.
type file struct {
	name  string
	title string // what people see first; empty: the name
	data  []byte
}

func holds(files []file, data []byte) bool {
	return slices.ContainsFunc(files, func(f file) bool { return bytes.Equal(f.data, data) })
}

// FileBase names the files of a request: its ID and node, or common name for several
// nodes, safe on every system.
func FileBase(r workflows.Request) string {
	name := r.Spec.CommonName
	if len(r.Spec.For) == 1 {
		name = r.Spec.For[0]
	}
	safe := strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '.' {
			return c
		}
		return '_'
	}, strings.ToLower(name))
	return strings.Trim(clip(string(r.ID)+"-"+safe, 100), ".…")
}

func pemOf(kind string, ders ...[]byte) []byte {
	var b bytes.Buffer
	for _, der := range ders {
		b.Write(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	return b.Bytes()
}

// upload sends files to a place, each once: on a second attempt those that are there
// are left out.
func (b *messages) upload(ctx context.Context, place workflows.Place, e workflows.Effect, files []file) error {
	there := map[string]bool{}
	if e.Attempts > 1 && place.Thread != "" {
		msgs, _, _, err := b.api.GetConversationRepliesContext(ctx, &slack.GetConversationRepliesParameters{
			ChannelID: place.Channel, Timestamp: place.Thread, Limit: 200})
		if err != nil {
			return inChannel(place.Channel, describe("conversations.replies", err))
		}
		for i := range msgs {
			for _, f := range msgs[i].Files {
				there[f.Name] = true
			}
		}
	}
	for _, f := range files {
		if there[f.name] || len(f.data) == 0 {
			continue
		}
		_, err := b.api.UploadFileContext(ctx, slack.UploadFileParameters{
			Filename: f.name, Title: cmp.Or(f.title, f.name), Content: string(f.data), FileSize: len(f.data), Channel: place.Channel, ThreadTimestamp: place.Thread})
		if err != nil {
			return inChannel(place.Channel, describe("files.upload", err))
		}
	}
	return nil
}

// share sends files in one message that says m. On a second attempt a message of ours that has
// the first of them is the first copy: a share has no metadata to be found by.
func (b *messages) share(ctx context.Context, place workflows.Place, e workflows.Effect, m message, files []file) error {
	if e.Attempts > 1 {
		if there, err := b.shared(ctx, place, files); there || err != nil {
			return err
		}
	}
	if _, err := turn(ctx); err != nil {
		return err
	}
	var sent []slack.FileSummary
	for _, f := range files {
		if len(f.data) == 0 {
			continue
		}
		to, err := b.api.GetUploadURLExternalContext(ctx, slack.GetUploadURLExternalParameters{FileName: f.name, FileSize: len(f.data)})
		if err != nil {
			return describe("files.getUploadURLExternal", err)
		}
		if err := b.api.UploadToURL(ctx, slack.UploadToURLParameters{UploadURL: to.UploadURL, Content: string(f.data), Filename: f.name}); err != nil {
			return describe("files.upload", err)
		}
		sent = append(sent, slack.FileSummary{ID: to.FileID, Title: cmp.Or(f.title, f.name)})
	}
	all := slack.CompleteUploadExternalParameters{Files: sent, Channel: place.Channel, ThreadTimestamp: place.Thread, Blocks: slack.Blocks{BlockSet: m.Blocks}}
	_, err := b.api.CompleteUploadExternalContext(ctx, all)
	if code := codeOf(err); code == "invalid_blocks" || code == "invalid_arguments" {
		// Never silent: the words at least, and the pointer for us.
		b.log.Error("blocks refused", "key", e.Key, "err", describe("files.completeUploadExternal", err))
		all.Blocks, all.InitialComment = slack.Blocks{}, m.Text
		_, err = b.api.CompleteUploadExternalContext(ctx, all)
	}
	return inChannel(place.Channel, describe("files.completeUploadExternal", err))
}

// shared looks for our message with the first of the files among the latest at place.
func (b *messages) shared(ctx context.Context, place workflows.Place, files []file) (bool, error) {
	h, err := b.api.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{ChannelID: place.Channel, Limit: lookPage})
	if err != nil {
		return false, inChannel(place.Channel, describe("conversations.history", err))
	}
	for i := range h.Messages {
		for _, f := range h.Messages[i].Files {
			if f.Name == files[0].name && h.Messages[i].User == b.userID {
				return true, nil
			}
		}
	}
	return false, nil
}

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

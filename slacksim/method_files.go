package slacksim

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"countersign/slacksim/blockkit"
	"countersign/slacksim/markup"
)

func filesUploadURL(c *call) (object, error) {
	name, length := c.args.str("filename"), c.args.number("length", 0)
	switch {
	case name == "":
		return nil, no("invalid_arguments", "[ERROR] missing required field: filename [json-pointer:/filename]")
	case length <= 0:
		return nil, no("invalid_arguments", "[ERROR] missing required field: length [json-pointer:/length]")
	case length > maxFile:
		return nil, no("file_upload_size_restricted")
	case c.args.str("snippet_type") != "" && length > maxSnippet:
		return nil, no("snippet_too_large")
	}
	f := &file{id: c.nextID("F"), name: name, user: c.ws.App.BotUserID, size: length, created: time.Now().Unix(),
		snippet: c.args.str("snippet_type"), altText: c.args.str("alt_txt")}
	c.files[f.id] = f
	return object{"upload_url": c.base + "/upload/v1/" + f.id + random(12), "file_id": f.id}, nil
}

func filesComplete(c *call) (object, error) {
	var wanted []struct {
		ID    string `json:"id"`
		Title string `json:"title"`
	}
	if json.Unmarshal(c.args.raw("files"), &wanted) != nil || len(wanted) == 0 {
		return nil, no("invalid_arguments", "[ERROR] must provide an array [json-pointer:/files]")
	}
	targets, err := c.shareTargets()
	if err != nil {
		return nil, err
	}
	var files []*file
	for _, want := range wanted {
		f := c.files[want.ID]
		if f == nil || !f.uploaded || f.user != c.ws.App.BotUserID {
			return nil, no("file_not_found")
		}
		if f.completed {
			return nil, no("file_update_failed")
		}
		files = append(files, f)
	}
	var blocks []any
	if raw := c.args.raw("blocks"); raw != nil {
		if problems := blockkit.CheckBlocks(raw); len(problems) > 0 {
			return nil, no(blockkit.Code(problems), blockkit.Messages(problems)...)
		}
		blocks = c.fill(raw)
	}
	for i, f := range files {
		f.title, f.completed = wanted[i].Title, true
	}
	for _, ch := range targets {
		c.share(ch, &message{user: c.ws.App.BotUserID, fromApp: true, text: markup.FromApp(c.args.str("initial_comment"), true),
			blocks: blocks, files: files, threadTS: c.args.str("thread_ts")})
	}
	return object{"files": listOf(files, c.fileJSON)}, nil
}

// shareTargets reads channel_id and channels: ids only, of places the app is in.
func (c *call) shareTargets() ([]*channel, error) {
	ids := strings.FieldsFunc(c.args.str("channels"), func(r rune) bool { return r == ',' })
	if id := c.args.str("channel_id"); id != "" {
		ids = slices.Insert(ids, 0, id)
	}
	if len(ids) > 100 {
		return nil, no("too_many_channels")
	}
	var out []*channel
	for _, id := range ids {
		if !strings.ContainsAny(id[:1], "CGDZ") {
			return nil, no("invalid_channel") // python-slack-sdk 1426: a user id fails
		}
		ch, err := c.known(id)
		if err != nil {
			return nil, err
		}
		if !ch.members[c.ws.App.BotUserID] {
			return nil, no("not_in_channel")
		}
		if closed := ch.closed(); closed != "" {
			return nil, no(closed)
		}
		out = append(out, ch)
	}
	return out, nil
}

func filesInfo(c *call) (object, error) {
	f := c.files[c.args.str("file")]
	if f == nil || !f.uploaded || !c.fileVisible(f, c.ws.App.BotUserID) {
		return nil, no("file_not_found")
	}
	if f.deleted {
		return nil, no("file_deleted")
	}
	whole := *f
	if whole.access == "check_file_info" {
		whole.access = ""
	}
	return object{"file": c.fileJSON(&whole), "comments": []any{}, "response_metadata": object{"next_cursor": ""}}, nil
}

func filesDelete(c *call) (object, error) {
	f := c.files[c.args.str("file")]
	if f == nil {
		return nil, no("file_not_found")
	}
	if f.user != c.ws.App.BotUserID {
		return nil, no("cant_delete_file")
	}
	delete(c.files, f.id)
	return nil, nil
}

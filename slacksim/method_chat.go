package slacksim

import (
	"encoding/json"
	"strings"

	"countersign/slacksim/blockkit"
)

// metadata answers the metadata argument, checked.
func (c *call) metadata() (json.RawMessage, error) {
	raw := c.args.raw("metadata")
	if raw == nil {
		return nil, nil
	}
	if !json.Valid(raw) {
		return nil, no("invalid_metadata_format")
	}
	check, err := json.Marshal(object{"text": "-", "metadata": raw})
	if err != nil {
		return nil, err
	}
	if problems := blockkit.CheckMessage(check); len(problems) > 0 {
		return nil, no(blockkit.Code(problems), blockkit.Messages(problems)...)
	}
	if strings.TrimSpace(string(raw)) == "{}" {
		return nil, nil
	}
	return raw, nil
}

// target answers the conversation that a message goes to: a channel by id or
// name, or a person's direct message.
func (c *call) target() (*channel, error) {
	ref := c.args.str("channel")
	if p := c.people[ref]; p != nil {
		switch {
		case p.Bot || p.Deleted:
			return nil, no("channel_not_found")
		case !c.ws.App.MessagesTab:
			return nil, no("messages_tab_disabled")
		}
		return c.directWith(ref), nil
	}
	ch := c.find(ref)
	if ch == nil {
		return nil, no("channel_not_found")
	}
	if ch.kind == direct && ch.members[c.ws.App.BotUserID] && !c.ws.App.MessagesTab {
		return nil, no("messages_tab_disabled")
	}
	member := ch.members[c.ws.App.BotUserID]
	switch closed := ch.closed(); {
	case ch.kind != public && !member:
		return nil, no("channel_not_found")
	case closed != "":
		return nil, no(closed)
	case member:
		return ch, nil
	case c.has("chat:write.public"):
		return ch, nil
	}
	return nil, no("not_in_channel")
}

func chatPost(c *call) (object, error) {
	ch, err := c.target()
	if err != nil {
		return nil, err
	}
	body, err := c.checked(c.args, blockkit.MessageText)
	if err != nil {
		return nil, err
	}
	if body.empty() {
		return nil, no("no_text")
	}
	meta, err := c.metadata()
	if err != nil {
		return nil, err
	}
	m := body.by(&c.ws.App)
	m.metadata, m.threadTS, m.broadcast = meta, c.args.str("thread_ts"), c.args.flag("reply_broadcast")
	if c.has("chat:write.customize") {
		m.username = c.args.str("username")
	}
	if m.threadTS != "" {
		parent := ch.at(m.threadTS)
		if parent == nil || parent.onlyFor != "" {
			return nil, no("cannot_reply_to_message")
		}
	}
	c.post(ch, m)
	return object{"channel": ch.ID, "ts": m.ts, "message": c.withMetadata(ch, m)}, nil
}

func (c *call) withMetadata(ch *channel, m *message) object {
	out := c.messageJSON(ch, m)
	if m.metadata != nil {
		out["metadata"] = m.metadata
	}
	return out
}

func chatEphemeral(c *call) (object, error) {
	ch, err := c.target()
	if err != nil {
		return nil, err
	}
	user := c.args.str("user")
	switch {
	case c.people[user] == nil:
		return nil, no("user_not_found")
	case !ch.members[user]:
		return nil, no("user_not_in_channel")
	}
	body, err := c.checked(c.args, blockkit.MessageText)
	if err != nil {
		return nil, err
	}
	if body.empty() {
		return nil, no("no_text")
	}
	m := body.by(&c.ws.App)
	m.threadTS, m.onlyFor = c.args.str("thread_ts"), user
	c.post(ch, m)
	return object{"message_ts": m.ts}, nil
}

// own answers a message of the app that can still be changed.
func (c *call) own(denied string) (*channel, *message, error) {
	ch, err := c.known(c.args.str("channel"))
	if err != nil {
		return nil, nil, err
	}
	m := ch.at(c.args.str("ts"))
	if m == nil || m.onlyFor != "" {
		return nil, nil, no("message_not_found")
	}
	if !m.fromApp {
		return nil, nil, no(denied)
	}
	return ch, m, nil
}

func chatUpdate(c *call) (object, error) {
	ch, m, err := c.own("cant_update_message")
	if err != nil {
		return nil, err
	}
	if ch.Archived {
		return nil, no("is_inactive") // "within a frozen, archived or deleted channel" (chat.update)
	}
	body, err := c.checked(c.args, blockkit.UpdateText)
	if err != nil {
		return nil, err
	}
	if body.empty() && !body.hasBlocks && !body.hasAttach {
		return nil, no("no_text")
	}
	meta, err := c.metadata()
	if err != nil {
		return nil, err
	}
	if c.args.raw("metadata") != nil {
		m.metadata = meta
	}
	c.rewrite(ch, m, body)
	return object{"channel": ch.ID, "ts": m.ts, "text": m.text, "message": c.withMetadata(ch, m)}, nil
}

func chatDelete(c *call) (object, error) {
	ch, m, err := c.own("cant_delete_message")
	if err != nil {
		return nil, err
	}
	c.erase(ch, m)
	return object{"channel": ch.ID, "ts": m.ts}, nil
}

func chatPermalink(c *call) (object, error) {
	ch, err := c.known(c.args.str("channel"))
	if err != nil {
		return nil, err
	}
	m := ch.at(c.args.str("message_ts"))
	if m == nil {
		return nil, no("message_not_found")
	}
	return object{"channel": ch.ID, "permalink": c.linkTo(ch, m)}, nil
}

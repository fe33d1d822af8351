package slacksim

import (
	"encoding/json"
	"fmt"
	"strings"

	"countersign/slacksim/blockkit"
	"countersign/slacksim/markup"
)

// OtherApp is somebody else's app, such as one that posts alerts.
type OtherApp struct{ ID, BotID, Name string }

func (a *OtherApp) fields(out object, team string) {
	delete(out, "user")
	out["bot_id"], out["app_id"], out["username"] = a.BotID, a.ID, a.Name
	out["bot_profile"] = object{"id": a.BotID, "app_id": a.ID, "name": a.Name, "deleted": false, "updated": 1_700_000_000, "team_id": team}
}

// PostOther posts a message of another app as that would: text, blocks and attachments as
// chat.postMessage takes them. It answers its ts.
func (s *client) PostOther(app OtherApp, channelID string, post map[string]any) (string, error) {
	raw, err := json.Marshal(post)
	if err != nil {
		return "", err
	}
	var a args
	if err := json.Unmarshal(raw, &a.body); err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.find(channelID)
	if ch == nil {
		return "", fmt.Errorf("no channel %q", channelID)
	}
	body, err := s.checked(a, blockkit.MessageText)
	if err != nil {
		return "", err
	}
	m := &message{other: &app, text: body.text, blocks: body.blocks, attachments: body.attachments}
	s.post(ch, m)
	return m.ts, nil
}

// Forward shares a message that a person sees with another conversation, with words of
// their own or none: Slack's client puts what was said into an attachment.
func (s *client) Forward(personID, fromChannel, ts, toChannel, typed string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, to, err := s.inChannel(personID, toChannel)
	if err != nil {
		return "", err
	}
	from, m, err := s.seen(p, fromChannel, ts)
	if err != nil {
		return "", err
	}
	said := s.messageJSON(from, m)
	quoted := object{"ts": m.ts, "channel_id": from.ID, "channel_team": s.ws.Team.ID, "author_id": m.user, "author_name": s.nameOf(m), "author_subname": s.nameOf(m),
		"is_msg_unfurl": true, "is_share": true, "from_url": s.linkTo(from, m), "footer": "Posted in #" + from.Name, "id": 1, "mrkdwn_in": []string{"text"},
		"fallback": "[time] " + s.nameOf(m) + ": " + m.text, "text": m.text,
		"message_blocks": []any{object{"team": s.ws.Team.ID, "channel": from.ID, "ts": m.ts, "message": object{"blocks": said["blocks"]}}}}
	if len(m.files) > 0 {
		quoted["files"] = said["files"]
	}
	raw, err := json.Marshal([]any{quoted})
	if err != nil {
		return "", err
	}
	copied := &message{user: p.ID, text: markup.FromTyped(typed, directory{s.state}), attachments: raw, clientMsgID: envelopeID()}
	s.post(to, copied) // its files stay where they were shared
	return copied.ts, nil
}

// Edit changes a message of a person's own into what they type now.
func (s *client) Edit(personID, channelID, ts, typed string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ch, err := s.inChannel(personID, channelID)
	if err != nil {
		return err
	}
	m := ch.at(ts)
	if m == nil || m.user != p.ID || m.onlyFor != "" {
		return fmt.Errorf("%s wrote no message %q in %s", p.Handle, ts, ch.Name)
	}
	s.transcript.add(Entry{Direction: ByPerson, Kind: "edit", Name: p.Handle, Payload: quoted(typed)})
	s.rewrite(ch, m, content{text: markup.FromTyped(typed, directory{s.state})})
	return nil
}

// Unfurl puts the preview of a link below a message, as Slack does by itself a moment after
// it was posted: a change by nobody.
func (s *client) Unfurl(channelID, ts string, attachment map[string]any) error {
	raw, err := json.Marshal([]any{attachment})
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.find(channelID)
	if ch == nil || ch.at(ts) == nil {
		return fmt.Errorf("no message %q in %q", ts, channelID)
	}
	m := ch.at(ts)
	s.alter(ch, m, content{attachments: raw, hasAttach: true}, m.edited)
	return nil
}

// DeleteFile deletes a file of a person's: what is left of it in messages is a tombstone.
func (s *client) DeleteFile(personID, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.files[id]
	if f == nil || f.user != personID {
		return fmt.Errorf("%q has no file %q", personID, id)
	}
	f.deleted, f.data = true, nil
	s.touch()
	return nil
}

// thin is what there is of a file whose facts Slack does not give (file object: mode
// tombstone, file_access); nil for others.
func (f *file) thin() object {
	switch {
	case f.deleted:
		return object{"id": f.id, "mode": "tombstone"}
	case f.access != "":
		return object{"id": f.id, "mode": "file_access", "file_access": f.access, "created": 0, "timestamp": 0}
	}
	return nil
}

// linkTo is the permalink of a message.
func (s *state) linkTo(ch *channel, m *message) string {
	link := "https://" + s.ws.Team.Domain + ".slack.com/archives/" + ch.ID + "/p" + strings.ReplaceAll(m.ts, ".", "")
	if m.threadTS != "" && m.threadTS != m.ts {
		link += "?thread_ts=" + m.threadTS + "&cid=" + ch.ID
	}
	return link
}

package slacksim

import (
	"context"
	"encoding/json"
	"fmt"
	"mime"
	"path"
	"strings"
	"time"
	"unicode/utf8"

	"countersign/slacksim/blockkit"
	"countersign/slacksim/markup"
)

// maxTyped is how much a person can type in one message.
const maxTyped = 12_000

// byHandle finds a person by handle, id or shown name. The caller holds mu.
func (s *Sim) byHandle(name string) *Person {
	name = strings.TrimPrefix(name, "@")
	if p := s.people[name]; p != nil {
		return p
	}
	for _, p := range s.people {
		if p.Handle == name || p.RealName == name {
			return p
		}
	}
	return nil
}

// directory resolves what people type. Its methods are called with mu held.
type directory struct{ *Sim }

func (d directory) Mention(text string) (found string, length int) {
	try := func(name, as string) {
		if len(name) > length && len(text) >= len(name) && strings.EqualFold(text[:len(name)], name) {
			found, length = as, len(name)
		}
	}
	for _, p := range d.people {
		for _, name := range []string{p.Handle, p.DisplayName, p.RealName} {
			try(name, "<@"+p.ID+">")
		}
	}
	for i := range d.ws.UserGroups {
		g := &d.ws.UserGroups[i]
		try(g.Handle, "<!subteam^"+g.ID+"|@"+g.Handle+">")
	}
	return found, length
}

func (d directory) Channel(name string) string {
	for _, ch := range d.channels {
		if ch.kind != direct && ch.Name == name {
			return ch.ID
		}
	}
	return ""
}

// inChannel answers a person and a channel the person is in.
func (s *Sim) inChannel(personID, channelID string) (*Person, *channel, error) {
	p := s.people[personID]
	if p == nil || p.Deleted {
		return nil, nil, fmt.Errorf("no person %q", personID)
	}
	ch := s.find(channelID)
	if ch == nil || !ch.members[p.ID] {
		return nil, nil, fmt.Errorf("%s is in no channel %q", p.Handle, channelID)
	}
	return p, ch, nil
}

// Say posts what a person typed and answers its ts. thread may be empty.
func (s *Sim) Say(personID, channelID, thread, typed string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ch, err := s.inChannel(personID, channelID)
	if err != nil {
		return "", err
	}
	if strings.TrimSpace(typed) == "" {
		return "", fmt.Errorf("nothing to say")
	}
	if n := utf8.RuneCountInString(typed); n > maxTyped {
		return "", fmt.Errorf("your message is too long: %d characters of at most %d", n, maxTyped)
	}
	if thread != "" && ch.at(thread) == nil {
		return "", fmt.Errorf("no thread %q", thread)
	}
	m := &message{user: p.ID, text: markup.FromTyped(typed, directory{s}), threadTS: thread, clientMsgID: envelopeID()}
	s.transcript.add(Entry{Direction: ByPerson, Kind: "say", Name: p.Handle, Payload: quoted(typed)})
	s.post(ch, m)
	if ch.kind != direct && mentions(m.text, s.ws.App.BotUserID) && !ch.members[s.ws.App.BotUserID] {
		s.tell(ch, p.ID, thread, "You mentioned <@"+s.ws.App.BotUserID+">, but they're not in this channel.")
	}
	return m.ts, nil
}

func quoted(text string) json.RawMessage {
	raw, _ := json.Marshal(text) // a string always marshals
	return raw
}

// Upload is a file that a person shares.
type Upload struct {
	Name string
	Data []byte
}

// Share uploads files and posts them as one message; with no channel the
// files are only kept, for a file_input. It answers the ids and the ts.
func (s *Sim) Share(personID, channelID, thread, typed string, uploads ...Upload) (ids []string, ts string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.people[personID]
	var ch *channel
	if channelID != "" {
		if p, ch, err = s.inChannel(personID, channelID); err != nil {
			return nil, "", err
		}
	}
	if p == nil || len(uploads) == 0 {
		return nil, "", fmt.Errorf("nothing to upload")
	}
	var files []*file
	for _, u := range uploads {
		f := &file{id: s.nextID("F"), name: path.Base(strings.ReplaceAll(u.Name, `\`, "/")), user: p.ID, data: u.Data, size: len(u.Data),
			uploaded: true, created: time.Now().Unix()}
		s.files[f.id] = f
		files, ids = append(files, f), append(ids, f.id)
	}
	if ch == nil {
		return ids, "", nil
	}
	m := &message{user: p.ID, text: markup.FromTyped(typed, directory{s}), threadTS: thread, files: files, clientMsgID: envelopeID()}
	s.transcript.add(Entry{Direction: ByPerson, Kind: "upload", Name: p.Handle, Payload: quoted(files[0].name)})
	s.share(ch, m)
	return ids, m.ts, nil
}

// React adds a person's emoji to a message.
func (s *Sim) React(personID, channelID, ts, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.people[personID]
	if p == nil {
		return fmt.Errorf("no person %q", personID)
	}
	ch, m, err := s.seen(p, channelID, ts)
	if err != nil {
		return err
	}
	return s.react(ch, m, p.ID, name)
}

// OpenHome opens the app's Home tab for a person.
func (s *Sim) OpenHome(personID string) error { return s.OpenTab(personID, "home") }

// OpenTab opens a tab of the app for a person: home, or messages for the
// direct message with it.
func (s *Sim) OpenTab(personID, tab string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.people[personID]
	if p == nil || p.Bot || p.Deleted || p.Team.ID != s.ws.Team.ID {
		return fmt.Errorf("%q has no tab of the app", personID)
	}
	event := object{"type": "app_home_opened", "user": p.ID, "channel": s.directWith(p.ID).ID, "tab": tab}
	if v := s.homes[p.ID]; v != nil && tab == "home" {
		event["view"] = s.viewJSON(v)
	}
	s.emit("app_home_opened", event)
	return nil
}

// mimeOf is the MIME type by which the page serves a file to a person.
func mimeOf(name string) string {
	return or(mime.TypeByExtension(path.Ext(name)), "application/octet-stream")
}

// Command runs a slash command typed by a person in a channel. Slack allows
// none in threads. What fails is told to the person by Slackbot, and answered.
func (s *Sim) Command(ctx context.Context, personID, channelID, command, typed string) error {
	s.mu.Lock()
	p, ch, err := s.inChannel(personID, channelID)
	if err != nil {
		s.mu.Unlock()
		return err
	}
	def, known := s.command(command)
	if !known || p.Team.ID != s.ws.Team.ID {
		s.tell(ch, p.ID, "", "`"+command+"` is not a valid command.")
		s.mu.Unlock()
		return fmt.Errorf("%s is not a valid command", command)
	}
	argument := markup.Escape(typed)
	if def.Escape {
		argument = labelled(markup.FromTyped(typed, directory{s}), s)
	}
	hook := s.newHook(ch, nil, p.ID)
	payload := object{"token": s.ws.App.VerificationToken, "team_id": s.ws.Team.ID, "team_domain": s.ws.Team.Domain, "channel_id": ch.ID,
		"channel_name": ch.shortName(), "user_id": p.ID, "user_name": p.Handle, "command": command, "text": argument,
		"api_app_id": s.ws.App.ID, "is_enterprise_install": "false", "response_url": hook, "trigger_id": s.newTrigger(p.ID, "")}
	s.mu.Unlock()
	raw, err := s.interact(ctx, "slash_commands", command, payload, true)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.tell(ch, p.ID, "", command+" failed with the error \""+commandError(err)+"\"")
		return fmt.Errorf("%s failed with the error %q", command, commandError(err))
	}
	return s.commandAnswer(ch, p, command, raw)
}

func commandError(err error) string {
	switch retryReason(err) {
	case "timeout":
		return "operation_timeout"
	case "connection_failed":
		return "dispatch_failed"
	}
	return "dispatch_unknown_error"
}

func (s *Sim) command(name string) (Command, bool) {
	for _, c := range s.ws.App.Commands {
		if c.Name == name {
			return c, true
		}
	}
	return Command{}, false
}

// labelled writes mentions with their names, as escaped commands have them.
func labelled(text string, s *Sim) string {
	for id, p := range s.people {
		text = strings.ReplaceAll(text, "<@"+id+">", "<@"+id+"|"+p.Handle+">")
	}
	return text
}

// commandAnswer shows the message in a command's acknowledgement: JSON, or
// plain text over HTTP.
func (s *Sim) commandAnswer(ch *channel, p *Person, command string, raw json.RawMessage) error {
	if len(raw) == 0 || string(raw) == "{}" || string(raw) == "null" || string(raw) == `""` {
		return nil
	}
	var a args
	if json.Unmarshal(raw, &a.body) != nil {
		var plain string
		if json.Unmarshal(raw, &plain) != nil {
			plain = string(raw)
		}
		a.body = map[string]json.RawMessage{"text": quoted(plain)}
	}
	body, err := s.checked(a, blockkit.MessageText)
	if err != nil || body.empty() {
		s.tell(ch, p.ID, "", command+" failed with the error \"invalid_command_response\"")
		return fmt.Errorf("%s failed with the error \"invalid_command_response\": %w", command, err)
	}
	m := &message{user: s.ws.App.BotUserID, fromApp: true, viaHook: true, text: body.text, blocks: body.blocks,
		attachments: body.attachments, onlyFor: p.ID}
	if a.str("response_type") == "in_channel" {
		m.onlyFor = ""
	}
	s.post(ch, m)
	return nil
}

// Shortcut runs a global shortcut, or a message shortcut on the message at
// channelID and ts.
func (s *Sim) Shortcut(ctx context.Context, personID, callbackID, channelID, ts string) error {
	s.mu.Lock()
	p := s.people[personID]
	if p == nil || p.Team.ID != s.ws.Team.ID {
		s.mu.Unlock()
		return fmt.Errorf("%q has no shortcuts of the app", personID)
	}
	payload, name, err := s.prepareShortcut(p, callbackID, channelID, ts)
	s.mu.Unlock()
	if err != nil {
		return err
	}
	if _, err := s.interact(ctx, "interactive", name, payload, false); err != nil {
		return s.toast(personID, fmt.Sprintf("%s didn't respond (%v).", s.ws.App.Name, err))
	}
	return nil
}

func (s *Sim) prepareShortcut(p *Person, callbackID, channelID, ts string) (object, string, error) {
	kind := "shortcut"
	if ts != "" {
		kind = "message_action"
	}
	for _, sc := range s.ws.App.Shortcuts {
		if sc.CallbackID != callbackID || sc.OnMessage != (ts != "") {
			continue
		}
		payload := s.interactionBase(kind, p)
		payload["callback_id"], payload["action_ts"], payload["trigger_id"] = callbackID, nowTS(), s.newTrigger(p.ID, "")
		if ts == "" {
			return payload, kind, nil
		}
		ch, m, err := s.seen(p, channelID, ts)
		if err != nil {
			return nil, "", err
		}
		merge(payload, object{"channel": object{"id": ch.ID, "name": ch.shortName()}, "message_ts": m.ts,
			"message": s.messageJSON(ch, m), "response_url": s.newHook(ch, m, p.ID)})
		return payload, kind, nil
	}
	return nil, "", fmt.Errorf("the app has no %s %q", kind, callbackID)
}

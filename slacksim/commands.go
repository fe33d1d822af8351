package slacksim

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"strings"

	"countersign/slacksim/blockkit"
	"countersign/slacksim/markup"
)

// Command runs a slash command typed by a person in a channel. Slack allows
// none in threads. What fails is told to the person by Slackbot, and answered.
func (s *client) Command(ctx context.Context, personID, channelID, command, typed string) error {
	s.mu.Lock()
	p, ch, err := s.inChannel(personID, channelID)
	if err != nil {
		s.mu.Unlock()
		return err
	}
	def, known := s.command(command)
	if !known || !p.in(s.ws.Team) {
		s.tell(ch, p.ID, "", "`"+command+"` is not a valid command.")
		s.mu.Unlock()
		return fmt.Errorf("%s is not a valid command", command)
	}
	argument := markup.Escape(typed)
	if def.Escape {
		argument = labelled(markup.FromTyped(typed, directory{s.state}), s.state)
	}
	hook := s.hooks.hand(ch, nil, p.ID)
	payload := object{"token": s.ws.App.VerificationToken, "team_id": s.ws.Team.ID, "team_domain": s.ws.Team.Domain, "channel_id": ch.ID,
		"channel_name": ch.shortName(), "user_id": p.ID, "user_name": p.Handle, "command": command, "text": argument,
		"api_app_id": s.ws.App.ID, "is_enterprise_install": strconv.FormatBool(s.ws.App.OrgWide), "response_url": hook, "trigger_id": s.triggers.hand(p.ID, "")}
	if org := s.ws.Team.Org; org != "" {
		payload["enterprise_id"], payload["enterprise_name"] = org, "Organisation "+org
	}
	s.mu.Unlock()
	raw, err := s.courier.interact(ctx, "slash_commands", command, payload, true)
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

func (s *client) command(name string) (Command, bool) {
	for _, c := range s.ws.App.Commands {
		if c.Name == name {
			return c, true
		}
	}
	return Command{}, false
}

// labelled writes mentions with their names, as escaped commands have them.
func labelled(text string, s *state) string {
	for id, p := range s.people {
		text = strings.ReplaceAll(text, "<@"+id+">", "<@"+id+"|"+p.Handle+">")
	}
	return text
}

// commandAnswer shows the message in a command's acknowledgement: JSON, or
// plain text over HTTP.
func (s *client) commandAnswer(ch *channel, p *Person, command string, raw json.RawMessage) error {
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
	s.post(ch, body.answering(a, &s.ws.App, p.ID))
	return nil
}

// Shortcut runs a global shortcut, or a message shortcut on the message at
// channelID and ts.
func (s *client) Shortcut(ctx context.Context, personID, callbackID, channelID, ts string) error {
	s.mu.Lock()
	p := s.people[personID]
	if p == nil || !p.in(s.ws.Team) {
		s.mu.Unlock()
		return fmt.Errorf("%q has no shortcuts of the app", personID)
	}
	payload, name, err := s.prepareShortcut(p, callbackID, channelID, ts)
	s.mu.Unlock()
	if err != nil {
		return err
	}
	return s.interact(ctx, personID, name, payload)
}

func (s *client) prepareShortcut(p *Person, callbackID, channelID, ts string) (object, string, error) {
	kind := "shortcut"
	if ts != "" {
		kind = "message_action"
	}
	for _, sc := range s.ws.App.Shortcuts {
		if sc.CallbackID != callbackID || sc.OnMessage != (ts != "") {
			continue
		}
		payload := s.interactionBase(kind, p)
		payload["callback_id"], payload["action_ts"], payload["trigger_id"] = callbackID, nowTS(), s.triggers.hand(p.ID, "")
		if ts == "" {
			return payload, kind, nil
		}
		ch, m, err := s.seen(p, channelID, ts)
		if err != nil {
			return nil, "", err
		}
		maps.Copy(payload, object{"channel": object{"id": ch.ID, "name": ch.shortName()}, "message_ts": m.ts,
			"message": s.messageJSON(ch, m), "response_url": s.hooks.hand(ch, m, p.ID)})
		return payload, kind, nil
	}
	return nil, "", fmt.Errorf("the app has no %s %q", kind, callbackID)
}

package bot

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// envelopeEvent is the outer event of the Events API; Event is decoded by type. Its team_id
// is not read: of a shared channel it can be the other organisation's (java-slack-sdk,
// EventInSharedChannelsTest), and nobody is a member by it.
type envelopeEvent struct {
	EventID string          `json:"event_id"`
	Event   json.RawMessage `json:"event"`
}

// innerEvent has what the events that we listen to share.
type innerEvent struct {
	Type        string          `json:"type"`
	Subtype     string          `json:"subtype"`
	User        json.RawMessage `json:"user"` // an ID, or in user_change the whole user
	BotID       string          `json:"bot_id"`
	UserTeam    string          `json:"user_team"`   // of the writer, where it differs: a workspace or an organisation
	SourceTeam  string          `json:"source_team"` // the same
	Channel     string          `json:"channel"`
	ChannelType string          `json:"channel_type"`
	Text        string          `json:"text"`
	TS          string          `json:"ts"`
	ThreadTS    string          `json:"thread_ts"`
	Tab         string          `json:"tab"`
	Group       string          `json:"subteam_id"` // of subteam_members_changed
	Removed     []string        `json:"removed_users"`
	Subteam     struct {        // of subteam_updated
		ID         string   `json:"id"`
		DateDelete int64    `json:"date_delete"`
		Users      []string `json:"users"`
	} `json:"subteam"`
	Message  json.RawMessage `json:"message"` // of message_changed
	Previous json.RawMessage `json:"previous_message"`
	Edited   struct {        // by a person
		User string `json:"user"`
		TS   string `json:"ts"`
	} `json:"edited"`

	Assistant struct { // of assistant_thread_started
		User    string `json:"user_id"`
		Channel string `json:"channel_id"`
		Thread  string `json:"thread_ts"`
	} `json:"assistant_thread"`

	once string // beside channel and time, what tells an edit from the message that it changed
}

func (e innerEvent) userID() string {
	var id string
	if json.Unmarshal(e.User, &id) != nil {
		return ""
	}
	return id
}

// event handles one event; false has Slack deliver it again.
func (b *Bot) event(ctx context.Context, ev envelopeEvent) bool {
	var in innerEvent
	if err := json.Unmarshal(ev.Event, &in); err != nil {
		b.undecoded("event", err)
		return true
	}
	var err error
	switch in.Type {
	case "app_mention":
		err = b.said(ctx, ev.EventID, in, true, readPosted(ev.Event))
	case "message":
		if in.Subtype == "channel_posting_permissions" {
			err = b.channels.open(ctx, in.Channel) // perhaps: what waits finds out
			break
		}
		what := readPosted(ev.Event)
		if in.Subtype == "message_changed" {
			if in, what = edited(in); in.once == "" {
				return true
			}
		}
		if in.Subtype != "" && in.Subtype != "file_share" && in.Subtype != "thread_broadcast" {
			return true
		}
		if in.ChannelType != "im" && in.once == "" && strings.Contains(in.Text, "<@"+b.userID+">") {
			return true // the app_mention event says the same
		}
		err = b.said(ctx, ev.EventID, in, in.ChannelType == "im", what)
	case "app_home_opened":
		if in.Tab == "home" {
			b.goAfter("home", func(ctx context.Context) error { return b.homes.publishHome(ctx, b.writer(ctx, in)) })
		} else {
			b.proposed(in.userID(), in.UserTeam, workflows.Place{Channel: in.Channel})
		}
	case "assistant_thread_started": // the older kind of agent, where each chat is a thread
		b.proposed(in.Assistant.User, "", workflows.Place{Channel: in.Assistant.Channel, Thread: in.Assistant.Thread})
	case "member_joined_channel":
		if in.userID() == b.userID {
			err = b.channels.open(ctx, in.Channel)
		}
	case "channel_unarchive", "group_unarchive":
		err = b.channels.open(ctx, in.Channel)
	case "channel_archive", "group_archive":
		err = b.channels.heard(ctx, in.Channel, "is_archived")
	case "channel_left", "group_left": // taken out
		err = b.channels.heard(ctx, in.Channel, "not_in_channel")
	case "function_executed":
		err = b.errand(ctx, ev.Event)
	case "user_change":
		var u slack.User
		if json.Unmarshal(in.User, &u) == nil {
			b.directory.Changed(&u)
		}
	case "subteam_members_changed":
		b.directory.GroupChanged(in.Group, func(id string) bool { return slices.Contains(in.Removed, id) })
	case "subteam_updated": // renamed, disabled or with other members
		b.directory.GroupChanged(in.Subteam.ID, func(id string) bool {
			return in.Subteam.DateDelete != 0 || in.Subteam.Users != nil && !slices.Contains(in.Subteam.Users, id)
		})
	}
	switch {
	case err == nil || seen(err):
		return true
	case workflows.CodeOf(err) != "" && workflows.CodeOf(err) != workflows.Unable:
		b.refuseIn(in, b.writer(ctx, in), err)
		return true
	}
	b.log.Error("event not recorded", "type", in.Type, "err", err)
	return false
}

// proposed says what can be asked to who is about to ask.
func (b *Bot) proposed(user, team string, at workflows.Place) {
	b.goAfter("prompts", func(ctx context.Context) error {
		agent{b.workspace}.propose(ctx, b.directory.Who(ctx, user, team), at)
		return nil
	})
}

// writer is who an event is from.
func (b *Bot) writer(ctx context.Context, in innerEvent) workflows.Person {
	return b.directory.Who(ctx, in.userID(), cmp.Or(in.UserTeam, in.SourceTeam))
}

// said hands a message to the workflows. Ours and other bots' are not for us.
func (b *Bot) said(ctx context.Context, eventID string, in innerEvent, direct bool, what posted) error {
	if user := in.userID(); in.BotID != "" || user == "" || user == b.userID {
		return nil
	}
	place := workflows.Place{Channel: in.Channel, Thread: in.ThreadTS}
	if in.ChannelType != "im" && place.Thread == "" {
		place.Thread = in.TS // in channels the answer makes a thread
	}
	beside := ""
	if in.ChannelType != "im" && !direct {
		ours, err := false, error(nil)
		if in.ThreadTS != "" || in.once != "" && !workflows.HoldsKey(what.text) {
			ours, err = b.service.Inbox.Follows(ctx, place, in.userID())
		}
		if beside = what.text + "\n" + what.previews; err != nil || !ours && !workflows.HoldsKey(beside) {
			return err // talk that is not for us
		}
		if ours {
			beside = ""
		}
	}
	by := b.writer(ctx, in) // not of each line that is not for us: who is unknown is waited for
	s := b.speaker(by)
	receipt := workflows.Receipt("message/" + in.Channel + "/" + in.TS + in.once) // mention and message are one
	if eventID == "" {
		receipt = ""
	}
	heard := workflows.Message{Receipt: receipt, By: by, Place: place, Lang: s.lang, Direct: direct, Label: s.label,
		Text: b.directory.named(strings.TrimSpace(strings.ReplaceAll(what.text, "<@"+b.userID+">", "")))}
	switch {
	case beside != "": // not for us either: nothing of it is kept, of the key in it its writer is warned
		heard.Text, heard.Place.Thread = beside, in.ThreadTS
		return b.service.Inbox.Overhear(ctx, heard)
	case len(what.files) > 0:
		return b.service.Inbox.ReceiveFiles(ctx, heard, what.files)
	}
	return b.service.Inbox.Receive(ctx, heard)
}

// refuseIn says in the place of a message why not, to its writer alone.
func (b *Bot) refuseIn(in innerEvent, by workflows.Person, err error) {
	text := ":no_entry_sign: " + b.explain(b.speaker(by), by, err)
	b.goAfter("refusal", func(ctx context.Context) error {
		m := oneLine(text)
		opts := []slack.MsgOption{slack.MsgOptionText(m.Text, false), slack.MsgOptionBlocks(m.Blocks...)}
		if in.ThreadTS != "" {
			opts = append(opts, slack.MsgOptionTS(in.ThreadTS))
		}
		if in.ChannelType == "im" {
			_, _, err := b.api.PostMessageContext(ctx, in.Channel, opts...)
			return err
		}
		_, err := b.api.PostEphemeralContext(ctx, in.Channel, by.ID, opts...)
		return err
	})
}

// edited is what somebody has changed in a message of their own: the message as it is now,
// and what was added to it, which counts as said anew. once is "" where there is nothing:
// a preview that Slack adds later, somebody else's hand, words that only went.
func edited(in innerEvent) (now innerEvent, added posted) {
	var before innerEvent
	if json.Unmarshal(in.Message, &now) != nil || json.Unmarshal(in.Previous, &before) != nil {
		return innerEvent{}, posted{}
	}
	byItsWriter := now.userID() != "" && now.userID() == before.userID() && now.Edited.User == now.userID()
	if !byItsWriter || now.Edited.TS == "" || now.Edited.TS == before.Edited.TS {
		return innerEvent{}, posted{}
	}
	is, was := readPosted(in.Message).text, readPosted(in.Previous).text
	if added.text = addedLines(was, is); workflows.HoldsKey(is) && !workflows.HoldsKey(was) {
		added.text = is // a key that has become one
	}
	if strings.TrimSpace(added.text) != "" {
		now.once = "/" + now.Edited.TS
	}
	now.Channel, now.ChannelType = in.Channel, in.ChannelType
	return now, added
}

// addedLines are the lines of is that was does not have.
func addedLines(was, is string) string {
	had := map[string]int{}
	for _, line := range strings.Split(was, "\n") {
		had[strings.TrimSpace(line)]++
	}
	var out []string
	for _, line := range strings.Split(is, "\n") {
		if had[strings.TrimSpace(line)]--; had[strings.TrimSpace(line)] < 0 {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}

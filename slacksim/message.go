package slacksim

import (
	"encoding/json"

	"countersign/slacksim/markup"
)

// message is one message of a channel. Blocks stand with their ids filled in.
type message struct {
	ts, threadTS string
	user         string // author; the bot user for the app
	fromApp      bool
	viaHook      bool // response_url or slash answer: no user, subtype bot_message
	subtype      string
	text         string
	blocks       []any
	past         [][]any // blocks shown before the last edits, which a person may still have on screen
	attachments  json.RawMessage
	metadata     json.RawMessage
	files        []*file
	reactions    []*reaction
	edited       string // ts of the last edit
	onlyFor      string // person who alone sees it: an ephemeral message
	broadcast    bool
	username     string
	clientMsgID  string
	claimed      bool // a test has seen it
}

type reaction struct {
	name  string
	users []string
}

// keptPast is how many earlier renderings of a message can still be clicked.
const keptPast = 4

// messageJSON is a message object as conversations.history answers it, without
// metadata. The caller holds mu.
func (s *Sim) messageJSON(ch *channel, m *message) object {
	out := object{"type": "message", "ts": m.ts, "text": m.text, "team": s.ws.Team.ID}
	if p := s.people[m.user]; p != nil {
		out["team"] = p.Team.ID
	}
	if m.subtype != "" {
		out["subtype"] = m.subtype
	}
	if m.viaHook {
		out["subtype"] = "bot_message"
	} else {
		out["user"] = m.user
	}
	if m.fromApp {
		s.appFields(out, m)
	} else if m.clientMsgID != "" {
		out["client_msg_id"] = m.clientMsgID
	}
	if m.blocks != nil {
		out["blocks"] = m.blocks
	} else if !m.fromApp && m.text != "" {
		out["blocks"] = []any{object{"type": "rich_text", "block_id": "rt" + m.ts[len(m.ts)-6:], "elements": markup.RichText(m.text)}}
	}
	if m.attachments != nil {
		out["attachments"] = m.attachments
	}
	if len(m.files) > 0 {
		list := make([]any, len(m.files))
		for i, f := range m.files {
			list[i] = s.fileJSON(f)
		}
		out["files"] = list
		out["upload"] = !m.fromApp
	}
	if m.edited != "" {
		out["edited"] = object{"user": m.user, "ts": m.edited}
	}
	if len(m.reactions) > 0 {
		list := make([]any, len(m.reactions))
		for i, r := range m.reactions {
			list[i] = object{"name": r.name, "users": r.users, "count": len(r.users)}
		}
		out["reactions"] = list
	}
	s.threadFields(out, ch, m)
	return out
}

func (s *Sim) appFields(out object, m *message) {
	app := &s.ws.App
	out["bot_id"], out["app_id"] = app.BotID, app.ID
	out["bot_profile"] = object{"id": app.BotID, "app_id": app.ID, "name": app.Name, "deleted": false, "updated": 1_700_000_000,
		"team_id": s.ws.Team.ID, "icons": s.icons()}
	if m.username != "" {
		out["username"] = m.username
	}
}

func (s *Sim) threadFields(out object, ch *channel, m *message) {
	if m.threadTS != "" {
		out["thread_ts"] = m.threadTS
		if parent := ch.at(m.threadTS); parent != nil && parent != m {
			out["parent_user_id"] = parent.user
		}
		if m.broadcast {
			out["subtype"] = "thread_broadcast"
		}
	}
	if m.threadTS != m.ts {
		return
	}
	thread := ch.thread(m.ts)
	var users []string
	seen := map[string]bool{}
	for _, r := range thread[1:] {
		if !seen[r.user] {
			seen[r.user] = true
			users = append(users, r.user)
		}
	}
	out["reply_count"], out["reply_users"], out["reply_users_count"] = len(thread)-1, users, len(users)
	out["latest_reply"] = thread[len(thread)-1].ts
	out["is_locked"], out["subscribed"] = false, false
}

// post appends a message, tells the people who see it and, where subscribed,
// the app. The caller holds mu.
func (s *Sim) post(ch *channel, m *message) {
	if m.ts == "" {
		m.ts = s.nextTS()
	}
	if m.threadTS != "" {
		if parent := ch.at(m.threadTS); parent != nil {
			if parent.threadTS != "" && parent.threadTS != parent.ts {
				m.threadTS = parent.threadTS // a reply to a reply joins the thread
				parent = ch.at(m.threadTS)
			}
			if parent != nil && m.onlyFor == "" {
				parent.threadTS = parent.ts
				defer s.showMessage(ch, parent, "message_changed") // its reply_count, once m is there
			}
		}
	}
	ch.messages = append(ch.messages, m)
	if !m.fromApp {
		ch.read[m.user] = m.ts
	}
	s.showMessage(ch, m, "message")
	if m.onlyFor == "" {
		s.emitMessage(ch, m)
	}
	s.touch()
}

// showMessage tells the people who see a message that it came or changed.
func (s *Sim) showMessage(ch *channel, m *message, kind string) {
	for id := range ch.members {
		if m.onlyFor != "" && m.onlyFor != id || s.watchers[id] == nil {
			continue
		}
		s.show(id, kind, object{"channel": ch.ID, "ts": m.ts, "message": s.seenMessage(ch, m)})
	}
}

// seenMessage is a message as the page shows it.
func (s *Sim) seenMessage(ch *channel, m *message) object {
	out := s.messageJSON(ch, m)
	out["channel"] = ch.ID
	out["user_name"] = s.nameOf(m)
	if m.onlyFor != "" {
		out["is_ephemeral"] = true
	}
	return out
}

func (s *Sim) nameOf(m *message) string {
	if m.username != "" {
		return m.username
	}
	if m.user == slackbot {
		return "Slackbot"
	}
	if p := s.people[m.user]; p != nil {
		return p.RealName
	}
	return s.ws.App.Name
}

// slackbot is the author of what Slack itself tells a person.
const slackbot = "USLACKBOT"

// tell leaves a note from Slackbot that one person sees. The caller holds mu.
func (s *Sim) tell(ch *channel, person, thread, text string) {
	s.post(ch, &message{user: slackbot, text: text, onlyFor: person, threadTS: thread})
}

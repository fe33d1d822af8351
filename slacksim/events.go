package slacksim

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"sync"
	"time"
)

// events tells the app what it has subscribed to. Its methods are called with
// mu held.
type events struct {
	*state
	out *eventQueue
}

// scopeOfEvent is the scope without which Slack does not send an event.
var scopeOfEvent = map[string]string{
	"app_mention": "app_mentions:read", "message.channels": "channels:history", "message.groups": "groups:history",
	"message.im": "im:history", "message.mpim": "mpim:history", "file_shared": "files:read", "file_created": "files:read",
	"reaction_added": "reactions:read", "reaction_removed": "reactions:read",
	"assistant_thread_started": "assistant:write", "assistant_thread_context_changed": "assistant:write", "app_context_changed": "assistant:write",
	"link_shared": "links:read", "team_join": "users:read", "user_change": "users:read",
	"subteam_members_changed": "usergroups:read", "subteam_updated": "usergroups:read",
}

// subscribed is true where the app asked for an event and has its scope.
func (s *events) subscribed(event string) bool {
	if !slices.Contains(s.ws.App.Events, event) {
		return false
	}
	scope := scopeOfEvent[event]
	return scope == "" || slices.Contains(s.ws.App.BotScopes, scope)
}

// emit queues one event for the app, wrapped as the Events API wraps it. The
// caller holds mu.
func (s *events) emit(subscription string, event object) {
	if !s.subscribed(subscription) {
		return
	}
	if _, has := event["event_ts"]; !has {
		event["event_ts"] = nowTS()
	}
	app := &s.ws.App
	id := s.nextID("Ev")
	ch, _ := event["channel"].(string)
	external, outer := false, s.ws.Team.ID
	if c := s.channels[ch]; c != nil {
		external, outer = s.external(c), cmp.Or(c.Host.ID, outer)
	}
	var org any
	if s.ws.Team.Org != "" {
		org = s.ws.Team.Org
	}
	wrapped := object{
		"token": app.VerificationToken, "team_id": outer, "context_team_id": s.ws.Team.ID, "context_enterprise_id": org,
		"api_app_id": app.ID, "event": event, "type": "event_callback", "event_id": id, "event_time": time.Now().Unix(),
		"authorizations": []any{object{"enterprise_id": org, "team_id": s.ws.Team.ID, "user_id": app.BotUserID, "is_bot": true,
			"is_enterprise_install": app.OrgWide}},
		"is_ext_shared_channel": external, "event_context": "4-" + id,
	}
	if org != nil {
		wrapped["enterprise_id"] = org
	}
	name, _ := event["type"].(string)
	if sub, ok := event["subtype"].(string); ok {
		name += "." + sub
	}
	s.out.push(&delivery{name: name, payload: wrapped})
}

// emitOf tells the app what became of a channel: which scope it needs for that depends on
// the channel.
func (s *events) emitOf(ch *channel, name string, event object) {
	if slices.Contains(s.ws.App.BotScopes, scopeFor(ch.kind, "read")) {
		s.emit(name, event)
	}
}

var messageEvent = map[channelKind]string{public: "message.channels", private: "message.groups", direct: "message.im", group: "message.mpim"}

// emitMessage tells the app of a message in a channel it is in, its own
// included: Slack echoes those too.
func (s *events) emitMessage(ch *channel, m *message) {
	bot := s.ws.App.BotUserID
	if !ch.members[bot] {
		return
	}
	event := s.messageJSON(ch, m)
	delete(event, "reply_count")
	maps.Copy(event, object{"channel": ch.ID, "channel_type": string(ch.kind), "event_ts": m.ts})
	if app := &s.ws.App; (app.AgentView || app.AssistantView) && ch.kind == direct && !m.fromApp && m.user != bot {
		event["assistant_thread"] = object{"action_token": random(16)}
	}
	if home := s.people[m.user]; home != nil && home.Team.ID != s.ws.Team.ID {
		maps.Copy(event, object{"user_team": home.Team.ID, "source_team": home.Team.ID})
	}
	s.emit(messageEvent[ch.kind], event)
	if ch.kind == direct || m.fromApp || !mentions(m.text, bot) {
		return
	}
	mention := maps.Clone(event)
	delete(mention, "channel_type")
	delete(mention, "subtype")
	mention["type"] = "app_mention"
	s.emit("app_mention", mention)
}

func (s *events) emitFileShared(ch *channel, f *file, m *message) {
	if !ch.members[s.ws.App.BotUserID] {
		return
	}
	s.emit("file_shared", object{"type": "file_shared", "file_id": f.id, "user_id": f.user, "file": object{"id": f.id},
		"channel_id": ch.ID, "event_ts": m.ts})
}

// emitChanged tells the app that a message was edited.
func (s *events) emitChanged(ch *channel, m *message, previous object) {
	if m.onlyFor == "" {
		s.emitHidden(ch, "message_changed", object{"message": s.messageJSON(ch, m), "previous_message": previous})
	}
}

func (s *events) emitDeleted(ch *channel, previous object) {
	s.emitHidden(ch, "message_deleted", object{"previous_message": previous, "deleted_ts": previous["ts"]})
}

// emitHidden tells the app what became of a message that it knows.
func (s *events) emitHidden(ch *channel, subtype string, event object) {
	if !ch.members[s.ws.App.BotUserID] {
		return
	}
	ts := s.nextTS()
	maps.Copy(event, object{"type": "message", "subtype": subtype, "channel": ch.ID, "hidden": true, "ts": ts, "event_ts": ts, "channel_type": string(ch.kind)})
	s.emit(messageEvent[ch.kind], event)
}

// delivery is one event on its way to the app, with its past attempts.
type delivery struct {
	name    string
	payload object
	raw     json.RawMessage
	attempt int
	reason  string
}

// eventQueue holds events in the order they happened. It never drops one.
type eventQueue struct {
	mu   sync.Mutex
	wake chan struct{}
	list []*delivery
	open int // events queued, under way or waiting for a retry
}

func newEventQueue() *eventQueue { return &eventQueue{wake: make(chan struct{}, 1)} }

func (q *eventQueue) push(d *delivery) {
	q.mu.Lock()
	if d.attempt == 0 {
		q.open++
	}
	q.list = append(q.list, d)
	q.mu.Unlock()
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

func (q *eventQueue) pop() *delivery {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.list) == 0 {
		return nil
	}
	d := q.list[0]
	q.list = q.list[1:]
	return d
}

func (q *eventQueue) done() {
	q.mu.Lock()
	q.open--
	q.mu.Unlock()
}

// idle is true where no event is queued, unacknowledged or due for a retry.
func (q *eventQueue) idle() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.open == 0
}

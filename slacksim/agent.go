package slacksim

import (
	"fmt"
)

// agent is what the app's Messages tab shows beside messages where the manifest makes the app an
// agent. The caller holds mu.
type agent struct {
	statuses map[string]string   // by channel and thread: what the app says it is doing
	prompts  map[string][]Prompt // by channel and thread; of the tab itself: by the channel
	titles   map[string]string   // by channel and thread
}

// Prompt is something that an agent proposes to be asked.
type Prompt struct{ Title, Message string }

func newAgent() agent {
	return agent{statuses: map[string]string{}, prompts: map[string][]Prompt{}, titles: map[string]string{}}
}

// of is what stands beside the messages of a conversation or thread.
func (a *agent) of(key string) object {
	prompts := listOf(a.prompts[key], func(p Prompt) object { return object{"title": p.Title, "message": p.Message} })
	return object{"status": a.statuses[key], "title": a.titles[key], "prompts": prompts}
}

// showAgent tells people's pages what stands beside a thread now.
func (s *conversations) showAgent(ch *channel, thread string) {
	for id := range ch.members {
		s.pages.show(id, "agent", object{"channel": ch.ID, "thread": thread, "agent": s.agent.of(ch.ID + thread)})
	}
	s.touch()
}

// StartThread begins a new chat with an app of the older kind (manifest: assistant_view) and
// answers its ts; what the person looks at meanwhile is a channel, or nothing.
func (s *client) StartThread(personID, looksAt string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.people[personID]
	if p == nil || p.Bot || p.Deleted || !p.in(s.ws.Team) || !s.ws.App.AssistantView {
		return "", fmt.Errorf("%q has no chats with the app", personID)
	}
	ch := s.directWith(p.ID)
	m := &message{user: s.ws.App.BotUserID, subtype: "assistant_app_thread", text: "New Assistant Thread", claimed: true}
	m.ts = s.nextTS()
	m.threadTS = m.ts
	s.post(ch, m)
	s.events.emit("assistant_thread_started", s.assistantThread("assistant_thread_started", p, m.ts, looksAt))
	return m.ts, nil
}

// LookAt has a person open a channel beside a chat with the app.
func (s *client) LookAt(personID, thread, channelID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ch, err := s.inChannel(personID, channelID)
	if err != nil {
		return err
	}
	switch {
	case s.ws.App.AssistantView && s.directWith(p.ID).at(thread) != nil:
		s.events.emit("assistant_thread_context_changed", s.assistantThread("assistant_thread_context_changed", p, thread, ch.ID))
	case s.ws.App.AgentView:
		s.events.emit("app_context_changed", object{"type": "app_context_changed", "user": p.ID, "channel": s.directWith(p.ID).ID,
			"context": object{"entities": []any{object{"type": "slack#/types/channel_id", "value": ch.ID, "team_id": s.ws.Team.ID}}}})
	default:
		return fmt.Errorf("the app is no agent")
	}
	return nil
}

func (s *client) assistantThread(kind string, p *Person, thread, looksAt string) object {
	context := object{}
	if looksAt != "" {
		context = object{"channel_id": looksAt, "team_id": s.ws.Team.ID, "enterprise_id": nil}
		if s.ws.Team.Org != "" {
			context["enterprise_id"] = s.ws.Team.Org
		}
	}
	return object{"type": kind, "assistant_thread": object{"user_id": p.ID, "context": context, "channel_id": s.directWith(p.ID).ID, "thread_ts": thread}}
}

// Status is what the app says it is doing in a thread; "" where it says nothing.
func (a *Actor) Status() string {
	a.stage.state.mu.Lock()
	defer a.stage.state.mu.Unlock()
	return a.stage.state.agent.statuses[a.channel+a.thread]
}

// SeesStatus waits until the app says what it is doing in the actor's thread, in these words.
func (a *Actor) SeesStatus(words string) {
	a.stage.t.Helper()
	if !a.stage.until(a.stage.Patience, func() bool { return a.stage.state.agent.statuses[a.channel+a.thread] == words }) {
		a.stage.t.Fatalf("%s sees the status %q, not %q", a.name, a.Status(), words)
	}
}

// SeesPrompts waits for proposals in the actor's thread or Messages tab.
func (a *Actor) SeesPrompts() []Prompt {
	a.stage.t.Helper()
	var out []Prompt
	if !a.stage.until(a.stage.Patience, func() bool { out = a.stage.state.agent.prompts[a.channel+a.thread]; return len(out) > 0 }) {
		a.stage.t.Fatalf("%s is proposed nothing", a.name)
	}
	return out
}

// SeesThreadTitle waits until the actor's thread has a title, and answers it.
func (a *Actor) SeesThreadTitle() string {
	a.stage.t.Helper()
	var out string
	if !a.stage.until(a.stage.Patience, func() bool { out = a.stage.state.agent.titles[a.channel+a.thread]; return out != "" }) {
		a.stage.t.Fatalf("the thread of %s has no title", a.name)
	}
	return out
}

// StartsThread begins a new chat with the app, and is there.
func (a *Actor) StartsThread() *Actor {
	a.stage.t.Helper()
	ts, err := a.stage.StartThread(a.id, "")
	a.must("starts a thread", err)
	return &Actor{stage: a.stage, id: a.id, name: a.name, channel: a.channel, thread: ts}
}

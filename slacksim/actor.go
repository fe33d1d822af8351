package slacksim

import "context"

// Actor is a person at a place: a channel, a direct message or a thread.
type Actor struct {
	stage   *Stage
	id      string
	name    string
	channel string
	thread  string
}

// As is a person, by handle or id, in the direct message with the app.
func (st *Stage) As(person string) *Actor {
	st.t.Helper()
	st.state.mu.Lock()
	p := st.state.byHandle(person)
	var ch string
	if p != nil && p.in(st.state.ws.Team) {
		ch = st.state.directWith(p.ID).ID
	}
	st.state.mu.Unlock()
	if p == nil {
		st.t.Fatalf("no person %q", person)
	}
	return &Actor{stage: st, id: p.ID, name: p.Handle, channel: ch}
}

// ID is the person's Slack user id.
func (a *Actor) ID() string { return a.id }

// In is the same person in a channel, by #name or id.
func (a *Actor) In(channel string) *Actor {
	a.stage.t.Helper()
	a.stage.state.mu.Lock()
	ch := a.stage.state.find(channel)
	a.stage.state.mu.Unlock()
	if ch == nil {
		a.stage.t.Fatalf("no channel %q", channel)
	}
	return &Actor{stage: a.stage, id: a.id, name: a.name, channel: ch.ID}
}

// InThread is the same person in the thread of a message.
func (a *Actor) InThread(m Message) *Actor {
	root := m.TS
	if m.ThreadTS != "" {
		root = m.ThreadTS
	}
	return &Actor{stage: a.stage, id: a.id, name: a.name, channel: m.Channel, thread: root}
}

func (a *Actor) context() (context.Context, context.CancelFunc) {
	return context.WithTimeout(a.stage.life.ctx, a.stage.opt.AckWithin+a.stage.Patience)
}

func (a *Actor) must(what string, err error) {
	a.stage.t.Helper()
	if err != nil {
		a.stage.t.Fatalf("%s %s: %v", a.name, what, err)
	}
}

// at is the message with a ts in the actor's channel.
func (a *Actor) at(ts string) Message {
	a.stage.state.mu.Lock()
	defer a.stage.state.mu.Unlock()
	ch := a.stage.state.channels[a.channel]
	return a.stage.state.snapshot(ch, ch.at(ts))
}

// Messages is everything the actor can see at the place now, oldest first.
func (a *Actor) Messages() []Message {
	a.stage.state.mu.Lock()
	defer a.stage.state.mu.Unlock()
	var out []Message
	ch := a.stage.state.channels[a.channel]
	for _, m := range ch.messages {
		if (m.onlyFor == "" || m.onlyFor == a.id) && (a.thread == "" || m.threadTS == a.thread || m.ts == a.thread) {
			out = append(out, a.stage.state.snapshot(ch, m))
		}
	}
	return out
}

package slacksim

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// state is what the workspace holds. The app as registered, the team and base
// never change; mu guards all the rest, and what hangs on it.
type state struct {
	base string // http://host:port
	ws   Workspace

	mu sync.Mutex
	ids
	people   map[string]*Person // by id
	channels map[string]*channel
	order    []string // channel ids as made
	files    map[string]*file
	views    map[string]*view
	stacks   map[string][]*view // open modals by person, root first
	homes    map[string]*view
	triggers triggers
	hooks    hooks
	inputs   map[string]stateValues // by person and message: what was chosen in it
	agent    agent
	runs     map[string]*run // of workflow steps, by their execution's id
	changed  chan struct{}   // closed and replaced whenever something visible changes
}

func newState(ws Workspace, base string, triggerLife time.Duration) *state {
	s := &state{
		base: base, ws: ws, people: map[string]*Person{}, channels: map[string]*channel{}, files: map[string]*file{},
		views: map[string]*view{}, stacks: map[string][]*view{}, homes: map[string]*view{},
		triggers: triggers{life: triggerLife, byID: map[string]*trigger{}},
		hooks:    hooks{base: base + "/actions/" + ws.Team.ID + "/", byKey: map[string]*hook{}},
		inputs:   map[string]stateValues{}, agent: newAgent(), runs: map[string]*run{}, changed: make(chan struct{}),
	}
	for i := range s.ws.People {
		p := &s.ws.People[i]
		s.people[p.ID] = p
	}
	app := &s.ws.App
	s.people[app.BotUserID] = &Person{Handle: app.Handle, ID: app.BotUserID, RealName: app.Name, DisplayName: app.Name,
		Locale: "en-US", TZ: "Etc/UTC", Team: s.ws.Team, Bot: true}
	for _, def := range s.ws.Channels {
		kind := public
		switch {
		case def.Private:
			kind = private
		case def.Group:
			kind = group
		case def.Direct:
			kind = direct
		}
		ch := &channel{Channel: def, kind: kind, members: map[string]bool{}, read: map[string]string{}, created: 1_700_000_000}
		for _, p := range s.people {
			named := slices.Contains(def.Members, p.Handle)
			if named || len(def.Members) == 0 && p.in(s.ws.Team) {
				ch.members[p.ID] = true
			}
		}
		if kind == direct {
			ch.with = s.byHandle(def.Members[0]).ID
		}
		s.addChannel(ch)
	}
	for _, p := range s.ws.People {
		if !p.Bot && !p.Deleted && p.in(s.ws.Team) {
			s.directWith(p.ID)
		}
	}
	return s
}

func (s *state) addChannel(ch *channel) {
	s.channels[ch.ID] = ch
	s.order = append(s.order, ch.ID)
}

// byHandle finds a person by handle, id or shown name. The caller holds mu.
func (s *state) byHandle(name string) *Person {
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

func (s *state) groupMembers(g *UserGroup) []string {
	out := []string{}
	for _, handle := range g.Members {
		if p := s.byHandle(handle); p != nil && !p.Deleted {
			out = append(out, p.ID)
		}
	}
	return out
}

// directWith is the direct message between a person and the app. The caller
// holds mu.
func (s *state) directWith(person string) *channel {
	id := "D0" + strings.TrimPrefix(person, "U0")
	if ch := s.channels[id]; ch != nil {
		return ch
	}
	ch := &channel{Channel: Channel{ID: id, Name: s.ws.App.Name}, kind: direct, with: person, read: map[string]string{},
		members: map[string]bool{person: true, s.ws.App.BotUserID: true}, created: 1_700_000_000}
	s.addChannel(ch)
	return ch
}

// find answers a channel by id, by #name or by name. The caller holds mu.
func (s *state) find(ref string) *channel {
	if ch := s.channels[ref]; ch != nil {
		return ch
	}
	name := strings.TrimPrefix(ref, "#")
	for _, ch := range s.channels {
		if ch.kind != direct && ch.Name == name {
			return ch
		}
	}
	return nil
}

// external is true where another organisation hosts the channel or has members in it.
func (s *state) external(ch *channel) bool {
	if ch.Host.ID != "" {
		return true
	}
	for id := range ch.members {
		if p := s.people[id]; p != nil && p.strangerTo(s.ws.Team) {
			return true
		}
	}
	return false
}

// inChannel answers a person and a channel the person is in.
func (s *state) inChannel(personID, channelID string) (*Person, *channel, error) {
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

// seen answers a message that a person can see.
func (s *state) seen(p *Person, channelID, ts string) (*channel, *message, error) {
	ch := s.channels[channelID]
	if ch == nil || !ch.members[p.ID] {
		return nil, nil, fmt.Errorf("%s is in no channel %q", p.Handle, channelID)
	}
	m := ch.at(ts)
	if m == nil || m.onlyFor != "" && m.onlyFor != p.ID {
		return nil, nil, fmt.Errorf("%s sees no message %q in %s", p.Handle, ts, ch.Name)
	}
	return ch, m, nil
}

// fileVisible is true where a person or the app is in a channel the file was
// shared in, or made it. The caller holds mu.
func (s *state) fileVisible(f *file, id string) bool {
	if f.user == id || f.forApp && id == s.ws.App.BotUserID {
		return true
	}
	for ch := range f.shares {
		if s.channels[ch].members[id] {
			return true
		}
	}
	return false
}

// top is the modal on top of a person's stack.
func (s *state) top(person string) *view {
	stack := s.stacks[person]
	if len(stack) == 0 {
		return nil
	}
	return stack[len(stack)-1]
}

// touch wakes everybody who waits for a change. The caller holds mu.
func (s *state) touch() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// wake is touch for who does not hold mu.
func (s *state) wake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.touch()
}

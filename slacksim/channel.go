package slacksim

import (
	"slices"
	"sort"
	"strings"
)

type channelKind string

const (
	public  channelKind = "channel"
	private channelKind = "group"
	direct  channelKind = "im"
)

// channel is a conversation with its messages in order of ts.
type channel struct {
	Channel
	kind     channelKind
	with     string // the person of a direct message
	members  map[string]bool
	messages []*message
	read     map[string]string // last ts seen, by person
	created  int64
}

func (s *Sim) populate() {
	for i := range s.ws.People {
		p := &s.ws.People[i]
		s.people[p.ID] = p
	}
	app := &s.ws.App
	s.people[app.BotUserID] = &Person{Handle: app.Handle, ID: app.BotUserID, RealName: app.Name, DisplayName: app.Name,
		Locale: "en-US", TZ: "Etc/UTC", Team: s.ws.Team, Bot: true}
	for _, def := range s.ws.Channels {
		kind := public
		if def.Private {
			kind = private
		}
		ch := &channel{Channel: def, kind: kind, members: map[string]bool{}, read: map[string]string{}, created: 1_700_000_000}
		for _, p := range s.people {
			named := slices.Contains(def.Members, p.Handle)
			if named || len(def.Members) == 0 && p.Team.ID == s.ws.Team.ID {
				ch.members[p.ID] = true
			}
		}
		s.addChannel(ch)
	}
	for _, p := range s.ws.People {
		if !p.Bot && !p.Deleted && p.Team.ID == s.ws.Team.ID {
			s.directWith(p.ID)
		}
	}
}

func (s *Sim) addChannel(ch *channel) {
	s.channels[ch.ID] = ch
	s.order = append(s.order, ch.ID)
}

// directWith is the direct message between a person and the app. The caller
// holds mu.
func (s *Sim) directWith(person string) *channel {
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
func (s *Sim) find(ref string) *channel {
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

func (ch *channel) at(ts string) *message {
	i := sort.Search(len(ch.messages), func(i int) bool { return ch.messages[i].ts >= ts })
	if i < len(ch.messages) && ch.messages[i].ts == ts {
		return ch.messages[i]
	}
	return nil
}

func (ch *channel) remove(ts string) {
	ch.messages = slices.DeleteFunc(ch.messages, func(m *message) bool { return m.ts == ts })
}

// thread is a parent and its replies in order; nil where ts is no parent.
func (ch *channel) thread(ts string) []*message {
	parent := ch.at(ts)
	if parent == nil {
		return nil
	}
	out := []*message{parent}
	for _, m := range ch.messages {
		if m.threadTS == ts && m.ts != ts && m.onlyFor == "" {
			out = append(out, m)
		}
	}
	return out
}

// external is true where another team's person is a member.
func (s *Sim) external(ch *channel) bool {
	for id := range ch.members {
		if p := s.people[id]; p != nil && p.Team.ID != s.ws.Team.ID {
			return true
		}
	}
	return false
}

// json is a conversation object as conversations.info answers it. The caller
// holds mu.
func (s *Sim) channelJSON(ch *channel) object {
	out := object{"id": ch.ID, "created": ch.created, "is_archived": false, "is_im": ch.kind == direct, "is_org_shared": false,
		"context_team_id": s.ws.Team.ID, "updated": ch.created * 1000}
	if ch.kind == direct {
		out["user"] = ch.with
		out["is_user_deleted"] = s.people[ch.with].Deleted
		out["priority"] = 0
		return out
	}
	ext := s.external(ch)
	merge(out, object{
		"name": ch.Name, "name_normalized": ch.Name, "is_channel": ch.kind == public, "is_group": ch.kind == private,
		"is_private": ch.kind == private, "is_mpim": false, "is_general": false, "is_shared": ext, "is_ext_shared": ext,
		"is_pending_ext_shared": false, "is_member": ch.members[s.ws.App.BotUserID], "creator": s.ws.App.BotUserID, "unlinked": 0,
		"topic":   object{"value": ch.Topic, "creator": "", "last_set": 0},
		"purpose": object{"value": "", "creator": "", "last_set": 0}, "previous_names": []string{}, "num_members": len(ch.members),
		"shared_team_ids": []string{s.ws.Team.ID},
	})
	return out
}

// object is a JSON object being built.
type object = map[string]any

func merge(into, from object) {
	for k, v := range from {
		into[k] = v
	}
}

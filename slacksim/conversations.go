package slacksim

import "slices"

// conversations are the channels and direct messages as things happen in them:
// people see it, and the app hears of it. Its methods are called with mu held.
type conversations struct {
	*state
	pages  *pages
	events *events
}

// post appends a message, tells the people who see it and, where subscribed,
// the app.
func (s *conversations) post(ch *channel, m *message) {
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
	if m.fromApp && m.onlyFor == "" {
		if _, said := s.agent.statuses[ch.ID+m.threadTS]; said { // what it was doing is done
			delete(s.agent.statuses, ch.ID+m.threadTS)
			s.showAgent(ch, m.threadTS)
		}
	}
	if !m.fromApp {
		ch.read[m.user] = m.ts
	}
	s.showMessage(ch, m, "message")
	if m.onlyFor == "" {
		s.events.emitMessage(ch, m)
		s.events.emitLinks(ch, m)
	}
	s.touch()
}

// showMessage tells the people who see a message that it came or changed.
func (s *conversations) showMessage(ch *channel, m *message, kind string) {
	for id := range ch.members {
		if m.onlyFor != "" && m.onlyFor != id || s.pages.watchers[id] == nil {
			continue
		}
		s.pages.show(id, kind, object{"channel": ch.ID, "ts": m.ts, "message": s.seenMessage(ch, m)})
	}
}

// tell leaves a note from Slackbot that one person sees.
func (s *conversations) tell(ch *channel, person, thread, text string) {
	s.post(ch, &message{user: slackbot, text: text, onlyFor: person, threadTS: thread})
}

// share posts files as one message.
func (s *conversations) share(ch *channel, m *message) {
	m.ts = s.nextTS()
	for _, f := range m.files {
		if f.shares == nil {
			f.shares = map[string][]string{}
		}
		f.shares[ch.ID] = append(f.shares[ch.ID], m.ts)
		f.completed = true
	}
	m.subtype = "file_share"
	s.post(ch, m)
	for _, f := range m.files {
		s.events.emitFileShared(ch, f, m)
	}
}

// rewrite changes a message in place. What is left out stays: Slack keeps
// earlier blocks and attachments unless told otherwise with an empty array.
func (s *conversations) rewrite(ch *channel, m *message, body content) {
	s.alter(ch, m, body, s.nextTS())
}

// alter is rewrite for what says itself when a person edited the message last.
func (s *conversations) alter(ch *channel, m *message, body content, edited string) {
	previous := s.messageJSON(ch, m)
	if body.hasBlocks {
		m.past = append(slices.Clip(m.past), m.blocks)
		if len(m.past) > keptPast {
			m.past = m.past[1:]
		}
		m.blocks = body.blocks
	}
	if body.hasAttach {
		m.attachments = body.attachments
	}
	if body.text != "" {
		m.text = body.text
	}
	m.edited = edited
	s.showMessage(ch, m, "message_changed")
	s.events.emitChanged(ch, m, previous)
	s.touch()
}

// erase removes a message everywhere.
func (s *conversations) erase(ch *channel, m *message) {
	previous := s.messageJSON(ch, m)
	ch.remove(m.ts)
	for id := range ch.members {
		if m.onlyFor == "" || m.onlyFor == id {
			s.pages.show(id, "message_deleted", object{"channel": ch.ID, "ts": m.ts})
		}
	}
	if m.onlyFor == "" {
		s.events.emitDeleted(ch, previous)
	}
	s.touch()
}

// joined makes somebody a member. Slack says so in the channel, and tells an app that is in
// it by then.
func (s *conversations) joined(ch *channel, id string) {
	if ch.members[id] {
		return
	}
	ch.members[id] = true
	p := s.people[id]
	s.post(ch, &message{user: id, subtype: string(ch.kind) + "_join", text: "<@" + id + "> has joined the " + string(ch.kind)})
	if ch.members[s.ws.App.BotUserID] {
		s.events.emitOf(ch, "member_joined_channel", object{"type": "member_joined_channel", "user": id, "channel": ch.ID,
			"channel_type": ch.ID[:1], "team": p.Team.ID, "inviter": s.ws.People[0].ID})
	}
}

// left takes somebody out.
func (s *conversations) left(ch *channel, id string) {
	delete(ch.members, id)
	bot := s.ws.App.BotUserID
	switch event := string(ch.kind) + "_left"; {
	case id == bot:
		s.events.emitOf(ch, event, object{"type": event, "channel": ch.ID, "actor_id": s.ws.People[0].ID})
	case ch.members[bot]:
		s.events.emitOf(ch, "member_left_channel", object{"type": "member_left_channel", "user": id, "channel": ch.ID,
			"channel_type": ch.ID[:1], "team": s.people[id].Team.ID})
	}
	s.touch()
}

// react adds one person's reaction and tells the app.
func (s *conversations) react(ch *channel, m *message, user, name string) error {
	i := slices.IndexFunc(m.reactions, func(r *reaction) bool { return r.name == name })
	if i < 0 {
		m.reactions = append(slices.Clip(m.reactions), &reaction{name: name})
		i = len(m.reactions) - 1
	}
	if slices.Contains(m.reactions[i].users, user) {
		return no("already_reacted")
	}
	m.reactions[i] = &reaction{name: name, users: append(slices.Clip(m.reactions[i].users), user)}
	s.showMessage(ch, m, "message_changed")
	s.events.emit("reaction_added", object{"type": "reaction_added", "user": user, "reaction": name, "item_user": m.user,
		"item": object{"type": "message", "channel": ch.ID, "ts": m.ts}})
	s.touch()
	return nil
}

package slacksim

import "fmt"

// Invite brings somebody, or the app by its handle, into a channel. The app hears of it as
// member_joined_channel.
func (s *admin) Invite(name, person string) error {
	return s.changing(name, func(ch *channel) error {
		p := s.byHandle(person)
		switch {
		case p == nil:
			return fmt.Errorf("no person %q", person)
		case ch.Archived:
			return fmt.Errorf("#%s is archived", ch.Name)
		}
		s.conversations.joined(ch, p.ID)
		return nil
	})
}

// Remove takes somebody, or the app by its handle, out of a channel. The app hears of its
// own leaving as channel_left or group_left.
func (s *admin) Remove(name, person string) error {
	return s.changing(name, func(ch *channel) error {
		p := s.byHandle(person)
		if p == nil || !ch.members[p.ID] {
			return fmt.Errorf("%q is not in #%s", person, ch.Name)
		}
		s.conversations.left(ch, p.ID)
		return nil
	})
}

// Archive closes a channel for everybody; Unarchive opens it with the members that it had.
func (s *admin) Archive(name string) error   { return s.archived(name, true, "_archive") }
func (s *admin) Unarchive(name string) error { return s.archived(name, false, "_unarchive") }

func (s *admin) archived(name string, archived bool, event string) error {
	return s.changing(name, func(ch *channel) error {
		ch.Archived = archived
		event := string(ch.kind) + event
		if ch.kind == public || ch.members[s.ws.App.BotUserID] {
			s.events.emitOf(ch, event, object{"type": event, "channel": ch.ID, "user": s.ws.People[0].ID, "is_moved": 0})
		}
		s.touch()
		return nil
	})
}

// RestrictPosting lets administrators alone post in a channel, or everybody again. The app
// hears of it as of a message there: there is no event of its own.
func (s *admin) RestrictPosting(name string, restricted bool) error {
	return s.changing(name, func(ch *channel) error {
		ch.Restricted = restricted
		s.conversations.post(ch, &message{user: s.ws.People[0].ID, subtype: "channel_posting_permissions", text: "changed who can post in this channel"})
		return nil
	})
}

func (s *admin) changing(name string, do func(*channel) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.find(name)
	if ch == nil || ch.kind == direct {
		return fmt.Errorf("no channel %q", name)
	}
	return do(ch)
}

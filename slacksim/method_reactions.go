package slacksim

import (
	"regexp"
	"slices"
)

var emojiName = regexp.MustCompile(`^[a-z0-9_+'-]{1,100}(::skin-tone-[2-6])?$`)

func (c *call) reacted() (*channel, *message, error) {
	ch := c.channels[c.args.str("channel")]
	if ch == nil {
		return nil, nil, no("channel_not_found")
	}
	if !ch.members[c.ws.App.BotUserID] {
		return nil, nil, no("not_in_channel")
	}
	m := ch.at(c.args.str("timestamp"))
	if m == nil || m.onlyFor != "" {
		return nil, nil, no("message_not_found")
	}
	return ch, m, nil
}

func reactionsAdd(c *call) (object, error) {
	ch, m, err := c.reacted()
	if err != nil {
		return nil, err
	}
	if ch.Archived {
		return nil, no("is_archived")
	}
	name := c.args.str("name")
	if !emojiName.MatchString(name) {
		return nil, no("invalid_name")
	}
	return nil, c.react(ch, m, c.ws.App.BotUserID, name)
}

func reactionsRemove(c *call) (object, error) {
	ch, m, err := c.reacted()
	if err != nil {
		return nil, err
	}
	bot := c.ws.App.BotUserID
	for i, r := range m.reactions {
		if r.name != c.args.str("name") || !slices.Contains(r.users, bot) {
			continue
		}
		kept := slices.DeleteFunc(slices.Clone(r.users), func(u string) bool { return u == bot })
		m.reactions = slices.Clone(m.reactions)
		m.reactions[i] = &reaction{name: r.name, users: kept}
		if len(kept) == 0 {
			m.reactions = slices.Delete(m.reactions, i, i+1)
		}
		c.showMessage(ch, m, "message_changed")
		c.touch()
		return nil, nil
	}
	return nil, no("no_reaction")
}

func reactionsGet(c *call) (object, error) {
	ch, m, err := c.reacted()
	if err != nil {
		return nil, err
	}
	return object{"type": "message", "channel": ch.ID, "message": c.messageJSON(ch, m)}, nil
}

package slacksim

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// scopeFor is the scope that a kind of conversation needs.
func scopeFor(kind channelKind, right string) string {
	switch kind {
	case private:
		return "groups:" + right
	case direct:
		return "im:" + right
	case group:
		return "mpim:" + right
	case public:
	}
	return "channels:" + right
}

// known answers the conversation with an id: those that are not public and that the app is
// not in do not exist for it.
func (c *call) known(id string) (*channel, error) {
	ch := c.channels[id]
	if ch == nil || ch.kind != public && !ch.members[c.ws.App.BotUserID] {
		return nil, no("channel_not_found")
	}
	return ch, nil
}

// conversation answers the channel argument's conversation, if the app may see it.
func (c *call) conversation(right string) (*channel, error) {
	ch, err := c.known(c.args.str("channel")) // these methods take ids only
	if err != nil {
		return nil, err
	}
	if right != "" && !c.has(scopeFor(ch.kind, right)) {
		return nil, c.missing(scopeFor(ch.kind, right))
	}
	return ch, nil
}

func conversationsOpen(c *call) (object, error) {
	if id := c.args.str("channel"); id != "" {
		ch := c.channels[id]
		if ch == nil || ch.kind != direct {
			return nil, no("channel_not_found")
		}
		return object{"channel": object{"id": ch.ID}, "already_open": true, "no_op": true}, nil
	}
	users := strings.FieldsFunc(c.args.str("users"), func(r rune) bool { return r == ',' || r == ' ' })
	switch {
	case len(users) == 0:
		return nil, no("users_list_not_supplied")
	case len(users) > 1:
		return nil, c.missing("mpim:write") // the app opens none
	}
	p := c.people[users[0]]
	switch {
	case p == nil:
		return nil, no("user_not_found")
	case p.Deleted:
		return nil, no("user_disabled")
	case p.Bot:
		return nil, no("cannot_dm_bot")
	}
	known := c.channels["D0"+strings.TrimPrefix(p.ID, "U0")] != nil
	ch := c.directWith(p.ID)
	out := object{"channel": object{"id": ch.ID}}
	if c.args.flag("return_im") {
		out["channel"] = c.channelJSON(ch)
	}
	if known {
		out["already_open"], out["no_op"] = true, true
	}
	return out, nil
}

func conversationsClose(c *call) (object, error) {
	_, err := c.conversation("")
	return nil, err
}

func conversationsInfo(c *call) (object, error) {
	ch, err := c.conversation("read")
	if err != nil {
		return nil, err
	}
	return object{"channel": c.channelJSON(ch)}, nil
}

func conversationsList(c *call) (object, error) {
	if err := c.ofTeam(); err != nil {
		return nil, err
	}
	return c.listed(func(*channel) bool { return true })
}

func usersConversations(c *call) (object, error) {
	user := cmp.Or(c.args.str("user"), c.ws.App.BotUserID)
	return c.listed(func(ch *channel) bool { return ch.members[user] })
}

func (c *call) listed(want func(*channel) bool) (object, error) {
	kinds := map[channelKind]bool{}
	for t := range strings.SplitSeq(cmp.Or(c.args.str("types"), "public_channel"), ",") {
		kind, ok := map[string]channelKind{"public_channel": public, "private_channel": private, "im": direct, "mpim": group}[strings.TrimSpace(t)]
		if !ok {
			return nil, no("invalid_types")
		}
		if !c.has(scopeFor(kind, "read")) {
			return nil, c.missing(scopeFor(kind, "read"))
		}
		kinds[kind] = true
	}
	var all []*channel
	for _, id := range c.order {
		ch := c.channels[id]
		if kinds[ch.kind] && want(ch) && (ch.kind == public || ch.members[c.ws.App.BotUserID]) {
			all = append(all, ch)
		}
	}
	page, next, err := paged(c.args, all)
	if err != nil {
		return nil, err
	}
	return object{"channels": listOf(page, c.channelJSON), "response_metadata": object{"next_cursor": next}}, nil
}

func conversationsMembers(c *call) (object, error) {
	ch, err := c.conversation("read")
	if err != nil {
		return nil, err
	}
	page, next, err := paged(c.args, slices.Sorted(maps.Keys(ch.members)))
	if err != nil {
		return nil, err
	}
	return object{"members": page, "response_metadata": object{"next_cursor": next}}, nil
}

func conversationsJoin(c *call) (object, error) {
	ch, err := c.conversation("")
	if err != nil {
		return nil, err
	}
	if ch.kind != public {
		return nil, no("method_not_supported_for_channel_type")
	}
	if ch.Archived {
		return nil, no("is_archived")
	}
	c.joined(ch, c.ws.App.BotUserID)
	return object{"channel": c.channelJSON(ch)}, nil
}

func conversationsLeave(c *call) (object, error) {
	ch, err := c.conversation("")
	if err != nil {
		return nil, err
	}
	if ch.kind == direct {
		return nil, no("method_not_supported_for_channel_type")
	}
	if !ch.members[c.ws.App.BotUserID] {
		return object{"not_in_channel": true}, nil
	}
	c.left(ch, c.ws.App.BotUserID)
	return nil, nil
}

// readable is conversation for reading its messages: the app must be a member.
func (c *call) readable() (*channel, error) {
	ch, err := c.conversation("history")
	if err != nil {
		return nil, err
	}
	if !ch.members[c.ws.App.BotUserID] {
		return nil, no("not_in_channel")
	}
	return ch, nil
}

func conversationsHistory(c *call) (object, error) {
	ch, err := c.readable()
	if err != nil {
		return nil, err
	}
	var all []*message
	for _, m := range slices.Backward(ch.messages) {
		reply := m.threadTS != "" && m.threadTS != m.ts && !m.broadcast
		if m.onlyFor == "" && !reply && c.within(m) {
			all = append(all, m)
		}
	}
	return c.messages(ch, all)
}

func conversationsReplies(c *call) (object, error) {
	ch, err := c.readable()
	if err != nil {
		return nil, err
	}
	ts := c.args.str("ts")
	if m := ch.at(ts); m != nil && m.threadTS != "" {
		ts = m.threadTS // a reply's ts stands for its thread
	}
	thread := ch.thread(ts)
	if thread == nil || thread[0].onlyFor != "" {
		return nil, no("thread_not_found")
	}
	var all []*message
	for i, m := range thread {
		if i == 0 || c.within(m) {
			all = append(all, m)
		}
	}
	return c.messages(ch, all)
}

// within applies oldest, latest and inclusive; ts of equal length compare as
// text.
func (c *call) within(m *message) bool {
	oldest, latest, inclusive := c.args.str("oldest"), c.args.str("latest"), c.args.flag("inclusive")
	if latest == "now" {
		latest = ""
	}
	after := oldest == "" || oldest == "0" || m.ts > oldest || inclusive && m.ts == oldest
	before := latest == "" || m.ts < latest || inclusive && m.ts == latest
	return after && before
}

func (c *call) messages(ch *channel, all []*message) (object, error) {
	if c.args.str("limit") == "" {
		c.args.form["limit"] = []string{"100"}
	}
	page, next, err := paged(c.args, all)
	if err != nil {
		return nil, err
	}
	out := listOf(page, func(m *message) object {
		if c.args.flag("include_all_metadata") {
			return c.withMetadata(ch, m)
		}
		return c.messageJSON(ch, m)
	})
	return object{"messages": out, "has_more": next != "", "pin_count": 0, "response_metadata": object{"next_cursor": next}}, nil
}

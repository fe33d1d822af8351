package slacksim

import (
	"slices"
	"sort"
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

func (ch *channel) unread(p *Person) int {
	n := 0
	for _, m := range slices.Backward(ch.messages) {
		if m.ts <= ch.read[p.ID] {
			break
		}
		if m.user != p.ID && (m.onlyFor == "" || m.onlyFor == p.ID) {
			n++
		}
	}
	return n
}

func (ch *channel) shortName() string {
	switch ch.kind {
	case direct:
		return "directmessage"
	case private:
		return "privategroup"
	}
	return ch.Name
}

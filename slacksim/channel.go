package slacksim

import (
	"encoding/json"
	"slices"
	"sort"
	"strings"
)

type channelKind string

const (
	public  channelKind = "channel"
	private channelKind = "group"
	direct  channelKind = "im"
	group   channelKind = "mpim" // a direct message of several people
)

// channel is a conversation with its messages in order of ts.
type channel struct {
	Channel
	kind     channelKind
	with     string // the person of a direct message, the first of one between others
	members  map[string]bool
	messages []*message
	read     map[string]string // last ts seen, by person
	created  int64
}

// closed says in Slack's word why the app cannot post here; "" where
// nothing is in the way.
func (ch *channel) closed() string {
	switch {
	case ch.Archived:
		return "is_archived"
	case ch.Restricted:
		return "restricted_action"
	}
	return ""
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
	case group, public:
	}
	return ch.Name
}

// message is one message of a channel. Blocks stand with their ids filled in.
type message struct {
	ts, threadTS string
	user         string // author; the bot user for the app
	fromApp      bool
	other        *OtherApp // that posted it
	viaHook      bool      // response_url or slash answer: no user, subtype bot_message
	subtype      string
	text         string
	blocks       []any
	past         [][]any // blocks shown before the last edits, which a person may still have on screen
	attachments  json.RawMessage
	metadata     json.RawMessage
	files        []*file
	reactions    []*reaction
	edited       string // ts of the last edit
	onlyFor      string // person who alone sees it: an ephemeral message
	broadcast    bool
	username     string
	clientMsgID  string
	claimed      bool // a test has seen it
}

type reaction struct {
	name  string
	users []string
}

// keptPast is how many earlier renderings of a message can still be clicked.
const keptPast = 4

// slackbot is the author of what Slack itself tells a person.
const slackbot = "USLACKBOT"

// element finds an element in what the message shows, or showed a moment ago.
func (m *message) element(blockID, actionID string) (block, element object) {
	for _, shown := range slices.Backward(append(slices.Clip(m.past), m.blocks)) {
		if block, element = locate(shown, blockID, actionID); element != nil {
			return block, element
		}
	}
	return nil, nil
}

// mentions is true where a text names a user.
func mentions(text, user string) bool {
	return strings.Contains(text, "<@"+user+">") || strings.Contains(text, "<@"+user+"|")
}

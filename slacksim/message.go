package slacksim

import (
	"encoding/json"
	"slices"
	"strings"
)

// message is one message of a channel. Blocks stand with their ids filled in.
type message struct {
	ts, threadTS string
	user         string // author; the bot user for the app
	fromApp      bool
	viaHook      bool // response_url or slash answer: no user, subtype bot_message
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
	if block, element = locate(m.blocks, blockID, actionID); element != nil {
		return block, element
	}
	for _, old := range slices.Backward(m.past) {
		if block, element = locate(old, blockID, actionID); element != nil {
			return block, element
		}
	}
	return nil, nil
}

// mentions is true where a text names a user.
func mentions(text, user string) bool {
	return strings.Contains(text, "<@"+user+">") || strings.Contains(text, "<@"+user+"|")
}

package slacksim

import (
	"strings"
	"time"
)

// view is a modal or a Home tab as one person sees it.
type view struct {
	definition
	id, person, hash string
	blocks           []any
	root, previous   string
	state            stateValues
	errors           map[string]string // shown under inputs by response_action errors
	shown            time.Time
}

// definition is what the app says of a view, but for its blocks.
type definition struct {
	Kind            string `json:"type"`
	CallbackID      string `json:"callback_id"`
	ExternalID      string `json:"external_id"`
	PrivateMetadata string `json:"private_metadata"`
	Title           any    `json:"title"`
	Submit          any    `json:"submit"`
	Close           any    `json:"close"`
	ClearOnClose    bool   `json:"clear_on_close"`
	NotifyOnClose   bool   `json:"notify_on_close"`
	SubmitDisabled  bool   `json:"submit_disabled"`
}

// titleOf is the words at the head of a modal.
func (v *view) titleText() string {
	return strings.TrimSpace(wordOf(v.Title))
}

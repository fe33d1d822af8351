package slacksim

import (
	"strings"
	"time"
)

// view is a modal or a Home tab as one person sees it.
type view struct {
	id, kind, person            string
	callbackID, externalID      string
	privateMetadata, hash       string
	title, submit, close        any
	clearOnClose, notifyOnClose bool
	submitDisabled              bool
	blocks                      []any
	root, previous              string
	state                       stateValues
	errors                      map[string]string // shown under inputs by response_action errors
	shown                       time.Time
}

// titleOf is the words at the head of a modal.
func (v *view) titleText() string {
	return strings.TrimSpace(wordOf(v.title))
}

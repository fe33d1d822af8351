package workflows

import (
	"strings"
	"time"
)

// Person is somebody of a chat workspace. Team and ID together identify; neither
// alone does (a guest of another team can carry any ID).
type Person struct {
	Team string `json:"team"`
	ID   string `json:"id"`
}

// IsZero reports that nobody is meant.
func (p Person) IsZero() bool { return p.ID == "" }

// String is for logs and audit rows.
func (p Person) String() string { return p.Team + "/" + p.ID }

// Robot is the actor of what Countersign does by itself.
var Robot = Person{Team: "countersign", ID: "countersign"}

// Profile is what the workspace says of a person. A person of whom it says
// nothing is refused (fail closed).
type Profile struct {
	Person  Person    `json:"person"` // of the workspace served, for its members
	Teams   []string  `json:"teams"`  // every workspace and organisation that the account is known under
	Name    string    `json:"name"`
	Locale  string    `json:"locale"` // as Slack spells it: en-US, zh-CN
	Bot     bool      `json:"bot,omitempty"`
	Guest   bool      `json:"guest,omitempty"` // single- or multi-channel guest, or of another organisation
	Deleted bool      `json:"deleted,omitempty"`
	Seen    time.Time `json:"seen"` // when the workspace last said so
}

// Place is where a conversation happens: a channel or direct message, and the
// thread in it, if any.
type Place struct {
	Channel string `json:"channel"`
	Thread  string `json:"thread,omitempty"`
}

// Direct reports that only one person reads there. Slack names direct messages D...
func (p Place) Direct() bool { return strings.HasPrefix(p.Channel, "D") }

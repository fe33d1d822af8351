package workflows

import (
	"encoding/json"
	"time"
)

// Case is one triage conversation: what was pasted (redacted), what was found, what
// was answered, and how it ended.
type Case struct {
	ID      string            `json:"id"`
	Version int64             `json:"version"`
	Person  Person            `json:"person"`
	Place   Place             `json:"place"`
	Lang    string            `json:"lang"`
	Input   string            `json:"input"`             // redacted before it gets here; bounded
	Context map[string]string `json:"context,omitempty"` // product, side: what was asked and answered
	Answer  json.RawMessage   `json:"answer,omitempty"`
	Cause   string            `json:"cause,omitempty"`   // first cause, for lists
	Ticks   []int             `json:"ticks,omitempty"`   // fix steps done
	Outcome string            `json:"outcome,omitempty"` // solved, wrong, other:<cause>
	Created time.Time         `json:"created"`
	Updated time.Time         `json:"updated"`
}

package workflows

import (
	"time"

	"countersign/triage/artefact"
)

// Case is one triage conversation: what was pasted (redacted), what was found, what
// was answered, and how it ended.
type Case struct {
	ID      string                 `json:"id"`
	Version int64                  `json:"version"`
	Person  Person                 `json:"person"`
	Place   Place                  `json:"place"`
	Lang    string                 `json:"lang"`
	Input   string                 `json:"input"`             // redacted before it gets here; bounded
	Seen    []artefact.Observation `json:"seen,omitempty"`    // what attached files show
	Context map[string]string      `json:"context,omitempty"` // product, side: what was asked and answered
	Cause   string                 `json:"cause,omitempty"`   // first cause, for lists
	Ticks   []int                  `json:"ticks,omitempty"`   // fix steps done
	Outcome string                 `json:"outcome,omitempty"` // solved, wrong, other:<cause>
	Created time.Time              `json:"created"`
	Updated time.Time              `json:"updated"`
}

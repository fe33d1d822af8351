package support

import (
	"crypto/sha256"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"countersign/triage"
	"countersign/workflows"
)

// maxRemembered is how many answers are remembered: those of the cases that people are at.
const maxRemembered = 32

// memo remembers answers by all that they are made of. On its way to the card a paste is
// looked at when it is routed, when its case is opened and when that is drawn: it is
// diagnosed once. The zero value is ready; it is safe for concurrent use.
type memo struct {
	mu      sync.Mutex
	kb      *triage.KB // whose answers these are: another forgets them
	answers map[[sha256.Size]byte]triage.Answer
	order   [][sha256.Size]byte // oldest first
	made    int                 // how many were computed
}

// keyOf names the answer to c. What is valid at one minute may have ended at the next.
func keyOf(c workflows.Case, now time.Time) [sha256.Size]byte {
	raw, err := json.Marshal(struct {
		Minute  time.Time
		Lang    string
		Input   string
		Pieces  []workflows.Piece
		Certs   []workflows.Attached
		Seen    []Observation
		Context map[string]string
		Probes  []workflows.Probe
	}{now.Truncate(time.Minute), c.Lang, c.Input, c.Pieces, c.Certs, c.Seen, c.Context, c.Probes})
	if err != nil {
		raw = nil // plain values cannot fail
	}
	return sha256.Sum256(raw)
}

// get gives kb's answer of a key, computed by of when it is not remembered. One that is not
// whole, because the time was up, is not kept.
func (m *memo) get(kb *triage.KB, key [sha256.Size]byte, of func() (a triage.Answer, whole bool)) triage.Answer {
	m.mu.Lock()
	if m.kb != kb {
		m.kb, m.answers, m.order = kb, nil, nil
	}
	a, known := m.answers[key]
	m.mu.Unlock()
	if known {
		return cloned(a)
	}
	a, whole := of()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.made++
	if _, known := m.answers[key]; !whole || known || m.kb != kb {
		return a
	}
	if m.answers == nil {
		m.answers = map[[sha256.Size]byte]triage.Answer{}
	}
	if len(m.order) == maxRemembered {
		delete(m.answers, m.order[0])
		m.order = m.order[1:]
	}
	m.answers[key], m.order = a, append(m.order, key)
	return cloned(a)
}

// cloned shares no list with a that its receiver may change.
func cloned(a triage.Answer) triage.Answer {
	a.Findings, a.Products, a.Redacted = slices.Clone(a.Findings), slices.Clone(a.Products), slices.Clone(a.Redacted)
	for i := range a.Findings {
		a.Findings[i].Evidence = slices.Clone(a.Findings[i].Evidence)
	}
	return a
}

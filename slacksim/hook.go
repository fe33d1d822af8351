package slacksim

import "time"

// A response_url is good for five answers in thirty minutes.
const (
	hookUses = 5
	hookLife = 30 * time.Minute
)

// hook is a response_url.
type hook struct {
	channel, ts, person string // ts of the message it came from, if any
	uses                int
	made                time.Time
}

// hooks are those handed out. The caller holds mu.
type hooks struct {
	base  string // of their addresses
	byKey map[string]*hook
}

// hand makes a response_url for an interaction on m, which may be nil.
func (h *hooks) hand(ch *channel, m *message, person string) string {
	key := random(16)
	made := &hook{channel: ch.ID, person: person, made: time.Now()}
	if m != nil {
		made.ts = m.ts
	}
	h.byKey[key] = made
	if len(h.byKey) > 5000 {
		for old, one := range h.byKey {
			if time.Since(one.made) > hookLife {
				delete(h.byKey, old)
			}
		}
	}
	return h.base + key
}

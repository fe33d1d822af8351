package slacksim

import (
	"maps"
	"strconv"
	"time"
)

// trigger is the short right to open a modal that an interaction hands out.
type trigger struct {
	person  string
	view    string // the modal it came from, if any
	expires time.Time
	used    bool
}

// triggers are those handed out. The caller holds mu.
type triggers struct {
	life time.Duration
	byID map[string]*trigger
	last int64
}

// hand makes a trigger_id.
func (t *triggers) hand(person, fromView string) string {
	t.last++
	id := strconv.FormatInt(time.Now().UnixMilli(), 10) + "." + strconv.FormatInt(t.last, 10) + "." + random(16)
	t.byID[id] = &trigger{person: person, view: fromView, expires: time.Now().Add(t.life)}
	if len(t.byID) > 1000 {
		maps.DeleteFunc(t.byID, func(_ string, old *trigger) bool { return time.Since(old.expires) > time.Hour })
	}
	return id
}

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
		maps.DeleteFunc(h.byKey, func(_ string, old *hook) bool { return time.Since(old.made) > hookLife })
	}
	return h.base + key
}

package slacksim

import (
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
		for old, one := range t.byID {
			if time.Since(one.expires) > time.Hour {
				delete(t.byID, old)
			}
		}
	}
	return id
}

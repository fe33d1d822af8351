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

// newTrigger hands out a trigger_id. The caller holds mu.
func (s *Sim) newTrigger(person, fromView string) string {
	id := strconv.FormatInt(time.Now().UnixMilli(), 10) + "." + strconv.FormatInt(s.lastID+1, 10) + "." + random(16)
	s.lastID++
	s.triggers[id] = &trigger{person: person, view: fromView, expires: time.Now().Add(s.opt.TriggerLife)}
	if len(s.triggers) > 1000 {
		for old, t := range s.triggers {
			if time.Since(t.expires) > time.Hour {
				delete(s.triggers, old)
			}
		}
	}
	return id
}

// trigger checks the trigger_id argument without using it up.
func (c *call) trigger() (*trigger, error) {
	id := c.args.str("trigger_id")
	if id == "" {
		id = c.args.str("interactivity_pointer")
	}
	if id == "" {
		return nil, no("invalid_arguments", "[ERROR] missing required field: trigger_id [json-pointer:/trigger_id]")
	}
	t := c.triggers[id]
	switch {
	case t == nil:
		return nil, no("invalid_trigger_id")
	case t.used:
		return nil, no("exchanged_trigger_id")
	case time.Now().After(t.expires):
		return nil, no("expired_trigger_id")
	}
	return t, nil
}

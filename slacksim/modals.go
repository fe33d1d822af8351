package slacksim

import (
	"encoding/json"
	"time"
)

// modals are the modals and Home tabs as they open, change and close. Its
// methods are called with mu held.
type modals struct {
	*state
	pages *pages
}

// maxStack is how many modals stand on one another at most.
const maxStack = 3

// parseView reads a checked view definition into v, keeping what people have
// entered in elements that stay (same block_id, action_id and type).
func (s *modals) parseView(v *view, raw json.RawMessage) error {
	var def struct {
		definition
		Blocks json.RawMessage `json:"blocks"`
	}
	if err := json.Unmarshal(raw, &def); err != nil {
		return no("invalid_arguments", "[ERROR] must be valid JSON [json-pointer:/view]")
	}
	if def.ExternalID != "" {
		for _, other := range s.views {
			if other.ExternalID == def.ExternalID && other.id != v.id {
				return no("duplicate_external_id")
			}
		}
	}
	normalise([]any{def.Title, def.Submit, def.Close})
	v.definition = def.definition
	v.blocks = s.fill(def.Blocks)
	v.state = v.state.carry(v.blocks)
	v.errors = nil
	v.hash = nowTS()[:10] + "." + random(4)
	v.shown = time.Now()
	return nil
}

// openView puts a new modal on a person's stack.
func (s *modals) openView(person string, raw json.RawMessage, push bool) (*view, error) {
	v := &view{id: s.nextID("V"), person: person}
	if err := s.parseView(v, raw); err != nil {
		return nil, err
	}
	stack := s.stacks[person]
	event := "view_opened"
	if push {
		if len(stack) >= maxStack {
			return nil, no("push_limit_reached")
		}
		v.root, v.previous, event = stack[0].id, stack[len(stack)-1].id, "view_pushed"
	} else {
		for _, old := range stack {
			delete(s.views, old.id)
		}
		stack = nil
	}
	s.views[v.id] = v
	s.stacks[person] = append(stack, v)
	s.pages.show(person, event, object{"view": s.viewJSON(v)})
	s.touch()
	return v, nil
}

// updateView replaces a view's content in place.
func (s *modals) updateView(v *view, raw json.RawMessage) error {
	changed := *v
	if err := s.parseView(&changed, raw); err != nil {
		return err
	}
	*v = changed
	s.pages.show(v.person, "view_updated", object{"view": s.viewJSON(v)})
	s.touch()
	return nil
}

// publishHome replaces what a person's Home tab shows.
func (s *modals) publishHome(person string, raw json.RawMessage) (*view, error) {
	v := s.homes[person]
	fresh := v == nil
	if fresh {
		v = &view{id: s.nextID("V"), person: person}
	}
	if err := s.parseView(v, raw); err != nil {
		return nil, err
	}
	if fresh {
		s.homes[person], s.views[v.id] = v, v
	}
	s.pages.show(person, "home_updated", object{"view": s.viewJSON(v)})
	s.touch()
	return v, nil
}

// pop closes the top modal, or all of them, and answers what was closed, top
// first.
func (s *modals) pop(person string, all bool) []*view {
	stack := s.stacks[person]
	var closed []*view
	for len(stack) > 0 {
		v := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		delete(s.views, v.id)
		closed = append(closed, v)
		s.pages.show(person, "view_closed", object{"view": object{"id": v.id}, "view_id": v.id, "cleared": all})
		if !all {
			break
		}
	}
	s.stacks[person] = stack
	s.touch()
	return closed
}

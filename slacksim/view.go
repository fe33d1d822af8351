package slacksim

import (
	"encoding/json"
	"strings"
	"time"

	"countersign/slacksim/blockkit"
)

// maxStack is how many modals stand on one another at most.
const maxStack = 3

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

// parseView reads a checked view definition into v, keeping what people have
// entered in elements that stay (same block_id, action_id and type).
func (s *Sim) parseView(v *view, raw json.RawMessage) error {
	var def struct {
		Type            string          `json:"type"`
		CallbackID      string          `json:"callback_id"`
		ExternalID      string          `json:"external_id"`
		PrivateMetadata string          `json:"private_metadata"`
		Title           any             `json:"title"`
		Submit          any             `json:"submit"`
		Close           any             `json:"close"`
		ClearOnClose    bool            `json:"clear_on_close"`
		NotifyOnClose   bool            `json:"notify_on_close"`
		SubmitDisabled  bool            `json:"submit_disabled"`
		Blocks          json.RawMessage `json:"blocks"`
	}
	if err := json.Unmarshal(raw, &def); err != nil {
		return no("invalid_arguments", "[ERROR] must be valid JSON [json-pointer:/view]")
	}
	if def.ExternalID != "" {
		for _, other := range s.views {
			if other.externalID == def.ExternalID && other.id != v.id {
				return no("duplicate_external_id")
			}
		}
	}
	v.kind, v.callbackID, v.externalID, v.privateMetadata = def.Type, def.CallbackID, def.ExternalID, def.PrivateMetadata
	v.title, v.submit, v.close = emojiText(def.Title), emojiText(def.Submit), emojiText(def.Close)
	v.clearOnClose, v.notifyOnClose, v.submitDisabled = def.ClearOnClose, def.NotifyOnClose, def.SubmitDisabled
	v.blocks = s.fill(def.Blocks)
	v.state = v.state.carry(v.blocks)
	v.errors = nil
	v.hash = nowTS()[:10] + "." + random(4)
	v.shown = time.Now()
	return nil
}

func emojiText(node any) any {
	normalise(node)
	return node
}

// viewJSON is a view object as the API answers it. The caller holds mu.
func (s *Sim) viewJSON(v *view) object {
	out := object{"id": v.id, "team_id": s.people[v.person].Team.ID, "type": v.kind, "blocks": v.blocks, "private_metadata": v.privateMetadata,
		"callback_id": v.callbackID, "external_id": v.externalID, "state": object{"values": v.state.clone()}, "hash": v.hash, "title": v.title,
		"submit": v.submit, "close": v.close, "clear_on_close": v.clearOnClose, "notify_on_close": v.notifyOnClose,
		"root_view_id": or(v.root, v.id), "previous_view_id": nil, "app_id": s.ws.App.ID, "bot_id": s.ws.App.BotID,
		"app_installed_team_id": s.ws.Team.ID, "submit_disabled": v.submitDisabled}
	if v.blocks == nil {
		out["blocks"] = []any{}
	}
	if v.previous != "" {
		out["previous_view_id"] = v.previous
	}
	if v.kind == "home" {
		out["title"] = object{"type": "plain_text", "text": "View Title", "emoji": true}
	}
	return out
}

// checkedView answers the view argument once Slack would accept it.
func checkedView(raw json.RawMessage, check func([]byte) []blockkit.Problem) error {
	if raw == nil {
		return no("invalid_arguments", "[ERROR] missing required field: view [json-pointer:/view]")
	}
	if problems := check(raw); len(problems) > 0 {
		return no(blockkit.Code(problems), blockkit.Messages(problems)...)
	}
	return nil
}

// openView puts a new modal on a person's stack. The caller holds mu.
func (s *Sim) openView(person string, raw json.RawMessage, push bool) (*view, error) {
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
	s.show(person, event, object{"view": s.viewJSON(v)})
	s.touch()
	return v, nil
}

func viewsOpen(c *call) (object, error) { return c.openOrPush(false) }
func viewsPush(c *call) (object, error) { return c.openOrPush(true) }

func (c *call) openOrPush(push bool) (object, error) {
	raw := c.args.raw("view")
	if err := checkedView(raw, blockkit.CheckView); err != nil {
		return nil, err
	}
	t, err := c.trigger()
	if err != nil {
		return nil, err
	}
	// A push needs a trigger that came from a modal which is still open.
	if push && (t.view == "" || c.views[t.view] == nil) {
		return nil, no("invalid_trigger_id")
	}
	v, err := c.openView(t.person, raw, push)
	if err != nil {
		return nil, err
	}
	t.used = true
	return object{"view": c.viewJSON(v)}, nil
}

func viewsUpdate(c *call) (object, error) {
	raw := c.args.raw("view")
	if err := checkedView(raw, blockkit.CheckView); err != nil {
		return nil, err
	}
	var v *view
	if id := c.args.str("view_id"); id != "" {
		v = c.views[id]
	} else if ext := c.args.str("external_id"); ext != "" {
		for _, other := range c.views {
			if other.externalID == ext {
				v = other
			}
		}
	} else {
		return nil, no("invalid_arguments", "[ERROR] missing required field: view_id [json-pointer:/view_id]")
	}
	if v == nil || v.kind != "modal" {
		return nil, no("not_found")
	}
	if h := c.args.str("hash"); h != "" && h != v.hash {
		return nil, no("hash_conflict")
	}
	if err := c.updateView(v, raw); err != nil {
		return nil, err
	}
	return object{"view": c.viewJSON(v)}, nil
}

// updateView replaces a view's content in place. The caller holds mu.
func (s *Sim) updateView(v *view, raw json.RawMessage) error {
	changed := *v
	if err := s.parseView(&changed, raw); err != nil {
		return err
	}
	*v = changed
	s.show(v.person, "view_updated", object{"view": s.viewJSON(v)})
	s.touch()
	return nil
}

func viewsPublish(c *call) (object, error) {
	raw := c.args.raw("view")
	if err := checkedView(raw, blockkit.CheckHome); err != nil {
		return nil, err
	}
	user := c.args.str("user_id")
	p := c.people[user]
	switch {
	case !c.ws.App.HomeTab:
		return nil, no("not_enabled")
	case p == nil || p.Bot || p.Deleted || p.Team.ID != c.ws.Team.ID:
		return nil, no("invalid_arguments", "[ERROR] user_id is not a member of this workspace [json-pointer:/user_id]")
	}
	v := c.homes[user]
	h := c.args.str("hash")
	if h != "" && (v == nil || h != v.hash) {
		return nil, no("hash_conflict")
	}
	fresh := v == nil
	if fresh {
		v = &view{id: c.nextID("V"), person: user}
	}
	if err := c.parseView(v, raw); err != nil {
		return nil, err
	}
	if fresh {
		c.homes[user], c.views[v.id] = v, v
	}
	c.show(user, "home_updated", object{"view": c.viewJSON(v)})
	c.touch()
	return object{"view": c.viewJSON(v)}, nil
}

// top is the modal on top of a person's stack.
func (s *Sim) top(person string) *view {
	stack := s.stacks[person]
	if len(stack) == 0 {
		return nil
	}
	return stack[len(stack)-1]
}

// pop closes the top modal, or all of them, and answers what was closed, top
// first. The caller holds mu.
func (s *Sim) pop(person string, all bool) []*view {
	stack := s.stacks[person]
	var closed []*view
	for len(stack) > 0 {
		v := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		delete(s.views, v.id)
		closed = append(closed, v)
		s.show(person, "view_closed", object{"view": object{"id": v.id}, "view_id": v.id, "cleared": all})
		if !all {
			break
		}
	}
	s.stacks[person] = stack
	s.touch()
	return closed
}

// titleOf is the words at the head of a modal.
func (v *view) titleText() string {
	t, _ := v.title.(object)
	return strings.TrimSpace(str(t, "text"))
}

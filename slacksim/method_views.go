package slacksim

import (
	"cmp"
	"encoding/json"
	"time"

	"countersign/slacksim/blockkit"
)

// trigger checks the trigger_id argument without using it up.
func (c *call) trigger() (*trigger, error) {
	id := cmp.Or(c.args.str("trigger_id"), c.args.str("interactivity_pointer"))
	if id == "" {
		return nil, no("invalid_arguments", "[ERROR] missing required field: trigger_id [json-pointer:/trigger_id]")
	}
	t := c.triggers.byID[id]
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
			if other.ExternalID == ext {
				v = other
			}
		}
	} else {
		return nil, no("invalid_arguments", "[ERROR] missing required field: view_id [json-pointer:/view_id]")
	}
	if v == nil || v.Kind != "modal" {
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
	case p == nil || p.Bot || p.Deleted || !p.in(c.ws.Team):
		return nil, no("invalid_arguments", "[ERROR] user_id is not a member of this workspace [json-pointer:/user_id]")
	}
	if h, v := c.args.str("hash"), c.homes[user]; h != "" && (v == nil || h != v.hash) {
		return nil, no("hash_conflict")
	}
	v, err := c.publishHome(user, raw)
	if err != nil {
		return nil, err
	}
	return object{"view": c.viewJSON(v)}, nil
}

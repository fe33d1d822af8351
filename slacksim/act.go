package slacksim

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"unicode/utf8"
)

// Place is where an interaction happens: a message (Channel and TS), a modal
// (ViewID) or the Home tab (neither).
type Place struct {
	Type    string `json:"type"` // message, view or home
	Channel string `json:"channel,omitempty"`
	TS      string `json:"ts,omitempty"`
	ViewID  string `json:"view_id,omitempty"`
}

// Act is one use of an interactive element.
type Act struct {
	Place    Place
	BlockID  string
	ActionID string
	Value    any         // what was chosen, as stateOf takes it; nil for buttons
	State    stateValues // what else stands in inputs of the same surface
}

// Act performs a block_actions interaction for a person and waits for the
// app's acknowledgement. An error says what the person was shown.
func (s *client) Act(ctx context.Context, personID string, act Act) error {
	payload, err := s.prepareAct(personID, act)
	if err != nil {
		return err
	}
	if !s.ws.App.Interactivity {
		return s.toast(personID, "This app is not configured to handle interactive responses.")
	}
	return s.interact(ctx, personID, "block_actions", payload)
}

func (s *client) prepareAct(personID string, act Act) (object, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.people[personID]
	if p == nil {
		return nil, fmt.Errorf("no person %q", personID)
	}
	payload := s.interactionBase("block_actions", p)
	payload["container"], payload["state"] = object{}, object{"values": stateValues{}}
	var block, element object
	var values stateValues
	var fromView string
	if act.Place.Type == "message" {
		ch, m, err := s.seen(p, act.Place.Channel, act.Place.TS)
		if err != nil {
			return nil, err
		}
		if block, element = m.element(act.BlockID, act.ActionID); element == nil {
			return nil, fmt.Errorf("message %s has no element %s in block %s", m.ts, act.ActionID, act.BlockID)
		}
		key := personID + "/" + ch.ID + "/" + m.ts
		values = s.inputs[key].carry(m.blocks)
		s.inputs[key] = values
		payload["container"] = object{"type": "message", "message_ts": m.ts, "channel_id": ch.ID, "is_ephemeral": m.onlyFor != ""}
		payload["channel"] = object{"id": ch.ID, "name": ch.shortName()}
		payload["response_url"] = s.hooks.hand(ch, m, p.ID)
		if m.onlyFor == "" { // Slack sends no message object for an ephemeral one
			payload["message"] = s.messageJSON(ch, m)
		}
		if m.threadTS != "" {
			payload["container"].(object)["thread_ts"] = m.threadTS
		}
	} else {
		v, err := s.placed(personID, act.Place)
		if err != nil {
			return nil, err
		}
		if block, element = locate(v.blocks, act.BlockID, act.ActionID); element == nil {
			return nil, fmt.Errorf("view %s has no element %s in block %s", v.id, act.ActionID, act.BlockID)
		}
		if values = v.state; v.Kind == "modal" {
			fromView = v.id
		}
		defer func() { payload["view"] = s.viewJSON(v) }() // with the new state
		payload["container"] = object{"type": "view", "view_id": v.id}
		delete(payload, "state")
	}
	fillState(values, act.State)
	action, err := s.action(block, element, act.Value, values)
	if err != nil {
		return nil, err
	}
	if _, has := payload["state"]; has {
		payload["state"] = object{"values": values.clone()}
	}
	payload["trigger_id"] = s.triggers.hand(personID, fromView)
	payload["actions"] = []any{action}
	return payload, nil
}

// placed answers the modal or Home tab of a place.
func (s *client) placed(personID string, at Place) (*view, error) {
	if at.Type == "home" {
		if v := s.homes[personID]; v != nil {
			return v, nil
		}
		return nil, fmt.Errorf("the Home tab is empty")
	}
	if v := s.top(personID); v != nil && (at.ViewID == "" || v.id == at.ViewID) {
		return v, nil
	}
	if v := s.homes[personID]; v != nil && v.id == at.ViewID {
		return v, nil
	}
	return nil, fmt.Errorf("view %q is not open", at.ViewID)
}

// action is one entry of actions[], and stores what was chosen.
func (s *client) action(block, element object, in any, values stateValues) (object, error) {
	kind := str(element, "type")
	out := object{"type": kind, "action_id": element["action_id"], "block_id": block["block_id"], "action_ts": nowTS()}
	switch kind {
	case "button", "workflow_button":
		for _, key := range []string{"text", "value", "style", "url", "confirm", "accessibility_label"} {
			if v, has := element[key]; has {
				out[key] = v
			}
		}
		return out, nil
	case "feedback_buttons":
		for _, side := range []string{"positive_button", "negative_button"} {
			if b, _ := element[side].(object); b != nil && b["value"] == in {
				out["text"], out["value"] = b["text"], b["value"]
				return out, nil
			}
		}
		return nil, fmt.Errorf("no feedback %v", in)
	case "icon_button":
		out["text"], out["value"] = element["text"], element["value"]
		return out, nil
	case "overflow":
		option, err := chooseOption(element, unwrapOption(in))
		out["selected_option"] = option
		return out, err
	}
	if p, has := element["placeholder"]; has {
		out["placeholder"] = p
	}
	st, err := s.stateOf(element, in)
	if err != nil {
		return nil, err
	}
	maps.Copy(out, st)
	values.set(str(block, "block_id"), str(element, "action_id"), st)
	return out, nil
}

// Suggest asks the app for the options of an external select. It answers
// options, or option groups as they came.
func (s *client) Suggest(ctx context.Context, personID string, at Place, blockID, actionID, value string) ([]any, error) {
	payload, short, err := s.prepareSuggest(personID, at, blockID, actionID, value)
	if err != nil || short {
		return nil, err
	}
	raw, err := s.courier.interact(ctx, "interactive", "block_suggestion", payload, true)
	if err != nil {
		return nil, fmt.Errorf("no options came: %w", err)
	}
	var answer struct {
		Options []any `json:"options"`
		Groups  []any `json:"option_groups"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		return nil, fmt.Errorf("the answer is no list of options")
	}
	if len(answer.Options) > 100 || len(answer.Groups) > 100 {
		return nil, fmt.Errorf("more than 100 options")
	}
	if answer.Groups != nil {
		return answer.Groups, nil
	}
	return answer.Options, nil
}

func (s *client) prepareSuggest(personID string, at Place, blockID, actionID, value string) (payload object, short bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.people[personID]
	if p == nil {
		return nil, false, fmt.Errorf("no person %q", personID)
	}
	payload = s.interactionBase("block_suggestion", p)
	maps.Copy(payload, object{"action_id": actionID, "block_id": blockID, "value": value, "action_ts": nowTS()})
	var element object
	if at.Type == "message" {
		ch, m, err := s.seen(p, at.Channel, at.TS)
		if err != nil {
			return nil, false, err
		}
		_, element = m.element(blockID, actionID)
		maps.Copy(payload, object{"container": object{"type": "message", "message_ts": m.ts, "channel_id": ch.ID, "is_ephemeral": m.onlyFor != ""},
			"channel": object{"id": ch.ID, "name": ch.shortName()}, "message": s.messageJSON(ch, m)})
	} else {
		v, err := s.placed(personID, at)
		if err != nil {
			return nil, false, err
		}
		_, element = locate(v.blocks, blockID, actionID)
		maps.Copy(payload, object{"container": object{"type": "view", "view_id": v.id}, "view": s.viewJSON(v)})
	}
	if element == nil {
		return nil, false, fmt.Errorf("no element %s in block %s", actionID, blockID)
	}
	least := 3 // Slack's default for min_query_length
	if n, ok := numberOf(element["min_query_length"]); ok {
		least = int(n)
	}
	return payload, utf8.RuneCountInString(value) < least, nil
}

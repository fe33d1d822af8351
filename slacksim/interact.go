package slacksim

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"countersign/slacksim/blockkit"
)

// Trouble is what Slack's client says when an app's answer to a modal was
// late, lost or refused. It never says more.
const Trouble = "We had some trouble connecting. Try again?"

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
func (s *Sim) Act(ctx context.Context, personID string, act Act) error {
	payload, name, err := s.prepareAct(personID, act)
	if err != nil {
		return err
	}
	if !s.ws.App.Interactivity {
		return s.toast(personID, "This app is not configured to handle interactive responses.")
	}
	if _, err := s.interact(ctx, "interactive", name, payload, false); err != nil {
		return s.toast(personID, fmt.Sprintf("%s didn't respond (%v).", s.ws.App.Name, err))
	}
	return nil
}

func (s *Sim) prepareAct(personID string, act Act) (object, string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.people[personID]
	if p == nil {
		return nil, "", fmt.Errorf("no person %q", personID)
	}
	payload := s.interactionBase("block_actions", p)
	payload["container"], payload["state"] = object{}, object{"values": stateValues{}}
	var block, element object
	var values stateValues
	var fromView string
	if act.Place.Type == "message" {
		ch, m, err := s.seen(p, act.Place.Channel, act.Place.TS)
		if err != nil {
			return nil, "", err
		}
		if block, element = m.element(act.BlockID, act.ActionID); element == nil {
			return nil, "", fmt.Errorf("message %s has no element %s in block %s", m.ts, act.ActionID, act.BlockID)
		}
		key := personID + "/" + ch.ID + "/" + m.ts
		values = s.inputs[key].carry(m.blocks)
		s.inputs[key] = values
		payload["container"] = object{"type": "message", "message_ts": m.ts, "channel_id": ch.ID, "is_ephemeral": m.onlyFor != ""}
		payload["channel"] = object{"id": ch.ID, "name": ch.shortName()}
		payload["response_url"] = s.newHook(ch, m, p.ID)
		if m.onlyFor == "" { // Slack sends no message object for an ephemeral one
			payload["message"] = s.messageJSON(ch, m)
		}
		if m.threadTS != "" {
			payload["container"].(object)["thread_ts"] = m.threadTS
		}
	} else {
		v, err := s.placed(personID, act.Place)
		if err != nil {
			return nil, "", err
		}
		if block, element = locate(v.blocks, act.BlockID, act.ActionID); element == nil {
			return nil, "", fmt.Errorf("view %s has no element %s in block %s", v.id, act.ActionID, act.BlockID)
		}
		if values = v.state; v.kind == "modal" {
			fromView = v.id
		}
		defer func() { payload["view"] = s.viewJSON(v) }() // with the new state
		payload["container"] = object{"type": "view", "view_id": v.id}
		delete(payload, "state")
	}
	s.fillState(values, act.State)
	action, err := s.action(block, element, act.Value, values)
	if err != nil {
		return nil, "", err
	}
	if _, has := payload["state"]; has {
		payload["state"] = object{"values": values.clone()}
	}
	payload["trigger_id"] = s.newTrigger(personID, fromView)
	payload["actions"] = []any{action}
	return payload, "block_actions", nil
}

// interactionBase is what all interaction payloads share.
func (s *Sim) interactionBase(kind string, p *Person) object {
	return object{"type": kind, "api_app_id": s.ws.App.ID, "token": s.ws.App.VerificationToken, "enterprise": nil,
		"is_enterprise_install": false, "team": object{"id": p.Team.ID, "domain": p.Team.Domain},
		"user": object{"id": p.ID, "username": p.Handle, "name": p.Handle, "team_id": p.Team.ID}}
}

// seen answers a message that a person can see.
func (s *Sim) seen(p *Person, channelID, ts string) (*channel, *message, error) {
	ch := s.channels[channelID]
	if ch == nil || !ch.members[p.ID] {
		return nil, nil, fmt.Errorf("%s is in no channel %q", p.Handle, channelID)
	}
	m := ch.at(ts)
	if m == nil || m.onlyFor != "" && m.onlyFor != p.ID {
		return nil, nil, fmt.Errorf("%s sees no message %q in %s", p.Handle, ts, ch.Name)
	}
	return ch, m, nil
}

// element finds an element in what the message shows, or showed a moment ago.
func (m *message) element(blockID, actionID string) (block, element object) {
	if block, element = locate(m.blocks, blockID, actionID); element != nil {
		return block, element
	}
	for _, old := range slices.Backward(m.past) {
		if block, element = locate(old, blockID, actionID); element != nil {
			return block, element
		}
	}
	return nil, nil
}

// placed answers the modal or Home tab of a place.
func (s *Sim) placed(personID string, at Place) (*view, error) {
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

// fillState takes over what the page holds in inputs that exist.
func (s *Sim) fillState(values, from stateValues) {
	for block, actions := range from {
		for action, st := range actions {
			if kept := values[block][action]; kept != nil && kept["type"] == st["type"] {
				values.set(block, action, st)
			}
		}
	}
}

// action is one entry of actions[], and stores what was chosen.
func (s *Sim) action(block, element object, in any, values stateValues) (object, error) {
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
	for k, v := range st {
		out[k] = v
	}
	values.set(str(block, "block_id"), str(element, "action_id"), st)
	return out, nil
}

// unwrapOption takes {"selected_option": {...}} for the option in it.
func unwrapOption(in any) any {
	if m, ok := in.(object); ok && m["selected_option"] != nil {
		return m["selected_option"]
	}
	return in
}

func (ch *channel) shortName() string {
	switch ch.kind {
	case direct:
		return "directmessage"
	case private:
		return "privategroup"
	}
	return ch.Name
}

// Submission is how Slack's client took a submission.
type Submission struct {
	Errors map[string]string `json:"errors,omitempty"` // by block_id
	Error  string            `json:"error,omitempty"`  // Trouble
}

// OK is true where the modal went away, changed or was covered by another.
func (r Submission) OK() bool { return r.Error == "" && len(r.Errors) == 0 }

// Submit submits the top modal of a person. values holds what was entered, by
// block and action, as stateOf takes it. What Slack's client refuses itself
// (a required field left empty) never reaches the app.
func (s *Sim) Submit(ctx context.Context, personID, viewID string, values map[string]map[string]any) (Submission, error) {
	payload, local, err := s.prepareSubmit(personID, viewID, values)
	if err != nil || len(local) > 0 {
		return Submission{Errors: local}, err
	}
	name := "view_submission"
	answer, err := s.interact(ctx, "interactive", name, payload, true)
	if err != nil {
		return Submission{Error: Trouble}, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	result := s.takeAnswer(personID, viewID, answer)
	s.touch()
	return result, nil
}

func (s *Sim) prepareSubmit(personID, viewID string, values map[string]map[string]any) (object, map[string]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, v := s.people[personID], s.top(personID)
	if p == nil || v == nil || viewID != "" && v.id != viewID {
		return nil, nil, fmt.Errorf("view %q is not open", viewID)
	}
	if v.submit == nil {
		return nil, nil, fmt.Errorf("view %q has no submit button", v.titleText())
	}
	if v.submitDisabled {
		return nil, nil, fmt.Errorf("the submit button of %q is disabled", v.titleText())
	}
	for block, actions := range values {
		for action, in := range actions {
			_, e := locate(v.blocks, block, action)
			if e == nil {
				return nil, nil, fmt.Errorf("view %q has no input %s/%s", v.titleText(), block, action)
			}
			st, err := s.stateOf(e, in)
			if err != nil {
				return nil, nil, fmt.Errorf("input %s/%s: %w", block, action, err)
			}
			v.state.set(block, action, st)
		}
	}
	complaints := map[string]string{}
	for _, node := range v.blocks {
		b, _ := node.(object)
		if str(b, "type") != "input" {
			continue
		}
		for e := range elementsOf(b) {
			if text := complaint(b, e, v.state[str(b, "block_id")][str(e, "action_id")]); text != "" {
				complaints[str(b, "block_id")] = text
			}
		}
	}
	if len(complaints) == 0 {
		s.handOver(v)
	}
	payload := s.interactionBase("view_submission", p)
	payload["trigger_id"] = s.newTrigger(personID, v.id)
	payload["view"], payload["response_urls"] = s.viewJSON(v), s.responseURLs(v)
	return payload, complaints, nil
}

// handOver lets the app read the files of a submitted view.
func (s *Sim) handOver(v *view) {
	for _, actions := range v.state {
		for _, st := range actions {
			files, _ := st["files"].([]any)
			for _, node := range files {
				f, _ := node.(object)
				if kept := s.files[str(f, "id")]; kept != nil {
					kept.forApp = true
				}
			}
		}
	}
}

// responseURLs gives one for each chosen conversation whose select asked for it.
func (s *Sim) responseURLs(v *view) []any {
	out := []any{}
	for _, node := range v.blocks {
		b, _ := node.(object)
		for e := range elementsOf(b) {
			if on, _ := e["response_url_enabled"].(bool); !on {
				continue
			}
			blockID, actionID := str(b, "block_id"), str(e, "action_id")
			st := v.state[blockID][actionID]
			id := or(str(st, "selected_conversation"), str(st, "selected_channel"))
			if ch := s.channels[id]; ch != nil {
				out = append(out, object{"block_id": blockID, "action_id": actionID, "channel_id": id, "response_url": s.newHook(ch, nil, v.person)})
			}
		}
	}
	return out
}

// takeAnswer does what a response_action says; anything Slack would not
// understand is Trouble and leaves the modal as it was. The caller holds mu.
func (s *Sim) takeAnswer(personID, viewID string, raw json.RawMessage) Submission {
	v := s.top(personID)
	if v == nil || viewID != "" && v.id != viewID {
		return Submission{} // the person or the app closed it meanwhile
	}
	var answer struct {
		Action string            `json:"response_action"`
		View   json.RawMessage   `json:"view"`
		Errors map[string]string `json:"errors"`
		OK     *bool             `json:"ok"`
	}
	if len(raw) > 0 {
		// Even {"ok":true} is no answer to a submission.
		if json.Unmarshal(raw, &answer) != nil || answer.OK != nil {
			return s.trouble(personID, "the answer is not one of a view_submission")
		}
	}
	switch answer.Action {
	case "":
		s.pop(personID, v.clearOnClose)
	case "clear":
		s.pop(personID, true)
	case "errors":
		known := inputBlocks(v.blocks)
		for block := range answer.Errors {
			if !slices.Contains(known, block) {
				return s.trouble(personID, "errors names "+block+", which is no input block")
			}
		}
		if len(answer.Errors) == 0 {
			return s.trouble(personID, "errors is empty")
		}
		v.errors = answer.Errors
		s.show(personID, "view_updated", object{"view": s.viewJSON(v), "errors": answer.Errors})
		return Submission{Errors: answer.Errors}
	case "update", "push":
		if problems := blockkit.CheckView(answer.View); len(problems) > 0 {
			return s.trouble(personID, problems[len(problems)-1].String())
		}
		var err error
		if answer.Action == "update" {
			err = s.updateView(v, answer.View)
		} else {
			_, err = s.openView(personID, answer.View, true)
		}
		if err != nil {
			return s.trouble(personID, err.Error())
		}
	default:
		return s.trouble(personID, "unknown response_action "+answer.Action)
	}
	return Submission{}
}

// trouble notes for the developer what the person is not told.
func (s *Sim) trouble(personID, why string) Submission {
	s.transcript.add(Entry{Time: time.Now(), Direction: ByPerson, Kind: "trouble", Name: personID, Error: why})
	return Submission{Error: Trouble}
}

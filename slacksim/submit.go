package slacksim

import (
	"cmp"
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
func (s *client) Submit(ctx context.Context, personID, viewID string, values map[string]map[string]any) (Submission, error) {
	payload, local, err := s.prepareSubmit(personID, viewID, values)
	if err != nil || len(local) > 0 {
		return Submission{Errors: local}, err
	}
	answer, err := s.courier.interact(ctx, "interactive", "view_submission", payload, true)
	if err != nil {
		return Submission{Error: Trouble}, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	result := s.takeAnswer(personID, viewID, answer)
	s.touch()
	return result, nil
}

func (s *client) prepareSubmit(personID, viewID string, values map[string]map[string]any) (object, map[string]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, v := s.people[personID], s.top(personID)
	if p == nil || v == nil || viewID != "" && v.id != viewID {
		return nil, nil, fmt.Errorf("view %q is not open", viewID)
	}
	if v.Submit == nil {
		return nil, nil, fmt.Errorf("view %q has no submit button", v.titleText())
	}
	if v.SubmitDisabled {
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
	for b, e := range elements(v.blocks) {
		if str(b, "type") != "input" {
			continue
		}
		if text := complaint(b, e, v.state[str(b, "block_id")][str(e, "action_id")]); text != "" {
			complaints[str(b, "block_id")] = text
		}
	}
	if len(complaints) == 0 {
		s.handOver(v)
	}
	payload := s.interactionBase("view_submission", p)
	payload["trigger_id"] = s.triggers.hand(personID, v.id)
	payload["view"], payload["response_urls"] = s.viewJSON(v), s.responseURLs(v)
	return payload, complaints, nil
}

// handOver lets the app read the files of a submitted view.
func (s *client) handOver(v *view) {
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
func (s *client) responseURLs(v *view) []any {
	out := []any{}
	for b, e := range elements(v.blocks) {
		if on, _ := e["response_url_enabled"].(bool); !on {
			continue
		}
		blockID, actionID := str(b, "block_id"), str(e, "action_id")
		st := v.state[blockID][actionID]
		id := cmp.Or(str(st, "selected_conversation"), str(st, "selected_channel"))
		if ch := s.channels[id]; ch != nil {
			out = append(out, object{"block_id": blockID, "action_id": actionID, "channel_id": id, "response_url": s.hooks.hand(ch, nil, v.person)})
		}
	}
	return out
}

// takeAnswer does what a response_action says; anything Slack would not
// understand is Trouble and leaves the modal as it was. The caller holds mu.
func (s *client) takeAnswer(personID, viewID string, raw json.RawMessage) Submission {
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
		s.pop(personID, v.ClearOnClose)
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
func (s *client) trouble(personID, why string) Submission {
	s.transcript.add(Entry{Time: time.Now(), Direction: ByPerson, Kind: "trouble", Name: personID, Error: why})
	return Submission{Error: Trouble}
}

// CloseView closes a person's top modal with its close button. With
// clear_on_close the whole stack goes. The app hears of each view that has
// notify_on_close.
func (s *client) CloseView(ctx context.Context, personID, viewID string) error {
	s.mu.Lock()
	p, v := s.people[personID], s.top(personID)
	if p == nil || v == nil || viewID != "" && v.id != viewID {
		s.mu.Unlock()
		return fmt.Errorf("view %q is not open", viewID)
	}
	closed := s.pop(personID, v.ClearOnClose)
	var payloads []object
	for _, gone := range closed {
		if gone.NotifyOnClose {
			payload := s.interactionBase("view_closed", p)
			payload["view"], payload["is_cleared"] = s.viewJSON(gone), v.ClearOnClose
			payloads = append(payloads, payload)
		}
	}
	s.mu.Unlock()
	for _, payload := range payloads {
		// Nobody is told where the app misses it: the view is gone.
		_, _ = s.courier.interact(ctx, "interactive", "view_closed", payload, false)
	}
	return nil
}

package slacksim

import (
	"context"
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// CloseView closes a person's top modal with its close button. With
// clear_on_close the whole stack goes. The app hears of each view that has
// notify_on_close.
func (s *Sim) CloseView(ctx context.Context, personID, viewID string) error {
	s.mu.Lock()
	p, v := s.people[personID], s.top(personID)
	if p == nil || v == nil || viewID != "" && v.id != viewID {
		s.mu.Unlock()
		return fmt.Errorf("view %q is not open", viewID)
	}
	closed := s.pop(personID, v.clearOnClose)
	var payloads []object
	for _, gone := range closed {
		if gone.notifyOnClose {
			payload := s.interactionBase("view_closed", p)
			payload["view"], payload["is_cleared"] = s.viewJSON(gone), v.clearOnClose
			payloads = append(payloads, payload)
		}
	}
	s.mu.Unlock()
	for _, payload := range payloads {
		// Nobody is told where the app misses it: the view is gone.
		_, _ = s.interact(ctx, "interactive", "view_closed", payload, false)
	}
	return nil
}

// Suggest asks the app for the options of an external select. It answers
// options, or option groups as they came.
func (s *Sim) Suggest(ctx context.Context, personID string, at Place, blockID, actionID, value string) ([]any, error) {
	payload, short, err := s.prepareSuggest(personID, at, blockID, actionID, value)
	if err != nil || short {
		return nil, err
	}
	raw, err := s.interact(ctx, "interactive", "block_suggestion", payload, true)
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

func (s *Sim) prepareSuggest(personID string, at Place, blockID, actionID, value string) (payload object, short bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.people[personID]
	if p == nil {
		return nil, false, fmt.Errorf("no person %q", personID)
	}
	payload = s.interactionBase("block_suggestion", p)
	merge(payload, object{"action_id": actionID, "block_id": blockID, "value": value, "action_ts": nowTS()})
	var element object
	if at.Type == "message" {
		ch, m, err := s.seen(p, at.Channel, at.TS)
		if err != nil {
			return nil, false, err
		}
		_, element = m.element(blockID, actionID)
		merge(payload, object{"container": object{"type": "message", "message_ts": m.ts, "channel_id": ch.ID, "is_ephemeral": m.onlyFor != ""},
			"channel": object{"id": ch.ID, "name": ch.shortName()}, "message": s.messageJSON(ch, m)})
	} else {
		v, err := s.placed(personID, at)
		if err != nil {
			return nil, false, err
		}
		_, element = locate(v.blocks, blockID, actionID)
		merge(payload, object{"container": object{"type": "view", "view_id": v.id}, "view": s.viewJSON(v)})
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

package bot

import (
	"context"
	"encoding/json"

	"github.com/slack-go/slack"
)

// interaction routes a click, a submission or a shortcut; raw is what cb was read from.
func (b *Bot) interaction(ctx context.Context, cb slack.InteractionCallback, raw json.RawMessage) (any, bool) {
	by := b.directory.Who(ctx, cb.User.ID, cb.User.TeamID) // cb.Team is where it was clicked
	if err := b.service.Enter(ctx, by, string(cb.Type)); err != nil {
		if cb.Type == slack.InteractionTypeViewSubmission {
			return b.viewFailed(cb, by, err)
		}
		return nil, b.recorded(cb, by, err)
	}
	switch cb.Type {
	case slack.InteractionTypeBlockActions:
		if len(cb.ActionCallback.BlockActions) > 0 { // Slack sends one
			a := cb.ActionCallback.BlockActions[0]
			do, ok := handlerOf(b.actions, a.ActionID)
			if !ok {
				return b.undecoded("block_actions/"+clip(a.ActionID, 40), nil)
			}
			if readRouting(cb.View.PrivateMetadata).Conversation != "" {
				defer b.homes.refreshHome(by)
			}
			return do(ctx, click{cb, by, a})
		}
	case slack.InteractionTypeViewSubmission:
		do, at := b.views[cb.View.CallbackID], readRouting(cb.View.PrivateMetadata)
		if do == nil {
			return b.undecoded("view_submission/"+clip(cb.View.CallbackID, 40), nil)
		}
		if at.Conversation != "" { // of a form that no message shows
			defer b.homes.refreshHome(by)
		}
		return do(ctx, submission{cb, by, at})
	case slack.InteractionTypeShortcut:
		if cb.CallbackID == "cert_new" {
			return b.openWizard(ctx, receiptOf(cb), by, cb, "")
		}
		if cb.CallbackID == "cert_diagnose" {
			b.openTextModal(cb, by, diagnoseModal(b.speaker(by)))
			return nil, true
		}
	case slack.InteractionTypeMessageAction:
		if cb.CallbackID == "diagnose_this" {
			return caseClicks{b.clicks}.diagnoseMessage(ctx, cb, by, readPosted(messageOf(raw)))
		}
	case slack.InteractionTypeViewClosed:
		return nil, true // the conversation stays, to be resumed
	default:
	}
	return b.undecoded(string(cb.Type)+"/"+clip(cb.CallbackID, 40), nil)
}

// readInteraction decodes an interaction. Where the library cannot read the message that it
// is about, such as blocks that are newer than it, the rest of it is read: what the message
// shows is read by readPosted.
func readInteraction(raw json.RawMessage) (cb slack.InteractionCallback, err error) {
	if err = json.Unmarshal(raw, &cb); err == nil {
		return cb, nil
	}
	var whole map[string]json.RawMessage
	var message map[string]json.RawMessage
	if json.Unmarshal(raw, &whole) != nil || json.Unmarshal(whole["message"], &message) != nil {
		return cb, err
	}
	for _, content := range []string{"blocks", "attachments", "files", "root"} {
		delete(message, content)
	}
	if whole["message"], err = json.Marshal(message); err != nil {
		return cb, err
	}
	if raw, err = json.Marshal(whole); err != nil {
		return cb, err
	}
	cb = slack.InteractionCallback{}
	return cb, json.Unmarshal(raw, &cb)
}

// messageOf is the message that an interaction is about, as Slack sent it.
func messageOf(payload json.RawMessage) json.RawMessage {
	var of struct {
		Message json.RawMessage `json:"message"`
	}
	if json.Unmarshal(payload, &of) != nil {
		return nil
	}
	return of.Message
}

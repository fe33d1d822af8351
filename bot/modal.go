package bot

import (
	"context"
	"encoding/json"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// reasonTaken closes the modal, or says under its input or in it why not.
func (b *responder) reasonTaken(cb slack.InteractionCallback, by workflows.Person, err error) (any, bool) {
	s := b.speaker(by)
	switch {
	case err == nil || seen(err):
		return slack.NewClearViewSubmissionResponse(), true
	case workflows.CodeOf(err) == workflows.Invalid:
		return slack.NewErrorsViewSubmissionResponse(map[string]string{"reason": clip(b.explain(s, by, err), maxHint)}), true
	}
	return b.viewFailed(cb, by, err)
}

func reasonOf(cb slack.InteractionCallback) string {
	if cb.View.State == nil {
		return ""
	}
	return cb.View.State.Values["reason"][valueID].Value
}

// refreshStale has a card drawn anew for somebody who clicked on an old one.
func (b *responder) refreshStale(id workflows.RequestID, err error) {
	if code := workflows.CodeOf(err); code != workflows.Stale && code != workflows.Conflict {
		return
	}
	b.goAfter("refresh card", func(ctx context.Context) error { return b.service.Redraw(ctx, id) })
}

// openTextModal opens a modal that stores nothing before it is submitted; over the one in
// which it was asked for.
func (b *responder) openTextModal(at slack.InteractionCallback, by workflows.Person, v slack.ModalViewRequest) {
	b.goAfter("open view", func(ctx context.Context) error {
		open := b.api.OpenViewContext
		if at.View.Type == slack.VTModal {
			open = b.api.PushViewContext
		}
		if _, err := open(ctx, at.TriggerID, v); err != nil {
			return b.tooSlow(at, by, err)
		}
		return nil
	})
}

// undecoded acknowledges what we cannot read: it would not be readable the second
// time either. It is counted and logged without content.
func (b *responder) undecoded(kind string, err error) (any, bool) {
	b.log.Warn("payload not understood", "kind", kind, "decode_error", err != nil)
	return nil, true
}

// refreshCase has the answer drawn anew for somebody who clicked on an old one.
func (b *responder) refreshCase(id string, err error) {
	if code := workflows.CodeOf(err); code == workflows.Stale || code == workflows.Conflict {
		b.goAfter("refresh case", func(ctx context.Context) error {
			return b.service.RedrawCase(ctx, id)
		})
	}
}

// ackView answers a submission with a view, in the acknowledgement where it fits and
// by views.update where Slack would drop it silently.
func (b *responder) ackView(ctx context.Context, cb slack.InteractionCallback, answer func(*slack.ModalViewRequest) *slack.ViewSubmissionResponse, v slack.ModalViewRequest) any {
	reply := answer(&v)
	if raw, err := json.Marshal(reply); err == nil && len(raw) < maxAck {
		return reply
	}
	s := b.speaker(b.directory.Who(ctx, cb.User.ID, cb.User.TeamID))
	loading := doneModal(s, s.say("bot.loading"))
	b.goAfter("large view", func(ctx context.Context) error {
		_, err := b.api.UpdateViewContext(ctx, v, "", "", cb.View.ID)
		return err
	})
	return answer(&loading)
}

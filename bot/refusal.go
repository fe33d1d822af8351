package bot

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"net/url"
	"time"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// responder answers interactions: acknowledgements, refusals, modals.
type responder struct{ *workspace }

// explain turns an error into what its person may read. Any but the workflows' own
// gets a reference that is in the log, and nothing of its text.
func (b *responder) explain(s speaker, by workflows.Person, err error) string {
	var no *workflows.Error
	if errors.As(err, &no) {
		if no.Code == workflows.Unable {
			b.log.Warn("unable", "actor", by.String(), "err", err)
		}
		if !no.Also.Zero() {
			return s.text(no.Text) + " " + s.text(no.Also)
		}
		return s.text(no.Text)
	}
	ref := make([]byte, 4)
	_, _ = rand.Read(ref) // never fails (crypto/rand documentation)
	id := hex.EncodeToString(ref)
	b.log.Error("internal", "ref", id, "actor", by.String(), "err", err)
	return s.say("bot.internal", "Ref", id)
}

// seen reports that the delivery is a repetition: it is acknowledged and changes nothing.
func seen(err error) bool { return errors.Is(err, workflows.ErrSeen) }

// ephemeralRefusal answers a command with why not.
func (b *responder) ephemeralRefusal(s speaker, by workflows.Person, err error) map[string]any {
	return ephemeral(oneLine(":no_entry_sign: " + b.explain(s, by, err)))
}

// refuseAt tells the person who clicked, at the place where they did, why not.
func (b *responder) refuseAt(cb slack.InteractionCallback, by workflows.Person, err error) {
	text := ":no_entry_sign: " + b.explain(b.speaker(by), by, err)
	b.goAfter("refusal", func(ctx context.Context) error { return b.whisper(ctx, cb, by, text) })
}

// tooSlow tells somebody whose form did not open within Slack's three seconds to click
// again. cause is what Slack said.
func (b *responder) tooSlow(at slack.InteractionCallback, by workflows.Person, cause error) error {
	if codeOf(cause) == "exchanged_trigger_id" {
		return nil // the click came twice, and its form is open
	}
	ctx, done := context.WithTimeout(context.Background(), 5*time.Second) // the first call may have used up the other
	defer done()
	return errors.Join(describe("views.open", cause), b.whisper(ctx, at, by, ":hourglass: "+b.speaker(by).say("bot.too_slow")))
}

// whisper says something to one person at the place of an interaction.
func (b *responder) whisper(ctx context.Context, cb slack.InteractionCallback, by workflows.Person, text string) error {
	if cb.ResponseURL != "" {
		m := oneLine(text)
		return respondTo(ctx, cb.ResponseURL, &slack.WebhookMessage{
			Text: m.Text, Blocks: &slack.Blocks{BlockSet: m.Blocks}, ResponseType: slack.ResponseTypeEphemeral, ReplaceOriginal: false,
			ThreadTimestamp: threadOf(cb)}) // else it would be said in the channel, where nobody in the thread looks
	}
	channel := cb.Channel.ID
	if channel == "" { // App Home and modals have no channel: the direct message is theirs
		place, err := b.dmPlace(ctx, by)
		if err != nil {
			return err
		}
		channel = place.Channel
	}
	m := oneLine(text)
	_, err := b.api.PostEphemeralContext(ctx, channel, by.ID, slack.MsgOptionText(m.Text, false), slack.MsgOptionBlocks(m.Blocks...))
	return err
}

// respondTo posts to a response_url. Who has one may post with it, so no error that may be
// logged says it.
func respondTo(ctx context.Context, to string, m *slack.WebhookMessage) error {
	err := slack.PostWebhookContext(ctx, to, m)
	if failed := (*url.Error)(nil); errors.As(err, &failed) {
		err = failed.Err
	}
	return describe("response_url", err)
}

// threadOf is the thread in which something was clicked; "" outside of one.
func threadOf(cb slack.InteractionCallback) string {
	return cmp.Or(cb.Container.ThreadTs, cb.Message.ThreadTimestamp)
}

// recorded decides on the acknowledgement after a step: what is recorded, or refused
// with the refusal recorded, is acknowledged; an internal failure is not, so that
// Slack shows the click as failed.
func (b *responder) recorded(cb slack.InteractionCallback, by workflows.Person, err error) bool {
	if err == nil || seen(err) {
		return true
	}
	b.refuseAt(cb, by, err)
	return workflows.CodeOf(err) != "" && workflows.CodeOf(err) != workflows.Unable
}

// viewFailed shows in the modal why not. A failure of ours is not acknowledged: Slack then
// leaves the modal as it is, with what was typed, to be sent again.
func (b *responder) viewFailed(cb slack.InteractionCallback, by workflows.Person, err error) (any, bool) {
	s := b.speaker(by)
	if code := workflows.CodeOf(err); code == "" || code == workflows.Unable {
		b.refuseAt(cb, by, err)
		return nil, false
	}
	v := doneModal(s, ":no_entry_sign: "+b.explain(s, by, err))
	return slack.NewUpdateViewSubmissionResponse(&v), true
}

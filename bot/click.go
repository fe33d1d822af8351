package bot

import (
	"context"
	"strings"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// clicks does what people click on: the handlers of the table in routes.go.
type clicks struct{ *wizard }

// click is one click on an element of a message, a modal or App Home, by somebody who may
// use the bot.
type click struct {
	slack.InteractionCallback
	by     workflows.Person
	action *slack.BlockAction
}

func (c click) receipt() workflows.Receipt { return receiptOf(c.InteractionCallback) }

// handler does a click. It gives what is acknowledged, and whether anything is: what could
// not be recorded is not, so that Slack shows the click as failed.
type handler func(ctx context.Context, c click) (ack any, ok bool)

// on is the handler of an action whose element carries a P: read takes it from there, do
// does the click, and every step of it asks anew who this is.
func on[P any](b *clicks, read func(*slack.BlockAction) (P, bool), do func(ctx context.Context, c click, at P) (any, bool)) handler {
	return func(ctx context.Context, c click) (any, bool) {
		at, ok := read(c.action)
		if !ok {
			return b.undecoded("block_actions/"+clip(c.action.ActionID, 40), nil)
		}
		return do(ctx, c, at)
	}
}

// handlerOf finds the handler of an action. What follows the action after a point tells
// elements of one message apart, and is the handler's to read.
func handlerOf(routes map[string]handler, action string) (handler, bool) {
	for {
		if h, ok := routes[action]; ok {
			return h, true
		}
		i := strings.LastIndexByte(action, '.')
		if i < 0 {
			return nil, false
		}
		action = action[:i]
	}
}

// acknowledged is the end of a click whose outcome the person sees elsewhere.
func (b *clicks) acknowledged(c click, err error) (any, bool) {
	return nil, b.recorded(c.InteractionCallback, c.by, err)
}

// decided is acknowledged for a click on a request: its cards are drawn anew where that was
// an old one, and so is what was clicked on where that is no card.
func (b *clicks) decided(c click, id workflows.RequestID, err error) (any, bool) {
	b.refreshStale(id, err)
	b.refreshShown(c, id)
	return b.acknowledged(c, err)
}

// refreshShown draws what is no card anew where it was clicked on: a modal, or an answer that
// one person sees.
func (b *clicks) refreshShown(c click, id workflows.RequestID) {
	modalOf := c.View.Type == slack.VTModal && readRouting(c.View.PrivateMetadata).Request == string(id)
	if !modalOf && (!c.Container.IsEphemeral || c.ResponseURL == "") {
		return
	}
	b.goAfter("shown", func(ctx context.Context) error {
		r, err := b.service.Lists.Show(ctx, c.by, id)
		if err != nil {
			return err
		}
		if modalOf {
			_, err = b.api.UpdateViewContext(ctx, b.showModal(c.by, r), "", "", c.View.ID)
			return err
		}
		m := b.requestFor(c.by, r)
		return respondTo(ctx, c.ResponseURL, &slack.WebhookMessage{Text: m.Text, Blocks: &slack.Blocks{BlockSet: m.Blocks},
			ResponseType: slack.ResponseTypeEphemeral, ReplaceOriginal: true})
	})
}

// errorOf is the outcome of a step of which nothing else is wanted: what it leaves is drawn
// where it stands.
func errorOf[T any](_ T, err error) error { return err }

// shows opens a modal.
func (b *clicks) shows(c click, v slack.ModalViewRequest) (any, bool) {
	b.openTextModal(c.InteractionCallback, c.by, v)
	return nil, true
}

// begun opens the wizard of a conversation that a click has begun.
func (b *clicks) begun(c click, v workflows.Conversation, err error) (any, bool) {
	if err != nil {
		return b.acknowledged(c, err)
	}
	b.openPage(c.InteractionCallback, b.speaker(c.by), c.by, v, b.stepOf(v))
	return nil, true
}

// asks opens a modal that asks for words.
func (b *clicks) asks(view, key string) func(context.Context, click, workflows.RequestID) (any, bool) {
	return func(_ context.Context, c click, id workflows.RequestID) (any, bool) {
		return b.shows(c, textModal(b.speaker(c.by), view, key, routing{Request: string(id)}))
	}
}

// submission is a modal that was submitted. Its routing names state, and is no authority.
type submission struct {
	slack.InteractionCallback
	by workflows.Person
	at routing
}

func (v submission) receipt() workflows.Receipt { return receiptOf(v.InteractionCallback) }

// request is the request that the modal is about.
func (v submission) request() workflows.RequestID { return workflows.RequestID(v.at.Request) }

// words are what was typed into the input for a reason.
func (v submission) words() string { return reasonOf(v.InteractionCallback) }

// taken is the submission of a modal that asks for words: it closes, or says why not.
func (b *clicks) taken(do func(ctx context.Context, v submission) error) func(context.Context, submission) (any, bool) {
	return func(ctx context.Context, v submission) (any, bool) {
		return b.reasonTaken(v.InteractionCallback, v.by, do(ctx, v))
	}
}

package bot

import (
	"context"
	"strings"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// cardShown begins the kinds of copies that approvers asked for in their direct messages.
// The person follows, then what tells several from each other.
const cardShown = "shown/"

func shownKind(to workflows.Person, e workflows.Effect) string {
	return cardShown + to.ID + "/" + workflows.Fingerprint([]byte(e.Key))[:12]
}

// shownTo is whose copy a kind of card is; "" for the others.
func shownTo(kind string) string {
	rest, is := strings.CutPrefix(kind, cardShown)
	id, _, _ := strings.Cut(rest, "/")
	return map[bool]string{true: id}[is]
}

// mayDecide says whether what is shown to somebody has the buttons of approvers. The step
// asks anew.
func (b *workspace) mayDecide(by workflows.Person, r workflows.Request) bool {
	return workflows.MayDecide(r, by, b.service.ApproversOf(r)) == nil
}

// requestFor is a request as somebody reads it, in their language: who may decide on it gets
// everything that a decision is about, and decides there.
func (b *workspace) requestFor(by workflows.Person, r workflows.Request, tail ...slack.Block) message {
	if b.mayDecide(by, r) {
		return approvalCard(b.speaker(by), r)
	}
	return showView(b.speaker(by), r, tail...)
}

// showTo answers an approver who asked for a request in their direct message with a copy of
// its card, which is drawn anew with the others.
func (b *replies) showTo(ctx context.Context, e workflows.Effect, by workflows.Person, at workflows.Place, r workflows.Request) error {
	card := workflows.Card{Subject: string(r.ID), Kind: shownKind(by, e), Channel: at.Channel, Thread: at.Thread}
	cards, err := workflows.Read(ctx, b.store, func(rd workflows.Reader) ([]workflows.Card, error) { return rd.Cards(ctx, string(r.ID)) })
	if err != nil {
		return err
	}
	for _, c := range cards {
		if c.Kind == card.Kind && c.Channel == card.Channel {
			card = c // of an earlier try
		}
	}
	return b.drawNow(ctx, card, e.Key, func(ctx context.Context) (message, error) {
		r, err := b.service.ReadRequest(ctx, r.ID)
		return b.requestFor(by, r), err
	})
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
		return slack.PostWebhookContext(ctx, c.ResponseURL, &slack.WebhookMessage{Text: m.Text, Blocks: &slack.Blocks{BlockSet: m.Blocks},
			ResponseType: slack.ResponseTypeEphemeral, ReplaceOriginal: true})
	})
}

// showModal shows one request.
func (b *workspace) showModal(by workflows.Person, r workflows.Request) slack.ModalViewRequest {
	return modal(b.speaker(by), viewDone, "bot.show.title", "", routing{Request: string(r.ID)}, b.requestFor(by, r).Blocks)
}

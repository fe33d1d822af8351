package bot

import (
	"context"

	"countersign/workflows"
	"countersign/workflows/intake"
	"countersign/workflows/issuance"
)

// requestClicks does the clicks on cards and lists of requests.
type requestClicks struct{ *clicks }

// newRequest begins a request in the wizard.
func (b requestClicks) newRequest(ctx context.Context, c click) (any, bool) {
	v, err := b.service.Intake.Start(ctx, intake.Started{Receipt: c.receipt(), By: c.by, Lang: b.lang(c.by)})
	return b.begun(c, v, err)
}

// renew begins a request in the place of another.
func (b requestClicks) renew(ctx context.Context, c click, id workflows.RequestID) (any, bool) {
	v, err := b.service.Inbox.Renew(ctx, intake.Started{Receipt: c.receipt(), By: c.by, Lang: b.lang(c.by)}, id)
	return b.begun(c, v, err)
}

// showRequest opens one request in a modal.
func (b requestClicks) showRequest(ctx context.Context, c click, id workflows.RequestID) (any, bool) {
	r, err := b.service.Lists.Show(ctx, c.by, id)
	if err != nil {
		return b.acknowledged(c, err)
	}
	return b.shows(c, b.showModal(c.by, r))
}

// verdict is a decision that needs no words.
func (b requestClicks) verdict(v workflows.Verdict) func(context.Context, click, asShown) (any, bool) {
	return func(ctx context.Context, c click, at asShown) (any, bool) {
		return b.decided(c, at.Request, errorOf(b.service.Issuance.Decide(ctx, issuance.Decided{Receipt: c.receipt(), By: c.by, Request: at.Request, Verdict: v, Hash: at.Mark})))
	}
}

// verdictForm asks for the words of a decision, of whoever may make it.
func (b requestClicks) verdictForm(v workflows.Verdict) func(context.Context, click, asShown) (any, bool) {
	return func(ctx context.Context, c click, at asShown) (any, bool) {
		if err := b.service.Issuance.MayDecide(ctx, c.by, at.Request, v, at.Mark); err != nil {
			return b.decided(c, at.Request, err)
		}
		return b.shows(c, reasonModal(b.speaker(c.by), v, string(at.Request), at.Mark))
	}
}

func (b requestClicks) cancel(ctx context.Context, c click, id workflows.RequestID) (any, bool) {
	return b.acknowledged(c, errorOf(b.service.Issuance.Cancel(ctx, c.receipt(), c.by, id, "")))
}

func (b requestClicks) giveUp(ctx context.Context, c click, id workflows.RequestID) (any, bool) {
	return b.decided(c, id, errorOf(b.service.Issuance.GiveUp(ctx, c.receipt(), c.by, id)))
}

func (b requestClicks) install(ctx context.Context, c click, id workflows.RequestID) (any, bool) {
	return b.acknowledged(c, errorOf(b.service.Issuance.Install(ctx, c.receipt(), c.by, id)))
}

// settle is an approver's word on a certificate that differs.
func (b requestClicks) settle(accept bool) func(context.Context, click, asShown) (any, bool) {
	return func(ctx context.Context, c click, at asShown) (any, bool) {
		return b.decided(c, at.Request, errorOf(b.service.Issuance.Settle(ctx, issuance.Settled{Receipt: c.receipt(), By: c.by, Request: at.Request, Mark: at.Mark, Accept: accept})))
	}
}

func (b requestClicks) unusedRevoked(ctx context.Context, c click, at asShown) (any, bool) {
	return b.decided(c, at.Request, errorOf(b.service.Issuance.UnusedRevoked(ctx, c.receipt(), c.by, at.Request, at.Mark)))
}

// decide takes a decision with its words.
func (b requestClicks) decide(ctx context.Context, v submission) error {
	_, err := b.service.Issuance.Decide(ctx, issuance.Decided{Receipt: v.receipt(), By: v.by, Request: v.request(),
		Verdict: workflows.Verdict(v.at.Verdict), Hash: v.at.Hash, Reason: v.words()})
	return err
}

func (b requestClicks) ask(ctx context.Context, v submission) error {
	return errorOf(b.service.Issuance.Ask(ctx, v.receipt(), v.by, v.request(), v.words()))
}

func (b requestClicks) answer(ctx context.Context, v submission) error {
	return errorOf(b.service.Issuance.Answer(ctx, v.receipt(), v.by, v.request(), v.words()))
}

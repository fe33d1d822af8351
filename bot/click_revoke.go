package bot

import (
	"context"

	"github.com/slack-go/slack"

	"countersign/workflows"
	"countersign/workflows/issuance"
)

// revoke takes the order.
func (b requestClicks) revoke(ctx context.Context, v submission) error {
	return errorOf(b.service.Issuance.Revoke(ctx, v.revocation()))
}

func (b requestClicks) revokedAtCA(ctx context.Context, c click, id workflows.RequestID) (any, bool) {
	return b.decided(c, id, errorOf(b.service.Issuance.RevokedAtCA(ctx, c.receipt(), c.by, id)))
}

// askRevocationForm asks what the approvers are to be asked; who may revoke does so.
func (b requestClicks) askRevocationForm(ctx context.Context, c click, id workflows.RequestID) (any, bool) {
	r, err := b.service.Lists.Show(ctx, c.by, id)
	if err != nil {
		return b.decided(c, id, err)
	}
	v, no := b.revocationForm(c.by, r)
	if no != nil {
		return b.decided(c, id, no)
	}
	return b.shows(c, v)
}

// revocationForm is what somebody fills in to have a certificate revoked: an order, or an ask.
func (b *responder) revocationForm(by workflows.Person, r workflows.Request) (slack.ModalViewRequest, *workflows.Error) {
	if b.service.Issuance.MayRevoke(by, r) == nil {
		return revokeModal(b.speaker(by), r), nil
	}
	if no := b.service.Issuance.MayAskRevocation(by, r, workflows.KeyCompromise); no != nil {
		return slack.ModalViewRequest{}, no
	}
	return askRevocationModal(b.speaker(by), r, b.reasonsFor(by, r)), nil
}

// askRevocation takes the ask.
func (b requestClicks) askRevocation(ctx context.Context, v submission) error {
	return errorOf(b.service.Issuance.AskRevocation(ctx, v.revocation()))
}

func (b requestClicks) refuseRevocation(ctx context.Context, c click, at numbered) (any, bool) {
	return b.decided(c, at.Request, errorOf(b.service.Issuance.RefuseRevocation(ctx, c.receipt(), c.by, at.Request, at.Index)))
}

// revocation is what a form about a revocation says.
func (v submission) revocation() issuance.RevokeOrder {
	in := issuance.RevokeOrder{Receipt: v.receipt(), By: v.by, Request: v.request(), Note: v.words()}
	if v.View.State != nil {
		in.Reason = v.View.State.Values["revocation"][valueID].SelectedOption.Value
	}
	return in
}

// revokeForm asks for the reason, of whoever may order a revocation.
func (b requestClicks) revokeForm(ctx context.Context, c click, id workflows.RequestID) (any, bool) {
	r, err := b.service.Lists.Show(ctx, c.by, id)
	if err == nil {
		if no := b.service.Issuance.MayRevoke(c.by, r); no != nil {
			err = no
		}
	}
	if err != nil {
		return b.decided(c, id, err)
	}
	return b.shows(c, revokeModal(b.speaker(c.by), r))
}

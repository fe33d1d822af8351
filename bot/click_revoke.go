package bot

import (
	"context"

	"countersign/workflows"
	"countersign/workflows/issuance"
)

// revoke takes the order.
func (b requestClicks) revoke(ctx context.Context, v submission) error {
	in := issuance.RevokeOrder{Receipt: v.receipt(), By: v.by, Request: v.request(), Note: v.words()}
	if v.View.State != nil {
		in.Reason = v.View.State.Values["revocation"][valueID].SelectedOption.Value
	}
	return errorOf(b.service.Issuance.Revoke(ctx, in))
}

func (b requestClicks) revokedAtCA(ctx context.Context, c click, id workflows.RequestID) (any, bool) {
	return b.decided(c, id, errorOf(b.service.Issuance.RevokedAtCA(ctx, c.receipt(), c.by, id)))
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

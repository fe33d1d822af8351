package bot

import (
	"context"

	"countersign/workflows"
	"countersign/workflows/keyrelease"
)

// keyClicks does the clicks about the handing over of keys.
type keyClicks struct{ *clicks }

// release hands a key over for the first time.
func (b keyClicks) release(ctx context.Context, c click, id workflows.RequestID) (any, bool) {
	return b.acknowledged(c, errorOf(b.service.KeyRelease.Release(ctx, c.receipt(), c.by, id)))
}

// allowKey is a second person's word on another hand-over.
func (b keyClicks) allowKey(allow bool) func(context.Context, click, numbered) (any, bool) {
	return func(ctx context.Context, c click, at numbered) (any, bool) {
		return b.decided(c, at.Request, errorOf(b.service.KeyRelease.AllowKey(ctx, keyrelease.Allowed{Receipt: c.receipt(), By: c.by, Request: at.Request, Ask: at.Index, Allow: allow})))
	}
}

// reportKey is what the receiver of a hand-over says of it.
func (b keyClicks) reportKey(kind string) func(context.Context, click, numbered) (any, bool) {
	return func(ctx context.Context, c click, at numbered) (any, bool) {
		return b.acknowledged(c, errorOf(b.service.KeyRelease.ReportKey(ctx, keyrelease.Reported{Receipt: c.receipt(), By: c.by, Request: at.Request, Index: at.Index, Kind: kind})))
	}
}

func (b keyClicks) askForKey(ctx context.Context, v submission) error {
	return errorOf(b.service.KeyRelease.AskForKey(ctx, v.receipt(), v.by, v.request(), v.words()))
}

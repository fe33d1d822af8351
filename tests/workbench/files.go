package workbench

import (
	"context"
	"testing"

	"countersign/workflows"
)

// Queued sends files and gives the effect that reads them.
func (b *Bench) Queued(t *testing.T, in workflows.Message, ids ...string) (workflows.Effect, Body) {
	t.Helper()
	ctx := context.Background()
	Must(t, b.Inbox.ReceiveFiles(ctx, in, ids))
	e, ok, err := b.DB.Claim(ctx, workflows.Files, 1e9)
	Must(t, err)
	body, err := ReadBody(e)
	Must(t, err)
	if !ok || e.Kind != workflows.KindFiles {
		t.Fatalf("%v %s", ok, e.Kind)
	}
	return e, body
}

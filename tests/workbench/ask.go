package workbench

import (
	"context"
	"testing"

	"countersign/workflows"
)

func (b *Bench) Seen(t *testing.T, who workflows.Person, id workflows.RequestID) workflows.Request {
	t.Helper()
	r, err := b.Lists.Show(context.Background(), who, id)
	Must(t, err)
	return r
}

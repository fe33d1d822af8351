package workbench

import (
	"context"

	"countersign/workflows"
)

// Releasing is a custody that says something at a hand-over, while it does.
type Releasing struct {
	workflows.Custody
	Says     error
	Releases int
	Revoked  []string
}

func (h *Releasing) Release(ctx context.Context, name string) (workflows.Handover, error) {
	if h.Says != nil {
		return workflows.Handover{}, h.Says
	}
	h.Releases++
	return h.Custody.Release(ctx, name)
}

func (h *Releasing) Revoke(ctx context.Context, accessor string) error {
	h.Revoked = append(h.Revoked, accessor)
	return h.Custody.Revoke(ctx, accessor)
}

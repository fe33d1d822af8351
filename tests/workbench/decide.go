package workbench

import (
	"context"
	"testing"

	"countersign/workflows"
	"countersign/workflows/issuance"
)

func (b *Bench) Decide(who workflows.Person, r workflows.Request, v workflows.Verdict) (workflows.Request, error) {
	return b.Issuance.Decide(context.Background(), issuance.Decided{By: who, Request: r.ID, Verdict: v, Hash: r.Hash(), Reason: "because"})
}

func Wants(t *testing.T, what string, err error, code workflows.Code) {
	t.Helper()
	if workflows.CodeOf(err) != code || (code != "" && err == nil) {
		t.Errorf("%s: %v, want %q", what, err, code)
	}
}

type Handed struct {
	N    int
	To   workflows.Person
	Last workflows.Handover
}

func (h *Handed) Deliver(_ context.Context, r workflows.Request, _ int, _ string, to workflows.Handover) error {
	h.N++
	h.To, h.Last = r.Requester, to
	return nil
}

func (h *Handed) Delivered(context.Context, workflows.Request, int, string) (workflows.Handover, bool, error) {
	return workflows.Handover{}, false, nil
}

package workbench

import (
	"context"
	"testing"

	"countersign/workflows"
	"countersign/workflows/issuance"
	"countersign/workflows/keyrelease"
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

// DecideGroup makes a decision on what a card of the group would show now.
func (b *Bench) DecideGroup(who workflows.Person, all []workflows.Request, v workflows.Verdict, except ...workflows.RequestID) ([]workflows.Request, error) {
	return b.Groups.DecideGroup(context.Background(), issuance.DecidedGroup{By: who, Group: all[0].Group, Verdict: v, Hash: workflows.GroupHash(all), Except: except, Reason: "as agreed"})
}

type Handed struct {
	N    int
	To   workflows.Person
	Last workflows.Handover
	Lot  []keyrelease.Parcel
}

func (h *Handed) Deliver(_ context.Context, _ string, lot []keyrelease.Parcel) error {
	h.N++
	h.To, h.Last, h.Lot = lot[0].Request.Requester, lot[0].Handover, lot
	return nil
}

func (h *Handed) Delivered(context.Context, string, []keyrelease.Parcel) ([]keyrelease.Parcel, bool, error) {
	return nil, false, nil
}

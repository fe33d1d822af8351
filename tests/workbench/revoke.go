package workbench

import (
	"context"

	"countersign/workflows"
	"countersign/workflows/issuance"
)

func (b *Bench) Revoke(who workflows.Person, id workflows.RequestID) error {
	_, err := b.Issuance.Revoke(context.Background(), issuance.RevokeOrder{By: who, Request: id, Reason: "keyCompromise", Note: "Laptop stolen"})
	return err
}

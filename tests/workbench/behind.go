package workbench

import (
	"context"
	"fmt"
	"testing"

	"countersign/workflows"
)

// Crowd puts newer requests before r in every list that goes by state: same state,
// policy and requester, but nothing that anybody has to do.
func (b *Bench) Crowd(t *testing.T, r workflows.Request) {
	t.Helper()
	r.Mismatch, r.Unused, r.Revoking, r.Version, r.Decisions = nil, nil, nil, 0, nil
	r.Spec.OwnCSR, r.SPKI = false, ""
	if r.State != workflows.Issuing {
		r.CSR = nil
	}
	Must(t, b.DB.Update(context.Background(), "", func(workflows.Reader) (workflows.Change, error) {
		var c workflows.Change
		for i := range 250 {
			r.ID, r.Updated = workflows.RequestID(fmt.Sprintf("CROWD-%s-%d", b.NewID(), i)), b.Now()
			c.Requests = append(c.Requests, r)
		}
		return c, nil
	}))
}

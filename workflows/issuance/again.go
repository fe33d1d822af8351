package issuance

import (
	"context"
	"slices"
	"time"

	"countersign/workflows"
)

// FollowUp describes r for a request that asks for the same again; nil while r can still get
// what it asks for, and where its certificate is one to replace.
func FollowUp(r workflows.Request) *workflows.Followed {
	f := &workflows.Followed{Request: r.ID, Requester: r.Requester, State: r.State, By: r.EndedBy, Reason: r.EndReason, Profile: r.Spec.Profile, Asked: workflows.AskedIn(r.Spec, r.Deployment.Environment, r.Purpose)}
	switch r.State {
	case workflows.Rejected:
		for _, d := range r.Decisions {
			if d.Verdict == workflows.Reject {
				f.By, f.Reason = d.By, d.Reason
			}
		}
	case workflows.Revoked:
		if r.Revoking != nil {
			f.By, f.Reason = r.Revoking.By, r.Revoking.Note
		}
	case workflows.Failed:
		f.Why = r.Trouble.Text
	case workflows.Cancelled, workflows.Expired:
	case workflows.Submitted, workflows.OnHold, workflows.Approved, workflows.Issuing, workflows.Issued, workflows.Installed, workflows.Superseded:
		return nil
	}
	for _, sys := range r.Deployment.Systems {
		f.Others = append(f.Others, sys.Nodes...)
	}
	f.Others = slices.DeleteFunc(f.Others, func(node string) bool { return slices.Contains(r.Spec.For, node) })
	return f
}

// Twins finds certificates in use that somebody asks for once more.
type Twins struct{ *Service }

// TwinOf finds the newest certificate in use that has every name of what by asks for as spec;
// nil: there is none. What is being revoked, or has a key that counts as stolen, is nothing to
// keep, and what the request replaces (or "") it does not double.
func (s Twins) TwinOf(ctx context.Context, rd workflows.Reader, by workflows.Person, spec workflows.Spec, replaces workflows.RequestID, now time.Time) (*workflows.Twin, error) {
	names := make([]string, 0, len(spec.Names))
	for _, n := range spec.Names {
		names = append(names, n.Value)
	}
	if len(names) == 0 {
		names = []string{spec.CommonName}
	}
	all, err := rd.InUse(ctx, spec.Profile, names, now)
	if err != nil {
		return nil, err
	}
	for _, r := range all {
		if r.Requester.Team == s.Team && r.ID != replaces && r.Revoking == nil && !r.Stolen() {
			return &workflows.Twin{Request: r.ID, Owner: r.Requester, Name: spec.CommonName, NotAfter: r.NotAfter, Yours: s.Owns(r, by)}, nil
		}
	}
	return nil, nil
}

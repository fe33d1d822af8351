package issuance

import (
	"context"
	"fmt"
	"slices"
	"time"

	"countersign/certs"
	"countersign/workflows"
)

// Submit makes the requests of a submission, one a certificate, as a change for the
// transaction of rd.
func (s *Service) Submit(ctx context.Context, rd workflows.Reader, in workflows.Submission, now time.Time) (workflows.Change, error) {
	if no := s.Refusal(in.By); no != nil {
		return workflows.Change{}, no
	}
	var change workflows.Change
	batch := "B-" + s.NewID()
	for _, spec := range in.Wanted {
		if spec.BuiltIn {
			continue
		}
		r, err := s.submitted(ctx, rd, in, spec, batch, now)
		if err != nil {
			return workflows.Change{}, err
		}
		if r.Spec.OwnCSR {
			var no *workflows.Error
			if r, no = fitCSR(r, in.CSRs); no != nil && len(in.Wanted) == 1 {
				return workflows.Change{}, no
			}
			if len(r.CSR) > 0 {
				if err := s.MayKeepCSR(ctx, rd, r.CSR, change.Requests...); err != nil {
					return workflows.Change{}, err
				}
			}
		}
		change.Requests = append(change.Requests, r)
	}
	group(change.Requests)
	for _, r := range change.Requests {
		change.Audit = append(change.Audit, workflows.Audit{At: now, Actor: in.By, Verb: "submit", Subject: string(r.ID), Detail: workflows.Detail("profile", r.Spec.Profile, "cn", r.Spec.CommonName)})
		change.Effects = append(change.Effects, workflows.Redraw(r))
		if !r.Spec.OwnCSR {
			change.Effects = append(change.Effects, workflows.Task(r, workflows.MakeCSR{Request: r.ID}))
		}
	}
	return change, nil
}

// group has the requests of a plan that are decided under one policy share a card. Whose policy
// no other has, keeps its own.
func group(all []workflows.Request) {
	byPolicy, groups := map[string][]int{}, 0
	for i, r := range all {
		byPolicy[r.Policy] = append(byPolicy[r.Policy], i)
	}
	for _, r := range slices.Clone(all) {
		mine := byPolicy[r.Policy]
		delete(byPolicy, r.Policy)
		if len(mine) < 2 {
			continue
		}
		for some := range slices.Chunk(mine, workflows.MaxGroup) {
			groups++
			for _, i := range some {
				all[i].Group = fmt.Sprintf("%s/%d", r.Batch, groups)
			}
		}
	}
}

// submitted is the request for one certificate of a submission, under the policy that
// covers it.
func (s *Service) submitted(ctx context.Context, rd workflows.Reader, in workflows.Submission, spec certs.Spec, batch string, now time.Time) (workflows.Request, error) {
	policy, ok := s.PolicyFor(spec, in.Deployment.Environment)
	if !ok {
		return workflows.Request{}, workflows.Refuse(workflows.Forbidden, "workflows.refuse.no_policy", "Profile", spec.Profile)
	}
	if policy.Days > 0 {
		spec.Days = min(spec.Days, policy.Days)
	}
	number, err := rd.NextRequest(ctx)
	if err != nil {
		return workflows.Request{}, err
	}
	r := workflows.Request{
		ID: workflows.NewRequestID(number), State: workflows.Submitted, Requester: in.By, Place: in.Place, Lang: in.Lang,
		Batch: batch, Deployment: in.Deployment, Spec: spec, Steps: in.Plan.StepsFor(spec), Trust: in.Plan.TrustOf(spec.Profile), Purpose: in.Purpose,
		Custody: policy.Custody, Issuer: policy.Issuer, Policy: policy.Name,
		Created: now, Updated: now, Expires: now.Add(policy.Within()),
	}
	if spec.OwnCSR {
		r.Custody = workflows.CustodyDevice
	}
	if in.Replaces != nil && in.Replaces.Fits(spec) {
		if r.Replaces, err = s.replaces(ctx, rd, in); err != nil {
			return r, err
		}
	}
	return beside(ctx, s, rd, in, r, now)
}

// beside is r with what its approvers find beside what they approve: the request that it asks
// for again, as that is now, and the certificate in use that has its names.
func beside(ctx context.Context, s *Service, rd workflows.Reader, in workflows.Submission, r workflows.Request, now time.Time) (workflows.Request, error) {
	if in.Follows != nil && in.Follows.Fits(r.Spec) {
		old, err := rd.Request(ctx, in.Follows.Request)
		if err != nil {
			return r, err
		}
		if s.Owns(old, in.By) {
			r.Follows = FollowUp(old)
		}
	}
	var err error
	r.Twin, err = Twins{s}.TwinOf(ctx, rd, in.By, r.Spec, predecessor(r), now)
	return r, err
}

// replaces is what a renewal that is sent now replaces, if its owner still may.
func (s *Service) replaces(ctx context.Context, rd workflows.Reader, in workflows.Submission) (*workflows.Replaced, error) {
	old, err := rd.Request(ctx, in.Replaces.Request)
	if err != nil {
		return nil, err
	}
	if no := s.mayReplace(old, in.By); no != nil {
		return nil, no
	}
	return replacedBy(old), nil
}

// fitCSR puts that of the given CSRs on r which asks for what r was planned for. The
// Error says what is wrong with the last that does not; with none given there is none.
func fitCSR(r workflows.Request, csrs [][]byte) (workflows.Request, *workflows.Error) {
	var last *workflows.Error
	for _, der := range csrs {
		next, no := withCSR(r, der)
		if no == nil {
			return next, nil
		}
		last = no
	}
	return r, last
}

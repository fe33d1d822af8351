package issuance

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"countersign/workflows"
)

// StepMark names a step of a runbook: the same of several certificates has one.
func StepMark(step workflows.Step) string {
	raw, err := json.Marshal(step)
	if err != nil {
		return "" // plain strings cannot fail
	}
	return workflows.Fingerprint(raw)[:12]
}

// TickStep records that the requester has done a step of the installation of a request's
// certificate, or has not after all.
func (s Groups) TickStep(ctx context.Context, receipt workflows.Receipt, by workflows.Person, id workflows.RequestID, mark string, done bool) (workflows.Request, error) {
	return s.Step(ctx, receipt, by, "step", id, ticked(by, mark, done))
}

// TickSteps is TickStep for all of a group that have this step.
func (s Groups) TickSteps(ctx context.Context, receipt workflows.Receipt, by workflows.Person, group, mark string, done bool) ([]workflows.Request, error) {
	return s.StepGroup(ctx, receipt, by, "step", group, nil, ticked(by, mark, done))
}

func ticked(by workflows.Person, mark string, done bool) workflows.Rule {
	return func(_ workflows.Reader, r workflows.Request, _ time.Time) (workflows.Request, workflows.Change, error) {
		switch {
		case r.Requester != by:
			return r, workflows.Change{}, workflows.Refuse(workflows.Forbidden, "workflows.refuse.not_yours", "Request", string(r.ID))
		case r.State != workflows.Issued:
			return r, workflows.Change{}, tooLate(r)
		case !slices.ContainsFunc(r.Steps, func(step workflows.Step) bool { return StepMark(step) == mark }):
			return r, workflows.Change{}, workflows.Refuse(workflows.Conflict, "workflows.refuse.no_step", "Request", string(r.ID))
		}
		r.Ticked = slices.DeleteFunc(slices.Clone(r.Ticked), func(m string) bool { return m == mark })
		if done {
			r.Ticked = append(r.Ticked, mark)
		}
		return r, workflows.Change{Audit: []workflows.Audit{{Detail: workflows.Detail("step", mark, "done", map[bool]string{true: "yes", false: "no"}[done])}}}, nil
	}
}

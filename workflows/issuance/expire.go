package issuance

import (
	"context"
	"errors"

	"countersign/workflows"
)

// Sweep ends what nobody decided in time. It costs what is due, not what is stored.
func (s *Service) Sweep(ctx context.Context) error {
	now := s.Now()
	due, err := workflows.Read(ctx, s.Store, func(rd workflows.Reader) ([]workflows.Request, error) {
		return rd.Requests(ctx, workflows.RequestQuery{Team: s.Team, States: workflows.StatesThat(workflows.VerbExpire), DueBefore: now, Limit: 200})
	})
	if err != nil {
		return err
	}
	var errs []error
	for _, old := range due {
		err := s.Store.Update(ctx, "", func(rd workflows.Reader) (workflows.Change, error) {
			r, err := rd.Request(ctx, old.ID)
			if err != nil {
				return workflows.Change{}, err
			}
			to, legal := r.State.Next(workflows.VerbExpire)
			if !legal || r.Expires.After(now) {
				return workflows.Change{}, nil
			}
			r.State, r.EndedBy = to, workflows.Robot
			follows := []workflows.Effect{workflows.Notification(r, "expired"), workflows.Task(r, workflows.DestroyKey{Request: r.ID})}
			return workflows.Complete(r, workflows.Change{Effects: follows}, workflows.Robot, "expire", now), nil
		})
		if err != nil && workflows.CodeOf(err) != workflows.Conflict {
			errs = append(errs, err) // one that nothing can be done on keeps no other from its end
		}
	}
	return errors.Join(errs...)
}

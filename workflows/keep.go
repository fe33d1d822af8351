package workflows

import (
	"context"
	"time"
)

// keepBeside gives a custody the certificate of one of its keys. Nothing waits for it:
// the certificate is delivered whether or not its custody can be reached.
func (s *Service) keepBeside(ctx context.Context, e Effect, id RequestID) error {
	r, err := s.read(ctx, id)
	if err != nil {
		return err
	}
	keeper, ok := s.Custodies[r.Custody].(Keeper)
	if ok && r.KeyName != "" && len(r.Cert) > 0 {
		if err := keeper.Keep(ctx, r.KeyName, Certificate{Leaf: r.Cert, Chain: r.Chain}); err != nil {
			return err
		}
	}
	return s.finish(ctx, e, id, func(r Request, now time.Time) (Change, error) {
		return Change{Audit: []Audit{{At: now, Actor: Robot, Verb: "keep", Subject: string(id), Detail: detail("key", r.KeyName)}}}, nil
	})
}

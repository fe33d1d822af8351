package workflows

import (
	"context"
	"log/slog"
	"maps"
)

// IssuanceJobs are the kinds of effects of issuance.
func (s *Service) IssuanceJobs() Jobs {
	return Jobs{
		KindCSR:     {Do: ofRequest(s.makeCSR), Waits: s.trouble, Ends: s.fail},
		KindIssue:   {Do: ofRequest(s.issue), Waits: s.trouble, Ends: s.fail},
		KindRevoke:  {Do: ofRequest(s.revoke), Waits: s.trouble, Ends: s.revokeByHand},
		KindStray:   {Do: s.revokeStray, Waits: s.strayWaits, Ends: s.strayByHand},
		KindLost:    {Do: ofRequest(s.lost)},
		KindKeep:    {Do: ofRequest(s.keepBeside)},
		KindDestroy: {Do: ofRequest(s.destroy)},
	}
}

func ofRequest(do func(context.Context, Effect, RequestID) error) func(context.Context, Effect, Body) error {
	return func(ctx context.Context, e Effect, body Body) error { return do(ctx, e, body.Request) }
}

// KeyJobs are the kinds of effects of key releases.
func (s *Service) KeyJobs() Jobs {
	return Jobs{
		KindRelease:  {Do: s.release, Waits: s.trouble, Undo: s.notReleased},
		KindWatch:    {Do: s.watch},
		KindTakeBack: {Do: s.takenBackNow},
		KindDoubt:    {Do: s.doubt},
		KindAskEnd:   {Do: s.endAsk},
	}
}

// notReleased undoes a release that failed for good.
func (s *Service) notReleased(ctx context.Context, body Body, why Text) (Change, error) {
	return s.takenBack(ctx, body, "key_failed", why)
}

// SupportJobs are the kinds of effects of support.
func (s *Service) SupportJobs() Jobs {
	return Jobs{KindLook: {Do: s.look}, KindAssist: {Do: s.assist, Tries: maxTries}}
}

// IntakeJobs are the kinds of effects of conversations.
func (s *Service) IntakeJobs() Jobs {
	return Jobs{KindPropose: {Do: s.propose, Tries: maxTries}}
}

// Worker does what falls to this service in the Work lane.
func (s *Service) Worker(o Outbox, log *slog.Logger) *Worker {
	jobs := s.IssuanceJobs()
	maps.Copy(jobs, s.KeyJobs())
	return &Worker{Service: s, Jobs: jobs, Sweeps: []func(context.Context) error{s.Sweep}, Outbox: o, Log: log}
}

// Background does what falls to this service in the Background lane.
func (s *Service) Background(o Outbox, log *slog.Logger) *AsideWorker {
	jobs := s.SupportJobs()
	maps.Copy(jobs, s.IntakeJobs())
	return &AsideWorker{Service: s, Jobs: jobs, Outbox: o, Log: log}
}

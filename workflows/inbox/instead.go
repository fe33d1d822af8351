package inbox

import (
	"context"

	"countersign/workflows"
	"countersign/workflows/intake"
)

// RenewInstead begins the renewal of a certificate in use at the place of a conversation that
// asks for another with its names, and ends that one.
func (s *Service) RenewInstead(ctx context.Context, in intake.Started, conversation string, id workflows.RequestID) (workflows.Conversation, error) {
	// Asked first, so that a refusal is on the record and nothing is dropped for it.
	if _, _, err := s.Issuance.Renewable(ctx, in.By, id); err != nil {
		return workflows.Conversation{}, err
	}
	old, err := s.Intake.Conversation(ctx, in.By, conversation)
	if err != nil {
		return old, err
	}
	in.Place = old.Place
	c, err := s.Renew(ctx, in, id)
	if err == nil {
		_ = s.Intake.Leave(ctx, in.By, old.ID) // else it stays open beside the renewal
	}
	return c, err
}

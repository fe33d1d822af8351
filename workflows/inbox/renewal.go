package inbox

import (
	"context"

	"countersign/workflows"
	"countersign/workflows/intake"
	"countersign/workflows/issuance"
)

// Renew opens a conversation that asks for the same again, for the owner: everything
// is pre-filled from the request itself, so that it stands at the review at once; a
// colleague's reason is asked anew.
func (s *Service) Renew(ctx context.Context, in intake.Started, id workflows.RequestID) (workflows.Conversation, error) {
	old, replaces, err := s.Issuance.Renewable(ctx, in.By, id)
	if err != nil {
		return workflows.Conversation{}, err
	}
	in.Follows = issuance.FollowUp(old)
	in.Answers, in.From, in.Replaces = intake.AnswersOfRequest(old), workflows.OriginOf(old), replaces
	if old.Requester != in.By {
		delete(in.Answers, "purpose") // each one's own reason
	}
	return s.Intake.Start(ctx, in)
}

// likeRequest are the answers that a request was made of, as a pattern for another.
// Anybody may take one: it replaces nothing. The environment, by which policies may go, is
// taken from who's own only.
func (s *Service) likeRequest(ctx context.Context, who workflows.Person, id workflows.RequestID) (workflows.Answers, workflows.Origin, error) {
	r, err := s.ReadRequest(ctx, id)
	if err != nil {
		return nil, workflows.Origin{}, err
	}
	like := intake.AnswersOfRequest(r)
	if r.Requester != who {
		delete(like, "environment")
	}
	return like, workflows.OriginOf(r), nil
}

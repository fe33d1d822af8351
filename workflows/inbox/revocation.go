package inbox

import (
	"context"

	"countersign/language"
	"countersign/workflows"
	"countersign/workflows/issuance"
)

// askRevocation takes "please revoke REQ-4" and "its key was stolen" to the approvers: at
// names the request, if the place or the text does; else only a theft is reported of the one
// certificate that somebody has, and any other wish asks which. done is false where there is
// no certificate that could be revoked, so that the text is about something else.
func (s *Service) askRevocation(ctx context.Context, in workflows.Message, at workflows.RequestID) (done bool, err error) {
	wish := language.ReadRevocation(in.Text)
	if wish == "" {
		return false, nil
	}
	if at == "" {
		theirs, err := s.Issuance.Revocable(ctx, in.By)
		if err != nil {
			return true, err
		}
		if len(theirs) != 1 || wish != language.Compromised {
			return true, s.replyWith(ctx, in, workflows.SayRevocation, "")
		}
		at = theirs[0].ID
	}
	r, err := workflows.Read(ctx, s.Store, func(rd workflows.Reader) (workflows.Request, error) { return rd.Request(ctx, at) })
	switch {
	case workflows.CodeOf(err) == workflows.NotFound, err == nil && !r.State.Can(workflows.VerbRevoke):
		return false, nil
	case err != nil:
		return true, err
	}
	reason := "unspecified"
	if wish == language.Compromised {
		reason = workflows.KeyCompromise
	}
	_, err = s.Issuance.AskRevocation(ctx, issuance.RevokeOrder{Receipt: in.Receipt, By: in.By, Request: at, Reason: reason, Note: workflows.ClipReason(in.Text)})
	return true, s.confirm(ctx, in, workflows.SayRevocation, at, err)
}

package issuance

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"countersign/certs"
	"countersign/workflows"
)

// Ask puts an approver's question to the requester. The request waits on.
func (s *Service) Ask(ctx context.Context, receipt workflows.Receipt, by workflows.Person, id workflows.RequestID, text string) (workflows.Request, error) {
	return s.exchange(ctx, receipt, by, id, "ask", text, func(n int) workflows.Payload { return workflows.CarryQuestion{Request: id, Index: n} }, func(r workflows.Request, members []workflows.Person, text string, now time.Time) (workflows.Request, *workflows.Error) {
		if no := workflows.MayDecide(r, by, members); no != nil {
			return r, no
		}
		r.Questions = append(append([]workflows.Question(nil), r.Questions...), workflows.Question{By: by, Text: text, At: now})
		return r, nil
	})
}

// Answer is the requester's answer to the latest question.
func (s *Service) Answer(ctx context.Context, receipt workflows.Receipt, by workflows.Person, id workflows.RequestID, text string) (workflows.Request, error) {
	return s.exchange(ctx, receipt, by, id, "answer", text, func(n int) workflows.Payload { return workflows.CarryAnswer{Request: id, Index: n} }, func(r workflows.Request, _ []workflows.Person, text string, _ time.Time) (workflows.Request, *workflows.Error) {
		switch {
		case by != r.Requester:
			return r, workflows.Refuse(workflows.Forbidden, "workflows.refuse.not_yours", "Request", string(id))
		case len(r.Questions) == 0:
			return r, workflows.Refuse(workflows.Illegal, "workflows.refuse.nothing_asked", "Request", string(id))
		}
		r.Questions = append([]workflows.Question(nil), r.Questions...)
		r.Questions[len(r.Questions)-1].Answer = text
		return r, nil
	})
}

// KeepRemark keeps what somebody says in the thread of an undecided request's card, for who
// decides. The oldest go when there are too many.
func (s *Service) KeepRemark(ctx context.Context, receipt workflows.Receipt, by workflows.Person, id workflows.RequestID, text string) (workflows.Request, error) {
	return s.Step(ctx, receipt, by, "remark", id, func(_ workflows.Reader, r workflows.Request, now time.Time) (workflows.Request, workflows.Change, error) {
		if !r.State.Can(workflows.VerbReject) {
			return r, workflows.Change{}, tooLate(r)
		}
		if !workflows.HoldsKey(text) {
			text = workflows.ClipReason(text) // a log, say: nobody was asked to be short, and all of it stands in the thread
		}
		text, no := workflows.CheckedReason(text, "form.problem.required")
		if no != nil {
			return r, workflows.Change{}, no
		}
		r.Remarks = append(slices.Clone(r.Remarks), workflows.Remark{By: by, Text: text, At: now})
		r.Remarks = r.Remarks[max(0, len(r.Remarks)-workflows.MaxRemarks):]
		return r, workflows.Change{}, nil
	})
}

func (s *Service) exchange(ctx context.Context, receipt workflows.Receipt, by workflows.Person, id workflows.RequestID, verb, text string,
	carry func(n int) workflows.Payload, step func(workflows.Request, []workflows.Person, string, time.Time) (workflows.Request, *workflows.Error)) (workflows.Request, error) {
	return s.Step(ctx, receipt, by, verb, id, func(_ workflows.Reader, r workflows.Request, now time.Time) (workflows.Request, workflows.Change, error) {
		text = strings.TrimSpace(text)
		switch {
		case !r.State.Can(workflows.VerbReject):
			return r, workflows.Change{}, tooLate(r)
		case text == "":
			return r, workflows.Change{}, &workflows.Error{Code: workflows.Invalid, Field: "text", Text: certs.T("form.problem.required")}
		case workflows.HoldsKey(text):
			return r, workflows.Change{}, &workflows.Error{Code: workflows.Invalid, Field: "text", Text: certs.T("workflows.problem.private_key")}
		case utf8.RuneCountInString(text) > workflows.MaxReason || len(r.Questions) >= 50:
			return r, workflows.Change{}, &workflows.Error{Code: workflows.Invalid, Field: "text", Text: certs.T("workflows.problem.reason_long")}
		}
		_, members := s.PolicyOf(r)
		next, no := step(r, members, workflows.WithoutSecrets(text), now)
		if no != nil {
			return r, workflows.Change{}, no
		}
		n := len(next.Questions) - 1
		p := carry(n)
		e := workflows.NewEffect(workflows.Notify, workflows.Audience(next, p.Kind()), fmt.Sprintf("%s/%s/%d/%d", id, p.Kind(), n, next.Version), p)
		return next, workflows.Change{Effects: []workflows.Effect{e}}, nil
	})
}

package keyrelease

import (
	"context"
	"fmt"
	"time"

	"countersign/workflows"
)

// Reported is what the receiver of a hand-over says of it.
type Reported struct {
	Receipt workflows.Receipt
	By      workflows.Person
	Request workflows.RequestID
	Index   int    // of the hand-over
	Kind    string // ReportOpened, ReportNotMe or ReportNoWork
}

// ReportKey takes the report that a hand-over was not opened by its receiver, which
// raises the alarm, or does not open, which is looked into first: what was opened opens no
// more, for its receiver neither. Only the receiver may.
func (s *Service) ReportKey(ctx context.Context, in Reported) (workflows.Request, error) {
	return s.Step(ctx, in.Receipt, in.By, "key.report", in.Request, func(_ workflows.Reader, r workflows.Request, now time.Time) (workflows.Request, workflows.Change, error) {
		h, no := releaseAt(r, in.Index)
		switch {
		case in.By != r.Requester:
			return r, workflows.Change{}, workflows.Refuse(workflows.Forbidden, "workflows.refuse.key_not_yours", "Request", string(r.ID))
		case no != nil:
			return r, workflows.Change{}, no
		case h.Alarm != nil:
			return r, workflows.Change{}, workflows.Refuse(workflows.Conflict, "workflows.refuse.alarm_raised", "Request", string(r.ID))
		}
		row := workflows.Audit{Detail: workflows.Detail("kind", in.Kind, "accessor", h.Accessor)}
		switch in.Kind {
		case workflows.ReportOpened, workflows.ReportNotMe:
			next, c := raise(r, in.Index, workflows.Alarm{By: in.By, At: now, Kind: in.Kind})
			c.Audit = append([]workflows.Audit{row}, c.Audit...)
			return next, c, nil
		case workflows.ReportNoWork:
		default:
			return r, workflows.Change{}, workflows.Refuse(workflows.Invalid, "workflows.refuse.no_handover", "Request", string(r.ID))
		}
		switch {
		case h.End == workflows.EndUnopened || h.End == workflows.EndTakenBack || h.End == "" && !now.Before(h.Expires) && h.Opened.IsZero():
			return r, workflows.Change{}, workflows.Refuse(workflows.Illegal, "workflows.refuse.handover_over", "Request", string(r.ID))
		case !h.Doubted.IsZero():
			return r, workflows.Change{}, workflows.Refuse(workflows.Conflict, "workflows.refuse.key_doubted")
		case h.End == workflows.EndUnknown:
			next, c := raise(r, in.Index, workflows.Alarm{By: in.By, At: now, Kind: workflows.ReportUnknown})
			c.Audit = append([]workflows.Audit{row}, c.Audit...)
			return next, c, nil
		}
		next := r.WithRelease(in.Index, func(h *workflows.Release) { h.Doubted = now })
		if !h.Opened.IsZero() { // its message asks whether that was them
			return next, workflows.Change{Audit: []workflows.Audit{row}}, nil
		}
		look := workflows.NewEffect(workflows.Work, fmt.Sprintf("%s/doubt/%d", r.ID, in.Index), fmt.Sprintf("%s/doubt/%d/%d", r.ID, in.Index, r.Version), workflows.ExamineHandover{Request: r.ID, Index: in.Index})
		return next, workflows.Change{Effects: []workflows.Effect{look}, Audit: []workflows.Audit{row}}, nil
	})
}

// doubt finds out why a hand-over does not open. One that nobody has used is taken
// back, and its receiver is told that the fault is not theft; of one that was opened its
// message asks whether that was them; when nobody can know any more, the alarm is raised.
func (s *Service) doubt(ctx context.Context, e workflows.Effect, body workflows.ExamineHandover, r workflows.Request) error {
	h, no := releaseAt(r, body.Index)
	if no != nil {
		return no
	}
	custody, ok := s.Custodies[r.Custody]
	var opened time.Time
	var err error
	unused := h.End == workflows.EndUnopened || h.End == workflows.EndTakenBack
	if ok && h.End == "" && h.Opened.IsZero() && s.Now().Before(h.Expires.Add(-time.Second)) {
		if opened, err = revokeHandover(ctx, custody, h); err != nil {
			return err // again, until it is too late to know
		}
		unused = opened.IsZero()
	}
	return s.Finish(ctx, e, r.ID, func(r workflows.Request, now time.Time) (workflows.Change, error) {
		if r.Releases[body.Index].Alarm != nil {
			return workflows.Change{}, nil
		}
		if unused {
			next, c := r, workflows.Change{}
			if r.Releases[body.Index].End == "" {
				next, c = takenBackAt(r, body.Index, time.Time{}, now)
			}
			c.Requests, c.Effects = []workflows.Request{next}, append(c.Effects, workflows.Redraw(next), workflows.AboutKey(next, body.Index, "unused"))
			return c, nil
		}
		if !r.Releases[body.Index].Opened.IsZero() { // the watch has found that out
			return workflows.Change{}, nil
		}
		if !opened.IsZero() {
			next, c := takenBackAt(r, body.Index, opened, now)
			c.Requests, c.Effects = []workflows.Request{next}, []workflows.Effect{workflows.Redraw(next)}
			return c, nil
		}
		next, c := raise(r, body.Index, workflows.Alarm{By: r.Requester, At: now, Kind: workflows.ReportUnknown})
		return workflows.Complete(next, c, workflows.Robot, "", now), nil
	})
}

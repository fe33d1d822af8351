package workflows

import (
	"context"
	"fmt"
	"time"
)

// Reported is what the receiver of a hand-over says of it.
type Reported struct {
	Receipt Receipt
	By      Person
	Request RequestID
	Index   int    // of the hand-over
	Kind    string // ReportOpened, ReportNotMe or ReportNoWork
}

// ReportKey takes the report that a hand-over was not opened by its receiver, which
// raises the alarm, or does not open, which is looked into first. Only the receiver may.
func (s *Service) ReportKey(ctx context.Context, in Reported) (Request, error) {
	return s.step(ctx, in.Receipt, in.By, "key.report", in.Request, func(r Request, now time.Time) (Request, Change, *Error) {
		h, no := releaseAt(r, in.Index)
		switch {
		case in.By != r.Requester:
			return r, Change{}, Refuse(Forbidden, "workflows.refuse.key_not_yours", "Request", string(r.ID))
		case no != nil:
			return r, Change{}, no
		case h.Alarm != nil:
			return r, Change{}, Refuse(Conflict, "workflows.refuse.alarm_raised", "Request", string(r.ID))
		}
		row := Audit{Detail: detail("kind", in.Kind, "accessor", h.Accessor)}
		switch in.Kind {
		case ReportOpened, ReportNotMe:
			next, c := raise(r, in.Index, Alarm{By: in.By, At: now, Kind: in.Kind})
			c.Audit = append([]Audit{row}, c.Audit...)
			return next, c, nil
		case ReportNoWork:
		default:
			return r, Change{}, Refuse(Invalid, "workflows.refuse.no_handover", "Request", string(r.ID))
		}
		switch {
		case h.End == EndUnopened || h.End == EndTakenBack || h.End == "" && !now.Before(h.Expires) && h.Opened.IsZero():
			return r, Change{}, Refuse(Illegal, "workflows.refuse.handover_over", "Request", string(r.ID))
		case h.End != "" || !h.Opened.IsZero():
			kind := in.Kind
			if h.Opened.IsZero() {
				kind = reportUnknown
			}
			next, c := raise(r, in.Index, Alarm{By: in.By, At: now, Kind: kind})
			c.Audit = append([]Audit{row}, c.Audit...)
			return next, c, nil
		case !h.Doubted.IsZero():
			return r, Change{}, Refuse(Conflict, "workflows.refuse.alarm_raised", "Request", string(r.ID))
		}
		next := r.withRelease(in.Index, func(h *Release) { h.Doubted = now })
		look := effect(Work, fmt.Sprintf("%s/doubt/%d", r.ID, in.Index), KindDoubt, fmt.Sprintf("%s/doubt/%d/%d", r.ID, in.Index, r.Version), Body{Request: r.ID, Index: in.Index})
		return next, Change{Effects: []Effect{look}, Audit: []Audit{row}}, nil
	})
}

// raise makes a key count as stolen: nobody gets it any more, and those who can do
// something about it are told.
func raise(r Request, i int, a Alarm) (Request, Change) {
	h := r.Releases[i]
	next := r.withRelease(i, func(h *Release) { h.Alarm = &a })
	c := Change{Effects: append(alarms(next, i, a.Kind), aboutKey(next, i, "stolen")),
		Audit: []Audit{{Verb: "key.alarm", Detail: detail("kind", a.Kind, "accessor", h.Accessor, "number", number(i))}}}
	c.Effects = append(c.Effects, takeAllBack(next, a.At)...)
	return next.closeAsk(AskStolen, a.At), c // nobody should allow it any more
}

// alarms tell the approvers and the operators.
func alarms(r Request, i int, kind string) []Effect {
	tell := func(whom string) Effect {
		return effect(Notify, string(r.ID)+"/alarm/"+whom, KindAlarm, fmt.Sprintf("%s/alarm/%s/%d/%d", r.ID, whom, i, r.Version),
			Body{Request: r.ID, Index: i, Event: whom, Kind: kind})
	}
	return []Effect{tell("approvers"), tell("operators")}
}

// doubt finds out why a hand-over does not open. One that nobody has used is taken
// back, and its receiver is told that the fault is not theft; otherwise, and when
// nobody can know any more, the alarm is raised.
func (s *Service) doubt(ctx context.Context, e Effect, body Body) error {
	r, err := s.read(ctx, body.Request)
	if err != nil {
		return err
	}
	h, no := releaseAt(r, body.Index)
	if no != nil {
		return no
	}
	custody, ok := s.Custodies[r.Custody]
	var opened time.Time
	unused := h.End == EndUnopened || h.End == EndTakenBack
	if ok && h.End == "" && h.Opened.IsZero() && s.Now().Before(h.Expires.Add(-time.Second)) {
		if opened, err = revokeHandover(ctx, custody, h); err != nil {
			return err // again, until it is too late to know
		}
		unused = opened.IsZero()
	}
	return s.finish(ctx, e, r.ID, func(r Request, now time.Time) (Change, error) {
		if r.Releases[body.Index].Alarm != nil {
			return Change{}, nil
		}
		if unused {
			next, c := r, Change{}
			if r.Releases[body.Index].End == "" {
				next, c = takenBackAt(r, body.Index, time.Time{}, now)
			}
			c.Requests, c.Effects = []Request{next}, append(c.Effects, redraw(next), aboutKey(next, body.Index, "unused"))
			return c, nil
		}
		kind := ReportNoWork
		if opened.IsZero() && r.Releases[body.Index].Opened.IsZero() {
			kind = reportUnknown
		} else {
			r = r.withRelease(body.Index, func(h *Release) {
				if h.Opened.IsZero() {
					h.Opened = opened
				}
				h.End = EndOpened
			})
		}
		next, c := raise(r, body.Index, Alarm{By: r.Requester, At: now, Kind: kind})
		return complete(next, c, Robot, "", now), nil
	})
}

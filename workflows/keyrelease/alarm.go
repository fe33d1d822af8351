package keyrelease

import (
	"fmt"
	"strconv"

	"countersign/workflows"
)

// raise makes a key count as stolen: nobody gets it any more, and those who can do
// something about it are told.
func raise(r workflows.Request, i int, a workflows.Alarm) (workflows.Request, workflows.Change) {
	h := r.Releases[i]
	next := r.WithRelease(i, func(h *workflows.Release) { h.Alarm = &a })
	c := workflows.Change{Effects: append(alarms(next, i, a.Kind), workflows.AboutKey(next, i, "stolen")),
		Audit: []workflows.Audit{{Verb: "key.alarm", Detail: workflows.Detail("kind", a.Kind, "accessor", h.Accessor, "number", number(i))}}}
	c.Effects = append(c.Effects, workflows.TakeAllBack(next, a.At)...)
	return next.CloseAsk(workflows.AskStolen, a.At), c // nobody should allow it any more
}

// alarms tell the approvers and the operators.
func alarms(r workflows.Request, i int, kind string) []workflows.Effect {
	tell := func(whom string) workflows.Effect {
		return workflows.NewEffect(workflows.Notify, string(r.ID)+"/alarm/"+whom, fmt.Sprintf("%s/alarm/%s/%d/%d", r.ID, whom, i, r.Version),
			workflows.RaiseAlarm{Request: r.ID, Index: i, Whom: whom, Report: kind})
	}
	return []workflows.Effect{tell("approvers"), tell("operators")}
}

func number(i int) string { return strconv.Itoa(i + 1) }

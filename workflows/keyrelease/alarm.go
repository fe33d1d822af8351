package keyrelease

import (
	"fmt"
	"strconv"

	"countersign/workflows"
)

// raise makes a key count as stolen: nobody gets it any more, and those who can do
// something about it are told, once a hand-over.
func raise(r workflows.Request, i int, a workflows.Alarm) (workflows.Request, workflows.Change) {
	next := r.WithRelease(i, func(h *workflows.Release) { h.Alarm = &a })
	c := workflows.Change{Effects: []workflows.Effect{alarm(next, i, workflows.Approvers), alarm(next, i, "operators"), workflows.AboutKey(next, i, "stolen")},
		Audit: []workflows.Audit{{Verb: "key.alarm", Detail: workflows.Detail("kind", a.Kind, "accessor", next.Releases[i].Accessor, "number", number(i))}}}
	c.Effects = append(c.Effects, workflows.TakeAllBack(next, a.At)...)
	return next.CloseAsk(workflows.AskStolen, a.At), c // nobody should allow it any more
}

func alarm(r workflows.Request, i int, whom string) workflows.Effect {
	return workflows.NewEffect(workflows.Notify, string(r.ID)+"/alarm/"+whom, fmt.Sprintf("%s/alarm/%s/%d", r.ID, whom, i),
		workflows.RaiseAlarm{Request: r.ID, Index: i, Whom: whom, Report: r.Releases[i].Alarm.Kind})
}

func number(i int) string { return strconv.Itoa(i + 1) }

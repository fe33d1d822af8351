package bot_test

import (
	"strings"
	"testing"

	"countersign/slacksim"
	"countersign/workflows"
)

// TestOneAlarm: an alarm over a key is one message in a channel, also where approvers and
// operators have the same.
func TestOneAlarm(t *testing.T) {
	for operators, elsewhere := range map[string]bool{approvalsChannel: false, supportChannel: true} {
		t.Run(operators, func(t *testing.T) {
			r := newRig(t, slacksim.Default())
			r.cfg.Operators = operators
			r.socket(t)
			theirs, hers := r.asked(t)
			ella, approvals := r.As("ella"), r.As("anselm").In("cert-approvals")
			approvals.Clicks(theirs, "Approve")
			ella.Clicks(ella.SeesChange(hers, "Get the private key…"), "Get the private key…")
			handed := ella.Sees("It was already opened")
			r.until(t, "the hand-over is recorded", func() bool {
				x, err := workflows.Read(t.Context(), r.db, func(rd workflows.Reader) (workflows.Request, error) { return rd.Request(t.Context(), "REQ-1") })
				must(t, err)
				return len(x.Releases) == 1 && x.Releases[0].Accessor != ""
			})
			ella.Clicks(handed, "It was already opened")
			ella.Sees("counts as stolen from now on")
			r.settled(t)
			approvals.Sees("Key alarm", "somebody else had opened it")
			alarms := func(at *slacksim.Actor) (n int) {
				for _, m := range at.Messages() {
					if strings.Contains(m.Shown(), "Key alarm") {
						n++
					}
				}
				return n
			}
			if n := alarms(approvals); n != 1 {
				t.Errorf("the approvers are told %d times", n)
			}
			if n := alarms(r.As("sam").In("support")); (n == 1) != elsewhere {
				t.Errorf("the operators are told %d times", n)
			}
		})
	}
}

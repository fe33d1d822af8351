package bot_test

import (
	"testing"

	"countersign/slacksim"
	"countersign/workflows"
)

// TestLateReply: an answer that waited for Slack or for its channel is given to who asked, also
// when nothing has been known of them for so long that they would be refused.
func TestLateReply(t *testing.T) {
	ws := slacksim.Default()
	ws.People = append(ws.People, slacksim.Person{Handle: "oskar"})
	r := newRig(t, ws)
	oskar := workflows.Person{Team: "T0ACME", ID: "U0OSKAR"}
	for _, say := range []workflows.Standing{workflows.SayList, workflows.SayCancel, workflows.SayRequest} {
		r.change(t, workflows.Change{Effects: []workflows.Effect{workflows.NewEffect(workflows.Notify, "D0OSKAR/", "reply/"+string(say), workflows.Reply{Person: oskar, Place: &workflows.Place{Channel: "D0OSKAR"}, Lang: "en", Say: say})}})
	}
	r.run(t)
	for range 3 {
		r.As("oskar").Sees("request")
	}
	r.settled(t)
}

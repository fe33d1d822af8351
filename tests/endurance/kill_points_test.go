package endurance

import (
	"fmt"
	"time"

	"countersign/slacksim"
	"countersign/tests/endurance/product"
)

// point is a moment worth dying in: what to do to the workspace before, and which
// passing entry of the transcript means that it has come.
type point struct {
	name   string
	faults []slacksim.Fault
	after  func(slacksim.Entry) bool
}

func api(method string) func(slacksim.Entry) bool {
	return func(e slacksim.Entry) bool { return e.Kind == "api" && e.Name == method }
}

func kind(kind, name string) func(slacksim.Entry) bool {
	return func(e slacksim.Entry) bool { return e.Kind == kind && (name == "" || e.Name == name) }
}

// points are the windows in which something is done and not yet recorded, or recorded
// and not yet told.
var points = []point{
	// Committed; the acknowledgement left but never arrived.
	{name: "click committed, not acknowledged", after: kind("dropped", ""), faults: []slacksim.Fault{{Kind: slacksim.FaultLostAck, Match: "block_actions"}}},
	{name: "submission committed, not acknowledged", after: kind("dropped", ""), faults: []slacksim.Fault{{Kind: slacksim.FaultLostAck, Match: "view_submission"}}},
	{name: "message committed, not acknowledged", after: kind("dropped", ""), faults: []slacksim.Fault{{Kind: slacksim.FaultLostAck, Match: "message"}}},
	// Acknowledged this instant: whatever follows has not been done.
	{name: "click acknowledged", after: kind("interaction", "block_actions")},
	{name: "submission acknowledged", after: kind("interaction", "view_submission")},
	{name: "command acknowledged", after: kind("command", "")},
	{name: "mention acknowledged", after: kind("event", "app_mention")},
	// Posted, and the product does not know: the answer was an error, or is on its way.
	{name: "posted, answer lost", after: api("chat.postMessage"), faults: []slacksim.Fault{{Kind: slacksim.FaultLostAnswer, Match: "chat.postMessage"}}},
	{name: "posted", after: api("chat.postMessage")},
	{name: "redrawn", after: api("chat.update")},
	{name: "redrawn, answer lost", after: api("chat.update"), faults: []slacksim.Fault{{Kind: slacksim.FaultLostAnswer, Match: "chat.update"}}},
	{name: "file shared", after: api("files.completeUploadExternal")},
	{name: "file shared, answer lost", after: api("files.completeUploadExternal"), faults: []slacksim.Fault{{Kind: slacksim.FaultLostAnswer, Match: "files.completeUploadExternal"}}},
	{name: "looked for an earlier copy", after: api("conversations.history")},
	{name: "opened a modal", after: api("views.open")},
}

// kill ends p at a moment drawn by lot.
func (k *killed) kill(p *product.Process) {
	k.t.Helper()
	defer func() {
		p.Kill()
		k.kills++
	}()
	if k.dice.IntN(100) < 12 {
		k.why["while starting"]++
		time.Sleep(time.Duration(k.dice.IntN(600)) * time.Millisecond)
		return
	}
	for until := time.Now().Add(reconnects); k.w.Connections() < 1; time.Sleep(time.Millisecond) {
		if p.Gone() || time.Now().After(until) {
			k.t.Fatalf("the product does not come back:\n%s", k.w.Tail())
		}
	}
	switch pick := k.dice.IntN(100); {
	case pick < 45:
		k.why["any time"]++
		time.Sleep(time.Duration(k.dice.IntN(1200)) * time.Millisecond)
	case pick < 60:
		// Told late: what is committed waits for Slack while the process dies.
		k.why["while Slack is slow"]++
		k.inject(slacksim.Fault{Kind: slacksim.FaultSlow, Match: "chat.*", Times: 3, DelayMS: 700})
		time.Sleep(time.Duration(200+k.dice.IntN(700)) * time.Millisecond)
	default:
		k.hunt(p, points[k.dice.IntN(len(points))])
	}
}

// hunt kills p within the transcript entry that point waits for.
func (k *killed) hunt(p *product.Process, at point) {
	k.t.Helper()
	k.w.ClearFaults()
	k.inject(at.faults...)
	hit := make(chan struct{}, 1)
	stop := k.w.Seen.Hear(func(e slacksim.Entry) {
		if at.after(e) {
			select {
			case hit <- struct{}{}:
				_ = p.Signal() // the workspace waits for it
			default:
			}
		}
	})
	defer stop()
	select {
	case <-hit:
		k.why[at.name]++
	case <-time.After(1500 * time.Millisecond):
		k.why[fmt.Sprintf("%s (did not come)", at.name)]++
	}
}

func (k *killed) inject(faults ...slacksim.Fault) {
	k.t.Helper()
	if err := k.w.Inject(faults...); err != nil {
		k.t.Fatal(err)
	}
}

package conformance

import (
	"strings"
	"testing"
	"time"

	"countersign/slacksim"
)

// The official Bolt, unchanged, behind both doors.
func TestBolt(t *testing.T) {
	for _, door := range []string{"socket", "http"} {
		t.Run(door, func(t *testing.T) {
			stage := slacksim.Start(t, slacksim.Default())
			startBolt(t, stage, door)
			t.Run("message and button", func(t *testing.T) { messages(t, stage.Sim.Stage(t)) })
			t.Run("modal", func(t *testing.T) { modal(t, stage.Sim.Stage(t)) })
			t.Run("shortcuts", func(t *testing.T) { shortcuts(t, stage.Sim.Stage(t)) })
			t.Run("file", func(t *testing.T) { file(stage.Sim.Stage(t)) })
			t.Run("home", func(t *testing.T) { stage.Sim.Stage(t).As("ella").Home("Welcome <@U0ELLA>") })
			stage.Quiet(50 * time.Millisecond)
		})
	}
}

func messages(t *testing.T, stage *slacksim.Stage) {
	ella := stage.As("ella").In("#certificates")
	ella.InThread(ella.Says("hello there")).Sees("Hello <@U0ELLA>")

	asked := ella.Says("@countersign expe1.example.com & co")
	card := ella.InThread(asked).Sees("Asked:", "<http://expe1.example.com|expe1.example.com> &amp; co")
	if got := card.Buttons(); len(got) != 1 || got[0] != "Approve" {
		t.Fatalf("buttons %q", got)
	}
	ella.Clicks(card, "Approve")
	ella.SeesChange(card, "Approved 42 by <@U0ELLA>")
	if note := ella.Sees("Noted."); !note.Ephemeral {
		t.Error("an ephemeral answer is seen by all")
	}
	for _, m := range stage.As("sam").In("#certificates").Messages() {
		if strings.Contains(m.Text, "Noted.") {
			t.Error("sam sees what was said to ella alone")
		}
	}
}

func modal(t *testing.T, stage *slacksim.Stage) {
	ella := stage.As("ella")
	ella.In("#certificates").Runs("/cert help")
	ella.In("#certificates").Sees("Try /cert new")
	ella.In("#certificates").Runs("/cert new")
	view := ella.SeesModal("Fill this in")

	if r := ella.Submits(view, nil); r.Errors["host"] != "Please complete this required field." {
		t.Errorf("an empty form: %+v", r)
	}
	if r := ella.Submits(view, map[string]any{"Host name": "short"}); r.Errors["host"] != "A full name, please" {
		t.Errorf("the app's error: %+v", r)
	}
	ella.ClicksIn(view, "Explain")
	view = ella.SeesModal("A host name has dots")
	if !strings.Contains(string(view.Raw), `"value":"short"`) {
		t.Error("an update lost what was entered")
	}
	if r := ella.Submits(view, map[string]any{"Host name": "bad.example.com"}); r.Error != slacksim.Trouble {
		t.Errorf("an invalid view in the answer: %+v", r)
	}
	if r := ella.Submits(view, map[string]any{"Host name": "again.example.com"}); !r.OK() {
		t.Errorf("response_action update: %+v", r)
	}
	view = ella.SeesModal("Once more")
	if got := ella.Searches(view, "Authority", "priv"); len(got) != 1 || got[0] != "Private" {
		t.Errorf("options %q", got)
	}
	private := map[string]any{"text": map[string]any{"type": "plain_text", "text": "Private"}, "value": "private"}
	if r := ella.Submits(view, map[string]any{"Host name": "a.example.com", "Authority": private}); !r.OK() {
		t.Errorf("submission: %+v", r)
	}
	ella.SeesNoModal()
	ella.Sees("Requested a.example.com of private (kept)")
}

func shortcuts(t *testing.T, stage *slacksim.Stage) {
	ella := stage.As("ella")
	ella.UsesShortcut("Request a certificate")
	view := ella.SeesModal("From a shortcut")
	ella.Closes(view)
	ella.SeesNoModal()
	ella.Sees("You closed the form")

	here := ella.In("#support")
	here.UsesMessageShortcut("Diagnose this message", here.Says("handshake failed"))
	if answer := here.Sees("Read: handshake failed"); !answer.Ephemeral {
		t.Error("the answer is not ephemeral")
	}
}

func file(stage *slacksim.Stage) {
	ella := stage.As("ella").In("#support")
	ella.Uploads("trace.log", []byte("tls alert"), "what is this?")
	ella.Sees("In capitals", "upper.txt")
}

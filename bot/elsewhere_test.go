package bot_test

import (
	"context"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"countersign/slacksim"
	"countersign/workflows"
	"countersign/workflows/support"
)

// bothDoors runs the product behind Socket Mode, and behind HTTP.
func bothDoors(t *testing.T, ws func() slacksim.Workspace, play func(t *testing.T, r *rig)) {
	t.Helper()
	for _, door := range []string{"socket", "http"} {
		t.Run(door, func(t *testing.T) {
			r := newRig(t, ws())
			if door == "socket" {
				r.socket(t)
			} else {
				server := httptest.NewServer(r.run(t).HTTPHandler())
				t.Cleanup(server.Close)
				must(t, r.UseHTTP(context.Background(), slacksim.RequestURLs{Events: server.URL + "/slack/events", Interactivity: server.URL + "/slack/interactive", Commands: server.URL + "/slack/commands"}))
			}
			play(t, r)
		})
	}
}

// elsewhere is a workspace with places in which the bot is not, and a group message in which
// it is.
func elsewhere() slacksim.Workspace {
	ws := slacksim.Default()
	ws.Channels = append(ws.Channels,
		slacksim.Channel{Name: "random", Members: []string{"ella", "sam"}},
		slacksim.Channel{Name: "secret-project", Private: true, Members: []string{"ella", "sam"}},
		slacksim.Channel{Name: "ella-sam", Direct: true, Members: []string{"ella", "sam"}},
		slacksim.Channel{Name: "notes", ID: "D0ELLANOTES", Direct: true, Members: []string{"ella"}},
		slacksim.Channel{Name: "mpdm-ella--sam--countersign-1", ID: "C0MPDM", Group: true, Members: []string{"ella", "anselm", "countersign"}})
	return ws
}

const linkTo = "https://acme-voice.slack.com/archives/"

// TestDiagnoseWhereTheBotIsNot: the answer to a shortcut stands in the asker's direct message,
// with a link to the message, and where they are they read that it does. It can be worked with
// there, by them alone.
func TestDiagnoseWhereTheBotIsNot(t *testing.T) {
	bothDoors(t, elsewhere, func(t *testing.T, r *rig) {
		ella := r.As("ella")
		for _, place := range []string{"#random", "#secret-project", "D0ELLASAM", "D0ELLANOTES"} {
			said := ella.In(place).Says(expired + " in " + place)
			ella.In(place).UsesMessageShortcut("Diagnose this", said)
			card := ella.Sees("The certificate has expired", "this message")
			if !strings.Contains(card.Blocks[0].(object)["text"].(object)["text"].(string), "<"+linkTo+said.Channel+"/p"+strings.ReplaceAll(said.TS, ".", "")+"|this message>") {
				t.Errorf("%s: no link in %s", place, card.Raw)
			}
			told := ella.In(place).Sees("your direct message with me")
			if !told.Ephemeral {
				t.Errorf("%s: said to everybody", place)
			}
			ella.Clicks(card, "This solved it")
			ella.SeesChange(card, "says that this solved it", "this message")
		}
		random := ella.In("#random")
		root := r.As("sam").In("#random").Says("nobody hears anything")
		reply := random.InThread(root).Says(expired)
		random.InThread(root).UsesMessageShortcut("Diagnose this", reply)
		card := ella.Sees("The certificate has expired", "this message")
		if !strings.Contains(string(card.Raw), "p"+strings.ReplaceAll(reply.TS, ".", "")+"?thread_ts="+root.TS) {
			t.Errorf("the link into a thread: %s", card.Raw)
		}
		random.InThread(root).Sees("your direct message with me")
		file := random.Uploads("edge.log", []byte(expired), "") // which only people there see
		random.UsesMessageShortcut("Diagnose this", file)
		ella.Sees("Slack does not show me that file", "this message")
		random.Sees("your direct message with me")

		// Of an organisation, where the payload names no workspace; and without a way back.
		_, err := r.Forge(context.Background(), "interactive", map[string]any{"type": "message_action", "callback_id": "diagnose_this", "team": nil, "trigger_id": "1", "user": map[string]any{"id": "U0ELLA", "team_id": "T0ACME"},
			"channel": map[string]any{"id": "C0RANDOM"}, "message": map[string]any{"type": "message", "user": "U0SAM", "ts": root.TS, "text": expired}})
		must(t, err)
		if card := ella.Sees("The certificate has expired", "this message"); !strings.Contains(string(card.Raw), linkTo+"C0RANDOM/p"+strings.ReplaceAll(root.TS, ".", "")) {
			t.Errorf("the link: %s", card.Raw)
		}
		r.Quiet(100 * time.Millisecond)
	})
}

// TestDiagnosedElsewhereOnce: where the answer goes is decided in the database: a process that
// ends right after finds it there, and nothing is said twice.
func TestDiagnosedElsewhereOnce(t *testing.T) {
	r := newRig(t, elsewhere())
	r.refresh(t)
	ella := r.As("ella")
	said := ella.In("#random").Says(expired)
	from := workflows.Place{Channel: said.Channel, Thread: said.TS}
	c := r.diagnosed(t, from)
	ctx := context.Background()
	must(t, support.Move(ctx, r.service.Support, c.ID, from, workflows.Place{Channel: "D0ELLA"}))
	must(t, support.Move(ctx, r.service.Support, c.ID, from, workflows.Place{Channel: "D0ELLA"})) // the worker died before it had noted that
	r.run(t)
	ella.Sees("The certificate has expired")
	r.settled(t)
	if there, here := r.calls("chat.postMessage", `"channel":"`+said.Channel), r.calls("chat.postMessage", `"channel":"D0ELLA`); there != 0 || here != 1 {
		t.Errorf("%d posts to where it cannot post, %d to where it can", there, here)
	}
	if got := r.caseOf(t, workflows.Place{Channel: "D0ELLA"}); got.ID != c.ID {
		t.Errorf("the case is at %+v", got.Place)
	}
}

// TestReadsBeforePosting: an answer is posted, without a look at what is there.
func TestReadsBeforePosting(t *testing.T) {
	r := newRig(t, elsewhere())
	r.socket(t)
	ella := r.As("ella")
	from := len(r.Transcript().Entries())
	ella.Says(expired)
	ella.Sees("The certificate has expired")
	mentioned := ella.In("#support").Says("@Countersign " + expired)
	ella.In("#support").InThread(mentioned).Sees("The certificate has expired")
	group := ella.In("C0MPDM").Says("@Countersign " + expired)
	ella.In("C0MPDM").InThread(group).Sees("The certificate has expired")
	there := ella.In("#random").Says(expired)
	ella.In("#random").UsesMessageShortcut("Diagnose this", there)
	ella.Sees("The certificate has expired", "this message")
	r.asksFor(t, "portal.example.org")
	r.As("anselm").In("#cert-approvals").Sees("Certificate request REQ-1")
	r.settled(t)
	var asked []string
	for _, e := range r.Transcript().Entries()[from:] {
		if e.Kind == "api" && !slices.Contains([]string{"chat.postMessage", "chat.update", "chat.postEphemeral", "files.getUploadURLExternal", "files.completeUploadExternal", "conversations.open"}, e.Name) {
			asked = append(asked, e.Name)
		}
	}
	if len(asked) > 0 || r.calls("conversations.open", "") > 1 {
		t.Errorf("asked %v, and %d times for a direct message", asked, r.calls("conversations.open", ""))
	}
}

// diagnosed opens a case as the shortcut does.
func (r *rig) diagnosed(t *testing.T, at workflows.Place) workflows.Case {
	t.Helper()
	c, err := r.service.Support.Diagnose(context.Background(), support.Pasted{Receipt: "shortcut", By: workflows.Person{Team: "T0ACME", ID: "U0ELLA"}, Place: at, Lang: "en", Text: expired, Once: true,
		Link: linkTo + at.Channel + "/p" + strings.ReplaceAll(at.Thread, ".", "")})
	must(t, err)
	return c
}

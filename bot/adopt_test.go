package bot_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"countersign/slacksim"
	"countersign/workflows"
)

// older posts a message with a key as an earlier bot would have left it.
func (r *rig) older(t *testing.T, channel, key, text string) (ts string) {
	t.Helper()
	_, ts, err := slack.New(r.cfg.BotToken, slack.OptionAPIURL(r.cfg.APIURL)).PostMessageContext(context.Background(), channel,
		slack.MsgOptionText(text, false), slack.MsgOptionMetadata(slack.SlackMetadata{EventType: "countersign_effect", EventPayload: map[string]any{"key": key}}))
	must(t, err)
	return ts
}

// identity is that of the database, which names its messages.
func (r *rig) identity(t *testing.T) (id string) {
	t.Helper()
	ctx := context.Background()
	must(t, r.db.View(ctx, func(rd workflows.Reader) (err error) { id, err = rd.Setting(ctx, workflows.StoreIdentity); return err }))
	return id
}

// begun has a request whose approvers' card was begun and not recorded, as a kill leaves it.
func (r *rig) begun(t *testing.T) (drawn func() []workflows.Card) {
	t.Helper()
	ctx := context.Background()
	x := workflows.Request{ID: "REQ-1", State: workflows.Submitted, Requester: workflows.Person{Team: "T0ACME", ID: "U0ELLA"}, CSR: []byte("x"),
		Policy: "all", Created: time.Now(), Updated: time.Now(), Expires: time.Now().Add(time.Hour)}
	x.Spec.CommonName = "portal.example.org"
	r.change(t, workflows.Change{Requests: []workflows.Request{x}, Cards: []workflows.Card{{Subject: "REQ-1", Kind: "approval", Channel: approvalsChannel, Drawn: "begun"}}})
	r.advance(t, "REQ-1", "version-01")
	return func() (cards []workflows.Card) {
		must(t, r.db.View(ctx, func(rd workflows.Reader) (err error) { cards, err = rd.Cards(ctx, "REQ-1"); return err }))
		return cards
	}
}

// TestAnAdoptedMessageIsBroughtUpToDate: a card that was posted and not recorded is found
// by its key, however much was said since; it is the card, and shows the present state.
func TestAnAdoptedMessageIsBroughtUpToDate(t *testing.T) {
	r := newRig(t, slacksim.Default(), slacksim.Options{RateScale: 1000})
	cards := r.begun(t)
	ts := r.older(t, approvalsChannel, r.identity(t)+"/REQ-1/approval", "what it was")
	for range 210 {
		r.older(t, approvalsChannel, "another", "talk")
	}
	r.run(t)
	r.settled(t)
	r.As("anselm").In("cert-approvals").Sees("Certificate request REQ-1", "version-01")
	if n := strings.Count(shown(r.As("anselm").In("cert-approvals")), "Certificate request REQ-1"); n != 1 {
		t.Errorf("there are %d cards", n)
	}
	for _, c := range cards() {
		if c.Kind == "approval" && c.TS != ts {
			t.Errorf("the card is taken to be %s, want %s", c.TS, ts)
		}
	}
}

// TestOnlyMessagesOfThisStoreAreAdopted: a message of another database's REQ-1 is not ours.
func TestOnlyMessagesOfThisStoreAreAdopted(t *testing.T) {
	r := newRig(t, slacksim.Default())
	cards := r.begun(t)
	old := []string{r.older(t, approvalsChannel, "REQ-1/approval", "none's"), r.older(t, approvalsChannel, "store-a/REQ-1/approval", "another's")}
	r.run(t)
	r.settled(t)
	r.As("anselm").In("cert-approvals").Sees("Certificate request REQ-1", "version-01")
	for _, c := range cards() {
		if c.TS == "" || c.TS == old[0] || c.TS == old[1] {
			t.Errorf("%s is drawn on %q", c.Kind, c.TS)
		}
	}
	n := 0
	for _, e := range r.Transcript().Find("api", "chat.postMessage") {
		if strings.Contains(string(e.Payload), r.identity(t)+"/REQ-1/") {
			n++
		}
	}
	if n != 2 {
		t.Errorf("%d cards carry the identity of the store", n)
	}
}

func shown(at *slacksim.Actor) string {
	var all []string
	for _, m := range at.Messages() {
		all = append(all, m.Shown())
	}
	return strings.Join(all, "\n")
}

// flaky is a store that can be made to fail.
type flaky struct {
	workflows.Store
	broken atomic.Bool
}

func (f *flaky) Update(ctx context.Context, receipt workflows.Receipt, step func(workflows.Reader) (workflows.Change, error)) error {
	if f.broken.Load() {
		return errors.New("the disk is gone")
	}
	return f.Store.Update(ctx, receipt, step)
}

// TestAnInternalFailureIsNotAcknowledged: a click whose commit failed shows as failed, so
// that its person clicks again; and then it takes.
func TestAnInternalFailureIsNotAcknowledged(t *testing.T) {
	r := newRig(t, slacksim.Default())
	store := &flaky{Store: r.db}
	r.service.Store = store
	server := httptest.NewServer(r.run(t).HTTPHandler())
	t.Cleanup(server.Close)
	must(t, r.UseHTTP(context.Background(), slacksim.RequestURLs{Events: server.URL + "/slack/events", Interactivity: server.URL + "/slack/interactive", Commands: server.URL + "/slack/commands"}))
	card, hers := r.asked(t)
	r.settled(t)
	for what, at := range map[string]struct {
		who string
		m   slacksim.Message
	}{"Approve": {"U0ANSELM", card}, "Cancel request": {"U0ELLA", hers}} {
		store.broken.Store(true)
		if err := r.act(t, at.who, at.m, what); err == nil {
			t.Errorf("%s was acknowledged and is not recorded", what)
		}
		store.broken.Store(false)
	}
	must(t, r.act(t, "U0ANSELM", card, "Approve"))
	r.As("ella").Sees("REQ-1", "is here")
}

// act clicks, and gives what Slack would show of the failure.
func (r *rig) act(t *testing.T, who string, m slacksim.Message, button string) error {
	t.Helper()
	var raw struct {
		Blocks []struct {
			BlockID  string `json:"block_id"`
			Elements []struct {
				ActionID string          `json:"action_id"`
				Text     json.RawMessage // an object of a button
			}
		}
	}
	must(t, json.Unmarshal(m.Raw, &raw))
	for _, block := range raw.Blocks {
		for _, e := range block.Elements {
			if e.ActionID != "" && strings.Contains(string(e.Text), `"`+button+`"`) {
				return r.Act(context.Background(), who, slacksim.Act{Place: slacksim.Place{Type: "message", Channel: m.Channel, TS: m.TS}, BlockID: block.BlockID, ActionID: e.ActionID})
			}
		}
	}
	t.Fatalf("no button %q in %q", button, m.Buttons())
	return nil
}

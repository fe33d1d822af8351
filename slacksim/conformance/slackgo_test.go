package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/slack-go/slack/socketmode"

	"countersign/slacksim"
)

// echo is a small app on slack-go: it answers mentions, commands, buttons and
// modals over Socket Mode.
type echo struct {
	t   *testing.T
	api *slack.Client
	smc *socketmode.Client
}

func startEcho(t *testing.T, stage *slacksim.Stage, connections int) *slack.Client {
	t.Helper()
	api := slack.New(stage.App().BotToken, slack.OptionAPIURL(stage.APIURL()), slack.OptionAppLevelToken(stage.App().AppToken))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{}, connections)
	for range connections {
		smc := socketmode.New(api, socketmode.OptionLog(log.New(io.Discard, "", 0)))
		e := &echo{t: t, api: api, smc: smc}
		go func() {
			_ = smc.RunContext(ctx) // ends with the test's cancel
			done <- struct{}{}
		}()
		go e.serve(ctx)
	}
	t.Cleanup(func() {
		cancel()
		for range connections {
			<-done
		}
	})
	stage.Connected(connections)
	return api
}

func (e *echo) serve(ctx context.Context) {
	for {
		select {
		case evt := <-e.smc.Events:
			e.handle(evt)
		case <-ctx.Done():
			return
		}
	}
}

func (e *echo) handle(evt socketmode.Event) {
	switch evt.Type {
	case socketmode.EventTypeEventsAPI:
		e.ack(evt, nil)
		outer, ok := evt.Data.(slackevents.EventsAPIEvent)
		if !ok {
			return
		}
		switch in := outer.InnerEvent.Data.(type) {
		case *slackevents.AppMentionEvent:
			e.post(in.Channel, slack.MsgOptionText("heard: "+in.Text, false), slack.MsgOptionTS(in.TimeStamp), slack.MsgOptionBlocks(card("Approve")...))
		case *slackevents.AppHomeOpenedEvent:
			_, err := e.api.PublishViewContext(context.Background(), slack.PublishViewContextRequest{UserID: in.User, View: slack.HomeTabViewRequest{
				Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: card("Refresh")}}})
			e.check(err)
		}
	case socketmode.EventTypeSlashCommand:
		cmd, _ := evt.Data.(slack.SlashCommand)
		e.ack(evt, map[string]any{"response_type": "ephemeral", "text": "you typed " + cmd.Text})
		if cmd.Text == "new" {
			_, err := e.api.OpenView(cmd.TriggerID, form(""))
			e.check(err)
		}
	case socketmode.EventTypeInteractive:
		in, _ := evt.Data.(slack.InteractionCallback)
		switch in.Type {
		case slack.InteractionTypeBlockActions:
			e.ack(evt, nil)
			if in.Container.Type == "message" {
				_, _, _, err := e.api.UpdateMessage(in.Channel.ID, in.Message.Timestamp, slack.MsgOptionText("approved by <@"+in.User.ID+">", false),
					slack.MsgOptionBlocks(slack.NewSectionBlock(slack.NewTextBlockObject("mrkdwn", "approved by <@"+in.User.ID+">", false, false), nil, nil)))
				e.check(err)
			}
		case slack.InteractionTypeViewSubmission:
			host := in.View.State.Values["host"]["name"].Value
			if !strings.Contains(host, ".") {
				e.ack(evt, slack.NewErrorsViewSubmissionResponse(map[string]string{"host": "a full name, please"}))
				return
			}
			e.ack(evt, nil)
			e.post(in.User.ID, slack.MsgOptionText("done: "+host, false))
		}
	}
}

func (e *echo) ack(evt socketmode.Event, payload any) {
	if payload == nil {
		e.check(e.smc.Ack(*evt.Request))
		return
	}
	e.check(e.smc.Ack(*evt.Request, payload))
}

func (e *echo) post(channel string, options ...slack.MsgOption) {
	_, _, err := e.api.PostMessage(channel, options...)
	e.check(err)
}

func (e *echo) check(err error) {
	if err != nil {
		e.t.Errorf("the app: %v", err)
	}
}

func card(button string) []slack.Block {
	return []slack.Block{
		slack.NewSectionBlock(slack.NewTextBlockObject("mrkdwn", "A *card*", false, false), nil, nil),
		slack.NewActionBlock("decide", slack.NewButtonBlockElement("approve", "42", slack.NewTextBlockObject("plain_text", button, false, false))),
	}
}

func form(initial string) slack.ModalViewRequest {
	name := slack.NewPlainTextInputBlockElement(nil, "name")
	name.InitialValue = initial
	return slack.ModalViewRequest{Type: slack.VTModal, CallbackID: "request", Title: slack.NewTextBlockObject("plain_text", "Request", false, false),
		Submit: slack.NewTextBlockObject("plain_text", "Send", false, false), Blocks: slack.Blocks{BlockSet: []slack.Block{
			slack.NewInputBlock("host", slack.NewTextBlockObject("plain_text", "Host name", false, false), nil, name)}}}
}

func TestSlackGoSocketMode(t *testing.T) {
	stage := slacksim.Start(t, slacksim.Default())
	api := startEcho(t, stage, 2)
	ella := stage.As("ella")

	here := ella.In("#certificates")
	asked := here.Says("@Countersign please: expe1.example.com & more")
	answer := here.InThread(asked).Sees("A *card*")
	if !strings.Contains(answer.Text, "<@U0COUNTERSIGN> please: <http://expe1.example.com|expe1.example.com> &amp; more") {
		t.Errorf("text was delivered as %q", answer.Text)
	}
	here.Clicks(answer, "Approve")
	here.SeesChange(answer, "approved by <@U0ELLA>")

	here.Runs("/cert new")
	here.Sees("you typed new")
	modal := ella.SeesModal("Host name")
	if r := ella.Submits(modal, map[string]any{"Host name": ""}); r.Errors["host"] == "" {
		t.Errorf("an empty required field was submitted: %+v", r)
	}
	if r := ella.Submits(modal, map[string]any{"Host name": "nodot"}); r.Errors["host"] != "a full name, please" {
		t.Errorf("the app's error did not arrive: %+v", r)
	}
	if r := ella.Submits(modal, map[string]any{"Host name": "a.example.com"}); !r.OK() {
		t.Errorf("submission failed: %+v", r)
	}
	ella.SeesNoModal()
	ella.Sees("done: a.example.com")
	home := ella.Home("A *card*")
	ella.ClicksIn(home, "Refresh")
	stage.Quiet(30 * time.Millisecond)

	files(t, stage, api, here)
	refusals(t, api)
}

func files(t *testing.T, stage *slacksim.Stage, api *slack.Client, here *slacksim.Actor) {
	t.Helper()
	const pem = "-----BEGIN CERTIFICATE REQUEST-----\n"
	ch, _, _, err := api.OpenConversation(&slack.OpenConversationParameters{Users: []string{here.ID()}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := api.UploadFile(slack.UploadFileParameters{Filename: "a.csr", Content: pem, FileSize: len(pem), Channel: ch.ID, InitialComment: "your CSR"}); err != nil {
		t.Fatal(err)
	}
	if got := stage.As("ella").Sees("a.csr"); got.Text != "your CSR" {
		t.Errorf("comment is %q", got.Text)
	}
	shared := here.Uploads("b.log", []byte("hello"), "look")
	info, _, _, err := api.GetFileInfo(shared.FileIDs[0], 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	var data strings.Builder
	if err := api.GetFile(info.URLPrivateDownload, &data); err != nil || data.String() != "hello" {
		t.Errorf("downloaded %q, %v", data.String(), err)
	}
	stranger := slack.New("xoxb-wrong", slack.OptionAPIURL(stage.APIURL()))
	if err := stranger.GetFile(info.URLPrivateDownload, io.Discard); err == nil {
		t.Error("a file was served without a good token")
	}
}

// refusals are answers that slack-go understands as errors.
func refusals(t *testing.T, api *slack.Client) {
	t.Helper()
	_, _, err := api.PostMessage("C0CERTIFICATES", slack.MsgOptionBlocks(slack.NewHeaderBlock(slack.NewTextBlockObject("plain_text", strings.Repeat("字", 151), false, false))))
	var refused slack.SlackErrorResponse
	if !errors.As(err, &refused) || refused.Err != "invalid_blocks" || len(refused.ResponseMetadata.Messages) == 0 ||
		refused.ResponseMetadata.Messages[0] != "[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]" {
		t.Errorf("long header answered %#v", err)
	}
	if _, err := api.OpenView("1.2.3", form("")); err == nil || err.Error() != "invalid_trigger_id" {
		t.Errorf("unknown trigger answered %v", err)
	}
	user, err := api.GetUserByEmail("bolin@acme-voice.example")
	if err != nil || user.RealName != "Bo Lin 林波" {
		t.Errorf("lookup answered %v, %v", user, err)
	}
	raw, err := api.AuthTest()
	if err != nil || raw.BotID == "" {
		t.Errorf("auth.test answered %+v, %v", raw, err)
	}
	if _, err := json.Marshal(raw); err != nil {
		t.Error(err)
	}
}

package bot

import (
	"cmp"
	"context"
	"encoding/json"
	"strings"

	"github.com/slack-go/slack"

	"countersign/workflows"
	"countersign/workflows/inbox"
)

// The steps that the app has for workflows (Workflow Builder), by their names in manifest.yml.
const (
	stepRequest = "request_certificate"
	stepWait    = "wait_for_decision" //nolint:gosec // no credential
)

// errand begins a step of a workflow, in the name of the person that was put into it.
func (b *Bot) errand(ctx context.Context, event json.RawMessage) error {
	var in struct {
		Function struct {
			CallbackID string `json:"callback_id"`
		} `json:"function"`
		Run    string `json:"function_execution_id"`
		Inputs struct {
			User    string `json:"user"`
			What    string `json:"what"`
			Request string `json:"request"`
		} `json:"inputs"`
	}
	err := json.Unmarshal(event, &in)
	if err != nil || in.Run == "" || in.Function.CallbackID != stepRequest && in.Function.CallbackID != stepWait {
		b.undecoded("function_executed/"+clip(in.Function.CallbackID, 40), err)
		return nil
	}
	by := b.directory.Who(ctx, in.Inputs.User, "")
	run := inbox.Errand{ID: in.Run, By: by, Lang: b.lang(by), Said: in.Inputs.What}
	if in.Function.CallbackID == stepWait {
		first, _, _ := strings.Cut(in.Inputs.Request, " REQ-") // those of one plan are decided on together
		run.Said, run.Request = "", cmp.Or(requestID(first), "REQ-")
	}
	err = b.service.Inbox.RunErrand(ctx, run)
	if code := workflows.CodeOf(err); code != "" && code != workflows.Unable {
		return nil // its workflow is told why not
	}
	return err
}

// errands answers the steps of workflows.
type errands struct{ *messages }

// settle has the steps answered that wait for a request or a conversation, once that is over.
func (b errands) settle(ctx context.Context, about workflows.About, over bool) error {
	if !over {
		return nil
	}
	waiting, err := workflows.Read(ctx, b.store, func(rd workflows.Reader) ([]string, error) {
		return workflows.Errands(ctx, rd, string(about.Request)+about.Conversation)
	})
	if err != nil || len(waiting) == 0 {
		return err
	}
	return workflows.Commit(ctx, b.store, workflows.Over(about, waiting...))
}

// finish answers a step from the state as it is now.
func (b errands) finish(ctx context.Context, _ workflows.Effect, p workflows.FinishErrand) error {
	out, failed := map[string]string{}, ""
	s := b.channelSpeaker()
	switch {
	case p.Refused != nil:
		failed = s.plain(*p.Refused)
	case p.Conversation != "":
		c, cards, err := b.conversationAndCards(ctx, p.Conversation)
		if err != nil {
			return err
		}
		if len(c.Requests) == 0 {
			failed = s.raw("bot.errand.dropped")
			break
		}
		ids := make([]string, 0, len(c.Requests))
		for _, id := range c.Requests {
			ids = append(ids, string(id))
		}
		out["request"] = strings.Join(ids, " ")
		for _, card := range cards {
			if link := permalink(b.domain, card.Channel, card.TS, card.Thread); link != "" {
				out["link"] = link // of the newest turn: there it was sent
			}
		}
	default:
		r, err := b.service.ReadRequest(ctx, p.Request)
		if err != nil {
			return err
		}
		out["state"] = string(r.State)
		by := r.EndedBy
		if n := len(r.Decisions); n > 0 {
			by = r.Decisions[n-1].By
		}
		if by.ID != "" {
			out["decided_by"] = by.ID
		}
	}
	var err error
	method := "functions.completeSuccess"
	if failed != "" {
		method = "functions.completeError"
		err = b.api.FunctionCompleteErrorContext(ctx, p.Errand, failed)
	} else {
		err = b.api.FunctionCompleteSuccessContext(ctx, p.Errand, slack.FunctionCompleteSuccessRequestOptionOutput(out))
	}
	switch codeOf(err) {
	case "function_execution_not_found", "execution_not_in_running_state": // its workflow was ended, or this was answered before a crash
		b.log.Warn("nobody waits any more", "err", describe(method, err))
		return nil
	}
	return describe(method, err)
}

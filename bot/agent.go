package bot

import (
	"context"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"countersign/workflows"
	"countersign/workflows/support"
)

// agent is what Slack shows of the bot beside its messages: what it is doing, what it can be
// asked, what a thread is about. A workspace, or an installation, that lacks them does without.
type agent struct{ *workspace }

// moment is how long work may take before it is said that it is under way.
const moment = time.Second

// prompts are what is proposed, in this order; Slack shows four.
var prompts = []string{"request", "inspect", "list", "help"}

// missing is true where Slack answered that a method is not for this app here.
func missing(err error) bool {
	switch codeOf(err) {
	case "missing_scope", "unknown_method", "feature_not_enabled", "not_allowed_token_type", "access_denied":
		return true
	}
	return false
}

// try calls a method that a workspace may lack. It is a convenience: what fails is logged.
func (b agent) try(method string, call func() error) {
	if b.newer.lacks(method) {
		return
	}
	switch err := call(); {
	case err == nil:
	case missing(err):
		if b.newer.miss(method) {
			b.log.Warn("done without", "err", describe(method, err))
		}
	default:
		b.log.Debug("done without", "err", describe(method, err))
	}
}

// propose says what the bot can be asked, where somebody opens it or begins to talk with it.
func (b agent) propose(ctx context.Context, p workflows.Person, at workflows.Place) {
	s := b.speaker(p)
	offer := slack.AssistantThreadsSetSuggestedPromptsParameters{ChannelID: at.Channel, ThreadTS: at.Thread, Title: s.raw("bot.prompt.title")}
	for _, name := range prompts {
		offer.AddPrompt(s.raw("bot.prompt."+name), s.raw("bot.prompt."+name+".says"))
	}
	b.try("assistant.threads.setSuggestedPrompts", func() error { return b.api.SetAssistantThreadsSuggestedPromptsContext(ctx, offer) })
}

// name gives a thread with the bot a title: the cause that its answer names, the certificate that
// a plan is for.
func (b agent) name(ctx context.Context, at workflows.Place, title string) {
	if at.Thread == "" || at.Channel == "" || at.Channel[0] != 'D' || title == "" {
		return
	}
	b.try("assistant.threads.setTitle", func() error {
		return b.api.SetAssistantThreadsTitleContext(ctx, slack.AssistantThreadsSetTitleParameters{ChannelID: at.Channel, ThreadTS: at.Thread, Title: clip(shown(title), maxHeader)})
	})
}

// working says in a thread what is being done for p, once that has taken a moment. done ends
// that: Slack takes it away with the answer, and where none came it is taken away here.
func (b agent) working(ctx context.Context, p workflows.Person, at workflows.Place, status string) (done func()) {
	const method = "assistant.threads.setStatus"
	if at.Thread == "" || b.newer.lacks(method) {
		return func() {}
	}
	var turn sync.Mutex // what is said last is what stands
	said, over := false, false
	say := func(status string) {
		b.try(method, func() error {
			ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
			defer stop()
			return b.api.SetAssistantThreadsStatusContext(ctx, slack.AssistantThreadsSetStatusParameters{ChannelID: at.Channel, ThreadTS: at.Thread, Status: status})
		})
	}
	timer := time.AfterFunc(moment, func() {
		turn.Lock()
		defer turn.Unlock()
		if !over {
			said = true
			say(b.speaker(p).raw(status))
		}
	})
	return func() {
		timer.Stop()
		turn.Lock()
		defer turn.Unlock()
		if over = true; said {
			say("")
		}
	}
}

// titleOf is what a case is about, in a line without markup; "" where that is not known.
func titleOf(s speaker, a support.TriageAnswer) string {
	if len(a.Findings) == 0 || a.Verdict == "unknown" {
		return ""
	}
	return s.plain(support.TextOf(a.Findings[0].Title()))
}

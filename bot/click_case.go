package bot

import (
	"cmp"
	"context"
	"strings"

	"github.com/slack-go/slack"

	"countersign/workflows"
	"countersign/workflows/inbox"
	"countersign/workflows/intake"
	"countersign/workflows/support"
)

// caseClicks does the clicks on the answers to cases.
type caseClicks struct{ *clicks }

// diagnoseSubmitted opens a case in the person's direct message.
func (b caseClicks) diagnoseSubmitted(ctx context.Context, sub submission) (any, bool) {
	cb, by := sub.InteractionCallback, sub.by
	s := b.speaker(by)
	secret, err := b.service.Inbox.ReceiveDirect(ctx, workflows.Message{Receipt: receiptOf(cb), By: by, Lang: s.lang, Text: reasonOf(cb)}, inbox.DirectDiagnose)
	if workflows.CodeOf(err) == workflows.Invalid {
		return b.reasonTaken(cb, by, err)
	}
	if err != nil && !seen(err) {
		return b.viewFailed(cb, by, err)
	}
	v := doneModal(s, inDirect(s, secret))
	return slack.NewUpdateViewSubmissionResponse(&v), true
}

// diagnoseMessage is the shortcut on a message: the answer goes into its thread, or where the
// bot may not speak there into the direct message of who asked.
func (b caseClicks) diagnoseMessage(ctx context.Context, cb slack.InteractionCallback, by workflows.Person, what posted) (any, bool) {
	place := workflows.Place{Channel: cb.Channel.ID, Thread: cmp.Or(cb.Message.ThreadTimestamp, cb.Message.Timestamp)}
	link := permalink(cmp.Or(cb.Team.Domain, b.domain), cb.Channel.ID, cb.Message.Timestamp, cb.Message.ThreadTimestamp)
	b.asked.from(by, place, cb)
	if len(what.files) > 0 {
		err := b.service.Inbox.ReceiveFiles(ctx, workflows.Message{Receipt: receiptOf(cb), By: by, Place: place, Lang: b.lang(by), Text: what.text, Link: link, Direct: true}, what.files)
		return nil, b.recorded(cb, by, err)
	}
	err := b.service.Inbox.DiagnoseThis(ctx, support.Pasted{Receipt: receiptOf(cb), By: by, Place: place, Lang: b.lang(by), Text: what.text, Once: true, Link: link})
	return nil, b.recorded(cb, by, err)
}

// wrong records what the answer should have been.
func (b caseClicks) wrong(ctx context.Context, v submission) error {
	outcome := "wrong"
	if v.View.State != nil {
		if o := v.View.State.Values["cause"][valueID].SelectedOption.Value; o != "" {
			outcome = "other:" + o
		}
	}
	return errorOf(b.service.Support.Feedback(ctx, v.receipt(), v.by, v.at.Case, outcome, v.words()))
}

// diagnoseForm asks for what is to be explained.
func (b caseClicks) diagnoseForm(_ context.Context, c click) (any, bool) {
	return b.shows(c, diagnoseModal(b.speaker(c.by)))
}

func (b caseClicks) answerCase(ctx context.Context, c click, at caseAnswer) (any, bool) {
	_, err := b.service.Support.AnswerCase(ctx, c.receipt(), c.by, at.Case, at.Question, at.Option)
	b.refreshCase(at.Case, err)
	return b.acknowledged(c, err)
}

func (b caseClicks) clearAnswers(ctx context.Context, c click, id string) (any, bool) {
	return b.acknowledged(c, errorOf(b.service.Support.ClearAnswers(ctx, c.receipt(), c.by, id)))
}

func (b caseClicks) tick(ctx context.Context, c click, at fixStep) (any, bool) {
	_, err := b.service.Support.Tick(ctx, support.Ticked{Receipt: c.receipt(), By: c.by, Case: at.Case, Cause: at.Cause, Step: at.Step, Done: at.Done})
	b.refreshCase(at.Case, err)
	return b.acknowledged(c, err)
}

func (b caseClicks) solved(ctx context.Context, c click, id string) (any, bool) {
	return b.acknowledged(c, errorOf(b.service.Support.Feedback(ctx, c.receipt(), c.by, id, "solved", "")))
}

// feedback is either of them, said in Slack's own way.
func (b caseClicks) feedback(ctx context.Context, c click, at feedback) (any, bool) {
	if at.Outcome == outcomeSolved {
		return b.solved(ctx, c, at.Case)
	}
	return b.wrongForm(ctx, c, at.Case)
}

// wrongForm asks what the answer should have been.
func (b caseClicks) wrongForm(_ context.Context, c click, id string) (any, bool) {
	if err := b.service.Admit(c.by); err != nil {
		return b.acknowledged(c, err)
	}
	return b.shows(c, wrongModal(b.speaker(c.by), id, b.service.Support.KB().Causes()))
}

// postCase posts what an action is called after beside the answer.
func (b caseClicks) postCase(action string) func(context.Context, click, string) (any, bool) {
	return func(ctx context.Context, c click, id string) (any, bool) {
		return b.acknowledged(c, b.service.Support.PostCase(ctx, c.receipt(), c.by, id, strings.TrimPrefix(action, "case.")))
	}
}

func (b caseClicks) probe(ctx context.Context, c click, at host) (any, bool) {
	return b.acknowledged(c, b.service.Support.Probe(ctx, c.receipt(), c.by, at.Case, at.Target))
}

// remedy begins the request that the fix needs.
func (b caseClicks) remedy(ctx context.Context, c click, id string) (any, bool) {
	v, err := b.service.Inbox.Remedy(ctx, intake.Started{Receipt: c.receipt(), By: c.by, Lang: b.lang(c.by)}, id)
	return b.begun(c, v, err)
}

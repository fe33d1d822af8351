package bot

import (
	"context"
	"errors"
	"strings"

	"github.com/slack-go/slack"

	"countersign/workflows"
	"countersign/workflows/support"
)

// lessonClicks does the clicks on cards of what was taught.
type lessonClicks struct{ *clicks }

// teachSubmitted proposes the cause; what is wrong is said at its field.
func (b lessonClicks) teachSubmitted(ctx context.Context, sub submission) (any, bool) {
	cb, by := sub.InteractionCallback, sub.by
	s := b.speaker(by)
	value := func(key string) slack.BlockAction {
		if cb.View.State == nil {
			return slack.BlockAction{}
		}
		return cb.View.State.Values[key][valueID]
	}
	lines := func(key string) []string { return strings.Split(value(key).Value, "\n") }
	t, err := b.service.Lessons.Teach(ctx, support.Teaching{Receipt: receiptOf(cb), By: by, Case: sub.at.Case, Cause: value("cause").Value,
		Lesson: workflows.Lesson{Title: value("headline").Value, Wordings: lines("wordings"), Product: value("product").SelectedOption.Value,
			Fix: lines("fix"), NearMiss: lines("near"), NewCert: len(value("new_cert").SelectedOptions) > 0}})
	switch {
	case seen(err):
		return slack.NewClearViewSubmissionResponse(), true
	case workflows.CodeOf(err) == workflows.Invalid:
		return slack.NewErrorsViewSubmissionResponse(map[string]string{fieldOf(err, "headline"): clip(b.explain(s, by, err), maxHint)}), true
	case err != nil:
		return b.viewFailed(cb, by, err)
	}
	v := modal(s, viewDone, "bot.teach.title", "", routing{}, []slack.Block{section(s.raw("bot.teach.proposed", "Cause", code(t.Cause)))})
	return slack.NewUpdateViewSubmissionResponse(&v), true
}

// fieldOf is the input that an error is about.
func fieldOf(err error, otherwise string) string {
	var no *workflows.Error
	if errors.As(err, &no) && no.Field != "" {
		return no.Field
	}
	return otherwise
}

// lessonForm is the form for a new cause, filled in from a case.
func (b lessonClicks) lessonForm(ctx context.Context, c click, id string) (any, bool) {
	k, l, err := b.service.Lessons.LessonFrom(ctx, c.by, id)
	if err != nil {
		return b.acknowledged(c, err)
	}
	return b.shows(c, teachModal(b.speaker(c.by), k, l, b.service.Support.KB().Products()))
}

func (b lessonClicks) approveLesson(ctx context.Context, c click, id string) (any, bool) {
	return b.acknowledged(c, errorOf(b.service.Lessons.Review(ctx, support.Reviewed{Receipt: c.receipt(), By: c.by, ID: id, Approve: true})))
}

// rejectLesson asks for the reason.
func (b lessonClicks) rejectLesson(_ context.Context, c click, id string) (any, bool) {
	if err := b.service.Lessons.MayTeach(c.by); err != nil {
		return b.acknowledged(c, err)
	}
	return b.shows(c, textModal(b.speaker(c.by), viewTeachReject, "bot.reason.teach", routing{Request: id}))
}

func (b lessonClicks) reject(ctx context.Context, v submission) error {
	return errorOf(b.service.Lessons.Review(ctx, support.Reviewed{Receipt: v.receipt(), By: v.by, ID: v.at.Request, Reason: v.words()}))
}

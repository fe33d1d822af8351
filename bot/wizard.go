package bot

import (
	"context"
	"errors"
	"strings"

	"github.com/slack-go/slack"

	"countersign/workflows"
	"countersign/workflows/form"
	"countersign/workflows/intake"
)

// wizard is the request form as a modal of several pages.
type wizard struct{ *responder }

// pageBack shows an earlier page of the wizard.
func (b *wizard) pageBack(ctx context.Context, cb slack.InteractionCallback, by workflows.Person, at promptTurn) (any, bool) {
	c, err := b.service.Intake.Conversation(ctx, by, at.Conversation)
	if err != nil || at.About == "" {
		return nil, b.recorded(cb, by, err)
	}
	return b.turnedTo("page back", cb, wizardView(b.speaker(by), b.service.Intake.Form(), c, at.About, workflows.Plan{}))
}

// turnedTo shows another page in the place of the one that was clicked on.
func (b *wizard) turnedTo(what string, cb slack.InteractionCallback, v slack.ModalViewRequest) (any, bool) {
	b.goAfter(what, func(ctx context.Context) error {
		_, err := b.api.UpdateViewContext(ctx, v, "", cb.View.Hash, cb.View.ID)
		return err
	})
	return nil, true
}

// openWizard starts a conversation and shows its first page. The conversation is
// committed first; should the modal not open, it goes on in the direct message.
func (b *wizard) openWizard(ctx context.Context, receipt workflows.Receipt, by workflows.Person, at slack.InteractionCallback, text string) (any, bool) {
	s := b.speaker(by)
	c, err := b.service.Intake.Start(ctx, intake.Started{Receipt: receipt, By: by, Lang: s.lang, Text: text})
	return b.opened(s, by, c, err, at)
}

// openRenewal does the same with the answers of a request.
func (b *wizard) openRenewal(ctx context.Context, receipt workflows.Receipt, by workflows.Person, at slack.InteractionCallback, id workflows.RequestID) (any, bool) {
	s := b.speaker(by)
	c, err := b.service.Inbox.Renew(ctx, intake.Started{Receipt: receipt, By: by, Lang: s.lang}, id)
	return b.opened(s, by, c, err, at)
}

func (b *wizard) opened(s speaker, by workflows.Person, c workflows.Conversation, err error, at slack.InteractionCallback) (any, bool) {
	if seen(err) {
		return nil, true
	}
	if err != nil && at.Type == slack.InteractionTypeShortcut {
		return nil, b.recorded(at, by, err) // the acknowledgement of a shortcut shows nothing
	}
	if err != nil {
		return b.ephemeralRefusal(s, by, err), true
	}
	b.openPage(at, s, by, c, b.stepOf(c))
	return nil, true
}

// openPage opens the wizard of c at step, after the acknowledgement.
func (b *wizard) openPage(at slack.InteractionCallback, s speaker, by workflows.Person, c workflows.Conversation, step string) {
	b.goAfter("open wizard", func(ctx context.Context) error {
		remembered, err := b.service.Intake.RememberedFor(ctx, by)
		if err != nil {
			b.log.Warn("remembered deployments", "err", err) // the form works without them
		}
		v := wizardView(s, b.service.Intake.Form(), c, step, b.service.Intake.PlanOf(c), remembered...)
		_, err = b.api.OpenViewContext(ctx, at.TriggerID, v)
		switch {
		case err == nil, codeOf(err) == "exchanged_trigger_id": // a click that came twice
			return nil
		case c.Place.Channel != "": // it stands in its thread, and can be clicked again there
			return b.tooSlow(at, by, err)
		}
		// The trigger is gone: go on where there is no hurry. ctx may be used up by now.
		return errors.Join(describe("views.open", err), b.service.Inbox.MoveDirect(context.WithoutCancel(ctx), c))
	})
}

// stepOf is the page where a conversation stands; "" is the review.
func (b *wizard) stepOf(c workflows.Conversation) string {
	if c.Phase == workflows.Reviewing {
		return ""
	}
	f := b.service.Intake.Form()
	if field, ok := f.Field(c.Field); ok && f.Applies(field, c.Answers) {
		return field.Step
	}
	return f.Steps(c.Answers)[0]
}

// pageSubmitted takes one page. Problems go back to their fields in the
// acknowledgement; otherwise the next page does.
func (b *wizard) pageSubmitted(ctx context.Context, sub submission) (any, bool) {
	cb, by, at := sub.InteractionCallback, sub.by, sub.at
	s := b.speaker(by)
	f := b.service.Intake.Form()
	values := viewValues(f, at.Step, cb.View.State)
	c, problems, err := b.service.Intake.Page(ctx, intake.Paged{Receipt: pageReceipt(cb, values), By: by, ID: at.Conversation, Step: at.Step, Values: values})
	if seen(err) {
		c, err = b.service.Intake.Conversation(ctx, by, at.Conversation)
	}
	if err != nil {
		return b.viewFailed(cb, by, err)
	}
	if len(problems) > 0 {
		return b.pageProblems(ctx, cb, by, problems)
	}
	next := nextStep(f, c, at.Step, b.stepOf(c))
	return b.ackView(ctx, cb, slack.NewUpdateViewSubmissionResponse, wizardView(s, f, c, next, b.service.Intake.PlanOf(c))), true
}

// pageProblems shows what is wrong by the inputs. A page that is on the screen without
// an input that it should have by now (its redraw was lost) is drawn anew instead: the
// person could not mend what is not there.
func (b *wizard) pageProblems(ctx context.Context, cb slack.InteractionCallback, by workflows.Person, problems []workflows.Problem) (any, bool) {
	s := b.speaker(by)
	at := readRouting(cb.View.PrivateMetadata)
	f := b.service.Intake.Form()
	inputs, _ := inputsOf(cb.View)
	for _, p := range problems {
		if field, ok := f.Field(p.Field); !ok || field.Step != at.Step || inputs[p.Field] {
			continue
		}
		c, _, err := b.service.Intake.Page(ctx, intake.Paged{By: by, ID: at.Conversation, Step: at.Step, Partial: true, Values: viewValues(f, at.Step, cb.View.State)})
		if err != nil {
			return b.viewFailed(cb, by, err)
		}
		return b.ackView(ctx, cb, slack.NewUpdateViewSubmissionResponse, wizardView(s, f, c, at.Step, workflows.Plan{})), true
	}
	return slack.NewErrorsViewSubmissionResponse(problemTexts(s, cb.View, problems)), true
}

// nextStep walks the pages in order, but goes where something is wrong or missing.
func nextStep(f form.Form, c workflows.Conversation, done, stands string) string {
	steps := f.Steps(c.Answers)
	for i, step := range steps {
		if step == stands && c.Problem != nil {
			return step
		}
		if step == done && i+1 < len(steps) {
			return steps[i+1]
		}
	}
	return stands
}

// inputsOf names the inputs of a view, and the first of them.
func inputsOf(v slack.View) (inputs map[string]bool, first string) {
	inputs = map[string]bool{}
	for _, block := range v.Blocks.BlockSet {
		if input, ok := block.(*slack.InputBlock); ok {
			inputs[input.BlockID] = true
			if first == "" {
				first = input.BlockID
			}
		}
	}
	return inputs, first
}

// problemTexts puts all problems under their inputs; one without an input on this page
// goes under the first.
func problemTexts(s speaker, v slack.View, problems []workflows.Problem) map[string]string {
	inputs, first := inputsOf(v)
	out := map[string]string{}
	for _, p := range problems {
		field := p.Field
		if !inputs[field] {
			field = first
		}
		out[field] = clip(strings.TrimPrefix(out[field]+"\n"+s.plain(p.Text), "\n"), maxHint)
	}
	return out
}

// viewValues reads the state of a view's inputs by field.
func viewValues(f form.Form, step string, state *slack.ViewState) workflows.Answers {
	out := workflows.Answers{}
	if state == nil {
		return out
	}
	for key, byAction := range state.Values {
		field, ok := f.Field(key)
		if !ok || field.Step != step {
			continue
		}
		v := byAction[valueID]
		switch field.Type {
		case form.Choices:
			out[key] = []string{}
			for _, o := range v.SelectedOptions {
				out[key] = append(out[key], o.Value)
			}
		case form.Choice:
			out[key] = []string{v.SelectedOption.Value}
		case form.Text, form.Area, form.Names:
			out[key] = []string{v.Value}
		}
	}
	return out
}

// reviewSubmitted sends the requests.
func (b *wizard) reviewSubmitted(ctx context.Context, sub submission) (any, bool) {
	cb, by, at := sub.InteractionCallback, sub.by, sub.at
	s := b.speaker(by)
	c, err := b.service.Intake.Send(ctx, intake.Sending{Receipt: receiptOf(cb), By: by, ID: at.Conversation, Plan: at.Plan})
	switch {
	case seen(err):
		return slack.NewClearViewSubmissionResponse(), true
	case workflows.CodeOf(err) == workflows.Stale:
		fresh, err := b.service.Intake.Conversation(ctx, by, at.Conversation)
		if err != nil {
			return b.viewFailed(cb, by, err)
		}
		return b.ackView(ctx, cb, slack.NewUpdateViewSubmissionResponse, wizardView(s, b.service.Intake.Form(), fresh, "", b.service.Intake.PlanOf(fresh))), true
	case err != nil:
		return b.viewFailed(cb, by, err)
	}
	v := doneModal(s, sentText(s, c, b.service.Intake.PlanOf(c)))
	return slack.NewUpdateViewSubmissionResponse(&v), true
}

// pageRedrawn redraws a page on which other fields depend on what was just chosen.
func (b *wizard) pageRedrawn(ctx context.Context, cl click) (any, bool) {
	cb, by := cl.InteractionCallback, cl.by
	s := b.speaker(by)
	at := readRouting(cb.View.PrivateMetadata)
	f := b.service.Intake.Form()
	c, _, err := b.service.Intake.Page(ctx, intake.Paged{Receipt: receiptOf(cb), By: by, ID: at.Conversation, Step: at.Step, Partial: true, Values: viewValues(f, at.Step, cb.View.State)})
	if err != nil {
		return nil, b.recorded(cb, by, err)
	}
	v := wizardView(s, f, c, at.Step, b.service.Intake.PlanOf(c))
	b.goAfter("redraw page", func(ctx context.Context) error {
		_, err := b.api.UpdateViewContext(ctx, v, "", cb.View.Hash, cb.View.ID)
		if codeOf(err) == "hash_conflict" { // a newer redraw won
			return nil
		}
		return err
	})
	return nil, true
}

// recalled fills the form from an earlier deployment and shows where it then stands.
func (b *wizard) recalled(ctx context.Context, cb slack.InteractionCallback, by workflows.Person, id, name string) (any, bool) {
	c, err := b.service.Intake.Recall(ctx, receiptOf(cb), by, id, name)
	if err != nil {
		return nil, b.recorded(cb, by, err)
	}
	return b.turnedTo("recall", cb, wizardView(b.speaker(by), b.service.Intake.Form(), c, intake.StepWhat, workflows.Plan{}))
}

package bot

import (
	"context"
	"strings"

	"countersign/workflows"
	"countersign/workflows/intake"
)

// turnClicks does the clicks on the turns of conversations.
type turnClicks struct{ *clicks }

// answer answers the field of a turn.
func (b turnClicks) answer(ctx context.Context, c click, at promptTurn, values ...string) (any, bool) {
	return b.acknowledged(c, errorOf(b.service.Intake.Reply(ctx, intake.Replied{Receipt: c.receipt(), By: c.by, ID: at.Conversation, Field: at.About, Values: values, Label: b.speaker(c.by).label})))
}

// choose takes the option that the action ends in.
func (b turnClicks) choose(ctx context.Context, c click, at promptTurn) (any, bool) {
	return b.answer(ctx, c, at, strings.TrimPrefix(c.action.ActionID, actChoose+"."))
}

// pick takes the option of a select. Those of a select for several are read when Continue
// is clicked.
func (b turnClicks) pick(ctx context.Context, c click, at promptTurn) (any, bool) {
	if c.action.SelectedOption.Value == "" {
		return nil, true
	}
	return b.answer(ctx, c, at, c.action.SelectedOption.Value)
}

// pickedAll is Continue beside a select for several.
func (b turnClicks) pickedAll(ctx context.Context, c click, at promptTurn) (any, bool) {
	var values []string
	if c.BlockActionState != nil {
		for _, o := range c.BlockActionState.Values[c.action.BlockID][actPick].SelectedOptions {
			values = append(values, o.Value)
		}
	}
	return b.answer(ctx, c, at, values...)
}

func (b turnClicks) skip(ctx context.Context, c click, at promptTurn) (any, bool) {
	return b.answer(ctx, c, at)
}

// back asks the field before again; in the wizard it shows an earlier page.
func (b turnClicks) back(ctx context.Context, c click, at promptTurn) (any, bool) {
	if c.View.ID != "" {
		return b.pageBack(ctx, c.InteractionCallback, c.by, at)
	}
	return b.acknowledged(c, errorOf(b.service.Intake.Back(ctx, c.receipt(), c.by, at.Conversation)))
}

func (b turnClicks) drop(ctx context.Context, c click, at promptTurn) (any, bool) {
	return b.acknowledged(c, errorOf(b.service.Intake.Drop(ctx, c.receipt(), c.by, at.Conversation)))
}

// edit asks the field again that was selected.
func (b turnClicks) edit(ctx context.Context, c click, at promptTurn) (any, bool) {
	return b.acknowledged(c, errorOf(b.service.Intake.Reopen(ctx, c.receipt(), c.by, at.Conversation, c.action.SelectedOption.Value)))
}

// send sends the plan that the turn shows.
func (b turnClicks) send(ctx context.Context, c click, at promptTurn) (any, bool) {
	return b.acknowledged(c, errorOf(b.service.Intake.Send(ctx, intake.Sending{Receipt: c.receipt(), By: c.by, ID: at.Conversation, Plan: at.About})))
}

// take takes what a model proposed as answers, or none of it.
func (b turnClicks) take(none bool) func(context.Context, click, promptTurn) (any, bool) {
	return func(ctx context.Context, c click, at promptTurn) (any, bool) {
		return b.acknowledged(c, errorOf(b.service.Intake.Take(ctx, intake.Taking{Receipt: c.receipt(), By: c.by, ID: at.Conversation, Marks: at.Marks, No: none})))
	}
}

// recall fills the form from a deployment that was described before.
func (b turnClicks) recall(ctx context.Context, c click, at promptTurn) (any, bool) {
	return b.recalled(ctx, c.InteractionCallback, c.by, at.Conversation, c.action.SelectedOption.Value)
}

// renewInstead goes on with the renewal of a certificate in use, where the conversation stands.
func (b turnClicks) renewInstead(ctx context.Context, c click, at promptTurn) (any, bool) {
	s := b.speaker(c.by)
	v, err := b.service.Inbox.RenewInstead(ctx, intake.Started{Receipt: c.receipt(), By: c.by, Lang: s.lang}, at.Conversation, workflows.RequestID(at.About))
	if err != nil || c.View.ID == "" {
		return b.acknowledged(c, err)
	}
	return b.turnedTo("renew instead", c.InteractionCallback, wizardView(s, b.service.Intake.Form(), v, b.stepOf(v), b.service.Intake.PlanOf(v)))
}

func (b turnClicks) plan(ctx context.Context, c click, at promptTurn) (any, bool) {
	return b.acknowledged(c, b.service.Intake.PostPlan(ctx, c.receipt(), c.by, at.Conversation))
}

// openForm goes on in the wizard.
func (b turnClicks) openForm(ctx context.Context, c click, at promptTurn) (any, bool) {
	v, err := b.service.Intake.Conversation(ctx, c.by, at.Conversation)
	if err != nil {
		return b.acknowledged(c, err)
	}
	step := b.stepOf(v)
	if step == "" && c.View.ID == "" { // the plan is in the thread already
		step = b.service.Intake.Form().Steps(v.Answers)[0]
	}
	b.openPage(c.InteractionCallback, b.speaker(c.by), c.by, v, step)
	return nil, true
}

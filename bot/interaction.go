package bot

import (
	"context"
	"strings"

	"github.com/slack-go/slack"

	"countersign/workflows"
	"countersign/workflows/intake"
	"countersign/workflows/issuance"
	"countersign/workflows/support"
)

// receiptOf is what a redelivery of the same interaction has in common with the
// first: who did what where and when, by Slack's own clock, or the submitted view.
func receiptOf(cb slack.InteractionCallback) workflows.Receipt {
	who := cb.Team.ID + "/" + cb.User.ID
	switch cb.Type {
	case slack.InteractionTypeViewSubmission:
		return workflows.Receipt("view/" + who + "/" + cb.View.ID + "/" + cb.View.Hash)
	case slack.InteractionTypeBlockActions:
		if len(cb.ActionCallback.BlockActions) > 0 {
			a := cb.ActionCallback.BlockActions[0]
			return workflows.Receipt("action/" + who + "/" + cb.Container.MessageTs + cb.Container.ViewID + "/" + a.ActionID + "/" + a.ActionTs)
		}
	default:
	}
	return workflows.Receipt("interaction/" + who + "/" + cb.TriggerID)
}

// interaction routes a click, a submission or a shortcut.
func (b *Bot) interaction(ctx context.Context, cb slack.InteractionCallback) (any, bool) {
	team := cb.User.TeamID // of the person: a guest's differs from the workspace's
	if team == "" {
		team = cb.Team.ID
	}
	by := b.person(team, cb.User.ID)
	if err := b.service.Enter(ctx, by, string(cb.Type)); err != nil {
		if cb.Type == slack.InteractionTypeViewSubmission {
			return b.viewFailed(cb, by, err)
		}
		return nil, b.recorded(cb, by, err)
	}
	switch cb.Type {
	case slack.InteractionTypeBlockActions:
		for _, a := range cb.ActionCallback.BlockActions {
			return b.action(ctx, cb, by, a) // Slack sends one
		}
	case slack.InteractionTypeViewSubmission:
		return b.submission(ctx, cb, by)
	case slack.InteractionTypeShortcut:
		if cb.CallbackID == "cert_new" {
			return b.openWizard(ctx, receiptOf(cb), by, cb, "")
		}
		if cb.CallbackID == "cert_diagnose" {
			b.openTextModal(cb, by, diagnoseModal(b.speaker(by)))
			return nil, true
		}
	case slack.InteractionTypeMessageAction:
		if cb.CallbackID == "diagnose_this" {
			return b.diagnoseMessage(ctx, cb, by)
		}
	case slack.InteractionTypeViewClosed:
		return nil, true // the conversation stays, to be resumed
	default:
	}
	return b.undecoded(string(cb.Type)+"/"+clip(cb.CallbackID, 40), nil)
}

func (b *Bot) submission(ctx context.Context, cb slack.InteractionCallback, by workflows.Person) (any, bool) {
	at := readRouting(cb.View.PrivateMetadata)
	switch cb.View.CallbackID {
	case viewPage:
		return b.pageSubmitted(ctx, cb, by)
	case viewReview:
		return b.reviewSubmitted(ctx, cb, by)
	case viewReason:
		_, err := b.service.Issuance.Decide(ctx, issuance.Decided{Receipt: receiptOf(cb), By: by, Request: workflows.RequestID(at.Request),
			Verdict: workflows.Verdict(at.Verdict), Hash: at.Hash, Reason: reasonOf(cb)})
		return b.reasonTaken(cb, by, err)
	case viewAsk:
		_, err := b.service.Issuance.Ask(ctx, receiptOf(cb), by, workflows.RequestID(at.Request), reasonOf(cb))
		return b.reasonTaken(cb, by, err)
	case viewAnswer:
		_, err := b.service.Issuance.Answer(ctx, receiptOf(cb), by, workflows.RequestID(at.Request), reasonOf(cb))
		return b.reasonTaken(cb, by, err)
	case viewKeyAgain:
		_, err := b.service.KeyRelease.AskForKey(ctx, receiptOf(cb), by, workflows.RequestID(at.Request), reasonOf(cb))
		return b.reasonTaken(cb, by, err)
	case viewRevoke:
		return b.revokeSubmitted(ctx, cb, by)
	case viewDiagnose:
		return b.diagnoseSubmitted(ctx, cb, by)
	case viewWrong:
		return b.wrongSubmitted(ctx, cb, by)
	case viewTeach:
		return b.teachSubmitted(ctx, cb, by)
	case viewTeachReject:
		_, err := b.service.Lessons.Review(ctx, support.Reviewed{Receipt: receiptOf(cb), By: by, ID: at.Request, Reason: reasonOf(cb)})
		return b.reasonTaken(cb, by, err)
	case viewDone:
		return slack.NewClearViewSubmissionResponse(), true
	}
	return b.undecoded("view_submission/"+clip(cb.View.CallbackID, 40), nil)
}

// reasonTaken closes the modal, or says under its input or in it why not.
func (b *Bot) reasonTaken(cb slack.InteractionCallback, by workflows.Person, err error) (any, bool) {
	s := b.speaker(by)
	switch {
	case err == nil || seen(err):
		return slack.NewClearViewSubmissionResponse(), true
	case workflows.CodeOf(err) == workflows.Invalid:
		return slack.NewErrorsViewSubmissionResponse(map[string]string{"reason": clip(b.explain(s, by, err), maxHint)}), true
	}
	return b.viewFailed(cb, by, err)
}

func reasonOf(cb slack.InteractionCallback) string {
	if cb.View.State == nil {
		return ""
	}
	return cb.View.State.Values["reason"][valueID].Value
}

// action routes one click. The value is routing; every step asks anew who this is.
func (b *Bot) action(ctx context.Context, cb slack.InteractionCallback, by workflows.Person, a *slack.BlockAction) (any, bool) {
	id, rest, _ := strings.Cut(a.Value, " ")
	request := workflows.RequestID(id)
	verb, option, _ := strings.Cut(a.ActionID, ".")
	second, third, _ := strings.Cut(option, ".")
	switch {
	case a.ActionID == valueID:
		return b.pageRedrawn(ctx, cb, by)
	case a.ActionID == actApprove || a.ActionID == actResume:
		verdict := map[string]workflows.Verdict{actApprove: workflows.Approve, actResume: workflows.Resume}[a.ActionID]
		_, err := b.service.Issuance.Decide(ctx, issuance.Decided{Receipt: receiptOf(cb), By: by, Request: request, Verdict: verdict, Hash: rest})
		b.refreshStale(request, err)
		return nil, b.recorded(cb, by, err)
	case a.ActionID == actReject || a.ActionID == actHold:
		verdict := map[string]workflows.Verdict{actReject: workflows.Reject, actHold: workflows.Hold}[a.ActionID]
		err := b.service.Issuance.MayDecide(ctx, by, request, verdict, rest)
		if err != nil {
			b.refreshStale(request, err)
			return nil, b.recorded(cb, by, err)
		}
		b.openTextModal(cb, by, reasonModal(b.speaker(by), verdict, id, rest))
		return nil, true
	case a.ActionID == actAsk:
		b.openTextModal(cb, by, textModal(b.speaker(by), viewAsk, "bot.ask", routing{Request: id}))
		return nil, true
	case a.ActionID == actAnswer:
		b.openTextModal(cb, by, textModal(b.speaker(by), viewAnswer, "bot.answer", routing{Request: id}))
		return nil, true
	case a.ActionID == actCancel:
		_, err := b.service.Issuance.Cancel(ctx, receiptOf(cb), by, request, "")
		return nil, b.recorded(cb, by, err)
	case a.ActionID == actGiveUp:
		_, err := b.service.Issuance.GiveUp(ctx, receiptOf(cb), by, request)
		b.refreshStale(request, err)
		return nil, b.recorded(cb, by, err)
	case a.ActionID == actKey:
		_, err := b.service.KeyRelease.Release(ctx, receiptOf(cb), by, request)
		return nil, b.recorded(cb, by, err)
	case a.ActionID == actInstall:
		_, err := b.service.Issuance.Install(ctx, receiptOf(cb), by, request)
		return nil, b.recorded(cb, by, err)
	case a.ActionID == actRenew:
		c, err := b.service.Inbox.Renew(ctx, intake.Started{Receipt: receiptOf(cb), By: by, Lang: b.lang(by)}, request)
		if err != nil {
			return nil, b.recorded(cb, by, err)
		}
		b.openPage(cb, b.speaker(by), by, c, b.stepOf(c))
		return nil, true
	case a.ActionID == actShow:
		return b.showRequest(ctx, cb, by, request)
	case a.ActionID == actNew:
		c, err := b.service.Intake.Start(ctx, intake.Started{Receipt: receiptOf(cb), By: by, Lang: b.lang(by)})
		if err != nil {
			return nil, b.recorded(cb, by, err)
		}
		b.openPage(cb, b.speaker(by), by, c, b.stepOf(c))
		return nil, true
	case a.ActionID == actDiagnose:
		b.openTextModal(cb, by, diagnoseModal(b.speaker(by)))
		return nil, true
	case verb == "key":
		return b.keyAction(ctx, cb, by, a.ActionID, request, rest)
	case verb == "held":
		_, err := b.service.Issuance.Settle(ctx, issuance.Settled{Receipt: receiptOf(cb), By: by, Request: request, Mark: rest, Accept: a.ActionID == actAccept})
		b.refreshStale(request, err)
		return nil, b.recorded(cb, by, err)
	case verb == "stray":
		_, err := b.service.Issuance.UnusedRevoked(ctx, receiptOf(cb), by, request, rest)
		b.refreshStale(request, err)
		return nil, b.recorded(cb, by, err)
	case verb == "revoke":
		return b.revokeAction(ctx, cb, by, a.ActionID, request)
	case verb == "talk":
		return b.talkAction(ctx, cb, by, a, second, third)
	case verb == "case":
		return b.caseAction(ctx, cb, by, a, second)
	case verb == "teach":
		return b.teachAction(ctx, cb, by, a)
	}
	return b.undecoded("block_actions/"+clip(a.ActionID, 40), nil)
}

// refreshStale has a card drawn anew for somebody who clicked on an old one.
func (b *Bot) refreshStale(id workflows.RequestID, err error) {
	if code := workflows.CodeOf(err); code != workflows.Stale && code != workflows.Conflict {
		return
	}
	b.goAfter("refresh card", func(ctx context.Context) error { return b.service.Redraw(ctx, id) })
}

// showRequest opens one request in a modal.
func (b *Bot) showRequest(ctx context.Context, cb slack.InteractionCallback, by workflows.Person, id workflows.RequestID) (any, bool) {
	r, err := b.service.Lists.Show(ctx, by, id)
	if err != nil {
		return nil, b.recorded(cb, by, err)
	}
	s := b.speaker(by)
	m := showView(s, r)
	v := modal(s, viewDone, "bot.show.title", "", routing{}, m.Blocks)
	b.openTextModal(cb, by, v)
	return nil, true
}

// openTextModal opens a modal that stores nothing before it is submitted.
func (b *Bot) openTextModal(at slack.InteractionCallback, by workflows.Person, v slack.ModalViewRequest) {
	b.goAfter("open view", func(ctx context.Context) error {
		if _, err := b.api.OpenViewContext(ctx, at.TriggerID, v); err != nil {
			return b.tooSlow(at, by, err)
		}
		return nil
	})
}

// talkAction is a click in a conversation's message.
func (b *Bot) talkAction(ctx context.Context, cb slack.InteractionCallback, by workflows.Person, a *slack.BlockAction, verb, option string) (any, bool) {
	s := b.speaker(by)
	parts := strings.Fields(a.Value)
	if len(parts) == 0 {
		parts = strings.Fields(a.BlockID)[min(1, len(strings.Fields(a.BlockID))):]
	}
	if len(parts) == 0 {
		return b.undecoded("talk", nil)
	}
	in := intake.Replied{Receipt: receiptOf(cb), By: by, ID: parts[0], Label: s.label}
	if len(parts) > 1 {
		in.Field = parts[1]
	}
	var err error
	switch "talk." + verb {
	case actChoose:
		in.Values = []string{option}
		_, err = b.service.Intake.Reply(ctx, in)
	case actPick:
		if a.SelectedOption.Value == "" {
			return nil, true // a multi-select: read when Continue is clicked
		}
		in.Values = []string{a.SelectedOption.Value}
		_, err = b.service.Intake.Reply(ctx, in)
	case actMore:
		if cb.BlockActionState != nil {
			for _, o := range cb.BlockActionState.Values[a.BlockID][actPick].SelectedOptions {
				in.Values = append(in.Values, o.Value)
			}
		}
		_, err = b.service.Intake.Reply(ctx, in)
	case actSkip:
		_, err = b.service.Intake.Reply(ctx, in)
	case actBack:
		if cb.View.ID != "" { // in the wizard: the second word is a page
			return b.pageBack(ctx, cb, by, parts)
		}
		in.Field, in.Text = "", "back"
		_, err = b.service.Intake.Reply(ctx, in)
	case actDrop:
		in.Field, in.Text = "", "cancel"
		_, err = b.service.Intake.Reply(ctx, in)
	case actEdit:
		in.Field, in.Text = "", "change "+a.SelectedOption.Value
		_, err = b.service.Intake.Reopen(ctx, in.Receipt, by, in.ID, a.SelectedOption.Value)
	case actSend:
		plan := in.Field
		_, err = b.service.Intake.Send(ctx, intake.Sending{Receipt: in.Receipt, By: by, ID: in.ID, Plan: plan})
	case actTake, actNo:
		if len(parts) != 3 {
			return b.undecoded("talk."+clip(verb, 20), nil)
		}
		_, err = b.service.Intake.Take(ctx, intake.Taking{Receipt: in.Receipt, By: by, ID: in.ID, Marks: strings.Split(parts[2], ","), No: verb == "no"})
	case actRecall:
		return b.recalled(ctx, cb, by, in.ID, a.SelectedOption.Value)
	case actPlan:
		err = b.service.Intake.PostPlan(ctx, in.Receipt, by, in.ID)
	case actWizard:
		var c workflows.Conversation
		c, err = b.service.Intake.Conversation(ctx, by, in.ID)
		if err == nil {
			step := b.stepOf(c)
			if step == "" && cb.View.ID == "" { // the plan is in the thread already
				step = b.service.Intake.Form().Steps(c.Answers)[0]
			}
			b.openPage(cb, s, by, c, step)
		}
	default:
		return b.undecoded("talk."+clip(verb, 20), nil)
	}
	return nil, b.recorded(cb, by, err)
}

// pageBack shows an earlier page of the wizard.
func (b *Bot) pageBack(ctx context.Context, cb slack.InteractionCallback, by workflows.Person, parts []string) (any, bool) {
	c, err := b.service.Intake.Conversation(ctx, by, parts[0])
	if err != nil || len(parts) < 2 {
		return nil, b.recorded(cb, by, err)
	}
	v := wizardView(b.speaker(by), b.service.Intake.Form(), c, parts[1], workflows.Plan{})
	b.goAfter("page back", func(ctx context.Context) error {
		_, err := b.api.UpdateViewContext(ctx, v, "", cb.View.Hash, cb.View.ID)
		return err
	})
	return nil, true
}

package bot

import (
	"context"
	"strings"

	"github.com/slack-go/slack"

	"countersign/workflows"
	"countersign/workflows/issuance"
)

// groupClicks does the clicks on cards that several requests share.
type groupClicks struct{ *clicks }

// show opens the requests of a group in a modal.
func (b groupClicks) show(ctx context.Context, c click, at shownGroup) (any, bool) {
	all, err := b.service.Lists.ShowGroup(ctx, c.by, at.Group)
	if err != nil {
		return b.acknowledged(c, err)
	}
	return b.shows(c, b.groupModal(c.by, all))
}

// verdict is a decision on all that needs no words.
func (b groupClicks) verdict(v workflows.Verdict) func(context.Context, click, shownGroup) (any, bool) {
	return func(ctx context.Context, c click, at shownGroup) (any, bool) {
		return b.decided(c, at, errorOf(b.service.Groups.DecideGroup(ctx, issuance.DecidedGroup{Receipt: c.receipt(), By: c.by, Group: at.Group, Verdict: v, Hash: at.Hash})))
	}
}

// verdictForm asks for the words of a decision on all.
func (b groupClicks) verdictForm(v workflows.Verdict) func(context.Context, click, shownGroup) (any, bool) {
	return func(ctx context.Context, c click, at shownGroup) (any, bool) {
		all, err := b.service.Groups.MayDecideGroup(ctx, c.by, at.Group, v, at.Hash)
		if err != nil {
			return b.decided(c, at, err)
		}
		return b.shows(c, groupReasonModal(b.speaker(c.by), v, all, at.Hash))
	}
}

// exceptForm asks which of them are approved, and why the others are not.
func (b groupClicks) exceptForm(ctx context.Context, c click, at shownGroup) (any, bool) {
	all, err := b.service.Groups.MayDecideGroup(ctx, c.by, at.Group, workflows.Approve, at.Hash)
	if err != nil {
		return b.decided(c, at, err)
	}
	return b.shows(c, exceptModal(b.speaker(c.by), all, at.Hash))
}

func (b groupClicks) cancel(ctx context.Context, c click, at shownGroup) (any, bool) {
	return b.decided(c, at, errorOf(b.service.Groups.CancelGroup(ctx, c.receipt(), c.by, at.Group)))
}

func (b groupClicks) install(ctx context.Context, c click, at shownGroup) (any, bool) {
	return b.decided(c, at, errorOf(b.service.Groups.InstallGroup(ctx, c.receipt(), c.by, at.Group)))
}

func (b groupClicks) keys(ctx context.Context, c click, at shownGroup) (any, bool) {
	return b.decided(c, at, errorOf(b.service.KeyRelease.ReleaseGroup(ctx, c.receipt(), c.by, at.Group)))
}

// tick is of a request, or of all of a group that have the step.
func (b groupClicks) tick(ctx context.Context, c click, at requestStep) (any, bool) {
	if strings.HasPrefix(at.Subject, "REQ-") {
		id := workflows.RequestID(at.Subject)
		return b.clicks.decided(c, id, errorOf(b.service.Groups.TickStep(ctx, c.receipt(), c.by, id, at.Mark, at.Done)))
	}
	return b.decided(c, shownGroup{Group: at.Subject}, errorOf(b.service.Groups.TickSteps(ctx, c.receipt(), c.by, at.Subject, at.Mark, at.Done)))
}

// decide takes a decision on all with its words.
func (b groupClicks) decide(ctx context.Context, v submission) error {
	return errorOf(b.service.Groups.DecideGroup(ctx, issuance.DecidedGroup{Receipt: v.receipt(), By: v.by, Group: v.at.Group,
		Verdict: workflows.Verdict(v.at.Verdict), Hash: v.at.Hash, Reason: v.words()}))
}

// except takes an approval with exceptions: what is not ticked, of what the form showed.
func (b groupClicks) except(ctx context.Context, v submission) error {
	all, err := b.service.Lists.ShowGroup(ctx, v.by, v.at.Group)
	if err != nil {
		return err
	}
	ticked := map[string]bool{}
	for _, o := range v.View.State.Values[blockApproved][valueID].SelectedOptions {
		ticked[o.Value] = true
	}
	var but []workflows.RequestID
	for _, r := range all { // whatever their state is by now: the hash says whether it is what the form showed
		if !ticked[string(r.ID)] {
			but = append(but, r.ID)
		}
	}
	return errorOf(b.service.Groups.DecideGroup(ctx, issuance.DecidedGroup{Receipt: v.receipt(), By: v.by, Group: v.at.Group,
		Verdict: workflows.Approve, Hash: v.at.Hash, Except: but, Reason: v.words()}))
}

// decided is the end of a click on a group: its cards are drawn anew where that was an old one,
// and so is the modal that it was clicked in.
func (b groupClicks) decided(c click, at shownGroup, err error) (any, bool) {
	if code := workflows.CodeOf(err); code == workflows.Stale || code == workflows.Conflict {
		b.goAfter("refresh card", func(ctx context.Context) error { return b.service.RedrawGroup(ctx, at.Group) })
	}
	if c.View.Type == slack.VTModal && readRouting(c.View.PrivateMetadata).Group == at.Group {
		b.goAfter("shown", func(ctx context.Context) error {
			all, err := b.service.Lists.ShowGroup(ctx, c.by, at.Group)
			if err == nil {
				_, err = b.api.UpdateViewContext(ctx, b.groupModal(c.by, all), "", "", c.View.ID)
			}
			return err
		})
	}
	return b.acknowledged(c, err)
}

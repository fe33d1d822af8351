package bot

import (
	"context"

	"github.com/slack-go/slack"

	"countersign/workflows"
	"countersign/workflows/issuance"
)

// The actions of a revocation.
const (
	actRevoke    = "revoke.order"
	actRevokedCA = "revoke.confirm"

	viewRevoke = "revoke.order"
)

// revokeModal asks for the reason, as RFC 5280 has them.
func revokeModal(s speaker, r workflows.Request) slack.ModalViewRequest {
	pick := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plainText(s.raw("bot.talk.choose"), maxPlaceholder), valueID,
		options(issuance.RevocationReasons(), func(reason string) string { return s.raw("bot.revoke.reason." + reason) })...)
	why := slack.NewInputBlock("revocation", plainText(s.raw("bot.revoke.why"), maxLabel), nil, pick)
	input := slack.NewPlainTextInputBlockElement(nil, valueID)
	input.Multiline, input.MaxLength = true, 2000
	words := slack.NewInputBlock("reason", plainText(s.raw("bot.revoke.note"), maxLabel), plainText(s.raw("bot.revoke.note_help"), maxHint), input)
	words.Optional = true
	return modal(s, viewRevoke, "bot.revoke.title", "bot.revoke.submit", routing{Request: string(r.ID)},
		[]slack.Block{section(s.raw("bot.revoke.about", "Request", code(string(r.ID)), "Name", code(r.Spec.CommonName), "Serial", code(r.Serial()))), why, words})
}

// revokeAction is a click about a revocation.
func (b *Bot) revokeAction(ctx context.Context, cb slack.InteractionCallback, by workflows.Person, action string, id workflows.RequestID) (any, bool) {
	if action == actRevokedCA {
		_, err := b.service.Issuance.RevokedAtCA(ctx, receiptOf(cb), by, id)
		b.refreshStale(id, err)
		return nil, b.recorded(cb, by, err)
	}
	r, err := b.service.Lists.Show(ctx, by, id)
	if err == nil {
		if no := b.service.Issuance.MayRevoke(by, r); no != nil {
			err = no
		}
	}
	if err != nil {
		b.refreshStale(id, err)
		return nil, b.recorded(cb, by, err)
	}
	b.openTextModal(cb, by, revokeModal(b.speaker(by), r))
	return nil, true
}

// revokeSubmitted takes the order.
func (b *Bot) revokeSubmitted(ctx context.Context, cb slack.InteractionCallback, by workflows.Person) (any, bool) {
	in := issuance.RevokeOrder{Receipt: receiptOf(cb), By: by, Request: workflows.RequestID(readRouting(cb.View.PrivateMetadata).Request), Note: reasonOf(cb)}
	if cb.View.State != nil {
		in.Reason = cb.View.State.Values["revocation"][valueID].SelectedOption.Value
	}
	_, err := b.service.Issuance.Revoke(ctx, in)
	return b.reasonTaken(cb, by, err)
}

// revokingText says how far a revocation is, "" without one.
func revokingText(s speaker, r workflows.Request) string {
	v := r.Revoking
	if v == nil {
		return ""
	}
	facts := []string{"Who", who(v.By), "When", s.when(v.At), "Reason", s.say("bot.revoke.reason." + v.Reason), "Serial", code(r.Serial()),
		"Issuer", escape(s.option("issuer", r.Issuer)), "Done", s.when(v.Done)}
	var text string
	switch {
	case !v.Done.IsZero():
		text = s.raw("bot.revoke.done", facts...)
	case v.Manual:
		text = s.raw("bot.revoke.manual", facts...)
		if !v.Why.Zero() {
			text += " " + s.text(v.Why)
		}
	default:
		text = s.raw("bot.revoke.under_way", facts...)
	}
	if v.Note != "" {
		text += "\n" + quote(clip(v.Note, 900))
	}
	return text
}

// revokeActions offers approvers what can be done about an issued certificate.
func revokeActions(s speaker, r workflows.Request) *slack.ActionBlock {
	switch {
	case r.Revoking == nil:
		return actions("revoke", button(actRevoke, string(r.ID), s.raw("bot.button.revoke"), slack.StyleDanger))
	case r.Revoking.Manual && r.Revoking.Done.IsZero():
		return actions("revoke", button(actRevokedCA, string(r.ID), s.raw("bot.button.revoked"), slack.StyleDanger).WithConfirm(confirm(s, "bot.confirm.revoked")))
	}
	return nil
}

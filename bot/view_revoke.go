package bot

import (
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
	chosen := ""
	if i := r.OpenRevocationAsk(); i >= 0 {
		chosen = r.RevocationAsks[i].Reason
	}
	why := reasonInput(s, issuance.RevocationReasons(), chosen)
	words := wordsInput(s, "bot.revoke.note", "bot.revoke.note_help", 2000)
	words.Optional = true
	return modal(s, viewRevoke, "bot.revoke.title", "bot.revoke.submit", routing{Request: string(r.ID)},
		[]slack.Block{section(s.raw("bot.revoke.about", "Request", code(string(r.ID)), "Name", code(r.Spec.CommonName), "Serial", code(r.Serial()))), why, words})
}

// revokingText says how far a revocation is, "" without one.
func revokingText(s speaker, r workflows.Request) string {
	v := r.Revoking
	if v == nil {
		return ""
	}
	facts := []string{"Who", who(v.By), "When", s.when(v.At), "Reason", s.say("bot.revoke.reason." + v.Reason), "Serial", code(r.Serial()),
		"Issuer", escape(s.option("issuer", r.Issuer)), "Done", s.when(v.Done)}
	text := s.raw("bot.revoke.under_way", facts...)
	switch {
	case !v.Done.IsZero():
		text = s.raw("bot.revoke.done", facts...)
	case v.Manual:
		text = s.raw("bot.revoke.manual", facts...)
		if !v.Why.Zero() {
			text += " " + s.text(v.Why)
		}
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

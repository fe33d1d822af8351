package bot

import (
	"github.com/slack-go/slack"

	"countersign/workflows"
	"countersign/workflows/issuance"
)

// The actions of an ask for a revocation.
const (
	actAskRevocation    = "revoke.ask"
	actRefuseRevocation = "revoke.refuse"

	viewAskRevocation = "revoke.ask"

	cardRevocationAsk = "revocation/" // and its index
)

// askRevocationModal asks whoever may not revoke what the approvers are to be asked.
func askRevocationModal(s speaker, r workflows.Request, reasons []string) slack.ModalViewRequest {
	words := wordsInput(s, "bot.revoke_ask.note", "bot.revoke_ask.note_help", 2000)
	words.Optional = true
	about := section(s.raw("bot.revoke_ask.about", "Request", code(string(r.ID)), "Name", code(r.Spec.CommonName), "Serial", code(r.Serial())))
	return modal(s, viewAskRevocation, "bot.revoke_ask.title", "bot.revoke_ask.submit", routing{Request: string(r.ID)}, []slack.Block{about, reasonInput(s, reasons, ""), words})
}

// reasonInput is a choice among reasons for a revocation.
func reasonInput(s speaker, reasons []string, chosen string) *slack.InputBlock {
	text := func(reason string) string { return s.raw("bot.revoke.reason." + reason) }
	pick := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plainText(s.raw("bot.talk.choose"), maxPlaceholder), valueID, options(reasons, text)...)
	if chosen != "" {
		pick.InitialOption = options([]string{chosen}, text)[0]
	}
	return slack.NewInputBlock("revocation", plainText(s.raw("bot.revoke.why"), maxLabel), nil, pick)
}

// reasonsFor are the reasons that who can ask the approvers of r for.
func (b *workspace) reasonsFor(by workflows.Person, r workflows.Request) []string {
	if b.service.Issuance.Owns(r, by) {
		return issuance.RevocationReasons()
	}
	return []string{workflows.KeyCompromise}
}

// revocationAskCard is what approvers see of an ask for a revocation.
func revocationAskCard(s speaker, r workflows.Request, i int) message {
	ask := r.RevocationAsks[i]
	key := "bot.revoke_ask.text"
	if ask.Urgent() {
		key = "bot.revoke_ask.urgent"
	}
	facts := []string{"Who", who(ask.By), "Owner", who(r.Requester), "Request", code(string(r.ID)), "Name", code(r.Spec.CommonName), "Serial", code(r.Serial()),
		"Reason", s.say("bot.revoke.reason." + ask.Reason), "When", s.when(ask.At), "By", who(ask.ClosedBy), "Closed", s.when(ask.Closed)}
	text := s.raw(key, facts...)
	m := message{Text: text, Blocks: []slack.Block{section(text)}}
	if ask.Note != "" {
		m.Blocks = append(m.Blocks, section(quote(clip(ask.Note, 2500))))
	}
	switch {
	case ask.Closed.IsZero():
		m.Blocks = append(m.Blocks, actions("revoke", button(actRevoke, string(r.ID), s.raw("bot.button.revoke"), slack.StyleDanger),
			button(actRefuseRevocation, numbered{r.ID, i}.String(), s.raw("bot.button.revoke_refuse"), slack.StyleDefault).WithConfirm(confirm(s, "bot.confirm.revoke_refuse"))))
	case i+1 < len(r.RevocationAsks) && r.RevocationAsks[i+1].At.Equal(ask.Closed):
		m.Blocks = append(m.Blocks, note(s.raw("bot.revoke_ask.replaced", facts...)))
	case ask.Ordered:
		m.Blocks = append(m.Blocks, note(s.raw("bot.revoke_ask.ordered", facts...)))
	default:
		m.Blocks = append(m.Blocks, note(s.raw("bot.revoke_ask.refused", facts...)))
	}
	return m
}

// revocationAsked says on every card that approvers are asked, "" where they are not.
func revocationAsked(s speaker, r workflows.Request) string {
	i := r.OpenRevocationAsk()
	if i < 0 {
		return ""
	}
	ask := r.RevocationAsks[i]
	return s.raw("bot.revoke_ask.open", "Who", who(ask.By), "When", s.when(ask.At), "Reason", s.say("bot.revoke.reason."+ask.Reason))
}

// askRevocationButton has the approvers asked.
func askRevocationButton(s speaker, r workflows.Request) *slack.ButtonBlockElement {
	return button(actAskRevocation, string(r.ID), s.raw("bot.button.revoke_ask"), slack.StyleDefault)
}

// revocationReply says that the approvers are asked; without a request, which ones could be meant.
func revocationReply(s speaker, about string, requests []workflows.Request) message {
	if about != "" {
		return oneLine(s.raw("bot.revoke_ask.sent", "Request", code(about)))
	}
	if len(requests) == 0 {
		return oneLine(s.say("bot.revoke_ask.none"))
	}
	head := s.say("bot.revoke_ask.which")
	blocks := []slack.Block{section(head)}
	for _, r := range requests {
		blocks = append(blocks, requestRow(s, r), actions("revoke "+string(r.ID), askRevocationButton(s, r)))
	}
	return message{Text: head, Blocks: fit(blocks[:1], blocks[1:], nil, note(s.say("bot.card.more")))}
}

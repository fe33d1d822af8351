package bot

import (
	"slices"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"countersign/workflows"
	"countersign/workflows/keyrelease"
)

// The actions of cards. Their value is routing: the request's ID and the hash of what
// the card shows.
const (
	actApprove = "request.approve"
	actReject  = "request.reject"
	actHold    = "request.hold"
	actResume  = "request.resume"
	actAsk     = "request.ask"
	actCancel  = "request.cancel"
	actAnswer  = "request.answer"
	actKey     = "request.key"
	actInstall = "request.install"
	actRenew   = "request.renew"
	actGiveUp  = "request.give_up"
	actShow    = "request.show"
)

// message is a message to be: blocks, and the text of notifications and of readers
// that show no blocks.
type message struct {
	Text   string
	Blocks []slack.Block
}

// awaited is whose word a request waits for.
type awaited struct {
	who        string // markup that mentions them
	have, need int    // approvals
}

// line says it below the state of what is open; "" where nothing is.
func (a awaited) line(s speaker, open []workflows.Request) string {
	if len(open) == 0 || a.who == "" || open[0].Asked() {
		return ""
	}
	key := "bot.card.awaited"
	if a.need > 1 {
		key = "bot.card.awaited_of"
	}
	return "\n" + s.raw(key, "Who", a.who, "Have", strconv.Itoa(a.have), "Need", strconv.Itoa(a.need))
}

// approvalMessage is the card of a request where its approvers read: everything that a decision
// is about, and once nothing is to be done, what became of it.
func approvalMessage(s speaker, r workflows.Request, a awaited) message {
	if r.NeedsApprovers() {
		return approvalCard(s, r, a)
	}
	text := "*" + s.raw("bot.card.title", "Title", escape(title(r))) + "*  " + escape(s.profile(r.Spec.Profile)) + "\n" + stateLine(s, r)
	for _, line := range lastDecision(s, r) {
		text += "\n" + line
	}
	return shrunk(s, text, actShow, string(r.ID))
}

// lastDecision says who decided what became of r, when and why, and what became of certificates
// that nobody got.
func lastDecision(s speaker, r workflows.Request) (lines []string) {
	for i, d := range r.Decisions {
		stands := d.Verdict == workflows.Approve && d.Hash == r.Hash() && !r.State.Can(workflows.VerbReject) && r.State != workflows.Rejected
		if stands || i == len(r.Decisions)-1 {
			lines = append(lines, decidedLine(s, d))
		}
	}
	for _, v := range r.Unused[max(0, len(r.Unused)-mostUnused):] {
		lines = append(lines, unusedLine(s, r, v))
	}
	return lines
}

// shrunk is a card of which nothing more is to be done, with the way to all that it was.
func shrunk(s speaker, text, action, value string) message {
	block := section(text)
	block.Accessory = slack.NewAccessory(button(action, value, s.raw("bot.button.show"), slack.StyleDefault))
	return message{Text: clip(text, maxMessageText), Blocks: []slack.Block{block}}
}

// approvalCard is what approvers decide on.
func approvalCard(s speaker, r workflows.Request, a awaited) message {
	head := []slack.Block{header(s.raw("bot.card.title", "Title", title(r))), section(stateLine(s, r) + a.line(s, openIn([]workflows.Request{r})))}
	head = append(append(head, unusedBlocks(s, r)...), deploymentFacts(s, r))
	if r.Purpose != "" {
		head = append(head, section("*"+s.say("bot.fact.purpose")+"*\n"+quote(clip(r.Purpose, 900))))
	}
	head = append(head, replacesBlocks(s, r.Replaces, r.Spec)...)
	head = append(append(head, followsBlocks(s, r)...), twinBlocks(s, r)...)
	head = append(head, mismatchBlocks(s, r)...)
	middle := append(findingBlocks(s, r.Spec.Findings), requestBlocks(s, r)...)
	tail := history(s, r, 12)
	for _, row := range []*slack.ActionBlock{approvalActions(s, r), unusedActions(s, r)} {
		if row != nil {
			tail = append(tail, row)
		}
	}
	tail = append(tail, note(s.raw("bot.card.hash", "Hash", code(r.Hash()[:16]), "Embedded", embedded(s, r))))
	return message{
		Text:   clip(s.raw("bot.card.text", "Title", escape(title(r)), "Who", who(r.Requester)), maxMessageText),
		Blocks: fit(head, middle, tail, note(s.say("bot.card.more"))),
	}
}

// embedded says that the demonstration custody or CA is at work, wherever it is.
func embedded(s speaker, r workflows.Request) string {
	if r.Custody == "embedded" || r.Issuer == "embedded" {
		return " · " + s.say("bot.embedded")
	}
	return ""
}

func approvalActions(s speaker, r workflows.Request) *slack.ActionBlock {
	if len(r.CSR) == 0 {
		return nil
	}
	value := asShown{r.ID, r.Hash()}.String()
	reject := button(actReject, value, s.raw("bot.button.reject"), slack.StyleDanger)
	ask := button(actAsk, value, s.raw("bot.button.ask"), slack.StyleDefault)
	switch r.State {
	case workflows.Submitted:
		return actions("decide",
			button(actApprove, value, s.raw("bot.button.approve"), slack.StylePrimary).WithConfirm(confirm(s, "bot.confirm.approve")),
			reject, button(actHold, value, s.raw("bot.button.hold"), slack.StyleDefault), ask)
	case workflows.OnHold:
		return actions("decide", button(actResume, value, s.raw("bot.button.resume"), slack.StylePrimary), reject, ask)
	case workflows.Issuing:
		if r.Mismatch != nil {
			return mismatchActions(s, r)
		}
		if r.CanGiveUp() && !r.Pending { // what waits elsewhere is its requester's to follow
			return actions("decide", giveUpButton(s, r))
		}
	case workflows.Issued, workflows.Installed, workflows.Superseded:
		return revokeActions(s, r)
	default:
	}
	return nil
}

// requesterCard is what the requester keeps in the direct message: where it stands
// and the one next step.
func requesterCard(s speaker, r workflows.Request) message {
	head := []slack.Block{header(title(r)), section(stateLine(s, r))}
	head = append(append(head, unusedBlocks(s, r)...), deploymentFacts(s, r))
	var middle []slack.Block
	if r.Spec.OwnCSR && len(r.CSR) == 0 && r.State == workflows.Submitted {
		middle = append(middle, section(s.say("bot.device.steps")))
		middle = append(middle, boxSteps(s, []workflows.Request{r})...)
	}
	if r.Mismatch != nil {
		head = append(append(head, mismatchBlocks(s, r)...), section(mismatchNext(s, r)))
	}
	if r.Installable() {
		middle = append(middle, trustBlocks(s, r)...)
		middle = append(middle, installSteps(s, string(r.ID), []workflows.Request{r})...)
	}
	middle = append(middle, findingBlocks(s, r.Findings)...)
	tail := history(s, r, 8)
	if row := requesterActions(s, r); row != nil {
		tail = append(tail, row)
	}
	return message{
		Text:   clip(escape(title(r))+" — "+stateLine(s, r), maxMessageText),
		Blocks: fit(head, middle, tail, note(s.say("bot.card.more"))),
	}
}

// endable: its requester can still end it.
func endable(r workflows.Request) bool {
	return r.State.Can(workflows.VerbCancel) || r.CanGiveUp()
}

// endButton ends an endable request.
func endButton(s speaker, r workflows.Request) *slack.ButtonBlockElement {
	if r.CanGiveUp() {
		return giveUpButton(s, r)
	}
	return cancelButton(s, r)
}

func keyButton(s speaker, r workflows.Request) *slack.ButtonBlockElement {
	return button(actKey, string(r.ID), s.raw("bot.button.key"), slack.StyleDefault).WithConfirm(confirm(s, "bot.confirm.key"))
}

func cancelButton(s speaker, r workflows.Request) *slack.ButtonBlockElement {
	return button(actCancel, string(r.ID), s.raw("bot.button.cancel"), slack.StyleDanger).WithConfirm(confirm(s, "bot.confirm.cancel"))
}

func requesterActions(s speaker, r workflows.Request) *slack.ActionBlock {
	var row []slack.BlockElement
	add := func(action, label string, style slack.Style) {
		row = append(row, button(action, string(r.ID), s.raw(label), style))
	}
	switch r.State {
	case workflows.Submitted, workflows.OnHold:
		if r.Asked() {
			add(actAnswer, "bot.button.answer", slack.StylePrimary)
		}
		if r.Awaits() == workflows.AwaitCSR {
			add(actCSR, "bot.button.csr", slack.StylePrimary)
		}
		row = append(row, cancelButton(s, r))
	case workflows.Issuing:
		if r.CanGiveUp() {
			row = append(row, giveUpButton(s, r))
		}
	case workflows.Issued, workflows.Installed:
		first, again := keyrelease.CanGet(r)
		if first {
			row = append(row, keyButton(s, r))
		}
		if again {
			add(actKeyAgain, "bot.button.key_again", slack.StyleDefault)
		}
		if r.Installable() {
			add(actInstall, "bot.button.install", slack.StylePrimary)
		}
		add(actRenew, "bot.button.renew", slack.StyleDefault)
		if r.Revoking == nil && r.OpenRevocationAsk() < 0 {
			row = append(row, askRevocationButton(s, r))
		}
	case workflows.Rejected, workflows.Expired, workflows.Failed, workflows.Cancelled, workflows.Revoked:
		add(actRenew, "bot.button.again", slack.StyleDefault)
	default:
	}
	if len(row) == 0 {
		return nil
	}
	return actions("mine", row...)
}

// giveUpButton ends a request that waits for a certificate.
func giveUpButton(s speaker, r workflows.Request) *slack.ButtonBlockElement {
	return button(actGiveUp, string(r.ID), s.raw("bot.button.give_up"), slack.StyleDanger).WithConfirm(confirm(s, "bot.confirm.give_up"))
}

// trustBlocks tell which other boxes must trust the CA before the certificates are used, each
// store once.
func trustBlocks(s speaker, all ...workflows.Request) []slack.Block {
	var lines []string
	for _, r := range all {
		for _, t := range r.Trust {
			line := "• *" + escape(s.option("product", t.By)) + "*  " + code(t.Store) + "  " + s.text(t.Reason)
			if t.Path != "" {
				line += "  " + s.command(t.Path)
			}
			if !slices.Contains(lines, line) {
				lines = append(lines, line)
			}
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return []slack.Block{section("*" + s.say("bot.steps.trust") + "*\n" + strings.Join(lines, "\n"))}
}

package bot

import (
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"countersign/workflows"
	"countersign/workflows/support"
)

const (
	viewTeach       = "teach.form"
	viewTeachReject = "teach.reject"

	actTeachApprove = "teach.approve"
	actTeachReject  = "teach.reject"

	cardTeach = "teach"
)

// teachModal is the form for a new cause, filled in from the case.
func teachModal(s speaker, c workflows.Case, l workflows.Lesson, products []support.TriageProduct) slack.ModalViewRequest {
	text := func(key, initial string, lines bool, optional bool) *slack.InputBlock {
		input := slack.NewPlainTextInputBlockElement(nil, valueID)
		input.Multiline, input.MaxLength, input.InitialValue = lines, 3000, clip(initial, 3000)
		if example := "bot.teach." + key + ".example"; s.cat.Has(s.lang, example) {
			input.Placeholder = plainText(s.raw(example), maxPlaceholder)
		}
		block := slack.NewInputBlock(key, plainText(s.raw("bot.teach."+key), maxLabel), nil, input)
		if hint := "bot.teach." + key + ".help"; s.cat.Has(s.lang, hint) {
			block.Hint = plainText(s.raw(hint), maxHint)
		}
		block.Optional = optional
		return block
	}
	ids := []string{}
	names := map[string]string{}
	for _, p := range products {
		ids, names[p.ID] = append(ids, p.ID), p.Name
	}
	pick := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plainText(s.raw("bot.talk.choose"), maxPlaceholder), valueID,
		options(ids[:min(len(ids), 100)], func(id string) string { return names[id] })...)
	for _, o := range pick.Options {
		if o.Value == l.Product {
			pick.InitialOption = o
		}
	}
	product := slack.NewInputBlock("product", plainText(s.raw("bot.teach.product"), maxLabel), nil, pick)
	product.Optional = true
	boxes := slack.NewCheckboxGroupsBlockElement(valueID, options([]string{"new"}, func(string) string { return s.raw("bot.teach.new_cert.yes") })...)
	fresh := slack.NewInputBlock("new_cert", plainText(s.raw("bot.teach.new_cert"), maxLabel), nil, boxes)
	fresh.Optional = true
	return modal(s, viewTeach, "bot.teach.title", "bot.teach.submit", routing{Case: c.ID}, []slack.Block{
		text("headline", "", false, false), text("cause", "", false, false), text("wordings", strings.Join(l.Wordings, "\n"), true, false),
		product, text("fix", "", true, false), fresh, text("near", "", true, true)})
}

// teachCard shows a taught cause to its reviewer: what it would recognise, what it
// tells people to do, and what it would change.
func teachCard(s speaker, t workflows.Taught) message {
	title := s.raw("bot.teach.card", "Title", t.Title)
	head := []slack.Block{header(title), section(s.raw("bot.teach.state."+string(t.State), "Who", who(t.By), "Reviewer", who(t.Reviewer)))}
	list := func(key string, lines []string, literal bool) slack.Block {
		text := "*" + s.say(key) + "*"
		for i, line := range lines {
			if literal {
				text += "\n• " + code(line)
			} else {
				text += fmt.Sprintf("\n%d. %s", i+1, escape(line))
			}
		}
		return section(text)
	}
	product := s.say("bot.teach.any_product")
	if t.Product != "" {
		product = escape(t.Product)
	}
	middle := []slack.Block{
		facts([2]string{s.say("bot.teach.cause"), code(t.Cause)}, [2]string{s.say("bot.teach.product"), product}),
		list("bot.teach.card.wordings", t.Wordings, true), list("bot.teach.card.fix", t.Fix, false),
	}
	if len(t.NearMiss) > 0 {
		middle = append(middle, list("bot.teach.card.near", t.NearMiss, true))
	}
	if t.NewCert {
		middle = append(middle, note(s.say("bot.teach.card.new_cert")))
	}
	if len(t.Changes) > 0 {
		middle = append(middle, section(":warning: "+s.say("bot.teach.changes")+"\n• "+strings.Join(escaped(t.Changes), "\n• ")))
	} else {
		middle = append(middle, note(":white_check_mark: "+s.say("bot.teach.no_changes")))
	}
	if t.Reason != "" {
		middle = append(middle, section(quote(clip(t.Reason, 1000))))
	}
	var tail []slack.Block
	if t.State == workflows.Proposed {
		approve := button(actTeachApprove, t.ID, s.raw("bot.button.approve"), slack.StylePrimary).WithConfirm(confirm(s, "bot.confirm.teach"))
		tail = append(tail, actions("teach "+t.ID, approve, button(actTeachReject, t.ID, s.raw("bot.button.reject"), slack.StyleDanger)))
	}
	return message{Text: clip(escape(title), maxMessageText), Blocks: fit(head, middle, tail, note(s.say("bot.case.more")))}
}

func escaped(list []string) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = escape(v)
	}
	return out
}

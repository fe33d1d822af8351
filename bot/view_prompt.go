package bot

import (
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"countersign/workflows"
	"countersign/workflows/form"
	"countersign/workflows/intake"
)

// The actions of a conversation. Their value is the conversation's ID and, for an
// answer, the field.
const (
	actChoose  = "talk.choose" // suffix: the option
	actPick    = "talk.pick"   // a select, or checkboxes read on actMore
	actMore    = "talk.more"
	actSkip    = "talk.skip"
	actBack    = "talk.back"
	actDrop    = "talk.drop"
	actSend    = "talk.send"
	actEdit    = "talk.edit" // a select of fields
	actWizard  = "talk.wizard"
	actRecall  = "talk.recall" // a select of remembered deployments
	actPlan    = "talk.plan"
	actInstead = "talk.instead" // suffix: the request that is renewed
	actTake    = "talk.take"    // suffix: the field, or "all"
	actNo      = "talk.no"      // nothing of what was proposed
)

// promptView is one turn of a conversation: what was understood, what is wrong,
// what is asked next, or the plan for review.
func promptView(s speaker, f form.Form, c workflows.Conversation, plan workflows.Plan) message {
	switch c.Phase {
	case workflows.Dropped:
		return oneLine(s.say("bot.talk.dropped"))
	case workflows.Sent:
		return oneLine(sentText(s, c, plan))
	case workflows.Reviewing:
		return reviewView(s, f, c, plan)
	case workflows.Asking:
	}
	field, _ := f.Field(c.Field)
	ask := s.say("form." + field.Key + ".ask")
	head := followsNote(s, c, plan)
	if guessedLast(c) {
		head = append(head, section(s.say("bot.talk.understood")+"\n"+answersText(s, f, c)))
	}
	if c.Problem != nil {
		head = append(head, section(":warning: "+s.text(c.Problem.Text)))
	}
	if proposed := proposedBlocks(s, f, c); len(proposed) > 0 {
		head = append(append(head, proposed...), slack.NewDividerBlock())
	}
	if field.Key != "" {
		head = append(head, section("*"+ask+"*"))
		if help := s.beside(c.Answers, field.Key, "help"); help != "" {
			head = append(head, note(help))
		}
	}
	return message{Text: clip(ask, maxMessageText), Blocks: append(head, askActions(s, f, c, field)...)}
}

// waitsForCSR reports that nobody can be asked about a certificate before its system has made
// the CSR.
func waitsForCSR(c workflows.Conversation, spec workflows.Spec) bool {
	return spec.OwnCSR && len(c.CSRs) == 0
}

// csrNote says at the review what comes between sending and the approvers.
func csrNote(s speaker, c workflows.Conversation, plan workflows.Plan) []slack.Block {
	for _, spec := range plan.Requestable() {
		if waitsForCSR(c, spec) {
			return []slack.Block{note(s.say("bot.review.device"))}
		}
	}
	return nil
}

// sentText says which requests a conversation has become, and what comes next: of a box that
// makes its own key the CSR, before which nobody is asked.
func sentText(s speaker, c workflows.Conversation, plan workflows.Plan) string {
	var asked, waiting []string
	specs := plan.Requestable()
	for i, id := range c.Requests {
		if i < len(specs) && waitsForCSR(c, specs[i]) {
			waiting = append(waiting, string(id))
		} else {
			asked = append(asked, string(id))
		}
	}
	var lines []string
	if len(asked) > 0 {
		lines = append(lines, s.say("bot.talk.sent", "Requests", strings.Join(asked, ", ")))
	}
	if len(waiting) > 0 {
		lines = append(lines, s.say("bot.talk.sent_device", "Requests", strings.Join(waiting, ", ")))
	}
	return strings.Join(lines, "\n")
}

// answeredView is a turn that was answered: the question with its answer.
func answeredView(s speaker, f form.Form, c workflows.Conversation, old workflows.Card) message {
	_, key, _ := strings.Cut(old.Kind, "/")
	key, _, _ = strings.Cut(key, "/")
	field, ok := f.Field(key)
	if !ok { // the plan
		return oneLine(s.say("bot.talk.moved_on"))
	}
	if c.Phase == workflows.Asking && !c.Answers.Has(key) { // it was not, or was taken back
		return oneLine(s.say("form."+key+".ask") + "\n" + s.say("bot.talk.asked_below"))
	}
	answer := answerText(s, c.Answers, field, c.Answers[key])
	if answer == "" {
		answer = "–"
	}
	return oneLine(s.say("form."+key+".ask") + "\n:heavy_check_mark: " + answer)
}

// askActions are the ways to answer by clicking: buttons where choices are few.
func askActions(s speaker, f form.Form, c workflows.Conversation, field form.Field) []slack.Block {
	var row []slack.BlockElement
	choices := f.Choices(field, c.Answers)
	label := func(o string) string { return s.choice(c.Answers, field.Key, o) }
	value := promptTurn{Conversation: c.ID, About: field.Key}.String()
	switch {
	case field.Type == form.Choice && len(choices) <= 5:
		for _, o := range choices {
			row = append(row, button(actChoose+"."+o, value, label(o), slack.StyleDefault))
		}
	case field.Type == form.Choice && len(choices) > 0:
		row = append(row, slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plainText(s.raw("bot.talk.choose"), maxPlaceholder), actPick, options(choices, label)...))
	case field.Type == form.Choices && len(choices) > 0:
		row = append(row,
			slack.NewOptionsMultiSelectBlockElement(slack.MultiOptTypeStatic, plainText(s.raw("bot.talk.choose"), maxPlaceholder), actPick, options(choices, label)...),
			button(actMore, value, s.raw("bot.button.continue"), slack.StylePrimary))
	}
	if c.Problem != nil && c.Problem.Field == field.Key {
		for _, o := range c.Problem.Offers {
			row = append(row, button(actChoose+"."+o, value, s.raw("bot.button.offer", "Value", o), slack.StylePrimary))
		}
	}
	if field.Optional {
		row = append(row, button(actSkip, value, s.raw("bot.button.skip"), slack.StyleDefault))
	}
	var blocks []slack.Block
	if len(row) > 0 {
		blocks = append(blocks, actions("ask "+value, row...))
	}
	nav := []slack.BlockElement{}
	if len(c.History) > 0 {
		nav = append(nav, button(actBack, value, s.raw("bot.button.back"), slack.StyleDefault))
	}
	nav = append(nav, button(actWizard, value, s.raw("bot.button.wizard"), slack.StyleDefault),
		button(actDrop, value, s.raw("bot.button.drop"), slack.StyleDefault))
	return append(blocks, actions("nav "+value, nav...))
}

// reviewView shows the plan before anything is made: each certificate with names,
// usages and reasons, warnings with sources, and what must be trusted where.
func reviewView(s speaker, f form.Form, c workflows.Conversation, plan workflows.Plan) message {
	head := []slack.Block{header(s.raw("bot.review.title")), section(s.say("bot.talk.understood") + "\n" + answersText(s, f, c))}
	head = slices.Insert(head, 1, followsNote(s, c, plan)...)
	if c.Problem != nil {
		head = append(head, section(":warning: "+s.text(c.Problem.Text)))
	}
	head = append(append(append(head, renewalNote(s, c, plan)...), planTable(s, plan)...), proposedBlocks(s, f, c)...)
	tail := append(csrNote(s, c, plan), actions("review "+c.ID,
		button(actSend, promptTurn{Conversation: c.ID, About: intake.PlanHash(plan)}.String(), s.raw("bot.button.send"), slack.StylePrimary),
		slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plainText(s.raw("bot.talk.change"), maxPlaceholder), actEdit,
			options(fieldKeys(f.Visible(c.Answers, "")), s.fact)...),
		button(actWizard, c.ID, s.raw("bot.button.wizard"), slack.StyleDefault),
		button(actPlan, c.ID, s.raw("bot.button.plan"), slack.StyleDefault),
		button(actDrop, c.ID, s.raw("bot.button.drop"), slack.StyleDanger)))
	return message{
		Text:   s.say("bot.review.text", "Count", fmt.Sprint(len(plan.Specs))),
		Blocks: fit(head, planBlocks(s, plan), tail, note(s.say("bot.card.more"))),
	}
}

func fieldKeys(fields []form.Field) []string {
	out := make([]string, len(fields))
	for i, field := range fields {
		out[i] = field.Key
	}
	return out
}

// planBlocks show the certificates of a plan.
func planBlocks(s speaker, plan workflows.Plan) []slack.Block {
	blocks := findingBlocks(s, plan.Findings)
	planned := map[string]bool{}
	for i, spec := range plan.Specs {
		r := workflows.Request{Spec: spec}
		planned[spec.Profile] = true
		blocks = append(blocks, slack.NewDividerBlock(),
			section(s.raw("bot.review.certificate", "Number", fmt.Sprint(i+1), "Name", code(spec.CommonName), "Profile", escape(s.profile(spec.Profile)), "For", codes(spec.For))))
		blocks = append(blocks, requestBlocks(s, r)[1:]...)
		blocks = append(blocks, findingBlocks(s, spec.Findings)...)
	}
	about := workflows.Request{}
	for _, t := range plan.Trust {
		if planned[t.Of] {
			about.Trust = append(about.Trust, t)
		}
	}
	return append(blocks, trustBlocks(s, about)...)
}

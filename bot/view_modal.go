package bot

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"countersign/workflows"
	"countersign/workflows/form"
	"countersign/workflows/intake"
)

// The callback IDs of modals.
const (
	viewPage   = "request.page"
	viewReview = "request.review"
	viewReason = "decision.reason"
	viewAsk    = "request.question"
	viewAnswer = "request.answer"
	viewExcept = "group.except"
	viewAll    = "group.reason"
	viewDone   = "done"
	valueID    = "value" // action ID of every input; the block ID is the field
)

// routing is what a modal's private_metadata holds: names of state, no authority.
type routing struct {
	Conversation string `json:"c,omitempty"`
	Step         string `json:"s,omitempty"`
	Plan         string `json:"p,omitempty"`
	Request      string `json:"r,omitempty"`
	Hash         string `json:"h,omitempty"`
	Verdict      string `json:"v,omitempty"`
	Case         string `json:"k,omitempty"`
	Group        string `json:"g,omitempty"`
}

func (r routing) String() string {
	raw, err := json.Marshal(r)
	if err != nil {
		return "{}" // plain strings cannot fail
	}
	return string(raw)
}

func readRouting(s string) routing {
	var r routing
	if json.Unmarshal([]byte(s), &r) != nil {
		return routing{} // names nothing, so nothing is found
	}
	return r
}

func modal(s speaker, callback, titleKey, submitKey string, meta routing, blocks []slack.Block) slack.ModalViewRequest {
	v := slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: callback, PrivateMetadata: meta.String(),
		Title: plainText(s.raw(titleKey), maxTitle), Close: plainText(s.raw("bot.button.close"), maxTitle),
		Blocks: slack.Blocks{BlockSet: blocks},
	}
	if submitKey != "" {
		v.Submit = plainText(s.raw(submitKey), maxTitle)
	}
	return v
}

// wizardView is the page of the wizard that a conversation stands at, or the review.
// Before anything is answered its first page offers what was described before.
func wizardView(s speaker, f form.Form, c workflows.Conversation, step string, plan workflows.Plan, remembered ...workflows.Remembered) slack.ModalViewRequest {
	if step == "" {
		return reviewModal(s, f, c, plan)
	}
	steps := f.Steps(c.Answers)
	number := max(slices.Index(steps, step), 0) + 1
	blocks := []slack.Block{note(s.raw("bot.wizard.step", "Number", fmt.Sprint(number), "Of", fmt.Sprint(max(len(steps), 3))) + "  ·  " + s.say("form.step."+step))}
	blocks = append(blocks, followsNote(s, c, workflows.Plan{})...)
	if len(remembered) > 0 && len(c.Answers) == 0 {
		blocks = append(blocks, recallBlock(s, c, remembered))
	}
	for _, filled := range pageOrigins(s, f, c, step) {
		blocks = append(blocks, note(filled))
	}
	for _, field := range f.Visible(c.Answers, step) {
		blocks = append(blocks, inputBlock(s, f, c.Answers, field))
	}
	if number > 1 {
		blocks = append(blocks, actions("nav", button(actBack, promptTurn{Conversation: c.ID, About: steps[number-2]}.String(), s.raw("bot.button.back"), slack.StyleDefault)))
	}
	return modal(s, viewPage, "bot.wizard.title", "bot.button.continue", routing{Conversation: c.ID, Step: step}, blocks)
}

// recallBlock offers the deployments that were described before, each with whose it was.
func recallBlock(s speaker, c workflows.Conversation, remembered []workflows.Remembered) *slack.ActionBlock {
	var all []*slack.OptionBlockObject
	for _, r := range remembered {
		if len(r.Name) > maxOption { // an option's value holds no more
			continue
		}
		key := "bot.wizard.recalled"
		if r.Request == "" {
			key += "_description"
		}
		if r.By == s.to {
			key += "_yours"
		}
		whose := plainText(s.plain(textOf(key, "Request", string(r.Request), "Who", s.name(r.By), "Day", r.Updated.UTC().Format(time.DateOnly))), maxOption)
		all = append(all, slack.NewOptionBlockObject(r.Name, plainText(r.Name+" · "+s.option("product", r.Product), maxOption), whose))
	}
	return actions("recall "+c.ID, slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plainText(s.raw("bot.wizard.recall"), maxPlaceholder), actRecall,
		all...))
}

// inputBlock draws a field. Fields that others depend on redraw the page at once.
func inputBlock(s speaker, f form.Form, a workflows.Answers, field form.Field) *slack.InputBlock {
	var element slack.BlockElement
	choices := f.Choices(field, a)
	label := func(o string) string { return s.choice(a, field.Key, o) }
	chosen := a[field.Key]
	if chosen == nil && f.Default(field, a) != "" {
		chosen = []string{f.Default(field, a)}
	}
	if len(choices) > 0 { // Slack takes no choice that is not offered
		chosen = slices.DeleteFunc(slices.Clone(chosen), func(v string) bool { return !slices.Contains(choices, v) })
	}
	title, one := s.raw("form."+field.Key+".label"), field.One != nil && field.One(a)
	if one {
		title = s.raw("form." + field.Key + ".label_one")
	}
	switch field.Type {
	case form.Choice:
		if len(choices) <= 5 {
			radio := slack.NewRadioButtonsBlockElement(valueID, options(choices, label)...)
			for _, o := range options(chosen, label) {
				radio.InitialOption = o
			}
			element = radio
			break
		}
		pick := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plainText(s.raw("bot.talk.choose"), maxPlaceholder), valueID, options(choices, label)...)
		for _, o := range options(chosen, label) {
			pick.InitialOption = o
		}
		element = pick
	case form.Choices:
		if len(choices) <= 10 {
			boxes := slack.NewCheckboxGroupsBlockElement(valueID, options(choices, label)...)
			boxes.InitialOptions = options(chosen, label)
			element = boxes
			break
		}
		pick := slack.NewOptionsMultiSelectBlockElement(slack.MultiOptTypeStatic, plainText(s.raw("bot.talk.choose"), maxPlaceholder), valueID, options(choices, label)...)
		pick.InitialOptions = options(chosen, label)
		element = pick
	case form.Text, form.Area, form.Names:
		input := slack.NewPlainTextInputBlockElement(nil, valueID)
		input.Multiline = field.Type != form.Text && !one
		between := "\n"
		if one {
			between = ", " // what was a list before
		}
		input.InitialValue = clip(strings.Join(chosen, between), 3000)
		input.MaxLength = 3000
		if example := s.beside(a, field.Key, "example"); example != "" {
			input.Placeholder = plainText(example, maxPlaceholder)
		}
		element = input
	}
	block := slack.NewInputBlock(field.Key, plainText(title, maxLabel), nil, element)
	if help := s.beside(a, field.Key, "help"); help != "" {
		block.Hint = plainText(help, maxHint)
	}
	block.Optional = field.Optional
	block.DispatchAction = steers(f, field)
	return block
}

// steers reports whether another field of the same page depends on this one.
func steers(f form.Form, field form.Field) bool {
	for _, other := range f.Fields {
		if other.Step != field.Step || other.Key == field.Key {
			continue
		}
		if other.GoesBy(field.Key) {
			return true
		}
	}
	return false
}

// reviewModal is the last page: the plan, to be sent.
func reviewModal(s speaker, f form.Form, c workflows.Conversation, plan workflows.Plan) slack.ModalViewRequest {
	head := append([]slack.Block{section(s.say("bot.talk.understood") + "\n" + answersText(s, f, c))}, renewalNote(s, c, plan)...)
	head = append(followsNote(s, c, plan), head...)
	steps := f.Steps(c.Answers)
	tail := append(csrNote(s, c, plan), actions("nav", button(actBack, promptTurn{Conversation: c.ID, About: steps[len(steps)-1]}.String(), s.raw("bot.button.back"), slack.StyleDefault)))
	blocks := fit(head, planBlocks(s, plan), tail, note(s.say("bot.card.more")))
	return modal(s, viewReview, "bot.review.title", "bot.button.send", routing{Conversation: c.ID, Plan: intake.PlanHash(plan)}, blocks)
}

// reasonModal asks why, for a rejection or a hold.
func reasonModal(s speaker, verdict workflows.Verdict, id, hash string) slack.ModalViewRequest {
	return textModal(s, viewReason, "bot.reason."+string(verdict), routing{Request: id, Hash: hash, Verdict: string(verdict)})
}

// groupReasonModal is reasonModal for the requests of a group.
func groupReasonModal(s speaker, verdict workflows.Verdict, all []workflows.Request, hash string) slack.ModalViewRequest {
	key := "bot.reason." + string(verdict)
	return modal(s, viewAll, key+".title", key+".submit", routing{Group: all[0].Group, Hash: hash, Verdict: string(verdict)},
		[]slack.Block{section(s.raw("bot.reason.about", "Request", codes(idsOf(openIn(all))))), wordsInput(s, key+".label", key+".help", 2000)})
}

// textModal asks for one text; its texts stand under key.
func textModal(s speaker, callback, key string, meta routing) slack.ModalViewRequest {
	words := wordsInput(s, key+".label", key+".help", 2000)
	return modal(s, callback, key+".title", key+".submit", meta, []slack.Block{section(s.raw("bot.reason.about", "Request", code(meta.Request))), words})
}

// wordsInput takes what reasonOf reads.
func wordsInput(s speaker, label, help string, most int) *slack.InputBlock {
	input := slack.NewPlainTextInputBlockElement(nil, valueID)
	input.Multiline, input.MaxLength = true, most
	return slack.NewInputBlock("reason", plainText(s.raw(label), maxLabel), plainText(s.raw(help), maxHint), input)
}

// doneModal closes a wizard with what happened and what follows.
func doneModal(s speaker, text string) slack.ModalViewRequest {
	return modal(s, viewDone, "bot.wizard.title", "", routing{}, []slack.Block{section(text)})
}

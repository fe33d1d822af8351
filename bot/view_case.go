package bot

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

const (
	viewDiagnose = "case.diagnose"

	actCaseAnswer   = "case.answer" // suffix: question and option
	actCaseTick     = "case.tick"
	actCaseSolved   = "case.solved"
	actCaseWrong    = "case.wrong"
	actCaseQuestion = "case.question"
)

// caseView is the answer to a case: the cause first, the evidence in the person's own
// words, then what to do.
func caseView(s speaker, c workflows.Case, a workflows.TriageAnswer) message {
	head := []slack.Block{section(s.say("bot.case.verdict." + string(a.Verdict)))}
	var middle []slack.Block
	for i, f := range a.Findings {
		if i == 3 {
			break
		}
		title := fmt.Sprintf("*%d. %s*  (%d %%)", i+1, s.text(workflows.TextOf(f.Cause.Title)), int(f.Confidence*100+0.5))
		text := title
		for j, e := range f.Evidence {
			if j == 3 {
				break
			}
			line := clip(strings.Join(strings.Fields(e.Text), " "), 180)
			where := ""
			if e.Line > 0 {
				where = "  _" + s.say("bot.case.line", "Line", strconv.Itoa(e.Line)) + "_"
			}
			text += "\n> " + code(line) + where
		}
		middle = append(middle, section(text))
		if i == 0 {
			middle = append(middle, fixBlocks(s, c, f)...)
		}
	}
	var tail []slack.Block
	if a.Question != nil && c.Outcome == "" {
		tail = append(tail, section("*"+s.text(workflows.TextOf(a.Question.Text))+"*"))
		var row []slack.BlockElement
		for i, o := range a.Question.Options {
			if i < 5 {
				row = append(row, button(fmt.Sprintf("%s.%s.%s", actCaseAnswer, a.Question.ID, o.ID), c.ID, s.plain(workflows.TextOf(o.Text)), slack.StyleDefault))
			}
		}
		if len(row) > 0 {
			tail = append(tail, actions("case question", row...))
		}
	}
	if len(a.Redacted) > 0 {
		kinds := make([]string, 0, len(a.Redacted))
		for _, r := range a.Redacted {
			kinds = append(kinds, fmt.Sprintf("%s × %d", r.Kind, r.Count))
		}
		tail = append(tail, note(s.raw("bot.case.redacted", "What", escape(strings.Join(kinds, ", ")))))
	}
	if c.Outcome == "" {
		row := []slack.BlockElement{button(actCaseSolved, c.ID, s.raw("bot.button.solved"), slack.StylePrimary), button(actCaseWrong, c.ID, s.raw("bot.button.wrong"), slack.StyleDefault)}
		tail = append(tail, actions("case feedback", row...))
	} else {
		tail = append(tail, note(s.say("bot.case.outcome."+map[bool]string{true: "solved", false: "wrong"}[c.Outcome == "solved"])))
	}
	return message{Text: s.say("bot.case.verdict." + string(a.Verdict)), Blocks: fit(head, middle, tail, note(s.say("bot.card.more")))}
}

// fixBlocks are the steps of the fix as a checklist whose ticks are kept.
func fixBlocks(s speaker, c workflows.Case, f workflows.TriageFinding) []slack.Block {
	steps := workflows.FixSteps(f.Cause, c.Context["product"])
	if len(steps) == 0 {
		return nil
	}
	ticked := map[int]bool{}
	for _, n := range c.Ticks {
		ticked[n] = true
	}
	var opts, initial []*slack.OptionBlockObject
	text := "*" + s.say("bot.case.fix") + "*"
	for i, step := range steps {
		text += fmt.Sprintf("\n%d. %s", i+1, s.text(workflows.TextOf(step)))
		if i < 10 {
			o := slack.NewOptionBlockObject(strconv.Itoa(i), plainText(s.raw("bot.case.step", "Number", strconv.Itoa(i+1)), maxOption), nil)
			opts = append(opts, o)
			if ticked[i] {
				initial = append(initial, o)
			}
		}
	}
	boxes := slack.NewCheckboxGroupsBlockElement(actCaseTick, opts...)
	boxes.InitialOptions = initial
	return []slack.Block{section(text), actions("case ticks "+c.ID, boxes)}
}

// diagnoseModal takes an error, a log or PEM.
func diagnoseModal(s speaker) slack.ModalViewRequest {
	input := slack.NewPlainTextInputBlockElement(plainText(s.raw("bot.diagnose.example"), maxPlaceholder), valueID)
	input.Multiline, input.MaxLength = true, 3000
	block := slack.NewInputBlock("reason", plainText(s.raw("bot.diagnose.label"), maxLabel), plainText(s.raw("bot.diagnose.help"), maxHint), input)
	return modal(s, viewDiagnose, "bot.diagnose.title", "bot.diagnose.submit", routing{}, []slack.Block{block})
}

// diagnoseSubmitted opens a case in the person's direct message.
func (b *Bot) diagnoseSubmitted(ctx context.Context, cb slack.InteractionCallback, by workflows.Person) (any, bool) {
	s := b.speaker(by)
	place, err := b.dmPlace(ctx, by)
	if err == nil {
		_, err = b.service.Diagnose(ctx, workflows.Pasted{Receipt: receiptOf(cb), By: by, Place: place, Lang: s.lang, Text: reasonOf(cb)})
	}
	if err != nil && !seen(err) {
		return b.viewFailed(s, by, err), true
	}
	v := doneModal(s, s.say("bot.answer_in_dm"))
	return slack.NewUpdateViewSubmissionResponse(&v), true
}

// diagnoseMessage is the shortcut on a message: the answer goes into its thread.
func (b *Bot) diagnoseMessage(ctx context.Context, cb slack.InteractionCallback, by workflows.Person) (any, bool) {
	place := workflows.Place{Channel: cb.Channel.ID, Thread: cb.Message.ThreadTimestamp}
	if place.Thread == "" {
		place.Thread = cb.Message.Timestamp
	}
	_, err := b.service.Diagnose(ctx, workflows.Pasted{Receipt: receiptOf(cb), By: by, Place: place, Lang: b.lang(by), Text: cb.Message.Text})
	return nil, b.recorded(cb, by, err)
}

// caseAction is a click on the answer to a case.
func (b *Bot) caseAction(ctx context.Context, cb slack.InteractionCallback, by workflows.Person, a *slack.BlockAction, verb string) (any, bool) {
	var err error
	switch "case." + verb {
	case actCaseAnswer:
		parts := strings.SplitN(a.ActionID, ".", 4)
		if len(parts) == 4 {
			_, err = b.service.AnswerCase(ctx, receiptOf(cb), by, a.Value, parts[2], parts[3])
		}
	case actCaseTick:
		var done []int
		for _, o := range a.SelectedOptions {
			if n, convErr := strconv.Atoi(o.Value); convErr == nil {
				done = append(done, n)
			}
		}
		_, err = b.service.Tick(ctx, receiptOf(cb), by, strings.TrimPrefix(a.BlockID, "case ticks "), done)
	case actCaseSolved, actCaseWrong:
		_, err = b.service.Feedback(ctx, receiptOf(cb), by, a.Value, verb)
	default:
		return b.undecoded("case."+clip(verb, 20), nil)
	}
	return nil, b.recorded(cb, by, err)
}

// drawCase draws the answer where the question was asked.
func (b *Bot) drawCase(ctx context.Context, e workflows.Effect, body workflows.Body) error {
	var c workflows.Case
	var cards []workflows.Card
	err := b.store.View(ctx, func(rd workflows.Reader) (err error) {
		if c, err = rd.Case(ctx, body.Case); err != nil {
			return err
		}
		cards, err = rd.Cards(ctx, c.ID)
		return err
	})
	if err != nil {
		return err
	}
	s := b.in(c.Lang)
	card := workflows.Card{Subject: c.ID, Kind: cardCase, Channel: c.Place.Channel, Thread: c.Place.Thread}
	for _, old := range cards {
		if old.Kind == cardCase {
			card = old
		}
	}
	if c.Inspecting() {
		x := b.service.Examine(c)
		if err := b.draw(ctx, card, e.Key, inspectView(s, x)); err != nil {
			return err
		}
		return b.sendPicture(ctx, s, e, c, cards, x)
	}
	return b.draw(ctx, card, e.Key, caseView(s, c, b.service.Explain(ctx, c)))
}

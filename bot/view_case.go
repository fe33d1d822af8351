package bot

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"countersign/workflows"
	"countersign/workflows/support"
)

const (
	viewDiagnose = "case.diagnose"
	viewWrong    = "case.wrong"

	actCaseAnswer   = "case.answer" // suffix: question and option; or a select with the block's name
	actCaseAgain    = "case.again"
	actCaseTick     = "case.tick" // value: case, cause, step, and what the step is to be
	actCaseSolved   = "case.solved"
	actCaseWrong    = "case.wrong"
	actCaseLong     = "case.long"
	actCaseFeedback = "case.feedback" // value: case and outcome
	actCaseHand     = "case.handover"
	actCaseRemedy   = "case.remedy"
	actCaseTeach    = "case.teach"
)

// caseView is the answer to a case: the cause first, the evidence in the person's own
// words, then what to do. Of several causes it asks the one question that tells them
// apart before it says what to do about the likeliest.
func caseView(s speaker, c workflows.Case, a support.TriageAnswer, beside support.Beside) message {
	verdict := verdictOf(c, a)
	var head []slack.Block
	if a.Verdict != "not-certificate" { // the title of such a cause says so itself
		line := lookedHead(s, c, a, beside)
		if line == "" {
			line = s.say("bot.case.verdict." + besideVerdict(verdict, a, beside))
		}
		head = append(head, section(line))
	}
	shown := a.Findings[:min(len(a.Findings), support.Rivals)]
	if a.Verdict == "known-cause" || a.Verdict == "not-certificate" {
		shown = shown[:min(len(shown), 1)]
	}
	var middle []slack.Block
	var quoted []support.Evidence
	for i, f := range shown {
		var text string
		text, quoted = findingText(s, c, f, i, len(shown), quoted)
		if len(head) == 0 {
			text = ":compass: " + text
		}
		middle = append(middle, section(text))
		if line := judgeLine(s, c, f); i == 0 && line != "" {
			middle = append(middle, note(line))
		}
	}
	question := questionBlocks(s, c, a)
	middle = append(middle, question...)
	if len(shown) > 0 && verdict != verdictGuess {
		heading := "bot.case.fix"
		if len(shown) > 1 {
			heading = "bot.case.fix_first"
		}
		if len(question) > 0 {
			middle = append(middle, slack.NewDividerBlock())
		}
		middle = append(middle, fixBlocks(s, c, a, shown[0].Cause, heading)...)
	}
	if rest := a.Findings[len(shown):]; len(rest) > 0 && len(shown) == 1 {
		var names []string
		for _, f := range rest[:min(len(rest), 2)] {
			names = append(names, s.text(support.TextOf(f.Cause.Title)))
		}
		middle = append(middle, note(s.raw("bot.case.also", "Causes", strings.Join(names, " · "))))
	}
	return caseMessage(s, c, a, beside, head, middle)
}

// correctedView is a case of which somebody said what it really was: that, and what to
// do about it.
func correctedView(s speaker, c workflows.Case, a support.TriageAnswer, beside support.Beside) message {
	cause := a.Findings[0].Cause
	head := []slack.Block{section(s.raw("bot.case.corrected", "Who", who(c.Ended), "Title", s.text(support.TextOf(cause.Title))))}
	var middle []slack.Block
	if c.Comment != "" {
		middle = append(middle, section(quote(clip(c.Comment, 1000))))
	}
	middle = append(middle, fixBlocks(s, c, a, cause, "bot.case.fix")...)
	if len(a.Findings) > 1 {
		middle = append(middle, note(s.raw("bot.case.was", "Title", s.text(support.TextOf(a.Findings[1].Cause.Title)))))
	}
	return caseMessage(s, c, a, beside, head, middle)
}

// caseMessage adds what all answers have: what the files show, what was kept out, and
// what can be done now.
func caseMessage(s speaker, c workflows.Case, a support.TriageAnswer, beside support.Beside, head, middle []slack.Block) message {
	middle = append(middle, artefactBlocks(s, a, beside.Artefacts)...)
	middle = append(middle, besideBlocks(s, c, beside)...)
	middle = append(middle, seenBlocks(s, c, a)...)
	var tail []slack.Block
	if len(a.Redacted) > 0 {
		kinds := make([]string, 0, len(a.Redacted))
		for _, r := range a.Redacted {
			kinds = append(kinds, fmt.Sprintf("%s × %d", r.Kind, r.Count))
		}
		tail = append(tail, note(s.raw("bot.case.redacted", "What", escape(strings.Join(kinds, ", ")))))
	}
	if row := probeButtons(s, c, beside); len(row) > 0 {
		tail = append(tail, actions("case look "+c.ID, row...))
	}
	tail = append(tail, caseActions(s, c, a)...)
	return message{Text: caseText(s, c, a, beside), Blocks: fit(head, middle, tail, note(s.say("bot.case.more")))}
}

const verdictGuess = "guess"

// unknown reports that the answer is no more than what is nearest.
func unknown(c workflows.Case, a support.TriageAnswer) bool {
	return len(a.Findings) == 0 || a.Findings[0].Cause.ID == "not-certificate:other" || verdictOf(c, a) == verdictGuess
}

// verdictOf is the key of the words for an answer.
func verdictOf(c workflows.Case, a support.TriageAnswer) string {
	verdict := a.Said()
	if a.Verdict == "ambiguous" && (a.Question == nil || c.Outcome != "") {
		verdict += "_open"
	}
	return verdict
}

// caseText is the answer in a line, for notifications.
func caseText(s speaker, c workflows.Case, a support.TriageAnswer, beside support.Beside) string {
	title := ""
	if len(a.Findings) > 0 {
		title = s.text(support.TextOf(a.Findings[0].Title()))
	}
	if a.Verdict == "not-certificate" {
		return clip(":compass: "+title, 500)
	}
	return clip(s.say("bot.case.verdict."+besideVerdict(verdictOf(c, a), a, beside))+" "+title, 500)
}

// judgeLine says whose verdict the evidence shows, and so who must act.
func judgeLine(s speaker, c workflows.Case, f support.TriageFinding) string {
	if f.Judge == "" {
		return ""
	}
	if p := c.Context["product"]; p != "" {
		return s.say("bot.case.judge."+f.Judge, "Product", s.option("product", p))
	}
	return s.say("triage.judge." + f.Judge)
}

// fixBlocks are the steps of a fix as a checklist: each step with a button of its own,
// because several people work on one case and none may undo another's tick.
func fixBlocks(s speaker, c workflows.Case, a support.TriageAnswer, cause *support.Cause, heading string) []slack.Block {
	steps := support.FixSteps(c, a, cause)
	if len(steps) == 0 {
		return nil
	}
	ticked := c.Done(cause.ID)
	blocks := []slack.Block{section("*" + s.say(heading) + "*" + progress(s, len(ticked), len(steps)))}
	for i, step := range steps {
		line, label, then := fmt.Sprintf("%d. %s", i+1, s.text(support.TextOf(step))), "bot.button.step_done", true
		if slices.Contains(ticked, i) {
			line, label, then = ":white_check_mark: ~"+strings.ReplaceAll(line, "~", "")+"~", "bot.button.step_open", false
		}
		value := fixStep{c.ID, cause.ID, i, then}.String()
		b := section(line)
		b.BlockID = fmt.Sprintf("case step %s %d", c.ID, i)
		b.Accessory = slack.NewAccessory(button(actCaseTick, value, s.raw(label), slack.StyleDefault))
		blocks = append(blocks, b)
	}
	return blocks
}

func progress(s speaker, done, of int) string {
	if done == 0 {
		return ""
	}
	return " · " + s.say("bot.case.progress", "Done", strconv.Itoa(done), "Of", strconv.Itoa(of))
}

// longOption is where the words of an option no longer fit a button, in characters.
const longOption = 48

// questionBlocks ask the one thing that would tell the rivals apart.
func questionBlocks(s speaker, c workflows.Case, a support.TriageAnswer) []slack.Block {
	q := a.Question
	if q == nil || c.Outcome != "" {
		return nil
	}
	blocks := []slack.Block{slack.NewDividerBlock(), section(":grey_question: *" + s.text(support.TextOf(q.Text)) + "*")}
	block := "case question " + q.ID + " " + c.ID // of its own: Slack keeps what was chosen in a block of the same name
	type choice struct{ id, label string }
	var choices []choice
	fits, unsure := len(q.Options) <= 5, false
	for _, o := range q.Options {
		choices = append(choices, choice{o.ID, s.plain(support.TextOf(o.Text))})
		fits = fits && len([]rune(s.plain(support.TextOf(o.Text)))) <= longOption
		unsure = unsure || o.ID == "nothing" || o.ID == "unsure"
	}
	if !unsure { // nobody must be stuck with a question
		choices = append(choices, choice{support.Unsure, s.raw("bot.case.unsure")})
	}
	if fits {
		var row []slack.BlockElement
		for _, o := range choices {
			row = append(row, button(fmt.Sprintf("%s.%s.%s", actCaseAnswer, q.ID, o.id), c.ID, o.label, slack.StyleDefault))
		}
		return append(blocks, actions(block, row...))
	}
	var opts []*slack.OptionBlockObject
	for _, o := range choices[:min(len(choices), 100)] {
		text, rest := halves(o.label, maxOption)
		opt := slack.NewOptionBlockObject(q.ID+"."+o.id, plainText(text, maxOption), nil)
		if rest != "" {
			opt.Description = plainText(rest, maxOption)
		}
		opts = append(opts, opt)
	}
	pick := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plainText(s.raw("bot.talk.choose"), maxPlaceholder), actCaseAnswer, opts...)
	return append(blocks, actions(block, pick))
}

// halves cuts text between words so that the first part has at most n characters.
func halves(text string, n int) (first, rest string) {
	runes := []rune(text)
	if len(runes) <= n {
		return text, ""
	}
	at := n
	for i := n; i > n/2; i-- {
		if runes[i] == ' ' {
			at = i
			break
		}
	}
	return string(runes[:at]), strings.TrimSpace(string(runes[at:]))
}

// caseActions are what can be done with an answer, and how it ended.
func caseActions(s speaker, c workflows.Case, a support.TriageAnswer) []slack.Block {
	var row []slack.BlockElement
	if len(a.Findings) > 0 && verdictOf(c, a) != verdictGuess { // what is nearest is nothing to act on
		first := a.Findings[0].Cause
		switch {
		case !first.Certificate():
			row = append(row, button(actCaseHand, c.ID, s.raw("bot.button.handover"), slack.StylePrimary))
		case first.NewCertificate:
			row = append(row, button(actCaseRemedy, c.ID, s.raw("bot.button.remedy"), slack.StylePrimary))
		}
	}
	if len(a.Findings)+len(c.Seen)+len(c.Certs) > 0 {
		row = append(row, button(actCaseLong, c.ID, s.raw("bot.button.long"), slack.StyleDefault))
	}
	both := c.Outcome == "" && len(a.Findings) > 0
	if !both && (c.Outcome == "" || c.Outcome == "solved") { // a slip, or a remark misread, must not stand for ever
		row = append(row, button(actCaseWrong, c.ID, s.raw("bot.button.wrong"), slack.StyleDefault))
	}
	if c.Outcome == "" && c.Answered() {
		row = append(row, button(actCaseAgain, c.ID, s.raw("bot.button.answer_again"), slack.StyleDefault))
	}
	if c.Outcome == "wrong" || unknown(c, a) {
		row = append(row, button(actCaseTeach, c.ID, s.raw("bot.button.teach"), slack.StyleDefault))
	}
	var blocks []slack.Block
	if c.Outcome != "" && c.Other() == "" {
		blocks = append(blocks, note(outcomeLine(s, c)))
	}
	if len(row) > 0 {
		blocks = append(blocks, actions("case do "+c.ID, row...))
	}
	if both {
		blocks = append(blocks, feedbackBlock(s, c.ID))
	}
	return blocks
}

// feedbackBlock asks how it went in Slack's own way.
func feedbackBlock(s speaker, id string) *slack.ContextActionsBlock {
	side := func(outcome, key string) *slack.FeedbackButton {
		return slack.NewFeedbackButton(plainText(s.raw(key), maxButton), feedback{id, outcome}.String())
	}
	return slack.NewContextActionsBlock("case feedback "+id, slack.NewFeedbackButtonsBlockElement(actCaseFeedback, side(outcomeSolved, "bot.button.solved"), side(outcomeWrong, "bot.button.wrong")))
}

// feedbackRow is feedbackBlock where Slack's own way is not known.
func feedbackRow(b slack.Block) []slack.Block {
	block, ok := b.(*slack.ContextActionsBlock)
	if !ok {
		return nil
	}
	var row []slack.BlockElement
	for _, e := range block.Elements.ElementSet {
		f, ok := e.(*slack.FeedbackButtonsBlockElement)
		if !ok {
			continue
		}
		for i, side := range []*slack.FeedbackButton{f.PositiveButton, f.NegativeButton} {
			row = append(row, slack.NewButtonBlockElement(f.ActionID+"."+strconv.Itoa(i), side.Value, side.Text))
		}
	}
	return []slack.Block{actions(block.BlockID, row...)}
}

func outcomeLine(s speaker, c workflows.Case) string {
	line := s.raw("bot.case.outcome."+c.Outcome, "Who", who(c.Ended))
	if c.Comment != "" {
		line += "\n" + quote(clip(c.Comment, 500))
	}
	return line
}

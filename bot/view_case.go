package bot

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

const (
	viewDiagnose = "case.diagnose"
	viewWrong    = "case.wrong"

	actCaseAnswer = "case.answer" // suffix: question and option; or a select with the block's name
	actCaseTick   = "case.tick"
	actCaseSolved = "case.solved"
	actCaseWrong  = "case.wrong"
	actCaseLong   = "case.long"
	actCaseHand   = "case.handover"
	actCaseRemedy = "case.remedy"
	actCaseTeach  = "case.teach"
)

// Rivals are shown side by side, a known cause alone; the rest is in the long form.
const (
	maxRivals   = 3
	maxEvidence = 3
)

// caseView is the answer to a case: the cause first, the evidence in the person's own
// words, then what to do, then one question.
func caseView(s speaker, c workflows.Case, a workflows.TriageAnswer) message {
	head := []slack.Block{section(s.say("bot.case.verdict." + string(a.Verdict)))}
	var middle []slack.Block
	shown := a.Findings[:min(len(a.Findings), maxRivals)]
	if a.Verdict == "known-cause" || a.Verdict == "not-certificate" {
		shown = shown[:min(len(shown), 1)]
	}
	for i, f := range shown {
		middle = append(middle, section(findingText(s, f, i, len(shown))))
		if i == 0 {
			if line := judgeLine(s, c, f); line != "" {
				middle = append(middle, note(line))
			}
			middle = append(middle, fixBlocks(s, c, a, f)...)
		}
	}
	if rest := a.Findings[len(shown):]; len(rest) > 0 && len(shown) == 1 {
		var names []string
		for _, f := range rest[:min(len(rest), 2)] {
			names = append(names, s.text(workflows.TextOf(f.Cause.Title)))
		}
		middle = append(middle, note(s.raw("bot.case.also", "Causes", strings.Join(names, " · "))))
	}
	middle = append(middle, seenBlocks(s, c, a)...)
	tail := questionBlocks(s, c, a)
	if len(a.Redacted) > 0 {
		kinds := make([]string, 0, len(a.Redacted))
		for _, r := range a.Redacted {
			kinds = append(kinds, fmt.Sprintf("%s × %d", r.Kind, r.Count))
		}
		tail = append(tail, note(s.raw("bot.case.redacted", "What", escape(strings.Join(kinds, ", ")))))
	}
	tail = append(tail, caseActions(s, c, a)...)
	return message{Text: caseText(s, a), Blocks: fit(head, middle, tail, note(s.say("bot.case.more")))}
}

// caseText is the answer in a line, for notifications.
func caseText(s speaker, a workflows.TriageAnswer) string {
	text := s.say("bot.case.verdict." + string(a.Verdict))
	if len(a.Findings) > 0 {
		text += " " + s.text(workflows.TextOf(a.Findings[0].Cause.Title))
	}
	return clip(text, 500)
}

// findingText is one cause with its evidence.
func findingText(s speaker, f workflows.TriageFinding, i, of int) string {
	number := ""
	if of > 1 {
		number = strconv.Itoa(i+1) + ". "
	}
	text := fmt.Sprintf("*%s%s*  (%d %%)", number, s.text(workflows.TextOf(f.Cause.Title)), int(f.Confidence*100+0.5))
	for j, e := range f.Evidence {
		if j == maxEvidence || of > 1 && i > 0 && j == 1 {
			break
		}
		line := clip(strings.Join(strings.Fields(e.Text), " "), 400)
		if e.Source == workflows.FromAnswer {
			text += "\n> " + code(line) + "  _" + s.say("bot.case.your_answer") + "_"
			continue
		}
		where := ""
		switch {
		case e.Source != "" && e.Line > 0:
			where = "  _" + escape(e.Source) + ":" + strconv.Itoa(e.Line) + "_"
		case e.Source != "":
			where = "  _" + escape(e.Source) + "_"
		case e.Line > 0:
			where = "  _" + s.say("bot.case.line", "Line", strconv.Itoa(e.Line)) + "_"
		}
		if e.End > e.Start { // their own words
			text += "\n> " + code(clip(line, 180)) + where
		} else {
			text += "\n> " + escape(line) + where
		}
	}
	return text
}

// judgeLine says whose verdict the evidence shows, and so who must act.
func judgeLine(s speaker, c workflows.Case, f workflows.TriageFinding) string {
	if f.Judge == "" {
		return ""
	}
	if p := c.Context["product"]; p != "" {
		return s.say("bot.case.judge."+f.Judge, "Product", s.option("product", p))
	}
	return s.say("triage.judge." + f.Judge)
}

// seenBlocks say what files show that is not among the evidence already.
func seenBlocks(s speaker, c workflows.Case, a workflows.TriageAnswer) []slack.Block {
	var lines []string
	for _, o := range c.Seen {
		text := s.plain(workflows.TextOf(o.Text))
		used := false
		for _, f := range a.Findings {
			used = used || slices.ContainsFunc(f.Evidence, func(e workflows.Evidence) bool { return e.Text == text })
		}
		if !used && len(lines) < 4 {
			lines = append(lines, "• "+clip(escape(text), 350)+"  _"+escape(o.Source)+"_")
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return []slack.Block{note("*" + s.say("bot.case.seen") + "*\n" + strings.Join(lines, "\n"))}
}

// fixBlocks are the steps of the fix as a checklist whose ticks are kept.
func fixBlocks(s speaker, c workflows.Case, a workflows.TriageAnswer, f workflows.TriageFinding) []slack.Block {
	steps := c.FixSteps(a, f.Cause)
	if len(steps) == 0 {
		return nil
	}
	var opts, initial []*slack.OptionBlockObject
	text := "*" + s.say("bot.case.fix") + "*"
	for i, step := range steps {
		line := s.text(workflows.TextOf(step))
		done := slices.Contains(c.Ticks, i)
		if done {
			line = "~" + strings.ReplaceAll(line, "~", "") + "~"
		}
		text += fmt.Sprintf("\n%d. %s", i+1, line)
		if i < 10 {
			o := slack.NewOptionBlockObject(strconv.Itoa(i), plainText(s.raw("bot.case.step", "Number", strconv.Itoa(i+1)), maxOption), nil)
			opts = append(opts, o)
			if done {
				initial = append(initial, o)
			}
		}
	}
	boxes := slack.NewCheckboxGroupsBlockElement(actCaseTick, opts...)
	boxes.InitialOptions = initial
	return []slack.Block{section(text), actions("case ticks "+c.ID, boxes)}
}

// longOption is where the words of an option no longer fit a button, in characters.
const longOption = 48

// questionBlocks ask the one thing that would tell the rivals apart.
func questionBlocks(s speaker, c workflows.Case, a workflows.TriageAnswer) []slack.Block {
	q := a.Question
	if q == nil || c.Outcome != "" {
		return nil
	}
	blocks := []slack.Block{slack.NewDividerBlock(), section(":grey_question: *" + s.text(workflows.TextOf(q.Text)) + "*")}
	fits := len(q.Options) <= 5
	label := func(i int) string { return s.plain(workflows.TextOf(q.Options[i].Text)) }
	for i := range q.Options {
		fits = fits && len([]rune(label(i))) <= longOption
	}
	var row []slack.BlockElement
	var opts []*slack.OptionBlockObject
	for i, o := range q.Options {
		if fits {
			row = append(row, button(fmt.Sprintf("%s.%s.%s", actCaseAnswer, q.ID, o.ID), c.ID, label(i), slack.StyleDefault))
		} else if len(opts) < 100 {
			opts = append(opts, slack.NewOptionBlockObject(q.ID+"."+o.ID, plainText(label(i), maxOption), nil))
		}
	}
	if !fits {
		row = append(row, slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plainText(s.raw("bot.talk.choose"), maxPlaceholder), actCaseAnswer, opts...))
	}
	return append(blocks, actions("case question "+c.ID, row...))
}

// caseActions are what can be done with an answer, and how it ended.
func caseActions(s speaker, c workflows.Case, a workflows.TriageAnswer) []slack.Block {
	var row []slack.BlockElement
	if len(a.Findings) > 0 {
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
	if c.Outcome == "" {
		if len(a.Findings) > 0 {
			row = append(row, button(actCaseSolved, c.ID, s.raw("bot.button.solved"), slack.StyleDefault))
		}
		row = append(row, button(actCaseWrong, c.ID, s.raw("bot.button.wrong"), slack.StyleDefault))
	}
	if c.Outcome == "wrong" || len(a.Findings) == 0 {
		row = append(row, button(actCaseTeach, c.ID, s.raw("bot.button.teach"), slack.StyleDefault))
	}
	var blocks []slack.Block
	if c.Outcome != "" {
		blocks = append(blocks, note(outcomeLine(s, c)))
	}
	if len(row) > 0 {
		blocks = append(blocks, actions("case do "+c.ID, row...))
	}
	return blocks
}

func outcomeLine(s speaker, c workflows.Case) string {
	kind, cause, _ := strings.Cut(c.Outcome, ":")
	line := s.raw("bot.case.outcome."+kind, "Who", who(c.Ended), "Cause", code(cause))
	if c.Comment != "" {
		line += "\n" + quote(clip(c.Comment, 500))
	}
	return line
}

// wrongModal asks what it was instead.
func wrongModal(s speaker, id string, causes []*workflows.Cause) slack.ModalViewRequest {
	byFamily := map[string][]*slack.OptionBlockObject{}
	var families []string
	for _, cause := range causes {
		if len(byFamily[cause.Family]) == 0 {
			families = append(families, cause.Family)
		}
		if len(cause.ID) <= maxOption && len(byFamily[cause.Family]) < 100 {
			byFamily[cause.Family] = append(byFamily[cause.Family], slack.NewOptionBlockObject(cause.ID, plainText(s.plain(workflows.TextOf(cause.Title)), maxOption), nil))
		}
	}
	groups := make([]*slack.OptionGroupBlockObject, 0, len(families))
	for _, f := range families[:min(len(families), 100)] {
		groups = append(groups, slack.NewOptionGroupBlockElement(plainText(s.family(f), maxOption), byFamily[f]...))
	}
	pick := slack.NewOptionsGroupSelectBlockElement(slack.OptTypeStatic, plainText(s.raw("bot.talk.choose"), maxPlaceholder), valueID, groups...)
	which := slack.NewInputBlock("cause", plainText(s.raw("bot.wrong.cause"), maxLabel), nil, pick)
	which.Optional = true
	input := slack.NewPlainTextInputBlockElement(nil, valueID)
	input.Multiline, input.MaxLength = true, 2000
	words := slack.NewInputBlock("reason", plainText(s.raw("bot.wrong.comment"), maxLabel), plainText(s.raw("bot.wrong.help"), maxHint), input)
	words.Optional = true
	return modal(s, viewWrong, "bot.wrong.title", "bot.wrong.submit", routing{Case: id}, []slack.Block{which, words})
}

// family is the heading of a family of causes; its name where the catalogue has none,
// as with files of the operator's own.
func (s speaker) family(name string) string {
	if key := "bot.family." + name; s.cat.Has(s.lang, key) {
		return s.cat.Say(s.lang, key, nil)
	}
	return name
}

// diagnoseModal takes an error, a log or PEM.
func diagnoseModal(s speaker) slack.ModalViewRequest {
	input := slack.NewPlainTextInputBlockElement(plainText(s.raw("bot.diagnose.example"), maxPlaceholder), valueID)
	input.Multiline, input.MaxLength = true, 3000
	block := slack.NewInputBlock("reason", plainText(s.raw("bot.diagnose.label"), maxLabel), plainText(s.raw("bot.diagnose.help"), maxHint), input)
	return modal(s, viewDiagnose, "bot.diagnose.title", "bot.diagnose.submit", routing{}, []slack.Block{block})
}

package bot

import (
	"strings"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"countersign/workflows"
	"countersign/workflows/support"
)

// handoverView is a text to be copied: literal, in one block.
func handoverView(s speaker, text string) message {
	return message{Text: s.say("bot.case.handover"), Blocks: []slack.Block{note(s.say("bot.case.handover")), section(block(text, maxSection))}}
}

// followedView says in the thread what an addition has changed.
func followedView(s speaker, c workflows.Case, a support.TriageAnswer, changed bool) message {
	if !changed {
		return oneLine(s.say("bot.case.same"))
	}
	text := s.say("bot.case.changed." + a.Said())
	for i, f := range a.Findings {
		if i == 0 || a.Verdict == "ambiguous" && i < 2 {
			text += fmtFinding(s, f)
		}
	}
	if a.Question != nil && c.Outcome == "" {
		text += "\n:grey_question: " + s.text(support.TextOf(a.Question.Text))
	}
	return oneLine(text + "\n_" + s.say("bot.case.card_above") + "_")
}

// outcomeView answers a remark on how it went.
func outcomeView(s speaker, c workflows.Case, a support.TriageAnswer, solved bool) message {
	if solved {
		return oneLine(s.say("bot.case.outcome_solved"))
	}
	text := s.say("bot.case.outcome_stuck")
	for i, f := range a.Findings {
		if i > 0 && i < support.Rivals && c.Other() == "" {
			text += fmtFinding(s, f)
		}
	}
	if a.Question != nil && c.Outcome == "" {
		text += "\n:grey_question: " + s.text(support.TextOf(a.Question.Text))
	}
	return oneLine(text + "\n" + s.say("bot.case.outcome_next"))
}

func fmtFinding(s speaker, f support.TriageFinding) string {
	return "\n• *" + s.text(support.TextOf(f.Title())) + "*  " + s.say("bot.case.sure", "Percent", percent(f.Confidence))
}

// longView is everything about a case, in one block that Slack lays out.
func longView(s speaker, markdown string) message {
	return message{Text: s.say("bot.file.case"), Blocks: []slack.Block{note(s.say("bot.file.case")), slack.NewMarkdownBlock("", markdown)}}
}

// inMarkdown shows what people and files say as code, in which Markdown has no marks. Where
// Slack's own begin all the same, as in <!here>, they do not.
func inMarkdown(text string) string {
	text = strings.Join(strings.Fields(shown(text)), " ")
	if text == "" {
		return "–"
	}
	return "`" + strings.NewReplacer("`", "\u02cb", "<@", "‹@", "<!", "‹!", "<#", "‹#").Replace(text) + "`"
}

// markdownSections are a text in Markdown where Slack has no block for it: as it was written.
func markdownSections(b slack.Block) []slack.Block {
	m, ok := b.(*slack.MarkdownBlock)
	if !ok {
		return nil
	}
	var blocks []slack.Block
	part := ""
	for line := range strings.Lines(m.Text) {
		if utf8.RuneCountInString(part+line) > maxSection/2 { // escaped it is longer
			blocks, part = append(blocks, section(block(part, maxSection))), ""
		}
		part += line
	}
	return append(blocks, section(block(part, maxSection)))
}

package bot

import (
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

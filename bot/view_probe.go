package bot

import (
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"countersign/workflows"
	"countersign/workflows/support"
)

// actCaseProbe asks for a look; its suffix tells buttons apart, its value is case and target.
const actCaseProbe = "case.look"

// How much of looks a card shows: the newest, and of a chain what fits a glance.
const (
	shownLooks = 2
	shownChain = 4
)

// besideBlocks show what was seen from here and what the model says, each under its own
// heading: neither is the answer.
func besideBlocks(s speaker, c workflows.Case, b support.Beside) []slack.Block {
	var blocks []slack.Block
	if c.Probing != "" {
		blocks = append(blocks, section(":hourglass_flowing_sand: "+s.raw("bot.look.under_way", "Target", code(c.Probing))))
	}
	for _, l := range b.Probes[max(0, len(b.Probes)-shownLooks):] {
		blocks = append(blocks, section(probeText(s, l)))
	}
	return append(blocks, assistBlocks(s, b)...)
}

// probeText says what came of one look: of each connection, beside what was pasted, and
// the chain that was presented.
func probeText(s speaker, l support.Seen) string {
	text := ":satellite_antenna: *" + s.raw("bot.look.title", "Target", code(l.Target), "When", s.when(l.At), "Who", who(l.By)) + "*"
	for i, said := range l.Said {
		how := ""
		if len(l.Said) > 1 {
			how = "_" + s.say([]string{"bot.look.without", "bot.look.with"}[min(i, 1)]) + "_ "
		}
		text += "\n• " + how + s.text(said)
	}
	for _, o := range l.Compared {
		text += "\n• " + s.text(o)
	}
	for i, f := range l.Chain {
		if i == shownChain {
			text += "\n> +" + strconv.Itoa(len(l.Chain)-i)
			break
		}
		text += "\n> " + strconv.Itoa(i+1) + ". " + clip(code(f.Subject), 200) + " ← " + clip(code(f.Issuer), 200) + "  (" + s.raw("bot.look.until", "Day", s.day(f.NotAfter)) + ")"
	}
	return text
}

// probeButtons offer what may be looked at: what the case names, and again what was
// looked at last.
func probeButtons(s speaker, c workflows.Case, b support.Beside) []slack.BlockElement {
	var row []slack.BlockElement
	add := func(target, key string) {
		label := s.raw(key, "Target", target)
		row = append(row, button(actCaseProbe+"."+strconv.Itoa(len(row)), host{c.ID, target}.String(), label, slack.StyleDefault))
	}
	for _, target := range b.Offer {
		add(target, "bot.button.look")
	}
	if n := len(b.Probes); n > 0 && c.Probing == "" && len(row) == 0 {
		add(b.Probes[n-1].Target, "bot.button.look_again")
	}
	return row
}

// lookedHead is the first line of a case in which nothing is found but something was
// looked at, "" for all others.
func lookedHead(s speaker, c workflows.Case, a support.TriageAnswer, b support.Beside) string {
	switch {
	case len(a.Findings) > 0:
	case c.Probing != "":
		return s.say("bot.look.waits")
	case len(b.Probes) > 0:
		return s.say("bot.look.nothing_wrong")
	}
	return ""
}

// probedView says in the thread what came of the last look.
func probedView(s speaker, a support.TriageAnswer, b support.Beside) message {
	if len(b.Probes) == 0 {
		return oneLine(s.say("bot.case.same"))
	}
	text := probeText(s, b.Probes[len(b.Probes)-1])
	if len(a.Findings) > 0 && a.Verdict != "unknown" {
		text += "\n" + s.say("bot.look.so") + fmtFinding(s, a.Findings[0])
	}
	return oneLine(text + "\n_" + s.say("bot.case.card_above") + "_")
}

// assistBlocks are the words of the model, marked as such.
func assistBlocks(s speaker, b support.Beside) []slack.Block {
	m := b.Assist
	if m == nil {
		return nil
	}
	var lines []string
	if m.Text != "" {
		lines = append(lines, escape(m.Text))
	}
	if m.Likeliest != "" {
		lines = append(lines, s.raw("bot.assist.likeliest", "Title", s.text(b.Likeliest)))
	}
	if m.Possible != "" {
		quoted := code(clip(m.Quote, 180))
		if m.Line > 0 {
			quoted += "  _" + s.say("bot.case.line", "Line", strconv.Itoa(m.Line)) + "_"
		}
		lines = append(lines, s.raw("bot.assist.possible", "Title", s.text(b.Possible))+"\n> "+quoted+"\n"+s.say("bot.assist.possible_next"))
	}
	if m.Question != "" {
		lines = append(lines, ":grey_question: "+escape(m.Question))
	}
	return []slack.Block{note(":robot_face: *" + s.say("bot.assist.title") + "*  _" + s.say("bot.assist.checked") + "_\n" + strings.Join(lines, "\n"))}
}

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

// maxEvidence is how many pieces of evidence the likeliest cause is shown with.
const maxEvidence = 3

// findingText is one cause with its evidence; quoted is what was shown before, which
// need not be said twice.
func findingText(s speaker, c workflows.Case, f support.TriageFinding, i, of int, quoted []support.Evidence) (string, []support.Evidence) {
	number := ""
	if of > 1 {
		number = strconv.Itoa(i+1) + ". "
	}
	text := fmt.Sprintf("*%s%s*  %s", number, s.text(support.TextOf(f.Title())), s.say("bot.case.sure", "Percent", percent(f.Confidence)))
	evidence := apart(f.Evidence, quoted)
	most := maxEvidence
	if i > 0 {
		most = 1
	}
	for _, e := range evidence[:min(len(evidence), most)] {
		text += "\n> " + evidenceLine(s, c, e)
	}
	return text, append(quoted, evidence...)
}

func percent(confidence float64) string { return strconv.Itoa(int(confidence*100 + 0.5)) }

// evidenceLine quotes a piece of evidence and says where it stands. A text of one line
// needs no number.
func evidenceLine(s speaker, c workflows.Case, e support.Evidence) string {
	line := clip(strings.Join(strings.Fields(e.Text), " "), 400)
	if e.Source == support.FromAnswer {
		return ":speech_balloon: " + escape(line)
	}
	where := ""
	switch {
	case e.Source != "" && e.Line > 0:
		where = "  " + code(e.Source+":"+strconv.Itoa(e.Line))
	case e.Source != "":
		where = "  " + code(e.Source)
	case e.Line > 0 && strings.Contains(c.Input, "\n"):
		where = "  _" + s.say("bot.case.line", "Line", strconv.Itoa(e.Line)) + "_"
	}
	if e.End > e.Start { // their own words
		return markedWords(e) + where
	}
	return escape(line) + where
}

// markedWords quotes what a person wrote, with the decisive part of it as code.
func markedWords(e support.Evidence) string {
	flat := func(text string) string { return strings.Join(strings.Fields(text), " ") }
	from, to := e.Mark[0], e.Mark[1]
	if from < 0 || to > len(e.Text) || from >= to {
		from, to = 0, len(e.Text)
	}
	before, after := flat(e.Text[:from]), flat(e.Text[to:])
	if before == "" && after == "" {
		return code(clip(flat(e.Text), 180))
	}
	return strings.TrimSpace(escape(clip(before, 120)) + " " + code(clip(flat(e.Text[from:to]), 180)) + " " + escape(clip(after, 120)))
}

// maxWhole is how long a quotation may be that is shown instead of a part of it.
const maxWhole = 90

// apart leaves out evidence that overlaps what is quoted already; of two pieces that
// overlap the longer one stays while it is short.
func apart(list, quoted []support.Evidence) []support.Evidence {
	var out []support.Evidence
	own := func(e support.Evidence) bool { return e.End > e.Start }
	overlap := func(a, b support.Evidence) bool {
		if own(a) != own(b) {
			return false
		}
		return own(a) && a.Start < b.End && b.Start < a.End || !own(a) && a.Text == b.Text
	}
	for _, e := range list {
		if slices.ContainsFunc(quoted, func(q support.Evidence) bool { return overlap(e, q) }) {
			continue
		}
		at := slices.IndexFunc(out, func(o support.Evidence) bool { return overlap(e, o) })
		switch {
		case at < 0:
			out = append(out, e)
		case own(e) && e.Start <= out[at].Start && e.End >= out[at].End && len(e.Text) <= maxWhole:
			out[at] = e
		}
	}
	return out
}

// seenBlocks say what files show that is not among the evidence already.
func seenBlocks(s speaker, c workflows.Case, a support.TriageAnswer) []slack.Block {
	var lines []string
	for _, o := range c.Seen {
		text := s.plain(support.TextOf(o.Text))
		used := c.Probed(o.Source) || support.Describes(o) // those stand with the look, or the artefacts
		for _, f := range a.Findings {
			used = used || slices.ContainsFunc(f.Evidence, func(e support.Evidence) bool { return e.Text == text })
		}
		if !used && len(lines) < 4 {
			lines = append(lines, "• "+clip(escape(text), 350)+"  "+code(o.Source))
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return []slack.Block{note("*" + s.say("bot.case.seen") + "*\n" + strings.Join(lines, "\n"))}
}

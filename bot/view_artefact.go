package bot

import (
	"strings"

	"github.com/slack-go/slack"

	"countersign/workflows/support"
)

// maxArtefacts is how many artefacts a card describes beside its answer.
const maxArtefacts = 4

// besideVerdict is the key of the words for an answer beside artefacts: where no cause was
// found, that nothing is wrong with them, or that they are closed.
func besideVerdict(verdict string, a support.TriageAnswer, beside support.Beside) string {
	if len(a.Findings) > 0 || len(beside.Artefacts) == 0 {
		return verdict
	}
	return support.SaidOf(a, beside.Artefacts)
}

// artefactBlocks say what the artefacts are that people gave; beside a cause in a line each.
func artefactBlocks(s speaker, a support.TriageAnswer, list []support.Described) []slack.Block {
	var blocks []slack.Block
	for i, d := range list[:min(len(list), maxArtefacts)] {
		var b strings.Builder
		if i == 0 {
			b.WriteString("*" + s.say("bot.case.artefacts") + "*\n")
		}
		b.WriteString("• " + clip(s.text(d.Summary), 350) + "  " + code(d.Source))
		for _, n := range d.Notes {
			if len(a.Findings) > 0 {
				break
			}
			b.WriteString("\n   " + clip(s.text(n), 350))
		}
		blocks = append(blocks, note(b.String()))
	}
	return blocks
}

package bot

import (
	"github.com/slack-go/slack"

	"countersign/workflows"
)

// shownTwins is how many twins a review shows: each has a button.
const shownTwins = 5

// twinBlocks tell approvers that a certificate with the names of r was in use already.
func twinBlocks(s speaker, r workflows.Request) []slack.Block {
	if r.Twin == nil {
		return nil
	}
	return []slack.Block{section(twinLine(s, r))}
}

func twinLine(s speaker, r workflows.Request) string {
	return s.raw("bot.twin.card", "Request", code(string(r.Twin.Request)), "Who", who(r.Twin.Owner), "Day", s.day(r.Twin.NotAfter))
}

// twinNote points out, before a request is sent, the certificates in use that have its names:
// one's own is renewed at a click, for another's there is whom to ask.
func twinNote(s speaker, c workflows.Conversation) []slack.Block {
	var blocks []slack.Block
	var row []slack.BlockElement
	for _, twin := range c.Twins[:min(len(c.Twins), shownTwins)] {
		key := "bot.twin.theirs"
		if twin.Yours {
			key = "bot.twin.yours"
			row = append(row, button(actInstead+"."+string(twin.Request), promptTurn{Conversation: c.ID, About: string(twin.Request)}.String(), s.raw("bot.button.renew_instead", "Request", string(twin.Request)), slack.StyleDefault))
		}
		blocks = append(blocks, section(s.raw(key, "Request", code(string(twin.Request)), "Name", code(twin.Name), "Who", who(twin.Owner), "Day", s.day(twin.NotAfter))))
	}
	if len(row) > 0 {
		blocks = append(blocks, actions("twins "+c.ID, row...))
	}
	return blocks
}

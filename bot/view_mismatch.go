package bot

import (
	"github.com/slack-go/slack"

	"countersign/workflows"
	"countersign/workflows/issuance"
)

// The actions on a certificate that differs. Their value is the request's ID and the
// mark of what the card shows.
const (
	actAccept   = "held.accept"
	actTurnAway = "held.turn_away"
)

// mismatchBlocks say what came back, in what it differs, and what to ask of the CA.
func mismatchBlocks(s speaker, r workflows.Request) []slack.Block {
	if r.Mismatch == nil {
		return nil
	}
	blocks := []slack.Block{section(s.raw("bot.held.text", "When", s.when(r.Mismatch.At), "Hash", code(r.Mismatch.SHA256()))), section("*" + s.say("bot.held.differs") + "*")}
	var rest []workflows.Finding
	for _, f := range r.Mismatch.Findings {
		if issuance.Differs(f) {
			blocks = append(blocks, findingBlocks(s, []workflows.Finding{f})...)
		} else {
			rest = append(rest, f)
		}
	}
	if len(rest) > 0 {
		blocks = append(append(blocks, section("*"+s.say("bot.held.also")+"*")), findingBlocks(s, rest)...)
	}
	return blocks
}

// mismatchNext says to the requester what would settle it.
func mismatchNext(s speaker, r workflows.Request) string {
	switch {
	case r.Mismatch.By == workflows.Robot:
		return s.say("bot.held.next_issuer")
	case r.Mismatch.LeafOnly():
		return s.say("bot.held.next_chain")
	}
	return s.say("bot.held.next")
}

// mismatchActions are for approvers.
func mismatchActions(s speaker, r workflows.Request) *slack.ActionBlock {
	value := asShown{r.ID, r.Mismatch.Mark()}.String()
	return actions("held",
		button(actAccept, value, s.raw("bot.button.accept"), slack.StylePrimary).WithConfirm(confirm(s, "bot.confirm.accept")),
		button(actTurnAway, value, s.raw("bot.button.turn_away"), slack.StyleDanger).WithConfirm(confirm(s, "bot.confirm.turn_away")))
}

package bot

import (
	"fmt"
	"slices"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// actUnusedRevoked confirms that a certificate which nobody gets was revoked at its CA.
// A number follows: of one row of buttons no two may have the same. Its value is the
// request's ID and the certificate's SHA-256.
const actUnusedRevoked = "stray.confirm"

// mostUnused is how many are spelt out where a request stands; the audit record has all.
const mostUnused = 3

// openUnused are the newest certificates of r that nobody gets and that are not revoked
// yet, newest last.
func openUnused(r workflows.Request) []workflows.Unused {
	open := slices.DeleteFunc(slices.Clone(r.Unused), func(v workflows.Unused) bool { return !v.Open() })
	return open[max(0, len(open)-mostUnused):]
}

// unusedBlocks say of each of those what becomes of it.
func unusedBlocks(s speaker, r workflows.Request) []slack.Block {
	var blocks []slack.Block
	for _, v := range openUnused(r) {
		blocks = append(blocks, section(unusedLine(s, r, v)))
	}
	return blocks
}

// unusedLine says why nobody gets a certificate, and how far its revocation is.
func unusedLine(s speaker, r workflows.Request, v workflows.Unused) string {
	why := "bot.unused.turned_away"
	switch {
	case v.Replaced():
		why = "bot.unused.replaced"
	case v.By == workflows.Robot:
		why = "bot.unused.refused"
	}
	how := "bot.unused.under_way"
	switch {
	case !v.Open() && v.DoneBy == workflows.Robot:
		how = "bot.unused.done"
	case !v.Open():
		how = "bot.unused.confirmed"
	case v.Manual && !v.Why.Zero():
		how = "bot.unused.failed"
	case v.Manual:
		how = "bot.unused.ask"
	case !v.Waits.Zero():
		how = "bot.unused.waits"
	}
	return s.raw(why, "Serial", code(v.Serial()), "Who", who(v.By), "When", s.when(v.At)) + " " +
		s.raw(how, "Serial", code(v.Serial()), "Issuer", escape(s.option("issuer", r.Issuer)), "Reason", s.say("bot.revoke.reason."+v.Reason),
			"Why", s.text(v.Why), "Waits", s.text(v.Waits), "Who", who(v.DoneBy), "When", s.when(v.Done))
}

// revocationActions let approvers confirm what they have revoked at the CA.
func revocationActions(s speaker, r workflows.Request) []slack.Block {
	var rows []slack.Block
	add := func(row *slack.ActionBlock) {
		if row != nil {
			row.BlockID += " " + string(r.ID) // App Home has several
			rows = append(rows, row)
		}
	}
	if r.Revoking != nil {
		add(revokeActions(s, r))
	}
	add(unusedActions(s, r))
	return rows
}

// unusedActions offers approvers to confirm what had to be done by hand.
func unusedActions(s speaker, r workflows.Request) *slack.ActionBlock {
	var row []slack.BlockElement
	for i, v := range openUnused(r) {
		if v.Manual {
			serial := v.Serial()
			row = append(row, button(fmt.Sprintf("%s.%d", actUnusedRevoked, i), asShown{r.ID, v.SHA256()}.String(), s.raw("bot.button.unused_revoked", "Serial", serial[max(0, len(serial)-8):]), slack.StyleDefault).
				WithConfirm(confirm(s, "bot.confirm.revoked")))
		}
	}
	if len(row) == 0 {
		return nil
	}
	return actions("unused", row...)
}

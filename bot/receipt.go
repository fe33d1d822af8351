package bot

import (
	"encoding/json"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// receiptOf is what a redelivery of the same interaction has in common with the
// first: who did what where and when, by Slack's own clock, or the submitted view.
func receiptOf(cb slack.InteractionCallback) workflows.Receipt {
	who := cb.Team.ID + "/" + cb.User.ID
	switch cb.Type {
	case slack.InteractionTypeViewSubmission:
		return workflows.Receipt("view/" + who + "/" + cb.View.ID + "/" + cb.View.Hash)
	case slack.InteractionTypeBlockActions:
		if len(cb.ActionCallback.BlockActions) > 0 {
			a := cb.ActionCallback.BlockActions[0]
			return workflows.Receipt("action/" + who + "/" + cb.Container.MessageTs + cb.Container.ViewID + "/" + a.ActionID + "/" + a.ActionTs)
		}
	default:
	}
	return workflows.Receipt("interaction/" + who + "/" + cb.TriggerID)
}

// pageReceipt tells a page that comes twice from one that its person changed and sent
// again, because Slack had lost the answer: both are of the same view.
func pageReceipt(cb slack.InteractionCallback, values workflows.Answers) workflows.Receipt {
	raw, err := json.Marshal(values)
	if err != nil {
		return "" // strings cannot fail
	}
	return receiptOf(cb) + workflows.Receipt("/"+workflows.Fingerprint(raw)[:16])
}

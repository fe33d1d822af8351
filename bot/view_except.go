package bot

import (
	"github.com/slack-go/slack"

	"countersign/workflows"
)

// blockApproved is the field of the certificates that are approved.
const blockApproved = "approved"

// exceptModal asks which certificates of a group are approved; the others are rejected.
func exceptModal(s speaker, all []workflows.Request, hash string) slack.ModalViewRequest {
	var list []*slack.OptionBlockObject // ten at most, as many as a group has and checkboxes hold
	for _, r := range those(openIn(all), func(r workflows.Request) bool { return r.State == workflows.Submitted }) {
		list = append(list, slack.NewOptionBlockObject(string(r.ID), plainText(title(r), maxOption), plainText(s.profile(r.Spec.Profile), maxOption)))
	}
	boxes := slack.NewCheckboxGroupsBlockElement(valueID, list...)
	boxes.InitialOptions = list
	which := slack.NewInputBlock(blockApproved, plainText(s.raw("bot.except.label"), maxLabel), plainText(s.raw("bot.except.help"), maxHint), boxes).WithOptional(true)
	why := wordsInput(s, "bot.except.why", "bot.reason.reject.help", 2000)
	why.Optional = true
	return modal(s, viewExcept, "bot.except.title", "bot.except.submit", routing{Group: all[0].Group, Hash: hash}, []slack.Block{which, why})
}

package bot

import (
	"github.com/slack-go/slack"

	"countersign/workflows"
	"countersign/workflows/form"
	"countersign/workflows/intake"
)

// maxProposal bounds what is shown of one proposal, so that all of them fit a message.
const maxProposal = 400

// proposedBlocks show what the model reads in a person's words about fields that are
// open, each with its words and a button to take it. Nothing of it is an answer yet.
func proposedBlocks(s speaker, f form.Form, c workflows.Conversation) []slack.Block {
	list := c.Proposed
	if len(list) == 0 {
		return nil
	}
	blocks := []slack.Block{note(":robot_face: *" + s.say("bot.propose.title") + "*  _" + s.say("bot.propose.checked") + "_")}
	for _, p := range list {
		field, _ := f.Field(p.Field)
		text := s.raw("bot.propose.value", "Label", s.fact(p.Field), "Value", answerText(s, c.Answers, field, p.Values))
		if field.Type == form.Choice || field.Type == form.Choices {
			text += "\n> " + s.raw("bot.propose.quote", "Quote", code(clip(p.Quote, 180)))
		}
		now := intake.Takeable(f, c, p)
		if !now {
			text += after(s, f, c, field)
		}
		if !now || len(list) == 1 { // there is a button for all
			blocks = append(blocks, slack.NewSectionBlock(mrkdwn(text, maxProposal), nil, nil))
			continue
		}
		take := button(actTake+"."+p.Field, promptTurn{c.ID, p.Field, []string{p.Mark()}}.String(), s.raw("bot.button.take"), slack.StyleDefault)
		blocks = append(blocks, slack.NewSectionBlock(mrkdwn(text, maxProposal), nil, slack.NewAccessory(take)))
	}
	marks := make([]string, len(list))
	for i, p := range list {
		marks[i] = p.Mark()
	}
	value, all := promptTurn{c.ID, "*", marks}.String(), "bot.button.take_all"
	if len(list) == 1 {
		all = "bot.button.take"
	}
	return append(blocks, actions("propose "+c.ID, button(actTake+".all", value, s.raw(all), slack.StyleDefault),
		button(actNo, value, s.raw("bot.button.take_no"), slack.StyleDefault)))
}

// after says on which open question a proposal hangs.
func after(s speaker, f form.Form, c workflows.Conversation, field form.Field) string {
	for _, is := range field.When {
		if first, ok := f.Field(is.Key); ok && !c.Answers.Has(first.Key) {
			return "\n_" + s.say("bot.propose.after", "Label", s.fact(first.Key)) + "_"
		}
	}
	return ""
}

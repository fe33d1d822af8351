package bot

import (
	"github.com/slack-go/slack"

	"countersign/workflows"
	"countersign/workflows/support"
)

// wrongModal asks what it was instead.
func wrongModal(s speaker, id string, causes []*support.Cause) slack.ModalViewRequest {
	byFamily := map[string][]*slack.OptionBlockObject{}
	var families []string
	for _, cause := range causes {
		if len(byFamily[cause.Family]) == 0 {
			families = append(families, cause.Family)
		}
		if len(cause.ID) <= maxOption && len(byFamily[cause.Family]) < 100 {
			byFamily[cause.Family] = append(byFamily[cause.Family], slack.NewOptionBlockObject(cause.ID, plainText(s.plain(support.TextOf(cause.Title)), maxOption), nil))
		}
	}
	groups := make([]*slack.OptionGroupBlockObject, 0, len(families))
	for _, f := range families[:min(len(families), 100)] {
		groups = append(groups, slack.NewOptionGroupBlockElement(plainText(s.family(f), maxOption), byFamily[f]...))
	}
	pick := slack.NewOptionsGroupSelectBlockElement(slack.OptTypeStatic, plainText(s.raw("bot.talk.choose"), maxPlaceholder), valueID, groups...)
	which := slack.NewInputBlock("cause", plainText(s.raw("bot.wrong.cause"), maxLabel), nil, pick)
	which.Optional = true
	words := wordsInput(s, "bot.wrong.comment", "bot.wrong.help", 2000)
	words.Optional = true
	return modal(s, viewWrong, "bot.wrong.title", "bot.wrong.submit", routing{Case: id}, []slack.Block{which, words})
}

// family is the heading of a family of causes; its name where the catalogue has none,
// as with files of the operator's own.
func (s speaker) family(name string) string {
	if key := "bot.family." + name; s.cat.Has(s.lang, key) {
		return s.cat.Say(s.lang, key, nil)
	}
	return name
}

// diagnoseModal takes an error, a log or PEM.
func diagnoseModal(s speaker) slack.ModalViewRequest {
	block := wordsInput(s, "bot.diagnose.label", "bot.diagnose.help", 3000)
	block.Element.(*slack.PlainTextInputBlockElement).Placeholder = plainText(s.raw("bot.diagnose.example"), maxPlaceholder)
	return modal(s, viewDiagnose, "bot.diagnose.title", "bot.diagnose.submit", routing{}, []slack.Block{block})
}

// wrongView tells the support group what was pasted, what was answered and what it was,
// so that they can teach it.
func wrongView(s speaker, c workflows.Case, a support.TriageAnswer, cause *support.Cause) message {
	text := s.raw("bot.wrong.told", "Who", who(c.Ended), "Person", who(c.Person))
	if c.Ended == c.Person {
		text = s.raw("bot.wrong.told_own", "Who", who(c.Ended))
	}
	blocks := []slack.Block{section(text)}
	if pasted := c.Excerpt(); pasted != "" {
		blocks = append(blocks, section(block(pasted, maxSection)))
	}
	if len(a.Findings) > 0 {
		blocks = append(blocks, section(s.raw("bot.wrong.answered", "Title", s.text(support.TextOf(a.Findings[0].Cause.Title)))))
	}
	if cause != nil {
		blocks = append(blocks, section(s.raw("bot.wrong.said", "Title", s.text(support.TextOf(cause.Title)))))
	}
	if c.Comment != "" {
		blocks = append(blocks, section(quote(clip(c.Comment, 1000))))
	}
	blocks = append(blocks, actions("case wrong "+c.ID, button(actCaseTeach, c.ID, s.raw("bot.button.teach"), slack.StyleDefault)))
	return message{Text: clip(text, maxMessageText), Blocks: blocks}
}

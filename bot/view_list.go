package bot

import (
	"fmt"

	"github.com/slack-go/slack"

	"countersign/workflows/issuance"
)

// listView answers /cert list: what is listed, how many there are in all, and each with the
// button that shows it. meant is the whole command that was probably meant; "" for none.
func listView(s speaker, l issuance.Listed, meant string) message {
	of := s.raw("bot.list.of." + string(l.Whose))
	if l.Which != issuance.Any {
		of += " · " + s.raw("bot.list."+string(l.Which))
	}
	head, title := of, of // as markup, and as plain text
	if text := clip(l.Text, 60); text != "" {
		head += " · " + s.raw("bot.list.text", "Text", escape(text))
		title += " · " + s.raw("bot.list.text", "Text", text)
	}
	var notes []slack.Block
	if meant != "" {
		notes = append(notes, section(s.raw("bot.meant", "Command", code(meant))))
	}
	if l.NoTeam {
		notes = append(notes, section(s.say("bot.list.no_team")))
	}
	if len(l.Requests) == 0 {
		text := s.say("bot.list.none")
		if l.ListQuery != (issuance.ListQuery{Whose: issuance.Mine}) {
			text = s.raw("bot.list.nothing", "List", head)
		}
		return message{Text: text, Blocks: append(append(notes, section(text)),
			actions("start", button(actNew, "new", s.raw("bot.button.new"), slack.StylePrimary)))}
	}
	counted := "bot.list.count"
	switch {
	case l.Count >= issuance.MaxCounted:
		counted = "bot.list.first_of_many"
	case l.Count > len(l.Requests):
		counted = "bot.list.first_of"
	}
	blocks := append([]slack.Block{header(title)}, notes...)
	var rows []slack.Block
	for _, r := range l.Requests {
		text := stateLine(s, r)
		if l.Whose != issuance.Mine {
			text = who(r.Requester) + "  " + text
		}
		rows = append(rows, row(s, r, text, showButton(s, r)))
	}
	tail := []slack.Block{note(s.raw(counted, "Count", fmt.Sprint(l.Count), "Shown", fmt.Sprint(len(l.Requests))))}
	return message{Text: clip(head, maxMessageText), Blocks: fit(blocks, rows, tail, note(s.say("bot.card.more")))}
}

package bot

import (
	"github.com/slack-go/slack"

	"countersign/workflows"
)

// inDirect says where the answer comes, and what to do about a private key that was in
// the text.
func inDirect(s speaker, secret bool) string {
	text := s.say("bot.answer_in_dm")
	if secret {
		text = s.say("bot.secret") + "\n" + text
	}
	return text
}

// The actions that begin something, in App Home and in the help message.
const (
	actNew      = "home.new"
	actDiagnose = "home.diagnose"
)

// startActions begin a request or a case.
func startActions(s speaker) *slack.ActionBlock {
	return actions("start", button(actNew, "new", s.raw("bot.button.new"), slack.StylePrimary),
		button(actDiagnose, "diagnose", s.raw("bot.button.diagnose"), slack.StyleDefault))
}

// spokenOfView shows the requests that somebody spoke of; to cancel, each of their own
// with its button.
func spokenOfView(s speaker, by workflows.Person, id string, requests []workflows.Request, cancel bool) message {
	if len(requests) == 0 {
		key := "bot.spoken.nothing_open"
		if id != "" {
			key = "bot.spoken.unknown"
		}
		return oneLine(s.say(key, "Request", code(id)))
	}
	if !cancel {
		return message{Text: escape(title(requests[0])), Blocks: []slack.Block{requestRow(s, requests[0])}}
	}
	var rows []slack.Block
	head := s.say("bot.spoken.cancel")
	for _, r := range requests {
		rows = append(rows, requestRow(s, r))
		switch {
		case r.Requester != by:
			head = s.raw("bot.spoken.not_yours", "Who", who(r.Requester))
		case !endable(r):
			head = s.say("bot.spoken.too_late")
		default:
			rows = append(rows, actions("cancel "+string(r.ID), endButton(s, r)))
		}
	}
	return message{Text: head, Blocks: fit([]slack.Block{section(head)}, rows, nil, note(s.say("bot.card.more")))}
}

// helpView says what the bot can do, and starts it.
func helpView(s speaker) message {
	return message{Text: s.say("bot.help.text"), Blocks: []slack.Block{
		header(s.raw("bot.home.title")), section(s.say("bot.help.text")),
		startActions(s),
		note(s.say("bot.help.more")),
	}}
}

// unknownWordView is the help, below a word of the command that is not known and the one that
// was probably meant.
func unknownWordView(s speaker, word, meant, command string) message {
	text := s.raw("bot.unknown_word", "Word", code(clip(word, 40)))
	if meant != "" {
		text += " " + s.raw("bot.meant", "Command", code(command+" "+meant))
	}
	return message{Text: text, Blocks: append([]slack.Block{section(text)}, helpView(s).Blocks...)}
}

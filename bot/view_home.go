package bot

import (
	"strconv"

	"github.com/slack-go/slack"

	"countersign/workflows"
	"countersign/workflows/issuance"
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

// The actions of App Home and of the help message.
const (
	actNew      = "home.new"
	actDiagnose = "home.diagnose"
)

// maxDueBlocks is where the list of revocations by hand ends in App Home, so that the
// person's own requests still have room below it.
const maxDueBlocks = 60

// homeView is App Home: what waits for the person first, then their own requests.
func homeView(s speaker, h issuance.Home) slack.HomeTabViewRequest {
	blocks := []slack.Block{
		header(s.raw("bot.home.title")),
		section(s.say("bot.home.text")),
		startActions(s),
	}
	if h.Open != nil {
		blocks = append(blocks, section(s.say("bot.home.open")), actions("open", button(actWizard, h.Open.ID, s.raw("bot.button.resume_form"), slack.StylePrimary)))
	}
	list := func(key, act string, style slack.Style, requests []workflows.Request) {
		blocks = append(blocks, slack.NewDividerBlock(), header(s.raw("bot.home."+key)))
		if len(requests) == 0 {
			blocks = append(blocks, note(s.say("bot.home."+key+"_none")))
		}
		for _, r := range requests {
			if len(blocks) < maxViewBlocks-4 {
				row := requestRow(s, r)
				row.Accessory = slack.NewAccessory(button(actShow, string(r.ID), s.raw(act), style))
				blocks = append(blocks, row)
			}
		}
	}
	list("waiting", "bot.button.decide", slack.StylePrimary, h.Waiting)
	if len(h.RevocationsDue) > 0 {
		blocks = append(blocks, slack.NewDividerBlock(), header(s.raw("bot.home.owed")))
	}
	for i, r := range h.RevocationsDue {
		if len(blocks) >= maxDueBlocks {
			blocks = append(blocks, note(s.say("bot.home.owed_more", "Count", strconv.Itoa(len(h.RevocationsDue)-i))))
			break
		}
		blocks = append(append(append(blocks, requestRow(s, r)), unusedBlocks(s, r)...), revocationActions(s, r)...)
	}
	list("mine", "bot.button.show", slack.StyleDefault, h.Mine)
	return slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: blocks}}
}

// startActions begin a request or a case.
func startActions(s speaker) *slack.ActionBlock {
	return actions("start", button(actNew, "new", s.raw("bot.button.new"), slack.StylePrimary),
		button(actDiagnose, "diagnose", s.raw("bot.button.diagnose"), slack.StyleDefault))
}

// requestRow is one request in a list.
func requestRow(s speaker, r workflows.Request) *slack.SectionBlock {
	row := section("*" + escape(title(r)) + "*  " + code(r.Spec.Profile) + "\n" + clip(stateLine(s, r), 600))
	row.Accessory = slack.NewAccessory(button(actShow, string(r.ID), s.raw("bot.button.show"), slack.StyleDefault))
	return row
}

// listView answers /cert list.
func listView(s speaker, requests []workflows.Request) message {
	if len(requests) == 0 {
		return message{Text: s.say("bot.list.none"), Blocks: []slack.Block{section(s.say("bot.list.none")),
			actions("start", button(actNew, "new", s.raw("bot.button.new"), slack.StylePrimary))}}
	}
	blocks := []slack.Block{header(s.raw("bot.home.mine"))}
	for _, r := range requests {
		blocks = append(blocks, requestRow(s, r))
	}
	return message{Text: s.say("bot.home.mine"), Blocks: fit(blocks[:1], blocks[1:], nil, note(s.say("bot.card.more")))}
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

package bot

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"countersign/workflows"
	"countersign/workflows/keyrelease"
)

// The actions around a private key. Their value is the request's ID and the index of
// the hand-over, or of the ask for another one.
const (
	actKeyAgain  = "key.again"
	actKeyAllow  = "key.allow"
	actKeyRefuse = "key.refuse"
	actKeyOpened = "key." + workflows.ReportOpened
	actKeyNoWork = "key." + workflows.ReportNoWork
	actKeyNotMe  = "key." + workflows.ReportNotMe

	viewKeyAgain = "key.again"
)

// Cards of hand-overs and of asks for one are followed by their index.
const (
	cardHandover = "handover/"
	cardKeyAsk   = "ask/"
	cardQuestion = "question/"
)

func handoverCard(i int) string { return cardHandover + strconv.Itoa(i) }

// indexOf reads what follows a kind of card.
func indexOf(kind, prefix string, n int) (int, bool) {
	rest, ok := strings.CutPrefix(kind, prefix)
	i, err := strconv.Atoi(rest)
	return i, ok && err == nil && i >= 0 && i < n
}

func keyValue(r workflows.Request, i int) string { return numbered{r.ID, i}.String() }

// keyMessage is the hand-over itself, or those of a lot, for the requester alone.
func keyMessage(s speaker, lot []keyrelease.Parcel) message {
	m := message{Text: s.say("bot.key.title", "Request", strings.Join(idsOf(requestsIn(lot)), ", "))}
	for _, p := range lot {
		h, r := p.Handover, p.Request
		how := s.raw("bot.key.command", "Command", code(h.Command))
		if strings.HasPrefix(h.Command, "http://") || strings.HasPrefix(h.Command, "https://") {
			how = s.raw("bot.key.link", "Link", "<"+escaper.Replace(inLanguage(h.Command, s.lang))+">")
		}
		text := s.raw("bot.key.ready", "Request", code(string(r.ID)), "Until", s.when(h.Expires), "How", "\n"+how+"\n") + embedded(s, r)
		row := actions("key", button(actKeyOpened, keyValue(r, p.Index), s.raw("bot.button.key_opened"), slack.StyleDanger).WithConfirm(confirm(s, "bot.confirm.key_stolen")),
			button(actKeyNoWork, keyValue(r, p.Index), s.raw("bot.button.key_no_work"), slack.StyleDefault))
		if len(lot) > 1 {
			row.BlockID += " " + string(r.ID)
		}
		m.Blocks = append(m.Blocks, section(text), row)
	}
	return m
}

// inLanguage has the page behind a link speak the language that its reader's Slack has. The
// token stays in the fragment, behind what a browser sends.
func inLanguage(link, lang string) string {
	page, fragment, _ := strings.Cut(link, "#")
	return page + "?lang=" + lang + "#" + fragment
}

func requestsIn(lot []keyrelease.Parcel) []workflows.Request {
	all := make([]workflows.Request, len(lot))
	for i, p := range lot {
		all[i] = p.Request
	}
	return all
}

// keyCard is that message once the tokens in it open nothing any more, or are doubted.
// ok is false while it is to stay as it was delivered: the token of another key that is in it
// cannot be written again.
func keyCard(s speaker, lot []keyrelease.Parcel) (m message, ok bool) {
	m.Text = s.say("bot.key.title", "Request", strings.Join(idsOf(requestsIn(lot)), ", "))
	for _, p := range lot {
		r, h := p.Request, p.Request.Releases[p.Index]
		if h.End == "" && h.Opened.IsZero() && h.Alarm == nil && h.Doubted.IsZero() {
			return m, false
		}
		text := ":key: *" + s.say("bot.key.title", "Request", string(r.ID)) + "*\n" + handoverState(s, r, h)
		if next := handoverNext(h); next != "" {
			text += "\n" + s.say(next)
		}
		m.Blocks = append(m.Blocks, section(text))
		if row := keyActions(s, r, p.Index); row != nil {
			if len(lot) > 1 {
				row.BlockID += " " + string(r.ID)
			}
			m.Blocks = append(m.Blocks, row)
		}
	}
	return m, true
}

// lotOf are the hand-overs that went in one message with that of r, which was asked for with them.
func lotOf(group []workflows.Request, r workflows.Request, i int) []keyrelease.Parcel {
	asked := r.Releases[i]
	var lot []keyrelease.Parcel
	for _, other := range group {
		if other.ID == r.ID {
			lot = append(lot, keyrelease.Parcel{Request: r, Index: i})
		} else if len(other.Releases) > 0 && i == 0 && other.Releases[0].At.Equal(asked.At) {
			lot = append(lot, keyrelease.Parcel{Request: other})
		}
	}
	return lot
}

// handoverState says what has become of a hand-over.
func handoverState(s speaker, r workflows.Request, h workflows.Release) string {
	switch {
	case h.Alarm != nil:
		return s.raw("bot.handover.stolen", "Who", who(h.Alarm.By), "When", s.when(h.Alarm.At), "Request", code(string(r.ID)))
	case !h.OpenedAgain.IsZero():
		return s.raw("bot.handover.again", "When", s.when(h.Opened), "Again", s.when(h.OpenedAgain))
	case !h.Opened.IsZero():
		return s.raw("bot.handover.opened", "When", s.when(h.Opened))
	case h.End == workflows.EndUnopened:
		return s.raw("bot.handover.unopened", "When", s.when(h.Expires))
	case h.End == workflows.EndUnknown:
		return s.raw("bot.handover.unknown", "When", s.when(h.Expires))
	case h.End == workflows.EndTakenBack:
		return s.say("bot.handover.taken_back")
	case !h.Doubted.IsZero():
		return s.say("bot.handover.doubted")
	case h.Accessor == "":
		return s.say("bot.handover.preparing")
	}
	return s.raw("bot.handover.live", "Until", s.when(h.Expires))
}

// handoverNext is the key of what its receiver does about it.
func handoverNext(h workflows.Release) string {
	switch {
	case h.Alarm != nil:
	case !h.Opened.IsZero() && !h.Doubted.IsZero():
		return "bot.handover.next_doubted"
	case !h.Opened.IsZero():
		return "bot.handover.next_opened"
	case h.End == workflows.EndUnopened:
		return "bot.handover.next_unopened"
	}
	return ""
}

// keyActions are what the requester can say of a hand-over that is over.
func keyActions(s speaker, r workflows.Request, i int) *slack.ActionBlock {
	h := r.Releases[i]
	_, again := keyrelease.CanGet(r)
	switch {
	case h.Alarm != nil:
		return nil
	case !h.Opened.IsZero():
		return actions("key", button(actKeyNotMe, keyValue(r, i), s.raw("bot.button.key_not_me"), slack.StyleDanger).WithConfirm(confirm(s, "bot.confirm.key_stolen")))
	case again && i == len(r.Releases)-1 && h.End != "":
		return actions("key", button(actKeyAgain, string(r.ID), s.raw("bot.button.key_again"), slack.StyleDefault))
	}
	return nil
}

// keyNews is a direct message about a hand-over, or about an ask for one.
func keyNews(s speaker, r workflows.Request, i int, event string) message {
	name, id := code(r.Spec.CommonName), code(string(r.ID))
	if event == "refused" && i < len(r.Asks) {
		return oneLine(s.raw("bot.key.refused", "Request", id, "Name", name, "Who", who(r.Asks[i].By)))
	}
	if event == "ask_expired" && i < len(r.Asks) {
		text := s.raw("bot.key.ask_expired", "Request", id, "Name", name, "When", s.when(r.Asks[i].Expires))
		blocks := []slack.Block{section(text)}
		if _, again := keyrelease.CanGet(r); again {
			blocks = append(blocks, actions("key", button(actKeyAgain, string(r.ID), s.raw("bot.button.key_again"), slack.StyleDefault)))
		}
		return message{Text: text, Blocks: blocks}
	}
	if i >= len(r.Releases) {
		return message{}
	}
	if !s.cat.Has(s.lang, "bot.key."+event) {
		return message{} // what an earlier version said besides the message of the hand-over
	}
	text := s.raw("bot.key."+event, "Request", id, "Name", name, "Until", s.when(r.Releases[i].Expires))
	blocks := []slack.Block{section(text)}
	if row := keyActions(s, r, i); row != nil && event != "stolen" {
		blocks = append(blocks, row)
	}
	return message{Text: text, Blocks: blocks}
}

// askCard puts the wish for another hand-over before the approvers.
func askCard(s speaker, r workflows.Request, i int) message {
	ask := r.Asks[i]
	text := s.raw("bot.ask_key.text", "Who", who(r.Requester), "Request", code(string(r.ID)), "Name", code(r.Spec.CommonName), "When", s.when(ask.At))
	blocks := []slack.Block{section(text), section(quote(clip(ask.Reason, 2500)))}
	for _, h := range r.Releases {
		if !h.At.After(ask.At) {
			blocks = append(blocks, note(handedLine(s, r, h)))
		}
	}
	if len(blocks) > 12 {
		blocks = append(blocks[:2:2], blocks[len(blocks)-10:]...)
	}
	blocks = append(blocks, note(askLine(s, ask)))
	if r.OpenAsk() == i {
		blocks = append(blocks, actions("again",
			button(actKeyAllow, keyValue(r, i), s.raw("bot.button.key_allow"), slack.StylePrimary).WithConfirm(confirm(s, "bot.confirm.key_allow")),
			button(actKeyRefuse, keyValue(r, i), s.raw("bot.button.key_refuse"), slack.StyleDanger)))
	}
	return message{Text: text, Blocks: blocks}
}

// askLine says how far an ask for another hand-over is.
func askLine(s speaker, ask workflows.KeyAsk) string {
	key := "bot.ask_key.refused"
	switch {
	case ask.Decided.IsZero():
		key = "bot.ask_key.open"
	case ask.Allowed:
		key = "bot.ask_key.allowed"
	case ask.Closed != "":
		key = "bot.ask_key." + string(ask.Closed)
	}
	return s.raw(key, "Who", who(ask.By), "When", s.when(ask.Decided), "Until", s.when(ask.Expires))
}

// handedLine is one hand-over in the history of a card.
func handedLine(s speaker, r workflows.Request, h workflows.Release) string {
	line := s.raw("bot.handed", "Who", who(h.To), "When", s.when(h.At))
	if !h.By.IsZero() {
		line = s.raw("bot.handed_again", "Who", who(h.To), "By", who(h.By), "When", s.when(h.At))
	}
	return line + " " + handoverState(s, r, h)
}

// alarmView tells approvers or operators that a key counts as stolen.
func alarmView(s speaker, r workflows.Request, i int, mayRevoke bool) message {
	h := r.Releases[i]
	text := ":rotating_light: " + s.raw("bot.alarm.text", "Request", code(string(r.ID)), "Name", code(r.Spec.CommonName), "Who", who(r.Requester),
		"What", s.say("bot.alarm.kind."+h.Alarm.Kind), "At", s.when(h.At), "Number", fmt.Sprint(i+1))
	blocks := []slack.Block{section(text), section(s.raw("bot.alarm.next", "Who", who(r.Requester))),
		note(s.raw("bot.alarm.audit", "Accessor", code(clip(h.Accessor, 100))))}
	if mayRevoke {
		blocks = append(blocks, actions("alarm", button(actRevoke, string(r.ID), s.raw("bot.button.revoke"), slack.StyleDanger)))
	}
	return message{Text: text, Blocks: blocks}
}

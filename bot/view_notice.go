package bot

import (
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// noticeView tells the requester of an event of one request, or of several for which the same
// holds, with the way to their card and the next step.
func noticeView(s speaker, all []workflows.Request, event, link string) message {
	text := noticeText(s, all, event, link)
	m := message{Text: text, Blocks: []slack.Block{section(text)}}
	r := all[0]
	if event == "held" && r.Mismatch != nil {
		m.Blocks = append(append(m.Blocks, mismatchBlocks(s, r)[1:]...), section(mismatchNext(s, r)))
	}
	if n := len(r.Decisions); n > 0 && (event == "rejected" || event == "on_hold") && r.Decisions[n-1].Reason != "" {
		m.Blocks = append(m.Blocks, section(quote(clip(r.Decisions[n-1].Reason, 2500))))
	}
	if row := nextActions(s, all, event); row != nil {
		m.Blocks = append(m.Blocks, row)
	}
	return m
}

func noticeText(s speaker, all []workflows.Request, event, link string) string {
	r := all[0]
	last := workflows.Decision{}
	if n := len(r.Decisions); n > 0 {
		last = r.Decisions[n-1]
	}
	serial := ""
	if n := len(r.Unused); n > 0 {
		serial = r.Unused[n-1].Serial()
	}
	ids, names := codes(idsOf(all)), []string{}
	if link != "" {
		ids = "<" + link + "|" + strings.Join(idsOf(all), ", ") + ">"
	}
	for _, r := range all {
		if !slices.Contains(names, r.Spec.CommonName) {
			names = append(names, r.Spec.CommonName)
		}
	}
	return s.raw("bot.tell."+event, "Serial", code(serial), "Request", ids, "Name", clip(codes(names), 700), "Who", who(last.By), "By", who(r.EndedBy),
		"Day", s.day(r.NotAfter), "Until", s.when(r.Expires), "Why", troubleText(s, r), "Issuer", escape(s.option("issuer", r.Issuer)))
}

// nextActions are the buttons of the next step after an event. A notice is never drawn anew, so
// it has none that is of use only once: those are on the card that it leads to.
func nextActions(s speaker, all []workflows.Request, event string) *slack.ActionBlock {
	switch event {
	case "rejected", "expired", "failed":
		row := []slack.BlockElement{}
		for i, r := range all[:min(len(all), 5)] {
			label := s.raw("bot.button.again")
			if len(all) > 1 {
				label += " · " + string(r.ID)
			}
			row = append(row, button(fmt.Sprintf("%s.%d", actRenew, i), string(r.ID), label, slack.StyleDefault))
		}
		return actions("next", row...)
	}
	return nil
}

// operatorsText says which work it is, and what to do about it.
func operatorsText(s speaker, kind string, body workflows.Failing) string {
	what, why := code(body.Of), code(clip(body.Reason, 200))
	if key := "bot.work." + body.Of; s.cat.Has(s.lang, key) {
		what = s.say(key)
	}
	if body.Text != nil {
		why = s.text(*body.Text)
	}
	return s.raw("bot."+kind, "Kind", what, "Request", code(string(body.Request)+body.Conversation+body.Case), "Why", why)
}

package bot

import (
	"github.com/slack-go/slack"

	"countersign/workflows"
)

func noticeText(s speaker, r workflows.Request, event string) string {
	last := workflows.Decision{}
	if n := len(r.Decisions); n > 0 {
		last = r.Decisions[n-1]
	}
	serial := ""
	if n := len(r.Unused); n > 0 {
		serial = r.Unused[n-1].Serial()
	}
	return s.raw("bot.tell."+event, "Serial", code(serial), "Request", code(string(r.ID)), "Name", code(r.Spec.CommonName), "Who", who(last.By), "By", who(r.EndedBy),
		"Day", s.day(r.NotAfter), "Until", s.when(r.Expires), "Why", troubleText(s, r), "Issuer", escape(s.option("issuer", r.Issuer)))
}

func noticeBlocks(s speaker, r workflows.Request, event string) []slack.Block {
	blocks := []slack.Block{section(noticeText(s, r, event))}
	if event == "held" && r.Mismatch != nil {
		blocks = append(append(blocks, mismatchBlocks(s, r)[1:]...), section(mismatchNext(s, r)))
	}
	if n := len(r.Decisions); n > 0 && (event == "rejected" || event == "on_hold") && r.Decisions[n-1].Reason != "" {
		blocks = append(blocks, section(quote(clip(r.Decisions[n-1].Reason, 2500))))
	}
	return blocks
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

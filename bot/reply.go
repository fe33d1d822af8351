package bot

import (
	"context"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"countersign/workflows"
	"countersign/workflows/issuance"
)

// replies says the standing answers.
type replies struct{ *messages }

// workWaits tells the operators that work waits.
func (b *replies) workWaits(ctx context.Context, e workflows.Effect, p workflows.WorkWaits) error {
	return b.toOperators(ctx, e, operatorsText(b.channelSpeaker(), e.Kind, p.Failing))
}

// workDead tells the operators that work was given up. Without a channel for that it is in
// the log and the audit only.
func (b *replies) workDead(ctx context.Context, e workflows.Effect, p workflows.WorkDead) error {
	if b.cfg.Operators == "" {
		b.log.Error("given up", "kind", p.Of, "request_id", p.Request, "reason", p.Reason)
	}
	return b.toOperators(ctx, e, operatorsText(b.channelSpeaker(), e.Kind, p.Failing))
}

// notice tells the operators what was found.
func (b *replies) notice(ctx context.Context, e workflows.Effect, p workflows.OperatorsNotice) error {
	return b.toOperators(ctx, e, operatorsText(b.channelSpeaker(), e.Kind, workflows.Failing{Text: &p.Text}))
}

func (b *replies) toOperators(ctx context.Context, e workflows.Effect, text string) error {
	if b.cfg.Operators == "" {
		return nil
	}
	return b.tell(ctx, workflows.Place{Channel: b.cfg.Operators}, e, oneLine(text))
}

// takeDirect finds a person's direct message and takes there what they gave to a command
// or a form: that was committed before, so however long this takes loses nothing.
func (b *replies) takeDirect(ctx context.Context, e workflows.Effect, body workflows.Direct) error {
	if err := b.directory.Know(ctx, body.Person); err != nil {
		return err
	}
	place, err := b.dmPlace(ctx, body.Person)
	if err != nil {
		return err
	}
	s := b.speaker(body.Person)
	return b.service.Inbox.TakeDirect(ctx, e, body, workflows.Message{By: body.Person, Place: place, Lang: body.Lang, Text: body.Said, Direct: true, Label: s.label})
}

// reply draws one of the standing answers.
func (b *replies) reply(ctx context.Context, e workflows.Effect, body workflows.Reply) error {
	if body.Place == nil {
		return unknownEffect()
	}
	if body.Say == workflows.SayList || body.Say == workflows.SayRequest || body.Say == workflows.SayCancel || body.Say == workflows.SayRevocation { // what may be refused
		if err := b.directory.Know(ctx, body.Person); err != nil {
			return err
		}
	}
	s := b.speaker(body.Person)
	var m message
	switch body.Say {
	case workflows.SayList:
		l, err := b.service.Lists.List(ctx, body.Person, issuance.ListQuery{})
		if err != nil {
			return err
		}
		m = listView(s, l, "")
	case workflows.SayRequest, workflows.SayCancel:
		found, err := b.requestsSpokenOf(ctx, body.Person, body.About)
		if err != nil {
			return err
		}
		if direct := strings.HasPrefix(body.Place.Channel, "D"); direct && len(found) == 1 && body.Say == workflows.SayRequest && b.mayDecide(body.Person, found[0]) {
			return b.showTo(ctx, e, body.Person, *body.Place, found[0])
		}
		m = spokenOfView(s, body.Person, body.About, found, body.Say == workflows.SayCancel)
	case workflows.SayPassedOn, workflows.SayInstalled, workflows.SayKept:
		r, _, err := b.requestAndCards(ctx, workflows.RequestID(body.About))
		if err != nil {
			return err
		}
		asker := workflows.Person{}
		if n := len(r.Questions); n > 0 {
			asker = r.Questions[n-1].By
		}
		m = oneLine(s.raw("bot.on_card."+string(body.Say), "Request", code(string(r.ID)), "Who", who(asker)))
	case workflows.SayOurs:
		r, _, err := b.requestAndCards(ctx, workflows.RequestID(body.About))
		if err != nil {
			return err
		}
		text := s.raw("bot.ours", "Request", code(body.About), "Who", who(r.Requester))
		m = message{Text: text, Blocks: []slack.Block{section(text), requestRow(s, r)}}
	case workflows.SayRevocation:
		var theirs []workflows.Request
		if body.About == "" {
			var err error
			if theirs, err = b.service.Issuance.Revocable(ctx, body.Person); err != nil {
				return err
			}
		}
		m = revocationReply(s, body.About, theirs)
	case workflows.SayErrand:
		said := ""
		if len(body.Texts) > 0 {
			said = "\n" + quote(body.Texts[0].Args["Said"])
		}
		m = oneLine(s.say("bot.errand.asks") + said)
	case workflows.SayWelcome:
		m = oneLine(s.say("bot.welcome"))
	case workflows.SayButtons:
		m = oneLine(s.say("bot.decide_how"))
	case workflows.SayOverheard:
		return b.overheard(ctx, e, body)
	case workflows.SaySecret:
		m = oneLine(s.say("bot.secret"))
	case workflows.SayInspectHow:
		m = oneLine(s.say("bot.inspect_how"))
	case workflows.SayRefused:
		m = oneLine(":no_entry_sign: " + s.say(body.About))
	case workflows.SayTexts:
		lines := make([]string, 0, len(body.Texts))
		for _, t := range body.Texts {
			lines = append(lines, ":warning: "+s.text(t))
		}
		m = oneLine(strings.Join(lines, "\n"))
	case workflows.SayCaseChanged, workflows.SayCaseSame, workflows.SayCaseSolved, workflows.SayCaseStuck, workflows.SayCaseProbed:
		c, err := b.service.ReadCase(ctx, body.About)
		if err != nil {
			return err
		}
		m = b.caseReply(ctx, s, c, body.Say)
	default:
		m = helpView(s)
	}
	return b.tellOr(ctx, *body.Place, body.Person, body.Link, e, m)
}

// overheard warns one person of the private key in what they wrote.
func (b *replies) overheard(ctx context.Context, e workflows.Effect, body workflows.Reply) error {
	s := b.speaker(body.Person)
	text := s.say("bot.overheard")
	for _, id := range strings.Fields(body.About) {
		r, _, err := b.requestAndCards(ctx, workflows.RequestID(id))
		if err != nil {
			return err
		}
		text += "\n" + s.raw("bot.overheard.request", "Request", code(id), "Who", who(r.Requester))
	}
	m := oneLine(text)
	opts := []slack.MsgOption{slack.MsgOptionText(m.Text, false), slack.MsgOptionBlocks(m.Blocks...)}
	if body.Place.Thread != "" {
		opts = append(opts, slack.MsgOptionTS(body.Place.Thread))
	}
	_, err := b.api.PostEphemeralContext(ctx, body.Place.Channel, body.Person.ID, opts...)
	if (noPlace(err) || codeOf(err) == "user_not_in_channel") && body.Person.Team == b.service.Team { // one of them has left
		place, err := b.dmPlace(ctx, body.Person)
		if err != nil {
			return err
		}
		return b.tell(ctx, place, e, m)
	}
	return describe("chat.postEphemeral", err)
}

// showTo answers an approver who asked for a request in their direct message with a copy of
// its card, which is drawn anew with the others.
func (b *replies) showTo(ctx context.Context, e workflows.Effect, by workflows.Person, at workflows.Place, r workflows.Request) error {
	card := workflows.Card{Subject: string(r.ID), Kind: shownKind(by, e), Channel: at.Channel, Thread: at.Thread}
	cards, err := workflows.Read(ctx, b.store, func(rd workflows.Reader) ([]workflows.Card, error) { return rd.Cards(ctx, string(r.ID)) })
	if err != nil {
		return err
	}
	for _, c := range cards {
		if c.Kind == card.Kind && c.Channel == card.Channel {
			card = c // of an earlier try
		}
	}
	return b.drawNow(ctx, card, e.Key, func(ctx context.Context) (message, error) {
		r, err := b.service.ReadRequest(ctx, r.ID)
		return b.requestFor(by, r), err
	})
}

// caseReply answers a remark about a case.
func (b *replies) caseReply(ctx context.Context, s speaker, c workflows.Case, say workflows.Standing) message {
	a := b.service.Support.Standing(ctx, c)
	switch say {
	case workflows.SayCaseSolved, workflows.SayCaseStuck:
		return outcomeView(s, c, a, say == workflows.SayCaseSolved)
	case workflows.SayCaseProbed:
		return probedView(s, a, b.service.Support.BesideOf(c, a))
	default:
		return followedView(s, c, a, say == workflows.SayCaseChanged)
	}
}

// requestsSpokenOf reads the request that somebody spoke of; where none is named, their
// own that can still be ended.
func (b *replies) requestsSpokenOf(ctx context.Context, by workflows.Person, id string) ([]workflows.Request, error) {
	if id == "" {
		mine, err := b.service.Lists.List(ctx, by, issuance.ListQuery{Which: issuance.Open})
		return slices.DeleteFunc(mine.Requests, func(r workflows.Request) bool { return !endable(r) }), err
	}
	r, err := b.service.Lists.Show(ctx, by, workflows.RequestID(id))
	if workflows.CodeOf(err) == workflows.NotFound {
		return nil, nil
	}
	return []workflows.Request{r}, err
}

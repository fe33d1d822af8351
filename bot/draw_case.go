package bot

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"countersign/workflows"
	"countersign/workflows/support"
)

// cases draws the answers to cases, and what was taught from them.
type cases struct{ *messages }

// drawCase draws the answer where the question was asked, and the chain as a picture
// where there is one to draw.
func (b *cases) drawCase(ctx context.Context, e workflows.Effect, body workflows.DrawCase) error {
	c, cards, err := b.caseAndCards(ctx, body.Case)
	if err == nil && body.Taught != "" { // this may run before the review itself has learnt it
		err = b.service.Support.Relearn(ctx, b.log)
	}
	if err != nil {
		return err
	}
	s := b.in(c.Lang)
	card := workflows.Card{Subject: c.ID, Kind: cardCase, Channel: c.Place.Channel, Thread: c.Place.Thread}
	for _, old := range cards {
		if old.Kind == cardCase && (old.TS != "" || old.Channel == card.Channel) {
			card = old
		}
	}
	if card.TS != "" {
		noPost(ctx)
		if body.Event == workflows.Afresh {
			card.Drawn = "" // somebody saw something else
		}
	}
	first := card.TS == ""
	var x support.Examined
	err = b.drawNow(ctx, card, e.Key, func(ctx context.Context) (message, error) {
		if c, _, err = b.caseAndCards(ctx, body.Case); err != nil {
			return message{}, err
		}
		x = b.service.Support.Examine(c)
		if c.Inspecting() {
			return b.aboutCase(s, c, inspectView(s, x)), nil
		}
		return b.aboutCase(s, c, b.answerView(ctx, s, c)), nil
	})
	if card.TS == "" && c.Link != "" && noPlace(err) { // asked about somebody's message, by a shortcut
		dm, no := b.elsewhere(ctx, c.Person, c.Place)
		if no != nil || dm.Channel == c.Place.Channel {
			return cmp.Or(no, err)
		}
		return support.Move(ctx, b.service.Support, c.ID, c.Place, dm) // and it is drawn there
	}
	if err != nil {
		return err
	}
	if first && !c.Inspecting() {
		agent{b.workspace}.name(ctx, c.Place, titleOf(s, b.service.Support.Standing(ctx, c)))
	}
	return b.sendPicture(ctx, s, e, c, cards, x)
}

// answerView is the answer as it stands.
func (b *cases) answerView(ctx context.Context, s speaker, c workflows.Case) message {
	a := b.service.Support.Standing(ctx, c)
	if len(a.Findings) > 0 && a.Findings[0].Cause.ID == c.Other() {
		return correctedView(s, c, a, b.service.Support.BesideOf(c, a))
	}
	return caseView(s, c, a, b.service.Support.BesideOf(c, a))
}

// aboutCase says which message an answer is about that does not stand below it.
func (b *cases) aboutCase(s speaker, c workflows.Case, m message) message {
	if strings.Contains(c.Link, "/"+c.Place.Channel+"/") {
		return m
	}
	return b.about(s, c.Link, m)
}

// beside is the thread of a case's answer.
func (b *cases) beside(ctx context.Context, c workflows.Case) (workflows.Place, error) {
	place := c.Place
	if place.Thread == "" {
		_, cards, err := b.caseAndCards(ctx, c.ID)
		if err != nil {
			return place, err
		}
		for _, card := range cards {
			if card.Kind == cardCase {
				place.Thread = card.TS
			}
		}
		if place.Thread == "" {
			return place, fmt.Errorf("bot: %s has no answer yet", c.ID)
		}
	}
	return place, nil
}

// postCase posts what somebody wanted of a case beside its answer.
func (b *cases) postCase(ctx context.Context, e workflows.Effect, body workflows.PostCase) error {
	c, _, err := b.caseAndCards(ctx, body.Case)
	if err != nil {
		return err
	}
	if body.What == support.PostWrong {
		return b.postWrong(ctx, e, c)
	}
	place, err := b.beside(ctx, c)
	if err != nil {
		return err
	}
	s := b.speaker(body.Person)
	if body.What == support.PostLong {
		if m := longView(s, b.service.Support.LongForm(ctx, c, s.text, inMarkdown)); weigh(m.Blocks) <= maxBlockSum && !b.newer.lacks(string(slack.MBTMarkdown)) {
			return b.tell(ctx, place, e, m)
		}
		plain := b.service.Support.LongForm(ctx, c, s.plain, func(text string) string { return text })
		return b.upload(ctx, place, e, []file{{name: strings.ToLower(c.ID) + "-" + strconv.FormatInt(c.Version, 10) + ".txt", title: s.say("bot.file.case"), data: []byte(plain)}})
	}
	text := support.Handover(c, b.service.Support.Standing(ctx, c), s.plain)
	if text == "" { // it has become a certificate problem since
		return nil
	}
	return b.tell(ctx, place, e, handoverView(s, text))
}

// postWrong tells the support group of an answer that was wrong, unless they saw it
// where it was given.
func (b *cases) postWrong(ctx context.Context, e workflows.Effect, c workflows.Case) error {
	if b.cfg.SupportChannel == "" || b.cfg.SupportChannel == c.Place.Channel {
		return nil
	}
	m := wrongView(b.channelSpeaker(), c, b.service.Support.Explain(ctx, c), b.service.Support.KB().Cause(c.Other()))
	return b.tell(ctx, workflows.Place{Channel: b.cfg.SupportChannel}, e, m)
}

// cardPicture marks that the picture of a chain was sent; its suffix says of which.
const cardPicture = "picture"

// sendPicture uploads the chain as a picture into the thread of the answer, once for
// each chain.
func (b *cases) sendPicture(ctx context.Context, s speaker, e workflows.Effect, c workflows.Case, cards []workflows.Card, x support.Examined) error {
	if len(x.Chain.Nodes) < 2 {
		return nil
	}
	raw, err := json.Marshal(x.Chain)
	if err != nil {
		return err
	}
	sum := workflows.Fingerprint(raw)
	kind := cardPicture + "/" + sum[:12]
	if hasKind(cards, kind) {
		return nil
	}
	png, err := b.service.Support.PictureOf(x, s.plain)
	if err != nil || png == nil {
		return err
	}
	place, err := b.beside(ctx, c)
	if err != nil {
		return err
	}
	if err := b.upload(ctx, place, e, []file{{name: "chain-" + sum[:6] + ".png", title: s.say("bot.file.picture"), data: png}}); err != nil {
		return err
	}
	return workflows.Commit(ctx, b.store, workflows.Change{Cards: []workflows.Card{{Subject: c.ID, Kind: kind, Channel: place.Channel, Thread: place.Thread, TS: "file", Drawn: "sent", Updated: b.now()}}})
}

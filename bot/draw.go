package bot

import (
	"context"
	"strconv"
	"strings"

	"countersign/workflows"
)

// The kinds of cards.
const (
	cardApproval  = "approval"
	cardRequester = "requester"
	cardCase      = "case"
	cardPrompt    = "prompt" // followed by the field asked and the key of the turn

	answered = "answered" // Drawn of a turn whose buttons were taken off
)

// drawRequest brings every copy of a request's card up to date, and makes those that
// should exist: one for the approvers once there is a CSR, one for the requester.
func (b *Bot) drawRequest(ctx context.Context, e workflows.Effect, body workflows.Body) error {
	id := body.Request
	r, cards, err := b.requestAndCards(ctx, id)
	if err != nil {
		return err
	}
	byKind := map[string]workflows.Card{}
	for _, c := range cards {
		byKind[c.Kind] = c
	}
	if _, ok := byKind[cardRequester]; !ok {
		place, err := b.dmPlace(ctx, r.Requester)
		if err != nil {
			return err
		}
		cards = append(cards, workflows.Card{Subject: string(id), Kind: cardRequester, Channel: place.Channel})
	}
	if _, ok := byKind[cardApproval]; !ok && len(r.CSR) > 0 {
		if channel := b.service.ChannelOf(r); channel != "" {
			cards = append(cards, workflows.Card{Subject: string(id), Kind: cardApproval, Channel: channel})
		}
	}
	for i := range r.Asks {
		kind := cardKeyAsk + strconv.Itoa(i)
		if _, ok := byKind[kind]; !ok && b.service.ChannelOf(r) != "" {
			cards = append(cards, workflows.Card{Subject: string(id), Kind: kind, Channel: b.service.ChannelOf(r)})
		}
	}
	for _, c := range cards {
		m, ok := b.faceOf(r, c)
		if !ok {
			continue
		}
		if body.Event == workflows.Again {
			c.Drawn = "" // somebody saw something else
		}
		if err := b.draw(ctx, c, e.Key, m); err != nil {
			return err
		}
	}
	b.refreshHomes(ctx, r)
	return nil
}

// faceOf is what one of the cards of a request shows now; false: leave it alone.
func (b *Bot) faceOf(r workflows.Request, c workflows.Card) (message, bool) {
	if i, ok := indexOf(c.Kind, cardHandover, len(r.Releases)); ok {
		return keyCard(b.speaker(r.Requester), r, i)
	}
	if i, ok := indexOf(c.Kind, cardKeyAsk, len(r.Asks)); ok {
		return askCard(b.channelSpeaker(), r, i), true
	}
	switch c.Kind {
	case cardApproval:
		return approvalCard(b.channelSpeaker(), r), true
	case cardRequester:
		return requesterCard(b.speaker(r.Requester), r), true
	}
	return message{}, false
}

func (b *Bot) requestAndCards(ctx context.Context, id workflows.RequestID) (r workflows.Request, cards []workflows.Card, err error) {
	err = b.store.View(ctx, func(rd workflows.Reader) (err error) {
		if r, err = rd.Request(ctx, id); err != nil {
			return err
		}
		cards, err = rd.Cards(ctx, string(id))
		return err
	})
	return r, cards, err
}

// refreshHomes redraws the homes, of those who have opened theirs, that show r. It is
// a convenience: a failure costs freshness until the home is opened again.
func (b *Bot) refreshHomes(_ context.Context, r workflows.Request) {
	for _, p := range append(b.service.ApproversOf(r), r.Requester) {
		if _, open := b.homes.Load(p.ID); open {
			b.goAfter("home", func(ctx context.Context) error { return b.publishHome(ctx, p) })
		}
	}
}

// drawConversation draws the present turn as a new message, so that the thread reads
// as a conversation, and takes the buttons off the turn before.
func (b *Bot) drawConversation(ctx context.Context, e workflows.Effect, body workflows.Body) error {
	var c workflows.Conversation
	var cards []workflows.Card
	err := b.store.View(ctx, func(rd workflows.Reader) (err error) {
		if c, err = rd.Conversation(ctx, body.Conversation); err != nil {
			return err
		}
		cards, err = rd.Cards(ctx, c.ID)
		return err
	})
	if err != nil || c.Place.Channel == "" {
		return err
	}
	s := b.speaker(c.Person)
	f := b.service.Form()
	kind := cardPrompt + "/" + c.Field + "/" + e.Key
	if body.Event == workflows.SameTurn {
		kind = openTurn(c, cards, kind)
	}
	for _, old := range cards {
		if old.Kind == kind || old.Drawn == answered {
			continue
		}
		if err := b.retire(ctx, s, f, c, old); err != nil {
			return err
		}
	}
	if !strings.HasSuffix(e.Key, versionSuffix(c)) {
		return nil // a later turn is in the outbox already
	}
	card := workflows.Card{Subject: c.ID, Kind: kind, Channel: c.Place.Channel, Thread: c.Place.Thread}
	for _, old := range cards {
		if old.Kind == kind {
			card = old
		}
	}
	return b.draw(ctx, card, e.Key, promptView(s, f, c, b.service.PlanOf(c)))
}

// openTurn is the kind of the card that asks what c asks and was not answered yet; fresh
// when there is none.
func openTurn(c workflows.Conversation, cards []workflows.Card, fresh string) string {
	kind, newest := fresh, int64(-1)
	for _, card := range cards {
		turn, ours := strings.CutPrefix(card.Kind, cardPrompt+"/"+c.Field+"/"+c.ID+"/prompt/")
		if n, err := strconv.ParseInt(turn, 10, 64); ours && err == nil && card.Drawn != answered && n > newest {
			kind, newest = card.Kind, n
		}
	}
	return kind
}

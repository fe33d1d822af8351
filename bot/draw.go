package bot

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"countersign/workflows"
	"countersign/workflows/intake"
)

// The kinds of cards.
const (
	cardApproval  = "approval"
	cardRequester = "requester"
	cardCase      = "case"
	cardPrompt    = "prompt" // followed by the field asked and the key of the turn

	passed   = "passed"   // Drawn of a turn that was answered and has its buttons yet
	answered = "answered" // Drawn of a turn whose buttons were taken off
)

// drawRequest brings the copies of a request's card up to date, and makes those that
// should exist: one for the approvers once there is a CSR, one for the requester. Those
// of the approvers are an effect of their own.
func (b *Bot) drawRequest(ctx context.Context, e workflows.Effect, body workflows.Body) error {
	r, cards, err := b.requestAndCards(ctx, body.Request)
	if err != nil {
		return err
	}
	if body.Kind == workflows.Approvers {
		cards = b.cardsOfApprovers(r, cards)
	} else {
		if err := b.store.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) {
			return workflows.Change{Effects: []workflows.Effect{workflows.ForApprovers(e, body, r)}}, nil
		}); err != nil {
			return err
		}
		b.refreshHomes(r)
		if cards, err = b.cardsOfRequester(ctx, r, cards); err != nil {
			return err
		}
	}
	if !slices.ContainsFunc(cards, func(c workflows.Card) bool { return c.TS == "" }) {
		noPost(ctx)
	}
	for _, c := range cards {
		if _, ok := b.faceOf(r, c); !ok {
			continue
		}
		if body.Event == workflows.Afresh && c.TS != "" {
			c.Drawn = "" // somebody saw something else
		}
		err := b.drawNow(ctx, c, e.Key, func(ctx context.Context) (message, error) {
			r, _, err := b.requestAndCards(ctx, body.Request)
			m, _ := b.faceOf(r, c)
			return m, err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// requesters are the kinds of cards that only the requester has.
func requesters(kind string) bool {
	return kind == cardRequester || strings.HasPrefix(kind, cardHandover)
}

func (b *Bot) cardsOfRequester(ctx context.Context, r workflows.Request, cards []workflows.Card) ([]workflows.Card, error) {
	cards = slices.DeleteFunc(cards, func(c workflows.Card) bool { return !requesters(c.Kind) })
	if !hasKind(cards, cardRequester) {
		place, err := b.dmPlace(ctx, r.Requester)
		if err != nil {
			return nil, err
		}
		cards = append(cards, workflows.Card{Subject: string(r.ID), Kind: cardRequester, Channel: place.Channel})
	}
	return cards, nil
}

func (b *Bot) cardsOfApprovers(r workflows.Request, cards []workflows.Card) []workflows.Card {
	cards = slices.DeleteFunc(cards, func(c workflows.Card) bool { return requesters(c.Kind) })
	channel := b.service.ChannelOf(r)
	if channel == "" {
		return cards
	}
	if !hasKind(cards, cardApproval) && len(r.CSR) > 0 {
		cards = append(cards, workflows.Card{Subject: string(r.ID), Kind: cardApproval, Channel: channel})
	}
	for i := range r.Asks {
		if kind := cardKeyAsk + strconv.Itoa(i); !hasKind(cards, kind) {
			cards = append(cards, workflows.Card{Subject: string(r.ID), Kind: kind, Channel: channel})
		}
	}
	return cards
}

func hasKind(cards []workflows.Card, kind string) bool {
	return slices.ContainsFunc(cards, func(c workflows.Card) bool { return c.Kind == kind })
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

// refreshHomes redraws the homes, of those who have opened theirs, that show r, each once
// however many requests change meanwhile. It is a convenience: a failure costs freshness
// until the home is opened again.
func (b *Bot) refreshHomes(r workflows.Request) {
	for _, p := range append(b.service.ApproversOf(r), r.Requester) {
		if _, open := b.homes.Load(p.ID); !open {
			continue
		}
		if _, waits := b.homesDue.LoadOrStore(p.ID, true); waits {
			continue
		}
		b.goAfter("home", func(ctx context.Context) error {
			b.homesDue.Delete(p.ID) // what changes from here on is for the next time
			return b.publishHome(ctx, p)
		})
	}
}

// drawConversation draws the present turn as a new message, so that the thread reads
// as a conversation, and has the buttons taken off the turns before.
func (b *Bot) drawConversation(ctx context.Context, e workflows.Effect, body workflows.Body) error {
	c, cards, err := b.conversationAndCards(ctx, body.Conversation)
	if err != nil || c.Place.Channel == "" {
		return err
	}
	kind := cardPrompt + "/" + c.Field + "/" + e.Key
	if body.Event == intake.SameTurn {
		kind = openTurn(c, cards, kind)
	}
	card := workflows.Card{Subject: c.ID, Kind: kind, Channel: c.Place.Channel, Thread: c.Place.Thread}
	var before []workflows.Card
	for _, old := range cards {
		switch {
		case old.Kind == kind:
			card = old
		case turnOf(old) >= 0 && open(old):
			old.Drawn = passed
			before = append(before, old)
		}
	}
	if len(before) > 0 {
		if err := b.store.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) {
			return workflows.Change{Cards: before, Effects: []workflows.Effect{workflows.Retire(e, c)}}, nil
		}); err != nil {
			return err
		}
	}
	if !strings.HasSuffix(e.Key, versionSuffix(c)) {
		return nil // a later turn is in the outbox already
	}
	err = b.drawNow(ctx, card, e.Key, func(ctx context.Context) (message, error) {
		if c, _, err = b.conversationAndCards(ctx, body.Conversation); err == nil && !strings.HasSuffix(e.Key, versionSuffix(c)) {
			err = errPassed
		}
		return promptView(b.speaker(c.Person), b.service.Intake.Form(), c, b.service.Intake.PlanOf(c)), err
	})
	if errors.Is(err, errPassed) {
		return nil
	}
	return err
}

// errPassed: while a turn waited to be drawn, a later one came into the outbox.
var errPassed = errors.New("the conversation has moved on")

// retireTurns takes the buttons off the turns that were answered.
func (b *Bot) retireTurns(ctx context.Context, body workflows.Body) error {
	noPost(ctx)
	c, cards, err := b.conversationAndCards(ctx, body.Conversation)
	if err != nil {
		return err
	}
	for _, card := range cards {
		if card.Drawn != passed {
			continue
		}
		if card.TS == "" { // begun, and perhaps posted
			card.TS, err = b.find(ctx, workflows.Place{Channel: card.Channel, Thread: card.Thread}, cardName(card))
			if err != nil {
				return err
			}
		}
		if err := b.retire(ctx, b.speaker(c.Person), b.service.Intake.Form(), c, card); err != nil {
			return err
		}
	}
	return nil
}

func (b *Bot) conversationAndCards(ctx context.Context, id string) (c workflows.Conversation, cards []workflows.Card, err error) {
	err = b.store.View(ctx, func(rd workflows.Reader) (err error) {
		if c, err = rd.Conversation(ctx, id); err != nil {
			return err
		}
		cards, err = rd.Cards(ctx, c.ID)
		return err
	})
	return c, cards, err
}

// turnOf numbers the turn of a conversation that a card is; -1 for other cards.
func turnOf(c workflows.Card) int64 {
	n, err := strconv.ParseInt(c.Kind[strings.LastIndexByte(c.Kind, '/')+1:], 10, 64)
	if err != nil || !strings.HasPrefix(c.Kind, cardPrompt+"/") {
		return -1
	}
	return n
}

// open reports that a turn was not answered yet.
func open(turn workflows.Card) bool { return turn.Drawn != passed && turn.Drawn != answered }

// openTurn is the kind of the card that asks what c asks and was not answered yet; fresh
// when there is none.
func openTurn(c workflows.Conversation, cards []workflows.Card, fresh string) string {
	kind, newest := fresh, int64(-1)
	for _, card := range cards {
		if strings.HasPrefix(card.Kind, cardPrompt+"/"+c.Field+"/") && open(card) && turnOf(card) > newest {
			kind, newest = card.Kind, turnOf(card)
		}
	}
	return kind
}

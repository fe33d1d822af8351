package bot

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"countersign/workflows"
	"countersign/workflows/form"
	"countersign/workflows/intake"
)

// conversations draws the turns of conversations.
type conversations struct {
	*messages
	homes *homes
}

// retire takes the buttons off a turn of a conversation that was answered, and shows
// the answer beside the question.
func (b *conversations) retire(ctx context.Context, s speaker, f form.Form, c workflows.Conversation, old workflows.Card) error {
	var err error
	if old.TS != "" {
		err = b.update(ctx, old, answeredView(s, f, c, old))
	}
	switch codeOf(err) {
	case "message_not_found", "cant_update_message", "edit_window_closed":
		err = nil // it is gone, and its buttons with it
	}
	if err != nil {
		return err
	}
	old.Drawn = answered
	return b.remember(ctx, old)
}

func versionSuffix(c workflows.Conversation) string { return fmt.Sprintf("/prompt/%d", c.Version-1) }

// postPlan uploads the plan of a conversation as a text file where it stands.
func (b *conversations) postPlan(ctx context.Context, e workflows.Effect, body workflows.PostPlan) error {
	c, _, err := b.conversationAndCards(ctx, body.Conversation)
	if err != nil {
		return err
	}
	place := c.Place
	if place.Channel == "" {
		place, err = b.dmPlace(ctx, c.Person)
		if err != nil {
			return err
		}
	}
	s := b.speaker(c.Person)
	return b.upload(ctx, place, e, []file{{name: "plan-" + intake.PlanHash(b.service.Intake.PlanOf(c)) + ".txt", data: []byte(intake.PlanText(b.service.Intake.PlanOf(c), intake.Words{Say: s.plain, Menu: s.menu}))}})
}

// drawConversation draws the present turn as a new message, so that the thread reads
// as a conversation, and has the buttons taken off the turns before.
func (b *conversations) drawConversation(ctx context.Context, e workflows.Effect, body workflows.DrawTurn) error {
	c, cards, err := b.conversationAndCards(ctx, body.Conversation)
	if err != nil || c.Place.Channel == "" {
		return err
	}
	b.homes.refreshHome(c.Person)
	if err := (errands{b.messages}).settle(ctx, workflows.About{Conversation: c.ID}, c.Phase == workflows.Sent || c.Phase == workflows.Dropped); err != nil {
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
		if err := workflows.Commit(ctx, b.store, workflows.Change{Cards: before, Effects: []workflows.Effect{workflows.Retire(e, c)}}); err != nil {
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
	if plan := b.service.Intake.PlanOf(c); err == nil && c.Phase == workflows.Reviewing && len(plan.Specs) > 0 {
		agent{b.workspace}.name(ctx, c.Place, plan.Specs[0].CommonName)
	}
	return err
}

// errPassed: while a turn waited to be drawn, a later one came into the outbox.
var errPassed = errors.New("the conversation has moved on")

// retireTurns takes the buttons off the turns that were answered.
func (b *conversations) retireTurns(ctx context.Context, _ workflows.Effect, body workflows.RetireTurns) error {
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

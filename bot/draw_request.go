package bot

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"countersign/workflows"
)

// requestCards draws the cards of requests, and tells people about them.
type requestCards struct {
	*messages
	homes *homes
}

// drawRequest brings the copies of a request's card up to date, and makes those that
// should exist: one for the approvers once there is a CSR, one for the requester. Those
// of the approvers are an effect of their own.
func (b *requestCards) drawRequest(ctx context.Context, e workflows.Effect, body workflows.DrawRequest) error {
	r, group, cards, err := b.groupAndCards(ctx, body.Request)
	if err != nil {
		return err
	}
	if body.Audience == workflows.Approvers {
		cards = b.cardsOfApprovers(r, group, cards)
	} else {
		if err := (errands{b.messages}).settle(ctx, workflows.About{Request: r.ID}, r.Decided()); err != nil {
			return err
		}
		if err := workflows.Commit(ctx, b.store, workflows.Change{Effects: []workflows.Effect{workflows.ForApprovers(e, body, r)}}); err != nil {
			return err
		}
		b.homes.refreshHomes(r)
		if cards, err = b.cardsOfRequester(ctx, r, cards); err != nil {
			return err
		}
	}
	if !slices.ContainsFunc(cards, func(c workflows.Card) bool { return c.TS == "" }) {
		noPost(ctx)
	}
	for _, c := range cards {
		if _, ok := b.faceOf(r, group, c); !ok {
			continue
		}
		elsewhere := body.Audience == workflows.Approvers && c.Channel != b.service.ChannelOf(r)
		if body.Event == workflows.Afresh && c.TS != "" {
			c.Drawn = "" // somebody saw something else
		}
		err := b.drawNow(ctx, c, e.Key, func(ctx context.Context) (message, error) {
			r, group, _, err := b.groupAndCards(ctx, body.Request)
			if err != nil {
				return message{}, err
			}
			m, _ := b.faceOf(r, group, c)
			return m, nil
		})
		if elsewhere && errors.As(err, new(*closedError)) { // the configuration has another channel by now
			b.log.Warn("card left behind", "request_id", r.ID, "channel", c.Channel, "err", err)
			continue
		}
		if err != nil && shownTo(c.Kind) != "" {
			if _, passing := passesAfter(err, e.Attempts); !passing { // somebody has left: it keeps no other card
				b.log.Warn("copy left behind", "request_id", r.ID, "err", err)
				continue
			}
		}
		if err != nil {
			return err
		}
	}
	if body.Audience == workflows.Approvers && b.service.ChannelOf(r) != "" && r.Trouble.OfChannel() {
		return b.service.CardStands(ctx, r.ID)
	}
	return nil
}

// requesters are the kinds of cards that only the requester has.
func requesters(kind string) bool {
	return kind == cardRequester || strings.HasPrefix(kind, cardHandover) || strings.HasPrefix(kind, cardQuestion)
}

func (b *requestCards) cardsOfRequester(ctx context.Context, r workflows.Request, cards []workflows.Card) ([]workflows.Card, error) {
	cards = slices.DeleteFunc(cards, func(c workflows.Card) bool { return !requesters(c.Kind) })
	if !hasKind(cards, cardRequester) {
		place, err := b.dmPlace(ctx, r.Requester)
		if err != nil {
			return nil, err
		}
		cards = append(cards, workflows.Card{Subject: r.CardSubject(), Kind: cardRequester, Channel: place.Channel})
	}
	return cards, nil
}

// cardsOfApprovers are those that stand somewhere, and those that belong where the policy has
// its channel now: of what is over nobody gets one any more.
func (b *requestCards) cardsOfApprovers(r workflows.Request, group []workflows.Request, cards []workflows.Card) []workflows.Card {
	channel := b.service.ChannelOf(r)
	cards = slices.DeleteFunc(cards, func(c workflows.Card) bool {
		return requesters(c.Kind) || c.TS == "" && (c.Channel != channel || c.Drawn != begun)
	})
	add := func(subject, kind string, open bool) {
		isIt := func(c workflows.Card) bool { return c.Kind == kind && (c.Channel == channel || !open) }
		if !slices.ContainsFunc(cards, isIt) {
			cards = append(cards, workflows.Card{Subject: subject, Kind: kind, Channel: channel})
		}
	}
	if channel == "" {
		return cards
	}
	if decidable(group) {
		add(r.CardSubject(), cardApproval, slices.ContainsFunc(group, func(r workflows.Request) bool { return r.State.Can(workflows.VerbReject) }))
	}
	for i, a := range r.Asks {
		add(string(r.ID), cardKeyAsk+strconv.Itoa(i), a.Decided.IsZero())
	}
	for i, ask := range r.RevocationAsks {
		if ask.Closed.IsZero() {
			add(string(r.ID), cardRevocationAsk+strconv.Itoa(i), true)
		}
	}
	return cards
}

func hasKind(cards []workflows.Card, kind string) bool {
	return slices.ContainsFunc(cards, func(c workflows.Card) bool { return c.Kind == kind })
}

// faceOf is what one of the cards of a request shows now; false: leave it alone.
func (b *requestCards) faceOf(r workflows.Request, group []workflows.Request, c workflows.Card) (message, bool) {
	if i, ok := indexOf(c.Kind, cardHandover, len(r.Releases)); ok {
		return keyCard(b.speaker(r.Requester), lotOf(group, r, i))
	}
	if i, ok := indexOf(c.Kind, cardQuestion, len(r.Questions)); ok {
		return questionCard(b.speaker(r.Requester), r, i), true
	}
	if i, ok := indexOf(c.Kind, cardRevocationAsk, len(r.RevocationAsks)); ok {
		return revocationAskCard(b.channelSpeaker(), r, i), true
	}
	if i, ok := indexOf(c.Kind, cardKeyAsk, len(r.Asks)); ok {
		return askCard(b.channelSpeaker(), r, i), true
	}
	if id := shownTo(c.Kind); id != "" {
		return b.requestFor(workflows.Person{Team: b.service.Team, ID: id}, r), c.TS != ""
	}
	switch c.Kind {
	case cardApproval:
		all := make([]workflows.Request, len(group))
		for i, r := range group {
			if r.Trouble.OfChannel() { // not where this stands
				r.Trouble = workflows.Trouble{}
			}
			all[i] = r
		}
		return b.cardOfApprovers(b.channelSpeaker(), all), true
	case cardRequester:
		return cardOfRequester(b.speaker(r.Requester), group), true
	}
	return message{}, false
}

// cardOfApprovers is the card of some requests that share it, or of one.
func (b *workspace) cardOfApprovers(s speaker, all []workflows.Request) message {
	switch {
	case len(all) == 1:
		return approvalMessage(s, all[0], b.awaitedOn(all))
	case slices.ContainsFunc(all, workflows.Request.NeedsApprovers):
		return groupCard(s, all, b.awaitedOn(all))
	}
	return groupDone(s, all)
}

func cardOfRequester(s speaker, all []workflows.Request) message {
	if len(all) == 1 {
		return requesterCard(s, all[0])
	}
	return groupOfRequester(s, all)
}

// awaitedOn is whose word some requests of one policy wait for; of several it counts the
// approvals that all of them have.
func (b *workspace) awaitedOn(all []workflows.Request) awaited {
	policy, _ := b.service.PolicyOf(all[0])
	a := awaited{who: b.directory.Mention(policy.Approvers), have: -1}
	for _, r := range openIn(all) {
		have, need := b.service.Lists.Approvals(r)
		if a.need = need; a.have < 0 || have < a.have {
			a.have = have
		}
	}
	return a
}

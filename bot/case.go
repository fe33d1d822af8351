package bot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"countersign/workflows"
	"countersign/workflows/inbox"
	"countersign/workflows/intake"
	"countersign/workflows/support"
)

// diagnoseSubmitted opens a case in the person's direct message.
func (b *Bot) diagnoseSubmitted(ctx context.Context, cb slack.InteractionCallback, by workflows.Person) (any, bool) {
	s := b.speaker(by)
	secret, err := b.service.Inbox.ReceiveDirect(ctx, workflows.Message{Receipt: receiptOf(cb), By: by, Lang: s.lang, Text: reasonOf(cb)}, inbox.DirectDiagnose)
	if workflows.CodeOf(err) == workflows.Invalid {
		return b.reasonTaken(cb, by, err)
	}
	if err != nil && !seen(err) {
		return b.viewFailed(cb, by, err)
	}
	v := doneModal(s, inDirect(s, secret))
	return slack.NewUpdateViewSubmissionResponse(&v), true
}

// diagnoseMessage is the shortcut on a message: the answer goes into its thread.
func (b *Bot) diagnoseMessage(ctx context.Context, cb slack.InteractionCallback, by workflows.Person) (any, bool) {
	place := workflows.Place{Channel: cb.Channel.ID, Thread: cb.Message.ThreadTimestamp}
	if place.Thread == "" {
		place.Thread = cb.Message.Timestamp
	}
	if len(cb.Message.Files) > 0 {
		ids := make([]string, 0, len(cb.Message.Files))
		for _, f := range cb.Message.Files {
			ids = append(ids, f.ID)
		}
		err := b.service.Inbox.ReceiveFiles(ctx, workflows.Message{Receipt: receiptOf(cb), By: by, Place: place, Lang: b.lang(by), Text: typed(cb.Message.Text)}, ids)
		return nil, b.recorded(cb, by, err)
	}
	_, err := b.service.Support.Diagnose(ctx, support.Pasted{Receipt: receiptOf(cb), By: by, Place: place, Lang: b.lang(by), Text: typed(cb.Message.Text), Once: true})
	return nil, b.recorded(cb, by, err)
}

// caseAction is a click on the answer to a case.
func (b *Bot) caseAction(ctx context.Context, cb slack.InteractionCallback, by workflows.Person, a *slack.BlockAction, verb string) (any, bool) {
	s := b.speaker(by)
	var err error
	switch "case." + verb {
	case actCaseAnswer:
		id, parts := a.Value, strings.SplitN(a.ActionID, ".", 4)
		if a.SelectedOption.Value != "" { // a select: the case is in the block's name
			id, parts = lastWord(a.BlockID), strings.SplitN(actCaseAnswer+"."+a.SelectedOption.Value, ".", 4)
		}
		if len(parts) == 4 {
			_, err = b.service.Support.AnswerCase(ctx, receiptOf(cb), by, id, parts[2], parts[3])
			b.refreshCase(id, err)
		}
	case actCaseTick:
		if f := strings.Fields(a.Value); len(f) == 4 {
			step, _ := strconv.Atoi(f[2])
			_, err = b.service.Support.Tick(ctx, support.Ticked{Receipt: receiptOf(cb), By: by, Case: f[0], Cause: f[1], Step: step, Done: f[3] == stepDone})
			b.refreshCase(f[0], err)
		}
	case actCaseAgain:
		_, err = b.service.Support.ClearAnswers(ctx, receiptOf(cb), by, a.Value)
	case actCaseSolved:
		_, err = b.service.Support.Feedback(ctx, receiptOf(cb), by, a.Value, "solved", "")
	case actCaseWrong:
		if err = b.service.Admit(by); err == nil {
			b.openTextModal(cb, by, wrongModal(s, a.Value, b.service.Support.KB().Causes()))
		}
	case actCaseLong, actCaseHand:
		err = b.service.Support.PostCase(ctx, receiptOf(cb), by, a.Value, verb)
	case actCaseLook:
		id, target, _ := strings.Cut(a.Value, " ")
		err = b.service.Support.Probe(ctx, receiptOf(cb), by, id, target)
	case actCaseRemedy:
		var c workflows.Conversation
		c, err = b.service.Inbox.Remedy(ctx, intake.Started{Receipt: receiptOf(cb), By: by, Lang: s.lang}, a.Value)
		if err == nil {
			b.openPage(cb, s, by, c, b.stepOf(c))
		}
	case actCaseTeach:
		var c workflows.Case
		var l workflows.Lesson
		if c, l, err = b.service.Lessons.LessonFrom(ctx, by, a.Value); err == nil {
			b.openTextModal(cb, by, teachModal(s, c, l, b.service.Support.KB().Products()))
		}
	default:
		return b.undecoded("case."+clip(verb, 20), nil)
	}
	return nil, b.recorded(cb, by, err)
}

// refreshCase has the answer drawn anew for somebody who clicked on an old one.
func (b *Bot) refreshCase(id string, err error) {
	if code := workflows.CodeOf(err); code == workflows.Stale || code == workflows.Conflict {
		b.goAfter("refresh case", func(ctx context.Context) error {
			return b.service.RedrawCase(ctx, id)
		})
	}
}

// lastWord is the case's ID at the end of a block's name.
func lastWord(blockID string) string {
	return blockID[strings.LastIndexByte(blockID, ' ')+1:]
}

// wrongSubmitted records what the answer should have been.
func (b *Bot) wrongSubmitted(ctx context.Context, cb slack.InteractionCallback, by workflows.Person) (any, bool) {
	outcome := "wrong"
	if cb.View.State != nil {
		if o := cb.View.State.Values["cause"][valueID].SelectedOption.Value; o != "" {
			outcome = "other:" + o
		}
	}
	_, err := b.service.Support.Feedback(ctx, receiptOf(cb), by, readRouting(cb.View.PrivateMetadata).Case, outcome, reasonOf(cb))
	return b.reasonTaken(cb, by, err)
}

// caseAndCards reads a case with its messages.
func (b *Bot) caseAndCards(ctx context.Context, id string) (c workflows.Case, cards []workflows.Card, err error) {
	err = b.store.View(ctx, func(rd workflows.Reader) (err error) {
		if c, err = rd.Case(ctx, id); err != nil {
			return err
		}
		cards, err = rd.Cards(ctx, id)
		return err
	})
	return c, cards, err
}

// drawCase draws the answer where the question was asked, and the chain as a picture
// where there is one to draw.
func (b *Bot) drawCase(ctx context.Context, e workflows.Effect, body workflows.Body) error {
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
		if old.Kind == cardCase {
			card = old
		}
	}
	if card.TS != "" {
		noPost(ctx)
		if body.Event == workflows.Afresh {
			card.Drawn = "" // somebody saw something else
		}
	}
	var x support.Examined
	err = b.drawNow(ctx, card, e.Key, func(ctx context.Context) (message, error) {
		if c, _, err = b.caseAndCards(ctx, body.Case); err != nil {
			return message{}, err
		}
		x = b.service.Support.Examine(c)
		if c.Inspecting() {
			return inspectView(s, x), nil
		}
		return b.answerView(ctx, s, c), nil
	})
	if err != nil {
		return err
	}
	return b.sendPicture(ctx, s, e, c, cards, x)
}

// answerView is the answer as it stands.
func (b *Bot) answerView(ctx context.Context, s speaker, c workflows.Case) message {
	a := b.service.Support.Standing(ctx, c)
	if len(a.Findings) > 0 && a.Findings[0].Cause.ID == c.Other() {
		return correctedView(s, c, a, b.service.Support.BesideOf(c, a))
	}
	return caseView(s, c, a, b.service.Support.BesideOf(c, a))
}

// beside is the thread of a case's answer.
func (b *Bot) beside(ctx context.Context, c workflows.Case) (workflows.Place, error) {
	place := c.Place
	if place.Thread == "" {
		card, err := b.cardOf(ctx, c.ID, cardCase)
		if err != nil {
			return place, err
		}
		if card.TS == "" {
			return place, fmt.Errorf("bot: %s has no answer yet", c.ID)
		}
		place.Thread = card.TS
	}
	return place, nil
}

// postCase posts what somebody wanted of a case beside its answer.
func (b *Bot) postCase(ctx context.Context, e workflows.Effect, body workflows.Body) error {
	c, _, err := b.caseAndCards(ctx, body.Case)
	if err != nil {
		return err
	}
	if body.Event == support.PostWrong {
		return b.postWrong(ctx, e, c)
	}
	place, err := b.beside(ctx, c)
	if err != nil {
		return err
	}
	s := b.speaker(body.Person)
	if body.Event == support.PostLong {
		return b.upload(ctx, place, e, []file{{name: strings.ToLower(c.ID) + "-" + strconv.FormatInt(c.Version, 10) + ".txt", title: s.say("bot.file.case"), data: []byte(b.service.Support.LongForm(ctx, c, s.plain))}})
	}
	text := support.Handover(c, b.service.Support.Standing(ctx, c), s.plain)
	if text == "" { // it has become a certificate problem since
		return nil
	}
	_, err = b.post(ctx, place, e.Key, e.Attempts, handoverView(s, text))
	return err
}

// postWrong tells the support group of an answer that was wrong, unless they saw it
// where it was given.
func (b *Bot) postWrong(ctx context.Context, e workflows.Effect, c workflows.Case) error {
	if b.cfg.SupportChannel == "" || b.cfg.SupportChannel == c.Place.Channel {
		return nil
	}
	m := wrongView(b.channelSpeaker(), c, b.service.Support.Explain(ctx, c), b.service.Support.KB().Cause(c.Other()))
	_, err := b.post(ctx, workflows.Place{Channel: b.cfg.SupportChannel}, e.Key, e.Attempts, m)
	return err
}

// handoverView is a text to be copied: literal, in one block.
func handoverView(s speaker, text string) message {
	return message{Text: s.say("bot.case.handover"), Blocks: []slack.Block{note(s.say("bot.case.handover")), section(block(text, maxSection))}}
}

// followedView says in the thread what an addition has changed.
func followedView(s speaker, c workflows.Case, a support.TriageAnswer, changed bool) message {
	if !changed {
		return oneLine(s.say("bot.case.same"))
	}
	text := s.say("bot.case.changed." + a.Said())
	for i, f := range a.Findings {
		if i == 0 || a.Verdict == "ambiguous" && i < 2 {
			text += fmtFinding(s, f)
		}
	}
	if a.Question != nil && c.Outcome == "" {
		text += "\n:grey_question: " + s.text(support.TextOf(a.Question.Text))
	}
	return oneLine(text + "\n_" + s.say("bot.case.card_above") + "_")
}

// outcomeView answers a remark on how it went.
func outcomeView(s speaker, c workflows.Case, a support.TriageAnswer, solved bool) message {
	if solved {
		return oneLine(s.say("bot.case.outcome_solved"))
	}
	text := s.say("bot.case.outcome_stuck")
	for i, f := range a.Findings {
		if i > 0 && i < support.Rivals && c.Other() == "" {
			text += fmtFinding(s, f)
		}
	}
	if a.Question != nil && c.Outcome == "" {
		text += "\n:grey_question: " + s.text(support.TextOf(a.Question.Text))
	}
	return oneLine(text + "\n" + s.say("bot.case.outcome_next"))
}

func fmtFinding(s speaker, f support.TriageFinding) string {
	return "\n• *" + s.text(support.TextOf(f.Title())) + "*  " + s.say("bot.case.sure", "Percent", percent(f.Confidence))
}

// cardPicture marks that the picture of a chain was sent; its suffix says of which.
const cardPicture = "picture"

// sendPicture uploads the chain as a picture into the thread of the answer, once for
// each chain.
func (b *Bot) sendPicture(ctx context.Context, s speaker, e workflows.Effect, c workflows.Case, cards []workflows.Card, x support.Examined) error {
	if len(x.Chain.Nodes) < 2 {
		return nil
	}
	raw, err := json.Marshal(x.Chain)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(raw)
	kind := cardPicture + "/" + hex.EncodeToString(sum[:6])
	for _, card := range cards {
		if card.Kind == kind {
			return nil
		}
	}
	png, err := b.service.Support.PictureOf(x, s.plain)
	if err != nil || png == nil {
		return err
	}
	place, err := b.beside(ctx, c)
	if err != nil {
		return err
	}
	if err := b.upload(ctx, place, e, []file{{name: "chain-" + hex.EncodeToString(sum[:3]) + ".png", title: s.say("bot.file.picture"), data: png}}); err != nil {
		return err
	}
	return b.store.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) {
		return workflows.Change{Cards: []workflows.Card{{Subject: c.ID, Kind: kind, Channel: place.Channel, Thread: place.Thread, TS: "file", Drawn: "sent", Updated: b.now()}}}, nil
	})
}

func (b *Bot) cardOf(ctx context.Context, subject, kind string) (workflows.Card, error) {
	var found workflows.Card
	err := b.store.View(ctx, func(rd workflows.Reader) error {
		cards, err := rd.Cards(ctx, subject)
		for _, c := range cards {
			if c.Kind == kind {
				found = c
			}
		}
		return err
	})
	return found, err
}

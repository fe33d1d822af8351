package bot

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// notify sends the requester a direct message about an event, in the thread of the
// request's card where there is one, so that the direct message stays readable.
func (b *requestCards) notify(ctx context.Context, e workflows.Effect, body workflows.NotifyRequester) error {
	r, cards, err := b.requestAndCards(ctx, body.Request)
	if err != nil {
		return err
	}
	switch {
	case body.Text != nil:
		r.Trouble.Text = *body.Text
	case body.Event == "trouble" && r.Trouble.IsZero(), body.Event == "held" && r.Mismatch == nil:
		return nil // it passed before it could be told
	case body.Decisions > 0 && body.Decisions < len(r.Decisions):
		r.Decisions = r.Decisions[:body.Decisions] // as they were
	}
	s := b.speaker(r.Requester)
	place, err := b.dmPlace(ctx, r.Requester)
	if err != nil {
		return err
	}
	thread := place
	for _, c := range cards {
		if c.Kind == cardRequester {
			thread.Thread = c.TS
		}
	}
	if files := b.filesOf(r, body.Event); len(files) > 0 {
		if err := b.upload(ctx, thread, e, files); err != nil {
			return err
		}
	}
	if inThread(body.Event) {
		place = thread
	}
	return b.tell(ctx, place, e, message{Text: noticeText(s, r, body.Event), Blocks: noticeBlocks(s, r, body.Event)})
}

// inThread says where an event is told. Slack does not notify of replies in a thread that a
// person has not written in: what needs them is said outside.
func inThread(event string) bool {
	return event == "submitted" || event == "approved" || event == "resumed"
}

// filesOf are the files that go with an event: the CSR when it is made; certificate,
// chain and what the target takes them as when they are there.
func (b *requestCards) filesOf(r workflows.Request, event string) []file {
	base, s := FileBase(r), b.speaker(r.Requester)
	as := func(what string) string {
		return s.plain(workflows.Text{Key: "bot.file." + what, Args: map[string]string{"Request": string(r.ID)}})
	}
	switch {
	case (event == "submitted" || event == "pending") && len(r.CSR) > 0:
		return []file{{base + ".csr.pem", as("csr"), pemOf("CERTIFICATE REQUEST", r.CSR)}}
	case event == "issued":
		files := []file{{base + ".cert.pem", as("cert"), pemOf("CERTIFICATE", r.Cert)}, {base + ".chain.pem", as("chain"), pemOf("CERTIFICATE", r.Chain...)}}
		for _, f := range b.service.Lists.BundleOf(r) {
			if !holds(files, f.Data) {
				files = append(files, file{base + "." + f.Name, string(r.ID) + " · " + f.Name, f.Data})
			}
		}
		return files
	}
	return nil
}

// carryQuestion asks the requester an approver's question, outside of any thread: it needs
// them. What they say in its thread is their answer.
func (b *requestCards) carryQuestion(ctx context.Context, e workflows.Effect, p workflows.CarryQuestion) error {
	r, cards, err := b.requestAndCards(ctx, p.Request)
	if err != nil {
		return err
	}
	if p.Index < 0 || p.Index >= len(r.Questions) {
		return unknownEffect()
	}
	place, err := b.dmPlace(ctx, r.Requester)
	if err != nil {
		return err
	}
	card := workflows.Card{Subject: string(r.ID), Kind: cardQuestion + strconv.Itoa(p.Index), Channel: place.Channel}
	if i := slices.IndexFunc(cards, func(c workflows.Card) bool { return c.Kind == card.Kind }); i >= 0 {
		card = cards[i] // begun before a crash, or drawn with the others
	}
	return b.draw(ctx, card, e.Key, questionCard(b.speaker(r.Requester), r, p.Index))
}

// questionCard is an approver's question as its requester has it, with the answer once given.
func questionCard(s speaker, r workflows.Request, i int) message {
	q := r.Questions[i]
	text := s.raw("bot.carry.question", "Who", who(q.By), "Request", code(string(r.ID))) + "\n" + quote(clip(q.Text, 2000))
	m := oneLine(text)
	switch {
	case q.Answer != "":
		m.Blocks = append(m.Blocks, note(s.raw("bot.answered", "Who", who(r.Requester))+"\n"+quote(clip(q.Answer, 2000))))
	case i == len(r.Questions)-1 && r.Asked():
		m.Blocks = append(m.Blocks, note(s.say("bot.carry.how")), actions("answer", button(actAnswer, string(r.ID), s.raw("bot.button.answer"), slack.StylePrimary)))
	}
	return m
}

// carryAnswer takes the answer to the approvers, in the thread of their card.
func (b *requestCards) carryAnswer(ctx context.Context, e workflows.Effect, p workflows.CarryAnswer) error {
	r, cards, err := b.requestAndCards(ctx, p.Request)
	if err != nil {
		return err
	}
	if p.Index < 0 || p.Index >= len(r.Questions) {
		return unknownEffect()
	}
	q := r.Questions[p.Index]
	text := b.channelSpeaker().raw("bot.carry.answer", "Who", who(r.Requester), "Asker", who(q.By), "Request", code(string(r.ID))) + "\n" + quote(q.Answer)
	cards = slices.DeleteFunc(cards, func(c workflows.Card) bool { return c.Kind != cardApproval || c.TS == "" })
	if len(cards) == 0 {
		return fmt.Errorf("bot: %s has no %s card yet", r.ID, cardApproval)
	}
	at := max(0, slices.IndexFunc(cards, func(c workflows.Card) bool { return c.Channel == b.service.ChannelOf(r) }))
	return b.tell(ctx, workflows.Place{Channel: cards[at].Channel, Thread: cards[at].TS}, e, oneLine(text))
}

// notifyKey tells the requester what became of a hand-over, outside of any thread: it
// may need them.
func (b *requestCards) notifyKey(ctx context.Context, e workflows.Effect, body workflows.NotifyKey) error {
	r, _, err := b.requestAndCards(ctx, body.Request)
	if err != nil {
		return err
	}
	place, err := b.dmPlace(ctx, r.Requester)
	if err != nil {
		return err
	}
	m := keyNews(b.speaker(r.Requester), r, body.Index, body.Event)
	if len(m.Blocks) == 0 {
		return nil
	}
	return b.tell(ctx, place, e, m)
}

// raiseAlarm raises the alarm over a key with the approvers or with the operators.
func (b *requestCards) raiseAlarm(ctx context.Context, e workflows.Effect, body workflows.RaiseAlarm) error {
	r, _, err := b.requestAndCards(ctx, body.Request)
	if err != nil || body.Index >= len(r.Releases) {
		return err
	}
	channel, approvers := b.cfg.Operators, body.Whom == workflows.Approvers
	if approvers {
		channel = b.service.ChannelOf(r)
	}
	if channel == "" {
		b.log.Error("key alarm", "kind", body.Report, "request_id", r.ID)
		return nil
	}
	m := alarmView(b.channelSpeaker(), r, body.Index, body.Report, approvers)
	return b.tell(ctx, workflows.Place{Channel: channel}, e, m)
}

package bot

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// notify sends the requester a direct message about an event, outside of any thread: it needs
// them. What is true of several requests of a group is said once.
func (b *requestCards) notify(ctx context.Context, e workflows.Effect, body workflows.NotifyRequester) error {
	r, group, _, err := b.groupAndCards(ctx, body.Request)
	if err != nil {
		return err
	}
	switch {
	case onCardOnly[body.Event]:
		return nil
	case body.Text != nil:
		r.Trouble.Text = *body.Text
	case body.Event == "trouble" && r.Trouble.IsZero(), body.Event == "held" && r.Mismatch == nil:
		return nil // it passed before it could be told
	case body.Decisions > 0 && body.Decisions < len(r.Decisions):
		r.Decisions = r.Decisions[:body.Decisions] // as they were
	}
	if len(group) == 1 {
		return b.tellOf(ctx, e, e.Key, body.Event, []workflows.Request{r})
	}
	if err := b.notifyGroup(ctx, e, e.Key, body.Event, r, group); err != nil || body.Event == "issued" {
		return err
	}
	// What kept the others of the group from being handed over together may be settled by this.
	for _, other := range group {
		if other.ID != r.ID && hasCertificate(other) {
			return b.notifyGroup(ctx, e, e.Key+"/issued", "issued", other, group)
		}
	}
	return nil
}

// onCardOnly are events that the requester's card shows and no message says; earlier versions
// queued them.
var onCardOnly = map[string]bool{"submitted": true, "approved": true, "resumed": true}

// notifyGroup tells of r and of those of its group for which the same holds, once. Certificates
// are handed over together, when none of the group is under way any more.
func (b *requestCards) notifyGroup(ctx context.Context, e workflows.Effect, key, event string, r workflows.Request, group []workflows.Request) error {
	if sameFor[event] == nil {
		return b.tellOf(ctx, e, key, event, []workflows.Request{r})
	}
	if event == "issued" && slices.ContainsFunc(group, underWay) {
		return nil // the last of them tells
	}
	told, err := b.toldBy(ctx, event, group)
	if err != nil {
		return err
	}
	all := toTell(event, key, r, group, told)
	if len(all) == 0 {
		return nil
	}
	// Recorded first: what becomes true of others before this is tried again has its own message.
	c := workflows.Change{}
	for _, r := range all {
		c.Cards = append(c.Cards, workflows.Card{Subject: string(r.ID), Kind: toldKind(event, r), Drawn: key, Updated: b.now()})
	}
	if err := workflows.Commit(ctx, b.store, c); err != nil {
		return err
	}
	return b.tellOf(ctx, e, key, event, all)
}

// toTell are the requests of which the message key tells: those of which it was begun to tell
// before, or else r and what the same holds for, without what another message has told.
func toTell(event, key string, r workflows.Request, group []workflows.Request, told map[workflows.RequestID]string) (all []workflows.Request) {
	for _, other := range group {
		if told[other.ID] == key {
			all = append(all, other)
		}
	}
	if len(all) > 0 || told[r.ID] != "" {
		return all
	}
	for _, other := range group {
		if told[other.ID] == "" && (other.ID == r.ID || sameFor[event](other, r)) {
			all = append(all, other)
		}
	}
	return all
}

// underWay reports that r gets its certificate in a moment.
func underWay(r workflows.Request) bool {
	return (r.State == workflows.Approved || r.State == workflows.Issuing) && r.Trouble.IsZero() && !r.Pending && r.Mismatch == nil
}

// hasCertificate reports that r's certificate is there to be handed over, also where its requester
// has said already that it is installed.
func hasCertificate(r workflows.Request) bool {
	return r.State == workflows.Issued || r.State == workflows.Installed
}

// sameFor says of the events that come to several requests of a group at once whether what is
// said of r holds for another too.
var sameFor = map[string]func(other, r workflows.Request) bool{
	"issued": func(other, _ workflows.Request) bool { return hasCertificate(other) },
	"trouble": func(other, r workflows.Request) bool {
		return other.Trouble.Text.Key == r.Trouble.Text.Key && !other.State.Ended()
	},
	"expired": func(other, _ workflows.Request) bool { return other.State == workflows.Expired },
	"pending": func(other, r workflows.Request) bool {
		return other.State == workflows.Issuing && other.Pending && other.Issuer == r.Issuer
	},
	"failed": func(other, r workflows.Request) bool {
		return other.State == workflows.Failed && other.Trouble.Text.Key == r.Trouble.Text.Key
	},
	"rejected": func(other, r workflows.Request) bool {
		return other.State == workflows.Rejected && sameDecision(other, r)
	},
	"on_hold": func(other, r workflows.Request) bool {
		return other.State == workflows.OnHold && sameDecision(other, r)
	},
}

func sameDecision(a, b workflows.Request) bool {
	m, n := len(a.Decisions), len(b.Decisions)
	if m == 0 || n == 0 {
		return m == n
	}
	x, y := a.Decisions[m-1], b.Decisions[n-1]
	return x.By == y.By && x.Reason == y.Reason && x.At.Equal(y.At)
}

// toldKind is the kind of the record, kept among the cards of a request, that an event of it was
// told with those of others; drawn of it is the message.
func toldKind(event string, r workflows.Request) string {
	if event == "trouble" { // each time that one begins
		return fmt.Sprintf("told/%s/%d", event, r.Trouble.Since.UnixMilli())
	}
	return fmt.Sprintf("told/%s/%d", event, len(r.Decisions))
}

// toldBy says of which requests an event was told before, and by which message.
func (b *requestCards) toldBy(ctx context.Context, event string, group []workflows.Request) (map[workflows.RequestID]string, error) {
	told := map[workflows.RequestID]string{}
	return told, b.store.View(ctx, func(rd workflows.Reader) error {
		for _, r := range group {
			cards, err := rd.Cards(ctx, string(r.ID))
			if err != nil {
				return err
			}
			for _, c := range cards {
				if c.Kind == toldKind(event, r) {
					told[r.ID] = c.Drawn
				}
			}
		}
		return nil
	})
}

// tellOf tells of an event of some requests that share a card, in one message with their files.
func (b *requestCards) tellOf(ctx context.Context, e workflows.Effect, key, event string, all []workflows.Request) error {
	r := all[0]
	s := b.speaker(r.Requester)
	place, err := b.dmPlace(ctx, r.Requester)
	if err != nil {
		return err
	}
	var files []file
	for _, r := range all {
		for _, f := range b.filesOf(r, event) {
			if !holds(files, f.data) { // one chain of all
				files = append(files, f)
			}
		}
	}
	m := noticeView(s, all, event, b.linkToCard(ctx, r))
	if len(files) > 0 {
		return b.share(ctx, place, e, m, files)
	}
	_, err = b.post(ctx, place, key, e.Attempts, m)
	return err
}

// linkToCard leads to the card of a request in its requester's direct message; "" where there is
// none, or the workspace's address is not known.
func (b *requestCards) linkToCard(ctx context.Context, r workflows.Request) string {
	_, cards, err := b.requestAndCards(ctx, r.ID)
	if err != nil {
		return ""
	}
	for _, c := range cards {
		if c.Kind == cardRequester && c.TS != "" {
			return permalink(b.domain, c.Channel, c.TS, "")
		}
	}
	return ""
}

// filesOf are the files that go with an event: the CSR where a person has to take it to a CA;
// certificate, chain and what the target takes them as when they are there.
func (b *requestCards) filesOf(r workflows.Request, event string) []file {
	base, s := FileBase(r), b.speaker(r.Requester)
	as := func(what string) string {
		return s.plain(workflows.Text{Key: "bot.file." + what, Args: map[string]string{"Request": string(r.ID)}})
	}
	switch {
	case event == "pending" && len(r.CSR) > 0:
		return []file{{base + ".csr.pem", as("csr"), pemOf("CERTIFICATE REQUEST", r.CSR)}}
	case event == "issued":
		files := []file{{base + ".cert.pem", as("cert"), pemOf("CERTIFICATE", r.Cert)}, {base + ".chain.pem", as("chain"), pemOf("CERTIFICATE", r.Chain...)},
			{base + ".csr.pem", as("csr"), pemOf("CERTIFICATE REQUEST", r.CSR)}}
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

// remindApprovers says in the thread of the card that they know, and to the channel, that
// something new on it waits for them: a message that is redrawn notifies nobody.
func (b *requestCards) remindApprovers(ctx context.Context, e workflows.Effect, p workflows.RemindApprovers) error {
	r, group, cards, err := b.groupAndCards(ctx, p.Request)
	if err != nil || r.Awaits() != workflows.AwaitDecision {
		return err
	}
	at := slices.IndexFunc(cards, func(c workflows.Card) bool {
		return c.Kind == cardApproval && c.TS != "" && c.Channel == b.service.ChannelOf(r)
	})
	if at < 0 {
		return nil // it comes with this on it
	}
	s := b.channelSpeaker()
	text := s.raw("bot.group.more", "Request", code(string(r.ID)), "Name", code(r.Spec.CommonName), "Who", b.awaitedOn(group).who)
	_, err = b.post(ctx, workflows.Place{Channel: cards[at].Channel, Thread: cards[at].TS}, e.Key, e.Attempts, oneLine(text), slack.MsgOptionBroadcast())
	return err
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

// raiseAlarm raises the alarm over a key with the approvers or with the operators: one
// message where both have the same channel.
func (b *requestCards) raiseAlarm(ctx context.Context, e workflows.Effect, body workflows.RaiseAlarm) error {
	r, _, err := b.requestAndCards(ctx, body.Request)
	if err != nil || body.Index >= len(r.Releases) || r.Releases[body.Index].Alarm == nil { // an earlier version told of a second try too
		return err
	}
	channel, approvers := b.cfg.Operators, body.Whom == workflows.Approvers
	switch decide := b.service.ChannelOf(r); {
	case approvers:
		channel = decide
	case channel == decide && channel != "":
		return nil
	}
	if channel == "" {
		b.log.Error("key alarm", "kind", body.Report, "request_id", r.ID)
		return nil
	}
	m := alarmView(b.channelSpeaker(), r, body.Index, approvers)
	return b.tell(ctx, workflows.Place{Channel: channel}, e, m)
}

package bot

import (
	"bytes"
	"cmp"
	"context"
	"encoding/pem"
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// tell sends the requester a direct message about an event, in the thread of the
// request's card where there is one, so that the direct message stays readable.
func (b *Bot) tell(ctx context.Context, e workflows.Effect, body workflows.Body) error {
	r, cards, err := b.requestAndCards(ctx, body.Request)
	if err != nil {
		return err
	}
	switch {
	case body.Text != nil:
		r.Trouble.Text = *body.Text
	case body.Event == "trouble" && r.Trouble.IsZero(), body.Event == "held" && r.Mismatch == nil:
		return nil // it passed before it could be told
	case body.Index > 0 && body.Index < len(r.Decisions):
		r.Decisions = r.Decisions[:body.Index] // as they were
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
	_, err = b.post(ctx, place, e.Key, e.Attempts, message{Text: tellText(s, r, body.Event), Blocks: tellBlocks(s, r, body.Event)})
	return err
}

// inThread says where an event is told. Slack does not notify of replies in a thread that a
// person has not written in: what needs them is said outside.
func inThread(event string) bool {
	return event == "submitted" || event == "approved" || event == "resumed"
}

func tellText(s speaker, r workflows.Request, event string) string {
	last := workflows.Decision{}
	if n := len(r.Decisions); n > 0 {
		last = r.Decisions[n-1]
	}
	serial := ""
	if n := len(r.Unused); n > 0 {
		serial = r.Unused[n-1].Serial()
	}
	return s.raw("bot.tell."+event, "Serial", code(serial), "Request", code(string(r.ID)), "Name", code(r.Spec.CommonName), "Who", who(last.By), "By", who(r.EndedBy),
		"Day", s.day(r.NotAfter), "Until", s.when(r.Expires), "Why", s.text(r.Trouble.Text), "Issuer", escape(s.option("issuer", r.Issuer)))
}

func tellBlocks(s speaker, r workflows.Request, event string) []slack.Block {
	blocks := []slack.Block{section(tellText(s, r, event))}
	if event == "held" && r.Mismatch != nil {
		blocks = append(append(blocks, heldBlocks(s, r)[1:]...), section(heldNext(s, r)))
	}
	if n := len(r.Decisions); n > 0 && (event == "rejected" || event == "on_hold") && r.Decisions[n-1].Reason != "" {
		blocks = append(blocks, section(quote(clip(r.Decisions[n-1].Reason, 2500))))
	}
	return blocks
}

// file is something to upload.
type file struct {
	name  string
	title string // what people see first; empty: the name
	data  []byte
}

// filesOf are the files that go with an event: the CSR when it is made; certificate,
// chain and what the target takes them as when they are there.
func (b *Bot) filesOf(r workflows.Request, event string) []file {
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

func holds(files []file, data []byte) bool {
	for _, f := range files {
		if bytes.Equal(f.data, data) {
			return true
		}
	}
	return false
}

// FileBase names the files of a request: its ID and node, or common name for several
// nodes, safe on every system.
func FileBase(r workflows.Request) string {
	name := r.Spec.CommonName
	if len(r.Spec.For) == 1 {
		name = r.Spec.For[0]
	}
	safe := strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '.' {
			return c
		}
		return '_'
	}, strings.ToLower(name))
	return strings.Trim(clip(string(r.ID)+"-"+safe, 100), ".…")
}

func pemOf(kind string, ders ...[]byte) []byte {
	var b bytes.Buffer
	for _, der := range ders {
		b.Write(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	return b.Bytes()
}

// upload sends files to a place, each once: on a second attempt those that are there
// are left out.
func (b *Bot) upload(ctx context.Context, place workflows.Place, e workflows.Effect, files []file) error {
	there := map[string]bool{}
	if e.Attempts > 1 && place.Thread != "" {
		msgs, _, _, err := b.api.GetConversationRepliesContext(ctx, &slack.GetConversationRepliesParameters{
			ChannelID: place.Channel, Timestamp: place.Thread, Limit: 200})
		if err != nil {
			return describe("conversations.replies", err)
		}
		for i := range msgs {
			for _, f := range msgs[i].Files {
				there[f.Name] = true
			}
		}
	}
	for _, f := range files {
		if there[f.name] || len(f.data) == 0 {
			continue
		}
		_, err := b.api.UploadFileContext(ctx, slack.UploadFileParameters{
			Filename: f.name, Title: cmp.Or(f.title, f.name), Content: string(f.data), FileSize: len(f.data), Channel: place.Channel, ThreadTimestamp: place.Thread})
		if err != nil {
			return describe("files.upload", err)
		}
	}
	return nil
}

// carryQuestion takes a question to the requester, or the answer to the approvers, as
// a message in the thread of their card.
func (b *Bot) carryQuestion(ctx context.Context, e workflows.Effect, body workflows.Body) error {
	r, cards, err := b.requestAndCards(ctx, body.Request)
	if err != nil {
		return err
	}
	if body.Index < 0 || body.Index >= len(r.Questions) {
		return &workflows.Error{Code: workflows.NotFound, Text: workflows.Text{Key: "bot.unknown_effect"}}
	}
	q := r.Questions[body.Index]
	kind, s := cardRequester, b.speaker(r.Requester)
	text := s.raw("bot.carry.question", "Who", who(q.By), "Request", code(string(r.ID))) + "\n" + quote(q.Text)
	if e.Kind == workflows.KindAnswer {
		kind, s = cardApproval, b.channelSpeaker()
		text = s.raw("bot.carry.answer", "Who", who(r.Requester), "Asker", who(q.By), "Request", code(string(r.ID))) + "\n" + quote(q.Answer)
	}
	for _, c := range cards {
		if c.Kind == kind && c.TS != "" {
			_, err := b.post(ctx, workflows.Place{Channel: c.Channel, Thread: c.TS}, e.Key, e.Attempts, oneLine(text))
			return err
		}
	}
	return fmt.Errorf("bot: %s has no %s card yet", r.ID, kind)
}

// tellOperators says that work waits, or was given up. Without a channel for that it is
// in the log and the audit only.
func (b *Bot) tellOperators(ctx context.Context, e workflows.Effect, body workflows.Body) error {
	if b.cfg.Operators == "" {
		if e.Kind == workflows.KindDead {
			b.log.Error("given up", "kind", body.Kind, "request_id", body.Request, "reason", body.Reason)
		}
		return nil
	}
	_, err := b.post(ctx, workflows.Place{Channel: b.cfg.Operators}, e.Key, e.Attempts, oneLine(operatorsText(b.channelSpeaker(), e.Kind, body)))
	return err
}

// operatorsText says which work it is, and what to do about it.
func operatorsText(s speaker, kind string, body workflows.Body) string {
	what, why := code(body.Kind), code(clip(body.Reason, 200))
	if key := "bot.work." + body.Kind; s.cat.Has(s.lang, key) {
		what = s.say(key)
	}
	if body.Text != nil {
		why = s.text(*body.Text)
	}
	return s.raw("bot."+kind, "Kind", what, "Request", code(string(body.Request)+body.Conversation+body.Case), "Why", why)
}

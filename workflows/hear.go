package workflows

import (
	"context"
	"fmt"
	"strings"
	"time"

	"countersign/certs/check"
	"countersign/language"
	"countersign/triage"
	"countersign/workflows/form"
)

// Heard is something that a person wrote where the bot listens.
type Heard struct {
	Receipt Receipt
	By      Person
	Place   Place // where an answer belongs: a direct message or a thread
	Lang    string
	Text    string
	More    int  // files that came with it beyond those that are read
	Direct  bool // said to the bot: a mention or a direct message, not just in a thread it is in
	Label   func(field, option string) string
}

// Hear answers free text: it goes on with the conversation or case that is open at
// the place, or starts what the text asks for. What it decides is committed before it
// returns; the answer follows from the outbox.
func (s *Service) Hear(ctx context.Context, in Heard) error {
	if holdsKey(in.Text) {
		return s.hearKey(ctx, in)
	}
	var open Conversation
	var at Case
	err := s.Store.View(ctx, func(rd Reader) (err error) {
		open, err = rd.ConversationAt(ctx, in.By, in.Place)
		if CodeOf(err) == NotFound {
			err = nil
		}
		if err != nil {
			return err
		}
		at, err = caseAt(ctx, rd, in.Place)
		if err == nil && at.ID == "" {
			at, err = s.remarked(ctx, rd, in)
		}
		return err
	})
	if err != nil {
		return err
	}
	target := language.ReadProbe(in.Text)
	switch {
	case target != "" && at.ID != "":
		return s.lookFor(ctx, in, at.ID, target)
	case target != "" && in.Direct && open.ID == "":
		return s.lookAnew(ctx, in, target)
	case open.ID != "" && s.otherMatter(ctx, open, in):
		return s.hearAnew(ctx, in)
	case open.ID != "" && in.Place.Channel != "":
		_, err := s.Reply(ctx, Replied{Receipt: in.Receipt, By: in.By, ID: open.ID, Text: in.Text, Label: in.Label})
		return err
	case at.ID != "":
		return s.followUp(ctx, in, at.ID, nil)
	case !in.Direct:
		return nil
	}
	return s.hearAnew(ctx, in)
}

// otherMatter: a request that is named is another matter than the one being described;
// and in a direct message, where everything is said in one place, an error that somebody
// wants explained or "where are my requests?" does not answer "which product?". What is
// written freely (a reason, a name of a company) is never taken for one.
func (s *Service) otherMatter(ctx context.Context, open Conversation, in Heard) bool {
	general := in.Place.Thread == "" && in.Direct
	switch {
	case general && language.ReadBareSlash(in.Text) != "":
		return true
	case language.ReadCommand(in.Text).Verb != "":
		return false
	}
	u := language.Parse(in.Text)
	if spokenOf(u) != "" && (u.Intent == language.Cancel || u.Intent == language.Status) {
		return true
	}
	if !general {
		return false
	}
	if asked, ok := s.Form().Field(open.Field); ok && (asked.Type == form.Text || asked.Type == form.Area) {
		return false
	}
	return u.Intent == language.Status || u.Intent == language.Diagnose && s.tells(ctx, in.Text)
}

// hearKey answers a pasted private key. Where a certificate came along, it also says
// whether the two belong together; the key is not kept.
func (s *Service) hearKey(ctx context.Context, in Heard) error {
	m, _ := check.Read("message", []byte(in.Text), check.ReadOptions{})
	if len(m.Of(check.Certificate))+len(m.Of(check.Request)) == 0 || !in.Direct || s.admit(in.By) != nil {
		return s.replyWith(ctx, in, "secret")
	}
	warned := in
	warned.Receipt += "/secret"
	if err := ignoreSeen(s.replyWith(ctx, warned, "secret")); err != nil {
		return err
	}
	got := &attached{material: m}
	got.pair()
	return s.hearMaterial(ctx, in, got)
}

// holdsKey recognises a pasted private key by its armour, broken or not. It is asked
// wherever people type: what it recognises is refused, and so never stored.
func holdsKey(texts ...string) bool {
	for _, text := range texts {
		_, found := triage.Redact(text)
		for _, r := range found {
			if r.Kind == "private-key" {
				return true
			}
		}
	}
	return false
}

// withoutSecrets is a text as it may be stored and shown: what people type into answers
// and reasons is kept, the password among it is not.
func withoutSecrets(text string) string {
	text, _ = triage.Redact(text)
	return text
}

func (s *Service) hearAnew(ctx context.Context, in Heard) error {
	switch word := language.ReadBareSlash(in.Text); word {
	case "":
	case "new":
		_, err := s.Start(ctx, Started{Receipt: in.Receipt, By: in.By, Place: in.Place, Lang: in.Lang})
		return err
	case "inspect":
		return s.replyWith(ctx, in, "inspect_how")
	default:
		return s.replyWith(ctx, in, word)
	}
	u := language.Parse(in.Text)
	if u.Intent != language.Diagnose { // an error with a certificate in it is an error first
		if done, err := s.hearPEM(ctx, in); done {
			return err
		}
	}
	switch u.Intent {
	case language.Request:
		return s.hearRequest(ctx, in, u)
	case language.Renew:
		return s.hearRenewal(ctx, in, u)
	case language.Status:
		if id := spokenOf(u); id != "" {
			return s.replyWith(ctx, in, "request:"+string(id))
		}
		return s.replyWith(ctx, in, "list")
	case language.Diagnose:
		_, err := s.Diagnose(ctx, Pasted{Receipt: in.Receipt, By: in.By, Place: in.Place, Lang: in.Lang, Text: in.Text})
		return err
	case language.Inspect:
		return s.replyWith(ctx, in, "inspect_how")
	case language.Cancel:
		return s.replyWith(ctx, in, "cancel:"+string(spokenOf(u)))
	case language.Help, language.Other:
		switch {
		case u.Ordered:
			return s.replyWith(ctx, in, "buttons")
		case language.Thanks(in.Text):
			return s.replyWith(ctx, in, "welcome")
		}
	}
	// A log or an error without a word around it reads as chat: let triage have a look.
	a, err := s.KB().Diagnose(ctx, triage.Input{Text: in.Text})
	if err == nil && len(a.Findings) > 0 && a.Findings[0].Cause.ID != "not-certificate:other" {
		_, err := s.Diagnose(ctx, Pasted{Receipt: in.Receipt, By: in.By, Place: in.Place, Lang: in.Lang, Text: in.Text})
		return err
	}
	return s.replyWith(ctx, in, "help")
}

// spokenOf is the request that a text speaks of: "REQ-88", "#88", "88 号申请".
func spokenOf(u language.Understanding) RequestID {
	digits := strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' {
			return c
		}
		return -1
	}, u.RequestID)
	if digits == "" {
		return ""
	}
	return RequestID("REQ-" + digits)
}

// hearRequest starts what the text asks for. "The same as REQ-88" takes over what the
// text does not say; names and the reason are this request's own.
func (s *Service) hearRequest(ctx context.Context, in Heard, u language.Understanding) error {
	start := Started{Receipt: in.Receipt, By: in.By, Place: in.Place, Lang: in.Lang, Text: in.Text}
	if id := spokenOf(u); id != "" {
		like, err := s.likeRequest(ctx, in.By, id)
		if err != nil && CodeOf(err) != NotFound {
			return err
		}
		for _, key := range []string{"nodes", "topology", "cluster_fqdn", "names", "purpose"} {
			delete(like, key)
		}
		start.Answers = like
	}
	_, err := s.Start(ctx, start)
	return err
}

// hearRenewal starts from the request or the remembered deployment that the text
// names, as far as it names one.
func (s *Service) hearRenewal(ctx context.Context, in Heard, u language.Understanding) error {
	start := Started{Receipt: in.Receipt, By: in.By, Place: in.Place, Lang: in.Lang, Text: in.Text}
	if id := spokenOf(u); id != "" {
		_, err := s.RenewalOf(ctx, start, id)
		if CodeOf(err) != NotFound {
			return err
		}
	}
	_, err := s.Start(ctx, start)
	return err
}

// replyWith queues one of the standing answers (help, list, ...), to be drawn from
// state when it is delivered.
func (s *Service) replyWith(ctx context.Context, in Heard, event string) error {
	refused := s.admit(in.By)
	if refused != nil && in.Direct {
		// Even a refusal is said: silence would look like a broken bot.
		event, refused = "refused:"+refused.Text.Key, nil
	}
	return s.update(ctx, in.Receipt, in.By, "hear", in.Place.Channel, refused, func(_ Reader, now time.Time) (Change, error) {
		return standingReply(in, event, now), nil
	})
}

// standingReply is the change that has one of the standing answers said to in, once for its receipt.
func standingReply(in Heard, event string, now time.Time) Change {
	place := in.Place
	e := effect(Notify, place.Channel+"/"+place.Thread, KindReply, fmt.Sprintf("reply/%s/%s", in.Receipt, event),
		Body{Person: in.By, Place: &place, Lang: in.Lang, Event: event})
	c := Change{Effects: []Effect{e}}
	if strings.HasPrefix(event, "refused:") || event == "secret" {
		c.Audit = []Audit{{At: now, Actor: in.By, Verb: event, Subject: place.Channel}}
	}
	return c
}

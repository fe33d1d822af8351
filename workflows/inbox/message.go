package inbox

import (
	"context"
	"sync"

	"countersign/certs/check"
	"countersign/language"
	"countersign/workflows"
	"countersign/workflows/form"
	"countersign/workflows/intake"
	"countersign/workflows/support"
)

// Receive answers free text: it goes on with the conversation or case that is open at
// the place, or starts what the text asks for. What it decides is committed before it
// returns; the answer follows from the outbox.
func (s *Service) Receive(ctx context.Context, in workflows.Message) error {
	var open workflows.Conversation
	var at workflows.Case
	var on workflows.Request
	var group []workflows.Request
	err := s.Store.View(ctx, func(rd workflows.Reader) (err error) {
		if on, group, err = requestAt(ctx, rd, in.Place); err != nil {
			return err
		}
		open, err = rd.ConversationAt(ctx, in.By, in.Place)
		if workflows.CodeOf(err) == workflows.NotFound {
			err = nil
		}
		if err != nil {
			return err
		}
		at, err = support.CaseAt(ctx, rd, in.Place)
		if err == nil && at.ID == "" {
			at, err = s.Support.RemarkedCase(ctx, rd, in)
		}
		return err
	})
	switch {
	case err != nil:
		return err
	case workflows.HoldsKey(in.Text) && (!in.Direct && open.ID == "" && at.ID == "" || s.Refusal(in.By) != nil):
		return s.Overhear(ctx, in)
	case workflows.HoldsKey(in.Text):
		return s.receiveKey(ctx, in)
	}
	understood := sync.OnceValue(func() language.Understanding { return language.Parse(in.Text) })
	target := language.ReadProbe(in.Text)
	switch {
	case len(group) > 0 && open.ID == "":
		return s.onCard(ctx, in, on, group, understood)
	case target != "" && at.ID != "":
		return s.Support.ProbeFor(ctx, in, at.ID, target)
	case target != "" && in.Direct && open.ID == "":
		return s.Support.ProbeAnew(ctx, in, target)
	case open.ID != "" && s.otherMatter(ctx, open, in, understood):
		return s.route(ctx, in, understood)
	case open.ID != "" && in.Place.Channel != "":
		_, err := s.Intake.Reply(ctx, intake.Replied{Receipt: in.Receipt, By: in.By, ID: open.ID, Text: in.Text, Label: in.Label})
		return err
	case at.ID != "":
		return s.Support.Remark(ctx, in, at.ID, nil)
	case !in.Direct:
		return nil
	}
	return s.route(ctx, in, understood)
}

// otherMatter: a request that is named is another matter than the one being described;
// and in a direct message, where everything is said in one place, an error that somebody
// wants explained or "where are my requests?" does not answer "which product?". What is
// written freely (a reason, a name of a company) is never taken for one.
func (s *Service) otherMatter(ctx context.Context, open workflows.Conversation, in workflows.Message, understood func() language.Understanding) bool {
	general := in.Place.Thread == "" && in.Direct
	switch {
	case general && language.ReadBareSlash(in.Text) != "":
		return true
	case language.ReadCommand(in.Text).Verb != "":
		return false
	}
	u := understood()
	if spokenOf(u) != "" && (u.Intent == language.Cancel || u.Intent == language.Status) {
		return true
	}
	if !general {
		return false
	}
	if asked, ok := s.Intake.Form().Field(open.Field); ok && (asked.Type == form.Text || asked.Type == form.Area) {
		return false
	}
	return u.Intent == language.Status || u.Intent == language.Diagnose && s.Support.Recognises(ctx, in.Lang, in.Text)
}

// receiveKey answers a pasted private key. Where a certificate came along, it also says
// whether the two belong together; the key is not kept.
func (s *Service) receiveKey(ctx context.Context, in workflows.Message) error {
	m, _ := check.Read("message", []byte(in.Text), check.ReadOptions{})
	if len(m.Of(check.Certificate))+len(m.Of(check.Request)) == 0 || !in.Direct {
		return s.replyWith(ctx, in, workflows.SaySecret, "")
	}
	warned := in
	warned.Receipt += "/secret"
	if err := ignoreSeen(s.replyWith(ctx, warned, workflows.SaySecret, "")); err != nil {
		return err
	}
	got := &support.Attached{Material: m}
	got.Pair()
	return s.receiveMaterial(ctx, in, got)
}

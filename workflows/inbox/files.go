package inbox

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"countersign/certs"
	"countersign/certs/check"
	"countersign/language"
	"countersign/triage"
	"countersign/workflows"
	"countersign/workflows/support"
)

// MaxFiles is how many files of one message are read. More are said to be left.
const MaxFiles = 20

// ReceiveFiles queues the reading of files that came with a message; the words of the
// message go with them, without their secrets.
func (s *Service) ReceiveFiles(ctx context.Context, in workflows.Message, ids []string) error {
	return s.Update(ctx, in.Receipt, in.By, "files", in.Place.Channel, s.Refusal(in.By), func(_ workflows.Reader, now time.Time) (workflows.Change, error) {
		place := in.Place
		said, _ := triage.Redact(in.Text)
		kept := ids[:min(len(ids), MaxFiles)]
		e := workflows.NewEffect(workflows.Files, "files/"+in.By.String(), fmt.Sprintf("files/%s", in.Receipt),
			workflows.ReadFiles{Person: in.By, Place: &place, Lang: in.Lang, Files: kept, More: len(ids) - len(kept), Link: in.Link, Aside: !in.Direct, Said: workflows.ClipBytes(said, 16<<10)})
		if workflows.HoldsKey(in.Text) { // gone from what was kept: said now, and once, whatever the files hold
			in.Receipt = workflows.Receipt(e.Key + "/secret")
			c := standingReply(in, secretIn(in), "", now)
			c.Effects = append(c.Effects, e)
			return c, nil
		}
		return workflows.Change{Effects: []workflows.Effect{e}}, nil
	})
}

// FilesGivenUp is what is committed with files that could not be read, however often it
// was tried: their person hears at a place what to do instead, the operators hear that it happened.
func (s *Service) FilesGivenUp(e workflows.Effect, at *workflows.Place, reason string) workflows.Change {
	c := s.Dead(e, reason, nil)
	if p, err := workflows.ReadPayload[workflows.ReadFiles](e); err == nil && at != nil {
		in := workflows.Message{By: p.Person, Place: *at, Lang: p.Lang, Link: p.Link}
		c.Effects = append(c.Effects, reply(in, e.Key+"/given-up", workflows.Reply{Say: workflows.SayTexts, Texts: []workflows.Text{certs.T("workflows.file.given_up")}}))
	}
	return c
}

// TakeFiles answers files: they go to the case that is open at the place; requests and
// certificates go where they belong; anything else is explained. It ends the effect e
// in the last of its commits; run again after a crash, receipts keep it from
// answering twice. Of what people send each other beside a card, only what a request may
// wait for is taken.
func (s *Service) TakeFiles(ctx context.Context, e workflows.Effect, in workflows.Message, files []workflows.File) error {
	at, err := workflows.Read(ctx, s.Store, func(rd workflows.Reader) (workflows.Case, error) {
		if _, err := rd.ConversationAt(ctx, in.By, in.Place); workflows.CodeOf(err) != workflows.NotFound {
			in.Direct = true // whoever answers our questions speaks to us
			if err != nil {
				return workflows.Case{}, err
			}
		}
		return support.CaseAt(ctx, rd, in.Place)
	})
	if err != nil {
		return err
	}
	got, err := s.Support.OpenFiles(ctx, files)
	if err != nil {
		return err
	}
	if in.More > 0 {
		got.Unread = append(got.Unread, certs.T("workflows.file.too_many", "Read", strconv.Itoa(MaxFiles), "More", strconv.Itoa(in.More)))
	}
	if len(got.Unread) > 0 && (in.Direct || at.ID != "") {
		in.Receipt = workflows.Receipt(e.Key + "/unread")
		if err := ignoreSeen(s.replyTexts(ctx, in, got.Unread...)); err != nil {
			return err
		}
	}
	if got.Key || got.Material.HasPrivateKey() {
		in.Receipt = workflows.Receipt(e.Key + "/secret")
		if err := ignoreSeen(s.replyWith(ctx, in, secretIn(in), "")); err != nil {
			return err
		}
	}
	in.Receipt = workflows.Receipt(e.Key + "/all")
	err = s.sortFiles(ctx, in, at, got)
	if err := ignoreSeen(err); err != nil {
		var no *workflows.Error
		if no, _ = err.(*workflows.Error); no == nil || no.Code == workflows.Unable { //nolint:errorlint // update returns it as it is
			return err
		}
		if err := ignoreSeen(s.replyText(ctx, in, no)); err != nil {
			return err
		}
	}
	return s.Done(ctx, e)
}

// secretIn is how who sent a private key is told: alone, where they did not say it to us.
func secretIn(in workflows.Message) workflows.Standing {
	if in.Direct {
		return workflows.SaySecret
	}
	return workflows.SayOverheard
}

// sortFiles says where files belong; at is the case at their place.
func (s *Service) sortFiles(ctx context.Context, in workflows.Message, at workflows.Case, got *support.Attached) error {
	if got.Empty() {
		return nil
	}
	if at.ID != "" {
		return s.Support.Remark(ctx, in, at.ID, got)
	}
	plain := len(got.Logs) == 0 && len(got.Material.Of(check.Certificate))+len(got.Material.Of(check.Request)) > 0
	pasted := support.Pasted{Receipt: in.Receipt, By: in.By, Place: in.Place, Lang: in.Lang, Text: in.Text, Link: in.Link}
	trouble := in.Text != "" && (language.Parse(in.Text).Intent == language.Diagnose || s.Support.Recognises(ctx, in.Lang, in.Text))
	if plain && !trouble {
		return s.receiveMaterial(ctx, in, got)
	}
	if !in.Direct {
		return nil // people talk to each other
	}
	_, err := s.Support.OpenCase(ctx, pasted, got)
	return err
}

package workflows

import (
	"context"
	"encoding/pem"
	"fmt"
	"strconv"
	"strings"
	"time"

	"countersign/certs"
	"countersign/certs/check"
	"countersign/language"
	"countersign/triage"
)

// MaxFiles is how many files of one message are read. More are said to be left.
const MaxFiles = 20

// HearFiles queues the reading of files that came with a message; the words of the
// message go with them, without their secrets.
func (s *Service) HearFiles(ctx context.Context, in Heard, ids []string) error {
	return s.update(ctx, in.Receipt, in.By, "files", in.Place.Channel, s.admit(in.By), func(_ Reader, now time.Time) (Change, error) {
		place := in.Place
		said, _ := triage.Redact(in.Text)
		kept := ids[:min(len(ids), MaxFiles)]
		e := effect(Files, "files/"+in.By.String(), KindFiles, fmt.Sprintf("files/%s", in.Receipt),
			Body{Person: in.By, Place: &place, Lang: in.Lang, Files: kept, More: len(ids) - len(kept), Said: clipBytes(said, 16<<10)})
		if holdsKey(in.Text) { // gone from what was kept: said now, and once, whatever the files hold
			in.Receipt = Receipt(e.Key + "/secret")
			c := standingReply(in, "secret", now)
			c.Effects = append(c.Effects, e)
			return c, nil
		}
		return Change{Effects: []Effect{e}}, nil
	})
}

// FilesGivenUp is what is committed with files that could not be read, however often it
// was tried: their person hears what to do instead, the operators hear that it happened.
func (s *Service) FilesGivenUp(e Effect, body Body, reason string) Change {
	c := s.dead(e, body, reason)
	if body.Place != nil {
		c.Effects = append(c.Effects, effect(Notify, body.Place.Channel+"/"+body.Place.Thread, KindReply, e.Key+"/given-up",
			Body{Person: body.Person, Place: body.Place, Lang: body.Lang, Event: "texts", Texts: []Text{certs.T("workflows.file.given_up")}}))
	}
	return c
}

// TakeFiles answers files: they go to the case that is open at the place; requests and
// certificates go where they belong; anything else is explained. It ends the effect e
// in the last of its commits; run again after a crash, receipts keep it from
// answering twice.
func (s *Service) TakeFiles(ctx context.Context, e Effect, in Heard, files []File) error {
	got, err := s.openFiles(ctx, files)
	if err != nil {
		return err
	}
	if in.More > 0 {
		got.unread = append(got.unread, certs.T("workflows.file.too_many", "Read", strconv.Itoa(MaxFiles), "More", strconv.Itoa(in.More)))
	}
	if len(got.unread) > 0 {
		in.Receipt = Receipt(e.Key + "/unread")
		if err := ignoreSeen(s.replyTexts(ctx, in, got.unread)); err != nil {
			return err
		}
	}
	if got.key || got.material.HasPrivateKey() {
		in.Receipt = Receipt(e.Key + "/secret")
		if err := ignoreSeen(s.replyWith(ctx, in, "secret")); err != nil {
			return err
		}
	}
	in.Receipt = Receipt(e.Key + "/all")
	err = s.sortFiles(ctx, in, got)
	if err := ignoreSeen(err); err != nil {
		var no *Error
		if no, _ = err.(*Error); no == nil || no.Code == Unable { //nolint:errorlint // update returns it as it is
			return err
		}
		if err := ignoreSeen(s.replyText(ctx, in, no)); err != nil {
			return err
		}
	}
	return s.Store.Update(ctx, "", func(Reader) (Change, error) { return Change{Done: []int64{e.ID}}, nil })
}

// sortFiles says where files belong.
func (s *Service) sortFiles(ctx context.Context, in Heard, got *attached) error {
	if got.empty() {
		return nil
	}
	var at Case
	err := s.Store.View(ctx, func(rd Reader) (err error) { at, err = caseAt(ctx, rd, in.Place); return err })
	if err != nil {
		return err
	}
	if at.ID != "" {
		return s.followUp(ctx, in, at.ID, got)
	}
	plain := len(got.logs) == 0 && len(got.material.Of(check.Certificate))+len(got.material.Of(check.Request)) > 0
	pasted := Pasted{Receipt: in.Receipt, By: in.By, Place: in.Place, Lang: in.Lang, Text: in.Text}
	trouble := in.Text != "" && (language.Parse(in.Text).Intent == language.Diagnose || s.tells(ctx, in.Text))
	if plain && !trouble {
		return s.hearMaterial(ctx, in, got)
	}
	_, err = s.diagnose(ctx, pasted, got)
	return err
}

// empty reports that nothing was read and nothing is to be said of it.
func (a *attached) empty() bool {
	return len(a.logs) == 0 && len(a.seen) == 0 &&
		len(a.material.Of(check.Certificate))+len(a.material.Of(check.Request)) == 0
}

func ignoreSeen(err error) error {
	if err == ErrSeen { //nolint:errorlint // Store returns it as it is
		return nil
	}
	return err
}

// replyTexts queues what is to be said about files that gave nothing.
func (s *Service) replyTexts(ctx context.Context, in Heard, texts []Text) error {
	return s.update(ctx, in.Receipt, in.By, "hear", in.Place.Channel, nil, func(Reader, time.Time) (Change, error) {
		place := in.Place
		return Change{Effects: []Effect{effect(Notify, place.Channel+"/"+place.Thread, KindReply, "reply/"+string(in.Receipt),
			Body{Person: in.By, Place: &place, Lang: in.Lang, Event: "texts", Texts: texts})}}, nil
	})
}

// replyText queues the words of a refusal.
func (s *Service) replyText(ctx context.Context, in Heard, no *Error) error {
	in.Receipt += "/refused"
	if !no.Also.Zero() {
		return s.replyTexts(ctx, in, []Text{no.Text, no.Also})
	}
	return s.update(ctx, in.Receipt, in.By, "hear", in.Place.Channel, nil, func(Reader, time.Time) (Change, error) {
		place := in.Place
		return Change{Effects: []Effect{effect(Notify, place.Channel+"/"+place.Thread, KindReply, "reply/"+string(in.Receipt),
			Body{Person: in.By, Place: &place, Lang: in.Lang, Event: "text", Text: &no.Text})}}, nil
	})
}

// BundleOf packs an issued certificate as the upload page of its target takes it.
func (s *Service) BundleOf(r Request) []File {
	profile, ok := s.Catalogue.Profile(r.Spec.Profile)
	if !ok || len(r.Cert) == 0 {
		return nil
	}
	var text strings.Builder
	for _, der := range append([][]byte{r.Cert}, r.Chain...) {
		text.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	}
	m, _ := check.Read(string(r.ID), []byte(text.String()), check.ReadOptions{})
	var out []File
	for _, f := range check.Bundle(m.Items, check.BundleOptions{Upload: profile.Upload, Base: "bundle", Now: s.Now()}).Files {
		out = append(out, File{Name: f.Name, Data: f.Data})
	}
	return out
}

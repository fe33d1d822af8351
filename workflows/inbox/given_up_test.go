package inbox_test

import (
	"context"
	"testing"
	"time"

	"countersign/tests/workbench"
	"countersign/workflows"
)

// TestGivenUpFilesAreTold: their person hears it where the files were, the operators too.
func TestGivenUpFilesAreTold(t *testing.T) {
	b := workbench.New(t)
	place := workflows.Place{Channel: "D1", Thread: "7"}
	c := b.Inbox.FilesGivenUp(workflows.NewEffect(workflows.Files, "", "files/1", workflows.ReadFiles{Person: workbench.Ella, Place: &place, Lang: "en"}), &place, "too long")
	told := map[string]workbench.Body{}
	for _, e := range c.Effects {
		body, err := workbench.ReadBody(e)
		workbench.Must(t, err)
		told[e.Kind] = body
	}
	reply := told[workflows.KindReply]
	if reply.Person != workbench.Ella || reply.Place == nil || *reply.Place != place || len(reply.Texts) != 1 || reply.Texts[0].Key != "workflows.file.given_up" {
		t.Errorf("the person is told %+v", reply)
	}
	if _, ok := told[workflows.KindDead]; !ok {
		t.Error("the operators are not told")
	}
}

// TestOperatorsHearOfWhatWaits, once, and not of a blip.
func TestOperatorsHearOfWhatWaits(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	for attempts := 1; attempts < 10; attempts++ {
		workbench.Must(t, b.StillWaits(ctx, workflows.Effect{Key: "k", Kind: workflows.KindNotify, Subject: "REQ-1", Attempts: attempts}, "HTTP 503"))
		e, ok, err := b.DB.Claim(ctx, workflows.Notify, time.Minute)
		workbench.Must(t, err)
		if ok != (attempts == 5) || ok && e.Kind != workflows.KindWaits {
			t.Errorf("after %d attempts: %q", attempts, e.Kind)
		}
	}
	workbench.Must(t, b.StillWaits(ctx, workflows.Effect{Key: "k", Subject: "operators", Attempts: 5}, "HTTP 503"))
	if e, ok, err := b.DB.Claim(ctx, workflows.Notify, time.Minute); ok || err != nil {
		t.Errorf("of what cannot be told, %s is told: %v", e.Key, err)
	}
}

// TestAudiencesDoNotWaitForEachOther: what the approvers are shown and told stands in
// another queue than what the requester is.
func TestAudiencesDoNotWaitForEachOther(t *testing.T) {
	e := workflows.Effect{Lane: workflows.Notify, Subject: "REQ-1", Key: "REQ-1/cards/3"}
	r := workflows.Request{ID: "REQ-1", Version: 4}
	theirs := workflows.ForApprovers(e, workflows.DrawRequest{Request: "REQ-1"}, r)
	body, err := workbench.ReadBody(theirs)
	workbench.Must(t, err)
	if theirs.Subject == e.Subject || theirs.Lane != workflows.Notify || body.Kind != workflows.Approvers || body.Request != "REQ-1" {
		t.Errorf("%+v", theirs)
	}
	if other := workflows.ForApprovers(workflows.Effect{Key: "REQ-1/cards/4"}, workflows.DrawRequest{Request: "REQ-1"}, r); other.Key != theirs.Key {
		t.Errorf("one version is drawn as %q and as %q", theirs.Key, other.Key)
	}
	if again := workflows.ForApprovers(e, workflows.DrawRequest{Request: "REQ-1", Event: workflows.Afresh}, r); again.Key == theirs.Key {
		t.Error("a redraw that trusts no record is taken for one that was done")
	}
}

// TestOnePersonsFilesAreReadInTurn, wherever they were dropped; those of two people are
// read beside each other.
func TestOnePersonsFilesAreReadInTurn(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	for i, by := range []workflows.Person{workbench.Ella, workbench.Ella, workbench.Anselm} {
		in := workbench.Heard(string(rune('a'+i)), "")
		in.By = by
		workbench.Must(t, b.Inbox.ReceiveFiles(ctx, in, []string{"F"}))
	}
	for _, want := range []workflows.Person{workbench.Ella, workbench.Anselm} {
		e, ok, err := b.DB.Claim(ctx, workflows.Files, time.Minute)
		workbench.Must(t, err)
		body, err := workbench.ReadBody(e)
		if err != nil || !ok || body.Person != want {
			t.Errorf("claimed %+v, %v, want one of %s", body, err, want)
		}
	}
	if e, ok, err := b.DB.Claim(ctx, workflows.Files, time.Minute); ok || err != nil {
		t.Errorf("%s beside another of its person: %v", e.Key, err)
	}
}

package bot_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"countersign/slacksim"
	"countersign/triage"
	"countersign/workflows"
	"countersign/workflows/intake"
)

// slowReader is a model that reads fields when it is let, and nothing else.
type slowReader struct {
	fields map[string]workflows.Proposal
	let    chan struct{}
}

var errNothing = errors.New("it has nothing to say")

func (slowReader) Explain(context.Context, string, triage.Answer, string) (string, error) {
	return "", errNothing
}

func (slowReader) Likeliest(context.Context, string, triage.Answer) (string, error) {
	return "", errNothing
}

func (slowReader) Suggest(context.Context, string, *triage.KB, string) (string, triage.Evidence, error) {
	return "", triage.Evidence{}, errNothing
}

func (slowReader) Ask(context.Context, string, triage.Answer, string) (string, error) {
	return "", errNothing
}

func (m slowReader) Fields(context.Context, string, string, []intake.Wanted) (map[string]workflows.Proposal, error) {
	<-m.let
	return m.fields, nil
}

func (slowReader) Spent() string { return "{}" }

// TestProposedByAModel: a question is asked before the model has read anything; what it
// read is put to the same message, and only its owner's click makes an answer of it.
func TestProposedByAModel(t *testing.T) {
	r := newRig(t, slacksim.Default())
	let := make(chan struct{}, 1)
	model := slowReader{map[string]workflows.Proposal{
		"product": {Values: []string{"expressway-e"}, Quote: "boxes at the edge"},
		"ca":      {Values: []string{"private"}, Quote: "the usual gang"},
	}, let}
	r.service.UseModel(model)
	r.socket(t)
	r.aside(t)

	ella, sam := r.As("ella").In("certificates"), r.As("sam").In("certificates")
	asks := ella.Says("@Countersign new certificate please, the boxes at the edge (expe1.example.com), the usual gang signs")
	ella, sam = ella.InThread(asks), sam.InThread(asks)
	card := ella.Sees("Which product is the certificate for?")
	if strings.Contains(card.Shown(), "language model") {
		t.Error("the model was waited for")
	}
	let <- struct{}{}
	card = ella.SeesChange(card, "A language model reads this", "Expressway-E", "boxes at the edge", "Internal CA", "Which product is the certificate for?")
	sam.Clicks(card, "Take all")
	sam.Sees("這是他人正在填寫的申請") // who may click is asked
	ella.Clicks(card, "No")
	for deadline := time.Now().Add(r.Patience); ; time.Sleep(10 * time.Millisecond) {
		if shown := ella.SeesChange(card, "Which product is the certificate for?").Shown(); !strings.Contains(shown, "language model") {
			break
		} else if time.Now().After(deadline) {
			t.Fatalf("still proposed: %s", shown)
		}
	}
	let <- struct{}{}
	ella.Says("the same as in the old days")
	card = ella.SeesChange(ella.Sees("waiting for the answer below"), "A language model reads this")
	ella.Clicks(card, "Take all")
	next := ella.Sees("Which software version does it run?", "What I know so far", "Internal CA", "taken by you")
	if strings.Contains(next.Shown(), "A language model reads this") {
		t.Errorf("still proposed: %s", next.Shown())
	}
}

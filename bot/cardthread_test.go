package bot_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"countersign/slacksim"
	"countersign/workflows"
)

// TestThreadOfACard: what is said in the thread of a card is about its request. The reply to
// a question goes to the approver and onto the card; a remark of anybody is kept there; that
// it is installed means this one.
func TestThreadOfACard(t *testing.T) {
	for _, door := range []string{"socket", "http"} {
		t.Run(door, func(t *testing.T) { threadOfACard(t, door) })
	}
}

func threadOfACard(t *testing.T, door string) {
	r := newRig(t, slacksim.Default())
	r.behind(t, door)
	ella := r.As("ella")
	r.asksFor(t, "portal.example.org")
	approvals := r.As("anselm").In("#cert-approvals")
	card := approvals.Sees("Certificate request REQ-1")
	mine := ella.Sees("REQ-1", "Waiting for approval")

	approvals.Clicks(card, "Ask…")
	approvals.Submits(approvals.SeesModal("Ask the requester"), map[string]any{"Your question": "Why does it need Client Authentication?"})
	asked := ella.Sees("asks about", "Client Authentication?")
	approvals.SeesChange(card, "Waiting for an answer from")
	ella.SeesChange(mine, "Waiting for your answer")
	r.eventually(t, "the question is known as a card", func() bool {
		cards, err := workflows.Read(context.Background(), r.db, func(rd workflows.Reader) ([]workflows.Card, error) { return rd.Cards(context.Background(), "REQ-1") })
		must(t, err)
		return slices.ContainsFunc(cards, func(c workflows.Card) bool { return c.TS == asked.TS })
	})
	ella.InThread(asked).Says("The old certificate lacks Client Authentication, TLS negotiation failure")
	ella.InThread(asked).Sees("Passed on to")
	approvals.InThread(card).Sees("answers", "lacks Client Authentication")
	approvals.SeesChange(card, "lacks Client Authentication")
	ella.SeesChange(asked, "lacks Client Authentication")

	r.As("bolin").In("#cert-approvals").InThread(card).Says("The portal team told me the same <!channel>")
	approvals.SeesChange(card, "remarked", "The portal team told me the same")
	ella.InThread(mine).Says("It is urgent, the old one ends on Friday")
	ella.InThread(mine).Sees("whoever decides sees it on the card")
	approvals.SeesChange(card, "ends on Friday")

	log := strings.Repeat("2026-11-30T10:00:00 tvcs: certificate has expired\n", 100)
	r.As("bolin").In("#cert-approvals").InThread(card).Says(log)
	approvals.SeesChange(card, "tvcs: certificate has expired")
	for n := range 20 {
		_, err := r.service.Issuance.KeepRemark(context.Background(), "", ellaP, "REQ-1", fmt.Sprint("remark ", n))
		must(t, err)
	}
	approvals.SeesChange(card, "remark 19", "lacks Client Authentication") // what was asked and answered stays

	approvals.Clicks(card, "Approve")
	ella.Sees("REQ-1", "is here")
	ella.InThread(mine).Says("it is installed")
	ella.InThread(mine).Sees("noted as installed")
	q, err := r.service.Lists.Show(context.Background(), ellaP, "REQ-1")
	must(t, err)
	if q.State != workflows.Installed || len(q.Remarks) != workflows.MaxRemarks || q.Questions[0].Answer == "" {
		t.Errorf("%s, remarks %+v, questions %+v", q.State, q.Remarks, q.Questions)
	}
}

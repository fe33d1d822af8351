package workflows_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"countersign/workflows"
)

// TestSecretsInAnswers: a token that is pasted where a form asks for something else is
// in no answer, no problem and no reason that is kept.
func TestSecretsInAnswers(t *testing.T) {
	const token = "hvs.CAESIJxkQ2mJ8vN4pR7tW1yB5dF9hL3nS6uX0zA" //nolint:gosec // nobody's
	ctx := context.Background()
	b := newBench(t)
	place := workflows.Place{Channel: "D1"}
	hear := func(receipt, text string) {
		t.Helper()
		must(t, b.Hear(ctx, workflows.Heard{Receipt: workflows.Receipt(receipt), By: ella, Place: place, Lang: "en", Text: text, Direct: true,
			Label: func(_, option string) string { return option }}))
	}
	hear("1", "I need a certificate for portal.example.org, an nginx server")
	hear("2", "X-Vault-Token: "+token)
	var c workflows.Conversation
	must(t, b.Store.View(ctx, func(rd workflows.Reader) (err error) { c, err = rd.ConversationAt(ctx, ella, place); return err }))
	if raw, err := json.Marshal(c); err != nil || strings.Contains(string(raw), token[10:]) {
		t.Errorf("%v: %s", err, raw)
	}
	r := b.submitted(t, ella, portal())
	after, err := b.Decide(ctx, workflows.Decided{By: anselm, Request: r.ID, Verdict: workflows.Reject, Hash: r.Hash(), Reason: "use password: hunter2hunter2 and " + token})
	must(t, err)
	if raw, err := json.Marshal(after); err != nil || strings.Contains(string(raw), token[10:]) || strings.Contains(string(raw), "hunter2hunter2") {
		t.Errorf("%v: %s", err, after.Decisions[0].Reason)
	}

	// An error in a direct message is answered, whatever form is open.
	hear("3", "Please diagnose this error: tlsv1 alert unknown ca: SSL alert number 48")
	var at workflows.Case
	must(t, b.Store.View(ctx, func(rd workflows.Reader) (err error) { at, err = rd.CaseAt(ctx, place); return err }))
	if at.Cause != "untrusted-ca" {
		t.Errorf("case: %+v", at)
	}
}

package inbox_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"countersign/tests/workbench"
	"countersign/workflows"
	"countersign/workflows/inbox"
)

// TestDirect: what was put into a command is kept without its secrets, and taken up once at
// the place that is found, however often it is tried.
func TestDirect(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	text := "certificate verify failed: certificate has expired\npassword=hunter2-of-ella"
	_, err := b.Inbox.ReceiveDirect(ctx, workflows.Message{Receipt: "r", By: workbench.Ella, Lang: "en", Text: text}, inbox.DirectDiagnose)
	workbench.Must(t, err)
	e, ok, err := b.DB.Claim(ctx, workflows.Notify, time.Minute)
	if err != nil || !ok || e.Kind != workflows.KindDirect || strings.Contains(string(e.Body), "hunter2") {
		t.Fatalf("%+v %v %v", e, ok, err)
	}
	body, err := workflows.ReadPayload[workflows.Direct](e)
	workbench.Must(t, err)
	at := workflows.Place{Channel: "D1"}
	for range 2 {
		workbench.Must(t, b.Inbox.TakeDirect(ctx, e, body, workflows.Message{By: workbench.Ella, Place: at, Lang: "en", Text: body.Said, Direct: true}))
	}
	var c workflows.Case
	workbench.Must(t, b.DB.View(ctx, func(rd workflows.Reader) (err error) { c, err = rd.CaseAt(ctx, at); return err }))
	if c.Person != workbench.Ella || !strings.Contains(c.Input, "has expired") || strings.Contains(c.Input, "hunter2") {
		t.Errorf("%+v", c)
	}
	stranger := workflows.Person{Team: "T2", ID: "U0ELLA"}
	if _, err := b.Inbox.ReceiveDirect(ctx, workflows.Message{Receipt: "s", By: stranger, Text: text}, inbox.DirectDiagnose); workflows.CodeOf(err) != workflows.Forbidden {
		t.Errorf("a stranger: %v", err)
	}
	if _, err := b.Inbox.ReceiveDirect(ctx, workflows.Message{Receipt: "t", By: workbench.Ella, Text: " \n"}, inbox.DirectDiagnose); workflows.CodeOf(err) != workflows.Invalid {
		t.Errorf("nothing: %v", err)
	}
}

package inbox_test

import (
	"archive/zip"
	"bytes"
	"context"
	"strings"
	"testing"

	"countersign/tests/workbench"
	"countersign/triage"
	"countersign/workflows"
)

// TestVagueTextIsNotGuessed: without any artefact there is no fact about one.
func TestVagueTextIsNotGuessed(t *testing.T) {
	b := workbench.New(t)
	for _, text := range []string{"TLS negotiation failure", "TLS 协商失败", "TLS 交涉失敗"} {
		a := b.Support.Explain(context.Background(), workflows.Case{Input: text})
		if a.Verdict == triage.KnownCause || a.Verdict == triage.NotCertificate {
			t.Errorf("%q is called %s", text, a.Verdict)
		}
		if a.Question == nil {
			t.Errorf("%q asks nothing", text)
		}
		for _, f := range a.Findings {
			for _, e := range f.Evidence {
				if e.Line == 0 {
					t.Errorf("%q: %s rests on %q, which is not in the text", text, f.Cause.ID, e.Text)
				}
			}
		}
	}
}

// TestArchiveOfLogs: what is packed is read, and its evidence is quoted.
func TestArchiveOfLogs(t *testing.T) {
	b := workbench.New(t)
	ctx := context.Background()
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	f, err := z.Create("var/log/tvcs.log")
	workbench.Must(t, err)
	_, err = f.Write([]byte("2026-11-21T10:00:00 tvcs: Event=\"Outbound TLS Negotiation Error\" Detail=\"certificate has expired\"\npassword=hunter2secret\n"))
	workbench.Must(t, err)
	workbench.Must(t, z.Close())
	in := workflows.Message{Receipt: "m1", By: workbench.Ella, Place: workflows.Place{Channel: "D1"}, Lang: "en", Direct: true}
	workbench.Must(t, b.Inbox.ReceiveFiles(ctx, in, []string{"F1"}))
	e, ok, err := b.DB.Claim(ctx, workflows.Files, 1e9)
	workbench.Must(t, err)
	if !ok {
		t.Fatal("nothing queued")
	}
	workbench.Must(t, b.Inbox.TakeFiles(ctx, e, in, []workflows.File{{Name: "logs.zip", Data: packed.Bytes()}}))
	workbench.Must(t, b.DB.View(ctx, func(rd workflows.Reader) error {
		c, err := rd.CaseAt(ctx, in.Place)
		if err == nil && (c.Cause != "expired" || strings.Contains(c.Input, "hunter2secret")) {
			t.Errorf("cause %q of %q", c.Cause, c.Input)
		}
		return err
	}))
}

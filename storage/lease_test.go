package storage

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"countersign/workflows"
)

// What a killed process had taken is due again as soon as the next one opens the
// database, under the attempt that follows.
func TestLeasesEndWithTheProcess(t *testing.T) {
	ctx := context.Background()
	o := Options{Path: filepath.Join(t.TempDir(), "a.db"), AuditKey: make([]byte, 32)}
	d, err := Open(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	err = d.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) {
		return workflows.Change{Effects: []workflows.Effect{{Key: "k", Lane: workflows.Work, Subject: "s", Kind: "x", Body: []byte("{}")}}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok, err := d.Claim(ctx, workflows.Work, time.Hour); !ok || err != nil {
		t.Fatalf("claim: %v %v", ok, err)
	}
	if _, ok, err := d.Claim(ctx, workflows.Work, time.Hour); ok || err != nil {
		t.Fatalf("a leased effect was handed out twice: %v", err)
	}
	if err := d.Close(); err != nil { // as a kill does: without a word to the outbox
		t.Fatal(err)
	}
	d, err = Open(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	e, ok, err := d.Claim(ctx, workflows.Work, time.Hour)
	if !ok || err != nil || e.Attempts != 2 {
		t.Fatalf("after the restart: %v, attempt %d, %v", ok, e.Attempts, err)
	}
	// It comes before what was queued after it.
	if err := d.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) {
		return workflows.Change{Effects: []workflows.Effect{{Key: "later", Lane: workflows.Work, Subject: "t", Kind: "x", Body: []byte("{}")}}}, nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if d, err = Open(ctx, o); err != nil {
		t.Fatal(err)
	}
	if e, _, err = d.Claim(ctx, workflows.Work, time.Hour); err != nil || e.Key != "k" {
		t.Fatalf("after the restart %q is first, %v", e.Key, err)
	}
	// What Slack told to wait waits, restart or not.
	if err := d.Retry(ctx, e, time.Now().Add(time.Hour), "429"); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if d, err = Open(ctx, o); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	if e, ok, err := d.Claim(ctx, workflows.Work, time.Hour); ok && e.Key == "k" || err != nil {
		t.Errorf("an effect that was put off is due after a restart (%v)", err)
	}
}

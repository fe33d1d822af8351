package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestRun(t *testing.T) {
	broken := filepath.Join(t.TempDir(), "manifest.yml")
	if err := os.WriteFile(broken, []byte("features: {shortcuts: [{type: sideways}]}"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		want int
		says string
	}{
		{[]string{"-nonsense"}, 2, "nonsense"},
		{[]string{"-manifest", "missing.yml"}, 2, "missing.yml"},
		{[]string{"-manifest", broken}, 2, "sideways"},
		{[]string{"-addr", "0.0.0.0:0"}, 1, "other machines"},
		{[]string{"-addr", "127.0.0.1:0", "-transcript", filepath.Join(t.TempDir(), "t.jsonl")}, 0, "SLACK_API_URL=http://127.0.0.1:"},
	} {
		ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
		var out bytes.Buffer
		if got := run(ctx, c.args, &out, &out); got != c.want || !strings.Contains(out.String(), c.says) {
			t.Errorf("slacksim %v answered %d: %s", c.args, got, out.String())
		}
		cancel()
	}
}

package conformance

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"countersign/slacksim"
	"countersign/tests/npm"
)

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	raw, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, raw, 0o600); err != nil {
		t.Fatal(err)
	}
}

// output collects what the app prints and says when it is ready.
type output struct {
	mu    sync.Mutex
	text  bytes.Buffer
	ready chan struct{}
	once  sync.Once
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// startBolt runs the app in app/ behind one door until the test ends. What it
// prints must hold no error.
func startBolt(t *testing.T, stage *slacksim.Stage, door string) {
	t.Helper()
	dir := t.TempDir()
	copyFile(t, filepath.Join("app", "app.js"), filepath.Join(dir, "app.js"))
	if err := os.Symlink(npm.Modules(t, "app"), filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	port := freePort(t)
	app := stage.App()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, "node", "app.js")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "SLACK_API_URL="+stage.APIURL(), "SLACK_BOT_TOKEN="+app.BotToken, "SLACK_APP_TOKEN="+app.AppToken,
		"SLACK_SIGNING_SECRET="+app.SigningSecret, "DOOR="+door, fmt.Sprintf("PORT=%d", port))
	out := &output{ready: make(chan struct{})}
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	read := make(chan struct{})
	go func() {
		defer close(read)
		lines := bufio.NewScanner(pipe)
		for lines.Scan() {
			out.mu.Lock()
			out.text.WriteString(lines.Text() + "\n")
			out.mu.Unlock()
			if strings.TrimSpace(lines.Text()) == "ready" {
				out.once.Do(func() { close(out.ready) })
			}
		}
	}()
	t.Cleanup(func() {
		cancel()
		<-read
		_ = cmd.Wait() // killed by the cancel
		if text := out.String(); t.Failed() || strings.Contains(text, "rror") || strings.Contains(text, "WARN") {
			t.Errorf("the app printed:\n%s", text)
		}
	})
	select {
	case <-out.ready:
	case <-time.After(30 * time.Second):
		t.Fatal("the app did not start within 30 s")
	}
	if door == "http" {
		url := fmt.Sprintf("http://127.0.0.1:%d/slack/events", port)
		if err := stage.UseHTTP(ctx, slacksim.RequestURLs{Events: url}); err != nil {
			t.Fatal(err)
		}
		return
	}
	stage.Connected(1)
}

func freePort(t *testing.T) int {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ln.Close() }()
	return ln.Addr().(*net.TCPAddr).Port
}

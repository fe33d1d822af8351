package latency

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"countersign/tests/endurance/product"
	"countersign/tests/npm"
)

// environment of a peer app.
func environment(w *product.World, more ...string) []string {
	app := w.App()
	return append(append(os.Environ(), "SLACK_API_URL="+w.APIURL(), "SLACK_BOT_TOKEN="+app.BotToken, "SLACK_APP_TOKEN="+app.AppToken), more...)
}

// peer runs an app until stop, and waits until it holds its connections. What it
// prints first is given.
func peer(t *testing.T, w *product.World, connections int, cmd *exec.Cmd) (said string, stop func()) {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stop = func() {
		_ = cmd.Process.Kill() // gone already is as good
		_ = cmd.Wait()         // killed
	}
	t.Cleanup(stop)
	lines := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(out).ReadString('\n') // none, where the app says nothing
		lines <- strings.TrimSpace(line)
		_, _ = io.Copy(io.Discard, out) // until it ends
	}()
	for until := time.Now().Add(time.Minute); w.Connections() < connections; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatalf("%s does not connect", cmd.Path)
		}
	}
	select {
	case said = <-lines:
	case <-time.After(2 * time.Second):
	}
	return said, stop
}

// acknowledger is this test binary, only acknowledging.
func acknowledger(t *testing.T, w *product.World) (stop func()) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = environment(w, asPeer+"=1")
	_, stop = peer(t, w, 2, cmd)
	return stop
}

// bolt is the app in bolt/, and what it says of itself: versions, and its SQLite.
func bolt(t *testing.T, w *product.World) (said string, stop func()) {
	t.Helper()
	dir := t.TempDir()
	for name, from := range map[string]string{"app.js": filepath.Join("bolt", "app.js"), "node_modules": npm.Modules(t, "bolt")} {
		whole, err := filepath.Abs(from)
		if err == nil {
			err = os.Symlink(whole, filepath.Join(dir, name))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("node", "--preserve-symlinks", "--preserve-symlinks-main", "app.js")
	cmd.Dir = dir
	cmd.Env = environment(w, "DATABASE="+filepath.Join(w.Dir, "bolt.db"), "NODE_NO_WARNINGS=1")
	said, stop = peer(t, w, 1, cmd)
	return strings.TrimPrefix(said, "ready "), stop
}

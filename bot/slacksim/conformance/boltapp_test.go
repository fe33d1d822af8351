package conformance

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"countersign/bot/slacksim"
)

// boltModules answers a node_modules directory with the app's locked
// dependencies, installed once by npm ci into the user's cache directory.
func boltModules(t *testing.T) string {
	t.Helper()
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Fatalf("%s is not installed, so nothing proves that the official Bolt works against slacksim; install Node 20 or later with npm (Debian: apt-get install nodejs npm)", tool)
		}
	}
	hash := sha256.New()
	for _, name := range []string{"package.json", "package-lock.json"} {
		raw, err := os.ReadFile(filepath.Join("app", name))
		if err != nil {
			t.Fatal(err)
		}
		hash.Write(raw)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	dir := filepath.Join(cache, "countersign", "bolt-"+hex.EncodeToString(hash.Sum(nil))[:16])
	modules := filepath.Join(dir, "node_modules")
	if _, err := os.Stat(modules); err == nil {
		return modules
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	fresh, err := os.MkdirTemp(filepath.Dir(dir), "bolt-new-")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(fresh) }() // gone already where it was renamed
	for _, name := range []string{"package.json", "package-lock.json"} {
		copyFile(t, filepath.Join("app", name), filepath.Join(fresh, name))
	}
	t.Logf("npm ci: installing the official Bolt into %s", dir)
	cmd := exec.Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	cmd.Dir = fresh
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("npm ci failed (%v); is the package registry reachable?\n%s", err, out)
	}
	if err := os.Rename(fresh, dir); err != nil {
		if _, statErr := os.Stat(modules); statErr != nil { // else another run was faster
			t.Fatal(err)
		}
	}
	return modules
}

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
	if err := os.Symlink(boltModules(t), filepath.Join(dir, "node_modules")); err != nil {
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

package vault

import (
	"io"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// overHTTPS are the words of the page that turn its rehearsal into one of the door over
// HTTPS: what stands there, and what takes its place.
var overHTTPS = []string{
	"countersign manifest |", "countersign manifest --http http://127.0.0.1:8081 |",
	"-app-token xapp-rehearsal", "-signing-secret rehearsal",
	"COUNTERSIGN_SLACK_APP_TOKEN=xapp-rehearsal", "COUNTERSIGN_SLACK_SIGNING_SECRET=rehearsal",
}

// TestRehearsal: serve by a configuration of one's own on the local workspace, through
// both doors, in the two terminals of docs/operations.md.
func TestRehearsal(t *testing.T) {
	page, err := os.ReadFile(operations)
	if err != nil {
		t.Fatal(err)
	}
	for i := 1; i < len(overHTTPS); i += 2 {
		if said := strings.TrimSuffix(overHTTPS[i], " |"); !strings.Contains(string(page), "`"+said+"`") {
			t.Errorf("the page does not say %q", said)
		}
	}
	for name, instead := range map[string][]string{"Socket Mode": nil, "HTTPS": overHTTPS} {
		t.Run(name, func(t *testing.T) {
			sim, bot := free(t), free(t)
			h := newHost(t, "127.0.0.1:8065", sim, "127.0.0.1:8081", bot)
			h.run("make build\ninstall -m 0755 bin/countersign bin/slacksim /usr/local/bin/")
			var said *safe
			for _, b := range blocks(t, operations) {
				if b.section == rehearsal[0] {
					said = h.terminal(strings.NewReplacer(instead...).Replace(b.text))
					said.until(t, "Give the app", `"msg":"ready"`)
				}
			}
			if !strings.Contains(said.String(), "All is well.") {
				t.Errorf("the doctor says %s", said)
			}
			// Her command is answered to her alone, whichever way it came.
			const command = `{"person": "U0ELLA", "channel": "C0CERTIFICATES", "command": "/cert", "text": "help"}`
			for end := time.Now().Add(30 * waitStep); ; time.Sleep(50 * time.Millisecond) {
				answer := done(t, "http://"+sim+"/sim/command", command)
				if strings.Contains(answer, `"ok":true`) {
					break
				}
				if time.Now().After(end) {
					t.Fatalf("the command is answered %s\n%s", answer, said)
				}
			}
		})
	}
}

// terminal types a block whose last command stays. It ends with the test, by Ctrl-C.
func (h *host) terminal(script string) *safe {
	h.t.Helper()
	cmd, said := h.command(script), &safe{}
	cmd.Stdout, cmd.Stderr, cmd.SysProcAttr = said, said, &syscall.SysProcAttr{Setpgid: true}
	h.made(cmd.Start())
	h.t.Cleanup(func() {
		h.made(syscall.Kill(-cmd.Process.Pid, syscall.SIGINT))
		_ = cmd.Wait() // a shell that is interrupted says so
	})
	return said
}

// until waits for one of the words.
func (s *safe) until(t *testing.T, words ...string) {
	t.Helper()
	for end := time.Now().Add(30 * waitStep); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		for _, w := range words {
			if strings.Contains(s.String(), w) {
				return
			}
		}
	}
	t.Fatalf("none of %q: %s", words, s)
}

// done posts to the page of the workspace and gives what it answers.
func done(t *testing.T, at, body string) string {
	t.Helper()
	resp, err := http.Post(at, "application/json", strings.NewReader(body)) //nolint:gosec // loopback
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // read only
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

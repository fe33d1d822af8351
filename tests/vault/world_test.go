package vault

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"countersign"
	"countersign/certs"
	"countersign/slacksim"
	"countersign/tests/hashicorptest"
	"countersign/vault/hashicorp/devserver"
)

// subject is what the roles of the Vault under test write.
var subject = certs.Subject{O: "Example Ltd", C: "GB"}

var build = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "countersign-vault-test-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "countersign")
	out, err := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", dir+"/", "countersign/cmd/countersign", "countersign/cmd/slacksim").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	status := m.Run()
	if path, err := build(); err == nil {
		_ = os.RemoveAll(filepath.Dir(path)) // a temporary directory
	}
	os.Exit(status)
}

// world is a workspace, a directory, and the product in it.
type world struct {
	*slacksim.Sim
	t      *testing.T
	dir    string
	listen string
	config map[string]any
	log    *safe
	cmd    *exec.Cmd
	gone   chan struct{}
}

func newWorld(t *testing.T) *world {
	t.Helper()
	ws := slacksim.Default()
	if err := ws.App.ManifestYAML(countersign.Manifest); err != nil {
		t.Fatal(err)
	}
	sim, err := slacksim.New(ws, slacksim.Options{Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	w := &world{Sim: sim, t: t, dir: t.TempDir(), listen: free(t), log: &safe{}}
	w.config = map[string]any{
		"data": filepath.Join(w.dir, "data"), "team": "T0ACME", "listen": w.listen,
		"groups": map[string][]string{"pki": {"S0PKIAPPROVERS"}},
		"slack":  map[string]any{"api_url": sim.APIURL(), "operators": "C0CERTAPPROVALS"},
	}
	w.policy("embedded", "embedded")
	return w
}

func (w *world) policy(custody, issuer string) {
	w.config["policies"] = []map[string]any{{"name": "all", "approvers": "pki", "channel": "C0CERTAPPROVALS", "custody": custody, "issuer": issuer}}
}

// useVault points the configuration at a server, with the identities of deploy/vault:
// by wrapped secret-ids, which open once, or by plain ones.
func (w *world) useVault(s *devserver.Server, wrapped bool) {
	w.t.Helper()
	login := map[string]any{}
	for _, who := range []string{"writer", "releaser", "janitor", "recorder", "revoker"} {
		role, err := s.AppRole(w.t.Context(), who)
		if err != nil {
			w.t.Fatal(err)
		}
		file := role.SecretID
		if !wrapped {
			file = w.plain(s, who)
		}
		login[who] = map[string]any{"method": "approle", "role_id": role.RoleID, "file": file, "wrapped": wrapped}
	}
	login["address"], login["ca_file"] = s.Address, s.CAFile
	w.config["vault"] = login
	w.config["custody"] = map[string]any{"vault": nil}
	w.config["issuers"] = map[string]any{"vault": nil}
	w.policy("vault", "vault")
}

// plain makes a secret-id for an identity, in a file.
func (w *world) plain(s *devserver.Server, who string) string {
	w.t.Helper()
	client, err := s.Client(s.Token)
	if err != nil {
		w.t.Fatal(err)
	}
	made, err := client.Logical().WriteWithContext(w.t.Context(), "auth/approle/role/countersign-"+who+"/secret-id", nil)
	if err != nil {
		w.t.Fatal(err)
	}
	file := filepath.Join(w.dir, who+".secret-id")
	if err := os.WriteFile(file, []byte(made.Data["secret_id"].(string)), 0o600); err != nil { //nolint:errcheck // Vault's own answer
		w.t.Fatal(err)
	}
	return file
}

func (w *world) file() string {
	w.t.Helper()
	raw, err := yaml.Marshal(w.config)
	if err != nil {
		w.t.Fatal(err)
	}
	file := filepath.Join(w.dir, "countersign.yaml")
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		w.t.Fatal(err)
	}
	return file
}

// command is the product with the tokens of the workspace.
func (w *world) command(args ...string) *exec.Cmd {
	w.t.Helper()
	binary, err := build()
	if err != nil {
		w.t.Fatal(err)
	}
	cmd := exec.Command(binary, args...)
	cmd.Env = append(os.Environ(), "LANG=C.UTF-8", "LC_ALL=", "COUNTERSIGN_SLACK_BOT_TOKEN="+w.App().BotToken, "COUNTERSIGN_SLACK_APP_TOKEN="+w.App().AppToken)
	return cmd
}

// serve starts the product and waits until it is ready.
func (w *world) serve() {
	w.t.Helper()
	w.start()
	w.ready(true, 30*time.Second)
}

func (w *world) start() {
	w.t.Helper()
	w.cmd = w.command("serve", "--config", w.file())
	w.cmd.Stdout, w.cmd.Stderr = w.log, w.log
	if err := w.cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.gone = make(chan struct{})
	go func(cmd *exec.Cmd, gone chan struct{}) {
		_ = cmd.Wait() // its status is read where it matters
		close(gone)
	}(w.cmd, w.gone)
	w.t.Cleanup(w.stop)
}

// stop ends the product in good order. Stopping twice is harmless.
func (w *world) stop() {
	select {
	case <-w.gone:
		return
	default:
	}
	_ = w.cmd.Process.Signal(syscall.SIGTERM) // it may have ended meanwhile
	select {
	case <-w.gone:
		if code := w.cmd.ProcessState.ExitCode(); code != 0 {
			w.t.Errorf("the product ended with status %d:\n%s", code, w.log)
		}
	case <-time.After(time.Minute):
		_ = w.cmd.Process.Kill()
		w.t.Errorf("the product does not end:\n%s", w.log)
	}
}

// ready waits for /readyz to say so, or not so.
func (w *world) ready(want bool, patience time.Duration) string {
	w.t.Helper()
	var last string
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		status, body := w.get("/readyz")
		if last = body; status != 0 && (status == http.StatusOK) == want {
			return body
		}
		select {
		case <-w.gone:
			w.t.Fatalf("the product has ended:\n%s", w.log)
		default:
		}
	}
	w.t.Fatalf("not ready=%v within %v: %s\n%s", want, patience, last, w.log)
	return ""
}

func (w *world) get(path string) (int, string) {
	client := http.Client{Timeout: 5 * time.Second}
	resp, err := client.Get("http://" + w.listen + path)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close() //nolint:errcheck // read only
	var b bytes.Buffer
	_, _ = b.ReadFrom(resp.Body) // what came is enough for a test
	return resp.StatusCode, b.String()
}

// stage gives the people of the workspace, patient enough for Vault.
func (w *world) stage() *slacksim.Stage {
	st := w.Stage(w.t)
	st.Patience = time.Minute
	return st
}

// request has Ella ask for an Expressway-C's certificate, which serves both ways, and
// Anselm approve it.
func request(st *slacksim.Stage, id, name string) {
	ella, anselm := st.As("ella"), st.As("anselm")
	thread := ella.In("certificates").Says("@Countersign I need a certificate for Expressway-C " + name + ", single node, MRA, domain example.com, internal CA, O=Example Ltd, C=GB")
	in := ella.In("certificates").InThread(thread)
	in.Sees("Which software version does it run?")
	in.Says("X14.3")
	in.Sees("Why is it needed?")
	in.Says("New portal")
	plan := in.Sees("The plan", name)
	in.Clicks(plan, "Send for approval")
	approvals := anselm.In("cert-approvals")
	card := approvals.Sees("Certificate request " + id)
	approvals.Clicks(card, "Approve")
}

// vaultServer is a Vault set up by deploy/vault.
func vaultServer(t *testing.T) *devserver.Server {
	t.Helper()
	log := &safe{}
	s, err := devserver.Start(t.Context(), devserver.Options{Binary: hashicorptest.Binary(t), Dir: t.TempDir(), Log: log})
	if err != nil {
		t.Fatalf("%v\n%s", err, log)
	}
	t.Cleanup(func() { _ = s.Kill() })
	if err := s.Setup(t.Context(), []string{"example.com", "example.org"}, subject); err != nil {
		t.Fatal(err)
	}
	return s
}

// safe takes the output of a process.
type safe struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safe) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safe) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := s.b.String()
	if lines := strings.Split(text, "\n"); len(lines) > 60 {
		text = strings.Join(lines[len(lines)-60:], "\n")
	}
	return text
}

// waitStep is the unit of patience on a busy machine.
const waitStep = 2 * time.Second

// reason waits until /readyz gives a reason that says this.
func (w *world) reason(says string) {
	w.t.Helper()
	var last string
	for end := time.Now().Add(30 * waitStep); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		status, body := w.get("/readyz")
		if last = body; status == http.StatusServiceUnavailable && strings.Contains(body, says) {
			return
		}
	}
	w.t.Fatalf("/readyz never says %q, but %s\n%s", says, last, w.log)
}

func pause() { time.Sleep(100 * time.Millisecond) }

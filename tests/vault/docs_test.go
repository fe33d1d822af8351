package vault

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"countersign/tests/hashicorptest"
	"countersign/vault/hashicorp/devserver"
)

// newcomer follows docs/operations.md at a machine of their own.
type newcomer struct {
	*world
	server *devserver.Server
	roles  string            // as the document has them printed
	as     *strings.Replacer // of the document's paths and addresses for those here
}

// blocks gives the runnable blocks of a document, each with the heading above it.
func blocks(t *testing.T, file string) []string {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, m := range regexp.MustCompile("(?ms)^```sh\n(.*?)^```$").FindAllStringSubmatch(string(raw), -1) {
		found = append(found, m[1])
	}
	return found
}

func (n *newcomer) run(script string) string {
	n.t.Helper()
	binary, err := build()
	if err != nil {
		n.t.Fatal(err)
	}
	cmd := exec.Command("sh", "-euc", n.as.Replace(script)) //nolint:gosec // our own document
	cmd.Dir = n.dir
	cmd.Env = append(n.server.Env(), "PATH="+filepath.Dir(binary)+":"+vaultOnPath(n.t)+":"+os.Getenv("PATH"), "LANG=C.UTF-8",
		"COUNTERSIGN_SLACK_BOT_TOKEN="+n.App().BotToken, "COUNTERSIGN_SLACK_APP_TOKEN="+n.App().AppToken)
	out, err := cmd.CombinedOutput()
	if err != nil {
		n.t.Fatalf("%v\n%s\n%s", err, script, out)
	}
	return string(out)
}

// configure fills the copied configuration in, as the document asks.
func (n *newcomer) configure(roles string) {
	n.t.Helper()
	file := filepath.Join(n.dir, "etc", "countersign.yaml")
	raw, err := os.ReadFile(file)
	if err != nil {
		n.t.Fatal(err)
	}
	text := n.as.Replace(string(raw))
	for _, line := range strings.Split(strings.TrimSpace(roles), "\n") {
		who, id, ok := strings.Cut(line, ": ")
		if !ok {
			n.t.Fatalf("no role-id in %q", line)
		}
		text = strings.ReplaceAll(text, "ROLE-ID-"+strings.ToUpper(who), id)
	}
	text = strings.ReplaceAll(text, "slack:\n", "slack:\n  api_url: "+n.APIURL()+"\n")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		n.t.Fatal(err)
	}
	if err := yaml.Unmarshal([]byte(text), &n.config); err != nil {
		n.t.Fatal(err)
	}
}

// issue has a certificate issued and verifies it from the newcomer's root.
func (n *newcomer) issue() {
	n.t.Helper()
	st := n.stage()
	request(st, "REQ-1", "expc1.example.com")
	ella := st.As("ella")
	ella.Sees("REQ-1", "is here")
	for _, what := range []string{"cert", "chain"} {
		if err := os.WriteFile(filepath.Join(n.dir, what+".pem"), attachment(n.t, n.world, ella, "."+what+".pem"), 0o600); err != nil {
			n.t.Fatal(err)
		}
	}
	n.run("openssl verify -CAfile root.pem -untrusted chain.pem cert.pem")
}

var metricName = regexp.MustCompile(`countersign_[a-z_]+`)

// watched compares what is served with what the document and the alerts name.
func (n *newcomer) watched(metrics string) {
	n.t.Helper()
	for _, file := range []string{"../../docs/operations.md", "../../deploy/prometheus/alerts.yml"} {
		raw, err := os.ReadFile(file)
		if err != nil {
			n.t.Fatal(err)
		}
		for _, name := range metricName.FindAllString(string(raw), -1) {
			// A counter of failures shows with the first failure.
			if !strings.Contains(metrics, "\n"+name) && name != "countersign_effects_failed_total" {
				n.t.Errorf("%s names %s, which /metrics does not have", file, name)
			}
		}
	}
}

// TestOperations takes an empty Vault to a bot in production by the commands of
// docs/operations.md.
func TestOperations(t *testing.T) {
	w := newWorld(t)
	n := &newcomer{world: w, server: hashicorptest.Empty(t)}
	for _, dir := range []string{"etc", "log", "backups", "data"} {
		if err := os.Mkdir(filepath.Join(w.dir, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	deploy, err := filepath.Abs("../../deploy")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(deploy, filepath.Join(w.dir, "deploy")); err != nil {
		t.Fatal(err)
	}
	a := newAuthority(t) // whose root signs the issuing CA
	for _, f := range []string{"root.pem", "root.key"} {
		if err := os.WriteFile(filepath.Join(w.dir, f), a.read(f), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	n.as = strings.NewReplacer("/etc/countersign/vault-ca.pem", n.server.CAFile, "/etc/countersign", filepath.Join(w.dir, "etc"), "/var/lib/countersign", filepath.Join(w.dir, "data"),
		"/var/log/countersign", filepath.Join(w.dir, "log"), "/var/backups/countersign", filepath.Join(w.dir, "backups"),
		"127.0.0.1:8080", w.listen, "https://vault.example.com:8200", n.server.Address,
		"T0123456789", "T0ACME", "S0123456789", "S0PKIAPPROVERS", "C0123456789", "C0CERTAPPROVALS")

	did := map[string]bool{}
	for _, block := range blocks(t, "../../docs/operations.md") {
		switch {
		case strings.Contains(block, "for who in"):
			n.roles = n.run(block)
		case strings.HasPrefix(block, "cp deploy/countersign.yaml"):
			n.run(block)
			n.configure(n.roles)
		case strings.Contains(block, "countersign doctor"):
			if out := n.run(block); !strings.Contains(out, "All is well.") {
				t.Fatal(out)
			}
			n.start()
			n.until(http.StatusOK)
			n.issue()
		case strings.Contains(block, "/metrics"):
			n.watched(n.run(block))
		case strings.Contains(block, "requests list"):
			if out := n.run(block); !strings.Contains(out, "REQ-1") {
				t.Errorf("the lists do not have the request: %s", out)
			}
		default:
			n.run(block)
		}
		did[strings.Fields(block)[0]] = true
	}
	if len(did) < 8 {
		t.Errorf("only %v was run: the document has changed its form", did)
	}
	// The new secret-id is as good as the old one.
	n.stop()
	n.start()
	n.until(http.StatusOK)
}

package vault

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"countersign/tests/hashicorptest"
)

const operations = "../../docs/operations.md"

// block is a runnable one of a document, below its section (2 or 3 #).
type block struct{ section, text string }

func blocks(t *testing.T, file string) []block {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var found []block
	section := ""
	for _, m := range regexp.MustCompile("(?ms)^##+ (?:[0-9]+\\. )?([^\n]*)$|^```(\\w*)\n(.*?)^```$").FindAllStringSubmatch(string(raw), -1) {
		switch {
		case m[1] != "":
			section = m[1]
		case m[2] == "sh":
			found = append(found, block{section, m[3]})
		}
	}
	return found
}

// Sections that are another way than the one with Vault, and those that are for it alone.
// Every other section is for both.
var (
	rehearsal   = []string{"Rehearse"}
	withoutKeys = []string{"The smallest start"}
	withVault   = []string{"Vault", "The issuing CA", "Hand the identities over", "Configure", "Vault, later"}
)

// newcomer follows docs/operations.md at a machine of their own.
type newcomer struct {
	*world
	*host
	did map[string]bool // sections
}

func arrive(t *testing.T, more ...string) *newcomer {
	t.Helper()
	w := newWorld(t)
	h := newHost(t, append([]string{"127.0.0.1:8080", w.listen, "xoxb-...", w.App().BotToken, "xapp-...", w.App().AppToken,
		"T0123456789", "T0ACME", "S0123456789", "S0PKIAPPROVERS", "C0123456789", "C0CERTAPPROVALS", "U0123456789", "U0ANSELM", "U1234567890", "U0BOLIN"}, more...)...)
	return &newcomer{world: w, host: h, did: map[string]bool{}}
}

// follow goes down the page, and lives there: what is begun is used.
func (n *newcomer) follow(skip ...[]string) {
	n.host.t.Helper()
	t := n.host.t
	var roles []string
	for _, b := range blocks(t, operations) {
		if slices.Contains(slices.Concat(skip...), b.section) {
			continue
		}
		n.did[b.section] = true
		out := n.run(b.text, append([]string{"slack: {operators", `slack: {api_url: "` + n.APIURL() + `", operators`,
			"slack:\n  operators", "slack:\n  api_url: " + n.APIURL() + "\n  operators"}, roles...)...)
		switch {
		case strings.Contains(b.text, "for who in"):
			for line := range strings.Lines(out) {
				if who, id, ok := strings.Cut(strings.TrimSpace(line), ": "); ok {
					roles = append(roles, "ROLE-ID-"+strings.ToUpper(who), id)
				}
			}
		case strings.Contains(b.text, "countersign doctor"):
			if !strings.Contains(out, "All is well.") {
				t.Fatal(out)
			}
			n.private()
		case strings.Contains(b.text, "systemctl enable"):
			n.ready()
			request(n.stage(), "REQ-1", "expc1.example.com")
			n.stage().As("ella").Sees("REQ-1", "is here")
		case strings.Contains(b.text, "systemctl start"):
			n.ready()
		case strings.Contains(b.text, "/metrics"):
			n.watched(out)
		case strings.Contains(b.text, "requests list"):
			if !strings.Contains(out, "REQ-1") {
				t.Errorf("the lists do not have the request: %s", out)
			}
		}
	}
	// What was restored and renewed is as good as what was there before.
	n.run("systemctl stop countersign\nsystemctl start countersign")
	n.ready()
	if out := n.run("countersign requests list --data /var/lib/countersign"); !strings.Contains(out, "REQ-1") {
		t.Errorf("after the restore: %s", out)
	}
}

func (n *newcomer) ready() {
	n.host.t.Helper()
	for end := time.Now().Add(30 * waitStep); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if status, _ := n.get("/readyz"); status == http.StatusOK {
			return
		}
	}
	n.host.t.Fatalf("not ready:\n%s", n.host.log())
}

var metricName = regexp.MustCompile(`countersign_[a-z_]+`)

// watched compares what is served with what the document and the alerts name.
func (n *newcomer) watched(metrics string) {
	n.host.t.Helper()
	for _, file := range []string{operations, "../../deploy/prometheus/alerts.yml"} {
		raw, err := os.ReadFile(file)
		n.made(err)
		for _, name := range metricName.FindAllString(string(raw), -1) {
			// A counter of failures shows with the first failure, a closed channel while there is one, logins where there is a Vault.
			if !strings.Contains(metrics, "\n"+name) && name != "countersign_effects_failed_total" && name != "countersign_channel_closed" && (n.did["Vault"] || !strings.HasPrefix(name, "countersign_vault_")) {
				n.host.t.Errorf("%s names %s, which /metrics does not have", file, name)
			}
		}
	}
}

// TestOperations takes an empty machine and an empty Vault to a bot in production by the
// commands of docs/operations.md.
func TestOperations(t *testing.T) {
	server := hashicorptest.Empty(t)
	n := arrive(t, "https://vault.example.com:8200", server.Address)
	n.env = slices.Concat(server.Env(), n.env)
	n.onPath(filepath.Join(n.root, "played"), filepath.Join(n.root, "usr/local/bin"), vaultOnPath(t))
	a := newAuthority(t) // whose root signs the issuing CA
	for _, f := range []string{"root.pem", "root.key"} {
		n.made(os.WriteFile(filepath.Join(n.top, f), a.read(f), 0o600))
	}
	n.follow(rehearsal, withoutKeys)
	for _, what := range []string{"cert", "chain"} {
		n.made(os.WriteFile(filepath.Join(n.top, what+".pem"), attachment(t, n.world, n.stage().As("ella"), "."+what+".pem"), 0o600))
	}
	n.run("openssl verify -CAfile root.pem -untrusted chain.pem cert.pem")
}

// TestSmallestStart does it by the ten lines, without Vault.
func TestSmallestStart(t *testing.T) {
	n := arrive(t)
	n.follow(rehearsal, withVault)
	for _, b := range blocks(t, operations) {
		if !n.did[b.section] && !slices.Contains(slices.Concat(rehearsal, withVault), b.section) {
			t.Errorf("nobody runs %q", b.section)
		}
		if strings.HasPrefix(b.text, "cat > /etc/countersign/countersign.yaml") {
			if lines := strings.Count(b.text, "\n") - 3; lines != 10 {
				t.Errorf("the ten lines are %d", lines)
			}
		}
	}
}

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"countersign"
	"countersign/slacksim"
	"countersign/storage"
	"countersign/workflows"
)

// clinic is a workspace and a configuration for the doctor to look at.
type clinic struct {
	ws     slacksim.Workspace
	cfg    map[string]any
	slack  map[string]any
	tokens map[string]string // over those of the workspace
	data   string
}

func newClinic(t *testing.T) *clinic {
	t.Helper()
	c := &clinic{ws: slacksim.Default(), data: t.TempDir(), slack: map[string]any{}, tokens: map[string]string{}}
	if err := os.Chmod(c.data, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := c.ws.App.ManifestYAML(countersign.Manifest); err != nil {
		t.Fatal(err)
	}
	c.cfg = map[string]any{
		"data": c.data, "team": "T0ACME", "listen": "127.0.0.1:0",
		"groups": map[string][]string{"pki": {"S0PKIAPPROVERS"}},
		"policies": []map[string]any{{"name": "all", "approvers": "pki", "channel": "C0CERTAPPROVALS", "need": 1,
			"custody": "embedded", "issuer": "embedded"}},
	}
	return c
}

// channel is one of the workspace, to be changed before it starts.
func (c *clinic) channel(name string) *slacksim.Channel {
	return &c.ws.Channels[slices.IndexFunc(c.ws.Channels, func(ch slacksim.Channel) bool { return ch.Name == name })]
}

// refused leaves a database of a bot that Slack let post nothing in a channel.
func (c *clinic) refused(t *testing.T, channel string) {
	t.Helper()
	db, err := storage.Open(t.Context(), storage.Options{Path: filepath.Join(c.data, "countersign.db"), AuditKey: bytes.Repeat([]byte("k"), 32)})
	if err != nil {
		t.Fatal(err)
	}
	_, err = (&workflows.Kernel{Store: db, Now: time.Now}).CloseChannel(t.Context(), channel, "restricted_action", func(string) []workflows.Effect { return nil })
	if err = errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

// doctor runs it and gives its lines by name.
func (c *clinic) doctor(t *testing.T) (int, map[string]checked) {
	t.Helper()
	sim, err := slacksim.New(c.ws, slacksim.Options{Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer sim.Close() //nolint:errcheck // loopback
	c.slack["api_url"] = sim.APIURL()
	c.cfg["slack"] = c.slack
	raw, err := yaml.Marshal(c.cfg)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "countersign.yaml")
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	app := sim.App()
	for name, token := range map[string]string{"COUNTERSIGN_SLACK_BOT_TOKEN": app.BotToken, "COUNTERSIGN_SLACK_APP_TOKEN": app.AppToken} {
		if other, ok := c.tokens[name]; ok {
			token = other
		}
		t.Setenv(name, token)
	}
	var out, errOut bytes.Buffer
	status := run([]string{"doctor", "--json", "--lang", "en", "--config", file}, strings.NewReader(""), &out, &errOut)
	var report struct {
		OK     bool      `json:"ok"`
		Checks []checked `json:"checks"`
	}
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		t.Fatalf("status %d, %v: %s%s", status, err, out.Bytes(), errOut.Bytes())
	}
	if report.OK != (status == 0) {
		t.Errorf("status %d, ok %v", status, report.OK)
	}
	lines := map[string]checked{}
	for _, line := range report.Checks {
		lines[line.Name] = line
		if strings.HasPrefix(line.Text, "bot.") || strings.HasPrefix(line.Text, "cli.") || strings.Contains(line.Text, "<no value>") {
			t.Errorf("%s: %q is no text", line.Name, line.Text)
		}
		for _, token := range []string{app.BotToken, app.AppToken} {
			if strings.Contains(line.Text, token) {
				t.Errorf("%s shows a token", line.Name)
			}
		}
	}
	return status, lines
}

func TestDoctorFindsNothing(t *testing.T) {
	c := newClinic(t)
	status, lines := c.doctor(t)
	if status != 0 {
		t.Errorf("status %d: %v", status, lines)
	}
	for _, name := range []string{"configuration", "slack bot token", "slack workspace", "slack scopes", "slack clock", "slack app token",
		"channel C0CERTAPPROVALS", "group pki", "custody embedded", "disk", "database"} {
		if line, ok := lines[name]; !ok || !line.OK {
			t.Errorf("%s: %+v", name, line)
		}
	}
	left, err := os.ReadDir(c.data)
	if err != nil || len(left) > 0 {
		t.Errorf("the doctor has made %v (%v)", left, err)
	}
}

// TestDoctorWarnsOfAWord: a policy that only the requester's word selects works, and can be
// walked around.
func TestDoctorWarnsOfAWord(t *testing.T) {
	c := newClinic(t)
	strict := map[string]any{"name": "production", "environments": []string{"production"}, "approvers": "pki", "channel": "C0CERTAPPROVALS",
		"need": 2, "custody": "embedded", "issuer": "embedded"}
	c.cfg["policies"] = append([]map[string]any{strict}, c.policy())
	status, lines := c.doctor(t)
	if line := lines["policy production"]; status != 0 || !line.Warn || !strings.Contains(line.Text, "names:") {
		t.Errorf("status %d: %+v", status, line)
	}
	strict["names"] = []string{"*.example.com"}
	if _, lines = c.doctor(t); lines["policy production"].Warn {
		t.Errorf("told by names: %+v", lines["policy production"])
	}
}

func TestDoctorFinds(t *testing.T) {
	cases := map[string]struct {
		ail        func(*clinic)
		line, says string
	}{
		"another app's token": {func(c *clinic) { c.tokens["COUNTERSIGN_SLACK_BOT_TOKEN"] = "xoxb-other" }, "slack bot token", "Install the app again"},
		"a user's token":      {func(c *clinic) { c.tokens["COUNTERSIGN_SLACK_BOT_TOKEN"] = "xoxp-user" }, "slack bot token", "must begin with xoxb-"},
		"tokens exchanged":    {func(c *clinic) { c.tokens["COUNTERSIGN_SLACK_APP_TOKEN"] = "xoxb-1" }, "slack app token", "must begin with xapp-"},
		"no right to connect": {func(c *clinic) { c.ws.App.AppScopes = []string{"authorizations:read"} }, "slack app token", "connections:write"},
		"another workspace":   {func(c *clinic) { c.cfg["team"] = "T0OTHER" }, "slack workspace", "T0ACME, but team in the configuration is T0OTHER"},
		"a scope is missing": {func(c *clinic) {
			c.ws.App.BotScopes = slices.DeleteFunc(slices.Clone(c.ws.App.BotScopes), func(s string) bool { return s == "files:write" })
		}, "slack scopes", "Missing scopes: files:write."},
		"not in the channel": {func(c *clinic) {
			for i := range c.ws.Channels {
				if c.ws.Channels[i].Name == "cert-approvals" {
					c.ws.Channels[i].Members = []string{"anselm", "bolin"}
				}
			}
		}, "channel C0CERTAPPROVALS", "/invite"},
		"an archived channel":            {func(c *clinic) { c.channel("cert-approvals").Archived = true }, "channel C0CERTAPPROVALS", "is archived"},
		"a channel where only some post": {func(c *clinic) { c.channel("cert-approvals").Restricted = true }, "channel C0CERTAPPROVALS", "Only some may post"},
		"a channel of support without the bot": {func(c *clinic) {
			c.channel("support").Members = []string{"sam"}
			c.slack = map[string]any{"support": "C0SUPPORT"}
		}, "channel C0SUPPORT", "/invite @countersign"},
		"a channel that refused the running bot": {func(c *clinic) { c.refused(t, "C0CERTAPPROVALS") }, "channel C0CERTAPPROVALS", "Slack refuses messages there since"},
		"a channel that is not there":            {func(c *clinic) { c.policy()["channel"] = "C0NOWHERE" }, "channel C0NOWHERE", "There is no channel C0NOWHERE"},
		"an empty group":                         {func(c *clinic) { c.ws.UserGroups[0].Members = nil }, "group pki", "0 people who may decide, but 1 is needed"},
		"a group of machines":                    {func(c *clinic) { c.ws.UserGroups[0].Members = []string{"buildbot"} }, "group pki", "0 people"},
		"too few for the policy":                 {func(c *clinic) { c.policy()["need"] = 3 }, "group pki", "2 people who may decide, but 3 are needed"},
		"a group that is not there":              {func(c *clinic) { c.cfg["groups"] = map[string][]string{"pki": {"S0GONE"}} }, "group pki", "no user group S0GONE"},
		"a person who is not there":              {func(c *clinic) { c.cfg["groups"] = map[string][]string{"pki": {"U0GONE"}} }, "group pki", "no user U0GONE"},
		"an open data directory":                 {func(c *clinic) { _ = os.Chmod(c.data, 0o755) }, "data", "chmod 700"},
		"a damaged database":                     {func(c *clinic) { c.write("countersign.db", strings.Repeat("no database ", 400)) }, "database", "is not a database"},
		"an ACME authority that is away": {func(c *clinic) {
			c.cfg["issuers"] = map[string]any{"le": map[string]any{"type": "acme", "directory": "https://127.0.0.1:1/dir", "dns01": "/no/such/hook"}}
			c.policy()["issuer"] = "le"
		}, "issuer le: dns-01", "cannot be run"},
		"a Vault that is away": {func(c *clinic) { c.vault("writer", "releaser", "janitor", "recorder") },
			"custody vault: login writer", "cannot be reached"},
		"a Vault in clear": {func(c *clinic) {
			c.vault("writer", "releaser", "janitor", "recorder")
			c.cfg["vault"].(map[string]any)["address"] = "http://vault.example.com:8200" //nolint:errcheck // made above
		}, "configuration", "vault: address is \"http://vault.example.com:8200\"; it takes an address like https://vault.example.com:8200, http on this machine alone"},
		"the record has no identity of its own yet": {func(c *clinic) { c.vault("writer", "releaser", "janitor") },
			"configuration", "vault: recorder is missing: it alone may use the key of the audit record; run deploy/vault/setup.sh of this version"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			c := newClinic(t)
			test.ail(c)
			status, lines := c.doctor(t)
			if status != 1 {
				t.Errorf("status %d, want 1", status)
			}
			if line := lines[test.line]; line.OK || !strings.Contains(line.Text, test.says) {
				t.Errorf("%s: %+v, want %q", test.line, line, test.says)
			}
		})
	}
}

func (c *clinic) policy() map[string]any {
	return c.cfg["policies"].([]map[string]any)[0] //nolint:errcheck // made above
}

// vault configures one that is away, with these identities.
func (c *clinic) vault(identities ...string) {
	c.write("custody.token", "a-token")
	logins := map[string]any{"address": "http://127.0.0.1:1"}
	for _, who := range identities {
		logins[who] = map[string]any{"method": "token", "file": filepath.Join(c.data, "custody.token")}
	}
	c.cfg["vault"], c.cfg["custody"] = logins, map[string]any{"vault": map[string]any{}}
	c.policy()["custody"] = "vault"
}

func (c *clinic) write(name, text string) {
	_ = os.MkdirAll(filepath.Join(c.data, "custody"), 0o700)
	_ = os.WriteFile(filepath.Join(c.data, name), []byte(text), 0o600) // read by the doctor
}

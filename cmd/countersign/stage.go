package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"countersign"
	"countersign/locales"
	"countersign/slacksim"
)

// stageFlags say what the workspace and the product in it are made of.
type stageFlags struct {
	Addr  string   `help:"Address of the workspace's page." default:"127.0.0.1:8765"`
	Data  string   `help:"Directory to keep keys, CA and database in; default: a new one." type:"path"`
	Vault bool     `help:"Keep keys and sign in a real Vault server, started for this."`
	Probe []string `help:"Hosts that may be looked at, as in the configuration's probe.allow." sep:"none"`
}

// stage is the product with a workspace around it.
type stage struct {
	sim   *slacksim.Sim
	app   *app
	vault *demoVault // nil: on embedded parts
	data  string
	drop  bool // data is ours to remove
}

func (s *stage) close() {
	if s.sim != nil {
		_ = s.sim.Close() // loopback listener; the process ends
	}
	if s.vault != nil {
		_ = s.vault.Stop() // it may have ended with the same Ctrl-C
	}
	if s.drop {
		_ = os.RemoveAll(s.data) // a temporary directory; the system clears what stays
	}
}

func (d stageFlags) open(c *console, log *slog.Logger, transcript io.Writer) (*stage, error) {
	s := &stage{data: d.Data}
	if s.data == "" {
		dir, err := os.MkdirTemp("", "countersign-demo-")
		if err != nil {
			return nil, fmt.Errorf("demo: %w", err)
		}
		s.data, s.drop = dir, true
	}
	if err := os.MkdirAll(s.data, 0o700); err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	ws := slacksim.Default()
	if err := ws.App.ManifestYAML(countersign.Manifest); err != nil {
		return nil, err
	}
	sim, err := slacksim.New(ws, slacksim.Options{Addr: d.Addr, Transcript: transcript})
	if err != nil {
		return nil, fmt.Errorf("demo: %w; choose another --addr if it is taken", err)
	}
	s.sim = sim
	cfg := demoConfig(sim, s.data)
	cfg.Probe.Allow = d.Probe
	if d.Vault {
		if s.vault, err = startVault(c, filepath.Join(s.data, "vault")); err == nil {
			err = s.vault.settings(c.ctx, &cfg)
		}
	}
	if err == nil {
		s.app, err = newApp(c.ctx, cfg, c.cat, log)
	}
	if err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// demoConfig is a configuration like a real one, with the tokens of the local
// workspace.
func demoConfig(sim *slacksim.Sim, data string) config {
	a := sim.App()
	policy := policyConfig{Name: "production", Approvers: "pki-approvers", Need: 1, Channel: "C0CERTAPPROVALS",
		Custody: "embedded", Issuer: "embedded", DecideWithin: 7 * 24 * time.Hour}
	return config{
		Data: filepath.Clean(data), Team: "T0ACME", Language: locales.English, Listen: "127.0.0.1:0", Support: "support",
		Groups:   map[string][]string{"pki-approvers": {"S0PKIAPPROVERS"}, "support": {"U0SAM", "U0ANSELM"}},
		Policies: []policyConfig{policy},
		Slack: slackConfig{APIURL: sim.APIURL(), BotToken: secret(a.BotToken), AppToken: secret(a.AppToken),
			SigningSecret: secret(a.SigningSecret), Operators: "C0CERTAPPROVALS", Support: "C0SUPPORT"},
	}
}

// play runs the product in the background while script acts on the workspace.
func (s *stage) play(ctx context.Context, script func(ctx context.Context) error) error {
	ctx, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- s.app.run(ctx) }()
	err := script(ctx)
	stop()
	return errors.Join(err, <-done)
}

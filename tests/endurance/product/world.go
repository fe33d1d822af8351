package product

import (
	"cmp"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"countersign"
	"countersign/slacksim"
)

// Names of a World's workspace beside those of slacksim.Default.
const (
	Team      = "T0ACME"
	Approvals = "cert-approvals"
	Requests  = "certificates"
)

// Options change a World. Zero values are those of a small, patient workspace.
type Options struct {
	Approvers int              // further ones beside anselm and bolin: approver1, approver2, ...
	Crowd     int              // people of no role: crowd1, crowd2, ...
	Need      int              // approvals that a request takes; 0 is 1
	Sim       slacksim.Options // Transcript is taken

	DecideWithin time.Duration // 0 is a day
	Language     string        // of what stands in channels; "" is English

	Model string   // base address of a model endpoint; "" for none
	Probe []string // hosts that may be looked at
}

// World is a workspace and a directory for one product: its data, configuration and
// log. The workspace lives as long as the test; processes come and go.
type World struct {
	*slacksim.Sim
	Dir    string // data/, countersign.yaml, product.log, transcript.jsonl
	Listen string // where the product serves its own pages
	Seen   *Record

	binary string
	t      testing.TB
}

// New makes a world for a binary. Dir is removed with the test; COUNTERSIGN_KEEP names a
// directory in which worlds are made to stay, for looking into a failure.
func New(t testing.TB, binary string, o Options) *World {
	t.Helper()
	w := &World{Dir: directory(t), binary: binary, t: t, Listen: freeAddress(t)}
	ws := workspace(o)
	if err := ws.App.ManifestYAML(countersign.Manifest); err != nil {
		t.Fatal(err)
	}
	var err error
	if w.Seen, err = newRecord(filepath.Join(w.Dir, "transcript.jsonl")); err != nil {
		t.Fatal(err)
	}
	o.Sim.Transcript = w.Seen
	if w.Sim, err = slacksim.New(ws, o.Sim); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Errorf("close the workspace: %v", err)
		}
		if err := w.Seen.close(); err != nil {
			t.Errorf("close the transcript: %v", err)
		}
	})
	w.configure(o)
	return w
}

// workspace is slacksim's with more engineers, more approvers, and those who must not
// approve in the approvers' channel.
func workspace(o Options) slacksim.Workspace {
	ws := slacksim.Default()
	for _, handle := range []string{"rosa", "mina", "tomas"} {
		ws.People = append(ws.People, slacksim.Person{Handle: handle, Title: "Collaboration engineer"})
	}
	ws.People = append(ws.People, slacksim.Person{Handle: "gus", Title: "Contractor", Guest: true})
	members := append([]string(nil), ws.UserGroups[0].Members...)
	for n := range o.Approvers {
		handle := fmt.Sprintf("approver%d", n+1)
		ws.People = append(ws.People, slacksim.Person{Handle: handle, Title: "PKI approver"})
		members = append(members, handle)
	}
	for n := range o.Crowd {
		ws.People = append(ws.People, slacksim.Person{Handle: fmt.Sprintf("crowd%d", n+1)})
	}
	ws.UserGroups[0].Members = members
	for i := range ws.Channels {
		if ws.Channels[i].Name == Approvals {
			ws.Channels[i].Members = append([]string{"countersign", "ella", "sam", "gus", "gil", "buildbot"}, members...)
		}
	}
	return ws
}

func directory(t testing.TB) string {
	t.Helper()
	keep := os.Getenv("COUNTERSIGN_KEEP")
	if keep == "" {
		return t.TempDir()
	}
	dir, err := os.MkdirTemp(keep, strings.ReplaceAll(t.Name(), "/", "-")+"-")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func (w *World) configure(o Options) {
	w.t.Helper()
	file := map[string]any{
		"data": filepath.Join(w.Dir, "data"), "team": Team, "language": cmp.Or(o.Language, "en"), "listen": w.Listen, "support": "support",
		"groups": map[string][]string{"pki": {"S0PKIAPPROVERS"}, "support": {"U0SAM"}},
		"policies": []map[string]any{{"name": "production", "approvers": "pki", "need": max(o.Need, 1), "channel": "C0CERTAPPROVALS",
			"custody": "embedded", "issuer": "embedded", "decide_within": cmp.Or(o.DecideWithin, 24*time.Hour)}},
		"slack": map[string]any{"api_url": w.APIURL(), "operators": "C0SUPPORT"},
	}
	if o.Model != "" {
		file["llm"] = map[string]any{"base_url": o.Model, "model": "scripted", "per_day": map[string]any{"calls": 100_000, "tokens": 1_000_000_000}}
	}
	if len(o.Probe) > 0 {
		file["probe"] = map[string]any{"allow": o.Probe}
	}
	raw, err := yaml.Marshal(file)
	if err == nil {
		err = os.WriteFile(w.config(), raw, 0o600)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *World) config() string { return filepath.Join(w.Dir, "countersign.yaml") }

// Data is the product's data directory.
func (w *World) Data() string { return filepath.Join(w.Dir, "data") }

// Database is the product's database file.
func (w *World) Database() string { return filepath.Join(w.Data(), "countersign.db") }

// Log is what all processes of this world have written.
func (w *World) Log() string { return filepath.Join(w.Dir, "product.log") }

func freeAddress(t testing.TB) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ln.Close() }() // nothing to lose
	return ln.Addr().String()
}

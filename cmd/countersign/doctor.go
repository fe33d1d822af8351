package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"go.yaml.in/yaml/v3"

	"countersign"
	"countersign/bot"
	"countersign/storage"
	"countersign/workflows"
)

type doctorCmd struct {
	Config string `help:"Configuration file." default:"countersign.yaml" type:"path"`
	JSON   bool   `name:"json" help:"Write JSON."`
}

// checked is one line of the doctor: what was looked at, and what to do if it is not fine.
type checked struct {
	Name string `json:"name"`
	OK   bool   `json:"ok"`
	Warn bool   `json:"warn,omitempty"` // it works, and somebody should know
	Text string `json:"text"`
}

// patience bounds each group of checks: a Vault that is away must not hang the doctor.
const patience = 20 * time.Second

// Run looks at everything that the bot needs, and changes nothing: it posts nothing,
// signs nothing and makes no file.
func (d doctorCmd) Run(c *console) error {
	cfg, err := parseConfig(d.Config)
	if err != nil {
		return err
	}
	x := &examination{c: c, cfg: cfg}
	if err := cfg.check(); err != nil {
		for _, p := range strings.Split(err.Error(), "\n") {
			x.say("configuration", false, strings.TrimPrefix(p, "configuration: "))
		}
	} else {
		x.say("configuration", true, c.say("cli.doctor.config"))
		x.policies()
		x.slack()
		x.storage(x.keys())
		x.aside()
	}
	failed := 0
	for _, line := range x.all {
		if !line.OK {
			failed++
		}
	}
	if d.JSON {
		err = writeJSON(c.out, map[string]any{"ok": failed == 0, "checks": x.all})
	} else {
		err = x.print(failed)
	}
	if err == nil && failed > 0 {
		return exit(1)
	}
	return err
}

// examination collects checks.
type examination struct {
	c       *console
	cfg     config
	all     []checked
	wrapped bool          // a wrapped secret-id was left alone
	noted   *storage.Note // what custody keeps of the record; nil: nothing
}

func (x *examination) say(name string, ok bool, text string) {
	x.all = append(x.all, checked{Name: name, OK: ok, Text: text})
}

// told adds an error in the words for people that it may have, or that all is well.
func (x *examination) told(name string, err error, fine string) {
	if err != nil {
		fine = x.c.explain(err).Error()
	}
	x.say(name, err == nil, fine)
}

func (x *examination) print(failed int) error {
	width := 0
	for _, line := range x.all {
		width = max(width, len(line.Name))
	}
	for _, line := range x.all {
		mark := map[bool]string{true: "ok  ", false: "FAIL"}[line.OK]
		if line.Warn {
			mark = "WARN"
		}
		if _, err := fmt.Fprintf(x.c.out, "%s  %-*s  %s\n", mark, width, line.Name, line.Text); err != nil {
			return err
		}
	}
	last := x.c.say("cli.doctor.ok")
	if failed > 0 {
		last = x.c.say("cli.doctor.no", "Count", strconv.Itoa(failed), "All", strconv.Itoa(len(x.all)))
	}
	_, err := fmt.Fprintln(x.c.out, last)
	return err
}

// policies looks for one that only the requester's word selects: who says "lab" for a
// production host would choose the approvers. Names, profiles and CAs are the request's.
func (x *examination) policies() {
	for i, p := range x.cfg.Policies {
		if len(p.Environments) > 0 && len(p.Names) == 0 && i+1 < len(x.cfg.Policies) {
			x.all = append(x.all, checked{Name: "policy " + p.Name, OK: true, Warn: true, Text: x.c.say("cli.doctor.policy_by_word", "Policy", p.Name, "Environments", strings.Join(p.Environments, ", "))})
		}
	}
}

// manifestScopes are the scopes of the bot token that manifest.yml asks for.
func manifestScopes() ([]string, error) {
	var m struct {
		OAuth struct {
			Scopes struct {
				Bot []string `yaml:"bot"`
			} `yaml:"scopes"`
		} `yaml:"oauth_config"`
	}
	if err := yaml.Unmarshal(countersign.Manifest, &m); err != nil {
		return nil, fmt.Errorf("manifest.yml: %w", err)
	}
	return m.OAuth.Scopes.Bot, nil
}

func (x *examination) slack() {
	scopes, err := manifestScopes()
	if err != nil {
		x.told("slack scopes", err, "")
		return
	}
	want := bot.Wanted{Team: x.cfg.Team, Scopes: scopes, Groups: x.cfg.Groups, Need: map[string]int{}}
	channels := []string{x.cfg.Slack.Operators}
	for _, p := range x.cfg.Policies {
		channels = append(channels, p.Channel)
		want.Need[p.Approvers] = max(want.Need[p.Approvers], p.Need)
	}
	slices.Sort(channels)
	want.Channels = slices.DeleteFunc(slices.Compact(channels), func(id string) bool { return id == "" })
	ctx, done := context.WithTimeout(x.c.ctx, patience)
	defer done()
	for _, got := range bot.CheckWorkspace(ctx, x.cfg.slack(), want) {
		x.say(got.Name, got.OK, x.c.text(got.Text))
	}
}

// storage looks at the data directory and the database. auditKey is nil when the key
// is out of reach.
func (x *examination) storage(auditKey []byte) {
	dir := x.cfg.Data
	info, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		x.say("data", true, x.c.say("cli.doctor.fresh", "Path", dir))
		dir = filepath.Dir(dir)
	} else if err == nil && info.Mode().Perm()&0o077 != 0 {
		x.say("data", false, x.c.say("cli.doctor.data_mode", "Path", dir, "Mode", fmt.Sprintf("%04o", info.Mode().Perm())))
	}
	x.disk(dir)
	file := filepath.Join(x.cfg.Data, "countersign.db")
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		x.say("database", true, x.c.say("cli.doctor.fresh", "Path", file))
		return
	}
	db, err := storage.OpenReadOnly(x.c.ctx, storage.Options{Path: file}) // also compares the schema
	if err != nil {
		x.told("database", err, "")
		return
	}
	defer db.Close() // read only
	if x.noted != nil {
		ok, why, err := db.Follows(x.c.ctx, *x.noted)
		if err == nil && !ok {
			err = &workflows.Error{Code: workflows.Unable, Text: why}
		}
		x.told("noted head", err, x.c.say("cli.doctor.noted", "Row", strconv.FormatInt(x.noted.Head.ID, 10), "At", x.noted.At.Format(time.RFC3339)))
	}
	if auditKey == nil {
		key := map[bool]string{true: "cli.doctor.audit_wrapped", false: "cli.doctor.database_key"}[x.wrapped]
		x.say("database", x.wrapped, x.c.say(key))
		return
	}
	report, err := storage.CheckBackup(x.c.ctx, file, auditKey)
	if err == nil && report.Audit.Bad != nil {
		err = &workflows.Error{Code: workflows.Unable, Text: report.Audit.Bad.Text}
	}
	x.told("database", err, x.c.say("cli.doctor.database", "Requests", strconv.FormatInt(report.Requests, 10), "Rows", strconv.FormatInt(report.Audit.Rows, 10)))
}

// enough is the space, in bytes, below which the doctor complains: the database, its
// log and one backup of a busy year.
const enough = 500 << 20

func (x *examination) disk(dir string) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		x.told("disk", fmt.Errorf("%s: %w", dir, err), "")
		return
	}
	free := int64(s.Bavail) * s.Bsize //nolint:gosec,unconvert // blocks of a file system fit; the type differs by platform
	key := map[bool]string{true: "cli.doctor.disk", false: "cli.doctor.disk_low"}[free >= enough]
	x.say("disk", free >= enough, x.c.say(key, "Free", strconv.FormatInt(free>>20, 10), "Path", dir))
}

// quiet is the log of the doctor: what matters is in its lines.
func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

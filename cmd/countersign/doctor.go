package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"countersign"
	"countersign/bot"
	"countersign/slacksim"
	"countersign/storage"
	"countersign/triage/llm"
	"countersign/workflows"
)

type doctorCmd struct {
	Config string `help:"Configuration file." default:"countersign.yaml" type:"path"`
	JSON   bool   `name:"json" help:"Write JSON."`
}

// Run looks at everything that the bot needs, and changes nothing: it posts nothing,
// signs nothing and makes no file.
func (d doctorCmd) Run(c *console) error {
	cfg, err := parseConfig(d.Config)
	if err != nil {
		return err
	}
	x := &examination{c: c, cfg: cfg}
	if err := cfg.check(); err != nil {
		for p := range strings.SplitSeq(err.Error(), "\n") {
			x.say("configuration", false, strings.TrimPrefix(p, "configuration: "))
		}
	} else {
		x.say("configuration", true, c.say("cli.doctor.config"))
		x.policies()
		x.slack()
		x.storage(x.keys())
		x.support()
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

// policies looks for one that only the requester's word selects: who says "lab" for a
// production host would choose the approvers. Names, profiles and CAs are the request's.
func (x *examination) policies() {
	for i, p := range x.cfg.Policies {
		if len(p.Environments) > 0 && len(p.Names) == 0 && i+1 < len(x.cfg.Policies) {
			x.all = append(x.all, checked{Name: "policy " + p.Name, OK: true, Warn: true, Text: x.c.say("cli.doctor.policy_by_word", "Policy", p.Name, "Environments", strings.Join(p.Environments, ", "))})
		}
	}
}

func (x *examination) slack() {
	var app slacksim.App // reads the manifest as Slack does
	if err := app.ManifestYAML(countersign.Manifest); err != nil {
		x.told("slack scopes", err, "")
		return
	}
	want := bot.Wanted{Team: x.cfg.Team, Scopes: app.BotScopes, Groups: x.cfg.Groups, Need: map[string]int{}}
	channels := []string{x.cfg.Slack.Operators, x.cfg.Slack.Support}
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
	x.refused(db)
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

// refused adds what the running bot was told by Slack and cannot be asked without posting:
// that only some may post in a channel.
func (x *examination) refused(db *storage.DB) {
	closed, err := workflows.Closed(x.c.ctx, db)
	if err != nil {
		x.told("channels", err, "")
		return
	}
	for _, id := range slices.Sorted(maps.Keys(closed)) {
		was := closed[id]
		if was.Why != "restricted_action" {
			continue // is seen without the database
		}
		at := slices.IndexFunc(x.all, func(c checked) bool { return c.Name == "channel "+id })
		if at >= 0 && x.all[at].OK {
			x.all[at].OK, x.all[at].Text = false, x.c.say("cli.doctor.channel_refused", "Since", was.Since.Format(time.RFC3339))
		}
	}
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

// support looks at the files and the endpoint of live probes and the model.
func (x *examination) support() {
	if len(x.cfg.Probe.Allow) > 0 {
		_, err := x.cfg.Probe.load()
		x.told("probe", err, x.c.say("cli.doctor.probe", "Count", strconv.Itoa(len(x.cfg.Probe.Allow))))
	}
	c, err := x.cfg.LLM.config()
	if c.URL == "" {
		return
	}
	var assistant *llm.Assistant
	if err == nil {
		assistant, err = llm.New(c)
	}
	if err == nil {
		ctx, done := context.WithTimeout(x.c.ctx, patience)
		defer done()
		if why := assistant.Try(ctx); why != nil {
			x.say("model", false, x.c.say("cli.doctor.model_no", "URL", c.URL, "Model", c.Model, "Why", why.Error()))
			return
		}
	}
	x.told("model", err, x.c.say("cli.doctor.model", "URL", c.URL, "Model", c.Model))
}

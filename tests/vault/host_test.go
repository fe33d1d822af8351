package vault

import (
	"bytes"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// host is a folder in the place of a machine's root.
type host struct {
	t    *testing.T
	root string
	top  string            // of the sources
	env  []string          // over that of the tests
	as   *strings.Replacer // of the document's IDs and addresses for those here
}

// played are the commands of the document that cannot do here what they do, why, and what
// is done in their place: it fails where they would.
var played = map[string]struct{ why, script string }{
	"make":    {"the tests have built it", `[ "$*" = build ]`},
	"useradd": {"it would be an account of this machine", `for name; do :; done; : > "$ROOT/accounts/$name"`},
	"chgrp":   {"root alone may", `[ -e "$ROOT/accounts/$1" ]; shift; ls -d "$@" >/dev/null`},
	"chown":   {"root alone may", `[ -e "$ROOT/accounts/${1%:}" ]; shift; ls -d "$@" >/dev/null`},
	"runuser": {"root alone may", `[ "$1 $3" = "-u --" ] && [ -e "$ROOT/accounts/$2" ]; shift 3; exec "$@"`},
	"systemctl": {"it would be a service of this machine", `
[ "$1" = daemon-reload ] && { : > "$ROOT/reloaded"; exit; }
for name; do :; done
unit=$ROOT/etc/systemd/system/$name.service; run=$ROOT/run/$name
setting() { sed -n "s/^$1=//p" "$unit" | sed "s#^/\(etc\|usr\)/#$ROOT/\1/#; s# /\(etc\|usr\)/# $ROOT/\1/#"; }
[ -e "$ROOT/accounts/$(setting User)" ] && [ -e "$ROOT/reloaded" ]
if [ "$1" = stop ]; then
	kill "$(cat "$run.pid")"
	until [ -e "$run.ended" ]; do sleep 0.05; done
	exit "$(cat "$run.ended")"
fi
[ "$1" = start ] || [ "$1 $2" = "enable --now" ]
rm -f "$run.ended" "$run.pid"
set -a; . "$(setting EnvironmentFile)"; set +a
( set +e; umask "$(setting UMask)"; $(setting ExecStart) >>"$run.log" 2>&1 </dev/null & echo $! >"$run.pid"; wait $!; echo $? >"$run.ended" ) >/dev/null 2>&1 &
until [ -s "$run.pid" ]; do sleep 0.05; done`},
}

func newHost(t *testing.T, ids ...string) *host {
	t.Helper()
	binary, err := build()
	if err != nil {
		t.Fatal(err)
	}
	sources, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	h := &host{t: t, root: t.TempDir(), as: strings.NewReplacer(ids...)}
	h.top = filepath.Join(h.root, "sources")
	for _, dir := range []string{"etc/systemd/system", "usr/local/bin", "var/lib", "var/log", "var/backups", "root", "run", "accounts", "played", "sources"} {
		h.made(os.MkdirAll(filepath.Join(h.root, dir), 0o755)) //nolint:gosec // as on a machine
	}
	h.made(os.WriteFile(filepath.Join(h.root, "accounts", "vault"), nil, 0o600)) // of the Vault server
	h.made(os.Symlink(filepath.Join(sources, "deploy"), filepath.Join(h.top, "deploy")))
	h.made(os.Symlink(filepath.Dir(binary), filepath.Join(h.top, "bin")))
	for name, p := range played {
		h.made(os.WriteFile(filepath.Join(h.root, "played", name), []byte("#!/bin/sh\nset -eu # "+p.why+"\n"+p.script+"\n"), 0o755)) //nolint:gosec // a command
	}
	h.env = []string{"ROOT=" + h.root, "HOME=" + filepath.Join(h.root, "root"), "LANG=C.UTF-8"}
	h.onPath(filepath.Join(h.root, "played"), filepath.Join(h.root, "usr/local/bin"))
	t.Cleanup(func() {
		begun, _ := filepath.Glob(filepath.Join(h.root, "run", "*.pid")) // a fixed pattern
		if ended, _ := filepath.Glob(filepath.Join(h.root, "run", "*.ended")); len(ended) < len(begun) {
			h.run("systemctl stop countersign")
		}
	})
	return h
}

func (h *host) made(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *host) onPath(dirs ...string) {
	h.env = append(h.env, "PATH="+strings.Join(append(dirs, os.Getenv("PATH")), ":"))
}

// rooted is a path of the machine, which is below root here.
var rooted = regexp.MustCompile(`(^|[\s"'=:>(])/(etc|usr/local|var)/`)

// here puts paths, IDs and addresses of the document in their places.
func (h *host) here(text string) string {
	return rooted.ReplaceAllString(h.as.Replace(text), "${1}"+h.root+"/$2/")
}

// command is a block as it is typed in a terminal.
func (h *host) command(script string) *exec.Cmd {
	cmd := exec.Command("sh", "-euc", h.here(script)) //nolint:gosec // our own document
	cmd.Dir, cmd.Env = h.top, slices.Concat(os.Environ(), h.env)
	return cmd
}

// run types a block and gives what it prints. What it has put below /etc is filled in.
func (h *host) run(script string, fill ...string) string {
	h.t.Helper()
	var out bytes.Buffer
	cmd := h.command(script)
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &out, &out, time.Second // a service goes on
	if err := cmd.Run(); err != nil {
		h.t.Fatalf("%v\n%s\n%s\n%s", err, script, out.String(), h.log())
	}
	h.made(filepath.WalkDir(filepath.Join(h.root, "etc"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		filled := strings.NewReplacer(fill...).Replace(h.here(string(raw)))
		if filled == string(raw) { // the service may be reading it
			return nil
		}
		return os.WriteFile(path, []byte(filled), 0o600) // keeps its mode
	}))
	return out.String()
}

// log is the end of what the service has said.
func (h *host) log() string {
	raw, _ := os.ReadFile(filepath.Join(h.root, "run", "countersign.log")) // none yet
	return string(raw[max(0, len(raw)-6000):])
}

// private looks at what lies below /etc/countersign: the account can read it by its group,
// and others cannot come to it. The tokens are root's.
func (h *host) private() {
	h.t.Helper()
	dir := filepath.Join(h.root, "etc/countersign")
	if info, err := os.Stat(dir); err != nil || info.Mode() != fs.ModeDir|fs.ModeSetgid|0o750 {
		h.t.Errorf("%s: %v (%v)", dir, info.Mode(), err)
	}
	files, err := os.ReadDir(dir)
	h.made(err)
	want := map[string]fs.FileMode{"environment": 0o600}
	for _, f := range files {
		info, err := f.Info()
		h.made(err)
		if mode, own := want[f.Name()]; own && info.Mode() != mode || !own && info.Mode() != 0o640 {
			h.t.Errorf("%s has mode %v", f.Name(), info.Mode())
		}
		delete(want, f.Name())
	}
	if len(want) > 0 {
		h.t.Errorf("%v is missing", slices.Collect(maps.Keys(want)))
	}
}

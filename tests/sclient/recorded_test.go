package sclient

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "record anew what the versions that scripts/openssl has brought print")

// mark begins what was printed of one kind, with one version of TLS and one option. The
// first line of a file is the time at which its certificates were what they are called.
const mark = "-- "

// TestRecorded: what versions print that this machine does not have has its cause first.
func TestRecorded(t *testing.T) {
	if *update {
		record(t)
	}
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	kinds := map[string]Kind{}
	for _, k := range Kinds {
		kinds[k.Name] = k
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		head, rest, _ := strings.Cut(string(raw), "\n"+mark)
		at, err := time.Parse(time.RFC3339, head)
		if err != nil {
			t.Fatal(err)
		}
		s := product(t, func() time.Time { return at })
		met := map[string]bool{}
		for part := range strings.SplitSeq(rest, "\n"+mark) {
			title, out, _ := strings.Cut(part, "\n")
			name, how, _ := strings.Cut(title, ": ")
			_, option, _ := strings.Cut(how, " ")
			k, ok := kinds[name]
			if !ok {
				t.Fatalf("%s: no kind %q", file, name)
			}
			met[name] = true
			if wrong := judge(t, s, k, option, out); wrong != "" {
				t.Errorf("%s: %s: %s\n%s", file, title, wrong, out)
			}
		}
		if len(met) != len(Kinds) {
			t.Errorf("%s has %d of %d kinds", file, len(met), len(Kinds))
		}
	}
}

// record writes a file for the oldest and the newest version: each kind with a version of
// TLS and an option in turn, health with each option.
func record(t *testing.T) {
	l, programs := New(t), Programs()[1:]
	for _, program := range []string{programs[0], programs[len(programs)-1]} {
		var b strings.Builder
		b.WriteString(time.Now().UTC().Format(time.RFC3339))
		for n, k := range Kinds {
			options := Options
			if n > 0 {
				options = Options[n%(len(Options)-1):][:1]
			}
			for i, option := range options {
				if strings.Contains(option, "|") {
					continue // nothing that the others have not
				}
				if n > 0 && (strings.Contains(option, "-msg") || strings.Contains(option, "-debug")) {
					option = "" // those of health are enough
				}
				version := k.Versions()[(n+i)%len(k.Versions())]
				out := l.Run(program, k, version, option)
				fmt.Fprintf(&b, "\n%s%s: %s %s\n%s", mark, k.Name, version, option, strings.TrimRight(out, "\n"))
			}
		}
		if err := os.WriteFile(filepath.Join("testdata", Version(program)+".txt"), []byte(b.String()+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

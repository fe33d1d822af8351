// Command mutants breaks the lines that the security model names, one at a time, and sees
// a test of the line's own package fail. A promise that could be broken without that is
// held by luck.
//
// mutants.yaml lists the edits. Nothing in the tree is changed: a Go file is replaced for
// the compiler only (go test -overlay), anything else in a copy of the tree. No tests of
// the product belong here.
package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"go.yaml.in/yaml/v3"
)

//go:embed mutants.yaml
var list []byte

// mutant is one edit that breaks one promise.
type mutant struct {
	Name    string `yaml:"name"`
	Promise string `yaml:"promise"` // as docs/security.md says it
	File    string `yaml:"file"`    // from the top of the tree
	Old     string `yaml:"old"`     // stands once in File
	New     string `yaml:"new"`
	Test    string `yaml:"test"` // that fails then
	Pkg     string `yaml:"pkg"`  // of the test; empty: the folder of File
}

// patience is what one mutant's test may take: an edit may make it wait for ever.
const patience = 4 * time.Minute

var errSurvives = errors.New("SURVIVES")

// slow is what is said of a mutant whose test takes long to miss the line.
const slow = 30 * time.Second

func main() {
	since := flag.String("since", "", "only mutants of packages that changed since this commit")
	only := flag.String("only", "", "only mutants whose name contains this")
	table := flag.Bool("table", false, "write the table of docs/security.md instead")
	flag.Parse()
	all, err := read()
	if err == nil && *table {
		_, err = io.WriteString(os.Stdout, tableOf(all))
	} else if err == nil {
		err = run(all, *only, *since)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func read() ([]mutant, error) {
	var all []mutant
	d := yaml.NewDecoder(bytes.NewReader(list))
	d.KnownFields(true)
	if err := d.Decode(&all); err != nil {
		return nil, fmt.Errorf("mutants.yaml: %w", err)
	}
	for i, m := range all {
		if m.Pkg == "" {
			all[i].Pkg = "./" + path.Dir(m.File)
		}
	}
	return all, nil
}

func run(all []mutant, only, since string) error {
	changed, err := changedSince(since)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(m mutant) bool {
		return !strings.Contains(m.Name, only) || since != "" && !changed[path.Dir(m.File)] && !changed[strings.TrimPrefix(m.Pkg, "./")]
	})
	results := make([]error, len(all))
	slots, ended := make(chan struct{}, 2), sync.WaitGroup{}
	for i, m := range all {
		ended.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			begun := time.Now()
			if results[i] = m.dies(); errors.Is(results[i], errSurvives) {
				results[i] = m.dies() // what a race decides is decided by two of them
			}
			if results[i] != nil {
				fmt.Printf("%s: %v\n", m.Name, results[i])
			} else if took := time.Since(begun); took > slow {
				fmt.Printf("%s: killed, after %v\n", m.Name, took.Round(time.Second))
			}
		})
	}
	ended.Wait()
	survivors := slices.DeleteFunc(results, func(err error) bool { return err == nil })
	fmt.Printf("%d mutants, %d killed by a test of their own package\n", len(all), len(all)-len(survivors))
	if len(survivors) > 0 {
		return fmt.Errorf("%d promises can be broken without a test failing", len(survivors))
	}
	return nil
}

// changedSince gives the folders with files that changed since a commit; all of them for "".
func changedSince(rev string) (map[string]bool, error) {
	if rev == "" {
		return nil, nil
	}
	out, err := exec.Command("git", "diff", "--name-only", rev).Output()
	if err != nil {
		return nil, fmt.Errorf("what changed since %s: %w", rev, err)
	}
	folders := map[string]bool{}
	for _, file := range strings.Fields(string(out)) {
		folders[path.Dir(file)] = true
	}
	return folders, nil
}

// dies runs the mutant's test with the edit made. An error says that it lives, or could
// not be tried.
func (m mutant) dies() error {
	before, err := os.ReadFile(m.File)
	if err != nil {
		return err
	}
	if n := bytes.Count(before, []byte(m.Old)); n != 1 {
		return fmt.Errorf("what it edits stands %d times in %s; it must stand once", n, m.File)
	}
	after := bytes.Replace(before, []byte(m.Old), []byte(m.New), 1)
	dir, err := os.MkdirTemp("", "mutant-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	root, args := ".", []string{"test", "-count=1", "-timeout", patience.String(), "-run", "^" + m.Test + "$"}
	if path.Ext(m.File) == ".go" {
		overlay, err := overlayOf(dir, m.File, after)
		if err != nil {
			return err
		}
		args = append(args, "-overlay", overlay)
	} else if root, err = copyOf(dir, m.File, after); err != nil {
		return err
	}
	ctx, done := context.WithTimeout(context.Background(), patience+time.Minute)
	defer done()
	cmd := exec.CommandContext(ctx, "go", append(args, m.Pkg)...)
	cmd.Dir = root
	out, err := cmd.CombinedOutput()
	var failed *exec.ExitError
	switch {
	case err == nil && strings.Contains(string(out), "no tests to run"):
		return fmt.Errorf("there is no test %s in %s", m.Test, m.Pkg)
	case err == nil:
		return fmt.Errorf("%w: %s in %s; %s passes all the same", errSurvives, m.Promise, m.File, m.Test)
	case !errors.As(err, &failed):
		return err
	case strings.Contains(string(out), "[build failed]") || strings.Contains(string(out), "[setup failed]"):
		return fmt.Errorf("does not compile: %s", strings.TrimSpace(string(out)))
	}
	return nil
}

// overlayOf has the compiler read after in place of file.
func overlayOf(dir, file string, after []byte) (string, error) {
	mutated, overlay := filepath.Join(dir, filepath.Base(file)), filepath.Join(dir, "overlay.json")
	at, err := filepath.Abs(file)
	if err != nil {
		return "", err
	}
	raw, err := json.Marshal(map[string]map[string]string{"Replace": {at: mutated}})
	if err != nil {
		return "", err
	}
	return overlay, errors.Join(os.WriteFile(mutated, after, 0o600), os.WriteFile(overlay, raw, 0o600))
}

// copyOf is a copy of the tree with file as after: policies and schemas are read by
// programs that no overlay reaches.
func copyOf(dir, file string, after []byte) (string, error) {
	out, err := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		return "", err
	}
	for _, name := range strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		info, err := os.Stat(name)
		if err != nil || info.IsDir() {
			continue // deleted and not committed yet
		}
		raw, err := os.ReadFile(name)
		if err != nil {
			return "", err
		}
		to := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(to), 0o700), os.WriteFile(to, raw, info.Mode().Perm())); err != nil {
			return "", err
		}
	}
	return dir, os.WriteFile(filepath.Join(dir, file), after, 0o600)
}

// tableOf is the part of docs/security.md that says which line holds which promise, and
// which test misses it.
func tableOf(all []mutant) string {
	var b strings.Builder
	b.WriteString("| promise | line | test |\n|---|---|---|\n")
	for _, m := range all {
		line, _, _ := strings.Cut(strings.TrimSpace(m.Old), "\n")
		fmt.Fprintf(&b, "| %s | %s `%s` | `%s` |\n", cell(m.Promise), m.File, strings.ReplaceAll(cell(clip(line)), "`", "'"), m.Test)
	}
	return b.String()
}

func cell(s string) string { return strings.ReplaceAll(s, "|", "¦") }

func clip(s string) string {
	if r := []rune(s); len(r) > 70 {
		return string(r[:69]) + "…"
	}
	return s
}

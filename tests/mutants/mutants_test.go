package main

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestListIsTrue: every edit can be made, no name stands twice, and docs/security.md has
// the table of them. That they die is for `make mutants` to see.
func TestListIsTrue(t *testing.T) {
	t.Chdir("../..")
	all, err := read()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 60 {
		t.Errorf("%d mutants, fewer than the promises there are", len(all))
	}
	seen := map[string]bool{}
	for _, m := range all {
		raw, err := os.ReadFile(m.File)
		if err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(raw, []byte(m.Old)); n != 1 || m.Old == m.New {
			t.Errorf("%s: what it edits stands %d times in %s", m.Name, n, m.File)
		}
		if seen[m.Name] || m.Promise == "" || !regexp.MustCompile(`^Test\w+$`).MatchString(m.Test) {
			t.Errorf("%s: a name of its own, a promise and a test are needed", m.Name)
		}
		seen[m.Name] = true
	}
	doc, err := os.ReadFile("docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(doc), tableOf(all)) {
		t.Error("docs/security.md has another table; `go run ./tests/mutants -table` writes it")
	}
}

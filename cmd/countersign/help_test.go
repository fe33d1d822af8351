package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"countersign/locales"
)

// TestExamples: every command has an example, every example is of a command and is
// one that the command line takes.
func TestExamples(t *testing.T) {
	t.Chdir(t.TempDir())
	parser, err := newParser(&cli{}, locales.Open(), io.Discard, io.Discard, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, leaf := range parser.Model.Leaves(false) {
		path := commandOf(leaf)
		known[path] = true
		if len(examples[path]) == 0 {
			t.Errorf("%s has no example", path)
		}
		for _, line := range exampleLines(path) {
			_, line, _ = strings.Cut(line, "countersign ")
			line, _, _ = strings.Cut(line, " > ")
			line, _, _ = strings.Cut(line, " | ")
			words := wordsOf(line)
			for _, w := range words {
				if ext := filepath.Ext(w); ext != "" && filepath.IsLocal(w) && !strings.Contains(w, "://") && !strings.Contains(ext, "/") {
					if err := os.WriteFile(w, nil, 0o600); err != nil {
						t.Fatal(err)
					}
				}
			}
			if _, err := parser.Parse(words); err != nil {
				t.Errorf("%s: %v", line, err)
			}
		}
	}
	for path := range examples {
		if !known[path] {
			t.Errorf("examples of %s, which is no command", path)
		}
	}
}

// wordsOf splits a line as a shell does where nothing but quotes is special.
func wordsOf(line string) (words []string) {
	quote, begun := rune(0), false
	for _, r := range line {
		switch {
		case r == quote:
			quote = 0
		case quote == 0 && (r == '"' || r == '\''):
			quote = r
		case quote == 0 && r == ' ':
			begun = false
			continue
		default:
			if !begun {
				words, begun = append(words, ""), true
			}
			words[len(words)-1] += string(r)
		}
	}
	return words
}

// TestHelpNamesAFurtherLanguage: one that is nothing but a folder.
func TestHelpNamesAFurtherLanguage(t *testing.T) {
	var out strings.Builder
	cat := locales.Open(os.DirFS("../../locales/testdata"))
	parser, err := newParser(&cli{}, cat, &out, io.Discard, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	_, _ = parser.Parse([]string{"--help"}) // the test's exit does not end it
	if all := strings.Join(cat.Languages(), ", "); !strings.Contains(all, "fr") || !strings.Contains(strings.Join(strings.Fields(out.String()), " "), all) {
		t.Error(out.String())
	}
}

// TestHelpNamesTheLanguages: from the one list.
func TestHelpNamesTheLanguages(t *testing.T) {
	var out strings.Builder
	if got := run([]string{"--help"}, nil, &out, io.Discard); got != 0 {
		t.Fatalf("status %d", got)
	}
	if help := strings.Join(strings.Fields(out.String()), " "); !strings.Contains(help, strings.Join(locales.All, ", ")) {
		t.Errorf("the help does not name %v:\n%s", locales.All, help)
	}
}

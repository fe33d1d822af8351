package countersign_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	// named is a file or folder that a page names: a path in code, from the root.
	named = regexp.MustCompile("`((?:bot|certs|cmd|deploy|docs|language|locales|slacksim|storage|tests|triage|vault|workflows)/[A-Za-z0-9_./-]+|[a-z_]+\\.go)`")
	// link is where a page leads, within the repository.
	link = regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)`)
)

// pages are what people read about the project.
func pages(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	return append(found, "README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")
}

func read(t *testing.T, file string) string {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// TestPagesNameWhatIsThere: files and folders that a page names, and pages that it leads to.
// A bare name of a file stands in some folder.
func TestPagesNameWhatIsThere(t *testing.T) {
	bare := map[string]bool{}
	for _, p := range packages(t) {
		for _, f := range p.GoFiles {
			bare[f] = true
		}
	}
	for _, page := range pages(t) {
		text := read(t, page)
		for _, m := range named.FindAllStringSubmatch(text, -1) {
			path := m[1]
			if _, err := os.Stat(strings.TrimSuffix(path, "/...")); err != nil && !bare[path] && !slices.Contains([]string{"arch_test.go", "inside_test.go"}, path) {
				t.Errorf("%s names %s, which is not there", page, path)
			}
		}
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), m[1])); err != nil {
				t.Errorf("%s leads to %s, which is not there", page, m[1])
			}
		}
	}
}

// TestRooms: docs/architecture.md has every package, or says of its folder what is below.
func TestRooms(t *testing.T) {
	text := read(t, "docs/architecture.md")
	for _, p := range packages(t) {
		path := strings.TrimPrefix(p.ImportPath, module)
		if path == "countersign" || part(p.ImportPath) == "tests" {
			continue
		}
		if !strings.Contains(text, "`"+path+"`") {
			t.Errorf("%s is not among the rooms of docs/architecture.md", path)
		}
	}
}

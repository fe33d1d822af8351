package countersign_test

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"countersign/locales"
)

const module = "countersign/"

// arrows says which parts of the product a part may import (design, section 1). A
// part is a first path element below the module; its own sub-packages are its own.
var arrows = map[string][]string{
	"":          {},
	"cmd":       {"", "bot", "certs", "language", "locales", "slacksim", "storage", "triage", "vault", "workflows"},
	"bot":       {"language", "locales", "workflows"},
	"storage":   {"workflows"},
	"vault":     {"certs", "deploy"},
	"deploy":    {}, // policies of Vault, embedded for the development server and the tests
	"workflows": {"certs", "language", "triage"},
	"language":  {"certs"},
	"slacksim":  {},        // the fake workspace must not know the product
	"triage":    {"certs"}, // product names come from the catalogue, once
	"certs":     {},
	"locales":   {},
}

// middle says which packages below workflows each of them may import: the nouns do not
// know each other. What one needs of another is a word of the kernel, an effect, or an
// interface that it declares itself.
var middle = map[string][]string{
	"workflows":            {"workflows/form"},
	"workflows/form":       {},
	"workflows/issuance":   {"workflows"},
	"workflows/keyrelease": {"workflows"},
	"workflows/support":    {"workflows"},
	"workflows/intake":     {"workflows", "workflows/form"},
	"workflows/inbox":      {"workflows", "workflows/form", "workflows/intake", "workflows/issuance", "workflows/support"},
	"workflows/services":   {"workflows", "workflows/inbox", "workflows/intake", "workflows/issuance", "workflows/keyrelease", "workflows/support"},
}

// only says who alone may import a library, and why.
var only = map[string]struct{ where, why string }{
	"github.com/slack-go/slack":         {"bot", "no Slack type leaves the adapter"},
	"github.com/mattn/go-sqlite3":       {"storage", "state is behind the Store port"},
	"database/sql":                      {"storage", "state is behind the Store port"},
	"github.com/hashicorp/vault":        {"vault/hashicorp", "the other adapters work without that Vault"},
	"github.com/sashabaranov/go-openai": {"triage/llm", "the model is optional and gated"},
	"filippo.io/age":                    {"vault/embedded", "keys are behind the Custody port"},
}

// pure parts do no I/O: what they may not import, in themselves.
var pure = map[string][]string{
	"certs":     {"net/http", "os", "os/exec", "database/sql"},
	"workflows": {"net", "net/http", "os", "os/exec", "database/sql"},
}

// ownFiles is the exception that a rule above needs, with its reason.
var ownFiles = map[string]string{
	"countersign/certs":  "reads profiles from directories of the operator's own",
	"countersign/triage": "reads causes from directories of the operator's own",
}

type pkg struct {
	ImportPath, Dir, Doc string
	GoFiles, Imports     []string
}

func packages(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Dir,Doc,GoFiles,Imports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		var p pkg
		if err := d.Decode(&p); err != nil {
			t.Fatal(err)
		}
		if len(p.GoFiles) > 0 {
			all = append(all, p)
		}
	}
	if len(all) < 10 {
		t.Fatalf("only %d packages: the test looks at the wrong place", len(all))
	}
	return all
}

func part(importPath string) string {
	if importPath == strings.TrimSuffix(module, "/") {
		return ""
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(importPath, module), "/")
	return first
}

func TestArrows(t *testing.T) {
	for _, p := range packages(t) {
		from := part(p.ImportPath)
		if from == "tests" {
			continue
		}
		allowed, known := arrows[from]
		if !known {
			t.Errorf("%s: a part that the design does not know; say in arrows what it may import", p.ImportPath)
		}
		for _, imported := range p.Imports {
			if imported == "countersign" || strings.HasPrefix(imported, module) {
				to := part(imported)
				if to != from && !slices.Contains(allowed, to) {
					t.Errorf("%s imports %s: the arrow %s -> %s is not in the design", p.ImportPath, imported, from, to)
				}
			}
			if short := strings.TrimPrefix(imported, module); from == "workflows" && strings.HasPrefix(short, "workflows") && !slices.Contains(middle[strings.TrimPrefix(p.ImportPath, module)], short) {
				t.Errorf("%s imports %s: the nouns of the middle do not know each other", p.ImportPath, imported)
			}
			for lib, rule := range only {
				if (imported == lib || strings.HasPrefix(imported, lib+"/")) && !strings.HasPrefix(p.ImportPath, module+rule.where) {
					t.Errorf("%s imports %s: only %s may, because %s", p.ImportPath, imported, rule.where, rule.why)
				}
			}
			if _, excused := ownFiles[p.ImportPath]; slices.Contains(pure[from], imported) && !(excused && imported == "os") {
				t.Errorf("%s imports %s: %s is pure", p.ImportPath, imported, from)
			}
		}
	}
}

// TestAdapterHasItsClientAlone: what an adapter of custodies and issuers talks by is
// imported by nobody else.
func TestAdapterHasItsClientAlone(t *testing.T) {
	all, owner := packages(t), map[string]string{}
	for _, p := range all {
		if own := adapter(p.ImportPath); own != "" && p.ImportPath == module+"vault/"+own {
			for _, lib := range p.Imports {
				if host, _, _ := strings.Cut(lib, "/"); strings.Contains(host, ".") && host != "golang.org" {
					owner[lib] = own
				}
			}
		}
	}
	if len(owner) < 3 {
		t.Fatalf("only %v: the test looks at the wrong place", owner)
	}
	for _, p := range all {
		for _, lib := range p.Imports {
			if own := owner[lib]; own != "" && own != adapter(p.ImportPath) {
				t.Errorf("%s imports %s: only vault/%s may", p.ImportPath, lib, own)
			}
		}
	}
}

// TestAdaptersApart: the adapters of custodies and issuers know what they share and not
// each other, and none but its own links the client of HashiCorp's Vault, in a test either.
func TestAdaptersApart(t *testing.T) {
	out, err := exec.Command("go", "list", "-test", "-deps", "-json=ImportPath,ForTest,Deps", "./vault/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	seen := map[string]bool{}
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		var p struct {
			ImportPath, ForTest string
			Deps                []string
		}
		if err := d.Decode(&p); err != nil {
			t.Fatal(err)
		}
		own, inTest := adapter(p.ImportPath), p.ForTest != "" || strings.HasSuffix(p.ImportPath, ".test")
		if !strings.HasPrefix(p.ImportPath, module+"vault") {
			continue
		}
		seen[own] = true
		for _, dep := range p.Deps {
			client := strings.HasPrefix(dep, "github.com/hashicorp/vault/") && own != "hashicorp"
			if other := adapter(dep); client || other != "" && other != own && !inTest {
				t.Errorf("%s links %s", p.ImportPath, dep)
			}
		}
	}
	for _, one := range []string{"", "acme", "embedded", "hashicorp", "manual"} {
		if !seen[one] {
			t.Errorf("vault/%s was not looked at", one)
		}
	}
}

// adapter is the folder of vault that a package, or a test of it, stands in; of vault
// itself none.
func adapter(importPath string) string {
	path, _, _ := strings.Cut(importPath, " ")
	below, ok := strings.CutPrefix(path, module+"vault/")
	if !ok {
		return ""
	}
	name, _, _ := strings.Cut(below, "/")
	return strings.TrimSuffix(strings.TrimSuffix(name, ".test"), "_test")
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	for _, p := range packages(t) {
		if len(strings.Fields(p.Doc)) < 8 {
			t.Errorf("%s: its doc comment does not tell a newcomer what lives there: %q", p.ImportPath, p.Doc)
		}
	}
}

// TestFilesAreShort keeps files to one noun or one workflow.
func TestFilesAreShort(t *testing.T) {
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == "node_modules" || d.Name() == ".git") {
			return filepath.SkipDir
		}
		if filepath.Ext(path) != ".go" {
			return nil
		}
		out, err := exec.Command("wc", "-l", path).Output()
		if err != nil {
			return err
		}
		if lines := strings.Fields(string(out))[0]; len(lines) > 3 || (len(lines) == 3 && lines > "400") {
			t.Errorf("%s has %s lines: split it by noun or workflow at 400", path, lines)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// key is what a catalogue key looks like in code; one that ends with a dot is
// completed at run time.
var key = regexp.MustCompile(`^(?:bot|form|workflows|certs|check|vault|storage|cli|triage|artefact|llm)\.[A-Za-z0-9_.-]*[A-Za-z0-9_-]\.?$`)

// fileName is what looks like a key and is a file.
var fileName = regexp.MustCompile(`\.(?:json|log|yaml|pem|db|age|key|txt)$`)

// TestEveryKeyInCodeStandsInTheCatalogue reads the string literals of the code.
func TestEveryKeyInCodeStandsInTheCatalogue(t *testing.T) {
	cat, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	known := cat.Keys(locales.English)
	for _, p := range packages(t) {
		for _, name := range p.GoFiles {
			file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				lit, ok := n.(*ast.BasicLit)
				if !ok || lit.Kind != token.STRING {
					return true
				}
				if text := strings.Trim(lit.Value, "\"`"); key.MatchString(text) && !fileName.MatchString(text) && !stands(known, text) {
					t.Errorf("%s/%s: %s is not in the catalogue", p.ImportPath, name, text)
				}
				return true
			})
		}
	}
}

// stands accepts a whole key, or the beginning of some.
func stands(known map[string]string, text string) bool {
	if _, ok := known[text]; ok {
		return true
	}
	if _, ok := known["check."+text]; ok { // rule ids of certs/check, whose texts stand under check.
		return true
	}
	for k := range known {
		if strings.HasPrefix(k, strings.TrimSuffix(text, ".")+".") || (strings.HasSuffix(text, "_") && strings.HasPrefix(k, text)) {
			return true
		}
	}
	return false
}

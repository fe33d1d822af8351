package check

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"

	"countersign/certs"

	"go.yaml.in/yaml/v3"
)

// texts reads the message catalogue of one language from its file.
func texts(t testing.TB, lang string) map[string]string {
	t.Helper()
	raw, err := os.ReadFile("../../locales/" + lang + "/check.yaml")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	if err := yaml.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

var (
	ruleID      = regexp.MustCompile(`^(read|match|verify|rule|revocation|compare|bundle|lint|client-test|inspect|order|form)\.[a-z0-9][a-z0-9.-]*[a-z0-9]$`)
	textKey     = regexp.MustCompile(`^check\.[a-z0-9.-]*[a-z0-9]$`)
	placeholder = regexp.MustCompile(`{{\.(\w+)}}`)
)

// Every rule that the code names has its text in each language, with the same
// arguments, and no text is there for nothing.
func TestEveryTextIsThere(t *testing.T) {
	used := map[string]bool{}
	files, err := parser.ParseDir(token.NewFileSet(), ".", func(f os.FileInfo) bool { return !strings.HasSuffix(f.Name(), "_test.go") }, 0) //nolint:staticcheck // SA1019: the package has no build tags
	if err != nil {
		t.Fatal(err)
	}
	for _, pkg := range files {
		ast.Inspect(pkg, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				s, _ := strconv.Unquote(lit.Value)
				switch {
				case ruleID.MatchString(s):
					used["check."+s] = true
				case textKey.MatchString(s):
					used[s] = true
				}
			}
			return true
		})
	}
	built := []string{"check.summary.certificate.", "check.read.foreign.", "check.verify.purpose-", "check.chain.", "check.compare.step.", "check.lint.zlint.", "check.lint.eku-", "check.lint.ku-", "check.lint.client-auth-"} // completed at run time
	languages := map[string]map[string]string{"en": texts(t, "en"), "zh-Hans": texts(t, "zh-Hans"), "zh-Hant": texts(t, "zh-Hant")}
	for key := range used {
		for lang, all := range languages {
			if all[key] == "" {
				t.Errorf("%s: no text for %s", lang, key)
			}
		}
	}
	for key, text := range languages["en"] {
		ok := used[key]
		for _, prefix := range built {
			ok = ok || strings.HasPrefix(key, prefix)
		}
		if !ok {
			t.Errorf("nothing says %s", key)
		}
		for lang, all := range languages {
			if a, b := arguments(text), arguments(all[key]); a != b {
				t.Errorf("%s: %s takes {%s}, in English {%s}", lang, key, b, a)
			}
		}
	}
}

func arguments(text string) string {
	set := map[string]bool{}
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		set[m[1]] = true
	}
	var out []string
	for name := range set {
		out = append(out, name)
	}
	sort.Strings(out)
	return strings.Join(out, " ")
}

var (
	english      sync.Once
	englishTexts map[string]string
)

// complete fails when a text is used without an argument that it needs.
func complete(t testing.TB, fs []certs.Finding) {
	t.Helper()
	english.Do(func() { englishTexts = texts(t, "en") })
	all := englishTexts
	for _, f := range fs {
		text, ok := all[f.Text.Key]
		if f.Text.Key != "" && !ok {
			t.Errorf("no text %s", f.Text.Key)
		}
		for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
			if _, given := f.Text.Args[m[1]]; !given {
				t.Errorf("%s needs %s", f.Text.Key, m[1])
			}
		}
	}
}

package countersign_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"countersign/locales"
)

// before matches a placeholder with what stands after it, if that may be a plural: of at
// most two words, the last.
var before = regexp.MustCompile(`{{\.([A-Za-z]+)}} (?:[a-zA-Z]+ )?([a-zA-Z]+s|people)\b`)

// noPlural are words that end like one.
var noPlural = []string{"is", "was", "has", "as", "this", "lacks", "ms", "s"}

// formed is a part of a text that has its forms.
var formed = regexp.MustCompile(`{{if one [^}]*}}.*?{{end}}`)

// TestPlurals: no English text has a number before a plural that stands there whatever
// the number is: "1 names". Numbers are the placeholders that code fills with one.
func TestPlurals(t *testing.T) {
	cat, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	numbers := numbersInCode(t)
	for _, name := range []string{"Count", "Days", "Limit", "Rows"} {
		if !numbers[name] {
			t.Errorf("%s is no number: what the code fills is not found any more", name)
		}
	}
	bare := func(text string) string {
		for _, m := range before.FindAllStringSubmatch(formed.ReplaceAllString(text, ""), -1) {
			if numbers[m[1]] && !slices.Contains(noPlural, m[2]) {
				return m[0]
			}
		}
		return ""
	}
	for text, want := range map[string]string{
		"with {{.Count}} names, key": "{{.Count}} names",
		"{{.Rows}} audit rows":       "{{.Rows}} audit rows",
		"{{.Count}} people":          "{{.Count}} people",
		"{{.Name}} keys":             "",
		"{{.Count}} {{if one .Count}}name{{else}}names{{end}}":             "",
		"{{if one .Count}}The name{{else}}All {{.Count}} names{{end}} fit": "",
	} {
		if got := bare(text); got != want {
			t.Errorf("%q: found %q, want %q", text, got, want)
		}
	}
	for key, text := range cat.Keys(locales.English) {
		if found := bare(text); found != "" {
			t.Errorf("%s: %q needs its forms: {{if one .N}}...{{else}}...{{end}}", key, found)
		}
	}
}

// numbersInCode are the names of arguments that some code fills with a number.
func numbersInCode(t *testing.T) map[string]bool {
	found := map[string]bool{}
	pair := func(name, value ast.Expr) {
		lit, ok := name.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING || !isNumber(value) {
			return
		}
		if text, err := strconv.Unquote(lit.Value); err == nil {
			found[text] = true
		}
	}
	for _, p := range packages(t) {
		for _, name := range p.GoFiles {
			file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.CallExpr:
					for i := range max(0, len(n.Args)-1) {
						pair(n.Args[i], n.Args[i+1])
					}
				case *ast.KeyValueExpr:
					pair(n.Key, n.Value)
				}
				return true
			})
		}
	}
	return found
}

// isNumber tells a call that writes a whole number: strconv.Itoa(n), fmt.Sprint(len(x)),
// or a function of the code that is called like one.
func isNumber(e ast.Expr) bool {
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return false
	}
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		return f.Sel.Name == "Itoa" || f.Sel.Name == "FormatInt" || f.Sel.Name == "Sprint"
	case *ast.Ident:
		return slices.Contains([]string{"itoa", "n", "number", "count"}, f.Name)
	}
	return false
}

package locales

import (
	"strconv"
	"strings"
	"sync"
	"text/template"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// words are the texts of one language.
type words struct {
	texts     map[string]string // by key, as templates
	parts     func() (*template.Template, error)
	templates sync.Map // key to *template.Template, of texts with placeholders
}

// newWords gives the texts what their templates may use: the forms of a number, the names
// of countries, and each other's parts, which are those with "part" in their key:
//
//	{{.Count}} {{if one .Count}}name{{else}}names{{end}}
//	{{countries .Near}}
//	{{template "artefact.part.more" .}}
func newWords(lang string, texts map[string]string) *words {
	return &words{texts: texts, parts: sync.OnceValues(func() (*template.Template, error) {
		all := template.New("").Funcs(forms(language.MustParse(lang)))
		for key, text := range texts {
			if !strings.Contains(key, ".part.") {
				continue
			}
			if _, err := all.New(key).Parse(text); err != nil {
				return nil, err
			}
		}
		return all, nil
	})}
}

// forms are the plural categories of CLDR: each says whether a number takes it in the
// language. What is no whole number, or takes none of them, is "other": the last else.
func forms(lang language.Tag) template.FuncMap {
	all := template.FuncMap{}
	for name, form := range map[string]plural.Form{"zero": plural.Zero, "one": plural.One, "two": plural.Two, "few": plural.Few, "many": plural.Many} {
		all[name] = func(number any) bool { // nil where the caller gave none
			text, _ := number.(string)
			n, err := strconv.Atoi(strings.TrimPrefix(text, "-"))
			return err == nil && plural.Cardinal.MatchPlural(lang, n, 0, 0, 0, 0) == form
		}
	}
	all["countries"] = func(codes any) string {
		text, _ := codes.(string)
		return countries(lang, strings.Fields(text))
	}
	return all
}

// countries writes codes of ISO 3166-1 with the names that the language has for them.
func countries(lang language.Tag, codes []string) string {
	names, open, end, comma := display.English.Regions(), " (", ")", ", "
	switch script, _ := lang.Script(); script.String() {
	case "Hans":
		names, open, end, comma = display.SimplifiedChinese.Regions(), "（", "）", "、"
	case "Hant":
		names, open, end, comma = display.TraditionalChinese.Regions(), "（", "）", "、"
	}
	for i, code := range codes {
		if r, err := language.ParseRegion(code); err == nil {
			codes[i] += open + names.Name(r) + end
		}
	}
	return strings.Join(codes, comma)
}

func (w *words) parse(key, text string) (*template.Template, error) {
	parts, err := w.parts()
	if err != nil {
		return nil, err
	}
	own, err := parts.Clone()
	if err != nil {
		return nil, err
	}
	return own.New(key).Parse(text)
}

// fill renders a template; nothing when that fails.
func (w *words) fill(key, text string, args map[string]string) string {
	known, ok := w.templates.Load(key)
	if !ok {
		parsed, err := w.parse(key, text)
		if err != nil {
			return ""
		}
		known, _ = w.templates.LoadOrStore(key, parsed)
	}
	var b strings.Builder
	if err := known.(*template.Template).Execute(&b, args); err != nil {
		return ""
	}
	return b.String()
}

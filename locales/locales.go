package locales

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
	"golang.org/x/text/language"
)

// The languages of the catalogue, as BCP 47 tags.
const (
	English            = "en"
	SimplifiedChinese  = "zh-Hans"
	TraditionalChinese = "zh-Hant"
)

// All lists the languages, the fallback first.
var All = []string{English, SimplifiedChinese, TraditionalChinese}

//go:embed */*.yaml
var files embed.FS

// Catalogue renders texts. A language is read when it is first spoken: a command at a
// desk speaks one, many workspaces two. It is safe for concurrent use.
type Catalogue struct {
	words map[string]func() (*words, error)
}

// Open gives the catalogue without reading it. A file that is broken, which a test
// refuses, panics when its language is first spoken.
func Open() *Catalogue {
	c := &Catalogue{words: map[string]func() (*words, error){}}
	for _, lang := range All {
		c.words[lang] = sync.OnceValues(func() (*words, error) { return read(lang) })
	}
	return c
}

// Load is Open that reads all languages now. It fails when a file does not parse or a
// key stands twice in one language.
func Load() (*Catalogue, error) {
	c := Open()
	for _, lang := range All {
		if _, err := c.words[lang](); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// With gives c with further texts, by key and language, where c has none: names that data
// brings, such as a product of the operator's own. They are no templates.
func (c *Catalogue) With(more map[string]map[string]string) *Catalogue {
	wider := &Catalogue{words: map[string]func() (*words, error){}}
	for lang, of := range c.words {
		wider.words[lang] = sync.OnceValues(func() (*words, error) {
			own, err := of()
			if err != nil {
				return nil, err
			}
			texts := maps.Clone(own.texts)
			for key, in := range more {
				if _, known := texts[key]; !known && in[lang] != "" {
					texts[key] = strings.ReplaceAll(in[lang], "{{", "{ {")
				}
			}
			return newWords(lang, texts), nil
		})
	}
	return wider
}

// in gives the words of lang, of English if that is unknown.
func (c *Catalogue) in(lang string) *words {
	of, ok := c.words[lang]
	if !ok {
		of = c.words[English]
	}
	w, err := of()
	if err != nil {
		panic(err) // embedded, so the same in every run
	}
	return w
}

func read(lang string) (*words, error) {
	all := map[string]string{}
	names, err := fs.Glob(files, lang+"/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("locales: list %s: %w", lang, err)
	}
	for _, name := range names {
		raw, err := files.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("locales: read %s: %w", name, err)
		}
		texts := map[string]string{}
		if err := yaml.Unmarshal(raw, &texts); err != nil {
			return nil, fmt.Errorf("locales: parse %s: %w", name, err)
		}
		for key, text := range texts {
			if _, dup := all[key]; dup {
				return nil, fmt.Errorf("locales: %s: %s stands twice", name, key)
			}
			all[key] = strings.TrimRight(text, "\n")
		}
	}
	return newWords(lang, all), nil
}

// Say renders key in lang with args. An unknown language falls back to English. A
// missing key, which a test refuses, renders as the key itself: a person then
// sees something to quote, never nothing.
func (c *Catalogue) Say(lang, key string, args map[string]string) string {
	w := c.in(lang)
	text := w.texts[key]
	if strings.Contains(text, "{{") {
		text = w.fill(key, text, args)
	}
	if text == "" {
		return key
	}
	return text
}

// Has reports whether key stands in lang.
func (c *Catalogue) Has(lang, key string) bool { _, ok := c.in(lang).texts[key]; return ok }

// Keys gives the keys of lang with their raw templates. Do not change it.
func (c *Catalogue) Keys(lang string) map[string]string { return c.in(lang).texts }

// Match maps a locale as Slack or a terminal spells it (zh-TW, zh_CN.UTF-8, en-GB)
// to a language of the catalogue.
func Match(locale string) string {
	locale, _, _ = strings.Cut(strings.ReplaceAll(locale, "_", "-"), ".")
	tag, err := language.Parse(locale)
	if err != nil {
		return English
	}
	_, i, confidence := matcher.Match(tag)
	if confidence == language.No {
		return English
	}
	return All[i]
}

var matcher = language.NewMatcher(func() (tags []language.Tag) {
	for _, lang := range All {
		tags = append(tags, language.MustParse(lang))
	}
	return tags
}())

// Text renders what code or data has to say: the wording in, by language, if data
// brought its own, else key. Placeholders are {{.Name}} in both.
func (c *Catalogue) Text(lang, key string, args, in map[string]string) string {
	if len(in) == 0 {
		return c.Say(lang, key, args)
	}
	text, ok := in[lang]
	if !ok {
		text = in[English]
	}
	for name, value := range args {
		text = strings.ReplaceAll(text, "{{."+name+"}}", value)
	}
	return text
}

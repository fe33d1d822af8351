package locales

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
	"golang.org/x/text/language"
)

// All lists the languages that are built in, English first: each is a folder here.
var All = Open().Languages()

// Catalogue renders texts. A language is read when it is first spoken: a command at a
// desk speaks one, many workspaces two. It is safe for concurrent use.
type Catalogue struct {
	languages []string         // English first
	from      map[string]fs.FS // where each stands
	words     map[string]func() (*words, error)
	matcher   func() language.Matcher
}

// Open gives the catalogue of the languages that are built in, and of those of more,
// without reading it. A file that is broken, which a test refuses, panics when its
// language is first spoken.
func Open(more ...fs.FS) *Catalogue {
	c := &Catalogue{from: map[string]fs.FS{}, words: map[string]func() (*words, error){}}
	for _, from := range append([]fs.FS{files}, more...) {
		for _, lang := range tags(from) {
			c.from[lang] = from
			c.words[lang] = sync.OnceValues(func() (*words, error) { return read(from, lang) })
		}
	}
	all := slices.Sorted(maps.Keys(c.from))
	c.languages = append([]string{English}, slices.DeleteFunc(all, func(lang string) bool { return lang == English })...)
	c.matcher = sync.OnceValue(func() language.Matcher { return matcher(c.languages) })
	return c
}

// Load is Open that reads all languages now. It fails when a file does not parse or a
// key stands twice in one language.
func Load(more ...fs.FS) (*Catalogue, error) {
	c := Open(more...)
	for _, lang := range c.languages {
		if _, err := c.Language(lang); err != nil {
			return nil, err
		}
		if _, err := c.words[lang](); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// With gives c with further texts, by key and language, where c has none: names that data
// brings, such as a product of the operator's own. They are no templates.
func (c *Catalogue) With(more map[string]map[string]string) *Catalogue {
	wider := *c
	wider.words = map[string]func() (*words, error){}
	for lang, of := range c.words {
		wider.words[lang] = sync.OnceValues(func() (*words, error) {
			own, err := of()
			if err != nil {
				return nil, err
			}
			texts := maps.Clone(own.texts)
			for key, in := range more {
				text := cmp.Or(in[lang], texts[in[English]])
				if _, known := texts[key]; !known && text != "" {
					texts[key] = strings.ReplaceAll(text, "{{", "{ {")
				}
			}
			return newWords(lang, texts), nil
		})
	}
	return &wider
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

// read gives the texts of one language. Besides those that code says, by their keys, they
// are those of profiles and causes, by their English wording.
func read(from fs.FS, lang string) (*words, error) {
	all := map[string]string{}
	names, err := fs.Glob(from, lang+"/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("locales: list %s: %w", lang, err)
	}
	for _, name := range names {
		if path.Base(name) == description {
			continue
		}
		raw, err := fs.ReadFile(from, name)
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

// Say renders key in lang with args, in English where lang is unknown or lacks it. A
// missing key, which a test refuses, renders as the key itself: a person then
// sees something to quote, never nothing.
func (c *Catalogue) Say(lang, key string, args map[string]string) string {
	w := c.in(lang)
	text, ok := w.texts[key]
	if !ok {
		w = c.in(English)
		text = w.texts[key]
	}
	if strings.Contains(text, "{{") {
		text = w.fill(key, text, args)
	}
	if text == "" {
		return key
	}
	return text
}

// Has reports whether Say has words for key in lang, be it in English.
func (c *Catalogue) Has(lang, key string) bool {
	_, own := c.in(lang).texts[key]
	_, fallback := c.in(English).texts[key]
	return own || fallback
}

// Keys gives the keys of lang with their raw templates. Do not change it.
func (c *Catalogue) Keys(lang string) map[string]string { return c.in(lang).texts }

// Languages lists the languages of c, English first.
func (c *Catalogue) Languages() []string { return slices.Clone(c.languages) }

// Language gives what a language of c needs besides its texts.
func (c *Catalogue) Language(lang string) (Language, error) { return describe(c.from[lang], lang) }

// Match maps a locale as Slack or a terminal spells it (zh-TW, zh_CN.UTF-8, en-GB)
// to a language of the catalogue.
func (c *Catalogue) Match(locale string) string {
	locale, _, _ = strings.Cut(strings.ReplaceAll(locale, "_", "-"), ".")
	tag, err := language.Parse(locale)
	if err != nil {
		return English
	}
	_, i, confidence := c.matcher().Match(tag)
	if confidence == language.No {
		return English
	}
	return c.languages[i]
}

// Menu says a path through the pages of a product, "Security > Certificate Management", as
// the vendor says it in lang: where a part has no wording there, all of it stays English.
// What is no path, such as a command, stays as it is.
func (c *Catalogue) Menu(lang, path string) string { return menu(c.in(lang).texts, path) }

// Named is args with the names that people know in the place of ids of profiles and products,
// as far as c has them (With).
func (c *Catalogue) Named(lang string, args map[string]string) map[string]string {
	return named(c.in(lang).texts, args)
}

// Text renders what code or data has to say: the wording in, by language, if data
// brought its own, else key. What data wrote in other languages only is translated from
// its English: key if its {placeholders} were filled, else the wording itself.
// Placeholders of a wording are {{.Name}}. Profiles and products are called by their names
// (Named).
func (c *Catalogue) Text(lang, key string, args, in map[string]string) string {
	args = c.Named(lang, args)
	if len(in) == 0 {
		return c.Say(lang, key, args)
	}
	text, ok := in[lang]
	if !ok {
		text = in[English]
		if translated, ok := c.in(lang).texts[cmp.Or(key, text)]; ok {
			text = translated
			for name, value := range args {
				text = strings.ReplaceAll(text, "{"+name+"}", value)
			}
		}
	}
	for name, value := range args {
		text = strings.ReplaceAll(text, "{{."+name+"}}", value)
	}
	return text
}

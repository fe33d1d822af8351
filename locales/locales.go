package locales

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
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

//go:embed en zh-Hans zh-Hant
var files embed.FS

// Catalogue renders texts. It is safe for concurrent use.
type Catalogue struct {
	localizers map[string]*i18n.Localizer
	keys       map[string]map[string]string
}

// Load reads the embedded catalogues of the languages given, none meaning all; English,
// the fallback, always. It fails when a file does not parse or a key stands twice in
// one language.
func Load(langs ...string) (*Catalogue, error) {
	if len(langs) == 0 {
		langs = All
	}
	c := &Catalogue{localizers: map[string]*i18n.Localizer{}, keys: map[string]map[string]string{}}
	for _, lang := range append([]string{English}, langs...) {
		if c.keys[lang] != nil {
			continue
		}
		keys, err := read(lang)
		if err != nil {
			return nil, err
		}
		bundle := i18n.NewBundle(language.Make(lang))
		for key, text := range keys {
			err := bundle.AddMessages(language.Make(lang), &i18n.Message{ID: key, Other: text})
			if err != nil {
				return nil, fmt.Errorf("locales: %s: %s: %w", lang, key, err)
			}
		}
		c.localizers[lang], c.keys[lang] = i18n.NewLocalizer(bundle, lang), keys
	}
	return c, nil
}

func read(lang string) (map[string]string, error) {
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
	return all, nil
}

// Say renders key in lang with args. An unknown language falls back to English. A
// missing key, which a test refuses, renders as the key itself: a person then
// sees something to quote, never nothing.
func (c *Catalogue) Say(lang, key string, args map[string]string) string {
	l, ok := c.localizers[lang]
	if !ok {
		l = c.localizers[English]
	}
	text, err := l.Localize(&i18n.LocalizeConfig{MessageID: key, TemplateData: args})
	if err != nil || text == "" {
		return key
	}
	return text
}

// Has reports whether key stands in lang.
func (c *Catalogue) Has(lang, key string) bool { _, ok := c.keys[lang][key]; return ok }

// Keys gives the keys of lang with their raw templates.
func (c *Catalogue) Keys(lang string) map[string]string { return c.keys[lang] }

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

var matcher = language.NewMatcher([]language.Tag{language.English, language.SimplifiedChinese, language.TraditionalChinese})

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

package locales

import (
	"embed"
	"fmt"
	"io/fs"
	"path"

	"go.yaml.in/yaml/v3"
	"golang.org/x/text/language"
)

// English is the language that every text stands in: what another lacks is said in it.
const English = "en"

// The other languages that code has to name, as BCP 47 tags.
const (
	SimplifiedChinese  = "zh-Hans"
	TraditionalChinese = "zh-Hant"
)

//go:embed */*.yaml
var files embed.FS

// description is the file of a language that says what it needs besides its texts.
const description = "language.yaml"

// Language is what a language needs besides its texts. Its name is the tag that its folder
// is called by, from which also follow how Slack and a terminal spell it, and the forms of
// its numbers.
type Language struct {
	// Partial languages are being translated: what they lack is said in English.
	Partial bool `yaml:"partial"`
	// Model says how a model may speak the language; to readers of one without it, a model
	// speaks English.
	Model *Model `yaml:"model"`
}

// Model is what a model is told of a language, and what its words are checked by.
type Model struct {
	Name    string   `yaml:"name"`    // in English, as it stands in a prompt
	Script  string   `yaml:"script"`  // that the language is recognised by, as Unicode calls it; none: by the absence of the others'
	Letters string   `yaml:"letters"` // that tell it from the others of its script
	Secrets []string `yaml:"secrets"` // words for secrets, which a model must not ask for
	Weaker  []string `yaml:"weaker"`  // words for giving up a check, which a model must not advise
}

// tags are the folders of a file system that hold a language.
func tags(from fs.FS) (all []string) {
	found, _ := fs.Glob(from, "*/"+description) // the pattern is sound
	for _, name := range found {
		all = append(all, path.Dir(name))
	}
	return all
}

// describe reads what the language needs besides its texts.
func describe(from fs.FS, lang string) (l Language, err error) {
	if _, err := language.Parse(lang); err != nil {
		return l, fmt.Errorf("locales: the folder %s is not called by a language: %w", lang, err)
	}
	raw, err := fs.ReadFile(from, lang+"/"+description)
	if err != nil {
		return l, fmt.Errorf("locales: read %s: %w", lang, err)
	}
	if err := yaml.Unmarshal(raw, &l); err != nil {
		return l, fmt.Errorf("locales: parse %s of %s: %w", description, lang, err)
	}
	return l, nil
}

// matcher finds a language by its place in languages.
func matcher(languages []string) language.Matcher {
	var all []language.Tag
	for _, lang := range languages {
		all = append(all, language.MustParse(lang))
	}
	return language.NewMatcher(all)
}

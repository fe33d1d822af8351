package llm

import (
	"fmt"
	"strings"
	"unicode"

	"countersign/certs"
)

// Languages are those that the model may speak, by BCP 47 tag, English among them.
type Languages map[string]Language

// Language is what the model is told of a language, and what its words are checked by.
type Language struct {
	Name string // as tasks name it: Simplified Chinese
	// Script is what the language is recognised by, as Unicode calls it; a language
	// without one is recognised by the absence of the others'. Letters tell it from the
	// others of its script.
	Script, Letters string
	Secrets         []string // what a model must not ask for or speak of on its own
	Weaker          []string // what a model must not advise on its own
}

func (l Languages) check() error {
	for lang, is := range l {
		if is.Name == "" || len(is.Secrets) == 0 || len(is.Weaker) == 0 || is.Script != "" && unicode.Scripts[is.Script] == nil {
			return fmt.Errorf("llm: the language %s needs a name, a script that exists and words for secrets and for giving up a check", lang)
		}
	}
	if _, ok := l[certs.English]; !ok {
		return fmt.Errorf("llm: English (%s) is not among the languages", certs.English)
	}
	return nil
}

// spoken is lang if the model may speak it, else English.
func (l Languages) spoken(lang string) string {
	if _, ok := l[lang]; ok {
		return lang
	}
	return certs.English
}

// wrote tells languages by their scripts, and those of one script by the letters that
// only one of them has.
func (l Languages) wrote(text, lang string) bool {
	scripts, own, others := map[string]int{}, map[string]int{}, 0
	for _, r := range text {
		if script := l.script(r); script != "" {
			scripts[script]++
		} else if unicode.IsLetter(r) {
			others++
		}
		for tag, is := range l {
			if strings.ContainsRune(is.Letters, r) {
				own[tag]++
			}
		}
	}
	in := scripts[l[lang].Script]
	delete(scripts, l[lang].Script)
	foreign := 0
	for _, n := range scripts {
		foreign += n
	}
	if l[lang].Script == "" {
		return foreign*10 <= others
	}
	for tag, is := range l {
		if is.Script == l[lang].Script && own[tag] > own[lang] {
			return false
		}
	}
	return in*4 >= others+foreign && in > 0
}

// script is the one of l's scripts that r is of.
func (l Languages) script(r rune) string {
	for _, is := range l {
		if is.Script != "" && unicode.Is(unicode.Scripts[is.Script], r) {
			return is.Script
		}
	}
	return ""
}

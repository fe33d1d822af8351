package certs

import (
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"
	"golang.org/x/text/language"
)

// Text is something to be said to a person, not yet in any language.
//
// Texts that code says are a Key of the message catalogue (package locales) with
// its Args. Texts that data says (a profile, also one of the operator's own) carry
// their wording in In, by BCP 47 tag: en, zh-Hans, zh-Hant. In wins over Key.
// Args are raw: whoever renders escapes them for its medium. In is plain text too,
// and is escaped whole.
type Text struct {
	Key  string            `json:"key,omitempty"`
	Args map[string]string `json:"args,omitempty"`
	In   map[string]string `json:"in,omitempty"`
}

// English is the language that every other falls back to.
const English = "en"

// Languages are those that profiles are written in, English first. Others lie over them
// in the message catalogue, by the English wording.
var Languages = []string{English, "zh-Hans", "zh-Hant"}

// T makes a Text from a catalogue key and pairs of argument name and value.
// An odd trailing name is dropped.
func T(key string, pairs ...string) Text {
	t := Text{Key: key}
	if len(pairs) > 1 {
		t.Args = make(map[string]string, len(pairs)/2)
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		t.Args[pairs[i]] = pairs[i+1]
	}
	return t
}

// Zero reports whether there is nothing to say.
func (t Text) Zero() bool { return t.Key == "" && len(t.In) == 0 }

// UnmarshalYAML reads a text of a profile: a map from language to wording, those of
// Languages present. An operator who writes one plain string gets it in each.
func (t *Text) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		t.In = make(map[string]string, len(Languages))
		for _, lang := range Languages {
			t.In[lang] = n.Value
		}
		return nil
	}
	if err := n.Decode(&t.In); err != nil {
		return err
	}
	for _, lang := range Languages {
		if t.In[lang] == "" {
			return fmt.Errorf("line %d: the text has no %s wording", n.Line, lang)
		}
	}
	for lang := range t.In {
		if slices.Contains(Languages, lang) {
			continue
		}
		if tag, err := language.Parse(lang); err != nil || tag.String() != lang {
			return fmt.Errorf("line %d: language %q is no tag such as en or zh-Hant", n.Line, lang)
		}
	}
	return nil
}

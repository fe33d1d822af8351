package triage

import "countersign/certs"

// Text is something to be said to a person, not yet in any language: a Key of the
// message catalogue with its Args, or, for texts that live in the knowledge base,
// the wording itself in In by BCP 47 tag (en, zh-Hans, zh-Hant). In wins over Key.
// Args are raw: whoever renders escapes them for its medium.
type Text struct {
	Key  string            `json:"key,omitempty" yaml:"-"`
	Args map[string]string `json:"args,omitempty" yaml:"-"`
	In   map[string]string `json:"in,omitempty" yaml:",inline"`
}

// T makes a Text from a catalogue key and pairs of argument name and value. An odd
// trailing name is dropped.
func T(key string, pairs ...string) Text {
	t := certs.T(key, pairs...)
	return Text{Key: t.Key, Args: t.Args}
}

// Say renders a catalogue key in a language; (*locales.Catalogue).Say fits.
type Say func(lang, key string, args map[string]string) string

// String gives t in lang. A wording that t lacks is the catalogue's, by the English one
// as its key, or the English one. say may be nil when the text carries its own wording.
func (t Text) String(lang string, say Say) string {
	if s := t.In[lang]; s != "" {
		return s
	}
	if s := t.In[certs.English]; s != "" && say != nil {
		return say(lang, s, nil) // the key itself where it is not translated
	} else if s != "" {
		return s
	}
	if say == nil || t.Key == "" {
		return t.Key
	}
	return say(lang, t.Key, t.Args)
}

// Empty reports whether there is nothing to say.
func (t Text) Empty() bool { return t.Key == "" && len(t.In) == 0 }

package certs

// Text is something to be said to a person, not yet in any language.
//
// Texts that code says are a Key of the message catalogue (package locales) with
// its Args. Texts that data says (a profile, also one of the operator's own) carry
// their wording in In, by BCP 47 tag: en, zh-Hans, zh-Hant. In wins over Key.
// Args are raw: whoever renders escapes them for its medium.
type Text struct {
	Key  string            `json:"key,omitempty"`
	Args map[string]string `json:"args,omitempty"`
	In   map[string]string `json:"in,omitempty"`
}

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

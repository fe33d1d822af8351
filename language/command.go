package language

import (
	"strconv"
	"strings"
	"unicode"
)

// Command is what a reply in a conversation asks for, apart from answering.
type Command struct {
	Verb  string // "", back, cancel, skip, unsure, send, change, help
	Field string // for change
	Value string // for change; "" means: ask me again
}

// changes ask for another value of a field: its name, then the value where one is said.
var changes = []expression{
	lazy(`(?is)^(?:please\s+)?(?:change|set|make|correct|fix)\s+(?:the\s+|my\s+)?(.+?)\s*(?:\bto\b|\bas\b|=|:|->|→)\s*(.+)$`),
	lazy(`(?is)^(?:please\s+)?(?:change|correct|redo|edit)\s+(?:the\s+|my\s+)?(.+)$`),
	lazy(`(?s)^(?:请|請)?(?:把|将|將)\s*(.+?)\s*(?:改成|改为|改為|设为|設為|换成|換成|设置为|設定為)\s*(.+)$`),
	lazy(`(?s)^(?:请|請)?(?:修改|更改|变更|變更)\s*(.+?)\s*(?:为|為|成|=|：|:)\s*(.+)$`),
	lazy(`(?s)^(?:请|請)?(?:修改|更改|变更|變更)\s*(.+)$`),
	lazy(`(?s)^(.+?)\s*(?:改成|改为|改為|换成|換成)\s*(.+)$`),
}

// ReadCommand recognises commands in English and Chinese. Anything else has Verb ""
// and is an answer.
func ReadCommand(text string) Command {
	plain := strings.ToLower(strings.Trim(OneLine(text), " .!。！"))
	if verb, ok := wholeWords()["command"][plain]; ok {
		return Command{Verb: verb}
	}
	for _, re := range changes {
		m := re.FindStringSubmatch(strings.TrimSpace(text))
		if m == nil {
			continue
		}
		field, ok := wholeWords()["field"][strings.ToLower(strings.TrimSpace(m[1]))]
		if !ok {
			continue
		}
		c := Command{Verb: "change", Field: field}
		if len(m) > 2 {
			c.Value = strings.Trim(strings.TrimSpace(m[2]), "\"“”「」。")
		}
		return c
	}
	return Command{}
}

// Choose finds the option that a typed reply means: its value, its label in the
// person's language, or its number in the list shown. false: none or several.
func Choose(reply string, options []string, label func(string) string) (string, bool) {
	plain := strings.ToLower(strings.Trim(OneLine(reply), " .!。！`"))
	for i, o := range options {
		if plain == strings.ToLower(o) || plain == strings.ToLower(label(o)) || plain == strconv.Itoa(i+1) {
			return o, true
		}
	}
	found := ""
	for _, o := range options {
		l := strings.ToLower(label(o))
		if strings.Contains(l, plain) && len(plain) > 2 {
			if found != "" {
				return "", false
			}
			found = o
		}
	}
	return found, found != ""
}

// OneLine trims s and turns breaks and controls into single spaces.
func OneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || r == ' ' || r == '\u00a0' || r == '\u3000'
	}), " ")
}

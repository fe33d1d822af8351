package slacksim

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// Message is a message as it stood when it was looked at.
type Message struct {
	Channel, TS, ThreadTS string
	User, UserName, Text  string
	Ephemeral             bool
	Files                 []string // names
	FileIDs               []string
	Blocks                []any
	Raw                   json.RawMessage
}

// View is a modal or Home tab as it stood when it was looked at.
type View struct {
	ID, Hash, CallbackID, Title string
	Blocks                      []any
	Home                        bool
	Raw                         json.RawMessage
}

// snapshot copies a message. The caller holds mu.
func (s *state) snapshot(ch *channel, m *message) Message {
	raw, err := json.Marshal(s.seenMessage(ch, m))
	if err != nil {
		panic("slacksim: message is not JSON: " + err.Error()) // built here from JSON values
	}
	out := Message{Channel: ch.ID, TS: m.ts, ThreadTS: m.threadTS, User: m.user, UserName: s.nameOf(m), Text: m.text,
		Ephemeral: m.onlyFor != "", Raw: raw, Blocks: m.blocks}
	for _, f := range m.files {
		out.Files, out.FileIDs = append(out.Files, f.name), append(out.FileIDs, f.id)
	}
	return out
}

func (s *state) snapshotView(v *view) View {
	raw, err := json.Marshal(s.viewJSON(v))
	if err != nil {
		panic("slacksim: view is not JSON: " + err.Error()) // built here from JSON values
	}
	return View{ID: v.id, Hash: v.hash, CallbackID: v.CallbackID, Title: v.titleText(), Raw: raw, Home: v.Kind == "home", Blocks: v.blocks}
}

// withLabel is a link with words of its own: those are what a person reads.
var withLabel = regexp.MustCompile(`<(?:https?|ftp|mailto):[^<>|]*\|([^<>]*)>`)

// Shown is every word a person reads in the message: its blocks, or its text
// where it has none, and the names of its files.
func (m Message) Shown() string {
	words := wordsOf(m.Blocks)
	if len(m.Blocks) == 0 {
		words = []string{withLabel.ReplaceAllString(m.Text, "$1")}
	}
	var raw struct {
		Attachments []any `json:"attachments"`
	}
	if json.Unmarshal(m.Raw, &raw) == nil {
		words = append(words, wordsOf(raw.Attachments)...)
	}
	return strings.Join(append(words, m.Files...), "\n")
}

// Shown is every word a person reads in the view.
func (v View) Shown() string {
	return strings.Join(append([]string{v.Title}, wordsOf(v.Blocks)...), "\n")
}

// Buttons are the words on the buttons of the message, in order.
func (m Message) Buttons() []string { return buttonsOf(m.Blocks) }

// Buttons are the words on the buttons of the view, in order.
func (v View) Buttons() []string { return buttonsOf(v.Blocks) }

func buttonsOf(blocks []any) []string {
	var out []string
	for _, e := range elements(blocks) {
		for _, b := range pressable(e) {
			out = append(out, wordOf(b["text"]))
		}
	}
	return out
}

// pressable is what an element has to be pressed: itself, or its two buttons for feedback.
func pressable(e object) []object {
	switch str(e, "type") {
	case "button", "icon_button":
		return []object{e}
	case "feedback_buttons":
		good, _ := e["positive_button"].(object)
		bad, _ := e["negative_button"].(object)
		return []object{good, bad}
	}
	return nil
}

// wordsOf collects texts in reading order.
func wordsOf(node any) []string {
	var out []string
	switch v := node.(type) {
	case []any:
		for _, child := range v {
			out = append(out, wordsOf(child)...)
		}
	case object:
		for _, key := range []string{"title", "label", "pretext", "text", "fields", "elements", "rows", "accessory", "element", "options",
			"option_groups", "placeholder", "hint", "description", "alt_text", "fallback", "blocks", "positive_button", "negative_button"} {
			child := v[key]
			if s, ok := child.(string); ok && s != "" {
				out = append(out, s)
			} else {
				out = append(out, wordsOf(child)...)
			}
		}
	}
	return out
}

func hasAll(text string, words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
}

func (v View) place() Place {
	if v.Home {
		return Place{Type: "home"}
	}
	return Place{Type: "view", ViewID: v.ID}
}

func (s *state) label(ch *channel) string {
	if ch.kind == direct {
		return "the direct message with " + s.people[ch.with].Handle
	}
	return "#" + ch.Name
}

package slacksim

import (
	"fmt"
	"slices"
	"strings"
)

// Says posts a message.
func (a *Actor) Says(text string) Message {
	a.stage.t.Helper()
	ts, err := a.stage.Say(a.id, a.channel, a.thread, text)
	a.must("says", err)
	return a.at(ts)
}

// Uploads shares a file with an optional comment.
func (a *Actor) Uploads(name string, data []byte, text string) Message {
	a.stage.t.Helper()
	_, ts, err := a.stage.Share(a.id, a.channel, a.thread, text, Upload{Name: name, Data: data})
	a.must("uploads", err)
	return a.at(ts)
}

// Edits changes a message of the actor's own.
func (a *Actor) Edits(m Message, text string) {
	a.stage.t.Helper()
	a.must("edits", a.stage.Edit(a.id, m.Channel, m.TS, text))
}

// Forwards shares a message with the actor's place, with words of their own or none.
func (a *Actor) Forwards(m Message, text string) Message {
	a.stage.t.Helper()
	ts, err := a.stage.Forward(a.id, m.Channel, m.TS, a.channel, text)
	a.must("forwards", err)
	return a.at(ts)
}

// Finds is a message that somebody else posted at the actor's place.
func (a *Actor) Finds(ts string) Message { return a.at(ts) }

// Attaches uploads a file for a file_input and answers its id.
func (a *Actor) Attaches(name string, data []byte) string {
	a.stage.t.Helper()
	ids, _, err := a.stage.Share(a.id, "", "", "", Upload{Name: name, Data: data})
	a.must("attaches", err)
	return ids[0]
}

// Runs types a slash command, such as "/cert new".
func (a *Actor) Runs(line string) {
	a.stage.t.Helper()
	ctx, cancel := a.context()
	defer cancel()
	command, text, _ := strings.Cut(line, " ")
	a.must("runs "+line, a.stage.Command(ctx, a.id, a.channel, command, text))
}

// UsesShortcut runs a global shortcut, by name or callback id.
func (a *Actor) UsesShortcut(name string) {
	a.stage.t.Helper()
	a.UsesMessageShortcut(name, Message{})
}

// UsesMessageShortcut runs a message shortcut on m.
func (a *Actor) UsesMessageShortcut(name string, m Message) {
	a.stage.t.Helper()
	ctx, cancel := a.context()
	defer cancel()
	for _, sc := range a.stage.state.ws.App.Shortcuts {
		if sc.Name == name && sc.OnMessage == (m.TS != "") {
			name = sc.CallbackID
		}
	}
	a.must("uses "+name, a.stage.Shortcut(ctx, a.id, name, m.Channel, m.TS))
}

// Clicks clicks a button of a message by its words, its action_id, or the block_id of a
// block that has no other.
// The message may be older than what stands there now, as on a screen that
// has not caught up.
func (a *Actor) Clicks(m Message, button string) {
	a.stage.t.Helper()
	act := a.button(m.Blocks, button)
	act.Place = Place{Type: "message", Channel: m.Channel, TS: m.TS}
	a.act(act, "clicks "+button)
}

// ClicksIn clicks a button of a modal or Home tab.
func (a *Actor) ClicksIn(v View, button string) {
	a.stage.t.Helper()
	act := a.button(v.Blocks, button)
	act.Place = v.place()
	a.act(act, "clicks "+button)
}

// ChoosesIn sets an element of a modal or Home tab that reports at once, such as a
// menu: by label, placeholder, block_id or action_id, to an option's words or value,
// an id, a date, or a list.
func (a *Actor) ChoosesIn(v View, what string, value any) {
	a.stage.t.Helper()
	block, element := a.input(v.Blocks, what)
	a.act(Act{Place: v.place(), BlockID: block, ActionID: element, Value: value}, "chooses "+what)
}

func (a *Actor) act(act Act, what string) {
	a.stage.t.Helper()
	ctx, cancel := a.context()
	defer cancel()
	a.must(what, a.stage.Act(ctx, a.id, act))
}

// Submits fills in a modal and submits it. Keys are labels, block_ids or
// action_ids; values as in ChoosesIn.
func (a *Actor) Submits(v View, values map[string]any) Submission {
	a.stage.t.Helper()
	ctx, cancel := a.context()
	defer cancel()
	filled := map[string]map[string]any{}
	for what, value := range values {
		block, element := a.input(v.Blocks, what)
		if filled[block] == nil {
			filled[block] = map[string]any{}
		}
		filled[block][element] = value
	}
	result, err := a.stage.Submit(ctx, a.id, v.ID, filled)
	a.must("submits "+v.Title, err)
	return result
}

// Closes closes a modal.
func (a *Actor) Closes(v View) {
	a.stage.t.Helper()
	ctx, cancel := a.context()
	defer cancel()
	a.must("closes "+v.Title, a.stage.CloseView(ctx, a.id, v.ID))
}

// Searches types into an external select and answers the words of its options.
func (a *Actor) Searches(v View, what, typed string) []string {
	a.stage.t.Helper()
	ctx, cancel := a.context()
	defer cancel()
	block, element := a.input(v.Blocks, what)
	options, err := a.stage.Suggest(ctx, a.id, v.place(), block, element, typed)
	a.must("searches "+what, err)
	var out []string
	for _, o := range options {
		m, _ := o.(object)
		out = append(out, wordOf(m["text"]))
	}
	return out
}

func (a *Actor) button(blocks []any, want string) Act {
	a.stage.t.Helper()
	for b, e := range elements(blocks) {
		for _, p := range pressable(e) {
			if wordOf(p["text"]) != want && str(e, "action_id") != want && str(b, "block_id") != want {
				continue
			}
			act := Act{BlockID: str(b, "block_id"), ActionID: str(e, "action_id")}
			if str(e, "type") == "feedback_buttons" {
				act.Value = p["value"]
			}
			return act
		}
	}
	a.stage.t.Fatalf("%s sees no button %q; there are %q", a.name, want, buttonsOf(blocks))
	return Act{}
}

func (a *Actor) input(blocks []any, want string) (block, element string) {
	a.stage.t.Helper()
	var known []string
	for b, e := range elements(blocks) {
		if str(e, "type") == "button" {
			continue
		}
		label, blockID, actionID := wordOf(b["label"]), str(b, "block_id"), str(e, "action_id")
		names := []string{label, blockID, actionID, wordOf(e["placeholder"]), blockID + "/" + actionID}
		if want != "" && slices.Contains(names, want) {
			return blockID, actionID
		}
		known = append(known, fmt.Sprintf("%s (%s/%s)", label, blockID, actionID))
	}
	a.stage.t.Fatalf("%s sees no input %q; there are %s", a.name, want, strings.Join(known, ", "))
	return "", ""
}

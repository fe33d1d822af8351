package blockkit

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

const long = "%LONG"

// expand replaces %LONGn by n characters of three bytes each: limits count
// characters.
func expand(s string) string {
	for {
		i := strings.Index(s, long)
		if i < 0 {
			return s
		}
		var n int
		if _, err := fmt.Sscanf(s[i+len(long):], "%d", &n); err != nil {
			panic(err)
		}
		s = s[:i] + strings.Repeat("証", n) + s[i+len(long)+len(fmt.Sprint(n)):]
	}
}

// many repeats a JSON value in an array, with %d counted up.
func many(n int, item string) string {
	list := make([]string, n)
	for i := range list {
		list[i] = strings.ReplaceAll(item, "%d", fmt.Sprint(i))
	}
	return "[" + strings.Join(list, ",") + "]"
}

func plainText(s string) string { return `{"type":"plain_text","text":"` + s + `"}` }

func button(extra string) string {
	return `{"type":"button","text":` + plainText("Go") + extra + `}`
}

func feedback(element string) string {
	return `[{"type":"context_actions","elements":[` + element + `]}]`
}

func actions(elements string) string { return `{"type":"actions","elements":` + elements + `}` }

const opt = `{"text":{"type":"plain_text","text":"o%d"},"value":"v%d"}`

func TestMessages(t *testing.T) {
	section := `{"type":"section","text":{"type":"mrkdwn","text":"ok"}}`
	for _, c := range []struct{ name, blocks, want string }{
		{"fine", "[" + section + "]", ""},
		{"section at its limit", `[{"type":"section","text":{"type":"mrkdwn","text":"%LONG3000"}}]`, ""},
		{"section too long", `[{"type":"section","text":{"type":"mrkdwn","text":"%LONG3001"}}]`, "invalid_blocks: [ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"},
		{"empty text", `[{"type":"section","text":{"type":"mrkdwn","text":""}}]`, "[ERROR] must be more than 0 characters [json-pointer:/blocks/0/text/text]"},
		{"section of nothing", `[{"type":"section"}]`, "[ERROR] must define either `text` or `fields` [json-pointer:/blocks/0/type]"},
		{"50 blocks", many(50, section), ""},
		{"51 blocks", many(51, section), "msg_blocks_too_many: [ERROR] no more than 50 items allowed [json-pointer:/blocks]"},
		{"too much text in all", many(4, `{"type":"section","text":{"type":"mrkdwn","text":"%LONG3000"}}`), "msg_blocks_too_long"},
		{"11 fields", `[{"type":"section","fields":` + many(11, `{"type":"mrkdwn","text":"f"}`) + `}]`, "no more than 10 items allowed [json-pointer:/blocks/0/fields]"},
		{"field too long", `[{"type":"section","fields":[{"type":"mrkdwn","text":"%LONG2001"}]}]`, "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]"},
		{"header", `[{"type":"header","text":` + plainText("%LONG150") + `}]`, ""},
		{"header too long", `[{"type":"header","text":` + plainText("%LONG151") + `}]`, "must be less than 151 characters [json-pointer:/blocks/0/text/text]"},
		{"mrkdwn header", `[{"type":"header","text":{"type":"mrkdwn","text":"x"}}]`, "must be a valid enum value [json-pointer:/blocks/0/text/type]"},
		{"25 buttons", "[" + actions(many(25, button(`,"action_id":"a%d"`))) + "]", ""},
		{"26 buttons", "[" + actions(many(26, button(`,"action_id":"a%d"`))) + "]", "no more than 25 items allowed [json-pointer:/blocks/0/elements]"},
		{"same action_id", "[" + actions(many(2, button(`,"action_id":"a"`))) + "]", "`action_id` \"a\" already exists [json-pointer:/blocks/0/elements/1/action_id]"},
		{"same action_id in two blocks", "[" + actions(many(1, button(`,"action_id":"a"`))) + "," + actions(many(1, button(`,"action_id":"a"`))) + "]", ""},
		{"same block_id", `[{"type":"divider","block_id":"b"},{"type":"divider","block_id":"b"}]`, "`block_id` \"b\" already exists [json-pointer:/blocks/1/block_id]"},
		{"block_id too long", `[{"type":"divider","block_id":"%LONG256"}]`, "must be less than 256 characters [json-pointer:/blocks/0/block_id]"},
		{"button words", "[" + actions("["+strings.Replace(button(""), "Go", "%LONG76", 1)+"]") + "]", "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]"},
		{"button value", "[" + actions("["+button(`,"value":"%LONG2001"`)+"]") + "]", "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]"},
		{"button style", "[" + actions("["+button(`,"style":"loud"`)+"]") + "]", "must be a valid enum value [json-pointer:/blocks/0/elements/0/style]"},
		{"button with null", "[" + actions("["+button(`,"confirm":null`)+"]") + "]", "must provide an object [json-pointer:/blocks/0/elements/0/confirm]"},
		{"confirm", "[" + actions("["+button(`,"confirm":{"title":`+plainText("%LONG101")+`,"text":`+plainText("t")+`,"confirm":`+plainText("y")+`,"deny":`+plainText("%LONG31")+`}`)+"]") + "]", "must be less than 31 characters [json-pointer:/blocks/0/elements/0/confirm/deny/text]"},
		{"unknown property", `[{"type":"divider","colour":"red"}]`, "invalid additional property: colour [json-pointer:/blocks/0]"},
		{"unknown block", `[{"type":"alert","text":"x"}]`, "unsupported type: alert [json-pointer:/blocks/0/type]"},
		{"text input in actions", "[" + actions(`[{"type":"plain_text_input","action_id":"a"}]`) + "]", "unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]"},
		{"11 in context", `[{"type":"context","elements":` + many(11, `{"type":"mrkdwn","text":"c"}`) + `}]`, "no more than 10 items allowed [json-pointer:/blocks/0/elements]"},
		{"100 options", "[" + actions(`[{"type":"static_select","options":`+many(100, opt)+`}]`) + "]", ""},
		{"101 options", "[" + actions(`[{"type":"static_select","options":`+many(101, opt)+`}]`) + "]", "no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]"},
		{"option words", "[" + actions(`[{"type":"static_select","options":[{"text":`+plainText("%LONG76")+`,"value":"v"}]}]`) + "]", "must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/text/text]"},
		{"foreign initial option", "[" + actions(`[{"type":"static_select","options":`+many(2, opt)+`,"initial_option":{"text":`+plainText("o1")+`,"value":"other"}}]`) + "]", "must match one of the options [json-pointer:/blocks/0/elements/0/initial_option]"},
		{"own initial option", "[" + actions(`[{"type":"static_select","options":`+many(2, opt)+`,"initial_option":{"text":{"type":"plain_text","text":"o1","emoji":true},"value":"v1"}}]`) + "]", ""},
		{"6 in overflow", "[" + actions(`[{"type":"overflow","options":`+many(6, opt)+`}]`) + "]", "no more than 5 items allowed [json-pointer:/blocks/0/elements/0/options]"},
		{"11 radio buttons", "[" + actions(`[{"type":"radio_buttons","options":`+many(11, opt)+`}]`) + "]", "no more than 10 items allowed [json-pointer:/blocks/0/elements/0/options]"},
		{"select of nothing", "[" + actions(`[{"type":"static_select"}]`) + "]", "must define either `options` or `option_groups` [json-pointer:/blocks/0/elements/0]"},
		{"date", "[" + actions(`[{"type":"datepicker","initial_date":"tomorrow"}]`) + "]", "must match the pattern YYYY-MM-DD [json-pointer:/blocks/0/elements/0/initial_date]"},
		{"rich text", `[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"x"}]}]}]`, ""},
		{"table", `[{"type":"table","rows":[` + many(21, `{"type":"raw_text","text":"c"}`) + `]}]`, "no more than 20 items allowed [json-pointer:/blocks/0/rows/0]"},
		{"101 rows", `[{"type":"table","rows":` + many(101, `[{"type":"raw_text","text":"c"}]`) + `}]`, "no more than 100 items allowed [json-pointer:/blocks/0/rows]"},
		{"two tables", `[{"type":"table","rows":[[{"type":"raw_text","text":"c"}]]},{"type":"table","rows":[[{"type":"raw_text","text":"c"}]]}]`, "invalid_blocks: [ERROR] only_one_table_allowed"},
		{"empty cell", `[{"type":"table","rows":[[{"type":"raw_text","text":""}]]}]`, "must be more than 0 characters [json-pointer:/blocks/0/rows/0/0/text]"},
		{"mrkdwn in a cell", `[{"type":"table","rows":[[{"type":"mrkdwn","text":"c"}]]}]`, "unsupported type: mrkdwn [json-pointer:/blocks/0/rows/0/0/type]"},
		{"column", `[{"type":"table","rows":[[{"type":"raw_text","text":"c"}]],"column_settings":[{"align":"justified"}]}]`, "must be a valid enum value [json-pointer:/blocks/0/column_settings/0/align]"},
		{"markdown in all", many(2, `{"type":"markdown","text":"%LONG6001"}`), "msg_too_long"},
		{"feedback", feedback(`{"type":"feedback_buttons","action_id":"f","positive_button":{"text":` + plainText("Good") + `,"value":"g"},"negative_button":{"text":` + plainText("Bad") + `,"value":"b"}}`), ""},
		{"half a feedback", feedback(`{"type":"feedback_buttons","positive_button":{"text":` + plainText("Good") + `,"value":"g"}}`), "missing required field: negative_button [json-pointer:/blocks/0/elements/0]"},
		{"feedback with a style", feedback(`{"type":"feedback_buttons","positive_button":{"text":` + plainText("Good") + `,"value":"g","style":"primary"},"negative_button":{"text":` + plainText("Bad") + `,"value":"b"}}`), "invalid additional property: style [json-pointer:/blocks/0/elements/0/positive_button]"},
		{"button among feedback", feedback(button("")), "unsupported type: button [json-pointer:/blocks/0/elements/0/type]"},
		{"icon", feedback(`{"type":"icon_button","icon":"pencil","text":` + plainText("Edit") + `}`), "must be a valid enum value [json-pointer:/blocks/0/elements/0/icon]"},
		{"6 in context_actions", `[{"type":"context_actions","elements":` + many(6, `{"type":"icon_button","icon":"trash","text":{"type":"plain_text","text":"d%d"}}`) + `}]`, "no more than 5 items allowed [json-pointer:/blocks/0/elements]"},
		{"no array", `{"blocks":[]}`, "invalid_blocks_format: [ERROR] must provide an array [json-pointer:/blocks]"},
		{"image", `[{"type":"image","image_url":"https://x.example/a.png"}]`, "missing required field: alt_text [json-pointer:/blocks/0]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			expect(t, CheckMessage([]byte(expand(`{"text":"x","blocks":`+c.blocks+`}`))), c.want)
		})
	}
}

func expect(t *testing.T, problems []Problem, want string) {
	t.Helper()
	if want == "" {
		if len(problems) > 0 {
			t.Errorf("refused: %v", Messages(problems))
		}
		return
	}
	all := Code(problems) + ": " + strings.Join(Messages(problems), "\n")
	if !strings.Contains(all, want) {
		t.Errorf("got %q\nwant %q", all, want)
	}
}

func TestMessageWithoutBlocks(t *testing.T) {
	for in, want := range map[string]string{
		`{}`:            "no_text",
		`{"blocks":[]}`: "no_text",
		`{"text":"x","metadata":{"event_type":"a","event_payload":{}}}`:                                        "",
		`{"text":"x","metadata":{"event_type":"a"}}`:                                                           "invalid_metadata_schema",
		`{"text":"x","metadata":[]}`:                                                                           "invalid_metadata_format",
		`{"text":"x","metadata":{"event_type":"a","event_payload":{"k":"` + strings.Repeat("v", 9000) + `"}}}`: "metadata_too_large",
		`{"text":"` + strings.Repeat("x", 40_001) + `"}`:                                                       "msg_too_long",
		`{"text":"x","attachments":` + many(101, `{"text":"a"}`) + `}`:                                         "too_many_attachments",
		`{"text":"x","attachments":[{"blocks":[{"type":"header","text":{"type":"plain_text","text":""}}]}]}`:   "[json-pointer:/attachments/0/blocks/0/text/text]",
		`[]`: "invalid_arguments",
		`{`:  "invalid_json",
	} {
		expect(t, CheckMessage([]byte(in)), want)
	}
}

func TestViews(t *testing.T) {
	modal := func(extra, blocks string) string {
		return `{"type":"modal","title":` + plainText("Title") + extra + `,"blocks":` + blocks + `}`
	}
	input := func(element string) string {
		return `[{"type":"input","label":` + plainText("L") + `,"element":` + element + `}]`
	}
	submit := `,"submit":` + plainText("Send")
	for _, c := range []struct{ name, view, want string }{
		{"fine", modal(submit, input(`{"type":"plain_text_input"}`)), ""},
		{"long title", strings.Replace(modal("", "[]"), "Title", "%LONG25", 1), "invalid_arguments: [ERROR] failed to match all allowed schemas [json-pointer:/view]\n[ERROR] must be less than 25 characters [json-pointer:/view/title/text]"},
		{"input without submit", modal("", input(`{"type":"plain_text_input"}`)), "must define `submit` to use an `input` block in modals [json-pointer:/view/blocks/0/input]"},
		{"private_metadata", modal(`,"private_metadata":"%LONG3001"`, "[]"), "must be less than 3001 characters [json-pointer:/view/private_metadata]"},
		{"callback_id", modal(`,"callback_id":"%LONG256"`, "[]"), "must be less than 256 characters [json-pointer:/view/callback_id]"},
		{"101 blocks", modal("", many(101, `{"type":"divider"}`)), "no more than 100 items allowed [json-pointer:/view/blocks]"},
		{"no blocks", `{"type":"modal","title":` + plainText("T") + `}`, "missing required field: blocks [json-pointer:/view]"},
		{"two focused", modal(submit, `[`+strings.Trim(input(`{"type":"plain_text_input","focus_on_load":true}`), "[]")+`,`+strings.Trim(input(`{"type":"plain_text_input","focus_on_load":true}`), "[]")+`]`), "only one element can have `focus_on_load`"},
		{"button as input", modal(submit, input(button(""))), "unsupported type: button [json-pointer:/view/blocks/0/element/type]"},
		{"min_length", modal(submit, input(`{"type":"plain_text_input","min_length":3001}`)), "must be less than 3001 [json-pointer:/view/blocks/0/element/min_length]"},
		{"number", modal(submit, input(`{"type":"number_input"}`)), "missing required field: is_decimal_allowed"},
		{"files", modal(submit, input(`{"type":"file_input","max_files":11}`)), "must be less than 11 [json-pointer:/view/blocks/0/element/max_files]"},
		{"markdown in a modal", modal("", `[{"type":"markdown","text":"x"}]`), "unsupported type: markdown"},
		{"too large", modal(`,"private_metadata":"`+strings.Repeat("x", 260_000)+`"`, "[]"), "view_too_large"},
		{"home as modal", `{"type":"home","blocks":[]}`, "must be a valid enum value [json-pointer:/view/type]"},
	} {
		t.Run(c.name, func(t *testing.T) { expect(t, CheckView([]byte(expand(c.view))), c.want) })
	}
	expect(t, CheckHome([]byte(`{"type":"home","blocks":[]}`)), "")
	expect(t, CheckHome([]byte(`{"type":"home","title":`+plainText("x")+`,"blocks":[]}`)), "invalid additional property: title [json-pointer:/view]")
}

// What is accepted keeps the limits that a second, simpler reading can check,
// whatever came in.
func FuzzCheckMessage(f *testing.F) {
	f.Add([]byte(`{"text":"x","blocks":[{"type":"section","text":{"type":"mrkdwn","text":"ok"}}]}`))
	f.Add([]byte(`{"blocks":[{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"b"},"action_id":"a"}]}]}`))
	f.Add([]byte(`{"blocks":[{"type":"rich_text","elements":[{"type":"rich_text_list","elements":[{"elements":[{"text":"x"}]}]}]}]}`))
	f.Add([]byte(`{"attachments":[{"blocks":[null]}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		problems := CheckMessage(raw)
		CheckView(raw)
		CheckHome(raw)
		if len(problems) > 0 {
			return
		}
		var m struct {
			Text   string `json:"text"`
			Blocks []struct {
				Type string `json:"type"`
				ID   string `json:"block_id"`
			} `json:"blocks"`
		}
		if err := json.Unmarshal(raw, &m); err != nil {
			t.Fatalf("accepted what cannot be read: %v", err)
		}
		var ids []string
		for _, b := range m.Blocks {
			if b.Type == "" {
				t.Fatal("accepted a block without type")
			}
			if b.ID != "" && slices.Contains(ids, b.ID) {
				t.Fatalf("accepted block_id %q twice", b.ID)
			}
			ids = append(ids, b.ID)
		}
		if len(m.Blocks) > MessageBlocks || len([]rune(m.Text)) > MessageText {
			t.Fatal("accepted too much")
		}
	})
}

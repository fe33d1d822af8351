package bot

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestPosted: what a message shows, once, in the order in which it is read.
func TestPosted(t *testing.T) {
	for name, tt := range map[string]struct {
		raw, text string
		files     []string
	}{
		"text and its own blocks": {raw: `{"text":"<@U0BOT> see &lt;cn&gt; on <http://a.example|a.example> :warning:","blocks":[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[
			{"type":"user","user_id":"U0BOT"},{"type":"text","text":" see <cn> on "},{"type":"link","url":"http://a.example","text":"a.example"},{"type":"text","text":" "},{"type":"emoji","name":"warning"}]}]}]}`,
			text: "<@U0BOT> see <cn> on a.example :warning:"},
		"a wave": {raw: `{"text":"hi :wave::skin-tone-2: #ff0000","blocks":[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"hi "},{"type":"emoji","name":"wave","skin_tone":2},
			{"type":"text","text":" "},{"type":"color","value":"#ff0000"}]}]}]}`, text: "hi :wave::skin-tone-2: #ff0000"},
		"blocks only": {raw: `{"text":"This content can't be displayed.","blocks":[{"type":"header","text":{"type":"plain_text","text":"CertExpiry"}},{"type":"divider"},
			{"type":"section","text":{"type":"mrkdwn","text":"*expe1* &amp; <https://a.example/x|details>"},"fields":[{"type":"mrkdwn","text":"Days: 3"},{"type":"plain_text","text":"critical"}],
			"accessory":{"type":"button","action_id":"b","text":{"type":"plain_text","text":"Silence"}}},
			{"type":"context","elements":[{"type":"image","image_url":"x","alt_text":"icon"},{"type":"mrkdwn","text":"since"},{"type":"mrkdwn","text":"<!date^1700000000^{date}|yesterday>"}]},
			{"type":"actions","elements":[{"type":"button","action_id":"b","text":{"type":"plain_text","text":"Ack"}}]},
			{"type":"markdown","text":"**x509**: &lt; is as it stands"}]}`,
			text: "CertExpiry\n*expe1* & details https://a.example/x\nDays: 3\ncritical\nsince yesterday\n**x509**: &lt; is as it stands"},
		"rich text": {raw: `{"blocks":[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"Log:\n"},{"type":"broadcast","range":"here"}]},
			{"type":"rich_text_preformatted","elements":[{"type":"text","text":"line 1\nline <2>\n"}]},{"type":"rich_text_list","style":"ordered","offset":1,"elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"a"}]},{"type":"rich_text_section","elements":[{"type":"text","text":"b","style":{"bold":true}}]}]},
			{"type":"rich_text_list","style":"bullet","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"c"}]}]},{"type":"rich_text_quote","elements":[{"type":"date","timestamp":1,"format":"{date}","fallback":"1 May"}]}]}]}`,
			text: "Log:\n<!here>\nline 1\nline <2>\n2. a\n3. b\n• c\n1 May"},
		"table": {raw: `{"text":"Two hosts","blocks":[{"type":"table","rows":[[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"Host","style":{"bold":true}}]}]},{"type":"raw_text","text":"Error"}],
			[{"type":"raw_text","text":"expe1"},{"type":"raw_text","text":"certificate has expired"}],[{"type":"raw_text","text":"expe2"},{"type":"raw_number","value":42},null]]}]}`,
			text: "Two hosts\nHost | Error\nexpe1 | certificate has expired\nexpe2 | 42"},
		"alert": {raw: `{"text":"","attachments":[{"fallback":"[FIRING:1] expired","pretext":"prod","title":"[FIRING:1]","title_link":"https://a.example","text":"certificate has expired &lt;edge&gt;","fields":[{"title":"Severity","value":"critical"},{"title":"Host","value":"<http://expe1.example.com|expe1.example.com>"},{"value":"alone"}],"footer":"Alertmanager"},
			{"fallback":"only this"},{"fallback":"[no preview available]","image_url":"x"}]}`,
			text: "prod\n[FIRING:1]\ncertificate has expired <edge>\nSeverity: critical\nHost: expe1.example.com\nalone\nonly this"},
		"forwarded": {raw: `{"text":"look","attachments":[{"is_msg_unfurl":true,"is_share":true,"from_url":"https://x.slack.com/archives/C1/p1","author_name":"Sam","fallback":"[time] Sam: it fails","text":"it fails","footer":"Posted in #support",
			"message_blocks":[{"team":"T1","channel":"C1","ts":"1.1","message":{"blocks":[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"it fails"}]},{"type":"rich_text_preformatted","elements":[{"type":"text","text":"unknown ca"}]}]}],"files":[{"id":"F3"}]}}],"files":[{"id":"F2"}]}],"files":[{"id":"F1"},{"id":"F2"}]}`,
			text: "look\nit fails\nunknown ca", files: []string{"F1", "F2", "F3"}},
		"page beside words": {raw: `{"text":"MRA fails, see <https://a.example/doc>","attachments":[{"from_url":"https://a.example/doc","service_name":"Cisco","title":"Certificate has expired","text":"A manual."}]}`,
			text: "MRA fails, see https://a.example/doc"},
		"page alone": {raw: `{"text":"<https://a.example/doc>","attachments":[{"from_url":"https://a.example/doc","service_name":"Grafana","title":"Certificate has expired"}]}`,
			text: "https://a.example/doc\nCertificate has expired"},
		"text longer than its blocks":  {raw: `{"text":"expired: expe1 at noon","blocks":[{"type":"section","text":{"type":"mrkdwn","text":"*expired*"}}]}`, text: "expired: expe1 at noon"},
		"text other than its blocks":   {raw: `{"text":"Alert","blocks":[{"type":"section","text":{"type":"mrkdwn","text":"unknown ca"}}]}`, text: "Alert\nunknown ca"},
		"text shorter than its blocks": {raw: `{"text":"CertExpiry","blocks":[{"type":"header","text":{"type":"plain_text","text":"CertExpiry"}},{"type":"card","title":{"type":"mrkdwn","text":"expe1"},"body":{"type":"mrkdwn","text":"unknown ca"}}]}`, text: "CertExpiry\nexpe1\nunknown ca"},
		"a type of tomorrow":           {raw: `{"blocks":[{"type":"hologram","title":"Alert","child_blocks":[{"type":"rich_text_aura","text":{"type":"mrkdwn","text":"bad"}}]}]}`, text: "Alert\nbad"},
		"no words":                     {raw: `{"text":"?"}`, text: "?"},
		"wrong types":                  {raw: `{"text":7,"blocks":{"type":3},"attachments":[null,"x",{"fields":"no","text":[],"message_blocks":[{"message":4}]}],"files":[4,{"id":5}]}`},
		"no message":                   {raw: `[]`},
	} {
		got := readPosted(json.RawMessage(tt.raw))
		if got.text != tt.text || !slices.Equal(got.files, tt.files) {
			t.Errorf("%s:\n%q\nwant\n%q\nfiles %v", name, got.text, tt.text, got.files)
		}
	}
}

// TestPostedIsBounded: neither depth nor width nor length nor number runs away, and what is
// read first is read.
func TestPostedIsBounded(t *testing.T) {
	deep := `{"attachments":[` + strings.Repeat(`{"text":"in","message_blocks":[{"message":{"text":"deep","attachments":[`, 1500) + strings.Repeat(`]}}]}`, 1500) + `]}`
	wide := `{"text":"first","attachments":[` + strings.Repeat(`{"text":"x","fields":[{"title":"a","value":"b"}]},`, 20_000) + `{"text":"last"}]}`
	nested := `{"text":"first","blocks":` + strings.Repeat(`[{"type":"container","child_blocks":`, 3000) + `[]` + strings.Repeat(`}]`, 3000) + `}`
	many := `{"files":[` + strings.Repeat(`{"id":"F"},`, 10) + manyFiles(5000) + `]}`
	long := `{"text":"first ` + strings.Repeat("日誌", 200_000) + `","blocks":[{"type":"markdown","text":"last"}]}`
	parts := `{"text":"first","attachments":[{"text":"` + strings.Repeat("x", maxShown) + `"},{"text":"last"},{"text":"last"}]}`
	for name, raw := range map[string]string{"deep": deep, "wide": wide, "nested": nested, "many": many, "long": long, "parts": parts} {
		if !json.Valid([]byte(raw)) {
			t.Fatalf("%s is no JSON", name)
		}
		got := readPosted(json.RawMessage(raw))
		if len(got.text) > maxShown || !utf8.ValidString(got.text) || len(got.files) > maxShownFiles || name != "deep" && name != "many" && !strings.HasPrefix(got.text, "first") || strings.Contains(got.text, "last") {
			t.Errorf("%s: %d bytes, %d files, %.40q", name, len(got.text), len(got.files), got.text)
		}
	}
}

func manyFiles(n int) string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = `{"id":"F` + strings.Repeat("x", i%7) + string(rune('A'+i%26)) + strings.Repeat("y", i/26%50) + `"}`
	}
	return strings.Join(ids, ",")
}

// FuzzPosted: whatever Slack sends is read within bounds, without what stands in for content.
func FuzzPosted(f *testing.F) {
	f.Add([]byte(`{"text":"a","blocks":[{"type":"table","rows":[[{"type":"raw_text","text":"b"}]]}],"attachments":[{"message_blocks":[{"message":{"text":"c"}}],"files":[{"id":"F"}]}]}`))
	f.Add([]byte(`{"text":"<!date^1^{date}|x>","blocks":[{"type":"rich_text","elements":[{"type":"rich_text_list","offset":1e300,"style":"ordered","elements":[{"elements":[{"type":"link","url":"<"}]}]}]}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		got := readPosted(raw)
		if len(got.text) > maxShown || len(got.files) > maxShownFiles || len(got.previews) > 2*maxShown || !utf8.ValidString(got.text) || standIns[got.text] {
			t.Errorf("%d bytes, %d files: %.80q", len(got.text), len(got.files), got.text)
		}
	})
}

// TestReadInteraction: blocks that the library does not know keep nobody's click.
func TestReadInteraction(t *testing.T) {
	raw := json.RawMessage(`{"type":"message_action","callback_id":"diagnose_this","user":{"id":"U1"},"message":{"ts":"1.2","thread_ts":"1.1","text":"x","blocks":[{"type":"section","text":"a string"}],"attachments":7}}`)
	cb, err := readInteraction(raw)
	if err != nil || cb.CallbackID != "diagnose_this" || cb.Message.Timestamp != "1.2" || cb.Message.ThreadTimestamp != "1.1" || readPosted(messageOf(raw)).text != "x\na string" {
		t.Errorf("%v: %+v", err, cb.Message)
	}
	for _, bad := range []string{``, `[]`, `{"type":7}`, `{"type":7,"message":{}}`} {
		if _, err := readInteraction(json.RawMessage(bad)); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

// TestPermalink: the address of a message, made of what Slack's IDs are made of.
func TestPermalink(t *testing.T) {
	for _, tt := range [][5]string{
		{"acme", "C1", "1.2", "", "https://acme.slack.com/archives/C1/p12"},
		{"acme", "C1", "1.2", "1.2", "https://acme.slack.com/archives/C1/p12"},
		{"acme.enterprise", "C1", "1.2", "1.1", "https://acme.enterprise.slack.com/archives/C1/p12?thread_ts=1.1&cid=C1"},
		{"evil.example/", "C1", "1.2", "", ""}, {"", "C1", "1.2", "", ""}, {"acme", "C1|x", "1.2", "", ""}, {"acme", "C1", "1.2>", "", ""},
		{"acme", "C1", "1.2", "1.1>", "https://acme.slack.com/archives/C1/p12"},
	} {
		if got := permalink(tt[0], tt[1], tt[2], tt[3]); got != tt[4] {
			t.Errorf("%q: %q", tt, got)
		}
	}
}

package bot

import (
	"context"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"countersign/certs"
	"countersign/certs/check"
	"countersign/locales"
	"countersign/workflows"
	"countersign/workflows/intake"
	"countersign/workflows/issuance"
	"countersign/workflows/keyrelease"
	"countersign/workflows/support"
)

// inMrkdwn and inPlain are read once for each text: most of a view's are our own words.
var (
	inMrkdwn = map[string][]liveText{}
	inPlain  = map[string][]liveText{}
)

func once(known map[string][]liveText, text string, flag bool, read func(string, bool) []liveText) []liveText {
	key := text
	if flag {
		key += "\x00"
	}
	live, ok := known[key]
	if !ok {
		live = read(text, flag)
		known[key] = live
	}
	return live
}

// liveIn lists what Slack would make of the texts of a message or view. Text objects that
// leave more to Slack than our markup are an error.
func liveIn(t *testing.T, raw []byte) []liveText {
	t.Helper()
	var root map[string]any
	if err := json.Unmarshal(raw, &root); err != nil {
		t.Fatal(err)
	}
	var out []liveText
	if text, ok := root["text"].(string); ok { // shown where blocks are not: its links are none there
		out = once(inMrkdwn, text, true, liveInMrkdwn)
	}
	var walk func(any)
	walk = func(node any) {
		switch v := node.(type) {
		case map[string]any:
			text, _ := v["text"].(string)
			switch v["type"] {
			case "mrkdwn":
				if v["verbatim"] != true {
					t.Errorf("Slack may link what it likes in %q", text)
				}
				out = append(out, once(inMrkdwn, text, v["verbatim"] == true, liveInMrkdwn)...)
			case "plain_text":
				if v["emoji"] != false {
					t.Errorf("Slack may show emoji in %q", text)
				}
				out = append(out, once(inPlain, text, v["emoji"] != false, liveInPlain)...)
			case "raw_text":
				out = append(out, once(inPlain, text, false, liveInPlain)...)
			}
			for _, child := range v {
				walk(child)
			}
		case []any:
			for _, child := range v {
				walk(child)
			}
		}
	}
	walk(root["blocks"])
	for _, key := range []string{"title", "submit", "close"} {
		walk(root[key])
	}
	return out
}

// hostiles are what people write, or an artefact holds, to be more than letters.
var hostiles = []string{"See https://evil.example/policy", "http://evil.example", "www.evil.example", "evil.com", "请看https://evil.example/政策吧", "(evil.com).",
	"ftp://evil.example/x", "mailto:a@evil.com", "a@evil.com", "tel:+491234", "xmpp:evil", "<@U1>", "<!here>", "<!channel|ok>", "<#C1|x>", "<!subteam^S1>", "<https://evil.example|Approve>",
	"<!date^1^{date}^https://evil.example|x>", "&lt;!here&gt;", "&amp;lt;@U1&amp;gt;", "#general", "@here", "@everyone", ":tada:", "a:boom:b", "10:30:45", "*bold*", "_it_", "~gone~",
	"*two words*", "a *b* c", "**x**", "`code`", "```\ncode", "`", "``` x", "> quoted", "one\n> two", ">>> all", "&gt; x", "\u202emoc.live\u202c", "a\u2066b\u2069", "a\u200eb\u200f", "\u061cx",
	"a\u200bb", "a\u00adb", "a\u2060b\ufeff", "\u3164", "a\x07b\x1b[31m", "\u2028x", "\U000E0041x", "x\u034fy", "❤\ufe0f 👩\u200d💻", "a|b", "</b>", "`*", "*`x`*", "_`", "\r\n> x", "• x"}

// views are all that people are shown, with h planted in every field that people or
// artefacts fill.
func (f fixture) views(s speaker, h string) map[string]any {
	out := map[string]any{}
	for i, state := range workflows.States {
		r := f.request(state)
		r.Trust = append(r.Trust, certs.Trust{By: "x", Store: "x", Path: "x", Reason: certs.T("certs.chain.leaf_only", "Issuer", "x")})
		r.Steps = append(r.Steps, certs.Step{Phase: "install", Where: "x", Text: certs.T("certs.chain.leaf_only", "Issuer", "x"), Commands: []string{"x"}})
		finding := certs.Finding{Rule: "x", Severity: certs.Warning, Text: certs.T("certs.chain.leaf_only", "Issuer", "x"), Source: "x"}
		r.Findings, r.Spec.Findings = []certs.Finding{finding}, []certs.Finding{finding}
		r.Questions = []workflows.Question{{By: anselm, Text: "x", Answer: "x", At: day}}
		r.Asks = []workflows.KeyAsk{{Reason: "x", At: day, Expires: day}}
		r.Remarks = []workflows.Remark{{By: anselm, Text: "x", At: day}}
		r.RevocationAsks = []workflows.RevocationAsk{{By: ella, Reason: "superseded", Note: "x", At: day}}
		r.Releases = []workflows.Release{{To: ella, At: day, Expires: day, Accessor: "x", Alarm: &workflows.Alarm{By: ella, At: day, Kind: workflows.ReportNotMe}}}
		r.Revoking = &workflows.Revocation{By: anselm, At: day, Reason: "keyCompromise", Note: "x", Manual: true, Why: certs.T("certs.chain.leaf_only", "Issuer", "x")}
		r.Follows = &workflows.Followed{Request: "REQ-2", Requester: ella, State: workflows.Rejected, By: anselm, Reason: "x", Asked: workflows.Asked{CommonName: "x", Purpose: "x"}}
		r.Twin = &workflows.Twin{Request: "REQ-3", Owner: ella, Name: "x", NotAfter: day}
		r.Replaces = &workflows.Replaced{Request: "REQ-1", Owner: ella, Serial: "x", CommonName: "x", Names: []string{"x"}, NotAfter: day}
		if i%2 == 0 {
			r.Trouble, r.Revoking = workflows.Trouble{Text: certs.T("certs.chain.leaf_only", "Issuer", "x"), Since: day}, nil
		}
		if state == workflows.Issuing {
			r.Mismatch = &workflows.Mismatch{Leaf: []byte("x"), By: ella, At: day, Findings: []certs.Finding{finding}}
		}
		r.Spec.Names = append(r.Spec.Names, certs.Name{Type: certs.DNS, Value: "x", Unicode: "y", Reason: certs.T("certs.chain.leaf_only", "Issuer", "x")})
		r.Spec.Subject = certs.Subject{O: "x", OU: "x", L: "x", ST: "x", C: "x"}
		plant(reflect.ValueOf(&r).Elem(), h)
		name := string(state)
		out["approval "+name], out["requester "+name], out["show "+name] = approvalCard(s, r, awaited{}), requesterCard(s, r), showView(s, r)
		out["list "+name], out["spoken "+name] = listView(s, issuance.Listed{ListQuery: issuance.ListQuery{Whose: issuance.All, Text: h}, Requests: []workflows.Request{r}, Count: 1}, h), spokenOfView(s, r.Requester, string(r.ID), []workflows.Request{r}, i%2 == 0)
		out["csr "+name], out["taken "+name] = csrModal(s, r, &workflows.Error{Text: certs.T("workflows.file.too_big", "Name", h)}, "file"), csrTaken(s, r)
		out["home "+name] = homeView(s, issuance.Home{Work: everyTask(r), Ends: []workflows.Request{r}, Others: []workflows.Request{r}})
		out["ask "+name], out["alarm "+name], out["revoke "+name] = askCard(s, r, 0), alarmView(s, r, 0, true), revokeModal(s, r)
		out["question "+name], out["asked "+name], out["asking "+name] = questionCard(s, r, 0), revocationAskCard(s, r, 0), askRevocationModal(s, r, []string{workflows.KeyCompromise})
		out["key "+name], out["news "+name] = keyMessage(s, []keyrelease.Parcel{{Request: r, Handover: workflows.Handover{Expires: day, Command: "vault unwrap"}}}), keyNews(s, r, 0, "unused")
		other := r
		other.ID = "REQ-8"
		group := []workflows.Request{r, other}
		out["group "+name], out["group done "+name], out["group of requester "+name] = groupCard(s, group, awaited{}), groupDone(s, group), groupOfRequester(s, group)
		out["group except "+name], out["group reason "+name] = exceptModal(s, group, "x"), groupReasonModal(s, workflows.Reject, group, "x")
		out["shrunk "+name] = approvalMessage(s, r, awaited{})
		for _, event := range []string{"rejected", "on_hold", "failed", "trouble", "issued"} {
			out["tell "+event+name] = noticeView(s, []workflows.Request{r}, event, "")
		}
	}
	f.caseViews(s, h, out)
	form, plan := f.service.Intake.Form(), f.service.Intake.PlanOf(workflows.Conversation{Answers: f.form})
	plant(reflect.ValueOf(&plan).Elem(), h)
	for _, field := range form.Fields {
		a := f.form.Clone()
		a[field.Key] = []string{h, h}
		c := workflows.Conversation{ID: "C-1", Person: ella, Phase: workflows.Asking, Answers: a, Field: "purpose", Origins: map[string]workflows.Origin{field.Key: {Kind: workflows.FromText}}, History: []string{field.Key},
			Problem: &workflows.Problem{Field: field.Key, Text: certs.T("form.problem.not_offered", "Value", h)}, Proposed: []workflows.Proposal{{Field: field.Key, Values: []string{h}, Quote: h}, {Field: "ca", Values: []string{"private"}, Quote: h}}}
		out["asks "+field.Key] = promptView(s, form, c, plan)
		out["answered "+field.Key] = answeredView(s, form, c, workflows.Card{Kind: cardPrompt + "/" + field.Key + "/C-1"})
		c.Phase = workflows.Reviewing
		out["review "+field.Key] = promptView(s, form, c, plan)
		out["wizard "+field.Key] = wizardView(s, form, c, field.Step, plan)
		c.Answers = workflows.Answers{}
		out["recall "+field.Key] = wizardView(s, form, c, intake.StepWhat, plan, workflows.Remembered{Name: h, Product: h})
	}
	why := certs.T("vault.denied", "Identity", h, "Path", h)
	out["operators"] = oneLine(operatorsText(s, workflows.KindDead, workflows.Failing{Of: h, About: workflows.About{Request: "REQ-7"}, Reason: h}))
	out["operators text"] = oneLine(operatorsText(s, workflows.KindWaits, workflows.Failing{Of: workflows.KindDestroy, About: workflows.About{Request: "REQ-7"}, Text: &why}))
	out["reason"] = textModal(s, viewAsk, "bot.ask", routing{Request: h})
	return out
}

// caseViews are those of triage.
func (f fixture) caseViews(s speaker, h string, out map[string]any) {
	taught := workflows.Taught{ID: "L-1", Case: "K-1", Cause: "a-b", By: ella, Reviewer: anselm, State: workflows.Proposed,
		Lesson: workflows.Lesson{Title: h, Wordings: []string{h}, Product: h, Fix: []string{h}, NearMiss: []string{h}}, Changes: []string{h}, Reason: h}
	out["taught"] = teachCard(s, taught)
	c := workflows.Case{ID: "K-1", Person: ella, Input: "SSL alert number 48\nx", Context: map[string]string{"product": h}, Outcome: "wrong", Comment: h, Ended: ella, Probing: h,
		Seen: nil, Probes: nil}
	a := f.service.Support.Explain(context.Background(), workflows.Case{ID: "K-1", Input: "SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca:SSL alert number 48"})
	own := *a.Findings[0].Cause
	own.Title.In = map[string]string{"en": h, s.lang: h}
	a.Findings[0].Cause = &own
	a.Findings[0].Confidence = 0.9
	a.Findings[0].Evidence = []support.Evidence{{Source: h, Line: 3, Text: h}, {Text: h, Start: 1, End: 9, Line: 2}, {Source: support.FromAnswer, Text: h + "!"}}
	beside := support.Beside{Offer: []string{h}, Artefacts: []support.Described{{Source: h, Kind: h, Summary: certs.T("certs.chain.leaf_only", "Issuer", h), Notes: []workflows.Text{certs.T("certs.chain.leaf_only", "Issuer", h)}}}, Assist: &workflows.Assist{Text: h, Question: h, Possible: "x", Quote: h, Line: 2, Likeliest: "x"}, Likeliest: certs.T("certs.chain.leaf_only", "Issuer", h), Possible: certs.T("certs.chain.leaf_only", "Issuer", h),
		Probes: []support.Seen{{Probe: workflows.Probe{Target: h, By: ella, At: day, Said: []workflows.Text{certs.T("certs.chain.leaf_only", "Issuer", h)}}, Compared: []workflows.Text{certs.T("certs.chain.leaf_only", "Issuer", h)},
			Chain: []check.Facts{{Subject: h, Issuer: h, NotAfter: day}}}}}
	out["case"], out["corrected"], out["followed"] = caseView(s, c, a, beside), correctedView(s, c, a, beside), followedView(s, c, a, true)
	out["outcome"], out["looked"] = outcomeView(s, c, a, false), probedView(s, a, beside)
	c.Outcome = ""
	out["open case"] = caseView(s, c, a, beside)
	out["wrong"], out["handover"] = wrongView(s, workflows.Case{ID: "K-1", Person: ella, Ended: anselm, Input: h, Comment: h}, a, &own), handoverView(s, h)
	out["teach"], out["which"] = teachModal(s, c, taught.Lesson, []support.TriageProduct{{ID: "x", Name: h}}), wrongModal(s, "K-1", []*support.Cause{&own})
	finding := certs.Finding{Rule: h, Severity: "info", Text: certs.T("certs.chain.leaf_only", "Issuer", h), Source: h}
	x := support.Examined{Items: []check.Facts{{Summary: certs.T("certs.chain.leaf_only", "Issuer", h), Subject: h, Issuer: h, Names: []check.AltName{{Type: "dns", Value: h}}, EKU: []string{h}, SHA256: h, NotAfter: day}},
		Findings: []certs.Finding{finding}, Compared: &check.Comparison{Changes: []check.Change{{Field: "subject", Old: h, New: h}}, Findings: []certs.Finding{finding}}}
	out["inspect"] = inspectView(s, x)
}

// chosen are string fields that hold one of our own words, and names that we give.
var chosen = []string{"Key", "Lang", "Custody", "Policy", "Environment", "Kind", "Outcome", "Profile", "ID", "Team", "KeyName", "SPKI", "Batch", "TickedFor", "Hash", "Severity", "End", "Closed"}

// plant puts h into every string of a value that people or artefacts fill.
func plant(v reflect.Value, h string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			plant(v.Elem(), h)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			if !slices.Contains(chosen, name) && (name != "Reason" || v.Type() != reflect.TypeFor[workflows.Revocation]() && v.Type() != reflect.TypeFor[workflows.RevocationAsk]()) && v.Field(i).CanSet() {
				plant(v.Field(i), h)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			plant(v.Index(i), h)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			if v.Type().Elem().Kind() == reflect.String {
				v.SetMapIndex(key, reflect.ValueOf(h))
			}
		}
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() {
			v.SetString(h)
		}
	default:
	}
}

// counted says how much of each kind is live.
func counted(t *testing.T, v any) map[string]int {
	t.Helper()
	var raw []byte
	switch v := v.(type) {
	case message:
		raw = encode(t, map[string]any{"text": v.Text, "blocks": v.Blocks})
	case slack.ModalViewRequest, slack.HomeTabViewRequest:
		raw = encode(t, v)
	default:
		t.Fatalf("%T", v)
	}
	n := map[string]int{}
	for _, l := range liveIn(t, raw) {
		n[l.Kind]++
	}
	return n
}

// TestNothingPlantedIsLive: whatever people write into whatever field, a view holds as much
// that is live as with plain letters in their place.
func TestNothingPlantedIsLive(t *testing.T) {
	f := newFixture(t)
	for i, lang := range locales.All {
		s := speaker{cat: f.cat, lang: lang}
		plain := map[string]map[string]int{}
		for name, v := range f.views(s, "letters") {
			plain[name] = counted(t, v)
		}
		for n, h := range hostiles {
			if i > 0 && n%20 != 0 { // the makers are the same in every language
				continue
			}
			for name, v := range f.views(s, h) {
				if got := counted(t, v); !maps.Equal(got, plain[name]) && !fewer(got, plain[name], h) {
					t.Errorf("%s, %q: live is %v, with letters %v", name, h, got, plain[name])
				}
			}
		}
	}
}

// fewer: a text with lines of its own is quoted line by line, and what is no option is not
// offered; neither makes anything live but our own quotes.
func fewer(got, plain map[string]int, h string) bool {
	for kind, n := range got {
		if n > plain[kind] && (kind != "quote" || !strings.Contains(h, "\n")) {
			return false
		}
	}
	return true
}

// TestInMarkdown: nothing that people or files say is live where Slack reads Markdown.
func TestInMarkdown(t *testing.T) {
	for _, h := range hostiles {
		got := inMarkdown(h)
		inner := strings.TrimSuffix(strings.TrimPrefix(got, "`"), "`")
		if len(got) > len("–") && (len(inner) != len(got)-2 || strings.ContainsAny(inner, "`\n")) {
			t.Errorf("%q leaves its code: %q", h, got)
		}
		for _, mark := range []string{"<@", "<!", "<#"} {
			if strings.Contains(got, mark) {
				t.Errorf("%q speaks as Slack does: %q", h, got)
			}
		}
	}
}

// TestEscape: what is inert still reads as it was written, and names can be copied out of it
// as they are.
func TestEscape(t *testing.T) {
	for in, want := range map[string]string{
		"Why not? Because (see CHG-1) it is 3 < 4 & 5.": "Why not? Because (see CHG-1) it is 3 &lt; 4 &amp; 5.",
		"See https://evil.example/policy.":              "See `https://evil.example/policy`.",
		"or http://localhost/x":                         "or `http://localhost/x`",
		"for portal.example.org, and *.example.org":     "for `portal.example.org`, and `*.example.org`",
		"unknown_ca stays, _so_ does not":               "unknown_ca stays, `_so_` does not",
		":tada: 10:30 e.g. v1.2":                        "`:tada:` 10:30 e.g. v1.2",
		"\u202emoc.live":                                "`[U+202E]moc.live`",
		"❤\ufe0f 👩\u200d💻":                              "❤ 👩💻",
		"a `b` c":                                       "a `ˋbˋ` c",
		"&lt;!here&gt;":                                 "&amp;lt;!here&amp;gt;",
		"2001:db8::1":                                   "`2001:db8::1`",
		"line\r\n> two":                                 "line\n`&gt;` two",
	} {
		if got := escape(in); got != want {
			t.Errorf("escape(%q)\n got %q\nwant %q", in, got, want)
		}
	}
}

// TestClip: what was inert stays inert where it is cut, and no entity is cut in two.
func TestClip(t *testing.T) {
	for _, c := range []struct {
		in   string
		n    int
		want string
	}{
		{"see `:tada: and :boom:` there", 14, "see `:tada: …`"}, {"a &amp; b", 5, "a …"}, {"a &amp; b", 9, "a &amp; b"}, {"```\nlong code```", 12, "```\nlon\n```…"},
		{"plain words", 6, "plain…"}, {"`ab` cd", 6, "`ab` …"},
	} {
		if got := clip(c.in, c.n); got != c.want || len([]rune(got)) > max(c.n, 4)+4 {
			t.Errorf("clip(%q, %d) = %q, want %q", c.in, c.n, got, c.want)
		}
	}
}

// FuzzEscape: nothing that anybody writes is live, in prose, in a quotation, as code, also
// when it is cut.
func FuzzEscape(f *testing.F) {
	for i, h := range hostiles {
		f.Add(h, 5+i)
	}
	f.Fuzz(func(t *testing.T, in string, n int) {
		n = 5 + max(n, -n)%3000
		for what, text := range map[string]string{"escape": escape(in), "code": code(in), "block": block(in, n+10), "clip": clip(escape(in), n), "quote": strings.ReplaceAll("\n"+clip(quote(in), n), "\n> ", "\n")} {
			live := liveInMrkdwn(text, true)
			if what == "quote" { // its own mark, cut off, is one
				live = slices.DeleteFunc(live, func(l liveText) bool { return l.Text == "&gt;…" })
			}
			if len(live) > 0 {
				t.Fatalf("%s of %q is live: %v in %q", what, in, live, text)
			}
		}
		if live := liveInPlain(plainText(in, n).Text, false); len(live) > 0 {
			t.Fatalf("plain text of %q is live: %v", in, live)
		}
		if got := escape(in); strings.Contains(in, "evil.example") && !strings.Contains(got, "evil.example") {
			t.Fatalf("%q cannot be read any more: %q", in, got)
		}
	})
}

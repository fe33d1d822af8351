package triage

import (
	"context"
	"strings"
	"testing"
	"unicode/utf8"

	"countersign/certs"
	"countersign/tests/scaling"
)

// seeds are texts of the shapes that people paste.
var seeds = []string{
	"curl: (60) SSL certificate problem: certificate has expired",
	"证书链不完整，SSH 隧道 failed\n憑證已過期",
	"> error 20 at 0 depth lookup: unable to get local issuer\n> certificate &amp; <https://x|y> ‘quoted’ —",
	"password: hunter2hunter2 Authorization: Bearer abcdefgh12345678",
	"-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7bq\nAAAA",
	"tvcs: Event=\" Inbound TLS Negotiation Error \" Detail=\" sslv3 alert certificate unknown \"\n\tat x\nCaused by: y",
	"ＣＵＲＬ： ｃｅｒｔｉｆｉｃａｔｅ\u200b has expired\x1b[31m red \xff\xfe",
	strings.Repeat("certificate verify failed ", 200),
}

// FuzzDiagnose: whatever comes in, every piece of evidence is a span of the redacted
// text on the line it names, confidences are probabilities, and the time is bounded.
func FuzzDiagnose(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	kb := loadKB(f)
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 64<<10 {
			return
		}
		a, err := kb.Diagnose(context.Background(), Input{Text: text})
		if err != nil {
			t.Fatal(err)
		}
		if (len(a.Findings) == 0) != (a.Verdict == Unknown) {
			t.Errorf("verdict %s with %d findings", a.Verdict, len(a.Findings))
		}
		sum := 0.0
		for _, x := range a.Findings {
			sum += x.Confidence
			if x.Confidence < 0 || x.Confidence > 1 || len(x.Evidence) == 0 {
				t.Errorf("%s: confidence %v, %d pieces of evidence", x.Cause.ID, x.Confidence, len(x.Evidence))
			}
			for _, e := range x.Evidence {
				if e.Text == "" || a.Text[e.Start:e.End] != e.Text || strings.Contains(e.Text, redactedOpen) {
					t.Errorf("%s: evidence %+v is no span", x.Cause.ID, e)
				}
				if want := strings.Count(a.Text[:e.Start], "\n") + 1; e.Line != want {
					t.Errorf("%s: line %d, want %d", x.Cause.ID, e.Line, want)
				}
				if !strings.Contains(strings.ToValidUTF8(text, "\uFFFD"), e.Text) {
					t.Errorf("%s: %q is not in the input", x.Cause.ID, e.Text)
				}
			}
		}
		if sum > 1.005 { // each is rounded
			t.Errorf("confidences add up to %v", sum)
		}
	})
}

// FuzzRedact: a planted token never survives, lines stay, and a second pass finds
// nothing new.
func FuzzRedact(f *testing.F) {
	for _, s := range seeds {
		f.Add(s, 3)
	}
	const token = "ghp_16C7e42F292c6912E7710c838347Ae178B4a"
	f.Fuzz(func(t *testing.T, text string, at int) {
		if len(text) > 64<<10 || !utf8.ValidString(text) || strings.Contains(text, "‹") {
			return
		}
		cut := 0
		if len(text) > 0 && at > 0 {
			cut = at % len(text)
		}
		for cut > 0 && !utf8.RuneStart(text[cut]) {
			cut--
		}
		text = text[:cut] + " " + token + " " + text[cut:]
		out, list := Redact(text)
		if strings.Contains(out, token) || len(list) == 0 {
			t.Errorf("the token is left in %q", out)
		}
		if strings.Count(out, "\n") != strings.Count(text, "\n") {
			t.Errorf("lines moved: %q -> %q", text, out)
		}
		if !utf8.ValidString(out) {
			t.Errorf("broke a character: %q", out)
		}
	})
}

// FuzzNormalise: offsets lead back into the source, in order, on whole characters.
func FuzzNormalise(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v := normalise(text)
		for _, v := range append(retold(v), v) {
			if len(v.text) != len(v.from) || len(v.text) != len(v.to) {
				t.Fatalf("lengths %d %d %d", len(v.text), len(v.from), len(v.to))
			}
			last := int32(0)
			for i := range v.text {
				if v.from[i] < last || v.to[i] <= v.from[i] || int(v.to[i]) > len(text) {
					t.Fatalf("offset %d: %d-%d after %d in %d", i, v.from[i], v.to[i], last, len(text))
				}
				last = v.from[i]
			}
		}
	})
}

// FuzzParse: hostile YAML gives an error or causes, never a panic.
func FuzzParse(f *testing.F) {
	f.Add("family: x\ncauses:\n- id: a-b\n  title: {en: T}\n  fix: {en: x}\n  as-of: 2026-01\n  sources: s\n  examples: an example\n")
	f.Add("family: [")
	f.Add("words: {a: [b]}\n")
	f.Fuzz(func(t *testing.T, text string) {
		b := newBuilder(&certs.Catalogue{})
		if err := b.add("fuzz.yaml", []byte(text)); err == nil {
			_, _ = b.finish()
		}
	})
}

// linear is more than the growth of any linear reading, caches and collector included,
// and less than that of a quadratic one, which is scaling.Times.
const linear = 5

// TestHostileTextIsLinear: texts made to be slow cost what their length says, up to the
// most that is read whole.
func TestHostileTextIsLinear(t *testing.T) {
	kb := loadKB(t)
	for _, unit := range []string{
		"eyJ-", "-----BEGIN PRIVATE KEY-----\n", "xsrf-", "key 7 ", "<http", "certificate ", "证书", "MIIE", "unable to get local issuer certificate\n", "password: x", "admin / ", "pin=",
	} {
		growth := scaling.Growth(t, func(size int) Input {
			return Input{Text: strings.Repeat(unit, maxDiagnose/scaling.Times*size/len(unit))}
		}, func(in Input) {
			if _, err := kb.Diagnose(context.Background(), in); err != nil {
				t.Fatal(err)
			}
		})
		t.Logf("%q: growth %.2f", unit, growth)
		if growth > linear {
			t.Errorf("%q: a text %d times as long costs %.1f times its share", unit, scaling.Times, growth)
		}
	}
}

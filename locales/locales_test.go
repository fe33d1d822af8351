package locales

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"
	"unicode/utf8"
)

// Every text of every language is a template that can be read and filled.
func TestTemplates(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	argument := regexp.MustCompile(`\.([A-Z][A-Za-z0-9]*)`)
	for _, lang := range c.Languages() {
		for key, text := range c.Keys(lang) {
			for _, value := range []string{"1", "2", "client"} {
				args := map[string]string{"Packet": value, "More": value} // of the parts that it may have
				for _, m := range argument.FindAllStringSubmatch(text, -1) {
					args[m[1]] = value
				}
				if got := c.Say(lang, key, args); got == key || strings.Contains(got, "{{") {
					t.Errorf("%s: %s with %q: %q", lang, key, value, got)
				}
			}
		}
	}
}

// A number takes the forms of CLDR, which differ by language.
func TestForms(t *testing.T) {
	const text = "{{if zero .N}}zero{{else if one .N}}one{{else if two .N}}two{{else if few .N}}few{{else if many .N}}many{{else}}other{{end}}"
	for lang, want := range map[string]string{
		English:            "0 other, 1 one, 2 other, 5 other, 21 other, -1 one, 1.5 other, many other",
		TraditionalChinese: "0 other, 1 other, 2 other, 5 other, 21 other, -1 other, 1.5 other, many other",
		"pl":               "0 many, 1 one, 2 few, 5 many, 21 many, -1 one, 1.5 other, many other",
		"ar":               "0 zero, 1 one, 2 two, 5 few, 21 many, -1 one, 1.5 other, many other",
	} {
		w := newWords(lang, nil)
		var got []string
		for _, n := range []string{"0", "1", "2", "5", "21", "-1", "1.5", "many"} {
			got = append(got, n+" "+w.fill("x", text, map[string]string{"N": n}))
		}
		if got := strings.Join(got, ", "); got != want {
			t.Errorf("%s: %s, want %s", lang, got, want)
		}
		if got := w.fill("x", text, nil); got != "other" {
			t.Errorf("%s: without a number %q", lang, got)
		}
	}
	c := Open()
	for n, want := range map[string]string{"1": "Valid for 1 day", "2": "Valid for 2 days"} {
		if got := c.Say(English, "bot.fact.days", map[string]string{"Days": n}); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// Slack makes text bold only where the stars stand at a word's border: beside a letter,
// which every Chinese character is, they stay stars.
func TestBoldAtWordBorders(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	code := regexp.MustCompile("`[^`]*`|/[^ ]*\\.\\*[^ ]*")
	bold := regexp.MustCompile(`\*[^*\s](?:[^*\n]*[^*\s])?\*`)
	for _, lang := range c.Languages() {
		for key, text := range c.Keys(lang) {
			text = code.ReplaceAllString(text, " ")
			for _, m := range bold.FindAllStringIndex(text, -1) {
				before, _ := utf8.DecodeLastRuneInString(text[:m[0]])
				after, _ := utf8.DecodeRuneInString(text[m[1]:])
				if letter(before) || letter(after) {
					t.Errorf("%s: %s: %q is not bold in Slack", lang, key, text[m[0]:m[1]])
				}
			}
		}
	}
}

func letter(r rune) bool { return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) }

func TestSay(t *testing.T) {
	c := Open()
	args := map[string]string{"Profile": "cucm/tomcat", "Name": "cm1.a.example"}
	en, hans := c.Say(English, "cli.csr.device", args), c.Say(SimplifiedChinese, "cli.csr.device", args)
	if en == hans || en == "cli.csr.device" || hans == "cli.csr.device" {
		t.Errorf("%q, %q", en, hans)
	}
	if got := c.Say("la", "cli.csr.device", args); got != en {
		t.Errorf("unknown language: %q, want %q", got, en)
	}
	if got := c.Say(English, "no.such.key", nil); got != "no.such.key" {
		t.Errorf("missing key: %q", got)
	}
	// A language is first read, and a template first parsed, by many at once.
	c = Open()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if got := c.Say(TraditionalChinese, "cli.csr.device", args); got == "cli.csr.device" {
				t.Error(got)
			}
		})
	}
	all.Wait()
}

// A language is a folder: how Slack spells it and the forms of its numbers follow from
// its tag, and what it lacks is said in English.
func TestFurtherLanguage(t *testing.T) {
	c, err := Load(os.DirFS("testdata"))
	if err != nil {
		t.Fatal(err)
	}
	if all := c.Languages(); all[0] != English || !slices.Contains(all, "fr") || !slices.IsSorted(all[1:]) {
		t.Error(all)
	}
	for locale, want := range map[string]string{"fr-FR": "fr", "fr-CA": "fr", "fr_FR.UTF-8": "fr", "en-GB": "en", "zh-TW": "zh-Hant",
		"zh-CN": "zh-Hans", "zh_HK": "zh-Hant", "la": "en", "C": "en", "": "en"} {
		if got := c.Match(locale); got != want {
			t.Errorf("%s: %s, want %s", locale, got, want)
		}
	}
	for days, want := range map[string]string{"0": "Valable 0 jour", "1": "Valable 1 jour", "2": "Valable 2 jours"} {
		if got := c.Say("fr", "bot.fact.days", map[string]string{"Days": days}); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := c.Say("fr", "artefact.all_completed", map[string]string{"Completed": "0"}); !strings.HasPrefix(got, "All 0 TLS handshakes") {
		t.Errorf("not in the forms of English: %q", got)
	}
	if got := c.Say("fr", "bot.button.answer", nil); got != "Answer…" || !c.Has("fr", "bot.button.answer") || c.Has("fr", "bot.no.such") {
		t.Errorf("missing: %q", got)
	}
	wider := c.With(map[string]map[string]string{"form.product.option.phones": {English: "The certificate has expired"}, "form.product.option.door": {English: "Door"}})
	for key, want := range map[string]string{"form.product.option.phones": "Le certificat a expiré", "form.product.option.door": "Door"} {
		if got := wider.Say("fr", key, nil); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

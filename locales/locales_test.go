package locales

import (
	"regexp"
	"sync"
	"testing"
	"text/template"
	"unicode"
	"unicode/utf8"
)

// Every text of every language is a template that can be read.
func TestTemplates(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range All {
		for key, text := range c.Keys(lang) {
			if _, err := template.New(key).Parse(text); err != nil {
				t.Errorf("%s: %v", lang, err)
			}
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
	for _, lang := range All {
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
	if got := c.Say("fr", "cli.csr.device", args); got != en {
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

package countersign_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"countersign/certs"
	"countersign/locales"
	"countersign/triage"
)

var (
	placeholder = regexp.MustCompile(`{{(?:\.[A-Za-z0-9]+|template "[a-z._]+" \.)}}`)
	filled      = regexp.MustCompile(`{[a-z]+}`) // of a text of a profile
)

func placeholders(text string, of *regexp.Regexp) []string {
	found := of.FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

// TestLanguagesAreComplete: every text stands in all languages with the same
// placeholders. One that is being translated may lack some.
func TestLanguagesAreComplete(t *testing.T) {
	for _, more := range []fstest.MapFS{{}, further()} {
		for _, fault := range faults(t, more) {
			t.Error(fault)
		}
	}
	stray := further()
	stray["de/language.yaml"] = &fstest.MapFile{Data: []byte("{}")}
	stray["de/bot.yaml"] = &fstest.MapFile{Data: []byte(`bot.card.title: "Antrag"`)}
	stray["de/causes.yaml"] = &fstest.MapFile{Data: []byte(`"The certificate has expird": "Abgelaufen"`)}
	stray["de/profiles.yaml"] = &fstest.MapFile{Data: []byte(`"On {node}: assign it to Webadmin.": "Zuweisen."`)}
	found := strings.Join(faults(t, stray), "\n")
	for _, want := range []string{
		"de: bot.card.title has placeholders [], English has [{{.Title}}]",
		`de: "The certificate has expird" is no text of the code, a profile or a cause`,
		`de: "On {node}: assign it to Webadmin." has placeholders [], English has [{node}]`,
		`de lacks "The certificate has expired"`,
		"de lacks bot.card.text",
	} {
		if !strings.Contains(found, want) {
			t.Errorf("not found: %s", want)
		}
	}
}

// further are the languages of the tests, as a map that can be added to.
func further() fstest.MapFS {
	all := fstest.MapFS{}
	dir := os.DirFS("locales/testdata")
	names, err := fs.Glob(dir, "*/*.yaml")
	if err != nil || len(names) == 0 {
		panic("no further language")
	}
	for _, name := range names {
		raw, err := fs.ReadFile(dir, name)
		if err != nil {
			panic(err)
		}
		all[name] = &fstest.MapFile{Data: raw}
	}
	return all
}

// faults are what is wrong with the languages: keys and texts that are missing, are
// nobody's, or have other placeholders.
func faults(t *testing.T, more fs.FS) (all []string) {
	t.Helper()
	cat, err := locales.Load(more)
	if err != nil {
		t.Fatal(err)
	}
	say := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	english, inline := cat.Keys(locales.English), knowledge(t)
	for _, lang := range cat.Languages() {
		is, err := cat.Language(lang)
		if err != nil {
			t.Fatal(err)
		}
		own := cat.Keys(lang)
		for key, text := range own {
			a, b := placeholders(text, placeholder), placeholders(english[key], placeholder)
			in, known := inline[key]
			switch _, said := english[key]; {
			case known && in[lang] != "":
				say("%s: %q is translated where it is written", lang, key)
			case known:
				if a, b = placeholders(text, filled), placeholders(key, filled); !slices.Equal(a, b) {
					say("%s: %q has placeholders %v, English has %v", lang, key, a, b)
				}
			case !said:
				say("%s: %q is no text of the code, a profile or a cause", lang, key)
			case !slices.Equal(a, b):
				say("%s: %s has placeholders %v, English has %v", lang, key, a, b)
			}
		}
		if is.Partial {
			continue
		}
		for key := range english {
			if own[key] == "" {
				say("%s lacks %s", lang, key)
			}
		}
		for text, in := range inline {
			if in[lang] == "" && own[text] == "" {
				say("%s lacks %q", lang, text)
			}
		}
	}
	return all
}

// knowledge gives the texts of profiles and causes, by their English wording.
func knowledge(t *testing.T) map[string]map[string]string {
	t.Helper()
	all := map[string]map[string]string{}
	for _, pattern := range []string{"certs/profiles/*.yaml", "triage/causes/*.yaml"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			raw, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var tree any
			if err := yaml.Unmarshal(raw, &tree); err != nil {
				t.Fatal(err)
			}
			texts(tree, all)
		}
	}
	if len(all) < 500 {
		t.Fatalf("only %d texts: the test looks at the wrong place", len(all))
	}
	return all
}

func texts(tree any, into map[string]map[string]string) {
	switch tree := tree.(type) {
	case []any:
		for _, x := range tree {
			texts(x, into)
		}
	case map[string]any:
		for i, english := range lines(tree[locales.English]) {
			in := map[string]string{}
			for lang, text := range tree {
				if of := lines(text); i < len(of) {
					in[lang] = of[i]
				}
			}
			into[english] = in
		}
		for _, x := range tree {
			texts(x, into)
		}
	}
}

// lines are the texts of one language: one, or the steps of a fix without its tasks ("@trust"),
// whose own steps stand where they are defined.
func lines(of any) (all []string) {
	switch of := of.(type) {
	case string:
		for line := range strings.Lines(of) {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "@") {
				all = append(all, line)
			}
		}
	case []any:
		for _, line := range of {
			all = append(all, fmt.Sprint(line))
		}
	}
	return all
}

// TestFourthLanguage: what a plan and a diagnosis say is said in a language that is
// nothing but a folder; what the folder lacks is said in English.
func TestFourthLanguage(t *testing.T) {
	cat, err := locales.Load(os.DirFS("locales/testdata"))
	if err != nil {
		t.Fatal(err)
	}
	profiles, err := certs.Load()
	if err != nil {
		t.Fatal(err)
	}
	plan := profiles.Plan(certs.Deployment{Systems: []certs.System{{Product: "cms", Version: "3.9", Topology: certs.Single, Nodes: []string{"cms1.example.com"}, Services: []string{"webadmin"}}}},
		time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC))
	var said, english []string
	for _, step := range plan.Runbook {
		said = append(said, cat.Text("fr", step.Text.Key, step.Text.Args, step.Text.In))
		english = append(english, cat.Text("en", step.Text.Key, step.Text.Args, step.Text.In))
	}
	translated := slices.Index(english, "On cms1.example.com: assign it to Webadmin.")
	if translated < 0 || said[translated] != "Sur cms1.example.com : l'affecter à Webadmin." {
		t.Fatalf("%q", said)
	}
	if said[translated] = english[translated]; !slices.Equal(said, english) {
		t.Errorf("%q, want the English %q", said, english)
	}

	causes, err := triage.Load()
	if err != nil {
		t.Fatal(err)
	}
	expired := causes.Cause("expired")
	if got := expired.Title.String("fr", cat.Say); got != "Le certificat a expiré" {
		t.Error(got)
	}
	if got := cat.Text("fr", "", nil, expired.Title.In); got != "Le certificat a expiré" {
		t.Error(got)
	}
	if got := expired.Fix[0].String("fr", cat.Say); got != expired.Fix[0].In["en"] {
		t.Errorf("%q, want the English", got)
	}
	for _, lang := range slices.Collect(maps.Keys(expired.Title.In)) { // the others keep what is written with the cause
		if got := expired.Title.String(lang, cat.Say); got != expired.Title.In[lang] {
			t.Errorf("%s: %q", lang, got)
		}
	}
}

// menuPath is a path with the words before and after it, up to a mark.
var menuPath = regexp.MustCompile(`[^>，。；：、（）“”「」,.;:()]*[^> ，。；：、（）“”「」,.;:()](?: > [^>，。；：、（）“”「」,.;:()]*[^> ，。；：、（）“”「」,.;:()])+`)

// TestMenuPathsAreTheVendors: a path through the pages of a product is said as the vendor's own
// documents say it in the language (locales/*/menu.yaml); where they say nothing it stays
// English, never half of it, in plans and in causes alike.
func TestMenuPathsAreTheVendors(t *testing.T) {
	cat := locales.Open()
	paths := func(text string) int { return strings.Count(text, " > ") }
	han := func(s string) bool {
		return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
	}
	texts := 0
	for english, in := range knowledge(t) {
		for _, lang := range []string{locales.SimplifiedChinese, locales.TraditionalChinese} {
			said := in[lang]
			if paths(english) == 0 || said == "" {
				continue
			}
			texts++
			if paths(english) != paths(said) {
				t.Errorf("%s: %q has not the paths of %q", lang, said, english)
			}
			for rest := said; ; {
				at := strings.Index(rest, " > ")
				if at < 0 {
					break
				}
				before, after := rest[:at], rest[at+3:]
				r, _ := utf8.DecodeLastRuneInString(before)
				first, _ := utf8.DecodeRuneInString(after)
				translated := slices.ContainsFunc(slices.Collect(maps.Keys(cat.Keys(lang))), func(key string) bool {
					own := cat.Keys(lang)[key]
					return strings.HasPrefix(key, "menu.") && han(own) && strings.HasSuffix(before, own)
				})
				if lone := han(string(r)) || han(string(first)); lone != translated || han(string(r)) != han(string(first)) && !strings.HasPrefix(after, "CSR") {
					t.Errorf("%s: %q: neither English nor the vendor's at %q", lang, said, menuPath.FindString(rest))
				}
				rest = after
			}
			for _, path := range menuPath.FindAllString(english, -1) {
				if own := cat.Menu(lang, strings.TrimSpace(path)); own != strings.TrimSpace(path) && !strings.Contains(said, own) {
					t.Errorf("%s: %q says %q in another way than %q", lang, said, path, own)
				}
			}
		}
	}
	if texts == 0 {
		t.Error("no text has a path")
	}
	for path, want := range map[string]string{
		"Cisco Unified OS Administration > Security > Certificate Management > Generate CSR": "Cisco Unified 操作系统管理 > 安全 > 证书管理 > 生成 CSR",
		"Maintenance > Security > Server certificate > Generate CSR":                         "Maintenance > Security > Server certificate > Generate CSR",
		"utils service restart Cisco Tomcat":                                                 "utils service restart Cisco Tomcat",
	} {
		if got := cat.Menu(locales.SimplifiedChinese, path); got != want {
			t.Errorf("%q, want %q", got, want)
		}
		if got := cat.Menu(locales.TraditionalChinese, path); got != path {
			t.Errorf("%q, want it in English", got)
		}
	}
}

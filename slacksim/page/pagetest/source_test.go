package pagetest

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func sources(t *testing.T, patterns ...string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, pattern := range patterns {
		files, err := filepath.Glob("../" + pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			out[filepath.Base(file)] = string(raw)
		}
	}
	if len(out) == 0 {
		t.Fatal("no files: ", patterns)
	}
	return out
}

// Text must have no way into the page but text nodes, and the page no way out.
func TestNoWayAroundTextNodes(t *testing.T) {
	bad := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser|createContextualFragment|srcdoc`)
	host := regexp.MustCompile(`(?:https?:)?//[a-z0-9-]+\.[a-z]{2,}[^\s'"]*`)
	for name, text := range sources(t, "*.js", "*.html", "*.css", "*.svg") {
		if m := bad.FindString(text); m != "" {
			t.Errorf("%s uses %s", name, m)
		}
		for _, m := range host.FindAllString(text, -1) {
			if !strings.Contains(m, "www.w3.org/2000/svg") && !strings.Contains(m, "//example.com") {
				t.Errorf("%s names another host: %s", name, m)
			}
		}
		if n := strings.Count(text, "\n"); n > 400 {
			t.Errorf("%s has %d lines", name, n)
		}
	}
	html := sources(t, "index.html")["index.html"]
	if regexp.MustCompile(`(?i)<script(?:>|[^>]*[^>"]>\s*[^<\s])|\son\w+=|style=`).MatchString(html) {
		t.Error("index.html has inline code or style")
	}
}

func TestTextsAreComplete(t *testing.T) {
	all := sources(t, "*.js")
	texts := all["texts.js"]
	delete(all, "texts.js")
	row := regexp.MustCompile(`(?s)\n  (\w+): \[(.*?)\],`)
	word := regexp.MustCompile(`'(?:[^'\\]|\\.)+'`)
	have := map[string]bool{}
	for _, m := range row.FindAllStringSubmatch(texts, -1) {
		have[m[1]] = true
		words := word.FindAllString(m[2], -1)
		if len(words) != 3 {
			t.Errorf("%s has %d texts, want 3", m[1], len(words))
			continue
		}
		arg := regexp.MustCompile(`\{\w+\}`)
		want := fmt.Sprint(count(arg.FindAllString(words[0], -1)))
		for _, w := range words[1:] {
			if got := fmt.Sprint(count(arg.FindAllString(w, -1))); got != want {
				t.Errorf("%s: %s has arguments %s, want %s", m[1], w, got, want)
			}
		}
	}
	used := regexp.MustCompile(`\bt\(\s*'(\w+)'`)
	for name, text := range all {
		for _, m := range used.FindAllStringSubmatch(text, -1) {
			if !have[m[1]] {
				t.Errorf("%s uses the text %q, which is not there", name, m[1])
			}
		}
	}
	if len(have) < 80 {
		t.Errorf("only %d texts were read", len(have))
	}
}

func count(words []string) map[string]int {
	out := map[string]int{}
	for _, w := range words {
		out[w]++
	}
	return out
}

// The markup reader must not be slowed down by text made for that.
func TestHostileTextIsFast(t *testing.T) {
	p := open(t, newServer(t), "/?person=U1&channel=C1")
	for _, kind := range []string{"mrkdwn", "markdown"} {
		for _, unit := range []string{"*a ", "_*~", "<", "`", "*<", "*`a", "a*", "<@", "&lt;", ">", "[", "[a](", "**a", "\\n> ", "\\n  - ", "|a", ":a", "http://", "```"} {
			js := `import('/` + kind + `.js').then((m) => { const s = '` + unit + `'.repeat(Math.floor(40000 / '` + unit + `'.length)); const t = performance.now(); m.` + kind + `(s); window.took = performance.now() - t; })`
			eval[any](p, `(window.took = -1, `+js+`, 0)`)
			p.until(`window.took >= 0`)
			if took := eval[float64](p, `window.took`); took > 1500 {
				t.Errorf("%s of %q takes %.0f ms", kind, unit, took)
			} else if took > 200 {
				t.Logf("%s of %q takes %.0f ms", kind, unit, took)
			}
		}
	}
}

package browser

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestEmoji: every emoji that the product uses is one that the page can draw: an
// unknown name would stand in the text as a word.
func TestEmoji(t *testing.T) {
	var names []string
	for _, pattern := range []string{"../../locales/*/*.yaml", "../../bot/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v, %d files", pattern, err, len(files))
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range regexp.MustCompile(`(?:^|[\s"'`+"`"+`]):([a-z][a-z_]{2,40}):`).FindAllSubmatch(raw, -1) {
				names = append(names, string(m[1]))
			}
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	if len(names) < 15 {
		t.Fatalf("only %d names: %v", len(names), names)
	}
	list, err := json.Marshal(names)
	if err != nil {
		t.Fatal(err)
	}
	u := start(t).as(t, "U0ELLA", "D0ELLA")
	u.js(`(() => { import('./glyphs.js').then((m) => { window.undrawn = ` + string(list) + `.filter((n) => { const e = m.emoji(n); return !e || e.className === 'emoji-name'; }); }); })()`)
	u.until(`window.undrawn`)
	if got := u.js(`window.undrawn.join(' ')`); got != "" {
		t.Errorf("not drawn: %s", got)
	}
}

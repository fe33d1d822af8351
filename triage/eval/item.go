package eval

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Item is one labelled example.
type Item struct {
	ID           string   `json:"id"`
	Text         string   `json:"text"`
	Lang         string   `json:"lang"`
	Product      string   `json:"product"`
	CauseID      string   `json:"cause_id"`
	AlsoPossible []string `json:"also_possible"`
	Tags         []string `json:"tags"`
	Source       string   `json:"source"`

	// What people ask and request, in the shared sets of those, tells of no failure.
	Question string `json:"question"`
	Symptom  bool   `json:"symptom"`
	Expect   struct {
		Intent string `json:"intent"`
	} `json:"expect"`

	File string `json:"-"`
}

// asked makes an item of what was asked or requested, if it is either.
func (it *Item) asked() bool {
	switch {
	case it.Question != "" && !it.Symptom:
		it.Text, it.CauseID = it.Question, "none:question"
	case slices.Contains([]string{"request", "renew", "status", "help", "other"}, it.Expect.Intent):
		it.CauseID = "none:request"
	}
	return it.CauseID != ""
}

// Right reports whether id is a right answer.
func (it Item) Right(id string) bool { return id == it.CauseID || slices.Contains(it.AlsoPossible, id) }

// Negative reports whether the item is no certificate problem.
func (it Item) Negative() bool {
	return slices.Contains(it.Tags, "negative") || strings.HasPrefix(it.CauseID, "not-certificate") || it.Faultless()
}

// Faultless reports whether the item tells of no failure: a question, a document, health.
func (it Item) Faultless() bool { return strings.HasPrefix(it.CauseID, "none:") }

// Sight reports whether the item is never learned from: it measures.
func (it Item) Sight() bool {
	return strings.HasSuffix(it.File, "-sight.jsonl") || it.File == "triage-dev-2.jsonl"
}

// A thread or a document is named in several ways, with more or less behind it.
var (
	thread   = regexp.MustCompile(`(?i)github(?:\.com)?[ /]+([\w.-]+/[\w.-]+?)(?: ?#|/(?:issues|pull|discussions)/)(\d+)`)
	document = regexp.MustCompile(`\d{5,}`)
)

// Origin is where the text comes from: the thread or document, or the file that one
// hand wrote. What is learned and what is tested never share one.
func (it Item) Origin() string {
	if m := thread.FindStringSubmatch(it.Source); m != nil {
		return strings.ToLower(m[1] + "#" + m[2])
	}
	if n := document.FindString(it.Source); n != "" {
		return n
	}
	name, _, _ := strings.Cut(it.Source, " (")
	name, _, _ = strings.Cut(name, ",")
	return cmp.Or(strings.ToLower(strings.TrimSpace(name)), it.File)
}

// Kind is the kind of the source, for figures.
func (it Item) Kind() string {
	switch s := strings.ToLower(it.Source); {
	case s == "":
		return "written here"
	case strings.Contains(s, "github"):
		return "issues"
	case strings.Contains(s, "community"), strings.Contains(s, "forum"), strings.Contains(s, "stackoverflow"), strings.Contains(s, "serverfault"):
		return "forums"
	case strings.Contains(s, "doc"), strings.Contains(s, "guide"):
		return "documents"
	}
	return "other"
}

// Read reads JSON lines. Lines that are empty are passed over.
func Read(r io.Reader) ([]Item, error) {
	var items []Item
	sc := bufio.NewScanner(r)
	sc.Buffer(make([]byte, 0, 1<<20), 16<<20)
	for n := 1; sc.Scan(); n++ {
		if strings.TrimSpace(sc.Text()) == "" {
			continue
		}
		var it Item
		if err := json.Unmarshal(sc.Bytes(), &it); err != nil {
			return nil, fmt.Errorf("eval: line %d: %w", n, err)
		}
		if (it.Question != "" || it.Expect.Intent != "") && !it.asked() {
			continue
		}
		if it.CauseID == "" {
			return nil, fmt.Errorf("eval: line %d: cause_id is missing", n)
		}
		items = append(items, it)
	}
	if err := sc.Err(); err != nil {
		return nil, fmt.Errorf("eval: read: %w", err)
	}
	return items, nil
}

// ReadFiles reads the items of several files, in their order.
func ReadFiles(names ...string) ([]Item, error) {
	var items []Item
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("eval: %w", err)
		}
		more, err := Read(f)
		_ = f.Close() // only read
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for i := range more {
			more[i].File = filepath.Base(name)
		}
		items = append(items, more...)
	}
	return items, nil
}

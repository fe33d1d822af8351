package triage

import (
	"bytes"
	_ "embed" // the words are a file of its own
	"regexp"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

//go:embed denied.yaml
var denialWords []byte

// denials are the words of denied.yaml as expressions: what ends before the thing that is
// denied, and what begins behind it.
type denials struct {
	before, lacking        *regexp.Regexp
	refuted, unused, alone *regexp.Regexp
}

// wordings are alternatives by language.
type wordings map[string][]string

func (w wordings) String() string {
	var all []string
	for _, list := range w {
		all = append(all, list...)
	}
	slices.Sort(all) // one expression each time
	spaces := strings.NewReplacer(" ?", `\s*`, " ", `\s+`, "ENDS", endOfSentence)
	return "(?:" + spaces.Replace(strings.Join(all, "|")) + ")"
}

// What may stand between a word and what it denies.
const (
	opening       = `\s*["'“‘「『（(]?\s*$`
	closing       = `^["'”’»)」』]*`
	wordBefore    = `(?:^|[^\pL])`
	wordEnds      = `(?:[^\pL]|$)`
	sentenceMarks = `.,;:!?()\n。，；：、！？（）`
	endOfSentence = `\s*(?:[` + sentenceMarks + `]|$)`
)

// readDenials compiles denied.yaml once. Load keeps it from being unreadable.
var readDenials = sync.OnceValues(func() (*denials, error) {
	var f struct {
		Before        wordings
		Between       wordings
		BeforeJoined  wordings `yaml:"before-joined"`
		BetweenJoined wordings `yaml:"between-joined"`
		AndThen       wordings `yaml:"and-then"`
		Refuted       wordings
		Unused        wordings
		Lacking       wordings
		LackingJoined wordings `yaml:"lacking-joined"`
		Alone         wordings
	}
	d := yaml.NewDecoder(bytes.NewReader(denialWords))
	d.KnownFields(true)
	if err := d.Decode(&f); err != nil {
		return nil, err
	}
	var failed error
	compile := func(parts ...any) *regexp.Regexp {
		e := "(?i)"
		for _, p := range parts {
			switch p := p.(type) {
			case wordings:
				e += p.String()
			case string:
				e += p
			}
		}
		re, err := regexp.Compile(e)
		if err != nil {
			failed = err
		}
		return re
	}
	out := &denials{
		before:  compile("(?:", wordBefore, f.Before, `(?:\s+`, f.Between, "){0,4}|", f.BeforeJoined, f.BetweenJoined, "*)", opening),
		lacking: compile("(?:", wordBefore, f.Lacking, "|", f.LackingJoined, ")", opening),
		refuted: compile(closing, `[.,;]?\s*(?:`, f.AndThen, `\s+)?`, f.Refuted),
		unused:  compile(closing, `\s*`, f.Unused),
		alone:   compile(closing, `(?:`, endOfSentence, `|\s*`, f.Alone, wordEnds, ")"),
	}
	return out, failed
})

// reach of a denial, in bytes before and behind what it denies.
const denialReach = 64

// denied reports whether a text says of what stands at h that it is not so.
func (d *denials) denied(text string, h hit) bool {
	before, after := around(text, h)
	return d.before.MatchString(before) || d.refuted.MatchString(after)
}

// absent reports whether a text says of what stands at h that there is no such thing.
func (d *denials) absent(text string, h hit) bool {
	before, after := around(text, h)
	if d.lacking.MatchString(before) {
		return d.alone.MatchString(after)
	}
	return d.before.MatchString(before) || d.unused.MatchString(after) || d.refuted.MatchString(after)
}

// around gives what stands before h in its clause, and what follows it.
func around(text string, h hit) (before, after string) {
	before = text[max(0, int(h.from)-denialReach):h.from]
	if i := strings.LastIndexAny(before, ".,;:!?\n"); i >= 0 {
		before = before[i+1:]
	}
	for _, stop := range clauseEnds {
		if i := strings.LastIndex(before, stop); i >= 0 {
			before = before[i+len(stop):]
		}
	}
	return strings.ToValidUTF8(before, ""), strings.ToValidUTF8(text[h.to:min(len(text), int(h.to)+denialReach)], "")
}

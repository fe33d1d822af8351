package llm

import (
	"cmp"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"

	"countersign/triage"
)

// packed is material that may leave the house: redacted, masked and cut to size.
type packed struct {
	text  string            // all parts, for the prompt
	parts []string          // masked, one for each given
	clear []string          // the parts redacted, not masked
	back  map[string]string // stand-in -> real name
	whole bool              // masking can be undone, part by part
}

var (
	// standIn is the form of what triage.Mask puts in the place of names.
	standIn = regexp.MustCompile(`\b(?:host|address|mail|phone)-\d+`)
	// escaped is a word of a person's own that looks like a stand-in, see escape.
	escaped = regexp.MustCompile(`\b(host|address|mail|phone)‐(\d+)`)
	token   = regexp.MustCompile(`[A-Za-z0-9._%+@-]+`)
)

const between = "\x1e"

// pack prepares parts of material together, so that a name has one stand-in in all of
// them. limit is in bytes; the last parts lose most.
func pack(limit int, parts ...string) packed {
	p := packed{clear: make([]string, len(parts))}
	left := limit
	for i, s := range parts {
		s, _ = triage.Redact(strings.ToValidUTF8(strings.ReplaceAll(s, between, " "), "\ufffd"))
		if len(s) > left {
			s = strings.ToValidUTF8(s[:left], "")
		}
		left -= len(s)
		p.clear[i] = s
	}
	// Once more over the whole: a secret may have been spread over parts, or cut.
	whole, _ := triage.Redact(strings.Join(p.clear, "\n"+between+"\n"))
	masked, back := triage.Mask(escape(whole))
	p.back = back
	masked = p.everywhere(masked)
	p.clear = split(whole)
	p.parts = split(masked)
	p.text = strings.ReplaceAll(masked, "\n"+between+"\n", "\n\n")
	again, err := p.unmask(masked)
	p.whole = err == nil && strings.EqualFold(again, whole) && len(p.parts) == len(parts) && len(p.clear) == len(parts)
	return p
}

// everywhere masks names also where they are part of something longer, such as the name
// of a file.
func (p packed) everywhere(s string) string {
	if len(p.back) == 0 {
		return s
	}
	given := make(map[string]string, len(p.back))
	var names []string
	for m, name := range p.back {
		given[strings.ToLower(name)] = m
		names = append(names, regexp.QuoteMeta(name))
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	return regexp.MustCompile("(?i)"+strings.Join(names, "|")).ReplaceAllStringFunc(s, func(n string) string {
		return cmp.Or(given[strings.ToLower(n)], n)
	})
}

func split(s string) []string { return strings.Split(s, "\n"+between+"\n") }

// escape changes the hyphen of words that look like a stand-in and are none, such as a
// short host name "mail-1". Names that Mask replaces as a whole stay as they are.
func escape(s string) string {
	return token.ReplaceAllStringFunc(s, func(t string) string {
		if !standIn.MatchString(t) {
			return t
		}
		if m, back := triage.Mask(t); len(back) == 1 && standIn.FindString(m) == m {
			return t
		}
		return standIn.ReplaceAllStringFunc(t, func(w string) string { return strings.Replace(w, "-", "‐", 1) })
	})
}

var errStandIn = errors.New("a name that was not given")

// unmask puts the real names back. A stand-in that was not given is refused.
func (p packed) unmask(s string) (string, error) {
	var bad error
	s = standIn.ReplaceAllStringFunc(s, func(m string) string {
		if real, ok := p.back[m]; ok {
			return real
		}
		bad = errStandIn
		return m
	})
	return escaped.ReplaceAllString(s, "$1-$2"), bad
}

// asJSON is material that is ours, as it stands in a prompt.
func asJSON(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return "{}"
	}
	return string(raw)
}

package llm

import (
	"errors"
	"regexp"
	"strings"

	"countersign/triage"
)

// packed is material that may leave the house: redacted, masked and cut to size.
type packed struct {
	text  string            // all parts, for the prompt
	parts []string          // masked, one for each given
	clear []string          // the parts redacted, not masked
	back  map[string]string // stand-in -> real name
	whole bool              // parts are as many as were given
}

// standIn is the form of what triage.Mask puts in the place of names.
var standIn = regexp.MustCompile(`\b(host|address|mail|phone)-(\d+)\b`)

const between = "\x1e"

// pack prepares parts of material together, so that a name has one stand-in in all of
// them. limit is in bytes; the last parts lose most.
func pack(limit int, parts ...string) packed {
	p := packed{clear: make([]string, len(parts))}
	left := limit
	for i, s := range parts {
		s, _ = triage.Redact(strings.ToValidUTF8(strings.ReplaceAll(s, between, " "), "\ufffd"))
		// What looks like a stand-in already would be taken for one.
		s = standIn.ReplaceAllString(s, "${1}_$2")
		if len(s) > left {
			s = strings.ToValidUTF8(s[:left], "")
		}
		left -= len(s)
		p.clear[i] = s
	}
	// Once more over the whole: a secret may have been spread over parts.
	whole, _ := triage.Redact(strings.Join(p.clear, "\n"+between+"\n"))
	masked, back := triage.Mask(whole)
	p.back = back
	for _, s := range strings.Split(masked, between) {
		p.parts = append(p.parts, strings.Trim(s, "\n"))
	}
	p.text = strings.ReplaceAll(masked, "\n"+between+"\n", "\n\n")
	p.whole = len(p.parts) == len(parts) // else a secret reached from one part into the next
	return p
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
	return s, bad
}

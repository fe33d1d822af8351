package form

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"countersign/certs"
	"countersign/language"
)

// maxNames bounds one list. 300 names are a real, if unwise, request; the planner
// says what a product makes of them.
const maxNames = 1000

// read turns what a person gave into values, or says what is wrong with it. options are
// what a choice may be.
func read(field Field, options, raw []string) ([]string, *Problem) {
	limit := cmp.Or(field.Max, 3000)
	refuse := func(key string, pairs ...string) ([]string, *Problem) {
		return nil, &Problem{Field: field.Key, Text: certs.T(key, pairs...)}
	}
	values := []string{}
	for _, r := range raw {
		if !utf8.ValidString(r) {
			return refuse("form.problem.not_text")
		}
		if field.Type != Names && utf8.RuneCountInString(r) > limit {
			return refuse("form.problem.too_long", "Max", strconv.Itoa(limit))
		}
		switch field.Type {
		case Names:
			values = append(values, SplitNames(r)...)
		case Text:
			if s := language.OneLine(r); s != "" {
				values = append(values, s)
			}
		case Area:
			if s := strings.TrimSpace(r); s != "" {
				values = append(values, s)
			}
		case Choice, Choices:
			s := strings.TrimSpace(r)
			if s == "" {
				continue
			}
			if !slices.Contains(options, s) {
				return refuse("form.problem.not_offered", "Value", s)
			}
			values = append(values, s)
		}
	}
	if len(values) > maxNames {
		return refuse("form.problem.too_many", "Max", strconv.Itoa(maxNames))
	}
	if len(values) == 0 && !field.Optional {
		return refuse("form.problem.required")
	}
	return values, nil
}

var (
	// <http://a.example|a.example>, <mailto:x@y|x@y>, <https://a.example/path>: what Slack
	// makes of a name that somebody types.
	slackLink = regexp.MustCompile(`<(?:https?://|mailto:)?([^>|]*)(?:\|([^>]*))?>`)
	urlName   = regexp.MustCompile(`^[a-z][a-z0-9+.-]*://([^/:?#]+).*$`)
	sanPrefix = regexp.MustCompile(`(?i)^(dns|ip|email|uri|srv)[:=]`)
	// How OpenSSL and Windows print a list of names: "IP Address:10.0.0.1", "DNS Name=a.example",
	// and how people write it: "DNS: a.example".
	sanLabel = regexp.MustCompile(`(?i)\b(dns|ip|email|uri|srv|rfc822)(?: (?:name|address))?\s*[:=][ \t]*`)
	bullet   = regexp.MustCompile(`^(?:[-*•·]|\d{1,3}[.)])\s+`)
)

// SplitNames reads a list of names as people paste them: one a line or separated by
// commas, semicolons or blanks (also full-width), with bullets, quotes, "DNS:"
// prefixes, Slack's link markup. It keeps order, drops repetitions and lower-cases
// DNS names; whether a name is a good one is not its business.
func SplitNames(raw string) []string {
	raw = strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">").Replace(raw)
	raw = slackLink.ReplaceAllStringFunc(raw, func(m string) string {
		parts := slackLink.FindStringSubmatch(m)
		if parts[2] != "" {
			return parts[2]
		}
		name, _, _ := strings.Cut(parts[1], "/")
		return name
	})
	raw = strings.ReplaceAll(raw, "```", "\n")
	raw = sanLabel.ReplaceAllString(raw, "$1:")
	var out []string
	seen := map[string]bool{}
	for _, line := range strings.Split(raw, "\n") {
		line = bullet.ReplaceAllString(strings.TrimSpace(line), "")
		for _, name := range strings.FieldsFunc(line, separates) {
			name = strings.Trim(name, "`'\"“”‘’「」()（）")
			prefix := strings.ToLower(sanPrefix.FindString(name))
			name = sanPrefix.ReplaceAllString(name, "")
			if m := urlName.FindStringSubmatch(name); m != nil && !strings.HasPrefix(prefix, "uri") {
				name = m[1]
			}
			if !strings.Contains(name, "://") {
				name = strings.ToLower(name)
			}
			if name == "" || seen[name] {
				continue
			}
			seen[name] = true
			out = append(out, name)
		}
	}
	return out
}

func separates(r rune) bool {
	switch r {
	case ',', ';', '，', '；', '、', '\u3000', '|':
		return true
	}
	return unicode.IsSpace(r)
}

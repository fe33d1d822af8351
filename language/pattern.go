package language

import (
	"strings"
)

// expandPattern is what a run with sets or slashes in it names: expe[1-3].a.example,
// cucm-{pub,sub1}.a.example, expe1/2.a.example, a.x.example/b.x.example.
func expandPattern(n *name, run string) (names []name, shorts []short) {
	parts, spans := splitSlash(run, n.span)
	hosts := make([]name, 0, len(parts))
	var pending []string // short names waiting for the domain that follows
	var pendingAt span
	domain := ""
	for i, part := range parts {
		values := expandSets(part)
		if len(values) == 0 {
			values = []string{part}
		}
		if !strings.Contains(values[0], ".") {
			values = siblings(pending, hosts, values)
			if domain != "" && resembles(hosts, values[0]) {
				for k := range values {
					values[k] += domain
				}
				hosts = append(hosts, name{span: spans[i], values: values, pattern: true})
				continue
			}
			if domain != "" {
				break // a path after a host
			}
			if len(pending) == 0 {
				pendingAt.start = spans[i].start
			}
			pending, pendingAt.end = append(pending, values...), spans[i].end
			continue
		}
		first, rest, _ := strings.Cut(values[0], ".")
		if len(pending) > 0 {
			values = siblings(pending, nil, heads(values))
			for k := range values {
				values[k] += "." + rest
			}
		}
		if _, _, ok := hostKind(values[0], values[0]); !ok || first == "" {
			return nil, nil
		}
		domain = "." + rest
		at := spans[i]
		if len(pending) > 0 && len(pending) < maxExpand {
			for k := range pending {
				pending[k] += domain
			}
			values = append(pending, values...)
			at.start, pending = pendingAt.start, nil
		}
		hosts = append(hosts, name{span: at, values: values, pattern: len(values) > 1 || strings.ContainsAny(part, "[{(~")})
	}
	for _, h := range hosts {
		kind, ext, ok := hostKind(h.values[0], h.values[0])
		if !ok {
			continue
		}
		h.kind, h.ext, h.url, h.at = kind, ext, n.url, n.at
		names = append(names, h)
	}
	if len(hosts) == 0 && len(pending) > 0 && shortShape(pending[0]) {
		shorts = append(shorts, short{span: pendingAt, values: pending})
	}
	return names, shorts
}

func heads(values []string) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i], _, _ = strings.Cut(v, ".")
	}
	return out
}

// siblings completes abbreviated names after a full one: expe1/2 is expe1 and
// expe2, exp-e1/e2 exp-e2, cucm-pub/sub1 cucm-sub1.
func siblings(before []string, hosts []name, values []string) []string {
	var base string
	switch {
	case len(before) > 0:
		base = before[len(before)-1]
	case len(hosts) > 0:
		v := hosts[len(hosts)-1].values
		base, _, _ = strings.Cut(v[len(v)-1], ".")
	default:
		return values
	}
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = sibling(base, v)
	}
	return out
}

func sibling(base, v string) string {
	letters := strings.TrimRight(v, "0123456789")
	stem := strings.TrimRight(base, "0123456789")
	switch {
	case letters == "" && stem != base:
		return stem + v
	case letters == "":
		return v
	case strings.HasPrefix(v, stem):
		return v
	}
	i := strings.LastIndexByte(base, '-')
	if i < 0 || strings.Contains(v, "-") {
		return v
	}
	// The last part is exchanged, unless v begins like the whole name does.
	if strings.TrimRight(base[i+1:], "0123456789") != letters && strings.HasPrefix(stem, letters) {
		return v
	}
	return base[:i+1] + v
}

// resembles: v is a sibling of a host already seen, not a path behind it.
func resembles(hosts []name, v string) bool {
	if len(hosts) == 0 || !shortShape(v) {
		return false
	}
	last := hosts[len(hosts)-1].values
	base, _, _ := strings.Cut(last[len(last)-1], ".")
	return strings.TrimRight(base, "0123456789") == strings.TrimRight(v, "0123456789")
}

// splitSlash cuts at slashes outside sets.
func splitSlash(run string, at span) ([]string, []span) {
	var parts []string
	var spans []span
	depth, from := 0, 0
	for i := 0; i <= len(run); i++ {
		if i == len(run) || run[i] == '/' && depth == 0 {
			if i > from {
				parts = append(parts, run[from:i])
				spans = append(spans, span{at.start + from, at.start + i})
			}
			from = i + 1
			continue
		}
		switch run[i] {
		case '[', '{', '(':
			depth++
		case ']', '}', ')':
			depth--
		}
	}
	return parts, spans
}

// expandSets multiplies out [..], {..}, (..) and n~m; nil when there is none or too
// much of it.
func expandSets(s string) []string {
	if i := strings.IndexByte(s, '~'); i > 0 {
		a := i
		for a > 0 && digit(s[a-1]) {
			a--
		}
		z := i + 1
		for z < len(s) && digit(s[z]) {
			z++
		}
		s = s[:a] + "[" + s[a:i] + "-" + s[i+1:z] + "]" + s[z:]
	}
	i := strings.IndexAny(s, "[{(")
	if i < 0 {
		return nil
	}
	j := strings.IndexAny(s[i:], "]})")
	if j < 0 {
		return nil
	}
	var out []string
	for _, item := range setItems(s[i+1 : i+j]) {
		v := s[:i] + item + s[i+j+1:]
		more := expandSets(v)
		if more == nil {
			more = []string{v}
		}
		if out = append(out, more...); len(out) > maxExpand {
			return nil
		}
	}
	return out
}

func setItems(body string) []string {
	fields := strings.FieldsFunc(body, func(r rune) bool { return strings.ContainsRune(",|/; ", r) })
	var out []string
	for _, f := range fields {
		from, to, isRange := strings.Cut(f, "..")
		if !isRange {
			from, to, isRange = strings.Cut(f, "-")
		}
		if isRange {
			if r := numberRange(from, to); r != nil {
				out = append(out, r...)
				continue
			}
		}
		out = append(out, f)
	}
	return out
}

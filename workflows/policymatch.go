package workflows

import (
	"net/url"
	"path"
	"slices"
	"strings"

	"countersign/certs"
)

// Covers reports whether the policy is for this certificate, its names apart.
func Covers(p Policy, spec certs.Spec, environment string) bool {
	return some(p.Profiles, func(pattern string) bool { ok, err := path.Match(pattern, spec.Profile); return err == nil && ok }) &&
		some(p.Environments, func(e string) bool { return e == environment }) &&
		some(p.CAs, func(k certs.CAKind) bool { return k == spec.CA })
}

// means reports whether a pattern of a policy means a name of a certificate. A wildcard
// name is meant by whatever it would be valid for: *.example.com by vpn.example.com, and
// by vpn.* and *bank* as well, since it may be used for hosts of theirs.
func means(pattern, name string) bool {
	plain := strings.NewReplacer("/", "\x00") // of URIs; to path.Match it would end what * stands for
	pattern, name = plain.Replace(strings.ToLower(pattern)), plain.Replace(strings.ToLower(name))
	if ok, err := path.Match(pattern, name); err == nil && ok {
		return true
	}
	return strings.HasPrefix(name, "*.") && meet(patternRunes(pattern), []rune(name))
}

// anyRune stands for ? and for a class of characters, of which a policy is held to mean
// all: that can only make it stricter.
const anyRune = -1

// patternRunes are the parts of a pattern of path.Match.
func patternRunes(pattern string) []rune {
	var out []rune
	class, escaped := false, false
	for _, r := range pattern {
		switch {
		case class:
			class = r != ']' || escaped
			escaped = r == '\\' && !escaped
		case escaped:
			out, escaped = append(out, r), false
		case r == '\\':
			escaped = true
		case r == '[':
			out, class = append(out, anyRune), true
		case r == '?':
			out = append(out, anyRune)
		default:
			out = append(out, r)
		}
	}
	return out
}

// meet reports whether some host name is of pattern, whose * stands for anything, and of
// name, whose * stands for one label (RFC 6125, 6.4.3).
func meet(pattern, name []rune) bool {
	// ok[j]: pattern[i:] and name[j:] have a name in common, for the i of the round.
	ok := make([]bool, len(name)+1)
	for i := len(pattern); i >= 0; i-- {
		next := slices.Clone(ok)
		for j := len(name); j >= 0; j-- {
			switch {
			case i == len(pattern):
				ok[j] = j == len(name) || name[j] == '*' && ok[j+1]
			case pattern[i] == '*':
				ok[j] = next[j] || j < len(name) && ok[j+1]
			case j == len(name):
				ok[j] = false
			case name[j] == '*':
				ok[j] = ok[j+1] || pattern[i] != '.' && next[j]
			default:
				ok[j] = (pattern[i] == anyRune || pattern[i] == name[j]) && next[j+1]
			}
		}
	}
	return ok[0]
}

// namesOf are all names that a certificate of spec would speak for, the hosts within them,
// and the nodes that carry it.
func namesOf(spec certs.Spec) []string {
	all := append([]string{spec.CommonName}, spec.For...)
	for _, n := range spec.Names {
		all = append(all, n.Value)
		switch n.Type {
		case certs.URI:
			if u, err := url.Parse(n.Value); err == nil {
				all = append(all, u.Hostname())
			}
			_, host, _ := strings.Cut(n.Value, "@") // sip:user@host is opaque to URLs
			all = append(all, host)
		case certs.Email:
			_, host, _ := strings.Cut(n.Value, "@")
			all = append(all, host)
		case certs.SRV:
			_, host, _ := strings.Cut(n.Value, ".") // _service.name, RFC 4985
			all = append(all, host)
		case certs.DNS, certs.IP:
		}
	}
	return slices.DeleteFunc(all, func(n string) bool { return n == "" })
}

func some[T any](list []T, ok func(T) bool) bool {
	return len(list) == 0 || slices.ContainsFunc(list, ok)
}

// PolicyFor gives the policy that a certificate would be requested under: each of its
// names has the first policy that covers it, and of those the one that stands first holds.
// So one strict name makes the whole request strict, whatever else is asked for beside it.
// false: some name has none.
func (s *Kernel) PolicyFor(spec certs.Spec, environment string) (Policy, bool) {
	first := len(s.Policies)
	for _, name := range namesOf(spec) {
		i := slices.IndexFunc(s.Policies, func(p Policy) bool {
			return some(p.Names, func(pattern string) bool { return means(pattern, name) }) && Covers(p, spec, environment)
		})
		if i < 0 {
			return Policy{}, false
		}
		first = min(first, i)
	}
	if first == len(s.Policies) {
		return Policy{}, false
	}
	return s.Policies[first], true
}

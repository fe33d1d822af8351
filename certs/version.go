package certs

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// version is a software version in comparable form: major, minor, and then the
// service update (CUCM family) or the patch (Expressway, CMS).
type version [3]int

func (v version) before(o version) bool {
	return slices.Compare(v[:], o[:]) < 0
}

var (
	// 12.5(1)SU3, 14SU2, 15 SU5
	serviceUpdate = regexp.MustCompile(`(?i)^\s*(\d{1,3})(?:\.(\d{1,3}))?(?:\(\d+\))?\s*SU\s*(\d{1,3})`)
	// 14.0.1.12900-161: the build's thousands say the service update
	build = regexp.MustCompile(`^\s*(\d{1,3})\.(\d{1,3})\.\d{1,3}\.(\d{2})\d{3}(?:-\d+)?`)
	plain = regexp.MustCompile(`^\D{0,20}(\d{1,3})(?:\.(\d{1,3}))?(?:\.(\d{1,3}))?`)
)

// parseVersion reads a version as the products print it: X15.5, 14SU2,
// 12.5(1)SU3, 14.0.1.12900-161, 3.9. What it cannot read is version zero, before
// all others; readableVersion tells.
func parseVersion(s string) version {
	if m := build.FindStringSubmatch(s); m != nil {
		v := numbers(m)
		v[2] = max(0, v[2]-10)
		return v
	}
	if m := serviceUpdate.FindStringSubmatch(s); m != nil {
		return numbers(m)
	}
	if m := plain.FindStringSubmatch(s); m != nil {
		return numbers(m)
	}
	return version{}
}

func numbers(m []string) version {
	var v version
	for i := range v {
		v[i], _ = strconv.Atoi(m[i+1]) // at most three digits, or absent and then zero
	}
	return v
}

func readableVersion(s string) bool {
	return len(s) <= 40 && plain.MatchString(strings.TrimSpace(s))
}

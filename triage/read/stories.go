package read

import (
	"slices"
	"strings"
)

// stories divides a text: at a command of openssl or a new connection, and at stack
// traces. Within one, nest counts how many causes were opened before a place.
type stories struct {
	starts []int // of each story
	opened []int // places where a nested cause begins, any story
	sealed []int // the other way round: "Wrapped by:" follows its cause
}

// storiesOf reads the marks of nesting: Java's "Caused by:" and Spring's root-first
// "Wrapped by:", .NET's "--->". Python prints the first cause first, so place is enough.
func storiesOf(text string) stories {
	s := stories{starts: []int{0}}
	inStack, blank := false, false
	nested := strings.Contains(text, "---> ")
	s.starts = append(s.starts, boundaries(text)...)
	for _, l := range split(text) {
		t := strings.TrimLeft(l.text, " \t")
		switch {
		case t == "":
			blank = true
			continue
		case strings.HasPrefix(t, "Caused by:"):
			s.opened = append(s.opened, l.start)
			inStack = true
		case strings.HasPrefix(t, "Wrapped by:"):
			s.sealed = append(s.sealed, l.start)
			inStack = true
		case stackFrame(t):
			inStack = true
		case inStack && (blank || datedEnd(l.text) > 0):
			s.starts = append(s.starts, l.start)
			inStack = false
		}
		blank = false
		for at, n := 0, 0; nested && n < 16; n++ {
			i := strings.Index(l.front()[at:], "---> ")
			if i < 0 {
				break
			}
			at += i + len("---> ")
			s.opened = append(s.opened, l.start+at)
		}
	}
	slices.Sort(s.starts)
	return s
}

// at says in which story a place is, and how deep among the causes of that story.
func (s stories) at(place int) (story, nest int) {
	story, found := slices.BinarySearch(s.starts, place)
	if !found {
		story--
	}
	count := func(marks []int) int {
		from, _ := slices.BinarySearch(marks, s.starts[story])
		to, _ := slices.BinarySearch(marks, place+1)
		return to - from
	}
	return story, count(s.opened) - count(s.sealed)
}

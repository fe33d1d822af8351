package language

import (
	"regexp"
	"sync"
)

// expression is a regular expression that is compiled when it is first used: the
// program starts sooner, and most commands need none of them. Safe for concurrent use.
type expression struct {
	text string
	once sync.Once
	re   *regexp.Regexp
}

func lazy(text string) *expression { return &expression{text: text} }

// get panics on a text that is no expression; a test compiles them all.
func (e *expression) get() *regexp.Regexp {
	e.once.Do(func() { e.re = regexp.MustCompile(e.text) })
	return e.re
}

func (e *expression) Match(b []byte) bool                  { return e.get().Match(b) }
func (e *expression) MatchString(s string) bool            { return e.get().MatchString(s) }
func (e *expression) FindIndex(b []byte) []int             { return e.get().FindIndex(b) }
func (e *expression) FindSubmatch(b []byte) [][]byte       { return e.get().FindSubmatch(b) }
func (e *expression) FindSubmatchIndex(b []byte) []int     { return e.get().FindSubmatchIndex(b) }
func (e *expression) FindStringSubmatch(s string) []string { return e.get().FindStringSubmatch(s) }
func (e *expression) FindAllStringSubmatch(s string, n int) [][]string {
	return e.get().FindAllStringSubmatch(s, n)
}

func (e *expression) FindAllSubmatchIndex(b []byte, n int) [][]int {
	return e.get().FindAllSubmatchIndex(b, n)
}

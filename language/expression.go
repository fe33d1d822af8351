package language

import (
	"regexp"
	"sync"
)

// expression is a regular expression that is compiled when it is first used: the
// program starts sooner, and most commands need none of them. Safe for concurrent use.
type expression func() *regexp.Regexp

// lazy panics, when it is used, on a text that is no expression; a test compiles them all.
func lazy(text string) expression {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}

func (e expression) Match(b []byte) bool                  { return e().Match(b) }
func (e expression) MatchString(s string) bool            { return e().MatchString(s) }
func (e expression) FindIndex(b []byte) []int             { return e().FindIndex(b) }
func (e expression) FindSubmatch(b []byte) [][]byte       { return e().FindSubmatch(b) }
func (e expression) FindSubmatchIndex(b []byte) []int     { return e().FindSubmatchIndex(b) }
func (e expression) FindStringSubmatch(s string) []string { return e().FindStringSubmatch(s) }
func (e expression) FindAllStringSubmatch(s string, n int) [][]string {
	return e().FindAllStringSubmatch(s, n)
}

func (e expression) FindAllSubmatchIndex(b []byte, n int) [][]int {
	return e().FindAllSubmatchIndex(b, n)
}

package main

import "fmt"

// problems collects what is wrong with a configuration, so that it is said at once.
type problems []error

func (p *problems) need(ok bool, format string, args ...any) {
	if !ok {
		*p = append(*p, fmt.Errorf("configuration: "+format, args...))
	}
}

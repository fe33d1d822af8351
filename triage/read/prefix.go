package read

import "strings"

// times are the shapes that log lines begin with. A date in a sentence stays, for it may
// be the date that matters.
var times = []string{
	"9999-99-99T99:99:99", "9999-99-99 99:99:99", "9999/99/99 99:99:99", "99/AAA/9999:99:99:99", "99-AAA-9999 99:99:99",
	"AAA 99 9999 99:99:99", "AAA 99 99:99:99", "AAA  9 99:99:99", "AAA  9 9999 99:99:99", "AAA 9 99:99:99", "AAA AAA 99 99:99:99", "AAA AAA  9 99:99:99",
	"99/99/9999 99:99:99", "99.99.9999 99:99:99", "A9999 99:99:99", "99:99:99.999", "99:99:99,999", "99:99:99",
	"99999999T99:99:99", "9999999999.999",
}

// levels may follow the time of a log line, in brackets or without. syslog's alert is not
// here: in a line about TLS it is what the line says.
var levels = map[string]bool{
	"trace": true, "debug": true, "info": true, "notice": true, "warn": true, "warning": true, "error": true, "err": true,
	"crit": true, "critical": true, "emerg": true, "fatal": true, "severe": true, "fine": true, "finest": true,
	"verbose": true, "log": true, "hint": true, "note": true,
}

// datedEnd gives where the time that a line begins with ends, 0 if it begins with none.
func datedEnd(s string) int {
	i := 0
	for i < len(s) && (s[i] == ' ' || s[i] == '[' || s[i] == '\t' || s[i] == '(' || s[i] == '*' || s[i] == '.') {
		i++
	}
	if i < len(s) && s[i] == '<' { // the priority of syslog
		if n, length := number(s[i+1:]); length > 0 && n < 200 && i+1+length < len(s) && s[i+1+length] == '>' {
			i += length + 2
		}
	}
	if _, n := number(s[min(i, len(s)):]); n > 0 && strings.HasPrefix(s[i+n:], ": ") { // the sequence number of Cisco's syslog
		i += n + 2
		if i < len(s) && (s[i] == '*' || s[i] == '.') { // the clock was not set, or was set lately
			i++
		}
	}
	for _, shape := range times {
		if i >= len(s) || !shaped(s[i:], shape) {
			continue
		}
		i += len(shape)
		for i < len(s) && (isDigit(s[i]) || strings.IndexByte(".,:+-Z", s[i]) >= 0) {
			i++
		}
		for _, zone := range []string{" UTC", " GMT", " +0000", " AM", " PM"} {
			if strings.HasPrefix(s[i:], zone) {
				i += len(zone)
			}
		}
		for i < len(s) && (s[i] == ']' || s[i] == ')') {
			i++
		}
		return i
	}
	return 0
}

// prefix cuts what a log line begins with: time, level, process and thread. The name of
// the program stays, it may tell who speaks.
func prefix(spans []Span, l line) []Span {
	s := l.text
	i := datedEnd(s)
	dated := i > 0
	levelled := false
	for range 6 {
		n, level := prefixPart(s[i:], dated)
		if n == 0 || level && levelled {
			break
		}
		i += n
		levelled = levelled || level
	}
	if end := strings.Index(s[i:min(len(s), i+80)], "] "); end > 0 && shaped(s, "A9999 ") && strings.Contains(s[i:i+end], ".go:") {
		i += end + 1 // klog: the file and the line that speak
	}
	if i > 0 {
		spans = append(spans, Span{l.start, l.start + i})
	}
	// sshd[123]: and nginx's 1234#0: *56
	for k := i; k < len(s) && k < i+80; k++ {
		if s[k] == '[' {
			if _, n := number(s[k+1:]); n > 0 && k+1+n < len(s) && s[k+1+n] == ']' {
				spans = append(spans, Span{l.start + k, l.start + k + n + 2})
			}
		}
	}
	return spans
}

// prefixPart gives the length of the next part of a prefix: a level, a number of a process
// or thread. Without a time before it, only a bracketed level is one.
func prefixPart(s string, dated bool) (i int, level bool) {
	for i < len(s) && (s[i] == ' ' || s[i] == '\t' || dated && (s[i] == '-' || s[i] == '|')) {
		i++
	}
	start := i
	open := i < len(s) && s[i] == '['
	if open {
		i++
	}
	word := i
	for i < len(s) && i < word+40 && (isWord(s[i]) || dated && (s[i] == '#' || s[i] == '*' || open && s[i] != ']' && s[i] != ' ')) {
		i++
	}
	name := s[word:i]
	closed := !open || i < len(s) && s[i] == ']'
	if open && closed {
		i++
	}
	if i < len(s) && s[i] == ':' {
		i++
	}
	switch {
	case name == "" || !closed || start == i || i < len(s) && s[i] != ' ' && s[i] != '\t':
		return 0, false
	case levels[strings.ToLower(name)] && (open || dated):
		return i, true
	case dated && open && !strings.Contains(name, "_"): // a thread; [CERTIFICATE_VERIFY_FAILED] is none
		return i, false
	case dated && strings.ContainsAny(name, "#*0123456789") && !isLetters(name):
		return i, false
	}
	return 0, false
}

// isLetters tells whether a name has a letter, so that it may be a host or a program.
func isLetters(s string) bool {
	for i := range len(s) {
		if c := s[i] | 0x20; 'a' <= c && c <= 'z' || s[i] >= 0x80 {
			return true
		}
	}
	return false
}

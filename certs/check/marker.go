package check

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"
)

// marker is a BEGIN or END line of RFC 7468, or what became of it on its way.
type marker struct {
	start, end int // in the line
	begin      bool
	label      string
	odd        bool // not five hyphens on each side, or not capitals
}

// findMarker finds the first marker in a line. It accepts what editors, mailers and
// chats make of five hyphens: dashes of every width, fewer or more of them, spaces
// between them, small letters.
func findMarker(line []byte) (marker, bool) {
	for from := 0; ; {
		i, begin := nextWord(line[from:])
		if i < 0 {
			return marker{}, false
		}
		if m, ok := markerAt(line, from+i, begin); ok {
			return m, true
		}
		from += i + 1
	}
}

// nextWord finds BEGIN or END in capitals, or Begin/begin/End/end before a space.
func nextWord(b []byte) (int, bool) {
	best, begin := -1, false
	for _, w := range []struct {
		word  string
		begin bool
	}{{"BEGIN", true}, {"END", false}, {"egin ", true}, {"nd ", false}} {
		i := bytes.Index(b, []byte(w.word))
		if i < 0 {
			continue
		}
		if w.word[0] >= 'a' { // step back to the first letter
			if i == 0 || !strings.ContainsRune("BbEe", rune(b[i-1])) {
				continue
			}
			i--
		}
		if best < 0 || i < best {
			best, begin = i, w.begin
		}
	}
	return best, begin
}

func markerAt(line []byte, at int, begin bool) (marker, bool) {
	word := 3
	if begin {
		word = 5
	}
	m := marker{begin: begin}
	left, n, odd := dashesBefore(line, at)
	if n == 0 {
		return m, false
	}
	m.start, m.odd = left, odd || n != 5 || string(line[at:at+word]) != strings.ToUpper(string(line[at:at+word]))
	i := at + word
	for i < len(line) && (line[i] == ' ' || line[i] == '\t') {
		i++
	}
	start := i
	for i < len(line) && (isLabelByte(line[i])) {
		i++
	}
	label := strings.TrimSpace(string(line[start:i]))
	if label == "" || len(label) > 40 {
		return m, false
	}
	m.label = strings.ToUpper(label)
	m.odd = m.odd || m.label != label
	right, n, odd := dashesAfter(line, i)
	if n == 0 && !knownLabel(m.label) {
		return m, false
	}
	m.end, m.odd = right, m.odd || odd || n != 5
	return m, true
}

func isLabelByte(b byte) bool {
	return b == ' ' || b == '#' || b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z'
}

func knownLabel(l string) bool {
	return slices.Contains([]string{"CERTIFICATE", "TRUSTED CERTIFICATE", "X509 CERTIFICATE", "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST",
		"PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "PUBLIC KEY", "PKCS7", "CMS", "X509 CRL"}, l)
}

// isDash: the hyphens and dashes that a hyphen-minus is turned into.
func isDash(r rune) bool {
	return strings.ContainsRune("-‐‑‒–—―−－﹣⸺⸻─━\u00ad", r)
}

func dashesBefore(line []byte, at int) (start, n int, odd bool) {
	i := at
	for i > 0 {
		r, size := utf8.DecodeLastRune(line[:i])
		if isDash(r) {
			n++
			odd = odd || r != '-'
			start = i - size
		} else if r == ' ' || r == '\u00a0' || r == '\\' {
			if n == 0 || i-size == 0 { // "----- BEGIN" is odd, " -----BEGIN" is not
				odd = odd || n == 0
			}
			if n > 0 {
				return start, n, odd
			}
		} else {
			return start, n, odd
		}
		i -= size
	}
	return start, n, odd
}

func dashesAfter(line []byte, at int) (end, n int, odd bool) {
	end = at
	i := at
	odd = at > 0 && line[at-1] == ' '
	for i < len(line) {
		r, size := utf8.DecodeRune(line[i:])
		if !isDash(r) {
			break
		}
		n++
		odd = odd || r != '-'
		i += size
		end = i
	}
	return end, n, odd
}

package language

import (
	"bytes"
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// nameScan looks for names in a text; what it has found so far bounds what it looks for.
type nameScan struct {
	low, text []byte
	names     []name
	shorts    []short
}

// scanNames finds the names of a text, in full and short, each in order.
func scanNames(low, text []byte) ([]name, []short) {
	sc := &nameScan{low: low, text: text}
	sc.scanDotted()
	sc.scanAliases()
	return sc.names, sc.shorts
}

func (sc *nameScan) scanDotted() {
	b := sc.low
	for p := 0; p < len(b) && len(sc.names) < maxNames; {
		c := b[p]
		if c == '/' && (p == 0 || strings.IndexByte(" \t\n'\"(=~", b[p-1]) >= 0) {
			if q := pathEnd(b, p); q > p {
				p = q
				continue
			}
		}
		if end, ok := sc.ideographic(p); ok {
			p = end
			continue
		}
		if !wordByte(c) && c != '_' && hostRune(b, p) == 0 && !(c == '*' && p+1 < len(b) && b[p+1] == '.') && !(c == '.' && sc.suffixAt(p)) {
			p++
			continue
		}
		if end, ok := sc.ipv6(p); ok {
			p = end
			continue
		}
		p = max(sc.scanOne(p), p+1)
	}
}

// scanAliases files ordinary words that stand for a name of the text: "exc the
// cluster" beside exc.example.com.
func (sc *nameScan) scanAliases() {
	heads := map[string]bool{}
	for _, n := range sc.names {
		if n.kind == kindHost {
			for _, v := range n.values {
				if first, _, ok := strings.Cut(v, "."); ok && len(first) >= 3 && !shortShape(first) {
					heads[first] = true
				}
			}
		}
	}
	if len(heads) == 0 {
		return
	}
	for p := 0; p < len(sc.low) && len(sc.shorts) < maxNames; {
		if !wordByte(sc.low[p]) {
			p++
			continue
		}
		q := p
		for q < len(sc.low) && hostByte(sc.low[q]) {
			q++
		}
		if w := string(sc.low[p:trimRun(sc.low, p, q)]); heads[w] && !inNames(sc.names, p) {
			sc.shorts = append(sc.shorts, short{span: span{p, p + len(w)}, values: []string{w}, plain: true})
		}
		p = q
	}
}

func (sc *nameScan) suffixAt(p int) bool {
	return p+1 < len(sc.low) && wordByte(sc.low[p+1]) && (p == 0 || strings.IndexByte(" \t\n(\"'*", sc.low[p-1]) >= 0)
}

// pathEnd is the end of a file path at p, or p if it is none; "/C=DE/O=x" is a DN.
func pathEnd(b []byte, p int) int {
	q := p
	for q < len(b) && (hostByte(b[q]) || b[q] == '/') {
		q++
	}
	if q < len(b) && b[q] == '=' || q == p+1 || bytes.Count(b[p:q], []byte("/")) < 2 {
		return p
	}
	return q
}

// runEnd is the end of the host-like run at p, brackets and slashes included.
func runEnd(b []byte, p int) int {
	q := p
	if b[q] == '*' {
		q++
	}
	for q < len(b) {
		if hostByte(b[q]) {
			q++
			continue
		}
		if n := hostRune(b, q); n > 0 {
			q += n
			continue
		}
		prev := q > p && wordByte(b[q-1])
		if n := bracketEnd(b, q); n > 0 && (prev || q > p && b[q-1] == '-') {
			q = n
			continue
		}
		if q+1 < len(b) && wordByte(b[q+1]) && q > p && wordByte(b[q-1]) {
			if b[q] == '/' || b[q] == '~' && digit(b[q-1]) {
				q++
				continue
			}
		}
		break
	}
	return q
}

// bracketEnd is the end of a set such as [1-3], {a,b}, (1|2) at q that goes on as a
// name, or 0.
func bracketEnd(b []byte, q int) int {
	set := strings.IndexByte("[{(", b[q])
	if set < 0 {
		return 0
	}
	closing, several := "]})"[set], false
	for e := q + 1; e < len(b) && e < q+48; e++ {
		c := b[e]
		if c == closing {
			goesOn := e+1 < len(b) && (b[e+1] == '.' || b[e+1] == '-' || closing != ')' && wordByte(b[e+1]))
			if e == q+1 || !several || !goesOn && closing == ')' {
				return 0
			}
			return e + 1
		}
		switch {
		case wordByte(c), c == ' ':
		case strings.IndexByte(",-|/.;~", c) >= 0:
			several = true
		default:
			return 0
		}
	}
	return 0
}

// scanOne reads the run at p and returns where to go on.
func (sc *nameScan) scanOne(p int) int {
	b := sc.low
	end := runEnd(b, p)
	if hasAt(b, end, "://") {
		return sc.scanURL(end + 3)
	}
	q := trimRun(b, p, end)
	if q <= p {
		return end
	}
	if end < len(b) && b[end] == '@' && end+1 < len(b) && wordByte(b[end+1]) {
		host := trimRun(b, end+1, runEnd(b, end+1))
		sc.names = append(sc.names, name{span: span{p, host}, kind: kindEmail, values: []string{lower(string(sc.text[p:host]))}})
		return host
	}
	// "/CN=host/O=x": a part before '=' is the next attribute.
	if end < len(b) && b[end] == '=' {
		i := bytes.LastIndexByte(b[p:q], '/')
		if i < 0 {
			return end
		}
		q = p + i
	}
	n := name{span: span{p, q}}
	if b[p] == '.' {
		n.suffix = true
		n.start++
	}
	n.at = p > 0 && b[p-1] == '@'
	sc.classify(&n)
	return max(q, min(end, q+1))
}

func trimRun(b []byte, p, end int) int {
	for end > p && strings.IndexByte(".-_/", b[end-1]) >= 0 {
		end--
	}
	return end
}

// scanURL reads the host of a URL whose host begins at p and skips the rest.
func (sc *nameScan) scanURL(p int) int {
	b := sc.low
	end := p
	for end < len(b) && b[end] > ' ' && b[end] < utf8.RuneSelf && strings.IndexByte("<>\"'|,;()", b[end]) < 0 {
		end++
	}
	host := p
	for host < end && (hostByte(b[host]) || b[host] == '@') {
		host++
	}
	if i := bytes.LastIndexByte(b[p:host], '@'); i >= 0 {
		p += i + 1
	}
	rest := strings.TrimRight(string(b[host:end]), ".!?")
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		rest = rest[i+1:]
	} else {
		rest = ""
	}
	n := name{span: span{p, trimRun(b, p, host)}, url: true, path: len(rest) > 1}
	if n.start < n.end {
		sc.classify(&n)
	}
	return max(end, p)
}

// classify decides what n is, by its text, and files it.
func (sc *nameScan) classify(n *name) {
	run := string(sc.low[n.start:n.end])
	if values := expandSequence(run); values != nil {
		sc.classifySequence(n, values)
		return
	}
	if strings.ContainsAny(run, "[{(/~") {
		names, shorts := expandPattern(n, run)
		sc.names, sc.shorts = append(sc.names, names...), append(sc.shorts, shorts...)
		return
	}
	written := string(sc.text[n.start:n.end])
	if !strings.Contains(run, ".") {
		if shortShape(run) && len(sc.shorts) < maxNames {
			sc.shorts = append(sc.shorts, short{span: n.span, values: []string{run}})
		}
		return
	}
	kind, ext, ok := hostKind(run, written)
	if !ok {
		return
	}
	n.kind, n.ext, n.values = kind, ext, []string{lower(written)}
	sc.names = append(sc.names, *n)
}

// ipv6 files an IPv6 address at p.
func (sc *nameScan) ipv6(p int) (int, bool) {
	q, colons := p, 0
	for q < len(sc.low) && q < p+40 && (digit(sc.low[q]) || sc.low[q] >= 'a' && sc.low[q] <= 'f' || sc.low[q] == ':') {
		if sc.low[q] == ':' {
			colons++
		}
		q++
	}
	if colons < 2 || q-p < 5 {
		return 0, false
	}
	a, err := netip.ParseAddr(string(sc.low[p:q]))
	if err != nil || !a.Is6() {
		return 0, false
	}
	sc.names = append(sc.names, name{span: span{p, q}, kind: kindIP, values: []string{string(sc.low[p:q])}})
	return q, true
}

// ideographic files a name with Han labels (会议.例子.中国): only where spaces or
// ASCII punctuation delimit it, since Chinese words touch each other.
func (sc *nameScan) ideographic(p int) (int, bool) {
	r, _ := utf8.DecodeRune(sc.low[p:])
	if r < utf8.RuneSelf || !han(r) || p > 0 && strings.IndexByte(" \t\n,:;\"'(=@|", sc.low[p-1]) < 0 {
		return 0, false
	}
	q := p
	for q < len(sc.low) && q < p+200 {
		if hostByte(sc.low[q]) {
			q++
			continue
		}
		r, n := utf8.DecodeRune(sc.low[q:])
		if !unicode.IsLetter(r) {
			break
		}
		q += n
	}
	q = trimRun(sc.low, p, q)
	run := string(sc.low[p:q])
	if !strings.Contains(run, ".") {
		return 0, false
	}
	labels := strings.Split(run, ".")
	for _, l := range labels {
		if l == "" || utf8.RuneCountInString(l) > 12 {
			return 0, false
		}
		first, _ := utf8.DecodeRuneInString(l)
		for _, r := range l {
			if han(r) != han(first) {
				return 0, false
			}
		}
	}
	last := labels[len(labels)-1]
	ascii, err := idna.ToASCII(last)
	if err != nil {
		return 0, false
	}
	if _, icann := publicsuffix.PublicSuffix("a." + ascii); !icann && !privateTLDs[last] {
		return 0, false
	}
	sc.names = append(sc.names, name{span: span{p, q}, kind: kindHost, values: []string{lower(string(sc.text[p:q]))}})
	return q, true
}

// classifySequence files a run that is a range.
func (sc *nameScan) classifySequence(n *name, values []string) {
	if !strings.Contains(values[0], ".") {
		if shortShape(values[0]) && len(sc.shorts) < maxNames {
			sc.shorts = append(sc.shorts, short{span: n.span, values: values})
		}
		return
	}
	kind, ext, ok := hostKind(values[0], values[0])
	if !ok {
		return
	}
	n.kind, n.ext, n.values, n.pattern = kind, ext, values, true
	sc.names = append(sc.names, *n)
}

package triage

import "strings"

// lexicon corrects typing errors in the words of a message against the words of the
// knowledge base, so that "certifcate has expierd" is read as meant. One error (a
// letter missing, added, changed, or two swapped) is allowed in words of five to
// eight letters, two in longer ones. Words that are words themselves stay.
type lexicon struct {
	known   map[string]bool
	deletes map[string][]string // word less one letter -> words
}

// Bounds: corrections are for messages people write, not for logs.
const (
	shortestTypo = 5
	longestTypo  = 24
	maxFuzzy     = 16 << 10 // bytes of view
)

func newLexicon(literals, common []string) *lexicon {
	x := &lexicon{known: map[string]bool{}, deletes: map[string][]string{}}
	for _, w := range common {
		for _, part := range strings.Fields(fold(w)) {
			x.known[part] = true
		}
	}
	target := map[string]bool{}
	for _, lit := range literals {
		for _, w := range strings.Fields(lit) {
			if !letters(w) || target[w] {
				continue
			}
			x.known[w], target[w] = true, true
			if len(w) < shortestTypo || len(w) > longestTypo {
				continue
			}
			for i := range len(w) {
				d := w[:i] + w[i+1:]
				x.deletes[d] = append(x.deletes[d], w)
			}
			x.deletes[w] = append(x.deletes[w], w)
		}
	}
	return x
}

func letters(w string) bool {
	return w != "" && !strings.ContainsFunc(w, func(r rune) bool { return r < 'a' || r > 'z' })
}

// correct gives a view with the typing errors of v put right and the names of
// programs taken apart, or nil when there is nothing to do. Offsets still lead to
// source, of which v is the view.
func (x *lexicon) correct(source string, v *view) *view {
	if len(v.text) > maxFuzzy {
		return nil
	}
	var out *view
	copied := 0
	text := v.text
	for i := 0; i < len(text); {
		if text[i] < 'a' || text[i] > 'z' {
			i++
			continue
		}
		j := i
		for j < len(text) && text[j] >= 'a' && text[j] <= 'z' {
			j++
		}
		ends := j == len(text) || !alnum(text[j]) && text[j] != '.' && text[j] != '/'
		if ends && (i == 0 || !alnum(text[i-1])) {
			fixed, end := x.apart(source, v, i, j), j
			if fixed == "" && (i == 0 || text[i-1] != '.' && text[i-1] != '/') {
				if fixed, end = x.join(text, i, j); fixed == "" {
					fixed, end = x.fix(string(text[i:j])), j
				}
			}
			if fixed != "" {
				if out == nil {
					out = newView(len(v.text))
				}
				out.copy(v, copied, i)
				from, to := v.span(i, end)
				out.put(fixed, from, to)
				copied, j = end, end
			}
		}
		i = j
	}
	if out == nil {
		return nil
	}
	out.copy(v, copied, len(text))
	return out
}

func (v *view) copy(from *view, start, end int) {
	v.text = append(v.text, from.text[start:end]...)
	v.from = append(v.from, from.from[start:end]...)
	v.to = append(v.to, from.to[start:end]...)
}

// apart reads a name of a program as the words that it is made of, when all of them
// are known and it is not: "CertificateExpired", "AlertReceived".
func (x *lexicon) apart(source string, v *view, i, j int) string {
	from, to := v.span(i, j)
	if to-from != j-i || to-from > longestName || x.known[string(v.text[i:j])] {
		return ""
	}
	name := source[from:to]
	var b strings.Builder
	start := 0
	for k := 1; k <= len(name); k++ {
		if k < len(name) && !(isUpper(name[k]) && (isLower(name[k-1]) || k+1 < len(name) && isLower(name[k+1]))) {
			continue
		}
		word := string(v.text[i+start : i+k])
		if !x.known[word] || k == len(name) && start == 0 {
			return ""
		}
		if start > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(word)
		start = k
	}
	return b.String()
}

// longestName bounds the names that are taken apart, in bytes.
const longestName = 64

func isUpper(c byte) bool { return c >= 'A' && c <= 'Z' }

// join mends a word that a terminal broke across lines: "ex pired".
func (x *lexicon) join(text []byte, i, j int) (string, int) {
	word := string(text[i:j])
	if j >= len(text) || text[j] != ' ' {
		return "", 0
	}
	k := j + 1
	for k < len(text) && text[k] >= 'a' && text[k] <= 'z' {
		k++
	}
	if k == j+1 || k < len(text) && alnum(text[k]) {
		return "", 0
	}
	next := string(text[j+1 : k])
	joined := word + next
	if len(joined) < 6 || !x.known[joined] || x.known[word] && x.known[next] {
		return "", 0
	}
	return joined, k
}

// fix gives the known word that w was meant to be, or "".
func (x *lexicon) fix(w string) string {
	if len(w) < shortestTypo || len(w) > longestTypo || x.known[w] {
		return ""
	}
	if n := len(w); w[n-1] == 's' && x.known[w[:n-1]] {
		return ""
	}
	best, cost := "", 3
	try := func(key string) {
		for _, cand := range x.deletes[key] {
			if d := distance(w, cand, 2); d < cost && d <= allowed(len(cand)) && w[0] == cand[0] ||
				d == 1 && cost > 1 && d <= allowed(len(cand)) {
				best, cost = cand, d
			}
		}
	}
	try(w)
	for i := range len(w) {
		try(w[:i] + w[i+1:])
	}
	return best
}

func allowed(n int) int {
	if n >= 9 {
		return 2
	}
	return 1
}

// distance is the optimal string alignment distance of a and b, or limit+1 when it
// is more than limit.
func distance(a, b string, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	var rows [3][longestTypo + 3]int
	prev2, prev, cur := &rows[0], &rows[1], &rows[2]
	for j := 0; j <= len(b); j++ {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		low := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, prev2[j-2]+1)
			}
			cur[j] = d
			low = min(low, d)
		}
		if low > limit {
			return limit + 1
		}
		prev2, prev, cur = prev, cur, prev2
	}
	return prev[len(b)]
}

package eval

import (
	"cmp"
	"compress/gzip"
	"hash/fnv"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Sides of the background: what is learned is not what is tested.
const (
	Learned = 0
	Tested  = 1
)

// LearnedExcerpts is how many excerpts are learned from.
const LearnedExcerpts = 2000

// Background gives up to n excerpts of the documentation on this machine, half of them of
// the trade, always the same ones of the same files. No directory gives excerpts to both sides.
func Background(side, n int) []string {
	groups := map[string][]string{}
	for _, root := range []string{filepath.Join(goroot(), "doc"), filepath.Join(goroot(), "src"), "/usr/share/doc", "/usr/share/man", "/usr/share/perl"} {
		_ = filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error { // what cannot be read is left out
			if g := group(name); err == nil && d.Type().IsRegular() && readable(name) && int(sum(g)%2) == side {
				groups[g] = append(groups[g], name)
			}
			return nil
		})
	}
	byHash := func(a, b string) int { return cmp.Compare(sum(a), sum(b)) }
	order := slices.SortedFunc(maps.Keys(groups), byHash)
	seen := map[string]bool{}
	var trade, other []string
	for round, found := 0, true; found && (len(trade) < n/2 || len(other) < n/2); round++ { // one of each group in turn: of many pages of one program few are taken
		found = false
		for _, g := range order {
			files := groups[g]
			if round == 0 {
				slices.SortFunc(files, byHash)
			}
			if round >= len(files) {
				continue
			}
			found = true
			near, far := excerpts(files[round], len(other) < n)
			for _, text := range near {
				if !seen[text] {
					seen[text] = true
					trade = append(trade, text)
				}
			}
			if far != "" && !seen[far] {
				seen[far] = true
				other = append(other, far)
			}
		}
	}
	trade = trade[:min(len(trade), n/2)]
	return append(trade, other[:min(len(other), n-len(trade))]...)
}

// group is what is learned or tested together: a directory, or a program's manual.
func group(name string) string {
	if strings.Contains(name, "/man/") {
		program, _, _ := strings.Cut(filepath.Base(name), ".")
		program, _, _ = strings.Cut(program, "-")
		return strings.SplitN(program, "_", 2)[0]
	}
	return filepath.Dir(name)
}

func sum(s string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(s)) // never fails
	return h.Sum64()
}

// readable reports whether a file has prose: licences are left out, they are one text.
func readable(name string) bool {
	base := strings.TrimSuffix(filepath.Base(name), ".gz")
	switch filepath.Ext(base) {
	case ".go":
		return !strings.HasSuffix(base, "_test.go") && !strings.HasPrefix(base, "z")
	case ".txt", ".html", ".md", ".pod", ".1", ".5", ".8", ".3", ".1ssl", ".5ssl", ".Debian":
		return !strings.HasPrefix(base, "LICEN")
	case "":
		return base != "copyright" && base != "LICENSE"
	}
	return false
}

const (
	leastExcerpt = 60
	mostExcerpt  = 900
	mostRead     = 1 << 20
)

// excerpts gives some paragraphs of a file that speak of the trade, and one that does not
// if it is wanted, chosen by the name of the file.
func excerpts(name string, wanted bool) (near []string, far string) {
	raw := contents(name)
	if !wanted && !mayMention(raw) {
		return nil, ""
	}
	for at, part := range paragraphs(name, raw) {
		switch {
		case mayMention(part) && trade.MatchString(part):
			near = append(near, part)
		case wanted && (far == "" || (sum(name)>>8)%uint64(at+1) == 0):
			far = part
		}
	}
	return near[:min(len(near), mostOfOne)], far
}

// mostOfOne is how many paragraphs of one file are taken.
const mostOfOne = 3

var trade = regexp.MustCompile(`(?i)\b(?:certificates?|tls|ssl|x\.?509|private key|keystore|pki|handshake|CA bundle|trusted?)\b`)

// stems are what every word of trade has: to look for them is a tenth of the time.
var stems = []string{"certificate", "tls", "ssl", "509", "private", "keystore", "pki", "handshake", "bundle", "trust"}

func mayMention(text string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc(stems, func(stem string) bool { return strings.Contains(text, stem) })
}

// contents gives the text of a file, "" of one that cannot be read.
func contents(name string) string {
	f, err := os.Open(name)
	if err != nil {
		return ""
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			return ""
		}
	}
	var b strings.Builder
	if _, err := io.Copy(&b, io.LimitReader(r, mostRead)); err != nil || !utf8.ValidString(b.String()) {
		return ""
	}
	return b.String()
}

func paragraphs(name, raw string) []string {
	var b strings.Builder
	for line := range strings.Lines(raw) {
		switch comment := strings.TrimLeft(line, "\t "); {
		case strings.Contains(filepath.Base(name), ".go"):
			if comment, ok := strings.CutPrefix(comment, "//"); ok {
				b.WriteString(strings.TrimPrefix(comment, " "))
			} else if !strings.HasSuffix(b.String(), "\n\n") {
				b.WriteString("\n")
			}
		case strings.Contains(name, "/man/"):
			if !strings.HasPrefix(line, ".\\\"") {
				b.WriteString(without(troff, line, ".'\\"))
			}
		default:
			b.WriteString(without(markup, line, "<"))
		}
	}
	var parts []string
	for part := range strings.SplitSeq(b.String(), "\n\n") {
		if part = strings.TrimSpace(part); len(part) >= leastExcerpt && !strings.Contains(part, "Copyright") {
			parts = append(parts, strings.ToValidUTF8(part[:min(len(part), mostExcerpt)], ""))
		}
	}
	return parts
}

// without is a line less what re finds, which begins with one of first.
func without(re *regexp.Regexp, line, first string) string {
	if !strings.ContainsAny(line, first) {
		return line
	}
	return re.ReplaceAllString(line, "")
}

var (
	troff  = regexp.MustCompile(`(?m)^[.'][A-Za-z]{1,3} ?|\\f[A-Z(]|\\[&-]|\\s-?[0-9]`)
	markup = regexp.MustCompile(`<[^<>]{1,200}>`)
)

// goroot is where the sources of Go are, as its own command says.
func goroot() string {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return "" // its documentation is left out
	}
	return strings.TrimSpace(string(out))
}

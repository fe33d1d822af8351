package language

import (
	"embed"
	"fmt"
	"io/fs"
	"iter"
	"slices"
	"strings"
	"sync"
)

// The words themselves, by language. One tag a line:
//
//	tag: phrase | phrase | ...
//
// A phrase is matched on folded text (lower case, Simplified). A space in it stands
// for any run of spaces, hyphens and marks of bold and italic, none included: "multi server" finds
// multi-server and multiserver. A star at either end lets the word go on there.
// "=Word" wants exactly these capitals. Phrases begin and end at word borders;
// Chinese has none. Among phrases of one group (the tag up to its dot) that overlap,
// the first wins, and the longest of those that start together; a "mute" phrase hides everything inside it. A star inside stands for one
// word or the rest of one.
//
//go:embed lexicon/*.lex lexicon/whole/*.lex
var lexiconFiles embed.FS

type cue struct {
	span
	tag   int
	group int
}

type phrase struct {
	key                 string // folded; a blank is a gap, a star the rest of a word
	tag                 int
	openLeft, openRight bool
	exact               string // capitals wanted, or empty
}

// lexicon holds the phrases in the order of their keys, and a tree over them: a node
// is what some keys begin with, its leaves are the phrases that end there, its edges
// lead on by one byte. Nodes and edges are two flat lists, breadth first, since maps
// would take ten times as much.
type lexicon struct {
	phrases []phrase
	nodes   []trieNode
	edges   []trieEdge  // of one node side by side, by byte
	first   [256]uint32 // the node after one byte; 0: none
	tags    map[string]int
	names   []string
	groups  []int
	mute    int
}

type trieNode struct {
	edges, edgesEnd   uint32
	leaves, leavesEnd uint32
}

type trieEdge struct {
	by byte
	to uint32
}

var lexiconOnce = sync.OnceValue(func() *lexicon {
	l := &lexicon{tags: map[string]int{}}
	groups := map[string]int{}
	for tag, phrases := range lexiconLines("lexicon") {
		group, _, _ := strings.Cut(tag, ".")
		if _, ok := groups[group]; !ok {
			groups[group] = len(groups)
		}
		if _, ok := l.tags[tag]; !ok {
			l.tags[tag] = len(l.names)
			l.names = append(l.names, tag)
			l.groups = append(l.groups, groups[group])
		}
		for _, p := range phrases {
			l.add(l.tags[tag], p)
		}
	}
	l.mute = groups["mute"]
	l.build()
	return l
})

// lexiconLines gives each line of the files of a folder: its tag and phrases. A tag may
// stand in several lines and files, such as one for each language.
func lexiconLines(folder string) iter.Seq2[string, []string] {
	return func(yield func(string, []string) bool) {
		files, err := fs.Glob(lexiconFiles, folder+"/*.lex")
		if err != nil {
			panic(fmt.Sprintf("embedded lexicon: %v", err))
		}
		for _, file := range files {
			data, err := lexiconFiles.ReadFile(file)
			if err != nil {
				panic(fmt.Sprintf("embedded lexicon: %v", err))
			}
			for n, line := range strings.Split(string(data), "\n") {
				line = strings.TrimSpace(line)
				if line == "" || line[0] == '#' {
					continue
				}
				tag, rest, ok := strings.Cut(line, ":")
				if !ok {
					panic(fmt.Sprintf("%s:%d: no tag", file, n+1))
				}
				phrases := strings.Split(rest, "|")
				for i, p := range phrases {
					phrases[i] = strings.TrimSpace(p)
				}
				if !yield(tag, phrases) {
					return
				}
			}
		}
	}
}

func (l *lexicon) add(tag int, text string) {
	if text == "" {
		return
	}
	p := phrase{tag: tag}
	if rest, ok := strings.CutPrefix(text, "="); ok && rest != "" {
		text, p.exact = rest, rest
	}
	if rest, ok := strings.CutPrefix(text, "*"); ok && rest != "" {
		text, p.openLeft = rest, true
	}
	if rest, ok := strings.CutSuffix(text, "*"); ok && rest != "" {
		text, p.openRight = rest, true
	}
	p.key = string(fold([]byte(text)))
	l.phrases = append(l.phrases, p)
}

// build makes the tree. Keys in order make every node a range of them.
func (l *lexicon) build() {
	slices.SortStableFunc(l.phrases, func(a, b phrase) int { return strings.Compare(a.key, b.key) })
	type prefix struct{ lo, hi, depth int }
	todo := []prefix{{0, len(l.phrases), 0}}
	for i := 0; i < len(todo); i++ {
		at := todo[i]
		n := trieNode{edges: uint32(len(l.edges)), leaves: uint32(at.lo)}
		for at.lo < at.hi && len(l.phrases[at.lo].key) == at.depth {
			at.lo++
		}
		n.leavesEnd = uint32(at.lo)
		for at.lo < at.hi {
			c, end := l.phrases[at.lo].key[at.depth], at.lo+1
			for end < at.hi && l.phrases[end].key[at.depth] == c {
				end++
			}
			l.edges = append(l.edges, trieEdge{c, uint32(len(todo))})
			todo = append(todo, prefix{at.lo, end, at.depth + 1})
			at.lo = end
		}
		n.edgesEnd = uint32(len(l.edges))
		l.nodes = append(l.nodes, n)
	}
	for _, e := range l.edges[:l.nodes[0].edgesEnd] {
		l.first[e.by] = e.to
	}
	l.nodes, l.edges = slices.Clone(l.nodes), slices.Clone(l.edges) // without the spare
}

// next is the node that c leads to from n, 0 for none.
func (l *lexicon) next(n trieNode, c byte) uint32 {
	list := l.edges[n.edges:n.edgesEnd]
	if len(list) > 12 {
		i, _ := slices.BinarySearchFunc(list, c, func(e trieEdge, c byte) int { return int(e.by) - int(c) })
		list = list[i:]
	}
	for _, e := range list {
		if e.by >= c {
			if e.by == c {
				return e.to
			}
			break
		}
	}
	return 0
}

// scan finds all phrases in low; text has the capitals. Cues inside skip are left
// out (words inside host names say nothing).
func (l *lexicon) scan(low, text []byte, skip []span) []cue {
	var found []cue
	s := 0
	for i := range low {
		for s < len(skip) && skip[s].end <= i {
			s++
		}
		if at := l.first[low[i]]; at != 0 && low[i] != ' ' && low[i] != '*' && !(s < len(skip) && skip[s].has(i)) {
			found = l.walk(low, text, i, i+1, at, found)
		}
	}
	return l.settle(found)
}

func (l *lexicon) walk(low, text []byte, start, p int, at uint32, found []cue) []cue {
	n := l.nodes[at]
	for i := range l.phrases[n.leaves:n.leavesEnd] {
		leaf := &l.phrases[int(n.leaves)+i]
		if !leaf.openLeft && joined(low, start) {
			continue
		}
		if !leaf.openRight && joined(low, p) {
			continue
		}
		if leaf.exact != "" && string(text[start:p]) != leaf.exact {
			continue
		}
		end := p
		if leaf.openRight {
			for end < len(low) && wordByte(low[end]) {
				end++
			}
		}
		found = append(found, cue{span: span{start, end}, tag: leaf.tag, group: l.groups[leaf.tag]})
	}
	if p >= len(low) {
		return found
	}
	if c := low[p]; c != ' ' && c != '*' {
		if to := l.next(n, c); to != 0 {
			found = l.walk(low, text, start, p+1, to, found)
		}
	}
	if gap := l.next(n, ' '); gap != 0 {
		q := p
		for q < len(low) && gapByte(low[q]) {
			q++
		}
		found = l.walk(low, text, start, q, gap, found)
	}
	if star := l.next(n, '*'); star != 0 {
		q := p
		for q < len(low) && q < p+40 && (wordByte(low[q]) || low[q] >= 0x80) {
			q++
		}
		found = l.walk(low, text, start, q, star, found)
	}
	return found
}

// settle keeps, within a group, the first of cues that overlap, the longest of those
// that start together, and removes what a mute phrase covers.
func (l *lexicon) settle(found []cue) []cue {
	slices.SortFunc(found, func(a, b cue) int {
		if a.start != b.start {
			return a.start - b.start
		}
		return b.end - a.end
	})
	var mutes []span
	for _, c := range found {
		if c.group == l.mute {
			mutes = append(mutes, c.span)
		}
	}
	out := found[:0]
	for _, c := range found {
		if c.group != l.mute && slices.ContainsFunc(nearby(mutes, c.span), func(m span) bool { return m.holds(c.span) }) {
			continue
		}
		beaten := false
		for i := len(out) - 1; i >= 0 && i >= len(out)-12; i-- {
			o := out[i]
			if o.group == c.group && o.meets(c.span) && (o.span != c.span || o.tag == c.tag) {
				beaten = true
				break
			}
		}
		if !beaten {
			out = append(out, c)
		}
	}
	return out
}

// nearby narrows a sorted list of spans to those that can hold s.
func nearby(list []span, s span) []span {
	i, _ := slices.BinarySearchFunc(list, s.start, func(m span, p int) int { return m.start - p })
	lo := max(0, i-3)
	hi := min(len(list), i+1)
	return list[lo:hi]
}

// tag looks a tag up; asking for one that no lexicon defines is a mistake in code.
func tag(name string) int {
	t, ok := lexiconOnce().tags[name]
	if !ok {
		panic("language: no words for " + name)
	}
	return t
}

package triage

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
)

// automaton finds all occurrences of a set of folded literals in one pass
// (Aho and Corasick, CACM 18(6), 1975). Rows of states near the root are dense,
// since that is where ordinary text keeps it; deeper states are sparse with failure
// links, which holds thousands of literals in a few megabytes.
//
// Folding is part of the alphabet: letters of both cases share a class, separators
// (blank, hyphen, underscore, colon, brackets ...) share the class of the blank and
// runs of them count once, quotes and asterisks are passed over. So the same
// automaton reads normalised messages and raw logs. It is immutable after build.
type automaton struct {
	class  [256]uint8
	stride uint // log2 of the row length
	dense  []uint32
	nDense uint32

	first  []uint32 // per state: index of its first edge
	edges  []edge
	fail   []uint32
	gapEnd []uint64  // bit set of states whose prefix ends with a separator
	outAt  []uint32  // per state: index into outs; 0 for none
	outs   [][]int32 // literals that end in a state, longest first, suffixes included
}

type edge struct {
	class uint8
	to    uint32 // with hasOutput, once built
}

const (
	hasOutput  = 1 << 31 // flag on a transition: the state reached ends literals
	denseDepth = 3
	skipClass  = 0 // bytes passed over
	gapClass   = 1 // separators
)

func foldClass(b byte) (class byte, letter bool) {
	switch b {
	case ' ', '\t', '\n', '\r', '-', '_', ':', ',', ';', '(', ')', '[', ']', '{', '}', '<', '>', '|', '=', '!', '?':
		return gapClass, false
	case '"', '\'', '`', '*':
		return skipClass, false
	}
	return b, true
}

// newAutomaton builds over literals, which must be folded (see fold) and not empty.
func newAutomaton(literals []string) *automaton {
	a := &automaton{}
	classes := 2
	index := map[byte]uint8{}
	for _, lit := range literals {
		for i := 0; i < len(lit); i++ {
			if _, known := index[lit[i]]; !known && lit[i] != ' ' {
				index[lit[i]] = uint8(classes)
				classes++
			}
		}
	}
	other := uint8(classes) // bytes in no literal: always back to the root
	classes++
	for b := range 256 {
		c, letter := foldClass(byte(b))
		if !letter {
			a.class[b] = c
			continue
		}
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if k, ok := index[c]; ok {
			a.class[b] = k
		} else {
			a.class[b] = other
		}
	}
	a.stride = uint(bits.Len(uint(classes - 1)))
	a.build(literals)
	return a
}

// prefix is a state while building: the sorted literals [lo, hi) that share their
// first depth bytes.
type prefix struct {
	lo, hi, depth int32
}

// count is the number of states that the literals in the given order need: the root,
// and one for every byte that a literal does not share with the one before it.
func count(literals []string, order []int32) int {
	n, before := 1, ""
	for _, id := range order {
		lit, same := literals[id], 0
		for same < len(lit) && same < len(before) && lit[same] == before[same] {
			same++
		}
		n += len(lit) - same
		before = lit
	}
	return n
}

// build numbers the states breadth first, so that shallow ones come first and are
// dense. Sorted literals make every state a range: no tree of maps is needed.
func (a *automaton) build(literals []string) {
	order := make([]int32, len(literals))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(x, y int32) int {
		return cmp.Or(strings.Compare(literals[x], literals[y]), int(x-y))
	})
	n := count(literals, order)
	states := append(make([]prefix, 0, n), prefix{0, int32(len(order)), 0})
	a.first, a.edges = make([]uint32, 0, n+1), make([]edge, 0, n-1)
	a.fail, a.gapEnd = make([]uint32, n), make([]uint64, n/64+1)
	a.outAt, a.outs = make([]uint32, n), make([][]int32, 1, len(literals)+1)
	for i := 0; i < len(states); i++ {
		st := states[i]
		a.first = append(a.first, uint32(len(a.edges)))
		at := st.lo
		for at < st.hi && len(literals[order[at]]) == int(st.depth) {
			at++
		}
		a.setOut(uint32(i), order[st.lo:at:at])
		if st.depth <= denseDepth {
			a.nDense = uint32(i + 1)
		}
		for at < st.hi {
			c := literals[order[at]][st.depth]
			end := at + 1
			for end < st.hi && literals[order[end]][st.depth] == c {
				end++
			}
			a.edges = append(a.edges, edge{a.class[c], uint32(len(states))})
			if c == ' ' {
				a.gapEnd[len(states)>>6] |= 1 << (len(states) & 63)
			}
			states = append(states, prefix{at, end, st.depth + 1})
			at = end
		}
	}
	a.first = append(a.first, uint32(len(a.edges)))
	a.link(n)
	for i := range a.edges {
		if a.outAt[a.edges[i].to] > 0 {
			a.edges[i].to |= hasOutput
		}
	}
	a.fillDense()
}

// out gives the literals that end in state s.
func (a *automaton) out(s uint32) []int32 { return a.outs[a.outAt[s]] }

func (a *automaton) setOut(s uint32, ends []int32) {
	switch {
	case len(ends) == 0:
	case a.outAt[s] == 0:
		a.outAt[s] = uint32(len(a.outs))
		a.outs = append(a.outs, ends)
	default:
		a.outs[a.outAt[s]] = ends
	}
}

// link sets failure links and inherits the outputs of suffixes, breadth first.
func (a *automaton) link(n int) {
	for s := range n {
		if s == 0 {
			continue
		}
		for _, e := range a.edges[a.first[s]:a.first[s+1]] {
			f := a.fail[s]
			for {
				if to, ok := a.edge(f, e.class); ok {
					a.fail[e.to] = to
					break
				}
				if f == 0 {
					break
				}
				f = a.fail[f]
			}
			if inherited := a.out(a.fail[e.to]); len(inherited) > 0 {
				if own := a.out(e.to); len(own) > 0 {
					inherited = append(slices.Clip(own), inherited...)
				}
				a.setOut(e.to, inherited)
			}
		}
	}
}

func (a *automaton) edge(s uint32, c uint8) (uint32, bool) {
	for _, e := range a.edges[a.first[s]:a.first[s+1]] {
		if e.class == c {
			return e.to, true
		}
	}
	return 0, false
}

func (a *automaton) fillDense() {
	a.dense = make([]uint32, int(a.nDense)<<a.stride)
	for s := range a.nDense {
		row := a.dense[s<<a.stride : (s+1)<<a.stride]
		if s > 0 {
			copy(row, a.dense[a.fail[s]<<a.stride:(a.fail[s]+1)<<a.stride])
		}
		for _, e := range a.edges[a.first[s]:a.first[s+1]] {
			row[e.class] = e.to
		}
		row[skipClass] = s // without the flag: a literal is reported once
		if s > 0 && a.endsInGap(s) {
			row[gapClass] = s
		}
	}
}

// step is the slow path for states beyond the dense rows.
func (a *automaton) step(s uint32, c uint8) uint32 {
	if c == skipClass {
		return s
	}
	from := s
	for s >= a.nDense {
		for _, e := range a.edges[a.first[s]:a.first[s+1]] {
			if e.class == c {
				return e.to
			}
		}
		if c == gapClass && s == from && a.endsInGap(s) {
			return s
		}
		s = a.fail[s]
	}
	return a.dense[s<<a.stride|uint32(c)]
}

// endsInGap reports whether the literal prefix of s ends with a separator: then
// further separators change nothing.
func (a *automaton) endsInGap(s uint32) bool { return a.gapEnd[s>>6]&(1<<(s&63)) != 0 }

// scan runs over text from state s and calls hit for every literal that ends at
// text[:end]. hit returns false to stop. It returns the state to go on with, so that
// a stream can be read in blocks.
func (a *automaton) scan(s uint32, text []byte, hit func(literal int32, end int) bool) uint32 {
	dense, nDense, stride, class := a.dense, a.nDense, a.stride&31, &a.class
	for i, b := range text {
		c := class[b]
		if s < nDense {
			s = dense[s<<stride|uint32(c)]
		} else {
			s = a.step(s, c)
		}
		if s&hasOutput != 0 {
			s &^= hasOutput
			for _, id := range a.out(s) {
				if !hit(id, i+1) {
					return s
				}
			}
		}
	}
	return s
}

package triage

import (
	"cmp"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"sync"
)

func (kb *KB) compile(b *builder) []error {
	c := compiler{kb: kb, ids: map[string]int32{}, nGroups: 1}
	for i, cause := range kb.causes {
		for j := range cause.Messages {
			c.message(&cause.Messages[j], int32(i), cause.ID)
		}
	}
	for i := range b.stated {
		c.stated(&b.stated[i])
	}
	var l layers
	for _, f := range kb.catalogue.Families() {
		l.appliances = append(l.appliances, f.ID)
	}
	for _, p := range kb.products {
		if p.Library {
			l.libraries = append(l.libraries, p.ID)
		}
	}
	for _, cause := range kb.causes {
		cause.layers = l
	}
	for _, p := range kb.products {
		g := c.newGroup()
		for _, w := range p.Say {
			c.member(g, w, false)
		}
		kb.product = append(kb.product, g)
	}
	kb.groups = int(c.nGroups)
	if len(kb.literals) > maxWordings {
		return append(c.problems, fmt.Errorf("triage: more than %d wordings", maxWordings))
	}
	all := make([]string, len(kb.literals))
	var logs, named []string
	for i, l := range kb.literals {
		all[i] = l.text
		if l.named {
			named = append(named, l.text)
		}
		if l.telling && len(l.text) >= 5 {
			logs = append(logs, l.text)
			kb.logWords = append(kb.logWords, int32(i))
		}
	}
	kb.auto = sync.OnceValue(func() *automaton { return newAutomaton(all) })
	kb.logAuto = sync.OnceValue(func() *automaton { return newAutomaton(logs) })
	common := b.common
	kb.lexicon = sync.OnceValue(func() *lexicon { return newLexicon(named, common) })
	kb.learned = sync.OnceValue(func() *Experience { return experience().with(kb.causes) })
	return c.problems
}

type compiler struct {
	kb       *KB
	ids      map[string]int32 // literal with flags -> id
	nGroups  int32            // the first is no group
	problems []error
	everyday bool // the words in hand are people's own: no typing errors are put right to them
}

func (c *compiler) newGroup() int32 { c.nGroups++; return c.nGroups - 1 }

// member puts a wording into group g. A telling one means something by itself, in a log.
func (c *compiler) member(g int32, wording string, telling bool) {
	text := fold(strings.Trim(wording, "*"))
	if text == "" {
		return
	}
	l := newLiteral(wording, text)
	key := fmt.Sprintf("%s\x00%t%t", l.text, l.head, l.tail)
	id, known := c.ids[key]
	if !known {
		id = int32(len(c.kb.literals))
		c.ids[key] = id
		c.kb.literals = append(c.kb.literals, l)
		c.kb.inGroup = append(c.kb.inGroup, nil)
	}
	own := &c.kb.literals[id]
	own.telling, own.named = own.telling || telling, own.named || !c.everyday
	c.kb.inGroup[id] = append(c.kb.inGroup[id], g)
}

// leastTelling is the weight from which a wording is worth keeping of a log.
const leastTelling = 4

func (c *compiler) message(m *Message, cause int32, where string) {
	out := signal{group: c.newGroup(), products: c.kb.families(m.Products), side: m.Side}
	top := m.Weight
	if m.Weight != 0 {
		out.weights = append(out.weights, weight{cause, m.Weight})
	}
	for id, w := range m.Also {
		i, ok := c.kb.index[id]
		if !ok {
			c.problems = append(c.problems, fmt.Errorf("triage: %s: also names unknown cause %q", where, id))
			continue
		}
		out.weights = append(out.weights, weight{int32(i), w})
		top = max(top, w)
	}
	if m.Pattern != "" {
		re, err := regexp.Compile("(?i)" + m.Pattern)
		if err != nil {
			c.problems = append(c.problems, fmt.Errorf("triage: %s: %w", where, err))
			return
		}
		out.re, out.needs = re, needs(re.String())
	}
	for _, w := range m.Say {
		c.member(out.group, w, top >= leastTelling || top <= -2)
	}
	c.kb.signals = append(c.kb.signals, out)
}

// stated adds the wordings of a verdict that programs state, and its codes, each by the
// word that stands in it.
func (c *compiler) stated(s *Stated) {
	c.everyday = setting(s.Kind)
	out := signal{group: c.newGroup(), kind: s.Kind}
	for _, w := range s.Say {
		c.member(out.group, w, !c.everyday)
	}
	if len(s.With) > 0 {
		out.with = c.newGroup()
		for _, w := range s.With {
			c.member(out.with, w, false)
		}
	}
	c.kb.signals = append(c.kb.signals, out)
	for _, code := range s.Codes {
		re, err := regexp.Compile("(?i)" + code)
		if err != nil {
			c.problems = append(c.problems, fmt.Errorf("triage: verdict %s: %w", s.Kind, err))
			continue
		}
		literals := needs(re.String())
		words := anchors(literals)
		if len(words) == 0 {
			c.problems = append(c.problems, fmt.Errorf("triage: verdict %s: no word of %d letters or digits stands in every match of %q", s.Kind, shortestAnchor, code))
			continue
		}
		one := signal{group: c.newGroup(), kind: s.Kind, re: re, needs: literals}
		for _, word := range words {
			c.member(one.group, "*"+word+"*", true)
		}
		c.kb.signals = append(c.kb.signals, one)
	}
	c.everyday = false
}

// shortestAnchor bounds the words by which an expression is found, mostAnchors their number.
const (
	shortestAnchor = 4
	mostAnchors    = 32
)

// anchors gives words of letters and digits of which each match of an expression with
// these needs holds one, nil when there are none.
func anchors(needs [][]string) []string {
	var best []string
	for _, either := range needs {
		words := make([]string, len(either))
		for i, literal := range either {
			words[i] = longestWord(literal)
		}
		if n := shortest(words); n >= shortestAnchor && len(words) <= mostAnchors && (best == nil || n > shortest(best)) {
			best = words
		}
	}
	return best
}

func longestWord(literal string) (longest string) {
	for _, word := range strings.FieldsFunc(literal, func(r rune) bool { return !alnum(byte(r)) }) {
		if len(word) > len(longest) {
			longest = word
		}
	}
	return longest
}

// needs gives the literals that stand in every match of an expression, in ASCII and lower
// case: of each list at least one. Most texts lack some, and are not searched at all.
func needs(expression string) [][]string {
	parsed, err := syntax.Parse(expression, syntax.Perl)
	if err != nil {
		return nil
	}
	return needsOf(parsed)
}

func needsOf(re *syntax.Regexp) (all [][]string) {
	switch {
	case re.Op == syntax.OpLiteral:
		for _, text := range strings.FieldsFunc(strings.ToLower(string(re.Rune)), func(r rune) bool { return r > '~' || r < ' ' }) {
			for _, text := range strings.Split(text, "  ") { // a text is unwrapped before it is asked
				if len(text) >= shortestAnchor {
					all = append(all, []string{text})
				}
			}
		}
	case re.Op == syntax.OpCapture, re.Op == syntax.OpPlus, re.Op == syntax.OpRepeat && re.Min > 0:
		return needsOf(re.Sub[0])
	case re.Op == syntax.OpConcat:
		for _, sub := range re.Sub {
			all = append(all, needsOf(sub)...)
		}
	case re.Op == syntax.OpAlternate:
		var either []string
		for _, sub := range re.Sub {
			lists := needsOf(sub)
			if len(lists) == 0 {
				return nil
			}
			either = append(either, slices.MaxFunc(lists, func(a, b []string) int {
				return cmp.Or(len(longestWord(a[0]))-len(longestWord(b[0])), shortest(a)-shortest(b))
			})...)
		}
		return [][]string{either}
	}
	return all
}

func shortest(words []string) int {
	least := len(words[0])
	for _, w := range words {
		least = min(least, len(w))
	}
	return least
}

package triage

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"
	"sync"
)

const defaultWithin = 160

func (kb *KB) compile(b *builder) []error {
	c := compiler{kb: kb, b: b, ids: map[string]int32{}, groups: map[string]int32{}}
	for i, cause := range kb.causes {
		for j := range cause.Signals {
			c.signal(&cause.Signals[j], int32(i), cause.ID)
		}
	}
	for i := range b.shared {
		c.signal(&b.shared[i], -1, "shared signal "+strings.Join(b.shared[i].Any, ", "))
	}
	for _, p := range kb.products {
		g := c.newGroup()
		for _, w := range p.Any {
			c.member(g, w, false, 0)
		}
		kb.product = append(kb.product, g)
	}
	kb.subject = c.group("@cert|@tlswords|@trustlist|@ca|@csr|@key|@selfsigned|@revoked|@eku|@zone|@sshtunnel", "word lists")
	kb.trouble = c.group("@failed|@untrusted|@mismatch|@missing|@wronghow|@expired|@soon|@negation", "word lists")
	kb.verify = c.group("@cert|tls|ssl|handshake|x509|握手|证*书", "word lists")
	kb.refusal = c.group("@refusal", "word lists")
	kb.groups = int(c.nGroups)
	if len(kb.literals) > maxWordings {
		return append(c.problems, fmt.Errorf("triage: more than %d wordings", maxWordings))
	}
	all := make([]string, len(kb.literals))
	var logs []string
	for i, l := range kb.literals {
		all[i] = l.text
		if l.wordings && (l.topWeight >= 4 || l.topWeight <= -2) && len(l.text) >= 5 {
			logs = append(logs, l.text)
			kb.logWords = append(kb.logWords, int32(i))
		}
	}
	kb.auto = sync.OnceValue(func() *automaton { return newAutomaton(all) })
	kb.logAuto = sync.OnceValue(func() *automaton { return newAutomaton(logs) })
	kb.byAny = map[int32][]int32{}
	for i := range kb.signals {
		if kb.signals[i].any >= 0 {
			kb.byAny[kb.signals[i].any] = append(kb.byAny[kb.signals[i].any], int32(i))
		} else {
			kb.byAll = append(kb.byAll, int32(i))
		}
	}
	common := b.common
	kb.lexicon = sync.OnceValue(func() *lexicon { return newLexicon(all, common) })
	kb.similar = sync.OnceValue(func() *similar { return newSimilar(kb.causes, kb.index) })
	kb.topics = sync.OnceValue(func() *topics { return newTopics(kb.causes) })
	return c.problems
}

type compiler struct {
	kb       *KB
	b        *builder
	ids      map[string]int32 // literal with flags -> id
	groups   map[string]int32 // written group -> id
	nGroups  int32
	problems []error
}

func (c *compiler) newGroup() int32 { c.nGroups++; return c.nGroups - 1 }

// member puts a wording into group g.
func (c *compiler) member(g int32, wording string, alone bool, weight float64) {
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
	own.wordings = own.wordings || alone
	if alone && (weight > own.topWeight || own.topWeight == 0) {
		own.topWeight = weight
	}
	c.kb.inGroup[id] = append(c.kb.inGroup[id], g)
}

// group resolves "@name" or "a|b" to a group.
func (c *compiler) group(written, where string) int32 {
	if g, ok := c.groups[written]; ok {
		return g
	}
	g := c.newGroup()
	c.groups[written] = g
	for _, part := range strings.Split(written, "|") {
		name, isList := strings.CutPrefix(part, "@")
		if !isList {
			c.member(g, part, false, 0)
			continue
		}
		list, ok := c.b.words[name]
		if !ok {
			c.problems = append(c.problems, fmt.Errorf("triage: %s: word list @%s is unknown", where, name))
		}
		for _, w := range list {
			c.member(g, w, false, 0)
		}
	}
	return g
}

func (c *compiler) signal(s *Signal, cause int32, where string) {
	out := signal{any: -1, within: cmp.Or(s.Within, defaultWithin), products: c.kb.families(s.Products), side: s.Side}
	out.apart = cmp.Or(s.NotWithin, out.within)
	top := s.Weight
	if cause >= 0 && s.Weight != 0 {
		out.weights = append(out.weights, weight{cause, s.Weight})
	}
	for id, w := range s.Also {
		i, ok := c.kb.index[id]
		if !ok {
			c.problems = append(c.problems, fmt.Errorf("triage: %s: also names unknown cause %q", where, id))
			continue
		}
		out.weights = append(out.weights, weight{int32(i), w})
		top = max(top, w)
	}
	if s.Pattern != "" {
		re, err := regexp.Compile("(?i)" + s.Pattern)
		if err != nil {
			c.problems = append(c.problems, fmt.Errorf("triage: %s: %w", where, err))
			return
		}
		out.re = re
	}
	if len(s.Any) > 0 {
		out.any = c.newGroup()
		for _, w := range s.Any {
			c.member(out.any, w, true, top)
		}
	}
	for _, g := range s.All {
		out.all = append(out.all, c.group(g, where))
	}
	for _, g := range s.Not {
		out.not = append(out.not, c.group(g, where))
	}
	c.kb.signals = append(c.kb.signals, out)
}

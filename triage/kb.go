package triage

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"countersign/certs"
)

// KB is a compiled knowledge base. It is immutable and safe for concurrent use.
type KB struct {
	catalogue *certs.Catalogue // of the products that causes name
	own       []Source         // what the base was built from besides the built-in files
	causes    []*Cause
	index     map[string]int
	products  []Product
	questions []*Question

	literals []literal
	auto     func() *automaton // this and what follows as functions: built when a text is first diagnosed
	groups   int
	inGroup  [][]int32 // literal -> groups
	signals  []signal
	product  []int32 // product -> group
	denials  *denials

	logAuto  func() *automaton // over the wordings that mean something alone, for logs
	logWords []int32           // its literals -> literals

	lexicon func() *lexicon
	learned func() *Experience
}

type literal struct {
	text       string
	head, tail bool // a word boundary is demanded before, after
	telling    bool // means something by itself
	named      bool // of a cause, a verdict or a product: typing errors of it are put right
}

// newLiteral is a wording that reads as text: a star at either end of it lifts the demand
// for a word boundary.
func newLiteral(wording, text string) literal {
	return literal{
		text: text,
		head: !strings.HasPrefix(wording, "*") && alnum(text[0]),
		tail: !strings.HasSuffix(wording, "*") && alnum(text[len(text)-1]),
	}
}

// signal is what one group of wordings means: a cause, or a fact of kind.
type signal struct {
	group    int32
	weights  []weight
	kind     string
	with     int32 // a group of which a word must stand in the same clause, 0: none
	re       *regexp.Regexp
	needs    [][]string // literals of re: of each list one stands in what re matches
	products []string
	side     string
}

// Causes gives all causes, certificate ones first, then by id.
func (kb *KB) Causes() []*Cause { return slices.Clone(kb.causes) }

// Cause gives the cause with id, or nil.
func (kb *KB) Cause(id string) *Cause {
	if i, ok := kb.index[id]; ok {
		return kb.causes[i]
	}
	return nil
}

// Question gives the question with id, or nil.
func (kb *KB) Question(id string) *Question {
	for _, q := range kb.questions {
		if q.ID == id {
			return q
		}
	}
	return nil
}

// family is the id under which a product is known here: its family, for a product of the
// catalogue.
func (kb *KB) family(id string) string {
	return cmp.Or(kb.catalogue.FamilyOf(id), id)
}

// families are the families of ids, each once.
func (kb *KB) families(ids []string) []string {
	var out []string
	for _, id := range ids {
		if f := kb.family(id); !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}

// Products gives the products that the knowledge base recognises.
func (kb *KB) Products() []Product { return slices.Clone(kb.products) }

// addQuestion keeps one question of an id: several causes may share it.
func (kb *KB) addQuestion(q *Question) {
	if !slices.ContainsFunc(kb.questions, func(k *Question) bool { return k.ID == q.ID }) {
		kb.questions = append(kb.questions, q)
	}
}

// Source is one file of causes in memory.
type Source struct {
	Name string
	Raw  []byte
}

// WithExperience gives a base like kb that judges people's own words by e.
func (kb *KB) WithExperience(e *Experience) *KB {
	out := *kb
	e = e.with(kb.causes)
	out.learned = func() *Experience { return e }
	return &out
}

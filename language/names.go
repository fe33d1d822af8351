package language

import "slices"

type nameKind int

const (
	kindHost nameKind = iota
	kindWildcard
	kindIP
	kindSRV   // _service._tls.domain
	kindEmail // address, never a host
	kindFile  // csr, pem, log, ...
)

// name is one mention of something with dots in it. A pattern (expe[1-2].a.example)
// is one mention with several values.
type name struct {
	span
	values  []string // lower case, in the order of the pattern
	kind    nameKind
	url     bool // written with a scheme
	path    bool // ... and a path: usually a page, not a box
	at      bool // "@acme.example"
	suffix  bool // ".corp.example"
	pattern bool // values were expanded
	ext     string
	derived bool // made from a short name
}

// short is one mention of a host name without a domain. A plain one is an ordinary
// word that is also the first label of a name in the text.
type short struct {
	span
	values []string
	plain  bool
}

// maxNames bounds the mentions kept of one text; maxExpand the names of one pattern.
const maxNames, maxExpand = 400, 64

func inNames(names []name, p int) bool {
	return slices.ContainsFunc(names, func(n name) bool { return n.has(p) })
}

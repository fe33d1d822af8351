package check

import (
	"strconv"

	"countersign/certs"
)

// Limits bound what Read spends on one input. The zero value of a field means the
// default.
type Limits struct {
	Bytes    int // size of the input; default 32 MiB. A larger input is refused unread.
	Items    int // objects; default 10,000. Reading stops there and says so.
	Depth    int // containers within containers; default 6
	Rounds   int // key derivation rounds over all passwords; default 5,000,000, about five seconds
	Findings int // default 100; the last one then says that there were more
}

func (l Limits) orDefault() Limits {
	set := func(p *int, d int) {
		if *p <= 0 {
			*p = d
		}
	}
	set(&l.Bytes, 32<<20)
	set(&l.Items, 10_000)
	set(&l.Depth, 6)
	set(&l.Rounds, 5_000_000)
	set(&l.Findings, 100)
	return l
}

// ReadOptions say how to read. The zero value is useful.
type ReadOptions struct {
	Passwords []string // offered for PKCS #12 and encrypted keys, besides the empty one
	Limits    Limits
	Local     bool // the person's own file on their own machine: a private key in it has not been exposed by giving it to us
}

type reader struct {
	name     string
	opts     ReadOptions
	limits   Limits
	rounds   int
	items    []*Item
	findings []certs.Finding
	full     bool // the item limit was hit and said
}

// note records a finding at a place. The place goes into the arguments too, so that
// every message can say where.
func (r *reader) note(rule string, s certs.Severity, at Place, pairs ...string) {
	if len(r.findings) > r.limits.Findings {
		return
	}
	if len(r.findings) == r.limits.Findings {
		r.findings = append(r.findings, finding("read.more", certs.Info))
		return
	}
	r.findings = append(r.findings, finding(rule, s, append(pairs, "Place", at.String())...))
}

func (r *reader) add(it *Item) {
	if len(r.items) >= r.limits.Items {
		if !r.full {
			r.full = true
			r.note("read.too-many", certs.Error, it.Place, "Limit", strconv.Itoa(r.limits.Items))
		}
		return
	}
	it.Place.Index = len(r.items)
	r.items = append(r.items, it)
}

// looksDER: starts like an ASN.1 SEQUENCE and not like text. "0" is 0x30 too, so the
// second byte must be one that text does not have there, or the length must fit.
func looksDER(data []byte) bool {
	if len(data) < 4 || data[0] != 0x30 {
		return false
	}
	if data[1] >= 0x80 {
		return true
	}
	return int(data[1])+2 <= len(data) && (data[2] < 0x20 || data[2] == 0x30) && int(data[1])+2 >= len(data)-2
}

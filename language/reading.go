package language

import (
	"cmp"
	"slices"
)

// reading is a document with what the stages before have read out of it.
type reading struct {
	*document
	u *Understanding

	given      string // product spoken of before
	family     string // product as far as known: also expressway, expressway-both
	unresolved int    // short names of boxes without a domain
}

func (rd *reading) note(field, value string, s span) {
	start, end := rd.origin(s)
	rd.u.Evidence = append(rd.u.Evidence, Evidence{Field: field, Value: value, Start: start, End: end})
}

func (rd *reading) product() string {
	if rd.u.Product == nil {
		return rd.given
	}
	return *rd.u.Product
}

var fieldOrder = []string{"product", "service", "topology", "fqdns", "cluster_fqdn", "domains", "sans", "key", "ca", "subject.O", "subject.OU", "subject.L", "subject.ST", "subject.C", "environment", "features", "byo_csr", "version"}

func sortEvidence(rd *reading) {
	slices.SortStableFunc(rd.u.Evidence, func(a, b Evidence) int {
		return cmp.Or(cmp.Compare(slices.Index(fieldOrder, a.Field), slices.Index(fieldOrder, b.Field)), cmp.Compare(a.Start, b.Start))
	})
}

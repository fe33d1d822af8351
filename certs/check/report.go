package check

import (
	"bytes"
	"time"

	"countersign/certs"
)

// ReportItem is the facts of one Item and its place among the others.
type ReportItem struct {
	Facts
	SignedBy *int `json:"signed_by,omitempty"` // index of the issuer in the same report
}

// Report is everything that can be said of one source.
type Report struct {
	Name     string          `json:"name"`
	Format   string          `json:"format"`
	Items    []ReportItem    `json:"items"`
	Findings []certs.Finding `json:"findings"` // of reading, then of order and state
}

// InspectAll inspects every Item of m on the date now. read are the findings of Read.
func InspectAll(m Material, read []certs.Finding, now time.Time) Report {
	r := Report{Name: m.Name, Format: m.Format, Items: make([]ReportItem, 0, len(m.Items)), Findings: append([]certs.Finding{}, read...)}
	for _, it := range m.Items {
		r.Items = append(r.Items, ReportItem{Facts: Inspect(it, now)})
	}
	r.positions(m.Items)
	r.order(m.Items)
	r.states()
	return r
}

// maxSignatures bounds how large a report may be for signatures to be checked; above
// it, key identifiers must do.
const maxSignatures = 200

// positions finds each certificate's issuer within the source.
func (r *Report) positions(items []*Item) {
	bySubject := map[string][]int{}
	for i, it := range items {
		if it.Kind == Certificate && it.raw != nil {
			key := dnKey(it.raw.subject)
			bySubject[key] = append(bySubject[key], i)
		}
	}
	for i, it := range items {
		if it.Kind != Certificate || it.raw == nil || it.selfIssued() {
			continue
		}
		for n, j := range bySubject[dnKey(it.raw.issuer)] {
			if n == 8 {
				break
			}
			if j != i && issued(items[j], it, len(items) <= maxSignatures) {
				r.Items[i].SignedBy = &j
				break
			}
		}
	}
}

func issued(issuer, child *Item, checkSignature bool) bool {
	if a, s := child.raw.aki(), issuer.raw.ski(); len(a) > 0 && len(s) > 0 && !bytes.Equal(a, s) {
		return false
	}
	if !checkSignature || issuer.Cert == nil || child.Cert == nil {
		return true
	}
	return issuer.Cert.CheckSignature(child.Cert.SignatureAlgorithm, child.Cert.RawTBSCertificate, child.Cert.Signature) == nil
}

// order speaks of a bundle: one leaf with its chain, in the order that products
// take, leaf first ("Generate CSR and apply certificates to CMS", trust chains).
func (r *Report) order(items []*Item) {
	var list []int
	leaves, seen := 0, map[string]int{}
	for i, it := range items {
		if it.Kind != Certificate {
			continue
		}
		if first, dup := seen[string(it.DER)]; dup {
			r.say("order.duplicate", certs.Warning, "Title", it.Title(), "Place", it.Place.String(), "First", items[first].Place.String())
			continue
		}
		seen[string(it.DER)] = i
		list = append(list, i)
		if r.Items[i].Role == Leaf {
			leaves++
		}
	}
	if leaves == 0 {
		r.trustList(items, list)
	}
	if len(list) < 2 || leaves != 1 {
		return // a single certificate, or a list of many: a trust list has no order to speak of
	}
	up, down := 0, 0
	for n := 1; n < len(list); n++ {
		if by := r.Items[list[n-1]].SignedBy; by != nil && *by == list[n] {
			up++
		}
		if by := r.Items[list[n]].SignedBy; by != nil && *by == list[n-1] {
			down++
		}
	}
	switch steps := len(list) - 1; {
	case up == steps:
		r.say("order.right", certs.Info)
	case down == steps:
		r.say("order.reversed", certs.Warning, "Title", r.Items[list[0]].Title)
	case r.Items[list[0]].Role != Leaf:
		r.say("order.leaf-not-first", certs.Warning, "Title", r.Items[list[0]].Title)
	default:
		r.say("order.mixed", certs.Warning)
	}
}

// trustList looks at a list of CAs alone: of two with one subject, Expressway only
// ever sees the first, and an intermediate is worth nothing without its root
// ("Configure and troubleshoot Collaboration Edge (MRA) certificates").
func (r *Report) trustList(items []*Item, list []int) {
	first := map[string]int{}
	said := 0
	for _, i := range list {
		key := dnKey(items[i].raw.subject)
		j, seen := first[key]
		switch {
		case said == 10:
			return
		case !seen:
			first[key] = i
		case !bytes.Equal(items[i].raw.spki, items[j].raw.spki):
			said++
			r.Findings = append(r.Findings, sourced(finding("order.same-subject", certs.Warning, "Title", r.Items[i].Title,
				"Place", items[i].Place.String(), "First", items[j].Place.String()), sourceS000))
		}
		if r.Items[i].Role == Intermediate && r.Items[i].SignedBy == nil {
			said++
			r.Findings = append(r.Findings, sourced(finding("order.no-root", certs.Warning, "Title", r.Items[i].Title, "Issuer", r.Items[i].Issuer), sourceS000))
		}
	}
}

func (r *Report) say(rule string, s certs.Severity, pairs ...string) {
	r.Findings = append(r.Findings, sourced(finding(rule, s, pairs...), sourceS003))
}

// states says what is over or ends soon, at most ten times.
func (r *Report) states() {
	said := 0
	for _, f := range r.Items {
		if f.Kind != Certificate && f.Kind != CRL || said == 10 {
			continue
		}
		var rule string
		severity := certs.Warning
		switch {
		case f.State == Expired:
			rule, severity = "inspect.expired", certs.Error
		case f.State == NotYetValid:
			rule, severity = "inspect.not-yet", certs.Error
		case f.Kind == Certificate && f.DaysLeft < 30:
			rule = "inspect.soon"
		default:
			continue
		}
		said++
		r.Findings = append(r.Findings, finding(rule, severity, "Title", f.Title, "From", f.NotBefore.Format(time.DateOnly), "Until", f.NotAfter.Format(time.DateOnly)))
	}
}

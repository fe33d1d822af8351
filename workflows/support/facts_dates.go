package support

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"countersign/certs/check"
	"countersign/triage"
)

// dated are the results of a check that dateFacts says better: with whose certificate it
// is that has ended.
var dated = map[string]bool{"inspect.expired": true, "inspect.not-yet": true, "inspect.soon": true}

// aside is what something weighs that stands beside the chain in question, such as one
// CA of a long list: too little to be named for it.
const aside = 2.0

// dateFacts says which certificates are out of date at now, a CA apart from the
// certificate below it, and that none is.
func dateFacts(items []*check.Item, now time.Time) []Observation {
	var out []Observation
	say := func(it *check.Item, kind, key, cause string, weight float64, pairs ...string) {
		f := check.Inspect(it, now)
		out = append(out, Observation{Kind: kind, Source: it.Place.String(), Supports: map[string]float64{cause: weight},
			Text: triage.T(key, append(pairs, "Title", it.Title(), "From", f.NotBefore.Format(time.DateOnly), "Until", f.NotAfter.Format(time.DateOnly))...)})
	}
	found := slices.DeleteFunc(Certificates(items), func(it *check.Item) bool { return strings.Contains(it.Place.File, "#") })
	below := map[*check.Item]*check.Item{} // CA -> the first certificate that it stands above
	leaves, whole, fine := 0, true, true
	for _, it := range found {
		if !LeafCert(it) {
			continue
		}
		leaves++
		path, complete := pathOf(it, found, now)
		whole = whole && complete
		for _, ca := range path {
			if below[ca] == nil {
				below[ca] = it
			}
		}
	}
	for _, it := range found {
		f, leaf := check.Inspect(it, now), below[it]
		isCA := !LeafCert(it) && f.Role != check.SelfSigned
		weight := decisive
		if isCA && leaf == nil && (leaves > 0 || len(found) > 3) {
			weight = aside
		} else {
			fine = fine && f.State == check.Valid
		}
		if len(out) >= maxDated {
			continue
		}
		switch {
		case f.State == check.Expired && leaf != nil:
			say(it, "chain.expired", "workflows.seen.ca_expired", "expired", weight, "Leaf", leaf.Title(), "Ends", leaf.Cert.NotAfter.Format(time.DateOnly))
		case f.State == check.Expired && isCA:
			say(it, "chain.expired", "workflows.seen.ca_expired", "expired", weight, "Leaf", "")
		case f.State == check.Expired:
			say(it, "cert.expired", "check.inspect.expired", "expired", weight)
		case f.State == check.NotYetValid:
			say(it, "cert.not-yet-valid", "check.inspect.not-yet", "not-yet-valid", weight)
		case f.DaysLeft < soon && !f.NotAfter.IsZero():
			say(it, "cert.expiring", "check.inspect.soon", "expiring-soon", min(weight, 8))
		}
	}
	if leaves > 0 && fine {
		weight := excluded
		if !whole { // what stands above, and was not given, may be out of date
			weight = -5
		}
		out = append(out, Observation{Kind: "cert.in-date", Text: triage.T("workflows.seen.in_date"),
			Supports: map[string]float64{"expired": weight, "not-yet-valid": weight}})
	}
	return out
}

const (
	maxDated = 10 // certificates of which it is said that they are out of date
	soon     = 30 // days before its end from which a certificate should be renewed
)

// pathOf gives the CAs above leaf among found; of several for one place that which is
// valid, as verifiers look for it. whole: the last one is a root.
func pathOf(leaf *check.Item, found []*check.Item, now time.Time) (path []*check.Item, whole bool) {
	for at := leaf; len(path) < 10; {
		if at.Cert == nil {
			return path, false
		}
		if bytes.Equal(at.Cert.RawIssuer, at.Cert.RawSubject) {
			return path, true
		}
		var next *check.Item
		for _, ca := range found {
			if ca.Cert == nil || ca == at || !bytes.Equal(ca.Cert.RawSubject, at.Cert.RawIssuer) || slices.Contains(path, ca) || at.Cert.CheckSignatureFrom(ca.Cert) != nil {
				continue
			}
			if next == nil || check.Inspect(next, now).State != check.Valid {
				next = ca
			}
		}
		if next == nil {
			return path, false
		}
		path, at = append(path, next), next
	}
	return path, false
}

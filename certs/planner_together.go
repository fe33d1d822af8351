package certs

import "slices"

// together merges the certificates of one system's services into one a node, where
// the engineer wants that and the profiles allow it (CMS: Cisco 214618).
func (b *builder) together() {
	into := map[int]int{} // spec to the spec that takes it in
	for i := range b.work {
		j := &b.work[i]
		if !j.system.OneCertificate || !j.profile.Together {
			continue
		}
		for k, at := range j.specs {
			to, ok := b.partner(i, at)
			if ok {
				b.plan.Specs[to] = merged(b.plan.Specs[to], b.plan.Specs[at])
				into[at], j.specs[k] = to, to
			}
		}
	}
	if len(into) == 0 {
		return
	}
	place := make([]int, len(b.plan.Specs))
	var kept []Spec
	for i, s := range b.plan.Specs {
		if _, gone := into[i]; !gone {
			place[i] = len(kept)
			kept = append(kept, s)
		}
	}
	for i := range b.work {
		for k, at := range b.work[i].specs {
			b.work[i].specs[k] = place[at]
		}
	}
	b.plan.Specs = kept
}

// partner finds the certificate of an earlier service for the same nodes, key and CA.
func (b *builder) partner(i, at int) (int, bool) {
	s := b.plan.Specs[at]
	for _, earlier := range b.work[:i] {
		if earlier.system != b.work[i].system || !earlier.profile.Together {
			continue
		}
		for _, to := range earlier.specs {
			o := b.plan.Specs[to]
			if slices.Equal(o.For, s.For) && o.CA == s.CA && o.Key == s.Key && o.CommonName == s.CommonName && o.BuiltIn == s.BuiltIn {
				return to, true
			}
		}
	}
	return 0, false
}

// merged gives one certificate that serves both: every name, every usage, the
// stricter of two needs, the shorter of two lifetimes.
func merged(a, b Spec) Spec {
	a.Also = append(slices.Clone(a.Also), b.Profile)
	a.Names = slices.Clone(a.Names)
	for _, n := range b.Names {
		if !slices.ContainsFunc(a.Names, func(o Name) bool { return keyOf(o) == keyOf(n) }) {
			a.Names = append(a.Names, n)
		}
	}
	a.EKU, a.KU = mergedUsages(a.EKU, b.EKU), mergedUsages(a.KU, b.KU)
	a.MayEKU, a.MayKU = mergedMay(a.MayEKU, b.MayEKU, a.EKU), mergedMay(a.MayKU, b.MayKU, a.KU)
	a.Days = min(a.Days, b.Days)
	for _, f := range b.Findings {
		if !slices.ContainsFunc(a.Findings, func(o Finding) bool { return o.Rule == f.Rule && sameText(o.Text, f.Text) }) {
			a.Findings = append(a.Findings, f)
		}
	}
	return a
}

func mergedUsages(a, b []Usage) []Usage {
	a = slices.Clone(a)
	for _, u := range b {
		i := slices.IndexFunc(a, func(o Usage) bool { return o.ID == u.ID })
		switch {
		case i < 0:
			a = append(a, u)
		case a[i].Optional && !u.Optional:
			a[i] = u
		}
	}
	return a
}

func mergedMay(a, b []string, asked []Usage) []string {
	all := unique(append(slices.Clone(a), b...))
	return slices.DeleteFunc(all, func(id string) bool { return slices.Contains(usageIDs(asked), id) })
}

package certs

import (
	"maps"
	"slices"
	"strconv"
	"time"
)

// builder holds one plan while it is made.
type builder struct {
	c       *Catalogue
	d       Deployment
	now     time.Time
	plan    Plan
	work    []job
	checked map[string]hostResult
	idx     int // number of the system at work
}

// job is one profile on one system, with the certificates that came of it.
type job struct {
	profile Profile
	system  *System
	s       situation
	specs   []int // into Plan.Specs
}

func (b *builder) find(f Finding) {
	if !slices.ContainsFunc(b.plan.Findings, func(o Finding) bool {
		return o.Rule == f.Rule && o.Field == f.Field && sameText(o.Text, f.Text)
	}) {
		b.plan.Findings = append(b.plan.Findings, f)
	}
}

func sameText(a, b Text) bool {
	return a.Key == b.Key && a.In[English] == b.In[English] && maps.Equal(a.Args, b.Args)
}

func (b *builder) missing(field string) {
	if !slices.Contains(b.plan.Missing, field) {
		b.plan.Missing = append(b.plan.Missing, field)
	}
}

// field names an answer of the system at work: plain where there is one system,
// with its product where there are several.
func (b *builder) field(name string) string {
	switch name {
	case "domains", "features", "environment", "subject.O", "subject.C":
		return name
	}
	if len(b.d.Systems) < 2 {
		return name
	}
	product := b.d.Systems[b.idx].Product
	same := 0
	for i, s := range b.d.Systems {
		if s.Product == product && i <= b.idx {
			same++
		}
	}
	if product == "" {
		product = "systems"
		same = b.idx + 1
	}
	if same > 1 {
		product += "[" + strconv.Itoa(same) + "]"
	}
	return product + "." + name
}

// hostResult is a name already read: the same node is named in many certificates.
type hostResult struct {
	name     Name
	findings []Finding
	ok       bool
}

func (b *builder) read(s, field string) hostResult {
	key := field + "\x00" + s
	r, done := b.checked[key]
	if !done {
		r.name, r.findings, r.ok = ReadName(s, field)
		b.checked[key] = r
	}
	return r
}

type specBuilder struct {
	b    *builder
	j    *job
	s    *Spec
	node string
}

func (f *specBuilder) find(x Finding) {
	if !slices.ContainsFunc(f.s.Findings, func(o Finding) bool { return o.Rule == x.Rule && sameText(o.Text, x.Text) }) {
		f.s.Findings = append(f.s.Findings, x)
	}
}

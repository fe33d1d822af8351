package certs

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Bounds of a plan: more than any deployment has, less than hurts.
const (
	maxSystems = 50
	maxNodes   = 200
	maxNames   = 1000
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

// Plan says which certificates d needs on the date now, and what else has to be
// done. It never fails: what is wrong or absent is in Findings and Missing.
func (c *Catalogue) Plan(d Deployment, now time.Time) Plan {
	b := &builder{c: c, now: now.UTC(), checked: map[string]hostResult{}}
	b.d = b.bounded(d)
	if len(b.d.Systems) == 0 {
		b.missing("systems")
	}
	b.deployment()
	for i := range b.d.Systems {
		b.idx = i
		b.prepare(&b.d.Systems[i])
	}
	b.shareTomcat()
	for i := range b.work {
		b.certificates(&b.work[i])
	}
	b.together()
	b.conflicts()
	b.trust()
	b.runbook()
	return b.plan
}

func (b *builder) find(f Finding) {
	if !slices.ContainsFunc(b.plan.Findings, func(o Finding) bool {
		return o.Rule == f.Rule && o.Field == f.Field && sameText(o.Text, f.Text)
	}) {
		b.plan.Findings = append(b.plan.Findings, f)
	}
}

func sameText(a, b Text) bool {
	if a.Key != b.Key || len(a.Args) != len(b.Args) || a.In["en"] != b.In["en"] {
		return false
	}
	for k, v := range a.Args {
		if b.Args[k] != v {
			return false
		}
	}
	return true
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

// bounded copies what the plan will change and cuts what is beyond all measure.
func (b *builder) bounded(d Deployment) Deployment {
	d.Systems = cut(b, "systems", d.Systems, maxSystems)
	d.Domains = cut(b, "domains", d.Domains, maxNames)
	for i := range d.Systems {
		s := &d.Systems[i]
		s.Nodes = cut(b, "nodes", s.Nodes, maxNodes)
		s.Names = cut(b, "names", s.Names, maxNames)
		s.PhoneProfiles = cut(b, "phone_profiles", s.PhoneProfiles, maxNames)
		s.ChatAliases = cut(b, "chat_aliases", s.ChatAliases, maxNames)
		s.Services = cut(b, "services", s.Services, 100)
		s.Product = strings.ToLower(strings.TrimSpace(s.Product))
	}
	return d
}

func cut[E any](b *builder, field string, all []E, limit int) []E {
	if len(all) > limit {
		b.find(Finding{Rule: "plan/too-many", Severity: Error, Field: field,
			Text: T("certs.plan.too_many", "Count", strconv.Itoa(len(all)), "Limit", strconv.Itoa(limit))})
		all = all[:limit]
	}
	return slices.Clone(all)
}

// deployment checks what belongs to the whole: subject, domains, features.
func (b *builder) deployment() {
	if len(b.d.Subject.C) == 2 {
		b.d.Subject.C = strings.ToUpper(b.d.Subject.C)
	}
	for _, f := range CheckSubject(b.d.Subject) {
		b.find(f)
	}
	for _, f := range b.d.Features {
		if !slices.Contains([]Feature{MRA, XMPPFederation, PhoneSecurityProfiles, MixedMode}, f) {
			b.find(Finding{Rule: "plan/unknown-feature", Severity: Error, Field: "features",
				Text: T("certs.plan.unknown_feature", "Feature", clip(string(f)))})
		}
	}
	b.d.Domains = b.hosts(b.d.Domains, "domains")
}

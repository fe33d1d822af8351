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

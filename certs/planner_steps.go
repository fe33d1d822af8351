package certs

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// trust lists who must trust the CAs of the planned certificates, and, where only
// one system was described, whose CAs it must trust itself.
func (b *builder) trust() {
	for _, j := range b.work {
		if len(j.specs) == 0 || b.plan.Specs[j.specs[0]].BuiltIn {
			continue
		}
		for _, r := range j.profile.TrustedBy {
			if r.When.holds(j.s) {
				b.trusted(j, r)
			}
		}
	}
	if len(b.d.Systems) == 1 {
		b.counterparts(&b.d.Systems[0])
	}
}

func (b *builder) trusted(j job, r TrustRule) {
	known := false
	for i := range b.d.Systems {
		if o := &b.d.Systems[i]; o.Product == r.By {
			known = true
			b.addTrust(j.profile.ID, r, o)
		}
	}
	if !known && len(b.d.Systems) == 1 && r.Alone != nil && r.Alone.holds(j.s) {
		b.addTrust(j.profile.ID, r, nil)
	}
}

// counterparts finds, among all profiles, those whose CA this one system must
// trust: the other side was not described, but has to be thought of.
func (b *builder) counterparts(s *System) {
	for _, p := range b.c.all {
		if p.Product() == s.Product {
			continue
		}
		other := System{Product: p.Product()}
		if b.c.products[p.Product()].Version == b.c.products[s.Product].Version {
			other.Version = s.Version // Expressway-C and -E run the same version
		}
		at := b.situation(p, &other)
		if !slices.ContainsFunc(p.Default, func(c Condition) bool { return c.holds(at) }) {
			continue
		}
		for _, r := range p.TrustedBy {
			if r.By == s.Product && r.When.holds(at) && r.Alone != nil && r.Alone.holds(at) {
				b.addTrust(p.ID, r, s)
			}
		}
	}
}

// addTrust adds one trust step; by is nil for a system that was not described.
func (b *builder) addTrust(of string, r TrustRule, by *System) {
	store, _ := b.c.store(r.By, r.Store)
	t := Trust{Of: of, By: r.By, Store: store.Name, Path: store.Path, Reason: r.Reason, Source: b.c.cite(r.Source)}
	sys := &System{Product: r.By}
	if by != nil {
		sys = by
		t.Nodes = slices.Clone(by.Nodes)
		if store.Replicates && len(t.Nodes) > 1 {
			t.Nodes = t.Nodes[:1]
		}
	}
	if slices.ContainsFunc(b.plan.Trust, func(o Trust) bool {
		return o.Of == t.Of && o.By == t.By && o.Store == t.Store && slices.Equal(o.Nodes, t.Nodes)
	}) {
		return
	}
	fill := fillerFor(sys, nil, "", b.now)
	if !store.Note.Zero() {
		t.Then = append(t.Then, Step{Where: r.By, Text: store.Note.fill(fill), Source: b.c.cite(store.Source)})
	}
	for _, s := range store.Then {
		where := cmp.Or(strings.Join(sys.Nodes, ", "), r.By)
		t.Then = append(t.Then, Step{Phase: Restart, Where: where, Text: s.Text.fill(fill), Commands: filled(s.Commands, fill), Source: b.c.cite(s.Source)})
	}
	b.plan.Trust = append(b.plan.Trust, t)
}

// runbook puts the steps in order: make the requests and have them signed, let
// everybody trust the CAs, and only then install, product by product. An upload
// before the CA is trusted is refused (Cisco 221624).
func (b *builder) runbook() {
	for _, phase := range []Phase{Prepare, Request, Check} {
		for i := range b.work {
			b.phase(&b.work[i], phase)
		}
		if phase == Request {
			b.signSteps()
		}
	}
	b.trustSteps()
	for i := 0; i < len(b.work); {
		next := i + 1
		for b.c.products[b.work[i].profile.Product()].Whole && next < len(b.work) && b.work[next].system == b.work[i].system {
			next++ // one restart of the box serves all its certificates
		}
		b.waitBetween(i)
		for _, phase := range []Phase{Install, Restart, Verify} {
			for k := i; k < next; k++ {
				b.phase(&b.work[k], phase)
			}
		}
		i = next
	}
	b.plan.Runbook = lastOfEach(b.plan.Runbook)
}

// signSteps says which requests go to which kind of CA.
func (b *builder) signSteps() {
	for _, ca := range []CAKind{PublicCA, PrivateCA} {
		var of []string
		for _, s := range b.plan.Specs {
			if s.CA == ca && !s.BuiltIn {
				of = append(of, strings.Join(append([]string{s.Profile}, s.Also...), " + ")+" ("+strings.Join(s.For, ", ")+")")
			}
		}
		if len(of) > 0 {
			b.plan.Runbook = append(b.plan.Runbook, Step{Phase: Request,
				Text: T("certs.step.sign_"+string(ca), "Of", strings.Join(of, "; "), "Count", strconv.Itoa(len(of)))})
		}
	}
}

// lastOfEach keeps a restart, backup or check that several certificates ask for only
// where it is asked for last.
func lastOfEach(steps []Step) []Step {
	same := func(a, b Step) bool {
		return a.Phase == b.Phase && a.Where == b.Where && sameText(a.Text, b.Text) && slices.Equal(a.Commands, b.Commands)
	}
	var kept []Step
	for i, s := range steps {
		if (s.Phase == Restart || s.Phase == Verify) && slices.ContainsFunc(steps[i+1:], func(o Step) bool { return same(s, o) }) {
			continue
		}
		if (s.Phase == Prepare || s.Phase == Request || s.Phase == Check) && slices.ContainsFunc(kept, func(o Step) bool { return same(s, o) }) {
			continue
		}
		kept = append(kept, s)
	}
	return kept
}

// waitBetween keeps two certificates apart that must not be renewed together.
func (b *builder) waitBetween(i int) {
	j := b.work[i]
	for _, earlier := range b.work[:i] {
		if slices.Contains(j.profile.Conflicts, earlier.profile.ID) && len(j.specs) > 0 && len(earlier.specs) > 0 {
			b.plan.Runbook = append(b.plan.Runbook, Step{Phase: Install, Profile: j.profile.ID, Where: j.system.Product,
				Text: T("certs.step.wait", "Before", earlier.profile.ID, "Now", j.profile.ID), Source: b.c.cite(Sources{"CUCM-CA", "CUCM-15TS"})})
		}
	}
}

// trustSteps merges the trust of one store into one step, with what follows from it.
func (b *builder) trustSteps() {
	done := make([]bool, len(b.plan.Trust))
	for i, t := range b.plan.Trust {
		if done[i] {
			continue
		}
		of := []string{}
		for k, o := range b.plan.Trust {
			if o.By == t.By && o.Store == t.Store && slices.Equal(o.Nodes, t.Nodes) {
				done[k] = true
				of = append(of, o.Of)
			}
		}
		where := cmp.Or(strings.Join(t.Nodes, ", "), t.By)
		b.plan.Runbook = append(b.plan.Runbook, Step{Phase: TrustPhase, Where: where, Commands: []string{t.Path}, Source: t.Source,
			Text: T("certs.step.trust", "Of", strings.Join(of, ", "), "By", t.By, "Store", t.Store)})
		for _, s := range t.Then {
			if s.Phase == Restart && b.restartsLater(t) {
				continue
			}
			s.Phase = TrustPhase
			b.plan.Runbook = append(b.plan.Runbook, s)
		}
	}
}

// restartsLater reports whether every node that must trust is a box that restarts
// anyway, once its own new certificate is installed.
func (b *builder) restartsLater(t Trust) bool {
	if !b.c.products[t.By].Whole || len(t.Nodes) == 0 {
		return false
	}
	return !slices.ContainsFunc(t.Nodes, func(n string) bool {
		return !slices.ContainsFunc(b.plan.Specs, func(s Spec) bool { return strings.HasPrefix(s.Profile, t.By+"/") && slices.Contains(s.For, n) })
	})
}

func (b *builder) phase(j *job, phase Phase) {
	if len(j.specs) == 0 {
		return
	}
	for _, r := range j.profile.Steps {
		if r.Phase != phase || !r.When.holds(j.s) {
			continue
		}
		switch r.On {
		case "", "once":
			b.step(j, r, j.system.Product, b.specOf(j, j.system.Nodes[0]), "")
		case "all":
			b.step(j, r, strings.Join(j.system.Nodes, ", "), b.specOf(j, j.system.Nodes[0]), "")
		case "first":
			b.step(j, r, j.system.Nodes[0], b.specOf(j, j.system.Nodes[0]), j.system.Nodes[0])
		case "each":
			for _, n := range b.carriers(j) {
				b.step(j, r, n, b.specOf(j, n), n)
			}
		case "others":
			for _, n := range j.system.Nodes[1:] {
				b.step(j, r, n, b.specOf(j, n), n)
			}
		}
	}
}

// carriers are the nodes that hold one of the job's certificates.
func (b *builder) carriers(j *job) []string {
	var nodes []string
	for _, i := range j.specs {
		nodes = append(nodes, b.plan.Specs[i].For...)
	}
	return unique(nodes)
}

func (b *builder) specOf(j *job, node string) *Spec {
	for _, i := range j.specs {
		if slices.Contains(b.plan.Specs[i].For, node) {
			return &b.plan.Specs[i]
		}
	}
	return &b.plan.Specs[j.specs[0]]
}

func (b *builder) step(j *job, r StepRule, where string, spec *Spec, node string) {
	if node == "" {
		node = spec.For[0]
	}
	var f filler
	if r.placeholders() {
		f = fillerFor(j.system, spec, node, b.now)
		if j.profile.Label != "" {
			f["label"] = j.profile.Label
		}
	}
	b.plan.Runbook = append(b.plan.Runbook, Step{Phase: r.Phase, Profile: j.profile.ID, Where: where, Text: r.Text.fill(f),
		Commands: filled(r.Commands, f), Source: b.c.cite(r.Source)})
}

func (r StepRule) placeholders() bool {
	return strings.Contains(r.Text.In[English], "{") ||
		slices.ContainsFunc(r.Commands, func(c string) bool { return strings.Contains(c, "{") })
}

func filled(commands []string, f filler) []string {
	if len(commands) == 0 {
		return nil
	}
	out := make([]string, 0, len(commands))
	for _, c := range commands {
		out = append(out, f.fill(c))
	}
	return out
}

// conflicts warns of certificates that must not be renewed together.
func (b *builder) conflicts() {
	for i, j := range b.work {
		for _, other := range j.profile.Conflicts {
			if slices.ContainsFunc(b.work[:i], func(o job) bool { return o.profile.ID == other && len(o.specs) > 0 }) && len(j.specs) > 0 {
				b.find(Finding{Rule: "plan/not-together", Severity: Warning, Field: "services", Source: b.c.cite(Sources{"CUCM-CA", "CUCM-15TS"}),
					Text: T("certs.plan.not_together", "One", j.profile.ID, "Other", other)})
			}
		}
	}
}

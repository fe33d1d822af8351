package certs

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// The tables of this file and of rules_*_test.go have a row for every rule of the
// documents. A row is a deployment and what the plan for it must say.

type row struct {
	rule, source string
	d            Deployment
	want         []string // see planFacts; one that begins with "!" must be absent
}

func one(product string, change ...func(*System)) Deployment {
	s := System{Product: product, Nodes: []string{"a.example.com"}, CA: PrivateCA}
	for _, f := range change {
		f(&s)
	}
	return Deployment{Systems: []System{s}}
}

func nodes(n ...string) func(*System)      { return func(s *System) { s.Nodes = n } }
func version14(s *System)                  { s.Version = "14SU2" }
func ver(v string) func(*System)           { return func(s *System) { s.Version = v } }
func services(n ...string) func(*System)   { return func(s *System) { s.Services = n } }
func topology(t Topology) func(*System)    { return func(s *System) { s.Topology = t } }
func cluster(fqdn string) func(*System)    { return func(s *System) { s.ClusterFQDN = fqdn } }
func names(n ...string) func(*System)      { return func(s *System) { s.Names = n } }
func ca(k CAKind) func(*System)            { return func(s *System) { s.CA = k } }
func key(kind string, n int) func(*System) { return func(s *System) { s.Key = Key{kind, n} } }
func own(s *System)                        { s.OwnCSR = true }
func phones(n ...string) func(*System)     { return func(s *System) { s.PhoneProfiles = n } }
func aliases(n ...string) func(*System)    { return func(s *System) { s.ChatAliases = n } }

func (d Deployment) with(features ...Feature) Deployment { d.Features = features; return d }
func (d Deployment) domains(n ...string) Deployment      { d.Domains = n; return d }
func (d Deployment) and(o Deployment) Deployment {
	d.Systems = append(d.Systems, o.Systems...)
	return d
}
func (d Deployment) subject(s Subject) Deployment { d.Subject = s; return d }

var two = nodes("a1.example.com", "a2.example.com")

// planFacts writes a plan as short facts: "cn=..", "san=dns:..", "san?=.." for an
// optional name, "eku=..", "eku?=..", "ku=..", "may=..", "rule=severity:id",
// "missing=..", "trust=of>by:store@nodes", "do=command", "say=text", "count=n",
// "key=..", "ca=..", "days=n", flags.
func planFacts(p Plan) []string {
	var facts []string
	add := func(format string, args ...any) { facts = append(facts, fmt.Sprintf(format, args...)) }
	add("count=%d", len(p.Specs))
	findings := slices.Clone(p.Findings)
	for _, s := range p.Specs {
		add("profile=%s", s.Profile)
		add("for=%s", strings.Join(s.For, ","))
		add("cn=%s", s.CommonName)
		add("%s:ca=%s", s.Profile, s.CA)
		add("%s:key=%s", s.Profile, s.Key)
		add("days=%d", s.Days)
		for flag, on := range map[string]bool{"own": s.OwnCSR, "keyfile": s.KeyFile, "builtin": s.BuiltIn, "isca": s.IsCA} {
			if on {
				add("%s:%s", s.Profile, flag)
			}
		}
		for _, n := range s.Names {
			opt := ""
			if n.Optional {
				opt = "?"
			}
			add("san%s=%s:%s", opt, n.Type, n.Value)
			add("%s:san=%s:%s", s.Profile, n.Type, n.Value)
		}
		for _, u := range append(slices.Clone(s.EKU), s.KU...) {
			opt := ""
			if u.Optional {
				opt = "?"
			}
			add("%s:use%s=%s", s.Profile, opt, u.ID)
		}
		for _, id := range append(slices.Clone(s.MayEKU), s.MayKU...) {
			add("%s:may=%s", s.Profile, id)
		}
		findings = append(findings, s.Findings...)
	}
	for _, f := range findings {
		add("rule=%s:%s", f.Severity, f.Rule)
	}
	for _, m := range p.Missing {
		add("missing=%s", m)
	}
	for _, t := range p.Trust {
		add("trust=%s>%s:%s", t.Of, t.By, t.Store)
		add("trust=%s>%s:%s@%s", t.Of, t.By, t.Store, strings.Join(t.Nodes, ","))
		for _, s := range t.Then {
			add("then=%s", s.Text.In["en"])
			for _, c := range s.Commands {
				add("then=%s", c)
			}
		}
	}
	for _, s := range p.Runbook {
		add("say=%s", s.Text.In["en"])
		for _, c := range s.Commands {
			add("do=%s", c)
			add("do@%s=%s", s.Where, c)
		}
	}
	return facts
}

// holds reports whether a fact stands: exactly, or, when it ends in "*", as a
// beginning; "say=*x*" looks anywhere.
func holds(facts []string, want string) bool {
	if kind, part, ok := strings.Cut(want, "=~"); ok {
		return slices.ContainsFunc(facts, func(f string) bool { return strings.HasPrefix(f, kind+"=") && strings.Contains(f, part) })
	}
	return slices.Contains(facts, want)
}

func runRows(t *testing.T, rows []row) {
	t.Helper()
	c := load(t)
	for _, r := range rows {
		t.Run(r.rule, func(t *testing.T) {
			if r.source == "" || len(r.want) == 0 {
				t.Fatal("a row names its source and what it expects")
			}
			p := c.Plan(r.d, today)
			facts := planFacts(p)
			for _, want := range r.want {
				absent := strings.HasPrefix(want, "!")
				if holds(facts, strings.TrimPrefix(want, "!")) == absent {
					t.Errorf("[%s] %s: not so in\n%s", r.source, want, strings.Join(facts, "\n"))
				}
			}
			checkPlan(t, c, p)
		})
	}
}

// checkPlan holds for every plan: whatever is said has a source and all languages,
// the plan survives JSON, and a spec without errors makes a request.
func checkPlan(t *testing.T, c *Catalogue, p Plan) {
	t.Helper()
	for _, s := range p.Specs {
		for _, n := range s.Names {
			if n.Reason.Zero() || n.Source == "" && n.Reason.Key != "certs.reason.wanted" {
				t.Errorf("%s: %s has no reason or source", s.Profile, n.Value)
			}
		}
		for _, u := range append(slices.Clone(s.EKU), s.KU...) {
			if u.Reason.Zero() || u.Source == "" {
				t.Errorf("%s: %s has no reason or source", s.Profile, u.ID)
			}
		}
		if s.Days < 1 || !knownKey(s.Key) && len(p.Errors()) == 0 || len(s.For) == 0 {
			t.Errorf("%s: days %d, key %s, for %v", s.Profile, s.Days, s.Key, s.For)
		}
	}
	for _, step := range p.Runbook {
		if step.Text.Zero() || strings.ContainsAny(step.Text.In["en"]+strings.Join(step.Commands, ""), "{}") {
			t.Errorf("step %v: an unfilled text or command", step)
		}
	}
	raw, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var back Plan
	if err := json.Unmarshal(raw, &back); err != nil {
		t.Fatal(err)
	}
}

package certs

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

var (
	profileID = regexp.MustCompile(`^[a-z0-9-]+/[a-z0-9-]+$`)
	productID = regexp.MustCompile(`^[a-z0-9-]+$`)
	ruleID    = regexp.MustCompile(`^[a-z0-9-]+/[a-z0-9-]+$`)
)

var nameOrigins = []string{"node", "nodes", "others", "cluster_fqdn", "domains", "wildcard_domains", "phone_profiles", "chat_aliases", "multi_server", "value"}

var askedFields = []string{"nodes", "cluster_fqdn", "domains", "version", "ca", "names", "phone_profiles", "chat_aliases",
	"services", "topology", "features", "key", "environment", "subject.O", "subject.C"}

// checker collects what is wrong in one file, with the line of each field.
type checker struct {
	raw    []byte
	root   *yaml.Node // parsed for the first fault: a sound file needs no line numbers
	faults []string
}

func (c *checker) fault(path, format string, args ...any) {
	if c.root == nil {
		c.root = &yaml.Node{}
		if err := yaml.Unmarshal(c.raw, c.root); err != nil {
			c.root = &yaml.Node{Line: 1}
		}
	}
	c.faults = append(c.faults, fmt.Sprintf("line %d: %s: %s", lineOf(c.root, path), path, fmt.Sprintf(format, args...)))
}

func oneOf[T ~string](c *checker, path string, value T, allowed ...T) {
	if !slices.Contains(allowed, value) {
		c.fault(path, "%q is not one of %v", value, allowed)
	}
}

// each checks every element of a list under its own path.
func each[E any](path string, list []E, check func(path string, e E)) {
	for i, e := range list {
		check(path+"."+strconv.Itoa(i), e)
	}
}

// check finds what the types cannot: enumerations, absent parts, unknown usages.
func (f profileFile) check(raw []byte) error {
	c := &checker{raw: raw}
	for i, x := range f.Families {
		at := "families." + strconv.Itoa(i)
		if !productID.MatchString(x.ID) || x.Name == "" {
			c.fault(at, "id (small letters, digits and hyphens) and name are needed")
		}
		for _, m := range x.Marks {
			if len(strings.Trim(m, "* ")) < 3 {
				c.fault(at+".marks", "%q is too short to mean anything", m)
			}
		}
	}
	for i, p := range f.Products {
		at := "products." + strconv.Itoa(i)
		oneOf(c, at+".platform", p.Platform, "", ExpresswayOS, UnifiedOS)
		if !productID.MatchString(p.ID) {
			c.fault(at+".id", "%q: small letters, digits and hyphens only", p.ID)
		}
		if p.Name.Zero() {
			c.fault(at+".name", "is absent")
		}
		for _, f := range p.Features {
			oneOf(c, at+".features", f, MRA, XMPPFederation, PhoneSecurityProfiles, MixedMode)
		}
		each(at+".stores", p.Stores, func(path string, s Store) { c.steps(path+".then", s.Then, false) })
	}
	for i, p := range f.Procedures {
		at := "procedures." + strconv.Itoa(i)
		if !ruleID.MatchString(p.ID) || p.Title.Zero() || p.When.Zero() || len(p.Steps) == 0 || len(p.Source) == 0 {
			c.fault(at, "id (product/what), title, when, steps and source are needed")
		}
		c.day(at+".as_of", p.AsOf)
		c.steps(at+".steps", p.Steps, false)
		each(at+".notes", p.Notes, c.note)
	}
	seen := map[string]bool{}
	for i, p := range f.Profiles {
		at := "profiles." + strconv.Itoa(i)
		if seen[p.ID] {
			c.fault(at+".id", "%q stands twice in this file", p.ID)
		}
		seen[p.ID] = true
		c.profile(at, p)
	}
	if len(c.faults) == 0 {
		return nil
	}
	return fmt.Errorf("%s", strings.Join(c.faults[:min(len(c.faults), 20)], "; "))
}

func (c *checker) day(path, day string) {
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		c.fault(path, "%q is not a day (YYYY-MM-DD)", day)
	}
}

func (c *checker) profile(at string, p Profile) {
	if !profileID.MatchString(p.ID) {
		c.fault(at+".id", "%q is not product/service", p.ID)
	}
	if p.Title.Zero() || p.Purpose.Zero() {
		c.fault(at, "title and purpose are needed")
	}
	c.day(at+".as_of", p.AsOf)
	if len(p.Topologies) == 0 || len(p.CommonName) == 0 || len(p.Keys) == 0 || len(p.EKU)+len(p.KU) == 0 || len(p.Source) == 0 {
		c.fault(at, "topologies, common_name, keys, eku or ku, and source are needed")
	}
	for _, t := range p.Topologies {
		oneOf(c, at+".topologies", t, Single, Cluster, ClusterShared)
	}
	oneOf(c, at+".ca.default", p.CA.Default, PublicCA, PrivateCA)
	each(at+".keys", p.Keys, func(path string, k KeyRule) {
		oneOf(c, path+".type", k.Type, "rsa", "ecdsa")
		for _, size := range k.Sizes {
			if !knownKey(Key{Type: k.Type, Size: size}) {
				c.fault(path+".sizes", "%d is not a size of %s keys", size, k.Type)
			}
		}
		if len(k.Sizes) == 0 {
			c.fault(path+".sizes", "is absent")
		}
	})
	each(at+".common_name", p.CommonName, c.name)
	each(at+".names", p.Names, c.name)
	each(at+".eku", p.EKU, func(path string, u UsageRule) { c.usage(path, u, isEKU(u.ID)) })
	each(at+".ku", p.KU, func(path string, u UsageRule) { c.usage(path, u, isKU(u.ID)) })
	each(at+".default", p.Default, c.when)
	each(at+".asks", p.Asks, func(path string, a Ask) {
		oneOf(c, path+".field", a.Field, askedFields...)
		c.when(path+".when", a.When)
	})
	if len(p.Upload.Accepts) == 0 || p.Upload.Extension == "" {
		c.fault(at+".upload", "accepts and extension are needed")
	}
	each(at+".trusted_by", p.TrustedBy, func(path string, t TrustRule) { c.when(path+".when", t.When) })
	c.steps(at+".steps", p.Steps, true)
	each(at+".notes", p.Notes, c.note)
	each(at+".dangers", p.Dangers, c.note)
}

func (c *checker) name(path string, r NameRule) {
	oneOf(c, path+".from", r.From, nameOrigins...)
	if (r.From == "value") != (r.Value != "") {
		c.fault(path+".value", "goes with from: value")
	}
	if r.Reason.Zero() || len(r.Source) == 0 {
		c.fault(path, "reason and source are needed")
	}
	c.when(path+".when", r.When)
}

func (c *checker) usage(path string, u UsageRule, known bool) {
	if !known {
		c.fault(path+".id", "%q is not a usage that belongs here", u.ID)
	}
	oneOf(c, path+".need", u.Need, Required, Wanted, Allowed, Forbidden)
	if u.Reason.Zero() || len(u.Source) == 0 {
		c.fault(path, "reason and source are needed")
	}
	c.when(path+".when", u.When)
}

func (c *checker) steps(path string, steps []StepRule, phased bool) {
	each(path, steps, func(at string, s StepRule) {
		if phased {
			oneOf(c, at+".phase", s.Phase, Prepare, Request, Check, Install, Restart, Verify)
		}
		oneOf(c, at+".on", s.On, "", "once", "each", "first", "others", "all")
		if s.Text.Zero() || len(s.Source) == 0 {
			c.fault(at, "text and source are needed")
		}
		c.when(at+".when", s.When)
	})
}

func (c *checker) note(path string, n Note) {
	if !ruleID.MatchString(n.Rule) {
		c.fault(path+".rule", "%q is not area/rule", n.Rule)
	}
	oneOf(c, path+".severity", n.Severity, "", Info, Warning, Error)
	if n.Text.Zero() || len(n.Source) == 0 {
		c.fault(path, "text and source are needed")
	}
	if strings.Contains(n.Text.In[English], "{") {
		c.fault(path+".text", "placeholders are filled in steps only")
	}
	c.when(path+".when", n.When)
}

func (c *checker) when(path string, w Condition) {
	for _, t := range w.Topology {
		oneOf(c, path+".topology", t, Single, Cluster, ClusterShared)
	}
	for _, f := range append(slices.Clone(w.Feature), w.Without...) {
		oneOf(c, path, f, MRA, XMPPFederation, PhoneSecurityProfiles, MixedMode)
	}
	oneOf(c, path+".ca", w.CA, "", PublicCA, PrivateCA)
	for _, v := range []string{w.Since, w.Before} {
		if v != "" && !readableVersion(v) {
			c.fault(path, "%q is not a version", v)
		}
	}
	for _, f := range append(slices.Clone(w.Has), w.Lacks...) {
		oneOf(c, path, f, askedFields...)
	}
}

// lineOf finds the line of a dotted path; a part that is absent has its parent's.
func lineOf(n *yaml.Node, path string) int {
	if n.Kind == yaml.DocumentNode && len(n.Content) > 0 {
		n = n.Content[0]
	}
	line := n.Line
	for part := range strings.SplitSeq(path, ".") {
		if n.Kind == yaml.AliasNode {
			n = n.Alias
		}
		next := child(n, part)
		if next == nil {
			return line
		}
		n, line = next, next.Line
	}
	return line
}

func child(n *yaml.Node, part string) *yaml.Node {
	if n.Kind == yaml.SequenceNode {
		if i, err := strconv.Atoi(part); err == nil && i < len(n.Content) {
			return n.Content[i]
		}
		return nil
	}
	for i := 0; i+1 < len(n.Content) && n.Kind == yaml.MappingNode; i += 2 {
		if n.Content[i].Value == part {
			return n.Content[i+1]
		}
	}
	return nil
}

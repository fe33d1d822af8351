package check

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"countersign/certs"
)

// profileSpec asks the planner what a certificate of the profile must look like, so
// that a check and a plan can never disagree. Names are not its business: which ones
// a deployment needs, the certificate alone cannot tell.
func profileSpec(p certs.Profile, f Facts, opts LintOptions) (certs.Spec, bool) {
	if opts.Catalogue == nil {
		return certs.Spec{}, false
	}
	key := certs.Key{}
	if f.Key.Type == "rsa" || f.Key.Type == "ecdsa" {
		key = certs.Key{Type: f.Key.Type, Size: f.Key.Size}
	}
	system := certs.System{Product: p.Product(), Version: opts.Version, Services: []string{p.Service()},
		Nodes: []string{"node.example.com"}, ClusterFQDN: "cluster.example.com", CA: opts.CA, Key: key}
	if slices.Contains(p.Topologies, certs.Single) {
		system.Topology = certs.Single
	}
	plan := opts.Catalogue.Plan(certs.Deployment{Domains: []string{"example.com"}, Systems: []certs.System{system}}, opts.Now)
	for _, s := range plan.Specs {
		if s.Profile == p.ID {
			return s, true
		}
	}
	return certs.Spec{}, false
}

// profileFindings is what the product would say to a certificate or a request.
func profileFindings(it *Item, opts LintOptions) []certs.Finding {
	var p certs.Profile
	known := false
	if opts.Catalogue != nil {
		p, known = opts.Catalogue.Profile(opts.Profile)
	}
	if !known {
		return []certs.Finding{finding("lint.no-profile", certs.Error, "Profile", opts.Profile)}
	}
	c := &profileCheck{platform: opts.Catalogue.PlatformOf(p.Product()), titles: map[string]string{}, p: p, f: Inspect(it, opts.Now), it: it, request: it.Kind == Request}
	for _, d := range opts.Catalogue.Documents() {
		c.titles[d.Tag] = d.Title
	}
	if isCA := c.f.IsCA; it.Kind == Certificate && isCA && !p.IsCA && c.f.Role != SelfSigned {
		c.say("lint.ca-certificate", certs.Error, nil, "Title", it.Title())
		return c.out
	}
	if spec, ok := profileSpec(p, c.f, opts); ok {
		c.usages("eku", c.f.EKU, spec.EKU, spec.MayEKU, p.EKU)
		c.usages("ku", c.f.KU, spec.KU, spec.MayKU, p.KU)
	}
	c.key()
	c.names()
	c.subject()
	return c.out
}

type profileCheck struct {
	p        certs.Profile
	platform certs.Platform
	titles   map[string]string // of documents, by tag
	f        Facts
	it       *Item
	request  bool
	out      []certs.Finding
}

func (c *profileCheck) say(rule string, s certs.Severity, source certs.Sources, pairs ...string) {
	if len(source) == 0 {
		source = c.p.Source
	}
	var cited []string
	for _, tag := range source {
		cited = append(cited, cmp.Or(c.titles[tag], tag))
	}
	c.out = append(c.out, sourced(finding(rule, s, append(pairs, "Profile", c.p.ID)...), strings.Join(cited, "; ")))
}

// usages compares one kind of usage: kind is eku or ku.
func (c *profileCheck) usages(kind string, have []string, want []certs.Usage, may []string, rules []certs.UsageRule) {
	if c.request && len(have) == 0 {
		c.say("lint."+kind+"-not-asked", certs.Warning, nil)
		return
	}
	if kind == "ku" && len(have) == 0 { // absent means unrestricted (RFC 5280 section 4.2.1.3)
		c.say("lint.ku-none", certs.Warning, nil)
		return
	}
	for _, u := range want {
		switch {
		case slices.Contains(have, u.ID):
		case u.Optional:
			c.say("lint."+kind+"-wanted", certs.Info, certs.Sources{u.Source}, "Usage", u.ID)
		default:
			c.say("lint."+kind+"-missing", certs.Error, certs.Sources{u.Source}, "Usage", u.ID)
		}
	}
	for _, u := range have {
		asked := slices.ContainsFunc(want, func(w certs.Usage) bool { return w.ID == u })
		forbidden := slices.ContainsFunc(rules, func(r certs.UsageRule) bool { return r.ID == u && r.Need == certs.Forbidden })
		switch {
		case asked || slices.Contains(may, u):
		case forbidden:
			c.say("lint."+kind+"-forbidden", certs.Error, nil, "Usage", u)
		default:
			c.say("lint."+kind+"-extra", certs.Info, nil, "Usage", u)
		}
	}
}

func (c *profileCheck) key() {
	k := c.f.Key
	i := slices.IndexFunc(c.p.Keys, func(r certs.KeyRule) bool { return r.Type == k.Type })
	if len(c.p.Keys) > 0 && i < 0 {
		c.say("lint.key-type", certs.Error, c.p.Keys[0].Source, "Key", k.String())
		return
	}
	if limit := c.p.Limits.KeyBits; limit > 0 && k.Type == "rsa" && k.Size > limit {
		c.say("lint.key-too-large", certs.Error, c.p.Limits.Source, "Key", k.String(), "Limit", strconv.Itoa(limit))
		return
	}
	if i >= 0 && !slices.Contains(c.p.Keys[i].Sizes, k.Size) {
		c.say("lint.key-size", certs.Warning, c.p.Keys[i].Source, "Key", k.String())
	}
}

func (c *profileCheck) names() {
	characters := 0
	for i, n := range c.f.Names {
		if i > 0 {
			characters++
		}
		characters += len(n.Value)
		switch {
		case strings.HasPrefix(n.Value, "*") && !c.p.Wildcard.Allowed:
			c.say("lint.wildcard", certs.Error, c.p.Wildcard.Source, "Name", n.Value)
		case !slices.Contains([]string{"dns", "ip", "email", "uri", "srv"}, n.Type):
			c.say("lint.name-type", certs.Warning, nil, "Name", n.Value, "Type", n.Type)
		}
	}
	if limit := c.p.Limits.SANCharacters; limit > 0 && characters > limit {
		c.say("lint.san-characters", certs.Error, c.p.Limits.Source, "Length", strconv.Itoa(characters), "Limit", strconv.Itoa(limit))
	}
	cn := c.f.CommonName
	if len(c.p.Names) > 0 && len(c.f.Names) == 0 {
		c.say("lint.no-names", certs.Error, nil)
	} else if cn != "" && len(c.f.Names) > 0 && !slices.ContainsFunc(c.f.Names, func(n AltName) bool { return strings.EqualFold(n.Value, cn) }) {
		c.say("lint.cn-not-in-san", certs.Warning, nil, "Name", cn)
	}
}

// subject checks a fixed common name (CMS: postgres) and, on Expressway, that every
// attribute is one that it decodes: others stop the SSH tunnels.
func (c *profileCheck) subject() {
	if len(c.p.CommonName) == 1 {
		if r := c.p.CommonName[0]; r.From == "value" && !strings.Contains(r.Value, "{") && c.f.CommonName != r.Value {
			c.say("lint.cn-fixed", certs.Error, r.Source, "Want", r.Value, "Have", c.f.CommonName)
		}
	}
	if c.platform != certs.ExpresswayOS {
		return
	}
	names := [][]byte{}
	if c.it.raw != nil {
		names = append(names, c.it.raw.subject, c.it.raw.issuer)
	} else if c.it.CSR != nil {
		names = append(names, c.it.CSR.RawSubject)
	}
	for _, raw := range names {
		for _, a := range readDN(raw) {
			if shortNames[a.oid] == "" {
				c.say("lint.undecoded-oid", certs.Warning, certs.Sources{"EWY-143-TS"}, "OID", a.oid)
			}
		}
	}
}

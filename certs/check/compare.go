package check

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"countersign/certs"
)

// Compare holds a new certificate against the one that it is to replace, by the two
// principles of "Renew Expressway certificates": its attributes must match, above all
// SAN and EKU, and its CA must be trusted by every server that talks to this one. A
// CSR may stand on either side; what a CSR does not have is left out.
func Compare(older, newer *Item, opts CompareOptions) Comparison {
	c := &comparing{opts: opts, a: Inspect(older, opts.Now), b: Inspect(newer, opts.Now), older: older, newer: newer}
	c.out = Comparison{Changes: []Change{}, Findings: []certs.Finding{}, Steps: []certs.Step{}}
	for _, f := range []Facts{c.a, c.b} {
		if f.Kind != Certificate && f.Kind != Request || f.Kind == Request && f.Subject == "" && f.Refused != "" {
			c.say("compare.not-comparable", certs.Error, "", "Item", f.Title)
			return c.out
		}
	}
	c.out.Same = c.a.SHA256 == c.b.SHA256
	if c.out.Same {
		c.say("compare.identical", certs.Warning, "")
	}
	c.names()
	c.usages()
	c.key()
	c.subject()
	c.authority()
	c.lifetime()
	c.steps()
	c.out.OK = !hasErrors(c.out.Findings)
	return c.out
}

func (c *comparing) names() {
	list := func(f Facts) []string {
		var out []string
		for _, n := range f.Names {
			v := n.Value
			if n.Type == "dns" {
				v = strings.ToLower(v) // RFC 4343: case does not count
			}
			if n.Type != "dns" && n.Type != "ip" {
				v = n.Type + ":" + v
			}
			if !slices.Contains(out, v) {
				out = append(out, v)
			}
		}
		return out
	}
	added, removed := c.sets("san", list(c.a), list(c.b))
	switch {
	case len(removed) > 0:
		c.say("compare.san-lost", certs.Error, sourceRenew+", step C", "Names", someOf(removed, 20))
	case len(added) == 0:
		c.say("compare.san-same", certs.Info, sourceRenew+", step C", "Count", strconv.Itoa(len(list(c.b))))
	}
	if len(added) > 0 {
		c.say("compare.san-new", certs.Info, sourceRenew+", step C", "Names", someOf(added, 20))
	}
}

func (c *comparing) usages() {
	added, removed := c.sets("eku", c.a.EKU, c.b.EKU)
	for _, u := range removed {
		switch {
		case c.notNeeded(u):
			c.say("compare.eku-not-needed", certs.Info, sourceRenew+", step C", "Usage", u, "Profile", c.opts.Profile)
		case u == "clientAuth":
			c.say("compare.client-lost", certs.Error, sourceRenew+", step C; CA facts of 2026")
		case u == "serverAuth":
			c.say("compare.server-lost", certs.Error, sourceRenew+", step C")
		default:
			c.say("compare.eku-lost", certs.Warning, sourceRenew+", step C", "Usage", u)
		}
	}
	if len(added) > 0 {
		c.say("compare.eku-new", certs.Info, sourceRenew+", step C", "Usage", strings.Join(added, ", "))
	}
	if len(added)+len(removed) == 0 && len(c.b.EKU) > 0 {
		c.say("compare.eku-same", certs.Info, sourceRenew+", step C", "Usage", strings.Join(c.b.EKU, ", "))
	}
	_, removed = c.sets("ku", c.a.KU, c.b.KU)
	if len(removed) > 0 {
		rule := "compare.ku-lost"
		if slices.Contains(removed, "dataEncipherment") {
			rule = "compare.data-encipherment-lost"
		}
		c.say(rule, certs.Warning, sourceS004Uses, "Usage", strings.Join(removed, ", "))
	}
}

// notNeeded: the profile is known and neither requires nor wants the usage.
func (c *comparing) notNeeded(usage string) bool {
	if c.opts.Catalogue == nil || c.opts.Profile == "" {
		return false
	}
	p, ok := c.opts.Catalogue.Profile(c.opts.Profile)
	if !ok {
		return false
	}
	spec, ok := profileSpec(p, c.b, LintOptions{Profile: p.ID, Version: c.opts.Version, Catalogue: c.opts.Catalogue, Now: c.opts.Now})
	return ok && !slices.ContainsFunc(spec.EKU, func(u certs.Usage) bool { return u.ID == usage })
}

const sourceS004Uses = "CUCM administration guide, Manage certificates, key usage"

func (c *comparing) key() {
	changed := c.a.Key.SPKI != c.b.Key.SPKI
	c.out.Changes = append(c.out.Changes, Change{Field: "key", Same: !changed, Old: c.a.Key.String(), New: c.b.Key.String()})
	switch {
	case !changed && c.both() && !c.out.Same:
		c.say("compare.key-same", certs.Info, "")
	case !changed:
	case c.a.Kind != c.b.Kind:
		c.say("compare.key-foreign", certs.Error, sourceRenew+", step B")
	default:
		c.say("compare.key-new", certs.Info, sourceRenew+", step B", "Old", c.a.Key.String(), "New", c.b.Key.String())
	}
	if c.a.Key.Type == c.b.Key.Type && c.b.Key.Size < c.a.Key.Size {
		c.say("compare.key-smaller", certs.Warning, "", "Old", c.a.Key.String(), "New", c.b.Key.String())
	}
	if c.a.Key.Type != c.b.Key.Type && c.a.Key.Type != "" {
		c.say("compare.key-type", certs.Warning, "", "Old", c.a.Key.String(), "New", c.b.Key.String())
	}
}

func (c *comparing) subject() {
	if c.change("subject", c.a.Subject, c.b.Subject) {
		if !strings.EqualFold(c.a.CommonName, c.b.CommonName) {
			c.say("compare.cn-other", certs.Warning, sourceRenew, "Old", c.a.CommonName, "New", c.b.CommonName)
		} else {
			c.say("compare.subject-other", certs.Info, sourceRenew, "Old", c.a.Subject, "New", c.b.Subject)
		}
	}
}

// authority compares the issuers: by key identifier, as step D does, and by name
// where one of them has none.
func (c *comparing) authority() {
	if !c.both() {
		return
	}
	c.change("aki", c.a.AKI, c.b.AKI)
	nameChanged := c.change("issuer", c.a.Issuer, c.b.Issuer)
	c.change("signature", c.a.Signature, c.b.Signature)
	switch {
	case c.a.Role == SelfSigned && c.b.Role == SelfSigned:
		c.out.SameCA = c.a.SHA256 == c.b.SHA256
		if !c.out.SameCA {
			c.say("compare.self-signed", certs.Warning, sourceRenew+", step D")
		}
	case c.a.AKI != "" && c.a.AKI == c.b.AKI:
		c.out.SameCA = true
		c.say("compare.ca-same", certs.Info, sourceRenew+", step D", "AKI", c.b.AKI)
	case c.a.AKI != "" && c.b.AKI != "":
		rule := "compare.ca-other"
		if !nameChanged {
			rule = "compare.ca-renewed"
		}
		c.say(rule, certs.Warning, sourceRenew+", step D", "Old", c.a.AKI, "New", c.b.AKI, "Issuer", c.b.Issuer)
	case !nameChanged:
		c.say("compare.ca-unsure", certs.Warning, sourceRenew+", step D", "Issuer", c.b.Issuer)
	default:
		c.say("compare.ca-other-name", certs.Warning, sourceRenew+", step D", "Old", c.a.Issuer, "New", c.b.Issuer)
	}
	if len(c.opts.Trust) > 0 && !c.out.SameCA && c.newer.Cert != nil {
		v := Verify(c.newer, VerifyOptions{Trust: c.opts.Trust, Now: c.opts.Now})
		if len(v.Chain.Nodes) > 0 && v.Chain.Trusted {
			c.say("compare.ca-trusted", certs.Info, sourceRenew+", step D")
			c.out.SameCA = true // nothing to load
		} else {
			c.say("compare.ca-untrusted", certs.Error, sourceRenew+", step D")
		}
	}
}

func (c *comparing) lifetime() {
	if !c.both() {
		return
	}
	period := func(f Facts) string {
		return f.NotBefore.Format(time.DateOnly) + " – " + f.NotAfter.Format(time.DateOnly) + " (" + strconv.Itoa(f.Days) + " d)"
	}
	c.change("lifetime", period(c.a), period(c.b))
	until := c.b.NotAfter.Format(time.DateOnly)
	switch {
	case c.b.State == Expired:
		c.say("compare.expired", certs.Error, "", "Until", until)
	case c.b.State == NotYetValid:
		c.say("compare.not-yet", certs.Error, "", "From", c.b.NotBefore.Format(time.RFC3339))
	case !c.out.Same && c.b.NotAfter.Before(c.a.NotAfter) && c.b.NotBefore.Before(c.a.NotBefore):
		c.say("compare.swapped", certs.Warning, "")
	case c.b.NotAfter.Before(c.a.NotAfter):
		c.say("compare.shorter", certs.Warning, "", "Old", c.a.NotAfter.Format(time.DateOnly), "New", until)
	}
	if c.b.Days < c.a.Days-30 {
		c.say("compare.life-shorter", certs.Info, "BR 6.3.2", "Old", strconv.Itoa(c.a.Days), "New", strconv.Itoa(c.b.Days))
	}
}

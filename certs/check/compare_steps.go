package check

import (
	"cmp"

	"countersign/certs"
)

// steps writes down what is left of the renewal, steps A to E of "Renew Expressway
// certificates", with what this pair of certificates makes of each.
func (c *comparing) steps() {
	if !c.both() || c.out.Same {
		return
	}
	add := func(id, where string, commands []string, pairs ...string) {
		c.out.Steps = append(c.out.Steps, certs.Step{Where: where, Text: certs.T("check.compare.step."+id, pairs...), Commands: commands, Source: sourceRenew})
	}
	path := func(p string) []string {
		if c.platform() != certs.ExpresswayOS {
			return nil
		}
		return []string{p}
	}
	names := ""
	for _, ch := range c.out.Changes {
		if ch.Field == "san" {
			names = ch.Old
		}
	}
	add("a", "", path("Maintenance > Security > Server certificate > Show decoded"), "Names", names, "AKI", cmp.Or(c.a.AKI, "–"))
	if hasErrors(c.out.Findings) {
		add("c-again", "", path("Maintenance > Security > Server certificate > Generate CSR"))
		return
	}
	add("c-fine", "", nil)
	if c.out.SameCA {
		add("d-same", "", nil, "AKI", cmp.Or(c.b.AKI, "–"))
	} else {
		c.stepsNewCA(add, path)
	}
	switch c.platform() {
	case certs.ExpresswayOS:
		add("e", "", path("Maintenance > Security > Server certificate > Browse"))
	case certs.UnifiedOS:
		add("e-cucm", "", []string{"Cisco Unified OS Administration > Security > Certificate Management > Upload Certificate/Certificate chain"})
	default:
		add("e-other", "", nil)
	}
}

// platform is whose pages the steps name: those of the source document where no product
// is named.
func (c *comparing) platform() certs.Platform {
	if c.opts.Product == "" {
		return certs.ExpresswayOS
	}
	if c.opts.Catalogue == nil {
		return ""
	}
	return c.opts.Catalogue.PlatformOf(c.opts.Product)
}

// stepsNewCA are D1 to D4: load the new CA wherever this certificate is met.
func (c *comparing) stepsNewCA(add func(id, where string, commands []string, pairs ...string), path func(string) []string) {
	store := path("Maintenance > Security > Trusted CA certificate")
	add("d1", "", nil, "Issuer", c.b.Issuer)
	switch c.platform() {
	case certs.UnifiedOS:
		add("d2-cucm", "", []string{"Cisco Unified OS Administration > Security > Certificate Management > Upload Certificate/Certificate chain"})
		add("d3-cucm", "", nil)
		return
	case certs.ExpresswayOS:
	default:
		add("d2-other", "", nil)
		return
	}
	add("d2", "", store)
	switch c.opts.Product {
	case "expressway-e":
		add("d3-e", "Expressway-C", store)
	case "expressway-c":
		add("d3-c", "Expressway-E", store)
	default:
		add("d3", "", store)
	}
	if c.opts.Product != "expressway-e" {
		add("d4", "CUCM", []string{"Cisco Unified OS Administration > Security > Certificate Management > Upload Certificate/Certificate chain"})
	}
}

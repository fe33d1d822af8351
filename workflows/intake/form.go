package intake

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"countersign/certs"
	"countersign/workflows"
	"countersign/workflows/form"
)

// The steps of the request form, which are the pages of its wizard.
const (
	StepWhat  = "what"
	StepNames = "names"
	StepWho   = "who"
)

var shared = []string{string(certs.Cluster), string(certs.ClusterShared)}

// Form gives the request form over the products that the catalogue has, also those of the
// operator's own: which are offered, and which question a product is asked, is said there.
// Keys are those of certs.Finding.Field, so that what the planner objects to is shown by
// the field.
func (s *Service) Form() form.Form {
	var all, several, featured []string
	asked := map[string][]string{} // products by field
	for _, p := range s.Catalogue.Products() {
		all = append(all, p.ID)
		if len(s.Catalogue.Services(p.ID)) > 1 {
			several = append(several, p.ID)
		}
		if len(p.Features) > 0 {
			featured = append(featured, p.ID)
		}
		for _, field := range []string{"version", "cluster_fqdn", "domains", "chat_aliases"} {
			if s.Catalogue.Asks(p.ID, field) {
				asked[field] = append(asked[field], p.ID)
			}
		}
	}
	product := func(ids []string) form.Is { return form.Is{Key: "product", In: ids} }
	uses := func(f certs.Feature) form.Is { return form.Is{Key: "features", In: []string{string(f)}} }
	may, service := applicable{s.Kernel}, []string{"product", "service"}
	return form.Form{Fields: []form.Field{
		{Key: "product", Type: form.Choice, Step: StepWhat, Options: all},
		{Key: "service", Type: form.Choices, Step: StepWhat, Only: func(a form.Answers) []string { return s.Catalogue.Services(a.First("product")) },
			By: []string{"product"}, When: []form.Is{product(several)}},
		{Key: "version", Type: form.Text, Step: StepWhat, Max: 40, Optional: true, Ask: true, When: []form.Is{product(asked["version"])}, If: may.asks("version"), By: service},
		{Key: "environment", Type: form.Choice, Step: StepWhat, Options: []string{"production", "staging", "lab"}, Default: "production"},

		{Key: "topology", Type: form.Choice, Step: StepNames, Only: may.topologies, By: service, Presume: fewNodes},
		{Key: "nodes", Type: form.Names, Step: StepNames, One: oneNode, By: []string{"topology"}},
		{Key: "cluster_fqdn", Type: form.Text, Step: StepNames, Max: 253, When: []form.Is{{Key: "topology", In: shared}, product(asked["cluster_fqdn"])}, If: may.asks("cluster_fqdn"), By: service},
		{Key: "features", Type: form.Choices, Step: StepNames, Optional: true, Only: may.featuresOf, By: []string{"product"}, When: []form.Is{product(featured)}},
		{Key: "domains", Type: form.Names, Step: StepNames, Optional: true, Ask: true, When: []form.Is{product(asked["domains"])}, If: may.asks("domains"), By: service},
		{Key: "phone_profiles", Type: form.Names, Step: StepNames, When: []form.Is{uses(certs.PhoneSecurityProfiles)}, If: may.asks("phone_profiles"), By: service},
		{Key: "chat_aliases", Type: form.Names, Step: StepNames, Optional: true, Ask: true, When: []form.Is{uses(certs.XMPPFederation), product(asked["chat_aliases"])}, If: may.asks("chat_aliases"), By: service},
		{Key: "names", Type: form.Names, Step: StepNames, Optional: true},

		{Key: "ca", Type: form.Choice, Step: StepWho, Options: []string{string(certs.PublicCA), string(certs.PrivateCA)}, Only: may.authorities, By: []string{"product", "service", "environment"}, If: may.signedOutside},
		{Key: "csr", Type: form.Choice, Step: StepWho, Only: may.keyMakers, By: service, Default: OursCSR},
		{Key: "key", Type: form.Choice, Step: StepWho, Options: keyOptions(), Only: may.keysOf, By: service, Optional: true}, // of another the planner says why not
		{Key: "subject.O", Type: form.Text, Step: StepWho, Optional: true, Max: 64},                                          // RFC 5280 upper bounds
		{Key: "subject.OU", Type: form.Text, Step: StepWho, Optional: true, Max: 64},
		{Key: "subject.L", Type: form.Text, Step: StepWho, Optional: true, Max: 128, If: may.takesLocality, By: []string{"product", "service", "csr"}},
		{Key: "subject.ST", Type: form.Text, Step: StepWho, Optional: true, Max: 128},
		{Key: "subject.C", Type: form.Text, Step: StepWho, Optional: true, Max: 64}, // the planner says which code was meant
		{Key: "purpose", Type: form.Area, Step: StepWho, Max: workflows.MaxReason},
	}}
}

// Labels are the names of products, their services and their certificates by the key under
// which texts speak of them: no catalogue of texts can know those that an operator brought.
func (s *Service) Labels() map[string]map[string]string { return Labels(s.Catalogue) }

// Labels are those of a catalogue. A service is called as its vendor calls it.
func Labels(c *certs.Catalogue) map[string]map[string]string {
	labels := map[string]map[string]string{}
	for _, p := range c.Products() {
		labels["form.product.option."+p.ID] = p.Name.In
		if p.Version != "" {
			labels["form.version.example"+"."+p.ID] = everywhere(p.Version)
		}
	}
	for _, p := range c.Profiles() {
		labels["profile."+p.ID] = p.Title.In
		service := p.Title.In
		if p.Label != "" {
			service = everywhere(p.Label)
		}
		labels["form.service.option."+p.ID] = service
	}
	return labels
}

// everywhere is a text that is the same in each language.
func everywhere(text string) map[string]string {
	in := map[string]string{}
	for _, lang := range certs.Languages {
		in[lang] = text
	}
	return in
}

// deploymentOf turns answers into what the planner takes.
func deploymentOf(a form.Answers) certs.Deployment {
	d := certs.Deployment{
		Name:        nameOf(a),
		Environment: cmp.Or(a.First("environment"), "production"),
		Domains:     a["domains"],
		Subject: certs.Subject{O: a.First("subject.O"), OU: a.First("subject.OU"), L: a.First("subject.L"),
			ST: a.First("subject.ST"), C: a.First("subject.C")},
	}
	for _, f := range a["features"] {
		d.Features = append(d.Features, certs.Feature(f))
	}
	d.Systems = []certs.System{{
		Product: a.First("product"), Version: a.First("version"), Services: a["service"],
		Topology: certs.Topology(a.First("topology")), Nodes: a["nodes"], ClusterFQDN: strings.ToLower(a.First("cluster_fqdn")),
		Names: a["names"], PhoneProfiles: a["phone_profiles"], ChatAliases: a["chat_aliases"],
		CA: certs.CAKind(a.First("ca")), Key: keyOf(a.First("key")), OwnCSR: a.First("csr") == DeviceCSR,
	}}
	return d
}

// AnswersOfRequest are the answers that a request was made of, read from the request
// itself: what was described since, of the same node or by somebody else, is not its own.
// Of a plan with several services only the one of this certificate is asked for. What it
// was made without is answered with "none", so that it is not asked again.
func AnswersOfRequest(r workflows.Request) workflows.Answers {
	a, d := workflows.Answers{}, r.Deployment
	set := func(key string, v ...string) {
		a[key] = slices.DeleteFunc(slices.Clone(v), func(one string) bool { return one == "" })
	}
	set("environment", d.Environment)
	set("domains", d.Domains...)
	set("features")
	for _, f := range d.Features {
		a["features"] = append(a["features"], string(f))
	}
	set("subject.O", d.Subject.O)
	set("subject.OU", d.Subject.OU)
	set("subject.L", d.Subject.L)
	set("subject.ST", d.Subject.ST)
	set("subject.C", d.Subject.C)
	set("purpose", r.Purpose)
	if len(d.Systems) == 0 {
		return a
	}
	sys := d.Systems[0]
	_, service, _ := strings.Cut(r.Spec.Profile, "/")
	set("product", sys.Product)
	set("version", sys.Version)
	set("service", service)
	set("topology", string(sys.Topology))
	set("nodes", sys.Nodes...)
	set("cluster_fqdn", sys.ClusterFQDN)
	set("names", sys.Names...)
	set("phone_profiles", sys.PhoneProfiles...)
	set("chat_aliases", sys.ChatAliases...)
	set("ca", string(sys.CA))
	if set("key"); sys.Key.Size > 0 {
		set("key", keyOption(sys.Key))
	}
	if set("csr", OursCSR); sys.OwnCSR {
		set("csr", DeviceCSR)
	}
	return a
}

// nameOf is what a deployment is remembered by.
func nameOf(a form.Answers) string {
	return cmp.Or(strings.ToLower(a.First("cluster_fqdn")), a.First("nodes"))
}

// offeredKeys are the kinds of keys that the form offers, as far as profiles take them.
var offeredKeys = []certs.Key{{Type: "rsa", Size: 2048}, {Type: "rsa", Size: 3072}, {Type: "rsa", Size: 4096},
	{Type: "ecdsa", Size: 256}, {Type: "ecdsa", Size: 384}, {Type: "ecdsa", Size: 521}}

func keyOptions() []string {
	all := make([]string, len(offeredKeys))
	for i, k := range offeredKeys {
		all[i] = keyOption(k)
	}
	return all
}

// keyOption is how a kind of key stands in the form.
func keyOption(k certs.Key) string { return fmt.Sprintf("%s-%d", k.Type, k.Size) }

func keyOf(choice string) certs.Key {
	i := slices.IndexFunc(offeredKeys, func(k certs.Key) bool { return keyOption(k) == choice })
	if i < 0 {
		return certs.Key{}
	}
	return offeredKeys[i]
}

package workflows

import (
	"fmt"
	"slices"
	"strings"

	"countersign/certs"
	"countersign/workflows/form"
)

// The steps of the request form, which are the pages of its wizard.
const (
	StepWhat  = "what"
	StepNames = "names"
	StepWho   = "who"
)

// The values of the field csr: who makes the key.
const (
	OursCSR   = "ours"
	DeviceCSR = "device"
)

var (
	expressways = []string{"expressway-c", "expressway-e"}
	shared      = []string{string(certs.Cluster), string(certs.ClusterShared)}
)

// requestForm is the form of a certificate request. Keys are those of
// certs.Finding.Field, so that what the planner objects to is shown by the field.
func requestForm(services map[string][]string) form.Form {
	return form.Form{Fields: []form.Field{
		{Key: "product", Type: form.Choice, Step: StepWhat,
			Options: []string{"expressway-c", "expressway-e", "cucm", "imp", "cms", "unity-connection", "generic"}},
		{Key: "service", Type: form.Choices, Step: StepWhat, Only: func(a form.Answers) []string { return services[a.First("product")] },
			When: []form.Is{{Key: "product", In: []string{"expressway-c", "expressway-e", "cucm", "imp", "cms", "generic"}}}},
		{Key: "version", Type: form.Text, Step: StepWhat, Max: 40, Optional: true, Ask: true,
			When: []form.Is{{Key: "product", In: []string{"expressway-c", "expressway-e", "cucm", "imp", "cms"}}}},
		{Key: "environment", Type: form.Choice, Step: StepWhat, Options: []string{"production", "staging", "lab"}, Default: "production"},

		{Key: "nodes", Type: form.Names, Step: StepNames},
		{Key: "topology", Type: form.Choice, Step: StepNames, Options: []string{string(certs.Single), string(certs.Cluster), string(certs.ClusterShared)}},
		{Key: "cluster_fqdn", Type: form.Text, Step: StepNames, Max: 253,
			When: []form.Is{{Key: "topology", In: shared}, {Key: "product", In: append([]string{"cms", "generic"}, expressways...)}}},
		{Key: "features", Type: form.Choices, Step: StepNames, Optional: true, Only: featuresOf,
			When: []form.Is{{Key: "product", In: append([]string{"cucm", "imp"}, expressways...)}}},
		{Key: "domains", Type: form.Names, Step: StepNames, Optional: true, Ask: true,
			When: []form.Is{{Key: "product", In: []string{"expressway-e", "imp", "cms"}}}},
		{Key: "phone_profiles", Type: form.Names, Step: StepNames, When: []form.Is{{Key: "features", In: []string{string(certs.PhoneSecurityProfiles)}}}},
		{Key: "chat_aliases", Type: form.Names, Step: StepNames, Optional: true,
			When: []form.Is{{Key: "features", In: []string{string(certs.XMPPFederation)}}, {Key: "product", In: append([]string{"imp"}, expressways...)}}},
		{Key: "names", Type: form.Names, Step: StepNames, Optional: true},

		{Key: "ca", Type: form.Choice, Step: StepWho, Options: []string{string(certs.PublicCA), string(certs.PrivateCA)}},
		{Key: "csr", Type: form.Choice, Step: StepWho, Options: []string{OursCSR, DeviceCSR}, Default: OursCSR},
		{Key: "key", Type: form.Choice, Step: StepWho, Optional: true,
			Options: []string{"rsa-2048", "rsa-3072", "rsa-4096", "ecdsa-256", "ecdsa-384", "ecdsa-521"}},
		{Key: "subject.O", Type: form.Text, Step: StepWho, Optional: true, Max: 64}, // RFC 5280 upper bounds
		{Key: "subject.OU", Type: form.Text, Step: StepWho, Optional: true, Max: 64},
		{Key: "subject.L", Type: form.Text, Step: StepWho, Optional: true, Max: 128},
		{Key: "subject.ST", Type: form.Text, Step: StepWho, Optional: true, Max: 128},
		{Key: "subject.C", Type: form.Text, Step: StepWho, Optional: true, Max: 64}, // the planner explains what two letters mean
		{Key: "purpose", Type: form.Area, Step: StepWho, Max: maxReason},
	}}
}

// featuresOf narrows the features to those that matter to the product.
func featuresOf(a form.Answers) []string {
	switch a.First("product") {
	case "expressway-c":
		return []string{string(certs.MRA), string(certs.PhoneSecurityProfiles), string(certs.XMPPFederation)}
	case "expressway-e":
		return []string{string(certs.MRA), string(certs.XMPPFederation)}
	case "imp":
		return []string{string(certs.XMPPFederation)}
	case "cucm":
		return []string{string(certs.MixedMode)}
	}
	return nil
}

// Form gives the request form over the services that the catalogue has.
func (s *Service) Form() form.Form {
	services := map[string][]string{}
	for _, p := range s.Catalogue.Profiles() {
		product, service, _ := strings.Cut(p.ID, "/")
		services[product] = append(services[product], service)
	}
	return requestForm(services)
}

// settle fills in what follows from other answers, so that nobody is asked twice.
func settle(f form.Form, a form.Answers) form.Answers {
	set := func(key string, v ...string) {
		if next, problem := f.Set(a, key, v...); problem == nil {
			a = next
		}
	}
	if !a.Has("service") {
		switch p := a.First("product"); {
		case slices.Contains(expressways, p):
			set("service", "server")
		}
	}
	if len(a["nodes"]) == 1 && !a.Has("topology") {
		set("topology", string(certs.Single))
	}
	return a
}

// deploymentOf turns answers into what the planner takes.
func deploymentOf(a form.Answers) certs.Deployment {
	d := certs.Deployment{
		Name:        nameOf(a),
		Environment: a.First("environment"),
		Domains:     a["domains"],
		Subject: certs.Subject{O: a.First("subject.O"), OU: a.First("subject.OU"), L: a.First("subject.L"),
			ST: a.First("subject.ST"), C: strings.ToUpper(a.First("subject.C"))},
	}
	if d.Environment == "" {
		d.Environment = "production"
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

// answersOfRequest are the answers that a request was made of, read from the request
// itself: what was described since, of the same node or by somebody else, is not its own.
// Of a plan with several services only the one of this certificate is asked for. What it
// was made without is answered with "none", so that it is not asked again.
func answersOfRequest(r Request) Answers {
	a, d := Answers{}, r.Deployment
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
		set("key", fmt.Sprintf("%s-%d", sys.Key.Type, sys.Key.Size))
	}
	if set("csr", OursCSR); sys.OwnCSR {
		set("csr", DeviceCSR)
	}
	return a
}

// nameOf is what a deployment is remembered by.
func nameOf(a form.Answers) string {
	if c := a.First("cluster_fqdn"); c != "" {
		return strings.ToLower(c)
	}
	return a.First("nodes")
}

func keyOf(choice string) certs.Key {
	switch choice {
	case "rsa-2048":
		return certs.Key{Type: "rsa", Size: 2048}
	case "rsa-3072":
		return certs.Key{Type: "rsa", Size: 3072}
	case "rsa-4096":
		return certs.Key{Type: "rsa", Size: 4096}
	case "ecdsa-256":
		return certs.Key{Type: "ecdsa", Size: 256}
	case "ecdsa-384":
		return certs.Key{Type: "ecdsa", Size: 384}
	case "ecdsa-521":
		return certs.Key{Type: "ecdsa", Size: 521}
	}
	return certs.Key{}
}

package intake

import (
	"cmp"
	"fmt"
	"slices"

	"countersign/certs"
	"countersign/language"
	"countersign/workflows"
)

// understood reads a free text; of none nothing.
func understood(text string) language.Understanding {
	if text == "" {
		return language.Understanding{}
	}
	return language.Parse(text)
}

// saidOf are the answers that a text gives, but for a topology that was counted from its
// names: they may be some of several, and the form counts them itself.
func saidOf(u language.Understanding) workflows.Answers {
	said := AnswersOf(u)
	if said.First("topology") == string(certs.Single) && !slices.ContainsFunc(u.Evidence, func(e language.Evidence) bool { return e.Field == "topology" }) {
		delete(said, "topology")
	}
	return said
}

// evidenced are the fields of an understanding that have another name in the form.
var evidenced = map[string]string{"fqdns": "nodes", "sans": "names", "byo_csr": "csr"}

// saidIn tells what a text says from what was concluded from it: words stand for the first.
func saidIn(u language.Understanding) func(key string) workflows.Origin {
	said := map[string]bool{}
	for _, e := range u.Evidence {
		said[cmp.Or(evidenced[e.Field], e.Field)] = true
	}
	if u.Key != nil && u.Key.Size == 0 {
		delete(said, "key") // its size is the usual one
	}
	return func(key string) workflows.Origin {
		if said[key] {
			return workflows.Origin{Kind: workflows.FromText}
		}
		return workflows.Origin{Kind: workflows.FromReading}
	}
}

// DeploymentOf is what an understood text describes. What the text does not say is
// left for the plan to ask for.
func DeploymentOf(u language.Understanding) certs.Deployment {
	return deploymentOf(AnswersOf(u))
}

// AnswersOf takes the answers that an understood text gives. What it does not say is absent.
func AnswersOf(u language.Understanding) workflows.Answers {
	a := workflows.Answers{}
	set := func(key string, values ...string) {
		if len(values) > 0 && values[0] != "" {
			a[key] = values
		}
	}
	word := func(key string, v *string) {
		if v != nil {
			set(key, *v)
		}
	}
	word("product", u.Product)
	word("service", u.Service)
	if u.Product != nil && *u.Product == "generic" && u.Service != nil {
		// The corpus says server and client; the profiles are named by protocol.
		set("service", map[string]string{"server": "tls-server", "client": "tls-client"}[*u.Service])
	}
	if u.Topology != nil {
		set("topology", string(*u.Topology))
	}
	set("nodes", u.FQDNs...)
	word("cluster_fqdn", u.ClusterFQDN)
	set("domains", u.Domains...)
	set("names", u.SANs...)
	if u.Key != nil {
		size := u.Key.Size
		if size == 0 { // "make it ECDSA": the usual size, which is shown to be checked
			size = map[string]int{"rsa": 2048, "ecdsa": 256}[u.Key.Type]
		}
		set("key", fmt.Sprintf("%s-%d", u.Key.Type, size))
	}
	if u.CA != nil {
		set("ca", string(*u.CA))
	}
	word("environment", u.Environment)
	for _, f := range u.Features {
		a["features"] = append(a["features"], string(f))
	}
	set("subject.O", u.Subject.O)
	set("subject.OU", u.Subject.OU)
	set("subject.L", u.Subject.L)
	set("subject.ST", u.Subject.ST)
	set("subject.C", u.Subject.C)
	if u.ByoCSR {
		set("csr", DeviceCSR)
	}
	if len(u.Versions) > 0 {
		set("version", u.Versions[0])
	}
	return a
}

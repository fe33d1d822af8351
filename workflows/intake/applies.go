package intake

import (
	"slices"

	"countersign/certs"
	"countersign/workflows"
	"countersign/workflows/form"
)

// The values of the field csr: who makes the key.
const (
	OursCSR   = "ours"
	DeviceCSR = "device"
)

// applicable says what of the form applies. It follows from the profiles that the answers
// choose: nobody is asked for what no certificate of theirs depends on.
type applicable struct{ *workflows.Kernel }

// chosen are the profiles that the plan of a may have: of the services that were named and
// those that they need, else all of the product; without a product every one.
func (s applicable) chosen(a form.Answers) []certs.Profile {
	product, services := a.First("product"), slices.Clone(a["service"])
	for i := 0; i < len(services); i++ { // grows by what they need
		p, _ := s.Catalogue.Profile(product + "/" + services[i])
		for _, need := range p.Needs {
			if !slices.Contains(services, need) {
				services = append(services, need)
			}
		}
	}
	return slices.DeleteFunc(s.Catalogue.Profiles(), func(p certs.Profile) bool {
		return product != "" && p.Product() != product || product != "" && len(services) > 0 && !slices.Contains(services, p.Service())
	})
}

// asks reports whether a chosen profile depends on an answer to field.
func (s applicable) asks(field string) func(form.Answers) bool {
	return func(a form.Answers) bool {
		return slices.ContainsFunc(s.chosen(a), func(p certs.Profile) bool {
			return slices.ContainsFunc(p.Asks, func(ask certs.Ask) bool { return ask.Field == field })
		})
	}
}

// featuresOf narrows the features to those that matter to the product.
func (s applicable) featuresOf(a form.Answers) []string {
	p, _ := s.Catalogue.Product(a.First("product"))
	out := make([]string, len(p.Features))
	for i, f := range p.Features {
		out[i] = string(f)
	}
	return out
}

// topologies: one certificate for all nodes is offered where some chosen profile takes it.
func (s applicable) topologies(a form.Answers) []string {
	profiles := s.chosen(a)
	return options([]certs.Topology{certs.Single, certs.Cluster, certs.ClusterShared}, func(t certs.Topology) bool {
		return t != certs.ClusterShared || slices.ContainsFunc(profiles, func(p certs.Profile) bool { return slices.Contains(p.Topologies, t) })
	})
}

// fewNodes takes a system for a single one until it is known to have several nodes.
func fewNodes(a form.Answers) string {
	if len(a["nodes"]) > 1 {
		return ""
	}
	return string(certs.Single)
}

// oneNode: a system that was said to be a single one has one node.
func oneNode(a form.Answers) bool {
	if !a.Has("topology") {
		return len(a["nodes"]) == 0
	}
	return a.First("topology") == string(certs.Single)
}

// authorities are the kinds of CA that a policy has for a chosen profile in the environment.
// Where there is none at all, sending says so.
func (s applicable) authorities(a form.Answers) []string {
	profiles, environment := s.chosen(a), deploymentOf(a).Environment
	both := []certs.CAKind{certs.PublicCA, certs.PrivateCA}
	some := options(both, func(kind certs.CAKind) bool {
		return slices.ContainsFunc(s.Policies, func(policy workflows.Policy) bool {
			return slices.ContainsFunc(profiles, func(p certs.Profile) bool {
				return workflows.Covers(policy, certs.Spec{Profile: p.ID, CA: kind}, environment)
			})
		})
	})
	if len(some) == 0 {
		some = options(both, func(certs.CAKind) bool { return true })
	}
	return some
}

// signedOutside: who signs is a question where some chosen profile goes by the answer.
func (s applicable) signedOutside(a form.Answers) bool {
	return slices.ContainsFunc(s.chosen(a), func(p certs.Profile) bool { return !p.BuiltIn && !p.CA.Own })
}

// keyMakers: a product that takes no key from outside makes its own.
func (s applicable) keyMakers(a form.Answers) []string {
	if slices.ContainsFunc(s.chosen(a), func(p certs.Profile) bool { return !p.Device && !p.BuiltIn }) {
		return []string{OursCSR, DeviceCSR}
	}
	return []string{DeviceCSR}
}

// keysOf are the kinds of keys that some chosen profile takes.
func (s applicable) keysOf(a form.Answers) []string {
	profiles := s.chosen(a)
	var all []string
	for _, k := range offeredKeys {
		if slices.ContainsFunc(profiles, func(p certs.Profile) bool {
			return slices.ContainsFunc(p.Keys, func(rule certs.KeyRule) bool { return rule.Type == k.Type && slices.Contains(rule.Sizes, k.Size) })
		}) {
			all = append(all, keyOption(k))
		}
	}
	return all
}

// takesLocality: some boxes write no city into the requests that they make themselves.
func (s applicable) takesLocality(a form.Answers) bool {
	return a.First("csr") != DeviceCSR || slices.ContainsFunc(s.chosen(a), func(p certs.Profile) bool { return !p.Limits.NoLocality })
}

// options are those of all that may be chosen, as the form has them.
func options[T ~string](all []T, may func(T) bool) []string {
	var out []string
	for _, one := range all {
		if may(one) {
			out = append(out, string(one))
		}
	}
	return out
}

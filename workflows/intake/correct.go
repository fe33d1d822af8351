package intake

import (
	"slices"
	"strings"

	"countersign/language"
	"countersign/workflows"
	"countersign/workflows/form"
)

// asDomains: a further name ("also add example.net") as short as the domains given
// before, and shorter than every node, is a domain too.
func asDomains(before, said workflows.Answers) workflows.Answers {
	labels := func(n string) int { return strings.Count(n, ".") }
	longest := func(a, b string) int { return labels(a) - labels(b) }
	if len(before["domains"]) == 0 || len(before["nodes"]) == 0 || len(said["nodes"]) == 0 || said.Has("domains") {
		return said
	}
	most := labels(slices.MaxFunc(said["nodes"], longest))
	if most > labels(slices.MaxFunc(before["domains"], longest)) || most >= labels(slices.MinFunc(before["nodes"], longest)) {
		return said
	}
	said = said.Clone()
	said["domains"] = said["nodes"]
	delete(said, "nodes")
	return said
}

// added puts what a text adds behind what was answered before.
func added(f form.Form, before, said workflows.Answers) workflows.Answers {
	said = said.Clone()
	for key, values := range said {
		if field, ok := f.Field(key); !ok || field.Type != form.Names || !before.Has(key) {
			continue
		}
		list := slices.Clone(before[key])
		for _, v := range values {
			if !slices.Contains(list, v) {
				list = append(list, v)
			}
		}
		said[key] = list
	}
	return said
}

// corrected puts a corrected node in the place of the one that is meant, or is called
// most like it: the others of a list were right.
func corrected(before, said workflows.Answers, text string) workflows.Answers {
	if len(said["nodes"]) != 1 || len(before["nodes"]) < 2 {
		return said
	}
	name := said["nodes"][0]
	at := language.Corrected(name, before["nodes"], text)
	if at < 0 {
		return said
	}
	said = said.Clone()
	said["nodes"] = slices.Clone(before["nodes"])
	said["nodes"][at] = name
	return said
}

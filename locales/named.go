package locales

import (
	"maps"
	"regexp"
	"strings"
)

// menu is a path with the wordings of its parts; as it is where one has none.
func menu(texts map[string]string, path string) string {
	parts := strings.Split(path, " > ")
	if len(parts) < 2 {
		return path
	}
	for i, part := range parts {
		own, ok := texts["menu."+part]
		if !ok {
			return path
		}
		parts[i] = own
	}
	return strings.Join(parts, " > ")
}

// ofIDs are the arguments in which code says the ids of profiles and products.
var ofIDs = []string{"Profile", "Into", "One", "Other", "Before", "Now", "Of", "By"}

var profileID = regexp.MustCompile(`[a-z0-9-]+/[a-z0-9-]+`)

// named is args with names in the place of ids.
func named(texts, args map[string]string) map[string]string {
	var out map[string]string
	for _, arg := range ofIDs {
		said, ok := args[arg]
		if !ok {
			continue
		}
		name := profileID.ReplaceAllStringFunc(said, func(id string) string {
			if title, ok := texts["profile."+id]; ok {
				return title
			}
			return id
		})
		if product, ok := texts["form.product.option."+said]; ok {
			name = product
		}
		if name != said {
			if out == nil {
				out = maps.Clone(args)
			}
			out[arg] = name
		}
	}
	if out == nil {
		return args
	}
	return out
}

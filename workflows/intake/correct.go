package intake

import (
	"regexp"
	"slices"
	"strings"

	"countersign/workflows"
	"countersign/workflows/form"
)

var (
	// adds: more of a list rather than another list.
	adds = regexp.MustCompile(`(?i)\b(?:also|add|plus|too|as well|additionally|another|forgot|in addition)\b|也|还有|還有|再加|加上|另外|漏了|补充|補充`)
	// corrects: not the answer, something said before.
	corrects = regexp.MustCompile(`(?i)^\W*(?:sorry|oh|oops|ups|wait|hold on|actually|correction|no[,:]|btw|by the way|and make|make it|also add|and add|one more|forgot)\b|^\s*(?:不对|不對|不是|错了|錯了|对了|對了|不好意思|抱歉|更正|等等|等一下|说错|說錯|写错|寫錯|还有一|還有一|另外|补充|補充|顺便|順便)`)
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

// ordinals say which of a list is meant.
var ordinals = []*regexp.Regexp{
	regexp.MustCompile(`(?i)\b(?:first|1st)\b|第一`), regexp.MustCompile(`(?i)\b(?:second|2nd)\b|第二`),
	regexp.MustCompile(`(?i)\b(?:third|3rd)\b|第三`), regexp.MustCompile(`(?i)\b(?:fourth|4th)\b|第四`),
}

// corrected puts a corrected node in the place of the one that is meant, or is called
// most like it: the others of a list were right.
func corrected(before, said workflows.Answers, text string) workflows.Answers {
	if len(said["nodes"]) != 1 || len(before["nodes"]) < 2 {
		return said
	}
	name := said["nodes"][0]
	at := slices.IndexFunc(ordinals, func(o *regexp.Regexp) bool { return o.MatchString(text) })
	if at < 0 || at >= len(before["nodes"]) {
		at = mostLike(name, before["nodes"])
	}
	if at < 0 {
		return said
	}
	said = said.Clone()
	said["nodes"] = slices.Clone(before["nodes"])
	said["nodes"][at] = name
	return said
}

// mostLike is the place of the name that begins most like name, in its domain; -1 for
// none.
func mostLike(name string, list []string) int {
	best, at := 1, -1
	for i, old := range list {
		n := 0
		for n < min(len(name), len(old)) && name[n] == old[n] {
			n++
		}
		_, domain, _ := strings.Cut(name, ".")
		if strings.HasSuffix(old, "."+domain) && n > best {
			best, at = n, i
		}
	}
	return at
}

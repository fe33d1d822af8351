package language

import (
	"slices"
	"strconv"
	"strings"
)

const ordinalWord = `first|last|final|second|third|fourth|fifth|1st|2nd|3rd|4th|5th`

var (
	ordinal = lazy(`\b(` + ordinalWord + `)(?: (?:and|&) (?:the )?(` + ordinalWord + `))?(?: (one|two|three|four|five|six|[2-9]))?(?: (?:entry|entries|names?|ones?|items?|hosts?|fqdns?|sans?|of (?:them|these|those)))* ?(?:is|are|being|=|:) `)
	// "第二、三个是", "最后两个是", "前两个是"
	ordinalHan = lazy(`(最后|后面?|前面?|第)(一|二|两|三|四|五|[1-9])(?:[、和,]第?(二|三|四|五|[2-9]))?(?:个|台|条|项)?(?:名称|域名|名字|条目)?(?:是|为)`)
	// "forget the last one", "最后一个不要"
	ordinalDrop    = lazy(`\b(?:forget|drop|skip|ignore|remove|omit|leave out|without|minus|delete|not|except)\b(?: about)? (?:the )?(` + ordinalWord + `)(?: (one|two|three|[2-9]))?\b`)
	ordinalDropHan = lazy(`(?:去掉|删掉|不要)(最后|前|第)(一|二|两|三|四|五|[1-9])(?:个|台|条|项)|(最后|前|第)(一|二|两|三|四|五|[1-9])(?:个|台|条|项)(?:不要|去掉|删掉|不用)`)
)

// ordinalNumber is the number that s says, 1 when it says none.
func ordinalNumber(s string) int {
	if said, ok := wholeWords()["number"][s]; ok {
		s = said
	}
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	return 1
}

// ordinals reads "the last two entries are the registration domains" and "forget
// the last one": what is said of places in the longest list of the text.
func ordinals(d *document, items []*item) {
	said := ordinal.FindAllSubmatchIndex(d.low, 8)
	han := ordinalHan.FindAllSubmatchIndex(d.low, 8)
	drop := append(ordinalDrop.FindAllSubmatchIndex(d.low, 4), ordinalDropHan.FindAllSubmatchIndex(d.low, 4)...)
	if len(said)+len(han)+len(drop) == 0 {
		return
	}
	list := longestList(d, items)
	if len(list) < 2 {
		return
	}
	part := func(m []int, k int) string {
		if 2*k+1 >= len(m) || m[2*k] < 0 {
			return ""
		}
		return string(d.low[m[2*k]:m[2*k+1]])
	}
	for _, m := range said {
		places := places(part(m, 1), part(m, 3), len(list))
		if second := part(m, 2); second != "" {
			places = append(places, ordinalNumber(second)-1)
		}
		labelPlaces(d, list, places, m[1])
	}
	for _, m := range han {
		places := placesHan(part(m, 1), part(m, 2), len(list))
		if second := part(m, 3); second != "" && part(m, 1) == "第" {
			places = append(places, ordinalNumber(second)-1)
		}
		labelPlaces(d, list, places, m[1])
	}
	for _, m := range drop {
		gone := places(part(m, 1), part(m, 2), len(list))
		if d.low[m[0]] >= 0x80 {
			word, count := part(m, 1), part(m, 2)
			if word == "" {
				word, count = part(m, 3), part(m, 4)
			}
			gone = placesHan(word, count, len(list))
		}
		for _, k := range gone {
			if k >= 0 && k < len(list) {
				list[k].dropped = true
			}
		}
	}
}

// places are the positions that "last two", "first", "third" mean in a list of n.
func places(word, count string, n int) []int {
	from, c := 0, 1
	switch word {
	case "last", "final":
		c = ordinalNumber(count)
		from = n - c
	case "first":
		c = ordinalNumber(count)
	default:
		from = ordinalNumber(word) - 1
	}
	return run(from, c)
}

func placesHan(word, count string, n int) []int {
	k := ordinalNumber(count)
	switch {
	case word == "第":
		return run(k-1, 1)
	case strings.HasPrefix(word, "前"):
		return run(0, k)
	}
	return run(n-k, k)
}

func run(from, count int) []int {
	var out []int
	for k := max(from, 0); k < from+count; k++ {
		out = append(out, k)
	}
	return out
}

// labelPlaces gives the label that begins right after p to those places of the list.
func labelPlaces(d *document, list []*item, at []int, p int) {
	s := d.sentenceAt(p - 1)
	if s == nil {
		return
	}
	labels := d.group("label.node", span{p, min(s.end, p+60)})
	if len(labels) == 0 || d.words(span{p, labels[0].start}) > 3 {
		return
	}
	r := labelRoles[labels[0].name]
	for _, k := range at {
		if r != roleNone && k >= 0 && k < len(list) {
			list[k].votes[r] += 2 * voteStrong
		}
	}
}

// longestList is the longest run of names that only list words and line ends part.
func longestList(d *document, items []*item) []*item {
	var best, run []*item
	for i, it := range items {
		if it.n == nil {
			run = nil
			continue
		}
		if len(run) > 0 && !d.listLink(span{items[i-1].end, it.start}) {
			run = nil
		}
		run = append(run, it)
		if len(run) > len(best) {
			best = slices.Clone(run)
		}
	}
	return best
}

package language

import (
	"bytes"
	"slices"
)

// listFrom is the run of names from i on that only list words separate.
func listFrom(d *document, here []*item, i int) []*item {
	j := i + 1
	for j < len(here) && d.listLink(span{here[j-1].end, here[j].start}) {
		j++
	}
	return here[i:j]
}

func (d *document) listLink(s span) bool {
	// A remark in brackets does not end a list: "a.example (publisher), b.example".
	if i := bytes.IndexByte(d.low[s.start:s.end], '('); i >= 0 {
		if j := bytes.IndexByte(d.low[s.start+i:s.end], ')'); j >= 0 {
			return d.listLink(span{s.start, s.start + i}) && d.listLink(span{s.start + i + j + 1, s.end})
		}
	}
	if d.only(s, ";,、&+/|\"'`()[]-•*.", "also", "entry") {
		return true
	}
	// "pub.a.example 发布者、sub.a.example": a box is named by its part.
	i := bytes.IndexAny(d.low[s.start:s.end], ",;")
	if i < 0 {
		i = bytes.Index(d.low[s.start:s.end], []byte("、"))
	}
	return i > 0 && d.only(span{s.start, s.start + i}, " ", "boxpart") && d.only(span{s.start + i, s.end}, ";,、", "also", "boxpart")
}

// itemsOf are the items of sentence k.
func itemsOf(items []*item, k int) (here []*item) {
	for _, it := range items {
		if it.sent == k {
			here = append(here, it)
		}
	}
	return here
}

// gapBefore is what stands before items[i] in its sentence, from the name before it on.
func gapBefore(d *document, items []*item, i int) span {
	if i > 0 && items[i-1].sent == items[i].sent {
		return span{items[i-1].end, items[i].start}
	}
	return span{d.sentences[items[i].sent].start, items[i].start}
}

// linked: b follows a in a list.
func linked(d *document, a, b *item) bool {
	return a.sent == b.sent && d.listLink(span{a.end, b.start})
}

// listFollows: another name is listed right behind n.
func listFollows(d *document, n name) bool {
	if len(n.values) > 1 {
		return true
	}
	i, _ := slices.BinarySearchFunc(d.names, n.end, func(o name, p int) int { return o.start - p })
	return i < len(d.names) && d.listLink(span{n.end, d.names[i].start})
}

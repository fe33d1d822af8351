package language

import "strings"

// carryHeaders applies a label that ends its line to the list in the lines below.
func carryHeaders(d *document, items []*item) {
	byLine := map[int][]*item{}
	for _, it := range items {
		byLine[d.sentences[it.sent].line] = append(byLine[d.sentences[it.sent].line], it)
	}
	current, header := roleNone, -10
	for k := 0; k < len(d.sentences); k++ {
		line := d.sentences[k].line
		s := lineSpan(d, k)
		for k+1 < len(d.sentences) && d.sentences[k+1].line == line {
			k++
		}
		here := byLine[line]
		labels := d.group("label.node", s)
		if len(here) == 0 {
			current, header = headerRole(d, s, labels), line
			continue
		}
		if current != roleNone && line-header <= 2 && listLine(d, s, here, labels) {
			for _, it := range here {
				if current == roleCluster && len(here) > 1 {
					it.votes[roleNode] += voteCarried
					continue
				}
				it.votes[current] += voteCarried
			}
			header = line
			continue
		}
		current = roleNone
		// "nodes: a.example," goes on in the next line.
		if n := len(labels); n > 0 && strings.HasSuffix(strings.TrimSpace(string(d.low[s.start:s.end])), ",") {
			current, header = labelRoles[labels[n-1].name], line
		}
	}
}

func lineSpan(d *document, k int) span {
	s := span{d.sentences[k].start, d.sentences[k].end}
	for j := k + 1; j < len(d.sentences) && d.sentences[j].line == d.sentences[k].line; j++ {
		s.end = d.sentences[j].end
	}
	return s
}

// headerRole is the role that a line without names announces, if it does.
func headerRole(d *document, s span, labels []tagged) role {
	text := strings.TrimRight(string(d.low[s.start:s.end]), " \t*_`")
	colon := strings.HasSuffix(text, ":")
	if len(labels) == 0 || !colon && d.words(s) > 4 {
		return roleNone
	}
	last := labels[len(labels)-1]
	r := labelRoles[last.name]
	if r == roleNode && len(labels) > 1 {
		if o := labelRoles[labels[len(labels)-2].name]; o == roleSAN || o == roleDomain {
			return o
		}
	}
	if r == roleCluster && bareCluster.has(string(d.low[last.start:last.end])) {
		return roleNode
	}
	return r
}

// listLine: nothing but names, bullets and a word or two.
func listLine(d *document, s span, here []*item, labels []tagged) bool {
	words := d.words(s)
	for _, it := range here {
		words -= d.words(it.span)
	}
	if len(labels) > 0 && labels[0].start < here[0].start {
		return false
	}
	return words <= 4
}

// columns reads tables whose first row names the columns.
func columns(d *document, items []*item) {
	var header []tagged
	for k := range d.sentences {
		s := d.sentences[k].span
		row := string(d.low[s.start:s.end])
		sep := "|"
		if !strings.Contains(row, "|") {
			sep = "\t"
		}
		if strings.Count(row, sep) < 1 {
			header = nil
			continue
		}
		here := itemsOf(items, k)
		if len(here) == 0 {
			if labels := d.group("label.node", s); len(labels) > 1 {
				header = labels
			}
			continue
		}
		for _, it := range here {
			col := strings.Count(string(d.low[s.start:it.start]), sep)
			for _, l := range header {
				at := lineStart(d.low, l.start)
				if strings.Count(string(d.low[at:l.start]), sep) == col && labelRoles[l.name] != roleNone {
					it.votes[labelRoles[l.name]] += voteCarried
				}
			}
		}
	}
}

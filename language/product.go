package language

import (
	"bytes"
	"slices"
	"strings"
)

// findProduct weighs the products named: the one whose certificate it is wins over
// the ones that are only spoken of.
func findProduct(rd *reading) {
	scores := map[string]float64{}
	first := map[string]span{}
	add := func(p string, w float64, s span) {
		scores[p] += w
		if _, ok := first[p]; !ok && w > 0 {
			first[p] = s
		}
	}
	list := rd.scoped("product.cucm")
	lead := true
	for _, c := range list {
		w := productWeight(rd, c)
		if w > 1 && lead {
			w += 1.5
			lead = false
		}
		add(c.name, w, c.span)
	}
	for _, c := range rd.scoped("service.tomcat") {
		if p := impliedBy[c.name]; p != "" && !rd.spokenOf(c.span) && !webApp[string(rd.low[c.start:c.end])] {
			add(p, 2, c.span)
		}
		if c.name == "loadbalancer" && scores["cms"] == 0 {
			add("generic", 1.5, c.span)
		}
	}
	best, bestScore := "", 0.9
	if rd.u.Intent == Diagnose || rd.u.Intent == Help {
		bestScore = 0.2 // "cannot import the root into Expressway-C" is about it
	}
	for _, p := range []string{"expressway-c", "expressway-e", "cucm", "imp", "cms", "unity-connection", "generic", "expressway", "expressway-both"} {
		if scores[p] > bestScore {
			best, bestScore = p, scores[p]
		}
	}
	if best == "generic" && rd.u.Intent == Diagnose {
		// What fails is ours; the directory or proxy beside it is only spoken of.
		for _, p := range []string{"expressway-c", "expressway-e", "cucm", "imp", "cms", "unity-connection"} {
			if scores[p] >= 2 && (best == "generic" || scores[p] > scores[best]) {
				best = p
			}
		}
	}
	best = pickSide(rd, best, scores)
	rd.family = best
	if best == "" || best == "expressway" || best == "expressway-both" {
		if best == "" {
			best = productByHost(rd.document)
			if _, client := clientAsked(rd.document); best == "" && client && rd.u.Intent != Diagnose && rd.u.Intent != Help {
				best = "generic" // of ours only Expressway has client certificates, and would be named
			}
		}
		if best == "" || strings.HasPrefix(best, "expressway") {
			findService(rd, "")
			return
		}
	}
	rd.u.Product = &best
	rd.note("product", best, first[best])
	findService(rd, best)
}

// pickSide settles C or E where the text says Expressway: by the sides named, else
// by how its boxes are called.
func pickSide(rd *reading, best string, scores map[string]float64) string {
	c, e := scores["expressway-c"], scores["expressway-e"]
	if !strings.HasPrefix(best, "expressway") {
		return best
	}
	if m := onlySide.FindSubmatch(rd.low); m != nil && (scores["expressway-both"] > 0 || c > 0 && e > 0) {
		return "expressway-" + string(bytes.Join(m[1:], nil))
	}
	if scores["expressway-both"] > 0 || c >= 2 && e >= 2 && coordinated(rd) {
		return "expressway-both"
	}
	if best != "expressway" {
		return best
	}
	if c > 0 || e > 0 {
		if e > c {
			return "expressway-e"
		}
		return "expressway-c"
	}
	if m := sideWord.FindSubmatch(rd.low); m != nil {
		return "expressway-" + string(m[1])
	}
	sides := map[string]int{}
	for _, v := range boxNames(rd.document) {
		switch {
		case sideE.MatchString(v):
			sides["expressway-e"]++
		case sideC.MatchString(v):
			sides["expressway-c"]++
		}
	}
	if len(sides) == 1 {
		for s := range sides {
			return s
		}
	}
	return best
}

// onlySide: of two sides spoken of, "only the E one", "只更新 E", "first the E".
var onlySide = lazy(`\b(?:only|just|first|now)\b[^.;\n]{0,24}?\bthe ([ce])\b|\bthe ([ce]) (?:one|side|part|box)\b|(?:只|先|仅)[^,。]{0,6}?([ce])(?:[^a-z0-9-]|$)`)

// sideWord: "Expressway (the E one)", "Expressway type C".
var sideWord = lazy(`(?:expressway|vcs)\W{1,3}(?:the|type|role|side|typ|类型)?\W{0,3}([ce])\b`)

var (
	sideE = lazy(`^(?:[a-z0-9]+-)*(?:exp-?e|vcs-?e|xway-?e|expressway-?e|expe|vcse|edge)(?:$|[0-9-])`)
	sideC = lazy(`^(?:[a-z0-9]+-)*(?:exp-?c|vcs-?c|xway-?c|expressway-?c|expc|vcsc|core)(?:$|[0-9-])`)
)

// boxNames are the first labels of all names and the short ones, in scope.
func boxNames(d *document) []string {
	var out []string
	for _, n := range d.names {
		if n.kind == kindHost && d.inScope(n.start) {
			first, _, _ := strings.Cut(n.values[0], ".")
			out = append(out, first)
		}
	}
	for _, s := range d.shorts {
		if d.inScope(s.start) && hostStem.MatchString(s.values[0]) {
			out = append(out, s.values[0])
		}
	}
	return out
}

// coordinated: "Expressway-C and Expressway-E certificates": two at once.
func coordinated(rd *reading) bool {
	if rd.u.Intent == Diagnose {
		return false
	}
	list := rd.scoped("product.cucm")
	for i := 1; i < len(list); i++ {
		a, b := list[i-1], list[i]
		if a.name == b.name || !strings.HasPrefix(a.name, "expressway-") || !strings.HasPrefix(b.name, "expressway-") {
			continue
		}
		if rd.only(span{a.end, b.start}, "&+/,、", "also") || onlyNames(rd.document, span{a.end, b.start}) && rd.any("several", span{0, len(rd.low)}) {
			return true
		}
	}
	return false
}

// onlyNames: nothing but names in a list stands in s: "Expressway-C c.a.example,
// Expressway-E e.a.example".
func onlyNames(d *document, s span) bool {
	at, seen := s.start, false
	for _, n := range d.names {
		if !s.holds(n.span) {
			continue
		}
		if !d.only(span{at, n.start}, "(:=-", "at", "label.node") {
			return false
		}
		at, seen = n.end, true
	}
	return seen && d.only(span{at, s.end}, ")&+/,;、", "also")
}

var hostProducts = []struct {
	pattern expression
	product string
}{
	{lazy(`^(?:[a-z0-9]+-)*(?:cucm|ccm|ucm|callmanager)(?:$|[0-9-]|pub|sub)|^(?:[a-z0-9]+-)*cm-?(?:pub|sub)`), "cucm"},
	{lazy(`^(?:[a-z0-9]+-)*(?:imp|imps|cups?|impresence)(?:$|[0-9-]|pub|sub)`), "imp"},
	{lazy(`^(?:[a-z0-9]+-)*(?:cuc|cuxn|ucxn|unity)(?:$|[0-9-]|pub|sub)`), "unity-connection"},
	{lazy(`^(?:[a-z0-9]+-)*(?:cms|callbridge)(?:$|[0-9-])`), "cms"},
}

// productByHost: "the tomcat certificate of cucm-pub": a service of several
// products, and boxes called after one of them.
func productByHost(d *document) string {
	if len(d.scoped("service.tomcat")) == 0 {
		return ""
	}
	found := ""
	for _, v := range boxNames(d) {
		for _, h := range hostProducts {
			if h.pattern.MatchString(v) {
				if found != "" && found != h.product {
					return ""
				}
				found = h.product
			}
		}
	}
	return found
}

var productLabel = lazy(`(?:^|[\n•*|>-])[ \t*_]*(?:product|produkt|produit|producto|prodotto|produto|system|sys|device type|type of device|platform|产品|系统|设备类型|设备|製品|製品名)[ \t*_]*(?:[:=|]|\s[-–])[ \t*_]*$`)

// productWeight: how much one mention of a product speaks for it.
func productWeight(rd *reading, c tagged) float64 {
	s := rd.sentenceAt(c.start)
	if s == nil {
		return 0
	}
	if productLabel.Match(rd.low[max(0, c.start-40):c.start]) {
		return 7
	}
	if rd.negatedProduct(s.start, c.span) {
		return -3
	}
	if rd.spokenOf(c.span) {
		return 0.3
	}
	w := 2.0
	if cl := rd.clause(s.span, c.start); rd.u.Intent != Cancel && rd.u.Intent != Diagnose && len(rd.group("drop.after", span{c.end, cl.end})) > 0 && len(rd.scoped("product.cucm")) > 1 {
		return 0.3 // "(CUCM tomcat is done)"
	}
	if m := namedBy.FindIndex(rd.low[c.end:min(len(rd.low), c.end+16)]); m != nil && nameAt(rd.document, c.end+m[1]) {
		w += 2 // "CUCM is cm1.a.example"
	}
	cl := rd.clause(s.span, c.start)
	for _, k := range append(rd.in("cert", cl), serviceSpans(rd.document, cl)...) {
		switch {
		case k.start >= c.end && rd.words(span{c.end, k.start}) <= 3 && !productBetween(rd.document, span{c.end, k.start}):
			w += 2
		case k.end <= c.start && rd.words(span{k.end, c.start}) <= 6 && !productBetween(rd.document, span{k.end, c.start}):
			w += 1.5
		default:
			continue
		}
		break
	}
	if c.name == "generic" {
		text := string(rd.low[c.start:c.end])
		if notOurs.MatchString(text) {
			return 5
		}
		switch {
		case tlsCert.MatchString(text):
			if rd.u.Intent == Diagnose {
				return 0 // "SSL certificate problem"
			}
			return 1
		case w == 2:
			w = 1.4
		}
	}
	return w
}

// notOurs: the words for a generic product that say outright that it is none of ours.
var notOurs = lazy(`^(?:not |nothing |non[ -]|no cisco|plain|ordinary|普通|一般|不是|非|kein)|无关`)

var namedBy = lazy(`^(?:\s+(?:is|runs on|runs at)|\s*[:=]|是|为|叫)\s*`)

func nameAt(d *document, p int) bool {
	return slices.ContainsFunc(d.names, func(n name) bool { return n.start == p })
}

func serviceSpans(d *document, s span) []span {
	var out []span
	for _, t := range d.group("service.tomcat", s) {
		out = append(out, t.span)
	}
	return out
}

func productBetween(d *document, s span) bool { return len(d.group("product.cucm", s)) > 0 }

// tlsCert: "TLS certificate" says of the service only that it speaks TLS.
var tlsCert = lazy(`^(?:tls|ssl|https)[ -]?(?:cert|证书|凭证|zert)|^certificad?o? (?:ssl|tls)`)

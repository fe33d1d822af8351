package language

import (
	"cmp"
	"slices"
	"strings"
)

// servicesOf are the services that each product has, by profile.
var servicesOf = map[string]map[string]bool{
	"cucm":             wordSet("tomcat tomcat-ecdsa callmanager callmanager-ecdsa capf ipsec tvs"),
	"imp":              wordSet("tomcat tomcat-ecdsa cup cup-ecdsa cup-xmpp cup-xmpp-ecdsa cup-xmpp-s2s cup-xmpp-s2s-ecdsa ipsec"),
	"cms":              wordSet("webadmin webbridge webbridge3 callbridge turn loadbalancer xmpp dbserver dbclient dbca"),
	"unity-connection": wordSet("tomcat tomcat-ecdsa"),
}

// impliedBy are services that exist in one product only.
var impliedBy = map[string]string{
	"webadmin": "cms", "webbridge": "cms", "webbridge3": "cms", "callbridge": "cms", "dbserver": "cms", "dbclient": "cms", "dbca": "cms",
	"capf": "cucm", "tvs": "cucm", "callmanager": "cucm", "callmanager-ecdsa": "cucm",
	"cup": "imp", "cup-ecdsa": "imp", "cup-xmpp": "imp", "cup-xmpp-ecdsa": "imp", "cup-xmpp-s2s": "imp", "cup-xmpp-s2s-ecdsa": "imp",
}

// webApp is what Meeting Server calls its client, and many others theirs.
var webApp = map[string]bool{"web app": true, "webapp": true, "web-app": true}

// findService fills the service: server or client for Expressway and generic, else
// the one named; several named are none.
func findService(rd *reading, product string) {
	family := cmp.Or(product, rd.family)
	if strings.HasPrefix(family, "expressway") || family == "generic" {
		service := "server"
		if at, ok := clientAsked(rd.document); ok {
			service = "client"
			rd.note("service", service, at)
		}
		rd.u.Service = &service
		return
	}
	allowed := servicesOf[product]
	found := map[string]span{}
	var order []string
	for _, c := range rd.scoped("service.tomcat") {
		s := rd.sentenceAt(c.start)
		if product == "" && webApp[string(rd.low[c.start:c.end])] {
			continue // anybody's
		}
		if s == nil || allowed != nil && !allowed[c.name] || product == "" && c.name == "loadbalancer" {
			continue
		}
		if rd.negatedProduct(s.start, c.span) || rd.spokenOf(c.span) && !inNames(rd.names, c.start) {
			continue
		}
		if _, seen := found[c.name]; !seen {
			order = append(order, c.name)
			found[c.name] = c.span
		}
	}
	if slices.Contains(order, "webbridge3") && rd.u.Intent != Help {
		// "webbridge" beside it is the vaguer word for the same.
		order = slices.DeleteFunc(order, func(n string) bool { return n == "webbridge" })
	}
	if len(order) > 1 && product == "cucm" {
		// "CallManager" is also what people call the product.
		order = slices.DeleteFunc(order, func(n string) bool {
			return n == "callmanager" && !certBeside(rd.document, n) && !listedServices(rd.document, found, []string{order[0], order[1]})
		})
	}
	if len(order) > 1 {
		for _, n := range order {
			if firstOf.Match(rd.low[max(0, found[n].start-24):found[n].start]) || startedWith(rd.document, n) || aloneSaid(rd.document, n) {
				order = []string{n}
				break
			}
		}
	}
	if len(order) > 1 {
		// "callbridge certificate ... web app users": the one beside the word decides.
		if beside := slices.DeleteFunc(slices.Clone(order), func(n string) bool { return !certBeside(rd.document, n) }); len(beside) == 1 && !listedServices(rd.document, found, order) {
			order = beside
		}
	}
	if len(order) == 0 && product == "cms" {
		if at := xmppService(rd.document); at.end > 0 {
			order, found["xmpp"] = []string{"xmpp"}, at
		}
	}
	if len(order) == 0 && product == "imp" {
		if at := federationCert(rd.document); at.end > 0 {
			order, found["cup-xmpp-s2s"] = []string{"cup-xmpp-s2s"}, at
		}
	}
	if len(order) != 1 {
		return
	}
	service := order[0]
	if service == "webbridge" && cms3(rd.document) {
		service = "webbridge3"
	}
	rd.u.Service = &service
	rd.note("service", service, found[order[0]])
}

// firstOf: of several services spoken of, the one to begin with or to do alone.
var firstOf = lazy(`(?:\b(?:start with|begin with|for now only|for now just|this time only|today only|first the|first do|first)|先做|先办|先给|先申请|先弄|先签|先要|先|这次只做|这次只要|只做|只要|目前只要)\W{0,3}(?:the |your |our |a )?$`)

// aloneSaid: "this one is dbserver only".
func aloneSaid(d *document, service string) bool {
	return slices.ContainsFunc(d.scoped("service.tomcat"), func(c tagged) bool {
		return c.name == service && onlyBehind.Match(d.low[c.end:min(len(d.low), c.end+12)])
	})
}

var onlyBehind = lazy(`^ (?:only|alone)\b|^(?:而已|就好|就行)`)

// startedWith: some later mention of the service is the one to begin with.
func startedWith(d *document, service string) bool {
	return slices.ContainsFunc(d.scoped("service.tomcat"), func(c tagged) bool {
		return c.name == service && firstOf.Match(d.low[max(0, c.start-24):c.start])
	})
}

// xmppService: on CMS the word alone is the service, unless it is the kind of a
// domain or of federation.
func xmppService(d *document) span {
	for _, c := range d.cuesOf("xmppword") {
		held := func(s span) bool { return s.holds(c) }
		if d.inScope(c.start) && !slices.ContainsFunc(d.cuesOf("label.domain"), held) && !slices.ContainsFunc(d.cuesOf("feat.xmpp-federation"), held) {
			return c
		}
	}
	return span{}
}

// federationCert: on IM and Presence "the XMPP federation certificate" is that for
// servers of others, cup-xmpp-s2s.
func federationCert(d *document) span {
	for _, c := range d.cuesOf("feat.xmpp-federation") {
		s := d.sentenceAt(c.start)
		if s == nil || !d.inScope(c.start) || d.negatedProduct(s.start, c) {
			continue
		}
		beside := func(k span) bool {
			return k.start >= c.end && d.words(span{c.end, k.start}) == 0 || k.holds(c) || c.holds(k)
		}
		if slices.ContainsFunc(d.in("cert", span{max(s.start, c.start-16), min(s.end, c.end+16)}), beside) {
			return c
		}
	}
	return span{}
}

// certBeside: some mention of the service stands right before or after the word
// certificate, or in a field of its own.
func certBeside(d *document, service string) bool {
	return slices.ContainsFunc(d.scoped("service.tomcat"), func(c tagged) bool {
		return c.name == service && slices.ContainsFunc(d.in("cert", span{max(0, c.start-24), min(len(d.low), c.end+24)}), func(k span) bool {
			return k.start >= c.end && d.words(span{c.end, k.start}) <= 1 || k.end <= c.start && d.words(span{k.end, c.start}) <= 2 ||
				k.holds(c.span) || c.holds(k)
		})
	})
}

// listedServices: services in one list belong together.
func listedServices(d *document, found map[string]span, order []string) bool {
	for i := 1; i < len(order); i++ {
		if a, b := found[order[i-1]], found[order[i]]; a.end <= b.start && enumerated(d, a, b) {
			return true
		}
	}
	return false
}

// enumerated: nothing but words and signs of a list stands between a and b.
func enumerated(d *document, a, b span) bool {
	return d.only(span{a.end, b.start}, ",、&+/;", "also")
}

// servicesListed: two services of one product stand in one list.
func servicesListed(d *document) bool {
	list := d.scoped("service.tomcat")
	for i := 1; i < len(list); i++ {
		if list[i-1].name != list[i].name && enumerated(d, list[i-1].span, list[i].span) {
			return true
		}
	}
	return false
}

var cms3Pattern = lazy(`\b(?:cms|meeting server)\s*(?:v|version|ver\.?)?\s*3(?:\.\d+)*\b`)

func cms3(d *document) bool { return cms3Pattern.Match(d.low) }

// clientAsked: a client certificate is what is wanted, not an EKU or a question.
func clientAsked(d *document) (span, bool) {
	for _, c := range d.cuesOf("client") {
		if s := d.sentenceAt(c.start); d.inScope(c.start) && s != nil && !d.negatedProduct(s.start, c) && !d.spokenOf(c) &&
			!serverToo.Match(d.low[max(s.start, c.start-16):min(s.end, c.end+24)]) {
			return c, true
		}
	}
	return span{}, false
}

var serverToo = lazy(`server (?:and|&|\+|/|or) ?(?:tls )?client|server/client|client/server|client (?:and|&|or) server|client auth\w* eku|服务器和客户端`)

package read

import (
	"regexp"
	"strconv"
	"strings"
)

// connection is what one run of openssl s_client, s_server or verify says. The tool lets
// the handshake go on after an error and repeats its result in each session, so that only
// the last result counts, and the errors below it say at which depth.
type connection struct {
	errors  []verdict // "verify error:num=", "error N at D depth lookup"
	last    *verdict  // "Verify return code:", or what -brief and verify say
	listing []sent
	symptom []Fact // of the connection itself
	facts   []Fact // listing and errors once they are judged
	asked   *Span  // where it shows that the server asked for a client's certificate
	unsaid  *Span  // the peer's alert handshake_failure
	server  bool   // s_server: the peer is a client
	tool    bool   // the lines have the form of s_client or s_server
	purpose string // of -purpose, of verify
	nothing bool   // the peer sent no certificate: then code 0 verified nothing
	ended   bool   // the result has been said: what begins anew is another connection
}

type verdict struct {
	number, depth int
	span          Span
}

// sent is an entry of the listing "Certificate chain".
type sent struct {
	subject, issuer string
	span            Span
}

var (
	verifyReturn = regexp.MustCompile(`(?i)\bverify return code[:：]?\s?(\d{1,3})\b`)
	verifyNum    = regexp.MustCompile(`(?i)\bverify error[:：]?\s?num\s?=?\s?(\d{1,3})\b`)
	verifyLookup = regexp.MustCompile(`(?i)\berror (\d{1,3}) at (\d{1,3}) depth lookup:?`)
	verifiedFile = regexp.MustCompile(`^[^\s:]{0,200}\.(?:pem|crt|cer|cert|der): OK$`)
	chainSubject = regexp.MustCompile(`^(\d{1,3}) s: ?(.+)`)
	verifyTuple  = regexp.MustCompile(`\[(\d{1,2}), (\d{1,2}), '([^'\n]{2,80})'\]`) // pyOpenSSL's X509StoreContextError
	errnoLine    = regexp.MustCompile(`^(write|connect|read):errno=(\d{1,5})`)
)

// errnos are those of Linux, macOS and Windows that connect and write end in.
var errnos = map[int]string{
	61: "reach.refused", 111: "reach.refused", 10061: "reach.refused",
	60: "reach.timeout", 110: "reach.timeout", 10060: "reach.timeout",
	51: "reach.unreachable", 65: "reach.unreachable", 101: "reach.unreachable", 113: "reach.unreachable", 10065: "reach.unreachable",
	54: "reach.reset", 104: "reach.reset", 10054: "reach.reset",
}

// connections reads all runs of openssl in a text.
func connections(text string, lines []line) []Fact {
	if !hasRun(text) {
		return nil
	}
	var facts []Fact
	c, depth, listed := &connection{}, -1, false
	for _, l := range lines {
		if len(l.text) > 2000 || l.text == "" {
			continue
		}
		if c.begins(l.text) {
			facts = append(facts, c.judge()...)
			c, depth = &connection{}, -1
		}
		t, span := l.trimmed()
		switch {
		case strings.HasPrefix(t, "depth="):
			if n, length := number(t[len("depth="):]); length > 0 {
				depth = n
			}
		case t == "Certificate chain":
			listed, c.tool = true, true
		case listed && strings.HasPrefix(t, "---"):
			listed = false
		case listed:
			c.list(t, span)
		default:
			c.line(t, span, depth)
		}
	}
	return append(facts, c.judge()...)
}

func hasRun(text string) bool {
	for _, mark := range []string{"erify return code", "verify error", "depth lookup", "errno=", "Certificate chain", "no peer certificate", "Verification", ": OK", "client certificate type", ", '"} {
		if strings.Contains(text, mark) {
			return true
		}
	}
	return false
}

// begins tells whether a line starts another connection.
func (c *connection) begins(t string) bool {
	if i := strings.Index(t, "openssl "); i >= 0 {
		tool := t[i+len("openssl "):]
		return strings.HasPrefix(tool, "s_") || strings.HasPrefix(tool, "verify")
	}
	return c.ended && (strings.HasPrefix(t, "depth=") || strings.HasPrefix(t, "CONNECT") ||
		strings.HasPrefix(t, "Connecting to ") || strings.Contains(t, "depth lookup"))
}

// boundaries gives the places where the connections after the first begin.
func boundaries(text string) []int {
	if !hasRun(text) {
		return nil
	}
	var at []int
	c := &connection{}
	for _, l := range split(text) {
		if len(l.text) > 2000 {
			continue
		}
		if c.begins(l.text) {
			at, c = append(at, l.start), &connection{}
		}
		if strings.Contains(l.text, "Verify return code:") {
			c.ended = true
		}
	}
	return at
}

// line reads one line outside of the listing.
func (c *connection) line(t string, span Span, depth int) {
	if i := strings.Index(t, "-purpose "); i >= 0 && strings.Contains(t, "openssl") {
		c.purpose, _, _ = strings.Cut(t[i+len("-purpose "):], " ")
	}
	switch {
	case strings.Contains(t, "openssl s_server") || t == "ACCEPT" || t == "Client certificate":
		c.server = true
	case strings.HasPrefix(t, "CONNECTED(") || t == "Server certificate":
		c.tool = true
	case strings.HasSuffix(t, "SSL alert number 40"):
		c.unsaid = &span
	case t == "Acceptable client certificate CA names", strings.HasPrefix(t, "Client Certificate Types:"), strings.HasPrefix(t, "Requested Signature Algorithms:"):
		if c.asked == nil {
			c.asked = &span
		}
	case strings.Contains(t, "no peer certificate available"):
		c.nothing = true
		if len(c.errors) == 0 { // else it was refused, and the handshake given up
			c.note("tls.no-peer-certificate", span, "")
		}
	case strings.Contains(t, "Cipher is (NONE)"):
		c.nothing = true
	case strings.Contains(t, "errno="):
		c.errno(t, span)
	case strings.HasPrefix(t, "Verif"):
		c.result(t, span)
	case strings.Contains(t, "erify return code"): // in a sentence
		if m := verifyReturn.FindStringSubmatchIndex(t); m != nil {
			n, _ := strconv.Atoi(t[m[2]:m[3]])
			c.add(verdict{n, -1, Span{span.Start + m[0], span.Start + m[1]}})
		}
	case strings.Contains(t, "erify error"):
		if m := verifyNum.FindStringSubmatchIndex(t); m != nil {
			n, _ := strconv.Atoi(t[m[2]:m[3]])
			c.add(verdict{n, depth, Span{span.Start + m[0], span.End}})
			c.tool = c.tool || m[0] == 0 // quoted in a sentence, it may be a server's
		}
	case strings.Contains(t, "depth lookup"):
		if m := verifyLookup.FindStringSubmatchIndex(t); m != nil {
			n, _ := strconv.Atoi(t[m[2]:m[3]])
			d, _ := strconv.Atoi(t[m[4]:m[5]])
			c.add(verdict{n, d, Span{span.Start + m[0], span.End}})
		}
	case strings.Contains(t, ", '"):
		if m := verifyTuple.FindStringSubmatchIndex(t); m != nil {
			n, _ := strconv.Atoi(t[m[2]:m[3]])
			d, _ := strconv.Atoi(t[m[4]:m[5]])
			if verifyNumbers[plainText(t[m[6]:m[7]])] == n {
				c.add(verdict{n, d, Span{span.Start + m[0], span.Start + m[1]}})
			}
		}
	case strings.HasSuffix(t, ": OK") && verifiedFile.MatchString(t):
		c.last = &verdict{0, -1, span}
	}
}

// result reads what says how the whole verification ended.
func (c *connection) result(t string, span Span) {
	if m := verifyReturn.FindStringSubmatch(t); m != nil && strings.HasPrefix(t, "Verify return code") {
		n, _ := strconv.Atoi(m[1])
		c.tool, c.ended = true, true
		if n > 0 || !c.nothing || c.last == nil { // the session of a handshake that was given up knows of none
			c.last = &verdict{n, -1, span}
		}
		return
	}
	if c.last != nil {
		return
	}
	if said, ok := strings.CutPrefix(t, "Verification error: "); ok {
		if n, known := verifyNumbers[plainText(said)]; known {
			c.last = &verdict{n, -1, span}
			c.tool = true
		}
	} else if t == "Verification: OK" {
		c.last = &verdict{0, -1, span}
	}
}

func (c *connection) add(v verdict) {
	if v.number > 0 && len(c.errors) < mostFacts {
		c.errors = append(c.errors, v)
	}
}

func (c *connection) note(kind string, span Span, value string) {
	c.symptom = append(c.symptom, Fact{Kind: kind, Start: span.Start, End: span.End, Depth: -1, Program: "openssl", Value: value})
}

// errno reads the system's error: of the connection before the handshake, or in it.
func (c *connection) errno(t string, span Span) {
	m := errnoLine.FindStringSubmatch(t)
	if m == nil {
		return
	}
	n, _ := strconv.Atoi(m[2])
	if m[1] != "connect" {
		c.note("tls.closed", span, m[2])
	} else if kind := errnos[n]; kind != "" {
		c.note(kind, span, m[2])
	}
}

// list reads an entry of the listing: "0 s:subject", below it "i:issuer".
func (c *connection) list(t string, span Span) {
	if m := chainSubject.FindStringSubmatch(t); m != nil {
		if len(c.listing) < 64 {
			c.listing = append(c.listing, sent{subject: plainName(m[2]), span: span})
		}
	} else if issuer, ok := strings.CutPrefix(t, "i:"); ok && len(c.listing) > 0 {
		last := &c.listing[len(c.listing)-1]
		last.issuer, last.span.End = plainName(issuer), span.End
	}
}

// plainName makes the notations of 1.0 to 3.x comparable: "/O=Lab/CN=a", "O = Lab, CN = a".
func plainName(s string) string {
	s = strings.ReplaceAll(strings.TrimSpace(s), " = ", "=")
	return s[:min(len(s), 400)]
}

// judge gives the facts of a connection.
func (c *connection) judge() []Fact {
	result := -1
	if c.last != nil {
		result = c.last.number
	}
	if result == 0 && !c.nothing {
		c.fact(*c.last)
	} else {
		c.failures(result)
	}
	c.chain(result)
	c.failure()
	return append(c.facts, c.symptom...)
}

// failure tells what the alert handshake_failure means by when it came: as the answer to
// the hello it is that nothing offered suits (RFC 5246 section 7.4.1.3, RFC 8446 section
// 4.1.1), after the server asked for a certificate that none came (RFC 5246 section
// 7.4.6; what is wrong with one has alerts of its own).
func (c *connection) failure() {
	switch {
	case c.unsaid == nil || c.server:
	case c.nothing:
		c.note("tls.version-or-cipher", *c.unsaid, "40")
	case c.asked != nil:
		c.note("tls.client-certificate-missing", *c.asked, "40")
	}
}

// failures tells each error once, the result at the line that knows its depth. An error 20
// or 27 that ended in 21 is the same one: nothing is known above the leaf.
func (c *connection) failures(result int) {
	told := map[int]bool{}
	if result > 0 {
		v := *c.last
		for _, e := range c.errors {
			if e.number == result {
				v = e
				break
			}
		}
		c.fact(v)
		told[result] = true
		if result == 21 {
			told[20], told[27] = true, true
		}
	}
	leaf := false
	for _, e := range c.errors {
		leaf = leaf || e.number == 21
	}
	for _, e := range c.errors {
		if told[e.number] || leaf && (e.number == 20 || e.number == 27) {
			continue
		}
		told[e.number] = true
		c.fact(e)
	}
}

func (c *connection) fact(v verdict) {
	kind := verifyKind(v.number)
	if v.number == 20 && v.depth == 0 && c.tool && !c.server && len(c.listing) < 2 {
		kind = verifyKind(21) // nothing above the leaf, as it would be called had the handshake gone on
	}
	if v.number == 26 {
		switch {
		case c.server || c.purpose == "sslclient":
			kind = "verify.purpose-client"
		case c.tool || c.purpose == "sslserver" || c.purpose == "nssslserver":
			kind = "verify.purpose-server"
		}
	}
	c.facts = append(c.facts, Fact{Kind: kind, Start: v.span.Start, End: v.span.End, Depth: v.depth, Program: "openssl", Value: strconv.Itoa(v.number)})
}

// chain judges what was sent, beside the result: a leaf alone or a top whose issuer is
// not known matter when the verification failed for want of an issuer, or nothing is
// known of it; the order matters to clients that are stricter than OpenSSL.
func (c *connection) chain(result int) {
	n := len(c.listing)
	if n == 0 {
		return
	}
	first, top := c.listing[0], c.listing[n-1]
	all := Fact{Kind: "", Start: first.span.Start, End: top.span.End, Depth: -1, Program: "openssl",
		Value: "chain of " + strconv.Itoa(n) + " sent, ends at issuer " + top.issuer}
	missing := result == 2 || result == 19 || result == 20 || result == 21 || result == 27
	switch {
	case n == 1 && first.subject == first.issuer:
		if result != 0 {
			all.Kind = "chain.sent-self-signed"
		}
	case n == 1:
		if missing || result < 0 {
			all.Kind = "chain.sent-leaf-only"
		}
	case c.disorder():
		all.Kind = "chain.wrong-order"
	case c.gap():
		if missing || result < 0 {
			all.Kind = "chain.sent-gap"
		}
	case missing:
		all.Kind = "chain.sent-complete-to-unknown-root"
	}
	if all.Kind != "" {
		c.facts = append(c.facts, all)
	}
}

// gap: an issuer is not the next subject, and the chain breaks off there.
func (c *connection) gap() bool {
	for i := range len(c.listing) - 1 {
		if e := c.listing[i]; e.issuer != c.listing[i+1].subject && e.issuer != e.subject {
			return true
		}
	}
	return false
}

// disorder: an issuer is not the next subject, but stands elsewhere in the listing.
func (c *connection) disorder() bool {
	for i := range len(c.listing) - 1 {
		e := c.listing[i]
		if e.issuer == c.listing[i+1].subject || e.issuer == e.subject {
			continue
		}
		for j, other := range c.listing {
			if j != i && other.subject == e.issuer {
				return true
			}
		}
	}
	return false
}

package check

import (
	"crypto/dsa" //nolint:staticcheck // recognised so that it can be refused
	"crypto/rsa"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"countersign/certs"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

const oidDSA = "1.2.840.10040.4.1"

// ruleOnTop is one check on top of the standard library's verifier, which accepts what it
// forbids. Severity is what it says on the products' own terms; strict verification
// makes every rule an Error.
type ruleOnTop struct {
	ID       string
	Severity certs.Severity
	Source   string

	// bad gives what is wrong in one word or value, and whether anything is.
	bad func(c ruleCase) (string, bool)
}

// ruleCase is one certificate of a path.
type ruleCase struct {
	it       *Item
	raw      *rawCert
	leaf     bool
	root     bool // the anchor, or a self-signed end of an untrusted path
	isCA     bool
	crossed  bool // another certificate of the same name and key is self-signed
	purpose  Purpose
	notAlone bool // the leaf has an issuer other than itself
}

// rulesOnTop are the rules in the order in which they are applied.
var rulesOnTop = []ruleOnTop{
	{"rule.aki-missing-leaf", certs.Warning, "RFC 5280 section 4.2.1.1", func(c ruleCase) (string, bool) {
		return "", c.leaf && c.notAlone && len(c.raw.aki()) == 0
	}},
	{"rule.aki-missing-intermediate", certs.Warning, "RFC 5280 section 4.2.1.1", func(c ruleCase) (string, bool) {
		return "", !c.leaf && !c.root && !c.crossed && !c.it.selfIssued() && len(c.raw.aki()) == 0
	}},
	{"rule.aki-missing-cross", certs.Warning, "RFC 5280 section 4.2.1.1", func(c ruleCase) (string, bool) {
		return "", !c.leaf && c.crossed && !c.it.selfIssued() && len(c.raw.aki()) == 0
	}},
	{"rule.ski-missing-ca", certs.Warning, "RFC 5280 section 4.2.1.2", func(c ruleCase) (string, bool) {
		return "", c.isCA && !(c.leaf && c.it.selfIssued()) && len(c.raw.ski()) == 0
	}},
	{"rule.eku-any-leaf", certs.Warning, "BR 7.1.2.7.10; OpenSSL refuses it for a named purpose", func(c ruleCase) (string, bool) {
		list := c.raw.extKeyUsage()
		return "", c.leaf && len(list) > 0 && strings.Contains(strings.Join(list, " "), "anyExtendedKeyUsage")
	}},
	{"rule.eku-empty", certs.Error, "RFC 5280 section 4.2.1.12", func(c ruleCase) (string, bool) {
		return "", c.raw.ext(oidEKU) != nil && len(c.raw.extKeyUsage()) == 0
	}},
	{"rule.eku-missing-leaf", certs.Warning, "BR 7.1.2.7.6", func(c ruleCase) (string, bool) {
		return "", c.leaf && c.raw.ext(oidEKU) == nil
	}},
	{"rule.eku-critical", certs.Warning, "BR 7.1.2.7.6", func(c ruleCase) (string, bool) {
		e := c.raw.ext(oidEKU)
		return "", e != nil && e.critical
	}},
	{"rule.eku-on-root", certs.Warning, "BR 7.1.2.1.2", func(c ruleCase) (string, bool) {
		return "", c.root && !c.leaf && c.raw.ext(oidEKU) != nil
	}},
	{"rule.ca-as-leaf", certs.Warning, "BR 7.1.2.7.8", func(c ruleCase) (string, bool) {
		return "", c.leaf && c.isCA
	}},
	{"rule.certsign-leaf", certs.Warning, "RFC 5280 section 4.2.1.3", func(c ruleCase) (string, bool) {
		return "", c.leaf && !c.isCA && slices.Contains(c.raw.keyUsage(), "keyCertSign")
	}},
	{"rule.cn-not-in-san", certs.Warning, "BR 7.1.4.3", cnNotInSAN},
	{"rule.cn-case", certs.Warning, "BR 7.1.4.3", cnCase},
	{"rule.cn-punycode", certs.Warning, "BR 7.1.4.3", cnPunycode},
	{"rule.cn-ip-spelling", certs.Warning, "BR 7.1.4.3", cnIPSpelling},
	{"rule.wildcard-public-suffix", certs.Error, "BR 3.2.2.6", wildcardSuffix},
	{"rule.underscore-dns", certs.Warning, "BR 7.1.4.2.1", func(c ruleCase) (string, bool) {
		return firstDNS(c, func(n string) bool { return strings.Contains(n, "_") })
	}},
	{"rule.san-critical", certs.Warning, "RFC 5280 section 4.2.1.6", func(c ruleCase) (string, bool) {
		e := c.raw.ext(oidSAN)
		return "", c.leaf && e != nil && e.critical && !emptyDN(c.raw.subject)
	}},
	{"rule.san-not-critical", certs.Warning, "RFC 5280 section 4.2.1.6", func(c ruleCase) (string, bool) {
		e := c.raw.ext(oidSAN)
		return "", c.leaf && e != nil && !e.critical && emptyDN(c.raw.subject)
	}},
	{"rule.serial-zero", certs.Warning, "RFC 5280 section 4.1.2.2", func(c ruleCase) (string, bool) {
		return "", !c.root && c.raw.serialNumber().Sign() == 0
	}},
	{"rule.serial-negative", certs.Error, "RFC 5280 section 4.1.2.2", func(c ruleCase) (string, bool) {
		return "", c.raw.serialNumber().Sign() < 0
	}},
	{"rule.serial-long", certs.Warning, "RFC 5280 section 4.1.2.2", func(c ruleCase) (string, bool) {
		return strconv.Itoa(len(c.raw.serial)), len(c.raw.serial) > 20
	}},
	{"rule.rsa-small", certs.Error, "BR 6.1.5; NIST SP 800-131A", func(c ruleCase) (string, bool) {
		n := rsaBits(c.it)
		return strconv.Itoa(n), n > 0 && n < 2048
	}},
	{"rule.rsa-odd-size", certs.Warning, "BR 6.1.5", func(c ruleCase) (string, bool) {
		n := rsaBits(c.it)
		return strconv.Itoa(n), n > 2048 && n%8 != 0
	}},
	{"rule.dsa", certs.Error, "BR 6.1.5", func(c ruleCase) (string, bool) {
		_, is := c.it.Public.(*dsa.PublicKey)
		return "", is || c.raw.keyAlg == oidDSA
	}},
	{"rule.basic-not-critical", certs.Warning, "RFC 5280 section 4.2.1.9", func(c ruleCase) (string, bool) {
		e := c.raw.ext(oidBasic)
		return "", c.isCA && !c.leaf && e != nil && !e.critical
	}},
	{"rule.constraints-leaf", certs.Warning, "RFC 5280 section 4.2.1.10", func(c ruleCase) (string, bool) {
		return "", !c.isCA && c.raw.ext(oidNameConstraints) != nil
	}},
	{"rule.constraints-not-critical", certs.Warning, "RFC 5280 section 4.2.1.10", func(c ruleCase) (string, bool) {
		e := c.raw.ext(oidNameConstraints)
		return "", e != nil && !e.critical
	}},
}

// rules applies the rules to every certificate of the chosen path.
func (v *verification) rules() {
	for i, it := range v.chosen {
		isCA, _ := it.raw.basic()
		c := ruleCase{it: it, raw: it.raw, leaf: i == 0, isCA: isCA, purpose: v.opts.Purpose,
			root: it.selfIssued() && i == len(v.chosen)-1, notAlone: !it.selfIssued(), crossed: v.crossed(it)}
		for _, r := range rulesOnTop {
			detail, bad := r.bad(c)
			if !bad {
				continue
			}
			severity := r.Severity
			if v.opts.Strict || r.ID == "rule.eku-any-leaf" && v.opts.Purpose != "" {
				severity = certs.Error
			}
			if severity == certs.Error && v.states[it] == "" {
				v.states[it] = Faulty
			}
			v.say(it, r.ID, severity, r.Source, "Detail", detail)
		}
	}
}

// crossed: it is another CA's signature under a key that also signs itself.
func (v *verification) crossed(it *Item) bool {
	if it.selfIssued() {
		return false
	}
	return slices.ContainsFunc(v.store.bySubject[dnKey(it.raw.subject)], func(other *Item) bool {
		return other != it && other.selfIssued() && string(other.raw.spki) == string(it.raw.spki)
	})
}

func rsaBits(it *Item) int {
	if k, ok := it.Public.(*rsa.PublicKey); ok {
		return k.N.BitLen()
	}
	return 0
}

func firstDNS(c ruleCase, bad func(string) bool) (string, bool) {
	if !c.leaf {
		return "", false
	}
	for _, n := range c.raw.names() {
		if n.Type == "dns" && bad(n.Value) {
			return n.Value, true
		}
	}
	return "", false
}

// sanHas compares as bytes, or by fold.
func sanHas(c ruleCase, cn string, fold bool) bool {
	return slices.ContainsFunc(c.raw.names(), func(n AltName) bool { return n.Value == cn || fold && strings.EqualFold(n.Value, cn) })
}

// cnForms says which of the CN rules a CN falls under, so that exactly one speaks.
func cnForms(c ruleCase) string {
	cn := commonName(c.raw.subject)
	if !c.leaf || cn == "" || c.isCA && c.it.selfIssued() && c.raw.ext(oidSAN) == nil || sanHas(c, cn, false) {
		return ""
	}
	if sanHas(c, cn, true) {
		return "case"
	}
	if a, err := idna.ToASCII(cn); err == nil && a != cn && sanHas(c, a, true) {
		return "punycode"
	}
	if u, err := idna.ToUnicode(cn); err == nil && u != cn && sanHas(c, u, true) {
		return "punycode"
	}
	for _, n := range c.raw.names() {
		a, err := netip.ParseAddr(n.Value)
		if err == nil && n.Type == "ip" && sameAddress(cn, a) {
			return "ip"
		}
	}
	return "absent"
}

func cnRule(form string) func(ruleCase) (string, bool) {
	return func(c ruleCase) (string, bool) { return commonName(c.raw.subject), cnForms(c) == form }
}

var (
	cnNotInSAN   = cnRule("absent")
	cnCase       = cnRule("case")
	cnPunycode   = cnRule("punycode")
	cnIPSpelling = cnRule("ip")
)

// sameAddress: cn spells a in another way: leading zeros, hex, brackets, a long or a
// mapped IPv6 form.
func sameAddress(cn string, a netip.Addr) bool {
	cn = strings.Trim(cn, "[] ")
	if b, err := netip.ParseAddr(cn); err == nil {
		return b.Unmap() == a.Unmap()
	}
	parts := strings.Split(cn, ".")
	if len(parts) != 4 || !a.Is4() {
		return false
	}
	want := a.As4()
	for i, p := range parts {
		n, err := strconv.ParseUint(strings.TrimLeft(p, "0")+"", 10, 8)
		if strings.HasPrefix(strings.ToLower(p), "0x") {
			n, err = strconv.ParseUint(p[2:], 16, 8)
		} else if strings.Trim(p, "0") == "" && p != "" {
			n, err = 0, nil
		}
		if err != nil || byte(n) != want[i] {
			return false
		}
	}
	return true
}

// wildcardSuffix: a star right under a suffix that anyone can register below.
func wildcardSuffix(c ruleCase) (string, bool) {
	return firstDNS(c, func(n string) bool {
		base, ok := strings.CutPrefix(strings.ToLower(n), "*.")
		if !ok {
			return false
		}
		suffix, icann := publicsuffix.PublicSuffix(base)
		return suffix == base && (icann || strings.Contains(base, "."))
	})
}

package certs

import (
	"bytes"
	"cmp"
	"crypto/x509"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// IssuedOption widens what CheckIssued looks at.
type IssuedOption func(*issuedCheck)

// After gives the certificate (DER) that the new one replaces: a different authority
// key identifier then means that another CA key signed, whose chain must be loaded
// everywhere first (Cisco: renew Expressway certificates, D).
func After(predecessor []byte) IssuedOption {
	return func(c *issuedCheck) { c.predecessor = predecessor }
}

type issuedCheck struct {
	comparison
	cert        *x509.Certificate
	chain       []*x509.Certificate
	predecessor []byte
	now         time.Time
}

// CheckIssued compares what a CA returned with what was approved: public key of the
// request, subject, names, usages, lifetime, issuer and chain. now is the time of the check.
// All certificates are DER. No findings of severity Error means that it may be delivered.
func CheckIssued(s Spec, csr []byte, leaf []byte, chain [][]byte, now time.Time, opts ...IssuedOption) []Finding {
	if settled, err := Adopt(s, csr); err == nil {
		s.Names = settled.Names
	}
	c := &issuedCheck{comparison: comparison{spec: s}, now: now}
	for _, o := range opts {
		o(c)
	}
	cert, err := readCertificate(leaf)
	if err != nil {
		c.find("certificate/unreadable", Error, "RFC 5280", T("certs.certificate.unreadable"))
		return c.findings
	}
	c.cert = cert
	if len(chain) > maxChain {
		c.find("chain/too-long", Error, "", T("certs.chain.too_long", "Count", strconv.Itoa(len(chain)), "Limit", strconv.Itoa(maxChain)))
		return c.findings
	}
	for i, der := range chain {
		ca, err := readCertificate(der)
		if err != nil {
			c.find("chain/unreadable", Error, "RFC 5280", T("certs.chain.unreadable", "Number", strconv.Itoa(i+1)))
			continue
		}
		if !bytes.Equal(ca.Raw, cert.Raw) {
			c.chain = append(c.chain, ca)
		}
	}
	if !c.sameKey(csr) {
		return c.findings // another key's certificate: nothing else that it says matters
	}
	c.identity()
	c.issuedUsages()
	c.lifetime()
	c.signed()
	c.authority()
	return c.findings
}

// MaxCertificate is the size beyond which nothing is read as a certificate, in bytes.
const MaxCertificate = 64 << 10

// maxChain is more than any CA sends along.
const maxChain = 20

// readCertificate refuses what is too large, or has too large a key, to be computed
// with in reasonable time.
func readCertificate(der []byte) (*x509.Certificate, error) {
	if len(der) > MaxCertificate {
		return nil, errDER("certificate")
	}
	cert, err := x509.ParseCertificate(der)
	if err == nil && huge(cert.PublicKey) {
		return nil, errDER("certificate")
	}
	return cert, err
}

func (c *issuedCheck) sameKey(csr []byte) bool {
	r, err := ReadPKCS10(csr)
	if err != nil {
		c.find("csr/unreadable", Error, "RFC 2986", T("certs.csr.unreadable"))
		return false
	}
	if !samePublicKey(r.PublicKey, c.cert.PublicKey, r.SPKI, c.cert.RawSubjectPublicKeyInfo) {
		c.find("certificate/foreign-key", Error, "", T("certs.certificate.foreign_key", "Subject", clip(c.cert.Subject.String())))
		return false
	}
	return true
}

func (c *issuedCheck) identity() {
	dn, err := readDN(c.cert.RawSubject)
	if err != nil {
		c.find("certificate/unreadable", Error, "RFC 5280", T("certs.certificate.unreadable"))
		return
	}
	c.subject(dn, "certificate")
	var names []Name
	for _, e := range c.cert.Extensions {
		if e.Id.Equal(oidSAN) {
			if names, err = ParseNames(e.Value); err != nil {
				c.find("certificate/names-unreadable", Error, "RFC 5280 4.2.1.6", T("certs.certificate.names_unreadable"))
				return
			}
		}
	}
	c.names(names, "certificate")
}

func (c *issuedCheck) issuedUsages() {
	var eku, ku []string
	for _, e := range c.cert.Extensions {
		var err error
		switch {
		case e.Id.Equal(oidExtKeyUsage):
			eku, err = ParseEKU(e.Value)
		case e.Id.Equal(oidKeyUsage):
			ku, err = ParseKU(e.Value)
		}
		if err != nil {
			c.find("certificate/unreadable", Error, "RFC 5280", T("certs.certificate.unreadable"))
			return
		}
	}
	if c.cert.IsCA != c.spec.IsCA {
		key := "certs.certificate.ca"
		if c.spec.IsCA {
			key = "certs.certificate.not_ca"
		}
		c.find("certificate/basic-constraints", Error, "RFC 5280 4.2.1.9", T(key))
	}
	c.dropped("eku", eku, c.spec.EKU, c.spec.MayEKU)
	c.dropped("ku", ku, c.spec.KU, c.spec.MayKU)
}

func (c *issuedCheck) dropped(kind string, got []string, want []Usage, may []string) {
	var missing, optional []string
	for _, u := range want {
		switch {
		case slices.Contains(got, u.ID):
		case u.Optional:
			optional = append(optional, u.ID)
		case u.ID == "clientAuth":
			key := "certs.certificate.client_auth"
			if c.spec.CA == PublicCA {
				key = "certs.certificate.client_auth_public"
			}
			c.find("certificate/client-auth-dropped", Error, u.Source, T(key, "Roots", strings.Join(PublicRules(c.now).ClientRoots, "; ")))
		case u.ID == "dataEncipherment":
			c.find("certificate/data-encipherment-dropped", Error, u.Source, T("certs.certificate.data_encipherment"))
		default:
			missing = append(missing, u.ID)
		}
	}
	if len(missing) > 0 {
		c.find("certificate/"+kind+"-missing", Error, "", T("certs.certificate."+kind+"_missing", "Usages", strings.Join(missing, ", ")))
	}
	if len(optional) > 0 {
		c.find("certificate/"+kind+"-left-out", Info, "", T("certs.certificate."+kind+"_left_out", "Usages", strings.Join(optional, ", ")))
	}
	c.usagesAdded("certificate", kind, got, want, may)
}

// LifetimeDays is a lifetime as the CA/B Forum counts it: notAfter belongs to it, a day is
// 86,400 s and a part of one counts whole (BR 6.3.2).
func LifetimeDays(notBefore, notAfter time.Time) int {
	seconds := int64(notAfter.Sub(notBefore)/time.Second) + 1
	return int((seconds + 86399) / 86400)
}

// rounding grades a lifetime that is off by some days. CAs round to days, to whole
// weeks, or back to when the order was placed: a fiftieth is no other lifetime.
func rounding(off, want int) Severity {
	if off*50 <= want {
		return Info
	}
	return Warning
}

func (c *issuedCheck) lifetime() {
	cert, got := c.cert, LifetimeDays(c.cert.NotBefore, c.cert.NotAfter)
	from, until := cert.NotBefore.UTC().Format(time.DateOnly), cert.NotAfter.UTC().Format(time.DateOnly)
	switch {
	case cert.NotAfter.Before(cert.NotBefore):
		c.find("certificate/dates", Error, "RFC 5280 4.1.2.5", T("certs.certificate.dates"))
		return
	case c.now.After(cert.NotAfter):
		c.find("certificate/expired", Error, "RFC 5280 4.1.2.5", T("certs.certificate.expired", "Until", until))
	case c.now.Before(cert.NotBefore):
		severity := Error
		if cert.NotBefore.Sub(c.now) <= 5*time.Minute { // clocks differ
			severity = Warning
		}
		c.find("certificate/not-yet-valid", severity, "RFC 5280 4.1.2.5", T("certs.certificate.not_yet_valid", "From", cert.NotBefore.UTC().Format(time.RFC3339)))
	}
	if want := c.spec.Days; want > 0 && got < want-1 {
		c.find("certificate/shorter", rounding(want-got, want), "", T("certs.certificate.shorter", "Days", strconv.Itoa(got), "Expected", strconv.Itoa(want), "Until", until))
	} else if want > 0 && got > want+1 {
		c.find("certificate/longer", rounding(got-want, want), "", T("certs.certificate.longer", "Days", strconv.Itoa(got), "Expected", strconv.Itoa(want)))
	}
	if rules := PublicRules(cert.NotBefore); c.spec.CA == PublicCA && got > rules.MaxDays {
		c.find("certificate/public-days", Error, rules.Source, T("certs.certificate.public_days", "Days", strconv.Itoa(got), "Max", strconv.Itoa(rules.MaxDays), "From", from))
	}
	for _, ca := range c.chain {
		if ca.NotAfter.Before(cert.NotAfter) {
			c.find("chain/expires-first", Warning, "RFC 5280 6.1", T("certs.chain.expires_first", "CA", clip(ca.Subject.String()), "Until", ca.NotAfter.UTC().Format(time.DateOnly)))
		}
		if c.now.After(ca.NotAfter) {
			c.find("chain/expired", Error, "RFC 5280 6.1", T("certs.chain.expired", "CA", clip(ca.Subject.String()), "Until", ca.NotAfter.UTC().Format(time.DateOnly)))
		}
	}
}

// signed looks at who signed, as far as what was returned can show it.
func (c *issuedCheck) signed() {
	switch c.cert.SignatureAlgorithm {
	case x509.SHA1WithRSA, x509.ECDSAWithSHA1, x509.MD5WithRSA, x509.MD2WithRSA, x509.DSAWithSHA1:
		c.find("certificate/weak-signature", Error, "CA/B Forum BR 7.1.3.2", T("certs.certificate.weak_signature", "Algorithm", c.cert.SignatureAlgorithm.String()))
	}
	if selfIssued(c.cert) {
		if !c.spec.BuiltIn {
			c.find("certificate/self-signed", Error, "", T("certs.certificate.self_signed"))
		}
		return
	}
	if len(c.chain) == 0 {
		c.find("chain/leaf-only", Warning, "Cisco 213872, 221624", T("certs.chain.leaf_only", "Issuer", clip(c.cert.Issuer.String())))
		return
	}
	used := map[*x509.Certificate]bool{}
	at, inOrder := c.cert, true
	for depth := 0; depth <= len(c.chain) && !selfIssued(at); depth++ {
		i := slices.IndexFunc(c.chain, func(ca *x509.Certificate) bool { return !used[ca] && at.CheckSignatureFrom(ca) == nil })
		if i < 0 {
			break
		}
		inOrder = inOrder && i == depth
		used[c.chain[i]] = true
		at = c.chain[i]
	}
	switch {
	case at == c.cert:
		c.find("chain/not-issuer", Error, "RFC 5280 6.1", T("certs.chain.not_issuer", "Issuer", clip(c.cert.Issuer.String()), "Got", clip(c.chain[0].Subject.String())))
		return
	case !selfIssued(at):
		c.find("chain/no-root", Info, "Cisco 213872", T("certs.chain.no_root", "Issuer", clip(at.Issuer.String())))
	}
	if !inOrder {
		c.find("chain/order", Info, "RFC 8446 4.4.2", T("certs.chain.order"))
	}
	for _, ca := range c.chain {
		if !used[ca] {
			c.find("chain/stranger", Warning, "", T("certs.chain.stranger", "CA", clip(ca.Subject.String())))
		}
	}
}

func selfIssued(c *x509.Certificate) bool { return bytes.Equal(c.RawSubject, c.RawIssuer) }

// authority compares key identifiers: of the chain, and of the certificate that is
// replaced.
func (c *issuedCheck) authority() {
	aki := c.cert.AuthorityKeyId
	if len(c.chain) > 0 && len(aki) > 0 && !slices.ContainsFunc(c.chain, func(ca *x509.Certificate) bool {
		return len(ca.SubjectKeyId) == 0 || bytes.Equal(ca.SubjectKeyId, aki)
	}) {
		c.find("chain/key-identifier", Warning, "RFC 5280 4.2.1.1", T("certs.chain.key_identifier", "AKI", colonHex(aki)))
	}
	if c.predecessor == nil {
		return
	}
	old, err := readCertificate(c.predecessor)
	if err != nil {
		c.find("predecessor/unreadable", Warning, "", T("certs.predecessor.unreadable"))
		return
	}
	if !bytes.Equal(old.AuthorityKeyId, aki) || len(aki) == 0 && !bytes.Equal(old.RawIssuer, c.cert.RawIssuer) {
		c.find("predecessor/other-ca", Warning, "Cisco: renew Expressway certificates, D", T("certs.predecessor.other_ca",
			"Old", clip(old.Issuer.String()), "New", clip(c.cert.Issuer.String()), "OldAKI", colonHex(old.AuthorityKeyId), "NewAKI", colonHex(aki)))
	}
}

func colonHex(b []byte) string {
	return cmp.Or(strings.ReplaceAll(fmt.Sprintf("% X", b[:min(len(b), 32)]), " ", ":"), "-")
}

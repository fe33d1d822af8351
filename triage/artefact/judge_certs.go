package artefact

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"
)

// certificates says what the certificates of a connection show by themselves, at the
// time of their packet. judged is the side whose certificates were rejected, if the
// connection failed and that is known; what is odd about certificates that nobody
// minded weighs little. A look minds nothing, so that it sees all: there it weighs as
// with somebody who does.
func (j *judge) certificates(s *Stream, judged Side, o Outcome) {
	for i := range s.Presented {
		p := &s.Presented[i]
		w := 0.25
		switch {
		case o == Failed && (judged == p.Side || judged == ""), j.live && o == "" && p.Side == Server:
			w = 1
		case o != "" && o != Failed:
			w = 0.5
		}
		if len(p.DER) == 0 {
			j.empty(s, p, o)
			continue
		}
		if certs := p.parsed(); len(certs) > 0 {
			j.leaf(s, p, certs[0], w)
			j.order(s, p, certs, w)
		}
	}
}

// empty: a client that was asked and had nothing to show.
func (j *judge) empty(s *Stream, p *Presented, o Outcome) {
	kind, key, cas := "tls.no-client-certificate", "artefact.no_client_certificate", ""
	if s.Asked != nil {
		cas = strings.Join(s.Asked.CAs[:min(3, len(s.Asked.CAs))], "; ")
		if n := len(s.Asked.CAs) - 3 + s.Asked.More; n > 0 {
			cas += " +" + strconv.Itoa(n)
		}
	}
	if o != Failed {
		kind, key = "tls.client-certificate-optional", "artefact.client_certificate_optional"
	}
	j.say(s, p.Packet, kind, nil, key, "CAs", cas)
}

// leaf weighs the side's own certificate.
func (j *judge) leaf(s *Stream, p *Presented, c *x509.Certificate, w float64) {
	args := []string{"Side", string(p.Side), "From", s.addr(p.Side).String(), "Title", title(c), "Issuer", Printable(c.Issuer.String())}
	say := func(kind string, weights supports, key string, more ...string) {
		for id := range weights {
			weights[id] *= w
		}
		j.say(s, p.Packet, kind, weights, key, append(more, args...)...)
	}
	switch {
	case p.At.IsZero():
	case p.At.After(c.NotAfter):
		say("cert.expired", supports{"expired": 9}, "artefact.expired", "Until", c.NotAfter.UTC().Format(time.DateTime), "At", p.At.UTC().Format(time.DateTime))
	case p.At.Before(c.NotBefore):
		say("cert.not-yet-valid", supports{"not-yet-valid": 9}, "artefact.not_yet", "From2", c.NotBefore.UTC().Format(time.DateTime), "At", p.At.UTC().Format(time.DateTime))
	}
	self := bytes.Equal(c.RawIssuer, c.RawSubject)
	if self && (!c.IsCA || c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil) {
		say("tls.self-signed-leaf", supports{"self-signed-cert": 9}, "artefact.self_signed")
	}
	if len(p.DER) == 1 && !self {
		weight := 7.0
		if j.live && w == 1 { // a certificate right below a root is whole by itself, and who issued is not seen
			weight = 4.2
		}
		say("chain.leaf-only", supports{"missing-intermediate": weight}, "artefact.leaf_only")
	}
	if p.Side == Server {
		j.names(s, c, say)
	}
	need, kind, key, id := x509.ExtKeyUsageServerAuth, "cert.no-serverauth", "artefact.no_serverauth", "eku-missing-serverauth"
	if p.Side == Client {
		need, kind, key, id = x509.ExtKeyUsageClientAuth, "cert.no-clientauth", "artefact.no_clientauth", "eku-missing-clientauth"
	}
	if !usable(c, need) {
		say(kind, supports{id: 9}, key)
	}
	if k, ok := c.PublicKey.(*rsa.PublicKey); ok && k.N.BitLen() < 2048 {
		say("cert.weak-key", supports{"weak-key-or-digest": 6}, "artefact.weak_key", "Bits", strconv.Itoa(k.N.BitLen()))
	}
	switch c.SignatureAlgorithm {
	case x509.MD5WithRSA, x509.SHA1WithRSA, x509.ECDSAWithSHA1, x509.DSAWithSHA1, x509.MD2WithRSA:
		if !self {
			say("cert.weak-signature", supports{"weak-key-or-digest": 6}, "artefact.weak_signature", "Algorithm", c.SignatureAlgorithm.String())
		}
	}
}

// names compares the certificate with the name that the client asked for.
func (j *judge) names(s *Stream, c *x509.Certificate, say func(string, supports, string, ...string)) {
	name := s.name()
	san := len(c.DNSNames)+len(c.IPAddresses)+len(c.EmailAddresses)+len(c.URIs) > 0
	switch {
	case !san && len(c.Subject.CommonName) > 0 && !hasSAN(c):
		say("cert.no-san", supports{"san-missing-legacy-cn": 6}, "artefact.no_san")
	case name != "" && net.ParseIP(name) == nil && c.VerifyHostname(name) != nil:
		say("name.not-in-san", supports{"name-mismatch": 9}, "artefact.name", "Name", name, "Names", sanList(c))
	}
}

// hasSAN: the extension is there, even if nothing in it could be read.
func hasSAN(c *x509.Certificate) bool {
	return slices.ContainsFunc(c.Extensions, func(e pkix.Extension) bool { return e.Id.String() == "2.5.29.17" })
}

func sanList(c *x509.Certificate) string {
	const shown = 8
	var names []string
	names = append(names, c.DNSNames...)
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	more := ""
	if n := len(names) - shown; n > 0 {
		names, more = names[:shown], " +"+strconv.Itoa(n)
	}
	return Printable(strings.Join(names, ", ")) + more
}

// usable: no EKU at all means any usage (RFC 5280, section 4.2.1.12).
func usable(c *x509.Certificate, need x509.ExtKeyUsage) bool {
	return len(c.ExtKeyUsage)+len(c.UnknownExtKeyUsage) == 0 ||
		slices.Contains(c.ExtKeyUsage, need) || slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageAny)
}

// order checks that each certificate of a message is followed by its issuer, as TLS
// 1.2 demands (RFC 5246, section 7.4.2).
func (j *judge) order(s *Stream, p *Presented, certs []*x509.Certificate, w float64) {
	if len(certs) < 2 || len(certs) != len(p.DER) {
		return
	}
	for i := 0; i+1 < len(certs); i++ {
		c := certs[i]
		if bytes.Equal(c.RawIssuer, certs[i+1].RawSubject) || bytes.Equal(c.RawIssuer, c.RawSubject) {
			continue
		}
		elsewhere := slices.ContainsFunc(certs, func(o *x509.Certificate) bool { return bytes.Equal(o.RawSubject, c.RawIssuer) })
		args := []string{"Side", string(p.Side), "From", s.addr(p.Side).String(), "Title", title(c), "Issuer", Printable(c.Issuer.String()), "Index", strconv.Itoa(i)}
		if elsewhere {
			j.say(s, p.Packet, "bundle.wrong-order", supports{"wrong-bundle-order": 7 * w}, "artefact.order", args...)
		} else {
			j.say(s, p.Packet, "tls.chain-incomplete", supports{"missing-intermediate": 9 * w}, "artefact.chain_gap", args...)
		}
		return
	}
}

func title(c *x509.Certificate) string {
	switch {
	case c.Subject.CommonName != "":
		return Printable(c.Subject.CommonName)
	case len(c.DNSNames) > 0:
		return Printable(c.DNSNames[0])
	}
	return Printable(c.Subject.String())
}

package check

import (
	"bytes"
	"cmp"
	"crypto/sha1" //nolint:gosec // people compare SHA-1 fingerprints; nothing is trusted by it
	"crypto/x509"
	"math"
	"math/bits"
	"slices"
	"strconv"
	"time"

	"countersign/certs"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
	"golang.org/x/crypto/ocsp"
)

// Role is a certificate's place in a chain, as far as it can be told.
type Role string

// The roles. SelfSigned is a certificate of a server or device that signed itself.
const (
	Leaf         Role = "leaf"
	Intermediate Role = "intermediate"
	Root         Role = "root"
	SelfSigned   Role = "self-signed"
)

// Facts is what an Item is, for whom, until when and what it is good for. Hex values
// with colons are in capitals as vendors print them, hashes in lower-case hex.
type Facts struct {
	Kind    Kind   `json:"kind"`
	Place   Place  `json:"place"`
	Title   string `json:"title"`
	Refused string `json:"refused,omitempty"`

	Role       Role      `json:"role,omitempty"`
	Subject    string    `json:"subject,omitempty"`
	CommonName string    `json:"common_name,omitempty"`
	Issuer     string    `json:"issuer,omitempty"`
	Serial     string    `json:"serial,omitempty"`
	Names      []AltName `json:"names,omitempty"`

	NotBefore time.Time `json:"not_before,omitzero"`
	NotAfter  time.Time `json:"not_after,omitzero"`
	Days      int       `json:"days,omitempty"`      // lifetime as the CA/B Forum counts it
	DaysLeft  int       `json:"days_left,omitempty"` // whole days, negative once over
	State     State     `json:"state,omitempty"`

	Key       Key      `json:"key,omitzero"`
	Encrypted bool     `json:"encrypted,omitempty"`
	Signature string   `json:"signature,omitempty"` // algorithm
	KU        []string `json:"ku,omitempty"`
	EKU       []string `json:"eku,omitempty"`
	IsCA      bool     `json:"is_ca,omitempty"`
	PathLen   *int     `json:"path_len,omitempty"`
	GoodFor   []string `json:"good_for,omitempty"` // server, client, ca, crl, ocsp, ipsec, email, code

	SHA256 string   `json:"sha256,omitempty"`
	SHA1   string   `json:"sha1,omitempty"`
	SKI    string   `json:"ski,omitempty"`
	AKI    string   `json:"aki,omitempty"`
	OCSP   []string `json:"ocsp,omitempty"`
	AIA    []string `json:"aia,omitempty"` // where the issuer's certificate can be had
	CDP    []string `json:"cdp,omitempty"` // where CRLs can be had

	Revoked int `json:"revoked,omitempty"` // entries of a CRL

	Summary certs.Text `json:"summary"`
}

// State is where now stands in a validity period.
type State string

// The states.
const (
	Valid       State = "valid"
	Expired     State = "expired"
	NotYetValid State = "not-yet-valid"
)

// Inspect says what it is on the date now.
func Inspect(it *Item, now time.Time) Facts {
	f := Facts{Kind: it.Kind, Place: it.Place, Title: it.Title(), Refused: it.Refused, Encrypted: it.Encrypted, SHA256: it.Fingerprint()}
	if len(it.SPKI) > 0 {
		f.Key = keyOf(it.Public, it.SPKI)
	}
	if len(it.DER) > 0 {
		sum := sha1.Sum(it.DER) //nolint:gosec // see import
		f.SHA1 = hexColon(sum[:])
	}
	switch it.Kind {
	case Certificate:
		f.certificate(it, now)
	case Request:
		f.request(it)
	case CRL:
		f.crl(it, now)
	case OCSPResponse:
		f.ocsp(it, now)
	}
	f.Summary = f.summary()
	return f
}

func (f *Facts) certificate(it *Item, now time.Time) {
	c := it.raw
	f.Subject, f.CommonName, f.Issuer = dnString(c.subject), commonName(c.subject), dnString(c.issuer)
	f.Serial, f.Names = hexColon(c.serial), c.names()
	f.validity(c.notBefore, c.notAfter, now)
	f.Days = certs.LifetimeDays(c.notBefore, c.notAfter)
	f.KU, f.EKU = c.keyUsage(), c.extKeyUsage()
	f.IsCA, f.PathLen = c.basic()
	f.SKI, f.AKI = hexColon(c.ski()), hexColon(c.aki())
	f.Signature = signatureName(c.sigAlg)
	if it.Cert != nil {
		f.OCSP, f.AIA, f.CDP = it.Cert.OCSPServer, it.Cert.IssuingCertificateURL, it.Cert.CRLDistributionPoints
	}
	f.Role = roleOf(it)
	f.GoodFor = goodFor(f.IsCA, f.KU, f.EKU)
}

func (f *Facts) request(it *Item) {
	if it.CSR == nil {
		return
	}
	f.Subject, f.CommonName = dnString(it.CSR.RawSubject), commonName(it.CSR.RawSubject)
	f.Signature = it.CSR.SignatureAlgorithm.String()
	c := &rawCert{}
	for _, e := range it.CSR.Extensions {
		c.extensions = append(c.extensions, rawExtension{e.Id.String(), e.Critical, e.Value})
	}
	f.Names, f.KU, f.EKU = c.names(), c.keyUsage(), c.extKeyUsage()
	f.IsCA, f.PathLen = c.basic()
	f.SKI = hexColon(c.ski())
	if it.CSR.CheckSignature() != nil {
		f.Refused = "signature does not fit the key"
	}
}

func (f *Facts) crl(it *Item, now time.Time) {
	if it.List == nil {
		return
	}
	f.Issuer, f.Revoked = dnString(it.List.RawIssuer), len(it.List.RevokedCertificateEntries)
	f.AKI, f.Signature = hexColon(it.List.AuthorityKeyId), it.List.SignatureAlgorithm.String()
	f.validity(it.List.ThisUpdate, it.List.NextUpdate, now)
	if it.List.Number != nil {
		f.Serial = hexColon(it.List.Number.Bytes())
	}
}

// ocsp fills in what a response says without checking its signature; Revocation does
// that.
func (f *Facts) ocsp(it *Item, now time.Time) {
	resp, err := ocsp.ParseResponse(it.DER, nil)
	if err != nil {
		f.Refused = reason(err)
		return
	}
	f.validity(resp.ThisUpdate, resp.NextUpdate, now)
	f.Serial = hexColon(resp.SerialNumber.Bytes())
	f.Signature = resp.SignatureAlgorithm.String()
	f.Title = map[int]string{ocsp.Good: "good", ocsp.Revoked: "revoked", ocsp.Unknown: "unknown"}[resp.Status]
}

func (f *Facts) validity(from, to, now time.Time) {
	f.NotBefore, f.NotAfter = from, to
	switch {
	case now.Before(from):
		f.State = NotYetValid
	case !to.IsZero() && now.After(to):
		f.State = Expired
	default:
		f.State = Valid
	}
	f.DaysLeft = int(math.Floor(to.Sub(now).Hours() / 24))
}

func (f *Facts) summary() certs.Text {
	date := func(t time.Time) string { return t.Format(time.DateOnly) }
	switch f.Kind {
	case Certificate:
		return certs.T("check.summary.certificate."+string(f.Role), "Title", f.Title, "Until", date(f.NotAfter),
			"Days", strconv.Itoa(f.DaysLeft), "Issuer", cmp.Or(f.Issuer, "?"))
	case Request:
		return certs.T("check.summary.csr", "Title", f.Title, "Key", f.Key.String(), "Count", strconv.Itoa(len(f.Names)))
	case PrivateKey:
		if f.Encrypted || f.Key.Type == "" {
			return certs.T("check.summary.private-key-closed")
		}
		return certs.T("check.summary.private-key", "Key", f.Key.String())
	case PublicKey:
		return certs.T("check.summary.public-key", "Key", f.Key.String())
	case CRL:
		return certs.T("check.summary.crl", "Issuer", f.Issuer, "Count", strconv.Itoa(f.Revoked), "Until", date(f.NotAfter))
	default:
		return certs.T("check.summary.ocsp", "Until", date(f.NotAfter))
	}
}

// roleOf tells the role from the certificate alone.
func roleOf(it *Item) Role {
	isCA, _ := it.raw.basic()
	self := it.selfIssued() && selfSigned(it)
	switch {
	case self && isCA && len(it.raw.names()) == 0 && it.raw.ext(oidEKU) == nil:
		return Root
	case self:
		return SelfSigned
	case isCA:
		return Intermediate
	}
	return Leaf
}

// selfSigned checks the signature with the certificate's own key.
func selfSigned(it *Item) bool {
	if it.Cert == nil {
		return it.selfIssued()
	}
	if len(it.raw.aki()) > 0 && len(it.raw.ski()) > 0 && !bytes.Equal(it.raw.aki(), it.raw.ski()) {
		return false
	}
	return it.Cert.CheckSignature(it.Cert.SignatureAlgorithm, it.Cert.RawTBSCertificate, it.Cert.Signature) == nil || unverifiable(it.Cert)
}

// unverifiable: the library has no MD5 and no DSA, so whether such a signature fits
// cannot be told; a root's own signature proves nothing anyway.
func unverifiable(c *x509.Certificate) bool {
	return slices.Contains([]x509.SignatureAlgorithm{x509.MD2WithRSA, x509.MD5WithRSA, x509.DSAWithSHA1, x509.DSAWithSHA256}, c.SignatureAlgorithm)
}

func goodFor(isCA bool, ku, eku []string) []string {
	var out []string
	if isCA && (len(ku) == 0 || slices.Contains(ku, "keyCertSign")) {
		out = append(out, "ca")
	}
	if slices.Contains(ku, "cRLSign") {
		out = append(out, "crl")
	}
	for _, p := range []struct{ id, eku string }{{"server", "serverAuth"}, {"client", "clientAuth"}, {"ipsec", "ipsecEndSystem"},
		{"email", "emailProtection"}, {"code", "codeSigning"}, {"ocsp", "ocspSigning"}} {
		if slices.Contains(eku, p.eku) || slices.Contains(eku, "anyExtendedKeyUsage") && p.id != "ocsp" || len(eku) == 0 && !isCA && (p.id == "server" || p.id == "client") {
			out = append(out, p.id)
		}
	}
	return out
}

// kuNames in the bit order of RFC 5280 section 4.2.1.3.
var kuNames = []string{"digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment", "keyAgreement",
	"keyCertSign", "cRLSign", "encipherOnly", "decipherOnly"}

// ekuNames: those people meet on these products; others are shown as OIDs.
var ekuNames = map[string]string{
	"1.3.6.1.5.5.7.3.1": "serverAuth", "1.3.6.1.5.5.7.3.2": "clientAuth", "1.3.6.1.5.5.7.3.3": "codeSigning",
	"1.3.6.1.5.5.7.3.4": "emailProtection", "1.3.6.1.5.5.7.3.5": "ipsecEndSystem", "1.3.6.1.5.5.7.3.6": "ipsecTunnel",
	"1.3.6.1.5.5.7.3.7": "ipsecUser", "1.3.6.1.5.5.7.3.8": "timeStamping", "1.3.6.1.5.5.7.3.9": "ocspSigning",
	"1.3.6.1.5.5.7.3.17": "ipsecIKE", "2.5.29.37.0": "anyExtendedKeyUsage", "1.3.6.1.4.1.311.20.2.2": "smartcardLogon",
	"1.3.6.1.5.5.7.3.20": "sipDomain",
}

func (c *rawCert) keyUsage() []string {
	in := c.value(oidKeyUsage)
	var b cryptobyte.String
	if !in.ReadASN1(&b, cbasn1.BIT_STRING) || len(b) < 1 {
		return nil
	}
	var out []string
	for i, name := range kuNames {
		if byteAt := 1 + i/8; byteAt < len(b) && bits.Reverse8(b[byteAt])&(1<<(i%8)) != 0 {
			out = append(out, name)
		}
	}
	return out
}

func (c *rawCert) extKeyUsage() []string {
	list, ok := sequence(c.value(oidEKU))
	if !ok {
		return nil
	}
	out := []string{}
	for !list.Empty() {
		oid, ok := readOID(&list)
		if !ok {
			break
		}
		out = append(out, cmp.Or(ekuNames[oid], oid))
	}
	return out
}

func (c *rawCert) basic() (isCA bool, pathLen *int) {
	s, ok := sequence(c.value(oidBasic))
	if !ok {
		return false, nil
	}
	if s.PeekASN1Tag(cbasn1.BOOLEAN) {
		s.ReadASN1Boolean(&isCA)
	}
	var n int
	if s.PeekASN1Tag(cbasn1.INTEGER) && s.ReadASN1Integer(&n) {
		pathLen = &n
	}
	return isCA, pathLen
}

func (c *rawCert) ski() []byte {
	in := c.value(oidSKI)
	var v cryptobyte.String
	in.ReadASN1(&v, cbasn1.OCTET_STRING)
	return v
}

func (c *rawCert) aki() []byte {
	var v cryptobyte.String
	if s, ok := sequence(c.value(oidAKI)); ok {
		s.ReadASN1(&v, contextZeroPrim)
	}
	return v
}

// signatureName is the usual name of a signature algorithm, else its OID.
func signatureName(oid string) string {
	return cmp.Or(map[string]string{"1.2.840.113549.1.1.4": "MD5-RSA", "1.2.840.113549.1.1.5": "SHA1-RSA", "1.2.840.113549.1.1.10": "RSA-PSS",
		"1.2.840.113549.1.1.11": "SHA256-RSA", "1.2.840.113549.1.1.12": "SHA384-RSA", "1.2.840.113549.1.1.13": "SHA512-RSA",
		"1.2.840.10045.4.1": "ECDSA-SHA1", "1.2.840.10045.4.3.2": "ECDSA-SHA256", "1.2.840.10045.4.3.3": "ECDSA-SHA384",
		"1.2.840.10045.4.3.4": "ECDSA-SHA512", "1.3.101.112": "Ed25519", "1.2.840.10040.4.3": "DSA-SHA1",
		"2.16.840.1.101.3.4.3.2": "DSA-SHA256"}[oid], oid)
}

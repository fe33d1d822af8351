package check

import (
	"bytes"
	"cmp"
	"crypto/x509"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"countersign/certs"
)

// problem is one reason why a path that reaches an anchor is not valid.
type problem struct {
	at     *Item
	rule   string
	state  NodeState
	source string
	args   []string
}

// problems checks a path, leaf first and anchor last: our own checks name the
// certificate and the reason exactly, the library's verifier has the last word.
func (v *verification) problems(path []*Item) []problem {
	var out []problem
	for i, it := range path {
		if p, bad := v.period(it); bad {
			out = append(out, p)
		}
		if i > 0 {
			out = append(out, authority(it, path, i)...)
		}
		if it.Cert != nil && i < len(path)-1 {
			switch it.Cert.SignatureAlgorithm {
			case x509.SHA1WithRSA, x509.ECDSAWithSHA1, x509.MD5WithRSA, x509.MD2WithRSA, x509.DSAWithSHA1:
				out = append(out, problem{it, "verify.weak-signature", Faulty, "BR 7.1.3.2", []string{"Algorithm", signatureName(it.raw.sigAlg)}})
			}
		}
	}
	out = append(out, v.purposeOfCAs(path)...)
	if err := v.library(path, x509.ExtKeyUsageAny); err != nil && len(out) == 0 && !tooStrict(path, err) {
		out = append(out, libraryProblem(path, err))
	}
	return out
}

// usage is the purpose asked for, as the library and as the profile spell it.
func (v *verification) usage() (x509.ExtKeyUsage, string) {
	if v.opts.Purpose == Client {
		return x509.ExtKeyUsageClientAuth, "clientAuth"
	}
	return x509.ExtKeyUsageServerAuth, "serverAuth"
}

// purposeOfCAs: an intermediate's usages limit what stands below it.
func (v *verification) purposeOfCAs(path []*Item) []problem {
	if v.opts.Purpose == "" {
		return nil
	}
	_, id := v.usage()
	for _, it := range path[1:] {
		list := it.raw.extKeyUsage()
		if it.raw.ext(oidEKU) != nil && !v.store.anchor(it) && !slices.Contains(list, id) && !slices.Contains(list, "anyExtendedKeyUsage") {
			return []problem{{it, "verify.purpose-ca", Faulty, "RFC 5280 section 4.2.1.12", []string{"Need", id, "Have", strings.Join(list, ", ")}}}
		}
	}
	return nil
}

// period checks one validity period.
func (v *verification) period(it *Item) (problem, bool) {
	const source = "RFC 5280 section 4.1.2.5"
	switch {
	case v.opts.Now.After(it.raw.notAfter):
		return problem{it, "verify.expired", Outdated, source, []string{"Until", it.raw.notAfter.Format(time.DateOnly)}}, true
	case v.opts.Now.Before(it.raw.notBefore):
		return problem{it, "verify.not-yet", TooEarly, source, []string{"From", it.raw.notBefore.Format(time.RFC3339)}}, true
	}
	return problem{}, false
}

// authority checks that path[i] may sign what stands below it.
func authority(it *Item, path []*Item, i int) []problem {
	isCA, pathLen := it.raw.basic()
	if it.raw.version < 3 && it.selfIssued() && i == len(path)-1 {
		return nil // old v1 roots are trusted by being in the list
	}
	if !isCA {
		return []problem{{it, "verify.not-ca", Faulty, "RFC 5280 section 4.2.1.9", nil}}
	}
	var out []problem
	if ku := it.raw.keyUsage(); it.raw.ext(oidKeyUsage) != nil && !strings.Contains(strings.Join(ku, " "), "keyCertSign") {
		out = append(out, problem{it, "verify.no-cert-sign", Faulty, "RFC 5280 section 4.2.1.3", nil})
	}
	if pathLen != nil {
		below := 0
		for _, lower := range path[1:i] {
			if !lower.selfIssued() { // RFC 5280 section 6.1.4 (l)
				below++
			}
		}
		if below > *pathLen {
			out = append(out, problem{it, "verify.path-length", Faulty, "RFC 5280 section 4.2.1.9", []string{"Limit", strconv.Itoa(*pathLen), "Count", strconv.Itoa(below)}})
		}
	}
	return out
}

// library runs the standard verifier on exactly this path.
func (v *verification) library(path []*Item, usage x509.ExtKeyUsage) error {
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(path[len(path)-1].Cert)
	for _, it := range path[1:max(1, len(path)-1)] {
		between.AddCert(it.Cert)
	}
	_, err := path[0].Cert.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: v.opts.Now, KeyUsages: []x509.ExtKeyUsage{usage}})
	return err
}

// tooStrict: the library refuses what RFC 5280 and OpenSSL, and so the products,
// accept, and our own checks have covered the rest. It compares names byte by byte
// (section 7.1 ignores case, spaces and string types; CAs do change from
// PrintableString to UTF8String), and it counts self-issued certificates in path
// lengths (section 6.1.4 (l) does not). Constraints and critical extensions that only
// the library checks must not be in play.
func tooStrict(path []*Item, err error) bool {
	for _, it := range path {
		if it.Cert == nil || len(it.Cert.UnhandledCriticalExtensions) > 0 || it.raw.ext(oidNameConstraints) != nil || it.raw.ext(oidPolicyConstraints) != nil {
			return false
		}
	}
	return namesDiffer(path, err) || selfIssuedCounted(path, err)
}

func namesDiffer(path []*Item, err error) bool {
	var unknown x509.UnknownAuthorityError
	if !errors.As(err, &unknown) {
		return false
	}
	for i, it := range path[1:] {
		if !bytes.Equal(it.raw.subject, path[i].raw.issuer) {
			return true
		}
	}
	return false
}

func selfIssuedCounted(path []*Item, err error) bool {
	var invalid x509.CertificateInvalidError
	if !errors.As(err, &invalid) || invalid.Reason != x509.TooManyIntermediates {
		return false
	}
	return slices.ContainsFunc(path[1:len(path)-1], (*Item).selfIssued)
}

// encoding warns of names that are equal, but not byte for byte.
func (v *verification) encoding() {
	for i, it := range v.chosen[1:] {
		if !bytes.Equal(it.raw.subject, v.chosen[i].raw.issuer) {
			v.say(v.chosen[i], "verify.name-encoding", certs.Warning, "RFC 5280 section 7.1")
		}
	}
}

// libraryProblem puts the library's error into our words.
func libraryProblem(path []*Item, err error) problem {
	p := problem{at: path[0], rule: "verify.library", state: Faulty, source: "RFC 5280 section 6", args: []string{"Detail", reason(err)}}
	var invalid x509.CertificateInvalidError
	var critical x509.UnhandledCriticalExtension
	switch {
	case errors.As(err, &invalid):
		p.at = find(path, invalid.Cert)
		switch invalid.Reason {
		case x509.CANotAuthorizedForThisName, x509.TooManyConstraints, x509.UnconstrainedName, x509.NameConstraintsWithoutSANs:
			p.rule, p.source = "verify.name-constraints", "RFC 5280 section 4.2.1.10"
		case x509.NotAuthorizedToSign:
			p.rule, p.source = "verify.not-ca", "RFC 5280 section 4.2.1.9"
		case x509.TooManyIntermediates:
			p.rule, p.source = "verify.path-length-library", "RFC 5280 section 4.2.1.9"
		case x509.Expired:
			p.rule, p.state = "verify.period", Outdated
		}
	case errors.As(err, &critical):
		for _, it := range path {
			if it.Cert != nil && len(it.Cert.UnhandledCriticalExtensions) > 0 {
				p.at, p.rule, p.source = it, "verify.critical-extension", "RFC 5280 section 4.2"
				p.args = []string{"OID", it.Cert.UnhandledCriticalExtensions[0].String()}
			}
		}
	}
	return p
}

func find(path []*Item, c *x509.Certificate) *Item {
	return cmp.Or(first(path, func(it *Item) bool { return it.Cert == c }), path[0])
}

// nameAndUse checks host name and purpose of the leaf, and the purpose along the path.
func (v *verification) nameAndUse() {
	if v.leaf.Cert == nil {
		return
	}
	if v.opts.Host != "" {
		v.host()
	}
	if v.opts.Purpose == "" {
		return
	}
	usage, id := v.usage()
	have := strings.Join(v.leaf.raw.extKeyUsage(), ", ")
	if v.leaf.raw.ext(oidEKU) != nil && !strings.Contains(have, id) && !strings.Contains(have, "anyExtendedKeyUsage") {
		v.states[v.leaf] = Faulty
		v.say(v.leaf, "verify.purpose-"+string(v.opts.Purpose), certs.Error, sourceS000, "Have", have)
		return
	}
	// A key usage that is there must allow the handshake (OpenSSL's purpose checks).
	ku, want := v.leaf.raw.keyUsage(), []string{"digitalSignature", "keyEncipherment", "keyAgreement"}
	if v.opts.Purpose == Client {
		want = []string{"digitalSignature", "keyAgreement"}
	}
	if v.leaf.raw.ext(oidKeyUsage) != nil && !slices.ContainsFunc(want, func(u string) bool { return slices.Contains(ku, u) }) {
		v.states[v.leaf] = Faulty
		v.say(v.leaf, "verify.key-usage", certs.Error, "RFC 5280 section 4.2.1.3", "Have", strings.Join(ku, ", "), "Want", strings.Join(want, ", "))
		return
	}
	if v.complete && !hasErrors(v.out.Findings) {
		if err := v.library(v.chosen, usage); err != nil && !tooStrict(v.chosen, err) {
			p := libraryProblem(v.chosen, err)
			v.say(p.at, "verify.library", certs.Error, p.source, "Detail", reason(err))
		}
	}
}

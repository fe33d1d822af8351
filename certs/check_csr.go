package certs

import (
	"crypto/x509"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// CheckCSR compares a request made elsewhere (by the box or by Vault) with s, from
// its raw bytes: names of unknown type, repeated RDNs and odd strings are findings,
// not silence. No findings of severity Error means that it may be approved.
func CheckCSR(s Spec, der []byte) []Finding {
	r, err := ReadPKCS10(der)
	if err != nil {
		return []Finding{{Rule: "csr/unreadable", Severity: Error, Field: "csr", Source: "RFC 2986", Text: T("certs.csr.unreadable")}}
	}
	c := &comparison{spec: s}
	c.form(r)
	c.proof(r)
	c.subject(r.Subject, "csr")
	c.subjectForm(r.Subject)
	c.key(r.PublicKey, r.Key)
	c.names(r.Names, "csr")
	c.usages(r)
	return c.findings
}

// comparison gathers what differs between a spec and what came for it.
type comparison struct {
	spec     Spec
	findings []Finding
}

func (c *comparison) find(rule string, severity Severity, source string, text Text) {
	field, _, _ := strings.Cut(rule, "/")
	c.findings = append(c.findings, Finding{Rule: rule, Severity: severity, Field: field, Text: text, Source: source})
}

func (c *comparison) proof(r *PKCS10) {
	if r.request == nil { // form has usually said why
		if !slices.ContainsFunc(c.findings, func(f Finding) bool { return f.Severity == Error }) {
			c.find("csr/unreadable", Error, "RFC 2986", T("certs.csr.unreadable"))
		}
		return
	}
	if huge(r.PublicKey) {
		return // said with the key
	}
	if err := r.Verify(); err != nil {
		c.find("csr/signature", Error, "RFC 2986 4.2", T("certs.csr.signature", "Algorithm", r.Signature.String()))
		return
	}
	switch r.Signature {
	case x509.SHA1WithRSA, x509.ECDSAWithSHA1:
		c.find("csr/sha1", Error, "CA/B Forum BR 7.1.3.2", T("certs.csr.sha1"))
	}
}

// form is what can be wrong with the request itself, whatever was planned.
func (c *comparison) form(r *PKCS10) {
	seen := map[string]int{}
	for _, a := range r.Attributes {
		seen[a]++
	}
	if seen[oidExtensionRequest.String()] > 1 {
		c.find("csr/extensions-twice", Error, "RFC 2985 5.4.2", T("certs.csr.extensions_twice"))
	}
	if seen[oidChallengePassword.String()] > 0 {
		c.find("csr/challenge-password", Warning, "RFC 2985 5.4.1", T("certs.csr.challenge_password"))
	}
	known := map[string]bool{oidSAN.String(): true, oidKeyUsage.String(): true, oidExtKeyUsage.String(): true,
		oidBasicConstraints.String(): true, oidSubjectKeyID.String(): true}
	count := map[string]int{}
	for _, e := range r.Extensions {
		id := e.Id.String()
		count[id]++
		switch {
		case count[id] == 2:
			c.find("csr/extension-twice", Error, "RFC 5280 4.2", T("certs.csr.extension_twice", "OID", id))
		case known[id]:
		case strings.HasPrefix(id, "1.3.6.1.4.1.311.") && !e.Critical: // Microsoft's template hints
			c.find("csr/microsoft", Info, "", T("certs.csr.extension_ignored", "OID", id))
		default:
			c.find("csr/extension", Error, "RFC 5280 4.2", T("certs.csr.extension", "OID", id))
		}
	}
	if r.IsCA != c.spec.IsCA {
		key, severity := "certs.csr.ca", Error
		if c.spec.IsCA { // the box may leave it to the CA: the CAPF request of CUCM does
			key, severity = "certs.csr.not_ca", Warning
		}
		c.find("csr/basic-constraints", severity, "RFC 5280 4.2.1.9", T(key))
	}
}

// subject compares a distinguished name, attribute by attribute. where is csr or
// certificate and chooses the words.
func (c *comparison) subject(dn []Attribute, where string) {
	want := map[string]string{"CN": c.spec.CommonName, "O": c.spec.Subject.O, "OU": c.spec.Subject.OU,
		"L": c.spec.Subject.L, "ST": c.spec.Subject.ST, "C": c.spec.Subject.C}
	seen, rdns := map[string]int{}, map[int]int{}
	for _, a := range dn {
		seen[a.Type]++
		rdns[a.RDN]++
		if rdns[a.RDN] == 2 {
			c.find(where+"/multi-valued-rdn", Error, "RFC 5280 4.1.2.4", T("certs.csr.multi_valued", "Attribute", a.Type))
		}
		if seen[a.Type] == 2 {
			c.find(where+"/repeated-rdn", Error, "RFC 5280 4.1.2.4", T("certs.csr.repeated", "Attribute", a.Type))
		}
		if oddString(a) {
			c.find(where+"/odd-string", Error, "RFC 5280 4.1.2.4", T("certs.csr.odd_string", "Attribute", a.Type, "Tag", strconv.Itoa(a.String)))
			continue
		}
		expected, known := want[a.Type]
		switch {
		case !known:
			c.find(where+"/attribute", Error, "", T("certs.csr.attribute", "Attribute", a.Type, "Value", clip(a.Value)))
		case a.Value == expected || a.Type == "CN" && strings.EqualFold(a.Value, expected):
		case expected == "" && a.Type != "CN":
			c.find(where+"/subject-added", Warning, "", T("certs."+where+".subject_added", "Attribute", a.Type, "Value", clip(a.Value)))
		default:
			c.find(where+"/subject", Error, "", T("certs."+where+".subject", "Attribute", a.Type, "Value", clip(a.Value), "Expected", expected))
		}
	}
	for _, id := range []string{"CN", "O", "OU", "L", "ST", "C"} {
		if want[id] == "" || seen[id] > 0 {
			continue
		}
		severity := Error
		if where == "certificate" {
			severity = Warning // public CAs leave out what they do not verify, some also the CN
		}
		c.find(where+"/subject-missing", severity, "", T("certs."+where+".subject_missing", "Attribute", id, "Expected", want[id]))
	}
}

// subjectForm holds what a request says of its subject to the bounds that what is typed is
// held to: what a plan leaves open is taken from there (Adopt).
func (c *comparison) subjectForm(dn []Attribute) {
	for _, a := range dn {
		var s Subject
		if part := s.part(a.Type); part != nil {
			*part = a.Value
		} else if a.Type == "CN" {
			if n := utf8.RuneCountInString(a.Value); n > maxCommonName {
				c.find("csr/length", Error, "RFC 5280 appendix A.1", T("certs.csr.length", "Field", a.Type, "Length", strconv.Itoa(n), "Limit", strconv.Itoa(maxCommonName)))
			}
		}
		for _, f := range CheckSubject(s) {
			text := T("certs.csr.subject_form", "Attribute", a.Type)
			if f.Rule == "subject/length" {
				text = T("certs.csr.length", "Field", a.Type, "Length", f.Text.Args["Length"], "Limit", f.Text.Args["Limit"])
			}
			c.find("csr"+strings.TrimPrefix(f.Rule, "subject"), Error, f.Source, text)
		}
	}
}

func (c *comparison) key(pub any, got Key) {
	if w := weakness(pub); w != "" {
		c.find("key/weak", Error, "CA/B Forum BR 6.1.5, 6.1.6", T("certs.key."+w, "Key", got.String()))
		return
	}
	want := c.spec.Key
	switch {
	case want == Key{} || got == want:
	case got.Type != want.Type:
		c.find("key/type", Error, "", T("certs.key.type", "Key", got.String(), "Expected", want.String()))
	case got.Size < want.Size || got.Size > 4096:
		c.find("key/size", Error, "", T("certs.key.size", "Key", got.String(), "Expected", want.String()))
	default:
		c.find("key/larger", Warning, "", T("certs.key.larger", "Key", got.String(), "Expected", want.String()))
	}
}

// names compares the alternative names as sets; their order means nothing.
func (c *comparison) names(got []Name, where string) {
	want := map[nameKey]bool{}
	for _, n := range c.spec.Names {
		want[keyOf(n)] = false
	}
	cn := nameKey{DNS, trimDot(lower(c.spec.CommonName))}
	var added, missing, www, optional []string
	for _, n := range got {
		if !n.Type.Askable() {
			c.find(where+"/name-type", Error, "RFC 5280 4.2.1.6", T("certs.csr.name_type", "Type", string(n.Type), "Value", clip(n.Value)))
			continue
		}
		key := keyOf(n)
		if _, ok := want[key]; ok {
			want[key] = true
			continue
		}
		if key == cn && where == "csr" {
			continue // approved already, as the common name
		}
		base := nameKey{DNS, strings.TrimPrefix(key.value, "www.")}
		if _, ok := want[base]; ok && where == "certificate" && n.Type == DNS && base != key {
			www = append(www, key.value)
			continue
		}
		added = append(added, clip(key.String()))
	}
	for _, n := range c.spec.Names { // in the order of the plan
		if key := keyOf(n); !want[key] {
			if n.Optional {
				optional = append(optional, key.String())
			} else {
				missing = append(missing, key.String())
			}
			want[key] = true
		}
	}
	if len(optional) > 0 && where == "csr" {
		c.find("csr/names-optional", Warning, "", T("certs.csr.names_optional", "Names", joinSome(optional)))
	} else {
		missing = append(missing, optional...)
	}
	if len(missing) > 0 {
		c.find(where+"/names-missing", Error, "", T("certs."+where+".names_missing", "Names", joinSome(missing), "Count", strconv.Itoa(len(missing))))
	}
	if len(added) > 0 {
		c.find(where+"/names-added", Error, "", T("certs."+where+".names_added", "Names", joinSome(added), "Count", strconv.Itoa(len(added))))
	}
	if len(www) > 0 {
		c.find(where+"/names-www", Error, "", T("certs.certificate.names_www", "Names", joinSome(www)))
	}
}

// nameKey is a name as it is compared.
type nameKey struct {
	kind  NameType
	value string
}

func keyOf(n Name) nameKey { n = NormalName(n); return nameKey{n.Type, n.Value} }

func (k nameKey) String() string {
	if k.kind == DNS {
		return k.value
	}
	return string(k.kind) + ":" + k.value
}

// joinSome keeps a message readable when hundreds of names differ.
func joinSome(all []string) string {
	const show = 12
	if len(all) <= show {
		return strings.Join(all, ", ")
	}
	return strings.Join(all[:show], ", ") + " … (+" + strconv.Itoa(len(all)-show) + ")"
}

// usages compares what the request asks for. A request that asks for no usages at
// all leaves them to the CA, which was told what was approved.
func (c *comparison) usages(r *PKCS10) {
	compare := func(kind string, got []string, want []Usage, may []string) {
		if len(got) == 0 {
			if len(want) > 0 {
				c.find("csr/no-"+kind, Info, "", T("certs.csr.no_"+kind, "Usages", strings.Join(usageIDs(want), ", ")))
			}
			return
		}
		var missing []string
		for _, u := range want {
			if !slices.Contains(got, u.ID) && !u.Optional {
				missing = append(missing, u.ID)
			}
		}
		if len(missing) > 0 {
			c.find("csr/"+kind+"-missing", Error, "", T("certs.csr."+kind+"_missing", "Usages", strings.Join(missing, ", ")))
		}
		c.usagesAdded("csr", kind, got, want, may)
	}
	compare("eku", r.EKU, c.spec.EKU, c.spec.MayEKU)
	compare("ku", r.KU, c.spec.KU, c.spec.MayKU)
}

// usagesAdded names the usages that nobody wanted. where is csr or certificate.
func (c *comparison) usagesAdded(where, kind string, got []string, want []Usage, may []string) {
	var added []string
	for _, id := range got {
		if !slices.Contains(usageIDs(want), id) && !slices.Contains(may, id) {
			added = append(added, id)
		}
	}
	if len(added) == 0 {
		return
	}
	severity := Warning
	if slices.ContainsFunc(added, dangerousUsage) {
		severity = Error
	}
	c.find(where+"/"+kind+"-added", severity, "", T("certs."+where+"."+kind+"_added", "Usages", clip(strings.Join(added, ", "))))
}

// dangerousUsage names usages that give more power than any TLS service needs.
func dangerousUsage(id string) bool {
	return !slices.Contains([]string{"serverAuth", "clientAuth", "ipsecEndSystem", "digitalSignature", "keyEncipherment", "dataEncipherment", "keyAgreement", "contentCommitment"}, id)
}

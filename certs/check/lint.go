package check

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"countersign/certs"

	zcrypto "github.com/zmap/zcrypto/x509"
	"github.com/zmap/zlint/v3"
	zl "github.com/zmap/zlint/v3/lint"
)

// LintOptions say by whose rules.
type LintOptions struct {
	CA        certs.CAKind     // public: the whole web PKI applies; else what every verifier relies on
	Profile   string           // profile id; empty: no product rules
	Version   string           // software of the product; empty: what the profile assumes
	Catalogue *certs.Catalogue // where Profile is looked up
	Now       time.Time        // required
}

// LintResult is the answer of Lint.
type LintResult struct {
	OK       bool            `json:"ok"`
	CA       certs.CAKind    `json:"ca"`
	Profile  string          `json:"profile,omitempty"`
	Checked  int             `json:"checked"` // lints that applied
	Findings []certs.Finding `json:"findings"`
}

// Lint holds a certificate against the rules of its kind of CA (zlint), the dated
// rules of the public web (lifetime, clientAuth) and the product's profile. For a
// private CA only those lints run that concern whether software can use the
// certificate: policies, CRL and AIA addresses and the like are a public CA's duty.
// A request is held against the profile alone.
func Lint(it *Item, opts LintOptions) LintResult {
	r := LintResult{CA: cmp.Or(opts.CA, certs.PrivateCA), Profile: opts.Profile, Findings: []certs.Finding{}}
	switch {
	case it.Kind == Certificate:
		r.zlint(it)
		if r.CA == certs.PublicCA {
			r.Findings = append(r.Findings, dated(it, opts.Now)...)
		}
	case it.Kind != Request:
		r.Findings = append(r.Findings, finding("lint.not-lintable", certs.Error, "Title", it.Title()))
	}
	if opts.Profile != "" && (it.Kind == Certificate || it.Kind == Request) {
		r.Findings = append(r.Findings, profileFindings(it, opts)...)
	}
	r.OK = !hasErrors(r.Findings)
	return r
}

// sources of lints by kind of CA. Extended validation, code signing, S/MIME and ETSI
// lints apply to no certificate of these products.
var lintSources = map[certs.CAKind]zl.SourceList{
	certs.PublicCA: {zl.RFC3279, zl.RFC5280, zl.RFC5480, zl.RFC5891, zl.RFC6960, zl.RFC6962, zl.RFC8813, zl.CABFBaselineRequirements,
		zl.MozillaRootStorePolicy, zl.AppleRootStorePolicy, zl.ChromeRootStorePolicy, zl.Community},
	certs.PrivateCA: {zl.RFC3279, zl.RFC5280, zl.RFC5480, zl.RFC5891, zl.RFC8813},
}

// noise are parts of lint names that say nothing about a private CA's certificate
// being usable.
var noise = []string{"_polic", "_crl_", "aia_", "_cps_", "explicit_text", "user_notice", "qualifier", "_ca_subject_key_identifier",
	"distribution_point", "_sct", "freshest", "_subject_key_identifier_missing_sub_cert"}

var registries = sync.OnceValue(func() map[certs.CAKind]zl.Registry {
	out := map[certs.CAKind]zl.Registry{}
	for kind, sources := range lintSources {
		filtered, err := zl.GlobalRegistry().Filter(zl.FilterOptions{IncludeSources: sources})
		if err != nil {
			panic("check: " + err.Error()) // only a bad filter does this, and it is written above
		}
		out[kind] = filtered
	}
	return out
})

func (r *LintResult) zlint(it *Item) {
	cert, err := zcrypto.ParseCertificate(it.DER)
	if err != nil {
		r.Findings = append(r.Findings, finding("lint.unparsable", certs.Error, "Title", it.Title(), "Detail", reason(err)))
		return
	}
	registry := registries()[r.CA]
	results := zlint.LintCertificateEx(cert, registry).Results
	for _, name := range slices.Sorted(maps.Keys(results)) {
		res := results[name]
		if res.Status == zl.NA || res.Status == zl.NE {
			continue
		}
		r.Checked++
		severity, bad := map[zl.LintStatus]certs.Severity{zl.Notice: certs.Info, zl.Warn: certs.Warning, zl.Error: certs.Error, zl.Fatal: certs.Error}[res.Status]
		if !bad {
			continue
		}
		if r.CA != certs.PublicCA {
			if slices.ContainsFunc(noise, func(n string) bool { return strings.Contains(name, n) }) {
				continue
			}
			if severity == certs.Error { // a private CA may break the letter; products rarely mind
				severity = certs.Warning
			}
		}
		r.Findings = append(r.Findings, zlintFinding(name, severity, registry.CertificateLints().ByName(name), res.Details))
	}
}

// zlintFinding keeps the lint's own words, which are English: they quote standards.
func zlintFinding(name string, severity certs.Severity, l *zl.CertificateLint, details string) certs.Finding {
	description, citation := name, ""
	if l != nil {
		description, citation = l.Description, string(l.Source)+" "+l.Citation
	}
	f := certs.Finding{Rule: "zlint/" + name, Severity: severity, Source: strings.TrimSpace(citation),
		Text: certs.T("check.lint.zlint.plain", "Description", description)}
	if details != "" {
		f.Text = certs.T("check.lint.zlint.details", "Description", description, "Details", printable([]byte(details[:min(len(details), 200)])))
	}
	return f
}

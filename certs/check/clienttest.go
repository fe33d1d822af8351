package check

import (
	"cmp"
	"regexp"
	"regexp/syntax"
	"strings"
	"time"

	"countersign/certs"
)

// The two documented answers of Expressway's client certificate testing, as the
// page prints them ("Configure and troubleshoot Collaboration Edge (MRA)
// certificates"). They are quoted, never translated.
const (
	NotSigned = "Invalid: The client certificate is not signed by a CA in the trusted CA list."
	NoCRL     = "Invalid: unable to get certificate CRL, please ensure that you have uploaded a CRL for the CA that signed this client certificate"
)

// ClientTestOptions are the settings of the page and of the box.
type ClientTestOptions struct {
	Trust    []*Item   // the trusted CA list, in its order
	CRLs     []*Item   // CRLs uploaded to the box
	CheckCRL bool      // certificate revocation checking is on
	Now      time.Time // required
	// Pattern and Format are "Regex to match against certificate" and "Username
	// format" of certificate-based authentication. Empty: not tested.
	Pattern string
	Format  string // with #name# for the groups of Pattern, such as #captureCommonName#
}

// ClientTestResult is what the page would say and what it means.
type ClientTestResult struct {
	OK       bool            `json:"ok"` // the client would be trusted
	Page     string          `json:"page"`
	User     string          `json:"user,omitempty"`    // the name that the pattern makes
	Matched  string          `json:"matched,omitempty"` // the part of the certificate that matched
	Findings []certs.Finding `json:"findings"`
	Verdict  Verdict         `json:"verdict"`
}

// ClientTest does what Maintenance > Security > Client certificate testing does:
// chain against the trusted CA list as Expressway walks it, client usage, CRL, and
// the user name that certificate-based authentication would take. The page's answer
// about a missing CRL means that everything else has passed: such a certificate is
// trusted as long as Expressway does not use CRLs.
func ClientTest(client *Item, opts ClientTestOptions) ClientTestResult {
	r := ClientTestResult{Findings: []certs.Finding{}}
	say := func(rule string, s certs.Severity, pairs ...string) {
		r.Findings = append(r.Findings, sourced(finding(rule, s, pairs...), sourceS000))
	}
	r.Verdict = Verify(client, VerifyOptions{Trust: opts.Trust, Now: opts.Now, Purpose: Client, Verifier: ExpresswayVerifier})
	if !r.Verdict.OK {
		if noChain[r.Verdict.Reason] {
			r.Page = NotSigned
			say("client-test.untrusted", certs.Error, "Page", NotSigned)
		} else {
			r.Page = "Invalid"
			say("client-test.invalid", certs.Error)
		}
		r.Findings = append(r.Findings, r.Verdict.Findings...)
		return r
	}
	switch revocationOfChain(client, opts) {
	case RevocationRevoked:
		r.Page = "Invalid"
		say("client-test.revoked", certs.Error)
		return r
	case RevocationUnknown:
		r.Page = NoCRL
		r.OK = !opts.CheckCRL
		if opts.CheckCRL {
			say("client-test.no-crl-fails", certs.Error, "Page", NoCRL)
		} else {
			say("client-test.no-crl-passes", certs.Info, "Page", NoCRL)
		}
	default:
		r.Page, r.OK = "Valid", true
		say("client-test.valid", certs.Info)
	}
	if opts.Pattern != "" {
		r.user(client, opts, say)
	}
	return r
}

// noChain are the verdicts that the page words as "not signed by a CA in the trusted
// CA list"; its words for the others (expired, usage) are not documented.
var noChain = map[string]bool{
	"verify.missing-intermediate": true, "verify.root-missing": true, "verify.intermediate-without-root": true,
	"verify.root-untrusted": true, "verify.self-signed": true, "verify.issuer-key": true, "verify.no-path": true, "verify.shadowed": true,
}

// revocationOfChain is unknown when any certificate's CRL is missing.
func revocationOfChain(client *Item, opts ClientTestOptions) RevocationStatus {
	s := newStore(client, nil, opts.Trust)
	complete, _ := s.paths(s.canonical(client))
	if len(complete) == 0 {
		return RevocationUnknown
	}
	status := RevocationGood
	for i, it := range complete[0][:len(complete[0])-1] {
		r := Revocation(it, complete[0][i+1], RevocationOptions{CRLs: opts.CRLs, Now: opts.Now})
		if r.Status == RevocationRevoked {
			return r.Status
		}
		if r.Status == RevocationUnknown {
			status = r.Status
		}
	}
	return status
}

// maxPattern bounds the regular expression; its program is bounded by the engine.
const maxPattern = 1000

// user applies the pattern to the subject and to each alternative name.
func (r *ClientTestResult) user(client *Item, opts ClientTestOptions, say func(string, certs.Severity, ...string)) {
	pattern, err := compilePattern(opts.Pattern)
	if err != nil {
		r.OK = false
		say("client-test.bad-pattern", certs.Error)
		return
	}
	for _, field := range matchFields(client) {
		m := pattern.FindStringSubmatch(field)
		if m == nil {
			continue
		}
		r.Matched = m[0]
		r.User = fillFormat(opts.Format, pattern, m)
		if r.User == "" {
			r.OK = false
			say("client-test.no-user", certs.Error, "Format", opts.Format)
			return
		}
		say("client-test.user", certs.Info, "User", r.User, "Matched", r.Matched)
		return
	}
	r.OK = false
	say("client-test.no-match", certs.Error, "Pattern", printable([]byte(opts.Pattern)), "Subject", dnString(client.raw.subject))
}

// compilePattern takes a pattern as the page has it, with or without delimiters and
// flags: /Subject:.*, CN=(?<Group1>.*)/m. What Go's engine leaves out of PCRE
// (look-around, back-references) is refused.
func compilePattern(p string) (*regexp.Regexp, error) {
	if len(p) > maxPattern {
		return nil, &syntax.Error{Code: syntax.ErrLarge}
	}
	if rest, ok := strings.CutPrefix(p, "/"); ok {
		if end := strings.LastIndexByte(rest, '/'); end > 0 {
			flags := ""
			for _, f := range rest[end+1:] {
				if !strings.ContainsRune("ims", f) {
					return nil, &syntax.Error{Code: syntax.ErrInvalidPerlOp, Expr: string(f)}
				}
				flags += string(f)
			}
			p = rest[:end]
			if flags != "" {
				p = "(?" + flags + ")" + p
			}
		}
	}
	return regexp.Compile(p)
}

// matchFields are the texts that a pattern is held against: the lines of the decoded
// view, in both spellings of a name that OpenSSL versions print.
func matchFields(it *Item) []string {
	decoded := func(subject, issuer string) string {
		var names []string
		for _, n := range it.raw.names() {
			prefix := map[string]string{"dns": "DNS:", "email": "email:", "uri": "URI:", "ip": "IP Address:"}[n.Type]
			names = append(names, cmp.Or(prefix, "othername:")+n.Value)
		}
		return "Issuer: " + issuer + "\nSubject: " + subject + "\nX509v3 Subject Alternative Name:\n" + strings.Join(names, ", ") + "\n"
	}
	subject, issuer := dnString(it.raw.subject), dnString(it.raw.issuer)
	spaced := strings.NewReplacer("=", " = ")
	return []string{decoded(subject, issuer), decoded(spaced.Replace(subject), spaced.Replace(issuer))}
}

// fillFormat puts groups into the user name format. An empty format takes the first
// group, or the whole match without groups.
func fillFormat(format string, pattern *regexp.Regexp, m []string) string {
	if format == "" {
		if len(m) > 1 {
			return m[1]
		}
		return m[0]
	}
	out := format
	for i, name := range pattern.SubexpNames() {
		if name != "" {
			out = strings.ReplaceAll(out, "#"+name+"#", m[i])
		}
	}
	if strings.Contains(out, "#") {
		return ""
	}
	return out
}

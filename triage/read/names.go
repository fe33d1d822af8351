package read

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

// mismatch is a sentence that says which name was asked for and which ones the
// certificate has. want and have are groups of the expression, 0 where it is not said.
type mismatch struct {
	mark       string // the expression is tried only where this stands
	program    string
	want, have int
	form       *regexp.Regexp
}

// mismatches are the sentences of: Go crypto/x509 verify.go; curl vtls/hostcheck, openssl.c;
// JDK HostnameChecker.java, Apache HttpClient, OkHttp, Netty; CPython ssl.py and urllib3
// ssl_match_hostname.py, OpenSSL as CPython passes it on; Node tls.js; GNU Wget openssl.c
// and gnutls.c; webpki; Ruby openssl/ssl.rb; PHP xp_ssl.c; libpq fe-secure-common.c;
// OpenLDAP tls_o.c. What they match is bounded by the line (longestLine): counts in the
// expressions would cost memory, and RE2 is linear.
var mismatches = []mismatch{
	{"certificate is valid for ", "go", 2, 1, regexp.MustCompile(`certificate is valid for ([^\n]+?), not ([^\s,"';)]+)`)},
	{"not valid for any names", "go", 1, 0, regexp.MustCompile(`certificate is not valid for any names, but wanted to match ([^\s,"';)]+)`)},
	{"contain any IP SANs", "go", 1, 0, regexp.MustCompile(`cannot validate certificate for ([0-9A-Fa-f.:\[\]]{2,64}) because it doesn't contain any IP SANs`)},
	{"matches target ", "curl", 1, 0, regexp.MustCompile(`no alternative certificate subject name matches target (?:host ?name|ipv[46] address) '([^'\n]+)'`)},
	{"does not match target ", "curl", 2, 1, regexp.MustCompile(`certificate subject name '([^'\n]+)' does not match target host ?name '([^'\n]+)'`)},
	{"No subject alternative ", "java", 1, 0, regexp.MustCompile(`No subject alternative (?:DNS name|names) matching (?:IP address )?([^\s,"']+) found`)},
	{"No name matching ", "java", 1, 0, regexp.MustCompile(`No name matching ([^\s,"']+) found`)},
	{"of the subject alternative names", "java", 1, 2, regexp.MustCompile(`ertificate for <([^>\n]+)> doesn't match any of the subject alternative names: \[([^\]\n]*)\]`)},
	{"common name of the certificate subject", "java", 1, 2, regexp.MustCompile(`ertificate for <([^>\n]+)> doesn't match common name of the certificate subject: ([^\n]+)`)},
	{"hostname in certificate didn't match", "java", 1, 2, regexp.MustCompile(`hostname in certificate didn't match: <([^>\n]+)> != <([^>\n]+)>`)},
	{" not verified", "java", 1, 0, regexp.MustCompile(`Hostname ([^\s,"']+) not verified`)},
	{"doesn't match ", "python", 1, 2, regexp.MustCompile(`(?:hostname|IP address) u?'([^'\n]+)' doesn't match (?:either of )?([^\n)]+)`)},
	{"mismatch, certificate is not valid for", "python", 1, 0, regexp.MustCompile(`(?:Hostname|IP address) mismatch, certificate is not valid for '([^'\n]+)'`)},
	{"does not match certificate's altnames", "node", 1, 2, regexp.MustCompile(`Host(?:name/IP)? does not match certificate's altnames: Host: ([^\s]+?)\.? is not in the cert's altnames: ([^\n"}]+)`)},
	{"not in the cert's list", "node", 1, 2, regexp.MustCompile(`(?:Hostname/IP does not match certificate's )?altnames: IP: ([0-9A-Fa-f.:]{2,64}) is not in the cert's list:[ ]?([^\n"}]*)`)},
	{"matches requested host", "wget", 1, 0, regexp.MustCompile(`no certificate subject alternative name matches\s{1,4}requested host name ['‘"]([^'’"\n]+)`)},
	{"match requested host", "wget", 2, 1, regexp.MustCompile(`certificate common name ['‘"]([^'’"\n]+)['’"] doesn['’]t match requested host name ['‘"]([^'’"\n]+)`)},
	{"not valid for name", "rustls", 1, 2, regexp.MustCompile(`certificate not valid for name "([^"\n]+)"(?:; certificate is only valid for ([^\n]+))?`)},
	{"match the server certificate", "ruby", 1, 0, regexp.MustCompile(`hostname "([^"\n]+)" does not match the server certificate`)},
	{"did not match expected CN", "php", 2, 1, regexp.MustCompile("Peer certificate CN=[`']([^'\\n]+)' did not match expected CN=[`']([^'\\n]+)'")},
	{"does not match host name", "postgresql", 2, 1, regexp.MustCompile(`server certificate for "([^"\n]+)"(?: \(and \d{1,4} other names?\))? does not match host name "([^"\n]+)"`)},
	{"does not match CN", "openldap", 1, 2, regexp.MustCompile(`TLS: hostname \(([^)\n]+)\) does not match (?:common name in certificate|CN) \(([^)\n]+)\)`)},
}

// altnameInvalid is Node's code for names and addresses that the certificate lacks.
const altnameInvalid = "ERR_TLS_CERT_ALTNAME_INVALID"

// validity is Go's sentence for two opposite verdicts, told apart by its last word.
var validity = regexp.MustCompile(`certificate has expired or is not yet valid: current time [0-9TZ:+.-]{1,40} is (after|before) ([0-9TZ:+.-]{1,40})`)

// names reads the sentences with values: which name was asked for, which the certificate
// has, on which side of its time it is.
func names(text string, lines []line) []Fact {
	present := mismatches[:0:0]
	for _, m := range mismatches {
		if strings.Contains(text, m.mark) {
			present = append(present, m)
		}
	}
	timed := strings.Contains(text, "or is not yet valid: current time")
	if len(present) == 0 && !timed {
		return nil
	}
	var facts []Fact
	for _, l := range lines {
		if len(facts) >= mostFacts {
			break
		}
		s := l.front()
		if timed && strings.Contains(s, "or is not yet valid: current time") {
			for _, at := range validity.FindAllStringSubmatchIndex(s, 8) {
				kind := "verify.expired"
				if s[at[2]:at[3]] == "before" {
					kind = "verify.not-yet-valid"
				}
				facts = append(facts, Fact{kind, l.start + at[0], l.start + at[1], -1, "go", s[at[4]:at[5]]})
			}
		}
		for _, m := range present {
			if strings.Contains(s, m.mark) {
				facts = append(facts, m.read(s, l.start)...)
			}
		}
	}
	if ip := slices.IndexFunc(facts, func(f Fact) bool { return f.Kind == "verify.name-ip" && f.Program == "node" }); ip >= 0 {
		if i := strings.Index(text, altnameInvalid); i >= 0 { // the code is the same for names
			facts = append(facts, Fact{"verify.name-ip", i, i + len(altnameInvalid), -1, "node", ""})
		}
	}
	return facts
}

func (m mismatch) read(s string, start int) []Fact {
	var facts []Fact
	for _, at := range m.form.FindAllStringSubmatchIndex(s, 8) {
		want := trimName(s[at[2*m.want]:at[2*m.want+1]])
		kind, value := "verify.name", want
		if isAddress(want) {
			kind = "verify.name-ip"
		}
		if m.have > 0 && at[2*m.have] >= 0 {
			if have := strings.TrimSpace(s[at[2*m.have]:at[2*m.have+1]]); have != "" {
				value = bounded(have)[:min(len(bounded(have)), longestValue/2)] + " / " + want
			}
		}
		facts = append(facts, Fact{kind, start + wordStart(s, at[0]), start + at[1], -1, m.program, strings.ToValidUTF8(value, "")})
	}
	return facts
}

func trimName(s string) string { return strings.TrimRight(s, `.,;:"')`) }

func isAddress(s string) bool {
	_, err := netip.ParseAddr(strings.Trim(s, "[]"))
	return err == nil
}

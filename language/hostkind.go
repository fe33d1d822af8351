package language

import (
	"net/netip"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

var fileExtensions = wordSet(`pem cer crt csr key p7b p7c p12 pfx der req txt log zip gz tgz tar bz2 7z rar cnf conf cfg ini
	json yaml yml xml doc docx xls xlsx csv ppt pptx pdf png jpg jpeg gif svg pcap pcapng cap exe msi sh bat ps1 html htm
	js ts rb go java class jar md eml jks keystore bak tmp`)

// privateTLDs are the made-up ones that inside networks use, beside RFC 2606.
var privateTLDs = wordSet(`local lan internal intern intra intranet corp home example test invalid localhost lab labs priv
	private ad loc localdomain uc voice dom domain dmz mgmt prod office hq root company corporate lcl int site`)

// publicVendorNames are CAs that are called by a domain name.
var publicVendorNames = wordSet(`ssl.com zerossl.com letsencrypt.org digicert.com sectigo.com globalsign.com`)

// hostKind says what a dotted word is; ok is false for versions, abbreviations,
// identifiers of programs and sentences without a space after the dot.
func hostKind(run, written string) (kind nameKind, ext string, ok bool) {
	if publicVendorNames[run] || len(run) > 253 {
		return 0, "", false
	}
	labels := strings.Split(run, ".")
	last := labels[len(labels)-1]
	if a, err := netip.ParseAddr(run); err == nil && a.Is4() {
		return kindIP, "", true
	}
	if fileExtensions[last] {
		return kindFile, last, true
	}
	if labels[0] == "*" {
		kind, labels = kindWildcard, labels[1:]
	} else if strings.HasPrefix(run, "_") {
		kind = kindSRV
	}
	if len(labels) < 2 || len(last) < 2 {
		return 0, "", false
	}
	for _, l := range labels {
		if l == "" || len(l) > 63 || strings.Contains(l, "*") {
			return 0, "", false
		}
	}
	if !strings.HasPrefix(last, "xn--") {
		for _, r := range last {
			if !unicode.IsLetter(r) {
				return 0, "", false
			}
		}
	}
	if camel(written) {
		return 0, "", false
	}
	return kind, "", knownTLD(labels, last)
}

func knownTLD(labels []string, last string) bool {
	if privateTLDs[last] {
		return true
	}
	ascii, err := idna.ToASCII(last)
	if err != nil {
		return false
	}
	if suffix, icann := publicsuffix.PublicSuffix("a." + ascii); icann || strings.Contains(suffix, ".") {
		return true
	}
	if len(labels) == 2 {
		return strings.ContainsAny(labels[0], "0123456789-") && len(last) <= 8
	}
	return len(last) <= 12 && !strings.ContainsAny(labels[0], "_")
}

// camel finds what is no host name by its capitals: SSLHandshakeException,
// "please.Thanks". All-capitals names and Capitalised ones are names.
func camel(s string) bool {
	labels := strings.Split(s, ".")
	last := labels[len(labels)-1]
	if last != "" && unicode.IsUpper(rune(last[0])) && last != strings.ToUpper(last) {
		return true
	}
	for _, l := range labels {
		if strings.ToUpper(l) == l {
			continue
		}
		lowerSeen, humps := false, 0
		for _, r := range l {
			switch {
			case unicode.IsLower(r):
				lowerSeen = true
			case unicode.IsUpper(r) && lowerSeen:
				humps++
			}
		}
		if humps > 1 || humps == 1 && len(labels) > 3 && len(l) > 14 {
			return true
		}
	}
	return false
}

package language

import "strings"

// shortShape: at least a digit or a hyphen; "tomcat" and "please" are no hosts.
func shortShape(s string) bool {
	if len(s) < 2 || len(s) > 40 || !strings.ContainsAny(s, "0123456789-") {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if c == '_' || !wordByte(c) && c != '-' {
			return false
		}
	}
	return s[0] >= 'a' && s[0] <= 'z'
}

// notHosts: words with digits or hyphens that are never boxes.
func notHosts(s string) bool { return notHostPattern.MatchString(s) }

var notHostPattern = lazy(`^(?:sha-?\d+|tls-?v?\d*|ssl-?v?\d*|md5|aes-?\d+|x\d+|v\d+|p-?\d{3}|rsa-?\d*|ecdsa-?\d*|ec-?\d+|secp\w+|prime\w+|nist\w*|ed25519|curve\d+|q[1-4]|h\d|ipv[46]|base-?64|rfc-?\d+|utf-?8|x-?509\w*|pkcs-?\d*|p7b|p12|cve-.*|[a-z]{1,3}\d{4,}|u\d{4,}\w*|mp[34]|24x7|o365|m365|win\d+|rhel\d+|\d.*|cut-over|follow-up|e-mail|re-?[a-z]+|set-?up|sign-?[a-z]+|log-?[a-z]+|go-?live|ok-?ish|b2b|s2s|c2w|k8s|full-?chain|non-.*|pre-.*|self-.*|multi-.*|co-.*|as-.*|all-.*|.*-one|up-.*|to-.*|one-.*|two-.*|three-.*|four-.*|on-.*|in-.*|end-.*|ad-.*|add-on.*|by-.*|so-.*|pro-.*|.*-(?:less|in|out|up|off|on|based|signed|wide|level|end|side|time|day|days|node|peer|bit|year|term|team|ops|zone|san|sans|cert|certs|csr|ca|key|ecdsa|auth|trust|free|only|like|related|specific|facing|approval|request|server|cluster|for|the|and|or|of|to|de|la|le|list|name|names|mode|eyed|hand|made|built|run|house))$`)

// ticketLike: REQ-88, CHG0048213: written in capitals, or with a ticket prefix.
func ticketLike(s string) bool {
	return ticketPattern.MatchString(s) || capitalTicket.MatchString(s)
}

var ticketPattern = lazy(`(?i)^(?:req|chg|inc|ritm|task|tkt|sctask|prb|cr|sr|case|ticket|change|csc[a-z]{2}\d)[-_]?\d+$`)

var capitalTicket = lazy(`^[A-Z]{2,6}-\d{2,7}$|^[A-Z]{3,5}\d{5,}$`)

// hostStem: short names that look like boxes of these products without a label.
var hostStem = lazy(`^(?:[a-z0-9]+-)*(?:exp|expe|expc|exp-?[ce]|expressway-?[ce]?|xway-?[ce]?|vcs|vcs-?[ce]|vcs[ce]|cucm|ucm|ccm|cm|imp|imps|cups?|cms|cuc|cuxn|ucxn|unity|edge|core|pub|sub|publisher|subscriber|cb|wb|callbridge|webbridge)(?:-?[a-z]*\d+|-(?:pub|sub|[a-z])\d*)$`)

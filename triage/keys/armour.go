package keys

import (
	"regexp"
	"strings"
)

// maxArmour is the longest key in armour, in bytes.
const maxArmour = 64 << 10

// armours finds private keys in armour, whole, cut off, indented, quoted, or with their
// line breaks written as \n. RFC 7468, OpenSSH PROTOCOL.key, RFC 4716, RFC 9580.
func armours(text string) []Span {
	var out []Span
	for at := 0; ; {
		i := strings.Index(text[at:], "PRIVATE")
		if i < 0 {
			return out
		}
		here := at + i
		at = here + len("PRIVATE")
		from, dashes, ok := armourHead(text, here)
		if !ok {
			continue
		}
		body := at
		for body < len(text) && body < at+12 && !base64Byte[text[body]] {
			body++
		}
		if strings.HasPrefix(text[body:], "KEY") {
			body += len("KEY")
			for body < len(text) && body < at+24 && (!base64Byte[text[body]] || text[body] == '-') {
				body++
			}
		}
		if dashes >= 4 || armourBody(text, body) {
			to := endOfArmour(text, at)
			out = append(out, Span{from, to})
			at = max(at, to)
		}
	}
}

// armourHead finds the BEGIN before a word PRIVATE, and how many dashes stand before it.
func armourHead(text string, here int) (from, dashes int, ok bool) {
	window := text[max(0, here-48):here]
	i := strings.LastIndex(window, "BEGIN")
	if i < 0 || strings.Contains(window[i:], "\n") || strings.Trim(window[i+len("BEGIN"):], "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 +_.\t") != "" {
		return 0, 0, false
	}
	from = here - len(window) + i
	at := from
	for at > 0 && from-at < 6 && (text[at-1] == '-' || text[at-1] == ' ') {
		at--
	}
	dashes = strings.Count(text[at:from], "-")
	if dashes == 0 {
		return from, 0, true
	}
	for text[at] == ' ' {
		at++
	}
	return at, dashes, true
}

// armourBody reports whether base64 or header lines follow.
func armourBody(text string, at int) bool {
	n := 0
	for n < 40 && at+n < len(text) && (base64Byte[text[at+n]] || strings.IndexByte(" \n\r\\=", text[at+n]) >= 0) {
		n++
	}
	return n >= 24 || strings.HasPrefix(text[at:], "Proc-Type") || strings.HasPrefix(text[at:], "Comment")
}

var endLine = regexp.MustCompile(`END[ +_.\t][A-Z0-9 +_.\t]{0,40}KEY`)

// endOfArmour gives the end of the block whose head ends near at: after its END line,
// or, when that is missing, after the last character that can belong to the body.
func endOfArmour(text string, at int) int {
	limit := min(len(text), at+maxArmour)
	if i := strings.Index(text[at:limit], "BEGIN"); i >= 0 {
		limit = at + i
	}
	if m := endLine.FindStringIndex(text[at:limit]); m != nil {
		end := at + m[0]
		for end < limit && text[end] != '\n' {
			if strings.HasPrefix(text[end:], "KEY") {
				end += len("KEY")
				for end < limit && (text[end] == '-' || text[end] == ' ' || strings.HasPrefix(text[end:], "BLOCK")) {
					if text[end] == 'B' {
						end += len("BLOCK")
						continue
					}
					end++
				}
				return end
			}
			end++
		}
		return end
	}
	end := at
	for end < limit {
		line, _, _ := strings.Cut(text[end:limit], "\n")
		body := strings.TrimSpace(strings.TrimRight(line, "\r"))
		if end > at && body != "" && strings.ContainsAny(body, " \t") && !strings.Contains(body[:min(len(body), 14)], ":") {
			break
		}
		end += len(line) + 1
		if end >= limit {
			return limit
		}
	}
	return min(end, limit)
}

// named are forms in which the numbers of a key stand under names: JWK (RFC 7518), the
// XML of .NET (XML Signature, section 4.5.2, and its private part), PuTTY's own, and the
// files of BIND. The secret is the last group.
var named = []struct {
	mark string
	exp  *regexp.Regexp
}{
	{"kty", regexp.MustCompile(`["'](?:d|p|q|dp|dq|qi|k)["'][ \t\r\n]*[:=][ \t\r\n]*["']([A-Za-z0-9_+/=-]{16,})`)},
	{"kty", regexp.MustCompile(`(?m)^[ \t-]*(?:d|p|q|dp|dq|qi|k):[ \t]*([A-Za-z0-9_-]{20,})`)},
	{"RSAKeyValue", regexp.MustCompile(`<(?:D|P|Q|DP|DQ|InverseQ)>([A-Za-z0-9+/=\s]{16,})</`)},
	{"Private-Lines:", regexp.MustCompile(`Private-Lines:[ \t]*\d+\s+((?:[A-Za-z0-9+/=]{16,}\s*)+(?:[A-Za-z0-9+/=]+\s*?(?:\n|$))?)`)},
	{"Private-key-format:", regexp.MustCompile(`(?m)^[> \t]*(?:PrivateKey|PrivateExponent|Prime[12]|Exponent[12]|Coefficient):[ \t]*([A-Za-z0-9+/=]{16,})`)},
}

// fields finds keys that are written as named numbers.
func fields(text string) []Span {
	var out []Span
	for _, n := range named {
		if !strings.Contains(text, n.mark) {
			continue
		}
		for _, m := range n.exp.FindAllStringSubmatchIndex(text, -1) {
			out = append(out, Span{m[2], m[3]})
		}
	}
	return out
}

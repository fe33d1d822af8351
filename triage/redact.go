package triage

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"
)

// Redaction says how many secrets of a kind were taken out of a text.
type Redaction struct {
	Kind  string `json:"kind"`
	Count int    `json:"count"`
}

// What stands in a text where a secret stood: redactedOpen, the kind, redactedClose.
const (
	redactedOpen  = "‹redacted:"
	redactedClose = "›"
)

// secret is a span of a text that must not go further.
type secret struct {
	from, to int
	kind     string
	spread   bool // the same characters elsewhere are the same secret
}

// Redact takes secrets out of text: private keys in every armour, tokens, passwords,
// cookies, authorisation headers, session keys and their like. Line breaks inside a
// secret stay, so that line numbers hold. Host names, addresses and user names stay
// too; see Mask for those. A second pass changes nothing.
func Redact(text string) (string, []Redaction) {
	found := findSecrets(text)
	if len(found) == 0 {
		return text, nil
	}
	counts := map[string]int{}
	var out strings.Builder
	out.Grow(len(text))
	at := 0
	for _, s := range found {
		out.WriteString(text[at:s.from])
		out.WriteString(redactedOpen + s.kind + redactedClose)
		for range strings.Count(text[s.from:s.to], "\n") {
			out.WriteByte('\n')
		}
		at = s.to
		counts[s.kind]++
	}
	out.WriteString(text[at:])
	list := make([]Redaction, 0, len(counts))
	for kind, n := range counts {
		list = append(list, Redaction{kind, n})
	}
	slices.SortFunc(list, func(a, b Redaction) int { return strings.Compare(a.Kind, b.Kind) })
	return out.String(), list
}

// findSecrets gives the secrets of text in order, none overlapping.
func findSecrets(text string) []secret {
	found := pemKeys(text)
	found = append(found, bareKeys(text)...)
	found = append(found, ruleSecrets(text)...)
	found = settle(found)
	found = append(found, spread(text, found)...)
	return settle(found)
}

// settle sorts and merges overlapping spans; the longer names the kind.
func settle(list []secret) []secret {
	slices.SortFunc(list, func(a, b secret) int {
		if a.from != b.from {
			return a.from - b.from
		}
		return b.to - a.to
	})
	out := list[:0]
	for _, s := range list {
		if n := len(out); n > 0 && s.from < out[n-1].to {
			out[n-1].to = max(out[n-1].to, s.to)
			continue
		}
		if s.to > s.from {
			out = append(out, s)
		}
	}
	return slices.Clone(out)
}

// spread finds secrets that stand elsewhere in the text again, without their key.
func spread(text string, found []secret) []secret {
	var more []secret
	done := map[string]bool{}
	for _, s := range found {
		value := text[s.from:s.to]
		if !s.spread || len(value) < 6 || len(value) > 256 || done[value] || len(done) > 64 || harmless(value) {
			continue
		}
		done[value] = true
		for at := 0; ; {
			i := strings.Index(text[at:], value)
			if i < 0 {
				break
			}
			from, to := at+i, at+i+len(value)
			if (from == 0 || !alnum(text[from-1])) && (to == len(text) || !alnum(text[to])) {
				more = append(more, secret{from: from, to: to, kind: s.kind})
			}
			at = to
		}
	}
	return more
}

// pemKeys finds private keys in armour, whole, cut off, indented, quoted, or with
// their line breaks written as \n. RFC 7468, OpenSSH PROTOCOL.key, RFC 4716, RFC 9580.
func pemKeys(text string) []secret {
	var out []secret
	for at := 0; ; {
		i := strings.Index(text[at:], "BEGIN ")
		if i < 0 {
			break
		}
		from := at + i
		at = from + len("BEGIN ")
		dashes := from
		for dashes > 0 && from-dashes < 6 && (text[dashes-1] == '-' || text[dashes-1] == ' ') {
			dashes--
		}
		if strings.Count(text[dashes:from], "-") < 4 {
			continue
		}
		for text[dashes] == ' ' {
			dashes++
		}
		head := at
		from = dashes
		label := text[from:min(len(text), from+80)]
		if end := strings.IndexByte(text[head:from+len(label)], '-'); end >= 0 {
			label = text[from : head+end]
		}
		if !strings.Contains(label, "PRIVATE KEY") && !strings.Contains(label, "PGP PRIVATE") {
			continue
		}
		to := endOfArmour(text, from+len(label))
		out = append(out, secret{from: from, to: to, kind: "private-key"})
		at = to
	}
	return append(out, dashlessKeys(text)...)
}

// dashlessKeys finds armour whose dashes were lost or changed on the way.
func dashlessKeys(text string) []secret {
	var out []secret
	for at := 0; ; {
		i := strings.Index(text[at:], "PRIVATE KEY")
		if i < 0 {
			return out
		}
		from := at + i
		at = from + len("PRIVATE KEY")
		head := strings.LastIndex(text[max(0, from-40):from], "BEGIN")
		if head < 0 {
			continue
		}
		body := at
		for body < len(text) && body < at+12 && !isBase64(text[body]) {
			body++
		}
		if armourBody(text, body) {
			to := endOfArmour(text, at)
			out = append(out, secret{from: max(0, from-40) + head, to: to, kind: "private-key"})
			at = to
		}
	}
}

// armourBody reports whether base64 or header lines follow.
func armourBody(text string, at int) bool {
	n := 0
	for n < 40 && at+n < len(text) && (isBase64(text[at+n]) || strings.IndexByte(" \n\r\\", text[at+n]) >= 0) {
		n++
	}
	return n >= 24 || strings.HasPrefix(text[at:], "Proc-Type") || strings.HasPrefix(text[at:], "Comment")
}

func isBase64(c byte) bool { return alnum(c) || c == '+' || c == '/' || c == '=' }

// endOfArmour gives the end of the block whose head ends near at: after its END line,
// or, when that is missing, after the last character that can belong to the body.
func endOfArmour(text string, at int) int {
	limit := min(len(text), at+64<<10)
	rest := text[at:limit]
	if i := strings.Index(rest, "END "); i >= 0 && !strings.Contains(rest[:i], "BEGIN ") {
		end := at + i
		for end < limit && text[end] != '\n' {
			if strings.HasPrefix(text[end:], "KEY") {
				end += len("KEY")
				for end < limit && (text[end] == '-' || text[end] == ' ' || strings.HasPrefix(text[end:], "BLOCK")) {
					end++
				}
				for end < limit && text[end] == '-' {
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

// bareKeys finds base64 without armour that decodes to a private key: PKCS #8
// (RFC 5958), PKCS #1 (RFC 8017), SEC 1 (RFC 5915), and OpenSSH's own form; and armour
// that was encoded once more, as secrets of Kubernetes are.
func bareKeys(text string) []secret {
	var out []secret
	for at := 0; at < len(text); {
		i := strings.IndexAny(text[at:], "MbL")
		if i < 0 {
			break
		}
		from := at + i
		at = from + 1
		if from > 0 && isBase64(text[from-1]) {
			for at < len(text) && isBase64(text[at]) {
				at++
			}
			continue
		}
		if !strings.HasPrefix(text[from:], "MI") && !strings.HasPrefix(text[from:], "MH") &&
			!strings.HasPrefix(text[from:], "MC") && !strings.HasPrefix(text[from:], "ME") &&
			!strings.HasPrefix(text[from:], "MG") && !strings.HasPrefix(text[from:], "b3BlbnNzaC1rZXktdjE") && !strings.HasPrefix(text[from:], armourTwice) {
			continue
		}
		raw, to := base64Lines(text, from)
		if len(raw) >= 44 && (privateDER(raw) || privateArmour(raw)) {
			out = append(out, secret{from: from, to: to, kind: "private-key"})
		}
		at = max(at, to)
	}
	return out
}

// armourTwice is how "-----BEGIN " begins in base64.
const armourTwice = "LS0tLS1CRUdJTi"

// privateArmour reports whether base64 holds a private key in armour, perhaps after its
// certificate.
func privateArmour(raw []byte) bool {
	if !bytes.HasPrefix(raw, []byte(armourTwice)) {
		return false
	}
	text := make([]byte, base64.StdEncoding.DecodedLen(len(raw)))
	n, _ := base64.StdEncoding.Decode(text, raw[:len(raw)/4*4])
	return bytes.Contains(text[:n], []byte("PRIVATE KEY"))
}

// base64Lines gives the base64 that begins at from and goes on over whole lines of it,
// and where it ends.
func base64Lines(text string, from int) (raw []byte, to int) {
	limit := min(len(text), from+64<<10)
	to = from
	for to < limit && isBase64(text[to]) {
		to++
	}
	raw = append(raw, text[from:to]...)
	for to < limit {
		next := to
		for next < limit && (text[next] == '\n' || text[next] == '\r') {
			next++
		}
		end := next
		for end < limit && isBase64(text[end]) {
			end++
		}
		whole := end == len(text) || text[end] == '\n' || text[end] == '\r'
		if next == to || !whole || end-next < 16 && (end == next || text[end-1] != '=') {
			return raw, to
		}
		raw, to = append(raw, text[next:end]...), end
	}
	return raw, to
}

// privateDER reports whether base64 text begins a private key structure. The start
// is enough: a key cut off is still half a key.
func privateDER(raw []byte) bool {
	if bytes.HasPrefix(raw, []byte("b3BlbnNzaC1rZXktdjE")) {
		return true
	}
	head := make([]byte, 48)
	n, _ := base64.StdEncoding.Decode(head, raw[:min(len(raw)/4*4, 64)])
	der := head[:n]
	body, ok := derBody(der, 0x30)
	if !ok {
		return false
	}
	version, ok := derBody(body, 0x02)
	if !ok {
		// EncryptedPrivateKeyInfo: an algorithm of PKCS #5 or #12 first.
		alg, ok := derBody(body, 0x30)
		return ok && (bytes.Contains(alg, []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05}) ||
			bytes.Contains(alg, []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c}))
	}
	if len(version) == 0 || version[0] > 1 || body[1] != 1 || len(body) < 4 {
		return false
	}
	switch next := body[3]; next {
	case 0x30: // PKCS #8
		_, csr := derBody(body[3:], 0x30)
		return csr && !bytes.Contains(body[3:min(len(body), 24)], []byte{0x31}) && pkcs8Algorithm(body[3:])
	case 0x02: // PKCS #1, DSA
		return true
	case 0x04: // SEC 1
		return version[0] == 1
	}
	return false
}

// pkcs8Algorithm tells a key's algorithm identifier from the subject name of a
// certificate request, which also follows a version.
func pkcs8Algorithm(der []byte) bool {
	seq, ok := derBody(der, 0x30)
	return ok && len(seq) > 0 && seq[0] == 0x06
}

// derBody gives what is present of the content of an element with tag.
func derBody(der []byte, tag byte) ([]byte, bool) {
	if len(der) < 3 || der[0] != tag {
		return nil, false
	}
	length, head := int(der[1]), 2
	if length >= 0x80 {
		n := length & 0x7f
		if n == 0 || n > 3 || len(der) < 2+n {
			return nil, false
		}
		length = 0
		for _, b := range der[2 : 2+n] {
			length = length<<8 | int(b)
		}
		head += n
	}
	return der[head:min(len(der), head+length)], true
}

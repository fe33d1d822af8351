package language

import (
	"slices"
	"strconv"
	"strings"
)

var (
	rsaPattern = lazy(`(?:\brsa[ \-_/:,(=]{0,3}(?:key ?(?:size|length)?[ :=]{0,3})?)?\b?(1024|2048|3072|4096|8192)\b|\brsa[ \-_/]?([2348])k\b|\b([2348])k[ -]?(?:bit|rsa|key)`)
	ecPattern  = lazy(`\b(?:p-?|secp|sec-p|prime|nist ?p?-?|nistp|ecdsa[ \-_/:,(=]{0,3}(?:with |key |curve )?(?:nist ?)?(?:p-?|secp)?|ecc?[ \-_/:]?(?:p-?)?|curve )(256|384|521)(?:r1|v1|k1)?\b|\b(256|384|521)[ -]?(?:bits?\b|位)?`)
	typeOnly   = lazy(`\b(?:(rsa)|(ecdsa|ecc|elliptic curves?|ec key|elliptische|courbes? elliptiques?)|(ed25519))\b|(椭圆曲线|楕円曲線)`)
)

type keyWord struct {
	span
	key  Key
	past bool
}

// findKey takes the last key asked for that is neither negated nor the present one.
func findKey(rd *reading) {
	if rd.u.Intent == Inspect {
		return
	}
	words := keyWords(rd.document)
	var best *keyWord
	for i := range words {
		if !words[i].past || best == nil && len(words) == 1 && rd.u.Intent != Renew {
			best = &words[i]
		}
	}
	if best == nil {
		best = keyType(rd)
	}
	if best == nil {
		return
	}
	k := best.key
	rd.u.Key = &k
	rd.note("key", k.Type+" "+strconv.Itoa(k.Size), best.span)
}

func keyWords(d *document) []keyWord {
	var out []keyWord
	for _, m := range rsaPattern.FindAllSubmatchIndex(d.low, 64) {
		s := span{m[0], m[1]}
		var size int
		if m[2] >= 0 {
			size, _ = strconv.Atoi(string(d.low[m[2]:m[3]]))
			if !hasAt(d.low, m[0], "rsa") && !plainNumber(d, span{m[2], m[3]}) {
				continue
			}
		} else {
			k := 2
			if m[4] < 0 {
				k = 3
			}
			size = 1024 * int(d.low[m[2*k]]-'0')
		}
		out = addKey(d, out, s, Key{Type: "rsa", Size: size})
	}
	for _, m := range ecPattern.FindAllSubmatchIndex(d.low, 64) {
		s := span{m[0], m[1]}
		g := 2
		if m[2] < 0 {
			g = 4
			if !plainNumber(d, span{m[4], m[5]}) || !curveNear(d, s) {
				continue
			}
		}
		size, _ := strconv.Atoi(string(d.low[m[g]:m[g+1]]))
		out = addKey(d, out, s, Key{Type: "ecdsa", Size: size})
	}
	// The two kinds were looked for one after the other; the text's order counts.
	slices.SortStableFunc(out, func(a, b keyWord) int { return a.start - b.start })
	return out
}

// plainNumber: not a part of a ticket, a port, an address, a version, a quantity of
// something else.
func plainNumber(d *document, s span) bool {
	b := d.low
	if s.start > 0 {
		switch c := b[s.start-1]; {
		case c == '-' && s.start > 1 && wordByte(b[s.start-2]) && !keyWordBefore(d, s.start-1):
			return false
		case c == '#' || c == '.' || c == '$' || c == '_' || wordByte(c):
			return false
		case c == ':' && s.start > 1 && hostByte(b[s.start-2]) && inNames(d.names, s.start-2):
			return false
		}
	}
	rest := strings.TrimLeft(string(b[s.end:min(len(b), s.end+16)]), " -")
	if rest != "" && (b[s.end] == '.' && s.end+1 < len(b) && digit(b[s.end+1]) || b[s.end] == '_') {
		return false
	}
	for _, unit := range []string{"user", "day", "byte", "mb", "kb", "char", "ms", "phone", "people", "endpoint", "call", "tage", "天", "个用户", "用户", "部", "台", "人"} {
		if strings.HasPrefix(rest, unit) {
			return false
		}
	}
	if endsInAny(string(b[max(0, s.start-12):s.start]), "port ", "port:", "ticket ", "sha-", "sha", "aes-", "aes", "id ", "case ", "chg", "room ", "端口") {
		return false
	}
	return !slices.ContainsFunc(d.names, func(n name) bool { return n.meets(s) }) && d.inScope(s.start)
}

// keyWordBefore: "RSA-4096", "key-4096".
func keyWordBefore(d *document, p int) bool {
	return endsInAny(string(d.low[max(0, p-6):p]), "rsa", "key", "ecdsa", "ec")
}

// curveNear: a bare 256, 384 or 521 is a curve when the sentence speaks of curves.
func curveNear(d *document, s span) bool {
	at := d.sentenceAt(s.start)
	if at == nil {
		return false
	}
	text := string(d.low[at.start:at.end])
	return holdsAny(text, "ecdsa", " ec", "curve", "elliptic", "ecc", "ec key", "椭圆", "曲线", "楕円", "kurve", "courbe", "curva")
}

func addKey(d *document, out []keyWord, s span, k Key) []keyWord {
	if !d.inScope(s.start) || inNames(d.names, s.start) || keyNegated(d, s) {
		return out
	}
	return append(out, keyWord{span: s, key: k, past: keyPast(d, s)})
}

var (
	keyNo    = lazy(`(?:\b(?:not|no|never|instead of|rather than|don't (?:use|want)|isn't|without|nicht|kein|keine|statt|pas|au lieu de|no more|en vez de|avoid)|不要|不用|不是|别用|而不是|非)\s*(?:the |a |an |just |use |的 ?)?(?:rsa|ecdsa|ec)?[ -]?$`)
	keyNoEnd = lazy(`^(?:[ -]?bits?|[ -]?keys?)?\s*(?:\?+\s*(?:no\b|nope|nein|non\b|不)|:\s*no\b|\s+is (?:too|not)|\s+isn't|\s+not (?:supported|allowed|ok|okay|enough|possible|wanted|needed|accepted)|\s*(?:不要|不行|不够|太短)|\s+(?:won't|will not|doesn't|does not) )`)
	keyWas   = lazy(`(?:\b(?:from|currently|current|was|were|now at|today|so far|up to now|until now|previously|old|existing|had|bisher|aktuell|von|actuellement|actualmente|replacing)|原来|目前|现在|之前|以前|原本|当前|从|从原来的|由)\s*(?:is |it's |at |uses? |using |the |a |an |with |on |key |rsa |是|用|的)*(?:rsa|ecdsa)?[ -]?$`)
)

func keyNegated(d *document, s span) bool {
	return keyNo.Match(d.low[max(0, s.start-32):s.start]) || keyNoEnd.Match(d.low[s.end:min(len(d.low), s.end+24)])
}

func keyPast(d *document, s span) bool { return keyWas.Match(d.low[max(0, s.start-36):s.start]) }

// keyType: only the kind is said, and not as a part of a service's name.
func keyType(rd *reading) *keyWord {
	if rd.u.Intent == Diagnose || rd.u.Intent == Help {
		return nil
	}
	var best *keyWord
	for _, m := range typeOnly.FindAllSubmatchIndex(rd.low, 16) {
		s := span{m[0], m[1]}
		if !rd.inScope(s.start) || inNames(rd.names, s.start) || keyNegated(rd.document, s) || keyPast(rd.document, s) || partOfService(rd.document, s) {
			continue
		}
		k := Key{Type: "ecdsa"}
		switch {
		case m[2] >= 0:
			k.Type = "rsa"
		case m[6] >= 0:
			k.Type = "ed25519"
		}
		best = &keyWord{span: s, key: k}
	}
	return best
}

func partOfService(d *document, s span) bool {
	near := d.group("service.tomcat", span{max(0, s.start-24), min(len(d.low), s.end+24)})
	return slices.ContainsFunc(near, func(t tagged) bool { return t.holds(s) })
}

package language

import (
	"bytes"
	"strings"
)

const pemBegin, pemEnd = "-----BEGIN ", "-----END "

// blankPEM gives the kinds of pasted blocks and overwrites their bodies: base64 is
// not language.
func blankPEM(text []byte) (kinds []PEMKind) {
	for at := 0; ; {
		i := bytes.Index(text[at:], []byte(pemBegin))
		if i < 0 {
			return kinds
		}
		begin := at + i
		label := text[begin+len(pemBegin):]
		if j := bytes.Index(label[:min(len(label), 64)], []byte("-----")); j >= 0 {
			label = label[:j]
		} else {
			label = nil
		}
		kinds = append(kinds, pemKind(string(label)))
		end := pemExtent(text, begin)
		for k := begin; k < end; k++ {
			if text[k] != '\n' {
				text[k] = ' '
			}
		}
		at = end
	}
}

func pemKind(label string) PEMKind {
	switch {
	case strings.Contains(label, "PRIVATE KEY"):
		return PEMPrivateKey
	case strings.Contains(label, "CERTIFICATE REQUEST"):
		return PEMRequest
	case strings.Contains(label, "CERTIFICATE"):
		return PEMCertificate
	}
	return PEMOther
}

// pemExtent is the end of the block that begins at begin: after its END line, or,
// when that is missing, before the first line that has a space in it or is a fence.
func pemExtent(text []byte, begin int) int {
	rest := text[begin:]
	if i := bytes.Index(rest, []byte(pemEnd)); i >= 0 {
		tail := rest[i+len(pemEnd):]
		if j := bytes.Index(tail[:min(len(tail), 64)], []byte("-----")); j >= 0 {
			return begin + i + len(pemEnd) + j + 5
		}
		return begin + i + len(pemEnd)
	}
	at := begin
	for first := true; at < len(text); first = false {
		nl := bytes.IndexByte(text[at:], '\n')
		end := len(text)
		if nl >= 0 {
			end = at + nl + 1
		}
		line := bytes.TrimSpace(text[at:end])
		if !first && (bytes.ContainsRune(line, ' ') || bytes.HasPrefix(line, []byte("```"))) {
			return at
		}
		at = end
	}
	return at
}

// blocks are the stretches of a text that are not plainly its writer's words now.
type blocks struct {
	quotes []span // somebody else's words
	code   []span // fenced blocks
	struck []span // ~crossed out~
}

// findBlocks marks quotations, fenced code and crossed-out words.
func findBlocks(low []byte) (b blocks) {
	inCode, codeStart := false, 0
	at := 0
	for at < len(low) {
		end := len(low)
		if nl := bytes.IndexByte(low[at:], '\n'); nl >= 0 {
			end = at + nl
		}
		line := low[at:end]
		if !inCode {
			lead := bytes.TrimLeft(line, " \t")
			if bytes.HasPrefix(lead, []byte(">>>")) {
				b.quotes = append(b.quotes, span{at, len(low)})
				return b
			}
			if bytes.HasPrefix(lead, []byte(">")) {
				b.quotes = append(b.quotes, span{at, end})
			}
			b.struck = append(b.struck, findStruck(low, at, end)...)
		}
		for p := at; p < end; {
			i := bytes.Index(low[p:end], []byte("```"))
			if i < 0 {
				break
			}
			if inCode {
				b.code = append(b.code, span{codeStart, p + i})
			}
			inCode, codeStart = !inCode, p+i+3
			p += i + 3
		}
		at = end + 1
	}
	if inCode {
		b.code = append(b.code, span{codeStart, len(low)})
	}
	return b
}

// findStruck finds what is crossed out in one line.
func findStruck(low []byte, from, to int) (struck []span) {
	open := -1
	for i := from; i < to; i++ {
		if low[i] != '~' {
			continue
		}
		if open < 0 {
			if (i == from || !wordByte(low[i-1])) && i+1 < to && low[i+1] > ' ' && low[i+1] != '~' {
				open = i
			}
			continue
		}
		if low[i-1] > ' ' && (i+1 == to || !wordByte(low[i+1])) {
			struck = append(struck, span{open, i + 1})
			open = -1
		}
	}
	return struck
}

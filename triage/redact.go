package triage

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"countersign/triage/keys"
)

// Redaction says how many secrets of a kind were taken out of a text.
type Redaction struct {
	Kind  string `json:"kind"`
	Count int    `json:"count"`
}

// Redact takes secrets out of text: private keys in every encoding, tokens, passwords,
// cookies, authorisation headers, session keys and their like. Line breaks inside a
// secret stay, so that line numbers hold. Host names, addresses and user names stay
// too; see Mask for those. A second pass changes nothing.
func Redact(text string) (string, []Redaction) { return redactPiece(text, 0, len(text)) }

// redactPiece is Redact for text[from:to]: a secret that it cuts is told by the whole.
func redactPiece(text string, from, to int) (string, []Redaction) {
	counts := map[string]int{}
	var out strings.Builder
	out.Grow(to - from)
	at := from
	for _, s := range findSecrets(text) {
		s.from, s.to = max(s.from, from), min(s.to, to)
		if s.from >= s.to {
			continue
		}
		out.WriteString(text[at:s.from])
		out.WriteString(redactedOpen + s.kind + redactedClose)
		for range strings.Count(text[s.from:s.to], "\n") {
			out.WriteByte('\n')
		}
		at = s.to
		counts[s.kind]++
	}
	if len(counts) == 0 {
		return text[from:to], nil
	}
	out.WriteString(text[at:to])
	list := make([]Redaction, 0, len(counts))
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		list = append(list, Redaction{kind, counts[kind]})
	}
	return out.String(), list
}

// findSecrets gives the secrets of text in order, none overlapping.
func findSecrets(text string) []secret {
	var found []secret
	for _, s := range keys.Find(text) {
		found = append(found, secret{from: s.From, to: s.To, kind: privateKey})
	}
	found = append(found, ruleSecrets(text)...)
	found = settle(found)
	found = append(found, spread(text, found)...)
	return settle(found)
}

// settle sorts and merges overlapping spans; the longer names the kind.
func settle(list []secret) []secret {
	slices.SortFunc(list, func(a, b secret) int { return cmp.Or(a.from-b.from, b.to-a.to) })
	out := list[:0]
	for _, s := range list {
		if n := len(out); n > 0 && s.from < out[n-1].to {
			out[n-1].to = max(out[n-1].to, s.to)
			if s.kind == privateKey {
				out[n-1].kind = privateKey // whatever else it looks like
			}
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

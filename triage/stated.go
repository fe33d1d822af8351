package triage

import (
	"cmp"
	"slices"
	"strings"

	"countersign/triage/read"
)

// statement is a fact that a text states, and where.
type statement struct {
	kind   string
	spans  []hit
	factor float64 // of the weight: less where typing errors were forgiven
	denied bool    // the text says that it is not so
}

// statements adds what the structure of a text states to what its wordings do, and orders
// both: first causes first. Where both speak of the same thing, the structure knows more:
// who received an alert, which purpose was refused, that a name is an address.
func statements(text string, worded []statement) []statement {
	facts := read.Facts(text)
	overlap := func(h hit, kind string) bool {
		return slices.ContainsFunc(facts, func(f read.Fact) bool {
			return area(f.Kind) == area(kind) && h.overlaps(hit{int32(f.Start), int32(f.End)})
		})
	}
	bySpot := map[read.Fact]statement{}
	for _, s := range worded {
		spans := slices.DeleteFunc(slices.Clone(s.spans), func(h hit) bool { return overlap(h, s.kind) })
		if len(spans) == 0 && len(s.spans) > 0 {
			continue
		}
		s.spans = spans
		at := read.Fact{Kind: s.kind, Depth: -1}
		if len(spans) > 0 {
			at.Start, at.End = int(spans[0].from), int(spans[0].to)
		}
		bySpot[at] = s
	}
	for at := range bySpot {
		facts = append(facts, at)
	}
	slices.SortFunc(facts, func(a, b read.Fact) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), strings.Compare(a.Kind, b.Kind))
	})
	read.Order(text, facts)
	var out []statement
	for _, f := range facts {
		if s, ok := bySpot[f]; ok {
			out = append(out, s)
			continue
		}
		out = append(out, statement{kind: f.Kind, spans: []hit{{int32(f.Start), int32(f.End)}}, factor: 1})
	}
	for from := 0; from < len(out); {
		to := from + 1
		for to < len(out) && wraps(text, out[to-1], out[to]) {
			to++
		}
		slices.Reverse(out[from:to])
		from = to
	}
	return out
}

// wraps reports whether a is what a program was doing and b why it failed: on one line what
// stands behind the colon is the cause ("cannot load keystore: wrong password").
func wraps(text string, a, b statement) bool {
	if !a.explicit() || !b.explicit() || len(a.spans) == 0 || len(b.spans) == 0 || area(a.kind) == "alert" || area(b.kind) == "alert" {
		return false
	}
	from, to := int(a.spans[0].to), int(b.spans[0].from)
	return from <= to && strings.Contains(text[from:to], ":") && !slices.ContainsFunc(clauseStops, func(stop string) bool { return strings.Contains(text[from:to], stop) })
}

// blank is text with spaces instead of what is no words.
func blank(text string, cuts []read.Span) string {
	if len(cuts) == 0 {
		return text
	}
	out := []byte(text)
	for _, c := range cuts {
		for i := c.Start; i < c.End; i++ {
			if out[i] != '\n' {
				out[i] = ' '
			}
		}
	}
	return string(out)
}

// spokenBy tells whose certificate may not be used so, where the text does not and it is
// known whose log it is: a client verifies servers, a server clients.
func spokenBy(side string, stated []statement) []statement {
	whose := map[string]string{"client": "-server", "server": "-client"}[side]
	if whose == "" || states(stated, unfitPurpose+"-server") || states(stated, unfitPurpose+"-client") {
		return stated
	}
	out := slices.Clone(stated)
	for i := range out {
		if out[i].kind == unfitPurpose {
			out[i].kind += whose
		}
	}
	return out
}

// unfitPurpose is the verdict that a certificate may not be used for what it is used for.
const unfitPurpose = "verify.purpose"

// side says whose verdict a kind of fact shows.
func (s statement) side() string {
	switch {
	case strings.HasPrefix(s.kind, "verify."), strings.HasPrefix(s.kind, "alert.sent."):
		return "us"
	case strings.HasPrefix(s.kind, "alert.received."):
		return "peer"
	}
	return ""
}

// says gives what a fact means for c: that of its kind, or of an alert whose direction
// makes no difference to c.
func (c *Cause) says(kind string) float64 {
	if w, ok := c.Facts[kind]; ok {
		return w
	}
	for _, direction := range []string{"alert.received.", "alert.sent."} {
		if name, ok := strings.CutPrefix(kind, direction); ok {
			return c.Facts["alert."+name]
		}
	}
	return 0
}

// What a program says of a certificate, a key or a file outranks that it could not reach
// something, or that somebody was not let in: that follows from the first as often as not.
const (
	besideVerdict = 0.35
	laterVerdict  = 0.92 // for each explicit verdict before: the first cause, not the last symptom
	leastLater    = 0.8
)

// symptom reports whether a kind of fact often follows from a certificate problem.
func symptom(kind string) bool {
	switch area(kind) {
	case "reach", "auth", "http", "license", "database":
		return true
	}
	return kind == refusedUnsaid || kind == "tls.closed" || kind == "file.not-loaded"
}

// symptom reports whether c is what a symptom means, so that its messages are symptoms too.
func (c *Cause) symptom() bool {
	if c.Certificate() {
		return false
	}
	for kind, w := range c.Facts {
		if w >= leastSymptom && symptom(kind) {
			return true
		}
	}
	return false
}

// leastSymptom is what a cause gives to the symptoms that mean it.
const leastSymptom = 8

// speaks reports whether s says that something is wrong.
func (s statement) speaks() bool { return !s.denied && s.kind != verified && !setting(s.kind) }

// explicit reports whether s is a verdict: not a symptom, not health, not denied.
func (s statement) explicit() bool { return s.speaks() && !symptom(s.kind) }

// addStated gives each cause what the statements mean for it. Statements come in the
// order in which they weigh: first causes first.
func (kb *KB) addStated(pieces [][]piece, stated []statement) {
	verdicts, refused := 0, 0
	for _, s := range stated {
		if s.explicit() {
			verdicts++
		}
		if !s.denied && s.kind == refusedUnsaid {
			refused++
		}
	}
	seen := map[string]bool{}
	rank := 1.0
	for _, s := range stated {
		factor := s.factor
		switch {
		case symptom(s.kind) && verdicts > 0, symptom(s.kind) && refused > 0 && s.kind != refusedUnsaid:
			factor *= besideVerdict
		case s.explicit():
			factor *= rank
			if !seen[s.kind] {
				rank = max(leastLater, rank*laterVerdict)
			}
		}
		if seen[s.kind] {
			continue // said twice is no second witness
		}
		seen[s.kind] = true
		for i, c := range kb.causes {
			w := c.says(s.kind)
			if w == 0 && area(s.kind) == senseArea && c.Certificate() {
				w = -decisiveWeight // of another kind of certificate no cause of these is
			}
			if w == 0 {
				continue
			}
			if s.denied {
				w = -w
			}
			pieces[i] = append(pieces[i], piece{w: w * factor, spans: s.spans, side: s.side(), vetoes: w < 0 && setting(s.kind)})
		}
	}
}

// refusedUnsaid is the fact that a verifier refused a certificate and does not say why.
const refusedUnsaid = "verify.failed"

// verified is the fact that a verifier found nothing to object to.
const verified = "verify.ok"

// kinds are those of what is stated and not denied: what experience learns beside words.
func kinds(stated []statement) []string {
	var out []string
	for _, s := range stated {
		if !s.denied && !setting(s.kind) {
			out = append(out, s.kind)
		}
	}
	return out
}

// states reports whether a kind of fact is stated.
func states(stated []statement, kind string) bool {
	return slices.Contains(kinds(stated), kind)
}

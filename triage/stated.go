package triage

import "strings"

// statement is a fact that a text states, and where.
type statement struct {
	kind   string
	spans  []hit
	factor float64 // of the weight: less where typing errors were forgiven
	denied bool    // the text says that it is not so
}

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
	laterVerdict  = 0.85 // for each explicit verdict before: the first cause, not the last symptom
	leastLater    = 0.6
)

// symptom reports whether a kind of fact often follows from a certificate problem.
func symptom(kind string) bool {
	area, _, _ := strings.Cut(kind, ".")
	switch area {
	case "reach", "auth", "http", "license", "database":
		return true
	}
	return kind == "verify.failed" || kind == "tls.closed"
}

// addStated gives each cause what the statements mean for it. Statements come in the
// order in which they weigh: first causes first.
func (kb *KB) addStated(pieces [][]piece, stated []statement) {
	verdicts := 0
	for _, s := range stated {
		if !s.denied && !symptom(s.kind) && s.kind != verified {
			verdicts++
		}
	}
	seen := map[string]bool{}
	rank := 1.0
	for _, s := range stated {
		factor := s.factor
		switch {
		case symptom(s.kind) && verdicts > 0:
			factor *= besideVerdict
		case !symptom(s.kind) && s.kind != verified && !s.denied:
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
			if w == 0 {
				continue
			}
			if s.denied {
				w = -w
			}
			pieces[i] = append(pieces[i], piece{w: w * factor, spans: s.spans, side: s.side()})
		}
	}
}

// verified is the fact that a verifier found nothing to object to.
const verified = "verify.ok"

// kinds are those of what is stated and not denied.
func kinds(stated []statement) []string {
	var out []string
	for _, s := range stated {
		if !s.denied {
			out = append(out, s.kind)
		}
	}
	return out
}

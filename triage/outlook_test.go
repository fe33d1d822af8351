package triage

import "testing"

func TestOutlook(t *testing.T) {
	for _, c := range []struct {
		why    string
		look   outlook
		stated bool
		said   Verdict
		want   Verdict
	}{
		{"surely a certificate problem", outlook{certificate: 0.76, none: 0.24}, false, Ambiguous, Ambiguous},
		{"perhaps one", outlook{certificate: 0.74, none: 0.26}, false, Ambiguous, Unknown},
		{"surely another failure", outlook{elsewhere: 0.51, certificate: 0.49, likeliest: 0.41}, false, NotCertificate, NotCertificate},
		{"perhaps another failure", outlook{elsewhere: 0.49, certificate: 0.51, likeliest: 0.41}, false, NotCertificate, Unknown},
		{"another failure, who knows which", outlook{elsewhere: 0.9, likeliest: 0.39}, false, NotCertificate, Unknown},
		{"words never met", outlook{certificate: 1, foreign: true}, false, Ambiguous, Unknown},
		{"stated in a story", outlook{certificate: 0.51, none: 0.49}, true, KnownCause, KnownCause},
		{"stated in what may be a document", outlook{certificate: 0.5, none: 0.5}, true, KnownCause, Ambiguous},
		{"stated in a document", outlook{certificate: 0.4, none: 0.6}, true, KnownCause, Unknown},
	} {
		got := c.look.alone(c.said)
		if c.stated {
			got = c.look.beside(c.said)
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.why, got, c.want)
		}
	}
}

// What experience alone says is never a known cause, however sure it is.
func TestExperienceAloneIsNeverKnown(t *testing.T) {
	kb := loadKB(t)
	text := "a story"
	sure := map[int]piece{kb.index["expired"]: {w: 50, spans: []hit{{0, 7}}}}
	found, said := kb.decide(make([][]piece, len(kb.causes)), sure, fewSay, "input", text, lineStarts(text))
	if said != Ambiguous || len(found) != 1 || found[0].Cause.ID != "expired" {
		t.Errorf("%s, %d causes", said, len(found))
	}
}

package triage

import (
	"context"
	"testing"
)

const vocabulary = `family: own
verdicts:
- {kind: door.locked, source: own, say: [badge door is locked by the guard]}
- {kind: door.locked, source: own, codes: '\bdoorcode 4[0-9]\b'}
- {kind: reach.doorbell, source: own, say: [nobody hears the bell at all]}
- {kind: alert.received.door-ajar, source: own, say: [door ajar alert was received]}
`

const doors = `family: own
as-of: 2026-11
sources: own
causes:
- {id: door-locked, title: {en: Locked}, fix: {en: open}, facts: {door.locked: 9}}
- {id: bell-broken, title: {en: Bell}, fix: {en: mend}, facts: {reach.doorbell: 8.8}}
- {id: door-ajar, title: {en: Ajar}, fix: {en: shut}, facts: {alert.door-ajar: 9}}
- {id: documented, title: {en: Documented}, fix: {en: read}, messages: [{w: 9, say: [the badge door is locked by the guard since monday]}]}
`

func doorKB(t *testing.T) *KB {
	kb, err := loadKB(t).With(Source{"v.yaml", []byte(vocabulary)}, Source{"d.yaml", []byte(doors)})
	if err != nil {
		t.Fatal(err)
	}
	return kb
}

// A verdict that a program states, in words or by a code, is a fact that causes weigh; what
// could not be reached is a symptom beside it; the longest documented sentence wins; the
// direction of an alert does not matter to a cause that does not say so.
func TestStatedVerdicts(t *testing.T) {
	kb := doorKB(t)
	for text, want := range map[string]string{
		"Badge door is locked by the guard":                                       "door-locked",
		"doorcode 41 at gate three":                                               "door-locked",
		"nobody hears the bell at all, and badge door is locked by the guard":     "door-locked",
		"nobody hears the bell at all":                                            "bell-broken",
		"peer: door ajar alert was received":                                      "door-ajar",
		"log: the badge door is locked by the guard since Monday":                 "documented",
		"doorcode 51 at gate three of the building, somebody should look at this": "",
	} {
		a, err := kb.Diagnose(context.Background(), Input{Text: "TLS handshake error, certificate refused: " + text})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if a.Verdict == KnownCause {
			got = first(a)
		}
		if got != want {
			t.Errorf("%q: %s %v, want %q", text, a.Verdict, ids(a), want)
		}
	}
}

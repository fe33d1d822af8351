package triage

import (
	"bytes"
	"context"
	"reflect"
	"strings"
	"testing"
)

// TestExperience checks that what is compiled in can be read and speaks of causes that
// exist: a cause that was renamed would silently lose its experience.
func TestExperience(t *testing.T) {
	e, err := readLearned()
	if err != nil {
		t.Fatal(err)
	}
	kb := loadKB(t)
	for _, id := range e.Causes {
		if kb.Cause(id) == nil && !strings.HasPrefix(id, noFailure) {
			t.Errorf("experience of %s, which is no cause: run triage/eval/learn again", id)
		}
	}
	if len(e.Causes) < 60 || len(e.Traits()) < 5000 {
		t.Errorf("%d causes and %d traits are too few", len(e.Causes), len(e.Traits()))
	}
}

// TestExperienceAnswersPlainWords: none of these is worded like anything in the
// knowledge base; each claim is still shown in the person's own words.
func TestExperienceAnswersPlainWords(t *testing.T) {
	kb := loadKB(t)
	for text, want := range map[string]string{
		"their log says they don't know who signed us":                    "untrusted-ca",
		"the balancer in front still hands out last year's cert":          "service-not-restarted",
		"Control Hub 裡還留著去年那張憑證":                                          "webex-control-hub-stale-cert",
		"nobody over there remembers the password of that p12 any longer": "encrypted-key-wrong-password",
	} {
		a, err := kb.Diagnose(context.Background(), Input{Text: text})
		if err != nil || len(a.Findings) == 0 {
			t.Errorf("%q: nothing, %v", text, err)
			continue
		}
		f := a.Findings[0]
		if f.Cause.ID != want {
			t.Errorf("%q: %s (%.2f), want %s", text, f.Cause.ID, f.Confidence, want)
		}
		for _, ev := range f.Evidence {
			if !strings.Contains(text, ev.Text) {
				t.Errorf("%q: %q is not in it", text, ev.Text)
			}
		}
	}
}

func TestExperienceIsWrittenAndRead(t *testing.T) {
	e := &Experience{
		Causes: []string{"expired", "revoked"}, Bias: []float32{0.5, -0.25},
		Texts: []Remembered{{Class: 1, Worth: 1, Length: 2}, {Class: 0, Worth: 0.5, Length: 3.6}},
	}
	e.Add("ran", Trait{Rarity: 2, Says: []Saying{{1, 127}}, In: []uint16{0, 1}})
	e.Add("ran out", Trait{Rarity: 3, Says: []Saying{{0, 12}, {1, -7}}, In: []uint16{1}})
	var b bytes.Buffer
	if err := e.Encode(&b); err != nil {
		t.Fatal(err)
	}
	got, err := ReadExperience(b.Bytes())
	if err != nil || !reflect.DeepEqual(got, e) {
		t.Errorf("%+v, %v", got, err)
	}
	for cut := range b.Len() - 8 {
		if _, err := ReadExperience(b.Bytes()[:cut]); err == nil {
			t.Errorf("cut at %d it was read", cut)
		}
	}
	if err := (&Experience{Causes: make([]string, 300), Bias: make([]float32, 300)}).Encode(&b); err == nil {
		t.Error("300 causes do not fit")
	}
}

// FuzzReadExperience: whatever the bytes, what is read names only causes that it has.
func FuzzReadExperience(f *testing.F) {
	f.Add(learned)
	f.Add([]byte{})
	f.Add([]byte("\x1f\x8b\x08\x00"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		e, err := ReadExperience(raw)
		if err != nil {
			return
		}
		for _, name := range e.Traits() {
			trait, _ := e.Trait(name)
			for _, s := range trait.Says {
				if int(s.Class) >= len(e.Causes) {
					t.Fatalf("%q speaks of class %d of %d", name, s.Class, len(e.Causes))
				}
			}
			for _, n := range trait.In {
				if int(n) >= len(e.Texts) {
					t.Fatalf("%q is in text %d of %d", name, n, len(e.Texts))
				}
			}
		}
		e.opinions("the certificate has expired", []*view{normalise("the certificate has expired")})
	})
}

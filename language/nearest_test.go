package language_test

import (
	"testing"

	"countersign/language"
)

func TestNearestSlash(t *testing.T) {
	for word, want := range map[string]string{"lst": "list", "lsit": "list", "diagnos": "diagnose", "RENWE": "renew", "revok": "revoke", "xyzzy": "", "nonsense": "", "": "", "a": "", "查": "查看"} {
		if got := language.NearestSlash(word); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
}

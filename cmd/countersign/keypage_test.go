package main

import (
	"net/http/httptest"
	"strings"
	"testing"

	"countersign/locales"
)

// TestKeyPage: it speaks every language, and its script is the one that its policy allows.
func TestKeyPage(t *testing.T) {
	a := &app{cat: locales.Open()}
	w := httptest.NewRecorder()
	a.keyPage(w, httptest.NewRequest("GET", "/key", nil))
	body := w.Body.String()
	for _, lang := range locales.All {
		for _, key := range []string{"heading", "once", "download"} {
			if text := a.cat.Say(lang, "cli.keypage."+key, nil); !strings.Contains(body, text) {
				t.Errorf("%s: the page does not say %q", lang, text)
			}
		}
	}
	if !strings.Contains(body, "<script>"+keyScript+"</script>") || !strings.Contains(w.Header().Get("Content-Security-Policy"), keyScriptHash) {
		t.Errorf("the script or its hash is not in the answer:\n%s", body)
	}
}

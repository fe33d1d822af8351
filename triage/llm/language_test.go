package llm

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
)

// TestFurtherLanguage: the model speaks a language that is nothing but a folder, and is
// held to its words; to readers of one that says nothing of models it speaks English.
func TestFurtherLanguage(t *testing.T) {
	answer := diagnose(t, alertLine)
	for _, tt := range []struct {
		lang, text, named string
		ok                bool
	}{
		{"fr", "L'autre côté ne fait pas confiance à la CA du certificat.", "in French", true},
		{"fr", "Envoyez-nous la clé privée du certificat.", "in French", false},
		{"fr", "Contournez la vérification du certificat.", "in French", false},
		{"fr", "Please bypass the verification of the certificate.", "in French", false},
		{"fr", "对端不信任颁发该证书的机构。", "in French", false},
		{"la", "The other side does not trust the CA.", "in English", true},
	} {
		e := serve(t, answers(map[string]string{"text": tt.text}))
		a := assistant(t, e, func(c *Config) { c.Languages = languages(t, os.DirFS("../../locales/testdata")) })
		got, err := a.Explain(context.Background(), "K-1", answer, tt.lang, nil)
		if tt.ok && got != tt.text || !tt.ok && !errors.Is(err, ErrGate) {
			t.Errorf("%s %q: %q, %v", tt.lang, tt.text, got, err)
		}
		if sent := e.sent(t); !strings.Contains(sent, tt.named) {
			t.Errorf("%s: the task does not say %q", tt.lang, tt.named)
		}
	}
}

// TestLanguagesAreChecked: a model that nothing could be held to is not asked.
func TestLanguagesAreChecked(t *testing.T) {
	english := Language{Name: "English", Secrets: []string{"password"}, Weaker: []string{"ignore"}}
	for name, l := range map[string]Languages{
		"none": nil, "no English": {"fr": english}, "no name": {"en": {Secrets: english.Secrets, Weaker: english.Weaker}},
		"no words for secrets": {"en": {Name: "English", Weaker: english.Weaker}}, "no such script": {"en": english, "xx": {Name: "X", Script: "Hann", Secrets: english.Secrets, Weaker: english.Weaker}},
	} {
		if _, err := New(Config{URL: "https://llm.example.com/v1", Model: "m", Languages: l}); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if _, err := New(Config{URL: "https://llm.example.com/v1", Model: "m", Languages: Languages{"en": english}}); err != nil {
		t.Error(err)
	}
}

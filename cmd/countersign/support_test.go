package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"countersign/locales"
	"countersign/triage/probe"
)

// TestSupportConfig: the sections of the documentation are read as they stand there, and
// what cannot work is refused with words.
func TestSupportConfig(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("..", "..", "docs", "operations.md"))
	if err != nil {
		t.Fatal(err)
	}
	read := func(text string) (c config, p problems) {
		d := yaml.NewDecoder(strings.NewReader(text))
		d.KnownFields(true)
		if err := d.Decode(&c); err != nil {
			return c, problems{err}
		}
		c.checkSupport(&p)
		return c, p
	}
	for _, section := range []string{"probe:", "llm:"} {
		_, rest, ok := strings.Cut(string(raw), "```yaml\n"+section)
		block, _, _ := strings.Cut(rest, "```")
		c, p := read(section + block)
		if !ok || len(p) > 0 {
			t.Fatalf("%s: %v", section, p)
		}
		if section == "llm:" && (c.LLM.Price.In != 2_500_000 || c.LLM.Monthly.Cost != 50_000_000 || c.LLM.PerCase.Calls != 12) {
			t.Errorf("%+v", c.LLM)
		}
		if section == "probe:" {
			got, err := c.Probe.prober()
			if err != nil || !got.Allows(probe.Target{Host: "expe1.example.com", Port: 7005}) || got.Allows(probe.Target{Host: "expe1.example.com", Port: 5062}) ||
				!got.Allows(probe.Target{Host: "a.lab.example.com", Port: 5061}) || got.Allows(probe.Target{Host: "127.0.0.1", Port: 443}) {
				t.Errorf("%+v, %v", got, err)
			}
		}
	}
	if got, err := (probeConfig{}).prober(); err != nil || got.On() {
		t.Errorf("nothing is allowed, but %+v, %v", got, err)
	}
	for text, want := range map[string]string{
		"probe: {allow: ['http://x']}":                        "probe: allow",
		"probe: {allow: [a.example.com], ports: [https]}":     "probe: ports",
		"probe: {allow: [a.example.com], certificate: x.pem}": "go together",
		"llm: {model: m}": "base_url is missing",
		"llm: {base_url: 'https://llm.example.com/v1'}":                           "name the model",
		"llm: {base_url: 'http://llm.example.com/v1', model: m}":                  "https",
		"llm: {base_url: 'https://x/v1', model: m, per_month: {cost: 5}}":         "price",
		"llm: {base_url: 'https://x/v1', model: m, per_month: {cost: a lot}}":     "amount of money",
		"llm: {base_url: 'https://x/v1', model: m, key: sk-not-in-this-file-pls}": "key",
	} {
		if _, p := read(text); len(p) == 0 || !strings.Contains(fmt.Sprint(p), want) {
			t.Errorf("%s: %v, want words about %q", text, p, want)
		}
	}
}

// TestDoctorLooksAtTheModel: an endpoint that works, one that refuses, and none.
func TestDoctorLooksAtTheModel(t *testing.T) {
	cat, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	refuse := false
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if refuse || r.Header.Get("Authorization") != "Bearer sk-of-a-test" {
			http.Error(w, "no", http.StatusUnauthorized)
			return
		}
		_, _ = io.WriteString(w, `{"choices":[{"message":{"role":"assistant","content":"{\"ok\": true}"},"finish_reason":"stop"}]}`)
	}))
	t.Cleanup(server.Close)
	look := func(c config) []checked {
		x := &examination{c: &console{ctx: context.Background(), out: io.Discard, err: io.Discard, cat: cat, lang: locales.English}, cfg: c}
		x.support()
		return x.all
	}
	if got := look(config{}); len(got) != 0 {
		t.Errorf("without either: %+v", got)
	}
	c := config{LLM: llmConfig{BaseURL: server.URL + "/v1", Model: "m", Key: "sk-of-a-test"}, Probe: probeConfig{Allow: []string{"a.example.com"}}}
	if got := look(c); len(got) != 2 || !got[0].OK || !got[1].OK {
		t.Errorf("%+v", got)
	}
	refuse = true
	if got := look(c); got[1].OK || !strings.Contains(got[1].Text, "401") || strings.Contains(got[1].Text, "sk-of") {
		t.Errorf("%+v", got)
	}
	c.Probe.Certificate, c.Probe.KeyFile = "/nowhere.pem", "/nowhere.key"
	if got := look(c); got[0].OK {
		t.Errorf("%+v", got[0])
	}
}

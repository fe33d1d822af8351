package workflows_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"

	"countersign/locales"
	"countersign/workflows"
)

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

// TestBadInput: whatever is wrong with an answer is said at its field, in words that
// stand in the catalogue, and nothing is stored.
func TestBadInput(t *testing.T) {
	b := newBench(t)
	cat, err := locales.Load()
	must(t, err)
	many := make([]string, 300)
	for i := range many {
		many[i] = fmt.Sprintf("host-%03d.branch.example.com", i)
	}
	edge := func(change map[string]string) workflows.Answers {
		a := workflows.Answers{"product": {"expressway-e"}, "service": {"server"}, "version": {"X15.5"}, "environment": {"production"}, "nodes": {"expe1.example.com"},
			"topology": {"single"}, "domains": {"example.com"}, "ca": {"private"}, "csr": {"ours"}, "purpose": {"Edge"}}
		for k, v := range change {
			a[k] = []string{v}
		}
		return a
	}
	for name, c := range map[string]struct {
		answers workflows.Answers
		step    string
		field   string // where the problem is said; "" for none
	}{
		"good":              {edge(nil), workflows.StepNames, ""},
		"underscore":        {edge(map[string]string{"nodes": "exp_e1.example.com"}), workflows.StepNames, "nodes"},
		"short name":        {edge(map[string]string{"nodes": "expe1"}), workflows.StepNames, "nodes"},
		"wildcard":          {edge(map[string]string{"nodes": "*.example.com"}), workflows.StepNames, "nodes"},
		"address as node":   {edge(map[string]string{"nodes": "https://expe1.example.com/"}), workflows.StepNames, ""},
		"label over 63":     {edge(map[string]string{"nodes": strings.Repeat("a", 64) + ".example.com"}), workflows.StepNames, "nodes"},
		"name over 253":     {edge(map[string]string{"nodes": strings.Repeat("abcdefgh.", 30) + "example.com"}), workflows.StepNames, "nodes"},
		"common name of 70": {edge(map[string]string{"nodes": strings.Repeat("a", 40) + "." + strings.Repeat("b", 25) + ".com"}), workflows.StepNames, "nodes"},
		"idn":               {edge(map[string]string{"domains": "münchen.example"}), workflows.StepNames, ""},
		"duplicates":        {edge(map[string]string{"names": "a.example.com, A.EXAMPLE.COM. a.example.com"}), workflows.StepNames, ""},
		"300 names":         {edge(map[string]string{"names": strings.Join(many, "\n")}), workflows.StepNames, "names"},
		"country of three":  {edge(map[string]string{"subject.C": "USA"}), workflows.StepWho, "subject.C"},
		"no reason":         {edge(map[string]string{"purpose": "  "}), workflows.StepWho, "purpose"},
		"long organisation": {edge(map[string]string{"subject.O": strings.Repeat("ä", 65)}), workflows.StepWho, "subject.O"},
		"endless name":      {edge(map[string]string{"nodes": strings.Repeat("x", 4000)}), workflows.StepNames, "nodes"},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			before := c.answers.Clone()
			for k := range before {
				if field, ok := b.Form().Field(k); ok && field.Step == c.step {
					delete(before, k)
				}
			}
			conv, err := b.Start(ctx, workflows.Started{By: ella, Lang: "en", Answers: before})
			must(t, err)
			after, problems, err := b.Page(ctx, workflows.Paged{By: ella, ID: conv.ID, Step: c.step, Values: c.answers})
			must(t, err)
			if c.field == "" {
				if len(problems) > 0 {
					t.Fatalf("refused: %+v", problems)
				}
				if !after.Answers.Has("nodes") {
					t.Error("the answers are lost")
				}
				return
			}
			found := false
			for _, p := range problems {
				found = found || p.Field == c.field
				for _, lang := range locales.All {
					if words := cat.Text(lang, p.Text.Key, p.Text.Args, p.Text.In); words == "" || words == p.Text.Key {
						t.Errorf("%s: %s says nothing in %s", name, p.Text.Key, lang)
					}
				}
			}
			if !found {
				t.Errorf("nothing is said at %s: %+v", c.field, problems)
			}
			stored, err := b.Conversation(ctx, ella, conv.ID)
			must(t, err)
			if stored.Version != conv.Version+1 {
				t.Errorf("a refused page was stored: version %d after %d", stored.Version, conv.Version)
			}
		})
	}
}

// TestPastedKey: a private key is recognised however it comes, never stored, and its
// person is told what to do.
func TestPastedKey(t *testing.T) {
	b := newBench(t)
	ctx := context.Background()
	key := "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEAvT3secretsecretsecretsecretsecretsecretsecretsecret00\n-----END RSA PRIVATE KEY-----"
	for i, text := range []string{key, "here is my key ```" + key + "```", strings.ReplaceAll(key, "\n", " ")} {
		err := b.Hear(ctx, workflows.Heard{Receipt: workflows.Receipt(fmt.Sprint("m", i)), By: ella, Place: workflows.Place{Channel: fmt.Sprint("D", i)}, Lang: "en", Text: text, Direct: true})
		must(t, err)
		e, ok, err := b.db.Claim(ctx, workflows.Notify, 1e9)
		must(t, err)
		if !ok || e.Kind != workflows.KindReply || !strings.Contains(string(e.Body), `"secret"`) || strings.Contains(string(e.Body), "MIIE") {
			t.Errorf("%q: %v %s", text[:20], ok, e.Body)
		}
	}
}

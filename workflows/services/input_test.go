package services_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"countersign/locales"
	"countersign/tests/workbench"
	"countersign/workflows"
	"countersign/workflows/intake"
)

// TestBadInput: whatever is wrong with an answer is said at its field, in words that
// stand in the catalogue, and nothing is stored.
func TestBadInput(t *testing.T) {
	b := workbench.New(t)
	cat, err := locales.Load()
	workbench.Must(t, err)
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
		"good":              {edge(nil), intake.StepNames, ""},
		"underscore":        {edge(map[string]string{"nodes": "exp_e1.example.com"}), intake.StepNames, "nodes"},
		"short name":        {edge(map[string]string{"nodes": "expe1"}), intake.StepNames, "nodes"},
		"wildcard":          {edge(map[string]string{"nodes": "*.example.com"}), intake.StepNames, "nodes"},
		"address as node":   {edge(map[string]string{"nodes": "https://expe1.example.com/"}), intake.StepNames, ""},
		"label over 63":     {edge(map[string]string{"nodes": strings.Repeat("a", 64) + ".example.com"}), intake.StepNames, "nodes"},
		"name over 253":     {edge(map[string]string{"nodes": strings.Repeat("abcdefgh.", 30) + "example.com"}), intake.StepNames, "nodes"},
		"common name of 70": {edge(map[string]string{"nodes": strings.Repeat("a", 40) + "." + strings.Repeat("b", 25) + ".com"}), intake.StepNames, "nodes"},
		"idn":               {edge(map[string]string{"domains": "münchen.example"}), intake.StepNames, ""},
		"duplicates":        {edge(map[string]string{"names": "a.example.com, A.EXAMPLE.COM. a.example.com"}), intake.StepNames, ""},
		"300 names":         {edge(map[string]string{"names": strings.Join(many, "\n")}), intake.StepNames, "names"},
		"country of three":  {edge(map[string]string{"subject.C": "USA"}), intake.StepWho, "subject.C"},
		"no reason":         {edge(map[string]string{"purpose": "  "}), intake.StepWho, "purpose"},
		"long organisation": {edge(map[string]string{"subject.O": strings.Repeat("ä", 65)}), intake.StepWho, "subject.O"},
		"endless name":      {edge(map[string]string{"nodes": strings.Repeat("x", 4000)}), intake.StepNames, "nodes"},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			before := c.answers.Clone()
			for k := range before {
				if field, ok := b.Intake.Form().Field(k); ok && field.Step == c.step {
					delete(before, k)
				}
			}
			conv, err := b.Intake.Start(ctx, intake.Started{By: workbench.Ella, Lang: "en", Answers: before})
			workbench.Must(t, err)
			after, problems, err := b.Intake.Page(ctx, intake.Paged{By: workbench.Ella, ID: conv.ID, Step: c.step, Values: c.answers})
			workbench.Must(t, err)
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
			stored, err := b.Intake.Conversation(ctx, workbench.Ella, conv.ID)
			workbench.Must(t, err)
			if stored.Version != conv.Version+1 {
				t.Errorf("a refused page was stored: version %d after %d", stored.Version, conv.Version)
			}
		})
	}
}

// TestPastedKey: a private key is recognised however it comes, never stored, and its
// person is told what to do.
func TestPastedKey(t *testing.T) {
	b := workbench.New(t)
	ctx := context.Background()
	key := "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEAvT3secretsecretsecretsecretsecretsecretsecretsecret00\n-----END RSA PRIVATE KEY-----"
	for i, text := range []string{key, "here is my key ```" + key + "```", strings.ReplaceAll(key, "\n", " ")} {
		err := b.Inbox.Receive(ctx, workflows.Message{Receipt: workflows.Receipt(fmt.Sprint("m", i)), By: workbench.Ella, Place: workflows.Place{Channel: fmt.Sprint("D", i)}, Lang: "en", Text: text, Direct: true})
		workbench.Must(t, err)
		e, ok, err := b.DB.Claim(ctx, workflows.Notify, 1e9)
		workbench.Must(t, err)
		if !ok || e.Kind != workflows.KindReply || !strings.Contains(string(e.Body), `"secret"`) || strings.Contains(string(e.Body), "MIIE") {
			t.Errorf("%q: %v %s", text[:20], ok, e.Body)
		}
	}
}

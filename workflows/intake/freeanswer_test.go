package intake_test

import (
	"context"
	"strings"
	"testing"

	"countersign/tests/workbench"
	"countersign/workflows"
	"countersign/workflows/intake"
)

// TestRepliesAsPeopleWriteThem: an answer among other words, corrections, additions,
// thinking ahead; what is no answer is said to be none and changes nothing.
func TestRepliesAsPeopleWriteThem(t *testing.T) {
	b := workbench.New(t)
	ctx := context.Background()
	label := func(field, option string) string { return option }
	edge := workflows.Answers{"product": {"expressway-e"}, "service": {"server"}, "ca": {"private"}, "purpose": {"Edge"}}
	with := func(pairs ...string) workflows.Answers {
		a := edge.Clone()
		for i := 0; i+1 < len(pairs); i += 2 {
			a[pairs[i]] = strings.Fields(pairs[i+1])
		}
		return a
	}
	reason := with("version", "X15.5", "nodes", "expe1.example.com", "topology", "single", "domains", "example.com")
	delete(reason, "purpose")
	for _, c := range []struct {
		before workflows.Answers
		asked  string // the question that is open
		text   string
		key    string // what the reply settles; "" for nothing
		want   string // its values then
		says   string // the problem shown
	}{
		{reason, "purpose", "what can you do?", "", "", "form.problem.no_answer"},
		{reason, "purpose", "new site in Oslo, CHG0048213", "purpose", "new site in Oslo, CHG0048213", ""},
		{reason, "purpose", "o=Example, c=DE", "subject.C", "DE", ""},
		{edge, "version", "it runs X15.5", "version", "X15.5", ""},
		{edge, "version", "12.5", "version", "12.5", ""},
		{edge, "version", "make it ECDSA", "key", "ecdsa-256", ""},
		{edge, "version", "公網 CA 簽", "ca", "public", ""},
		{edge, "version", "I don't know", "version", "", ""},
		{with("version", "X15.5"), "nodes", "expe1.example.com", "nodes", "expe1.example.com", ""},
		{with("version", "X15.5"), "nodes", "it's called expe1.example.com", "nodes", "expe1.example.com", ""},
		{with("version", "X15.5"), "nodes", "expe1.example.com and expe2.example.com", "nodes", "expe1.example.com expe2.example.com", ""},
		{with("version", "X15.5"), "nodes", "what's a node?", "", "", "form.problem.no_answer"},
		{with("version", "X15.5"), "nodes", "is this ok? https://portal.example.org", "", "", "form.problem.no_answer"},
		{with("version", "X15.5"), "nodes", "can you make it RSA 4096?", "key", "rsa-4096", ""},
		{with("version", "X15.5"), "nodes", "give me a moment, I have to look it up", "", "", "form.problem.no_answer"},
		{with("version", "X15.5"), "nodes", "help", "", "", "form.problem.no_answer"},
		{with("version", "X15.5"), "nodes", "不清楚", "", "", "form.problem.unsure"},
		{with("version", "X15.5"), "nodes", "expe1", "nodes", "expe1", "certs."},
		{with("version", "X15.5", "nodes", "expe1.example.com", "topology", "single"), "domains", "people sign in with example.com and example.net", "domains", "example.com example.net", ""},
		{with("version", "X15.5", "nodes", "expe1.example.com", "topology", "single"), "domains", "sorry, the host is expe2.example.com", "nodes", "expe2.example.com", ""},
		{with("version", "X15.5", "nodes", "expe1.example.com", "topology", "single", "domains", "example.com"), "", "also add the domain example.net", "domains", "example.com example.net", ""},
		{with("version", "X15.5", "nodes", "expe1.example.com", "topology", "single", "domains", "example.com"), "", "also add example.net", "domains", "example.com example.net", ""},
		{with("version", "X15.5", "nodes", "expe1.example.com", "topology", "cluster", "cluster_fqdn", "expe.example.com", "domains", "example.com"), "", "forgot expe2.example.com", "nodes", "expe1.example.com expe2.example.com", ""},
		{with("version", "X15.5", "nodes", "expe1.example.com expe2.example.com", "topology", "cluster", "cluster_fqdn", "expe.example.com", "domains", "example.com"), "", "sorry, the second is expe3.example.com", "nodes", "expe1.example.com expe3.example.com", ""},
		{with("version", "X15.5", "nodes", "expe1.example.com expe2.example.com", "topology", "cluster", "cluster_fqdn", "expe.example.com", "domains", "example.com"), "", "不对，第二台是 edge2.example.net", "nodes", "expe1.example.com edge2.example.net", ""},
		{with("version", "X15.5", "nodes", "expe1.example.com sub.example.com", "topology", "cluster", "cluster_fqdn", "expe.example.com", "domains", "example.com"), "", "oops, it is sub2.example.com", "nodes", "expe1.example.com sub2.example.com", ""},
		{with("version", "X15.5", "nodes", "expe1.example.com", "topology", "single", "domains", "example.com"), "", "RSA 4096 please", "key", "rsa-4096", ""},
		{with("version", "X15.5", "nodes", "expe1.example.com", "topology", "single", "domains", "example.com"), "", "looks good", "", "", "form.problem.press_send"},
		{with("version", "X15.5", "nodes", "expe1.example.com", "topology", "single", "domains", "example.com"), "", "nice weather today", "", "", "form.problem.not_understood"},
	} {
		t.Run(c.asked+" "+c.text, func(t *testing.T) {
			start, err := b.Intake.Start(ctx, intake.Started{By: workbench.Ella, Lang: "en", Answers: c.before})
			workbench.Must(t, err)
			if start.Field != c.asked {
				t.Fatalf("asked is %q, want %q", start.Field, c.asked)
			}
			got, err := b.Intake.Reply(ctx, intake.Replied{By: workbench.Ella, ID: start.ID, Text: c.text, Label: label})
			workbench.Must(t, err)
			said := ""
			if got.Problem != nil {
				said = got.Problem.Text.Key
			}
			if (c.says == "") != (said == "") || !strings.HasPrefix(said, c.says) {
				t.Errorf("it says %q, want %q", said, c.says)
			}
			if c.key == "" {
				if got.Field != c.asked || len(got.Answers) != len(start.Answers) {
					t.Errorf("asked is %q, answers are %v", got.Field, got.Answers)
				}
			} else if v := strings.Join(got.Answers[c.key], " "); v != c.want {
				t.Errorf("%s is %q, want %q; all: %v", c.key, v, c.want, got.Answers)
			}
		})
	}
}

// TestTakenBackInAThread: a conversation that is dropped in other words than "cancel".
func TestTakenBackInAThread(t *testing.T) {
	b := workbench.New(t)
	ctx := context.Background()
	for _, text := range []string{"cancel", "scrap that request please", "算了", "麻烦撤回这个申请"} {
		c, err := b.Intake.Start(ctx, intake.Started{By: workbench.Ella, Lang: "en", Answers: workflows.Answers{"product": {"cucm"}}})
		workbench.Must(t, err)
		c, err = b.Intake.Reply(ctx, intake.Replied{By: workbench.Ella, ID: c.ID, Text: text, Label: func(_, o string) string { return o }})
		workbench.Must(t, err)
		if c.Phase != workflows.Dropped {
			t.Errorf("%q: %s, asked %q", text, c.Phase, c.Field)
		}
	}
}

package intake_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"countersign/locales"
	"countersign/tests/workbench"
	"countersign/workflows"
	"countersign/workflows/inbox"
	"countersign/workflows/intake"
)

// TestTalk: going back, leaving out, changing and asking while a form is being filled in,
// and when its plan is under review. Nothing that was answered is lost.
func TestTalk(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	label := func(_, o string) string { return o }
	a := workflows.Answers{"product": {"expressway-e"}, "service": {"server"}, "ca": {"private"}}
	c, err := b.Intake.Start(ctx, intake.Started{By: workbench.Ella, Place: workbench.InThread, Lang: "en", Answers: a})
	workbench.Must(t, err)
	says := func(text string) workflows.Conversation {
		t.Helper()
		b.Said(t)
		got, err := b.Intake.Reply(ctx, intake.Replied{By: workbench.Ella, ID: c.ID, Text: text, Label: label})
		workbench.Must(t, err)
		b.SaidIs(t, text, "prompt")
		if kept := b.Conversation(t, c.ID); kept.Field != got.Field || kept.Phase != got.Phase {
			t.Errorf("%q: asked %q, kept %q", text, got.Field, kept.Field)
		}
		return got
	}
	asks := func(text, field, problem string) workflows.Conversation {
		t.Helper()
		got := says(text)
		shown := ""
		if got.Problem != nil {
			shown = got.Problem.Text.Key
		}
		if got.Field != field || shown != problem {
			t.Errorf("%q: asks %q and shows %q, want %q and %q", text, got.Field, shown, field, problem)
		}
		return got
	}
	if c.Field != "version" {
		t.Fatalf("asks %q first", c.Field)
	}
	asks("back", "version", "") // nothing was answered yet
	asks("X15.5", "nodes", "")
	if got := asks("back", "version", ""); got.Answers.First("version") != "X15.5" {
		t.Errorf("what was answered is gone: %v", got.Answers)
	}
	if got := asks("skip", "nodes", ""); got.Answers.First("version") != "" {
		t.Errorf("left out: %v", got.Answers)
	}
	asks("skip", "nodes", "form.problem.required")
	asks("I don't know", "nodes", "form.problem.unsure")
	asks("help", "nodes", "form.problem.no_answer")
	asks("looks good", "nodes", "form.problem.no_answer")
	asks("expe1.example.com", "domains", "")
	asks("not sure", "purpose", "") // it may be left out
	if got := asks("change the ca to public", "purpose", ""); got.Answers.First("ca") != "public" {
		t.Errorf("%v", got.Answers)
	}
	asks("change the ca to moonbase", "ca", "form.problem.not_offered")
	asks("private", "purpose", "")
	asks("change the nodes", "nodes", "")
	asks("expe2.example.com", "purpose", "")
	if got := says("the new edge in Oslo"); got.Phase != workflows.Reviewing || got.Problem != nil {
		t.Fatalf("%s, %+v", got.Phase, got.Problem)
	}
	asks("ok", "", "form.problem.press_send")
	asks("help", "", "form.problem.no_answer")
	asks("skip", "", "form.problem.required")
	if got := asks("change the reason", "purpose", ""); got.Phase != workflows.Asking || got.Answers.First("purpose") != "the new edge in Oslo" {
		t.Errorf("%s %v", got.Phase, got.Answers)
	}
	if got := says("the old edge in Oslo"); got.Phase != workflows.Reviewing || got.Answers.First("purpose") != "the old edge in Oslo" {
		t.Errorf("%s %v", got.Phase, got.Answers)
	}
	_, err = b.Intake.Reply(ctx, intake.Replied{By: workbench.Ella, ID: c.ID, Text: "cancel", Label: label})
	workbench.Must(t, err)
	_, err = b.Intake.Reply(ctx, intake.Replied{By: workbench.Ella, ID: c.ID, Text: "back", Label: label})
	workbench.RefusedWith(t, err, workflows.Conflict, "workflows.refuse.conversation_dropped")
}

// TestReopenAndMove: a question is asked again, and a conversation goes on elsewhere, for
// its owner.
func TestReopenAndMove(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	c, err := b.Intake.Start(ctx, intake.Started{By: workbench.Ella, Lang: "en", Answers: workbench.Portal()})
	workbench.Must(t, err)
	if got := b.Said(t); len(got) > 0 {
		t.Errorf("drawn nowhere: %q", got)
	}
	got, err := b.Intake.Reopen(ctx, "", workbench.Ella, c.ID, "purpose")
	workbench.Must(t, err)
	if got.Phase != workflows.Asking || got.Field != "purpose" || got.Answers.First("purpose") != "Portal" {
		t.Errorf("%s %q %v", got.Phase, got.Field, got.Answers)
	}
	for _, field := range []string{"chat_aliases", "no-such-field"} { // it does not apply, or does not exist
		if got, err = b.Intake.Reopen(ctx, "", workbench.Ella, c.ID, field); err != nil || got.Field != "purpose" {
			t.Errorf("%s: %v, asks %q", field, err, got.Field)
		}
	}
	at := workflows.Place{Channel: "D7"}
	move := func(who workflows.Person, key string, to workflows.Place) {
		body := workflows.Direct{Person: who, Conversation: c.ID, What: inbox.DirectMove}
		workbench.Must(t, b.Inbox.TakeDirect(ctx, workflows.Effect{Key: key}, body, workflows.Message{By: who, Place: to}))
	}
	move(workbench.Ella, "first", at)
	if got = b.Conversation(t, c.ID); got.Place != at {
		t.Errorf("%+v", got.Place)
	}
	b.SaidIs(t, "it is asked there", "prompt")
	for name, who := range map[string]workflows.Person{"somebody else": workbench.Bolin, "another workspace": workbench.Stranger} {
		_, err = b.Intake.Reopen(ctx, "", who, c.ID, "nodes")
		workbench.Wants(t, name, err, workflows.Forbidden)
		move(who, name, workflows.Place{Channel: "D8"})
	}
	if now := b.Conversation(t, c.ID); now.Place != at || now.Field != "purpose" {
		t.Errorf("%+v", now)
	}
}

// TestRememberedDeployments: a deployment fills a form for the whole team, without the
// reason, and without a colleague's word on the environment.
func TestRememberedDeployments(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	a := workbench.Portal()
	a["environment"], a["names"] = []string{"lab"}, []string{"www.example.org"}
	b.Submitted(t, workbench.Ella, a)
	list, err := b.Intake.RememberedFor(ctx, workbench.Bolin)
	workbench.Must(t, err)
	if len(list) != 1 || list[0].Name != "portal.example.org" || list[0].By != workbench.Ella {
		t.Fatalf("%+v", list)
	}
	_, err = b.Intake.RememberedFor(ctx, workbench.Stranger)
	workbench.Wants(t, "another workspace", err, workflows.Forbidden)
	for _, who := range []workflows.Person{workbench.Ella, workbench.Bolin} {
		c, err := b.Intake.Start(ctx, intake.Started{By: who, Lang: "en", Answers: workflows.Answers{"product": {"cucm"}, "purpose": {"mine"}}})
		workbench.Must(t, err)
		c, err = b.Intake.Recall(ctx, "", who, c.ID, "portal.example.org")
		workbench.Must(t, err)
		if !slices.Equal(c.Answers["names"], a["names"]) || c.Answers.First("product") != "generic" || c.Field != "purpose" || c.Answers.Has("purpose") {
			t.Errorf("%s: %v", who, c.Answers)
		}
		if has := c.Answers.First("environment") == "lab"; has != (who == workbench.Ella) {
			t.Errorf("%s: environment %v", who, c.Answers["environment"])
		}
		same, err := b.Intake.Recall(ctx, "", who, c.ID, "gone.example.org")
		workbench.Must(t, err)
		if !slices.Equal(same.Answers["nodes"], c.Answers["nodes"]) {
			t.Errorf("one that is gone: %v", same.Answers)
		}
		_, err = b.Intake.Recall(ctx, "", workbench.Anselm, c.ID, "portal.example.org")
		workbench.Wants(t, "somebody else's form", err, workflows.Forbidden)
	}
}

// TestPostPlan: a plan is posted once where its conversation stands, by its owner; its text
// says what will be made, for whom, and why.
func TestPostPlan(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	a := workflows.Answers{"product": {"expressway-e"}, "service": {"server"}, "version": {"X15.5"}, "nodes": {"expe1.example.com", "expe2.example.com"}, "topology": {"cluster"},
		"cluster_fqdn": {"expe.example.com"}, "domains": {"example.com"}, "ca": {"private"}, "purpose": {"Edge"}}
	c, err := b.Intake.Start(ctx, intake.Started{By: workbench.Ella, Place: workbench.InThread, Lang: "en", Answers: a})
	workbench.Must(t, err)
	b.Said(t)
	workbench.Must(t, b.Intake.PostPlan(ctx, "", workbench.Ella, c.ID))
	workbench.Must(t, b.Intake.PostPlan(ctx, "", workbench.Ella, c.ID)) // the same plan is not posted twice
	if got := b.Queue(t, workflows.Notify); len(got) != 1 || got[0].Kind != workflows.KindPlan || got[0].Conversation != c.ID {
		t.Errorf("queued %+v", got)
	}
	workbench.Wants(t, "somebody else's", b.Intake.PostPlan(ctx, "", workbench.Bolin, c.ID), workflows.Forbidden)
	if got := b.Audited(t, workflows.RequestID(c.ID)); !slices.Contains(got, "plan.post") || !slices.Contains(got, "refuse:plan") {
		t.Errorf("the record has %v", got)
	}
	say := workbench.InEnglish(t)
	plan := b.Intake.PlanOf(c)
	same := func(path string) string { return path }
	words := intake.Words{Say: say, Menu: same, IDs: true}
	text := intake.PlanText(plan, words)
	for _, want := range []string{"1. expressway-e/server  (expe1.example.com", "CN=expe", "DNS   expe.example.com", "use   ", "Signed by: private", say(plan.Runbook[0].Text), plan.Specs[0].Names[0].Source} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in the plan:\n%s", want, text)
		}
	}
	if strings.Contains(text, "workflows.plan.") {
		t.Errorf("a key without words:\n%s", text)
	}
	cat, err := locales.Load()
	workbench.Must(t, err)
	named := cat.With(intake.Labels(b.Catalogue))
	text = intake.PlanText(plan, intake.Words{Menu: same, Say: func(x workflows.Text) string { return named.Text("en", x.Key, x.Args, x.In) }})
	for _, id := range []string{"expressway-", ": private", "rsa 4", "[plan/"} {
		if strings.Contains(text, id) {
			t.Errorf("the id %s in a plan for people:\n%s", id, text)
		}
	}
	a["nodes"] = []string{"expe1"}
	c, err = b.Intake.Start(ctx, intake.Started{By: workbench.Ella, Lang: "en", Answers: a})
	workbench.Must(t, err)
	if text = intake.PlanText(b.Intake.PlanOf(c), words); !strings.Contains(text, "error: ") || !strings.Contains(text, "[names/not-fqdn]") {
		t.Errorf("what is wrong is not said:\n%s", text)
	}
	c, err = b.Intake.Start(ctx, intake.Started{By: workbench.Ella, Lang: "en", Answers: workflows.Answers{"product": {"expressway-e"}}})
	workbench.Must(t, err)
	if plan = b.Intake.PlanOf(c); len(plan.Missing) == 0 {
		t.Fatal("nothing is missing")
	}
	if text = intake.PlanText(plan, words); !strings.Contains(text, say(workflows.Text{Key: "workflows.plan.missing"})+": "+plan.Missing[0]) {
		t.Errorf("what is missing is not said:\n%s", text)
	}
}

package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"countersign/certs"
	"countersign/locales"
	"countersign/slacksim/blockkit"
	"countersign/triage"
	"countersign/workflows"
	"countersign/workflows/intake"
	"countersign/workflows/services"
	"countersign/workflows/support"
)

var update = flag.Bool("update", false, "write the golden files anew")

var day = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)

// hostile is what people write into free fields to make a bot misbehave.
const hostile = "<!channel> <@U1> <http://evil.example|ok> *bold* _it_ `code` & < > \u202e 日本語 " + "``` ignore the above"

type fixture struct {
	cat     *locales.Catalogue
	service *services.Set
	form    workflows.Answers
}

func newFixture(t *testing.T) fixture {
	t.Helper()
	cat, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	profiles, err := certs.Load()
	if err != nil {
		t.Fatal(err)
	}
	kb, err := triage.Load()
	if err != nil {
		t.Fatal(err)
	}
	return fixture{cat: cat.With(intake.Labels(profiles)), service: services.New(&workflows.Kernel{Team: "T1", Catalogue: profiles, Say: cat.Say, Now: func() time.Time { return day }}, services.Ports{Triage: kb}),
		form: workflows.Answers{"product": {"expressway-e"}, "service": {"server"}, "version": {"X15.5"}, "environment": {"production"},
			"nodes": {"expe1.example.com", "expe2.example.com"}, "topology": {"cluster"}, "cluster_fqdn": {"expe.example.com"},
			"features": {"mra"}, "domains": {"example.com"}, "ca": {"public"}, "csr": {"ours"}, "subject.O": {"Example & Sons <Ltd>"}, "purpose": {"New cluster"}}}
}

// origins are answers from everywhere that answers come from.
func origins() map[string]workflows.Origin {
	said := workflows.Origin{Kind: workflows.FromText}
	theirs := workflows.Origin{Kind: workflows.FromRequest, Request: "REQ-3", By: workflows.Person{Team: "T1", ID: "U0ANSELM"}, At: day.Add(-30 * 24 * time.Hour)}
	return map[string]workflows.Origin{"nodes": said, "domains": theirs, "subject.O": theirs, "topology": {Kind: workflows.FromReading}, "service": {Kind: workflows.FromInference},
		"ca": {Kind: workflows.FromModel}, "csr": {Kind: workflows.FromCSR}, "version": {Kind: workflows.FromCase, By: workflows.Person{Team: "T1", ID: "U0ELLA"}, At: day}}
}

// request is one in a state, as the workflows would have made it.
func (f fixture) request(state workflows.State) workflows.Request {
	plan := f.service.Intake.PlanOf(workflows.Conversation{Answers: f.form})
	r := workflows.Request{ID: "REQ-7", Version: 3, State: state, Requester: workflows.Person{Team: "T1", ID: "U0ELLA"}, Lang: "en",
		Deployment: certs.Deployment{Environment: "production", Systems: []certs.System{{Product: "expressway-e", Version: "X15.5", Topology: "cluster"}}},
		Spec:       plan.Specs[0], Steps: plan.Runbook, Trust: plan.Trust, Purpose: "New cluster goes live on Monday", Custody: "embedded", Issuer: "embedded",
		Policy: "production", KeyName: "req-7-x", CSR: []byte("csr"), Created: day, Updated: day, Expires: day.Add(7 * 24 * time.Hour)}
	decide := func(v workflows.Verdict, reason string) {
		r.Decisions = append(r.Decisions, workflows.Decision{Request: r.ID, By: workflows.Person{Team: "T1", ID: "U0ANSELM"}, Verdict: v, Hash: r.Hash(), Reason: reason, At: day})
	}
	switch state {
	case workflows.OnHold:
		decide(workflows.Hold, "Which change is this?")
		r.Questions = []workflows.Question{{By: workflows.Person{Team: "T1", ID: "U0ANSELM"}, Text: hostile, At: day, Answer: "CHG0048213"}}
	case workflows.Rejected:
		decide(workflows.Reject, hostile)
		r.EndedBy = workflows.Person{Team: "T1", ID: "U0ANSELM"}
	case workflows.Approved, workflows.Issuing:
		decide(workflows.Approve, "")
	case workflows.Issued, workflows.Installed, workflows.Superseded, workflows.Revoked:
		decide(workflows.Approve, "")
		r.Cert, r.NotAfter = []byte("cert"), day.Add(199*24*time.Hour)
	case workflows.Failed:
		r.Trouble = workflows.Trouble{Text: certs.T("workflows.trouble.no_issuer", "Issuer", "vault"), Since: day}
	default:
	}
	return r
}

func TestCardsInEveryState(t *testing.T) {
	f := newFixture(t)
	for _, lang := range locales.All {
		s := speaker{cat: f.cat, lang: lang}
		for _, state := range workflows.States {
			golden(t, fmt.Sprintf("approval.%s.%s", state, lang), approvalCard(s, f.request(state), awaited{}))
			golden(t, fmt.Sprintf("requester.%s.%s", state, lang), requesterCard(s, f.request(state)))
		}
	}
}

func TestCardsBesideTheStates(t *testing.T) {
	f := newFixture(t)
	s := speaker{cat: f.cat, lang: "en"}
	making := f.request(workflows.Submitted)
	making.CSR = nil
	golden(t, "requester.making-csr.en", requesterCard(s, making))
	device := making
	device.Spec.OwnCSR = true
	golden(t, "requester.device.en", requesterCard(s, device))
	waits := f.request(workflows.Submitted)
	waits.Trouble = workflows.Trouble{Text: certs.T("workflows.trouble.internal"), Since: day}
	golden(t, "approval.trouble.en", approvalCard(s, waits, awaited{}))
	many := f.request(workflows.Submitted)
	for i := range 300 {
		many.Spec.Names = append(many.Spec.Names, certs.Name{Type: certs.DNS, Value: fmt.Sprintf("host-with-a-long-name-%03d.subdomain.example.com", i), Reason: many.Spec.Names[0].Reason})
	}
	many.Purpose = strings.Repeat(hostile, 60)
	golden(t, "approval.300-names.en", approvalCard(s, many, awaited{}))
	golden(t, "show.en", showView(s, f.request(workflows.Issued)))
}

func TestConversationViews(t *testing.T) {
	f := newFixture(t)
	form := f.service.Intake.Form()
	for _, lang := range locales.All {
		s := speaker{cat: f.cat, lang: lang, to: workflows.Person{Team: "T1", ID: "U0ELLA"}}
		for _, field := range form.Fields {
			a := f.form.Clone()
			a["features"] = []string{"mra", "xmpp-federation"}
			c := workflows.Conversation{ID: "C-1", Person: workflows.Person{Team: "T1", ID: "U0ELLA"}, Phase: workflows.Asking, Answers: a, Field: field.Key, History: []string{"product"}}
			golden(t, "ask."+field.Key+"."+lang, promptView(s, form, c, workflows.Plan{}))
		}
		c := workflows.Conversation{ID: "C-1", Phase: workflows.Reviewing, Answers: f.form, Origins: origins()}
		golden(t, "review."+lang, promptView(s, form, c, f.service.Intake.PlanOf(workflows.Conversation{Answers: f.form})))
		c.Phase, c.Field, c.Problem = workflows.Asking, "nodes", &workflows.Problem{Field: "nodes", Text: certs.T("form.problem.not_offered", "Value", hostile)}
		golden(t, "problem."+lang, promptView(s, form, c, workflows.Plan{}))
		offered := c
		offered.Field, offered.Problem = "subject.C", &workflows.Problem{Field: "subject.C", Text: certs.T("certs.subject.country_near", "Country", "UK", "Near", "GB"), Offers: []string{"GB"}}
		golden(t, "problem.country."+lang, promptView(s, form, offered, workflows.Plan{}))
		box := f.form.Clone()
		box["csr"] = []string{intake.DeviceCSR}
		theirs := workflows.Remembered{Name: "expe.example.com", Product: "expressway-e", By: workflows.Person{Team: "T1", ID: "U0ANSELM"}, Request: "REQ-3", Updated: day}
		mine := workflows.Remembered{Name: "portal.example.org", Product: "generic", By: s.to, Updated: day}
		goldenView(t, "wizard.recall."+lang, wizardView(s, form, workflows.Conversation{ID: "C-1", Phase: workflows.Asking}, intake.StepWhat, workflows.Plan{}, theirs, mine))
		sent := workflows.Conversation{ID: "C-1", Phase: workflows.Sent, Answers: box, Requests: []workflows.RequestID{"REQ-7", "REQ-8"}}
		golden(t, "review.device."+lang, promptView(s, form, workflows.Conversation{ID: "C-1", Phase: workflows.Reviewing, Answers: box}, f.service.Intake.PlanOf(sent)))
		golden(t, "sent.device."+lang, promptView(s, form, sent, f.service.Intake.PlanOf(sent)))
		for _, step := range []string{intake.StepWhat, intake.StepNames, intake.StepWho, ""} {
			goldenView(t, "wizard."+step+"."+lang, wizardView(s, form, c, step, f.service.Intake.PlanOf(workflows.Conversation{Answers: f.form})))
		}
	}
}

func TestOtherViews(t *testing.T) {
	f := newFixture(t)
	for _, lang := range locales.All {
		s := speaker{cat: f.cat, lang: lang}
		for _, v := range []workflows.Verdict{workflows.Reject, workflows.Hold} {
			goldenView(t, "reason."+string(v)+"."+lang, reasonModal(s, v, "REQ-7", "abc"))
		}
		goldenView(t, "ask-requester."+lang, textModal(s, viewAsk, "bot.ask", routing{Request: "REQ-7"}))
		goldenView(t, "answer."+lang, textModal(s, viewAnswer, "bot.answer", routing{Request: "REQ-7"}))
		goldenView(t, "diagnose."+lang, diagnoseModal(s))
		goldenView(t, "done."+lang, doneModal(s, s.say("bot.answer_in_dm")))
		golden(t, "help."+lang, helpView(s))
		for _, event := range []string{"rejected", "on_hold", "issued", "pending", "failed", "trouble", "expired"} {
			r := f.request(workflows.Rejected)
			golden(t, "tell."+event+"."+lang, noticeView(s, []workflows.Request{r}, event, ""))
		}
	}
}

func TestCaseViews(t *testing.T) {
	f := newFixture(t)
	for name, text := range map[string]string{
		"alert48": "SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca:SSL alert number 48 " + hostile,
		"dns":     "curl: (6) Could not resolve host: expe.example.com",
		"vague":   "TLS negotiation failure",
		"unknown": "the coffee machine is on fire",
		"unsure":  "users cannot sign in since the password change on monday",
	} {
		for _, lang := range locales.All {
			s := speaker{cat: f.cat, lang: lang}
			c := workflows.Case{ID: "K-1", Input: text, Ticks: []int{0}, TickedFor: "untrusted-ca"}
			a := f.service.Support.Explain(context.Background(), c)
			sure := 0.9 // the figures are the evaluation's to watch
			if name == "unsure" {
				sure = 0.45
			}
			for i := range a.Findings {
				a.Findings[i].Confidence = sure / float64(i+1)
			}
			golden(t, "case."+name+"."+lang, caseView(s, c, a, support.Beside{}))
		}
	}
}

// What is nearest to something unknown is named, and nothing to act on: no steps, no button
// for a new certificate, no thread that is called after it.
func TestNearest(t *testing.T) {
	f := newFixture(t)
	a := support.TriageAnswer{Verdict: "unknown", Findings: []support.TriageFinding{{Cause: f.service.Support.KB().Cause("expired"), Confidence: 0.4}}}
	for _, lang := range locales.All {
		s := speaker{cat: f.cat, lang: lang}
		m := caseView(s, workflows.Case{ID: "K-1", Input: "the badge does not open the door"}, a, support.Beside{})
		golden(t, "case.nearest."+lang, m)
		raw, err := json.Marshal(m.Blocks)
		if err != nil {
			t.Fatal(err)
		}
		for _, act := range []string{actCaseRemedy, actCaseTick, actCaseHand} {
			if bytes.Contains(raw, []byte(act)) {
				t.Errorf("%s: the card offers %s", lang, act)
			}
		}
		if title := titleOf(s, a); title != "" {
			t.Errorf("%s: the thread is called %q", lang, title)
		}
	}
}

// golden compares a message with its file and holds it against Slack's limits.
func golden(t *testing.T, name string, v any) {
	t.Helper()
	if h, ok := v.(slack.HomeTabViewRequest); ok {
		goldenHome(t, name, h)
		return
	}
	m, ok := v.(message)
	if !ok {
		t.Fatalf("%s: %T is no message", name, v)
	}
	raw := encode(t, map[string]any{"text": m.Text, "blocks": m.Blocks})
	for _, p := range blockkit.CheckMessage(raw) {
		t.Errorf("%s: Slack would refuse it: %v", name, p)
	}
	if m.Text == "" {
		t.Errorf("%s: no text for notifications", name)
	}
	inert(t, name, raw)
	compare(t, name, raw)
}

func goldenView(t *testing.T, name string, v slack.ModalViewRequest) {
	t.Helper()
	raw := encode(t, v)
	for _, p := range blockkit.CheckView(raw) {
		t.Errorf("%s: Slack would refuse it: %v", name, p)
	}
	inert(t, name, raw)
	compare(t, name, raw)
}

func goldenHome(t *testing.T, name string, v slack.HomeTabViewRequest) {
	t.Helper()
	raw := encode(t, v)
	for _, p := range blockkit.CheckHome(raw) {
		t.Errorf("%s: Slack would refuse it: %v", name, p)
	}
	inert(t, name, raw)
	compare(t, name, raw)
}

// unnamed are the plain texts of a view that hold a mention: there, Slack shows it as it is
// written.
func unnamed(v any) (all []string) {
	switch v := v.(type) {
	case map[string]any:
		if text, _ := v["text"].(string); v["type"] == "plain_text" && personMention.MatchString(text) {
			all = append(all, text)
		}
		for _, one := range v {
			all = append(all, unnamed(one)...)
		}
	case []any:
		for _, one := range v {
			all = append(all, unnamed(one)...)
		}
	}
	return all
}

// inert: Slack makes nothing of what a person wrote, and nothing at all that is not
// written as markup.
func inert(t *testing.T, name string, raw []byte) {
	t.Helper()
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	for _, text := range unnamed(v) {
		t.Errorf("%s: an ID of Slack's where a name should stand: %q", name, text)
	}
	for _, l := range liveIn(t, raw) {
		if l.Kind == "unseen" || l.Kind == "link" && strings.Contains(l.Text, "evil") || slices.Contains([]string{"<!channel>", "<@U1>", "*bold*", "_it_"}, l.Text) {
			t.Errorf("%s: what a person wrote is live: %s %q", name, l.Kind, l.Text)
		}
	}
}

func encode(t *testing.T, v any) []byte {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func compare(t *testing.T, name string, got []byte) {
	t.Helper()
	// Every view is checked in every language; files are kept for English, and for what
	// people decide on in all.
	if !strings.HasSuffix(name, ".en") && !strings.HasPrefix(name, "approval.submitted") && !strings.HasPrefix(name, "review") {
		return
	}
	file := filepath.Join("testdata", name+".golden.json")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s has changed; look at it and run with -update", file)
	}
}

package workflows_test

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"testing"

	"countersign/certs"
	"countersign/workflows"
)

// others is a bench on which Ella has one of everything, and somebody tries to get at it.
type others struct {
	*bench
	open, done, held, stray, owed, device workflows.Request
	csr                                   []byte
	chain                                 *x509.Certificate
	returned                              []byte
	form                                  workflows.Conversation
	kase                                  workflows.Case
	ended                                 workflows.Case
	taught                                workflows.Taught
	lesson                                workflows.Teaching
}

func newOthers(t *testing.T) *others {
	t.Helper()
	ctx := context.Background()
	b, _, done := keyBench(t)
	o := &others{bench: b, done: done}
	b.Support = "support"
	b.people.groups["support"] = []workflows.Person{ella, anselm}
	b.looking(t, "*.lab.example.com:8443")
	o.open = b.submitted(t, ella, portal())
	_, err := b.Ask(ctx, "", anselm, o.open.ID, "Which change?")
	must(t, err)
	a := portal()
	a["csr"] = []string{"device"}
	o.device = b.submitted(t, ella, a)
	key, err := certs.GenerateKey(rand.Reader, o.device.Spec.Key)
	must(t, err)
	o.csr, err = certs.CSR(o.device.Spec, key)
	must(t, err)

	ca := newOutsider(t, "Corporate CA")
	o.chain = ca.cert
	o.held = b.waiting(t, ca, portal())
	o.returned = ca.sign(t, o.held, nil)
	_, err = b.give(o.held, ca.sign(t, o.held, nil)) // without its chain
	must(t, err)
	o.owed = b.waiting(t, ca, portal())
	_, err = b.give(o.owed, ca.sign(t, o.owed, nil), ca.cert.Raw)
	must(t, err)
	must(t, b.revoke(anselm, o.owed.ID))
	o.stray = b.waiting(t, ca, portal())
	_, err = b.give(o.stray, ca.sign(t, o.stray, shorter), ca.cert.Raw)
	must(t, err)
	_, err = b.Settle(ctx, workflows.Settled{By: anselm, Request: o.stray.ID, Mark: b.show(t, o.stray.ID).Held.Mark()})
	must(t, err)

	o.form, err = b.Start(ctx, workflows.Started{By: ella, Place: inThread, Lang: "en", Answers: portal()})
	must(t, err)
	o.kase = b.diagnosed(t, ella, "1.1", "TLS negotiation failure on the Expressway")
	o.ended = b.diagnosed(t, ella, "1.2", "certificate has expired")
	_, err = b.Feedback(ctx, "", ella, o.ended.ID, "solved", "")
	must(t, err)
	_, o.lesson = learned(t, b)
	o.taught, err = b.Teach(ctx, o.lesson)
	must(t, err)
	for _, r := range []*workflows.Request{&o.open, &o.done, &o.held, &o.stray, &o.owed, &o.device} {
		*r = b.show(t, r.ID)
	}
	return o
}

// hers is everything of Ella's, as it is kept.
func (o *others) hers(t *testing.T) map[string]string {
	t.Helper()
	ctx := context.Background()
	all := map[string]string{}
	keep := func(name string, v any, err error) error {
		raw, marshalled := json.Marshal(v)
		must(t, marshalled)
		all[name] = string(raw)
		return err
	}
	must(t, o.db.View(ctx, func(rd workflows.Reader) error {
		var errs []error
		for _, id := range []workflows.RequestID{o.open.ID, o.done.ID, o.held.ID, o.stray.ID, o.owed.ID, o.device.ID} {
			r, err := rd.Request(ctx, id)
			errs = append(errs, keep(string(id), []any{r, r.Decisions}, err))
		}
		c, err := rd.Conversation(ctx, o.form.ID)
		errs = append(errs, keep("form", c, err))
		k, err := rd.Case(ctx, o.ended.ID)
		errs = append(errs, keep("outcome", []any{k.Outcome, k.Comment, k.Ended, k.Input, k.Person}, err))
		taught, err := rd.Taught(ctx, o.taught.ID)
		errs = append(errs, keep("taught", taught, err))
		known, err := rd.RememberedList(ctx, "T1", 50)
		return errors.Join(append(errs, keep("remembered", known, err))...)
	}))
	return all
}

const team = workflows.Code("") // anybody of the team may

// tries are the ways in which who may try to get at what is Ella's, by the method of
// Service that they take, with what comes of it for a colleague without any role.
func (o *others) tries(who workflows.Person) map[string]struct {
	code workflows.Code
	do   func() error
} {
	ctx := context.Background()
	type try = struct {
		code workflows.Code
		do   func() error
	}
	no, none := workflows.Forbidden, workflows.NotFound
	label := func(_, option string) string { return option }
	return map[string]try{
		"Admit":         {team, func() error { return o.Admit(who) }},
		"Show":          {team, func() error { _, err := o.Show(ctx, who, o.open.ID); return err }},
		"HomeOf":        {team, func() error { h, err := o.HomeOf(ctx, who); return onlyOwn(who, h, err) }},
		"List":          {team, func() error { list, err := o.List(ctx, who, ""); return onlyOwn(who, workflows.Home{Mine: list}, err) }},
		"RememberedFor": {team, func() error { _, err := o.RememberedFor(ctx, who); return err }},

		"MayDecide": {no, func() error { return o.MayDecide(ctx, who, o.open.ID, workflows.Reject, o.open.Hash()) }},
		"Decide":    {no, func() error { _, err := o.decide(who, o.open, workflows.Approve); return err }},
		"Ask":       {no, func() error { _, err := o.Ask(ctx, "", who, o.open.ID, "why?"); return err }},
		"Answer":    {no, func() error { _, err := o.Answer(ctx, "", who, o.open.ID, "because"); return err }},
		"Cancel":    {no, func() error { _, err := o.Cancel(ctx, "", who, o.open.ID, ""); return err }},
		"GiveUp":    {no, func() error { _, err := o.GiveUp(ctx, "", who, o.held.ID); return err }},
		"Install":   {no, func() error { _, err := o.Install(ctx, "", who, o.done.ID); return err }},
		"Renewable": {no, func() error { _, _, err := o.Renewable(ctx, who, o.done.ID); return err }},
		"Submit": {no, func() error { // to replace what is another's
			return o.db.Update(ctx, "", func(rd workflows.Reader) (workflows.Change, error) {
				return o.Submit(ctx, rd, workflows.Submission{By: who, Deployment: o.done.Deployment, Wanted: []workflows.Spec{o.done.Spec},
					Replaces: &workflows.Replaced{Request: o.done.ID, Profile: o.done.Spec.Profile, For: o.done.Spec.For}}, o.now())
			})
		}},
		"RenewalOf": {no, func() error { _, err := o.RenewalOf(ctx, workflows.Started{By: who}, o.done.ID); return err }},
		"Release":   {no, func() error { _, err := o.Release(ctx, "", who, o.done.ID); return err }},
		"AskForKey": {no, func() error { _, err := o.AskForKey(ctx, "", who, o.done.ID, "lost"); return err }},
		"AllowKey": {no, func() error {
			_, err := o.AllowKey(ctx, workflows.Allowed{By: who, Request: o.done.ID, Allow: true})
			return err
		}},
		"ReportKey": {no, func() error {
			_, err := o.ReportKey(ctx, workflows.Reported{By: who, Request: o.done.ID, Kind: workflows.ReportOpened})
			return err
		}},
		"MayRevoke":   {no, func() error { return orNil(o.MayRevoke(who, o.done)) }},
		"Revoke":      {no, func() error { return o.revoke(who, o.done.ID) }},
		"MayConfirm":  {no, func() error { return orRefused(o.MayConfirm(who, o.owed)) }},
		"RevokedAtCA": {no, func() error { _, err := o.RevokedAtCA(ctx, "", who, o.owed.ID); return err }},
		"StrayRevoked": {no, func() error {
			_, err := o.StrayRevoked(ctx, "", who, o.stray.ID, o.stray.Strays[0].SHA256())
			return err
		}},
		"Settle": {no, func() error {
			_, err := o.Settle(ctx, workflows.Settled{By: who, Request: o.held.ID, Mark: o.held.Held.Mark(), Accept: true})
			return err
		}},
		"GiveCertificate": {no, func() error {
			_, err := o.GiveCertificate(ctx, "", who, workflows.Certificate{Leaf: o.returned, Chain: [][]byte{o.chain.Raw}})
			return err
		}},
		"GiveChain": {none, func() error { _, err := o.GiveChain(ctx, "", who, []*x509.Certificate{o.chain}); return err }},
		"GiveCSR":   {none, func() error { _, err := o.GiveCSR(ctx, "", who, o.device.ID, o.csr); return err }},

		"Conversation": {no, func() error { _, err := o.Conversation(ctx, who, o.form.ID); return err }},
		"Reopen":       {no, func() error { _, err := o.Reopen(ctx, "", who, o.form.ID, "nodes"); return err }},
		"Recall":       {no, func() error { _, err := o.Recall(ctx, "", who, o.form.ID, "portal.example.org"); return err }},
		"PostPlan":     {no, func() error { return o.PostPlan(ctx, "", who, o.form.ID) }},
		"Reply": {no, func() error {
			_, err := o.Reply(ctx, workflows.Replied{By: who, ID: o.form.ID, Text: "cancel", Label: label})
			return err
		}},
		"Page": {no, func() error {
			_, _, err := o.Page(ctx, workflows.Paged{By: who, ID: o.form.ID, Step: workflows.StepWho, Partial: true})
			return err
		}},
		"Take": {no, func() error { _, err := o.Take(ctx, workflows.Taking{By: who, ID: o.form.ID, No: true}); return err }},
		"Send": {no, func() error {
			_, err := o.Send(ctx, workflows.Sending{By: who, ID: o.form.ID, Plan: workflows.PlanHash(o.PlanOf(o.form))})
			return err
		}},

		"MayTeach":   {no, func() error { return o.MayTeach(who) }},
		"LessonFrom": {no, func() error { _, _, err := o.LessonFrom(ctx, who, o.kase.ID); return err }},
		"Teach": {no, func() error {
			l := o.lesson
			l.By, l.Cause = who, "another-cause"
			_, err := o.Teach(ctx, l)
			return err
		}},
		"Review": {no, func() error {
			_, err := o.Review(ctx, workflows.Reviewed{By: who, ID: o.taught.ID, Approve: true})
			return err
		}},

		// A case is the team's: whoever stands beside it may help. How it ended is said by one.
		"Feedback": {workflows.Conflict, func() error { _, err := o.Feedback(ctx, "", who, o.ended.ID, "wrong", ""); return err }},
		"AnswerCase": {team, func() error {
			_, err := o.AnswerCase(ctx, "", who, o.kase.ID, "verify-reason", workflows.Unsure)
			return err
		}},
		"AskAgain": {team, func() error { _, err := o.AskAgain(ctx, "", who, o.kase.ID); return err }},
		"Tick": {team, func() error {
			_, err := o.Tick(ctx, workflows.Ticked{By: who, Case: o.ended.ID, Cause: "expired", Step: 1})
			return err
		}},
		"PostCase": {team, func() error { return o.PostCase(ctx, "", who, o.kase.ID, workflows.PostLong) }},
		"LookFor":  {team, func() error { return o.LookFor(ctx, "", who, o.kase.ID, "edge.lab.example.com:8443") }},
		"Remedy": {team, func() error {
			c, err := o.Remedy(ctx, workflows.Started{By: who, Lang: "en"}, o.kase.ID)
			return orOthers(err, c.Person != who || c.Replaces != nil)
		}},
		// What is somebody's own, whatever stands open for others.
		"Start": {team, func() error {
			c, err := o.Start(ctx, workflows.Started{By: who, Lang: "en", Answers: portal()})
			return orOthers(err, c.Person != who)
		}},
		"Diagnose": {team, func() error {
			c, err := o.Diagnose(ctx, workflows.Pasted{By: who, Lang: "en", Text: "certificate has expired"})
			return orOthers(err, c.Person != who)
		}},
		"Hear": {team, func() error {
			return o.Hear(ctx, workflows.Heard{By: who, Place: inThread, Lang: "en", Text: "cancel", Label: label})
		}},
		"Enter": {team, func() error { return o.Enter(ctx, who, "action") }},
		"HearDirect": {team, func() error {
			_, err := o.HearDirect(ctx, workflows.Heard{Receipt: "direct", By: who, Lang: "en", Text: "certificate has expired"}, workflows.DirectDiagnose)
			return err
		}},
		"TakeDirect": {team, func() error { // a conversation of another is not moved; who it is was asked when it was committed
			body := workflows.Body{Person: who, Conversation: o.form.ID, Event: workflows.DirectMove}
			return o.TakeDirect(ctx, workflows.Effect{ID: 1 << 41, Key: "planted-move-" + who.ID}, body, workflows.Heard{By: who, Place: workflows.Place{Channel: "D666"}})
		}},
		"HearFiles": {team, func() error { return o.HearFiles(ctx, workflows.Heard{By: who, Place: inThread}, []string{"F1"}) }},
		"TakeFiles": {team, func() error {
			e := workflows.Effect{ID: 1 << 40, Key: "planted"}
			if err := o.TakeFiles(ctx, e, workflows.Heard{By: who, Place: inThread}, []workflows.File{{Name: "a.pem", Data: []byte(pemOf("CERTIFICATE", o.returned, o.chain.Raw))}}); workflows.CodeOf(err) != workflows.Conflict {
				return err // else only the planted effect was not there to be ended
			}
			return nil
		}},
	}
}

// onlyOwn: of others there is nothing in who's home.
func onlyOwn(who workflows.Person, h workflows.Home, err error) error {
	return orOthers(err, len(h.Waiting)+len(h.Owed) > 0 || h.Open != nil && h.Open.Person != who ||
		slices.ContainsFunc(h.Mine, func(r workflows.Request) bool { return r.Requester != who }))
}

func orOthers(err error, theirs bool) error {
	if err == nil && theirs {
		return workflows.Refuse("leak", "")
	}
	return err
}

func orNil(no *workflows.Error) error {
	if no == nil {
		return nil
	}
	return no
}

func orRefused(may bool) error {
	if may {
		return nil
	}
	return workflows.Refuse(workflows.Forbidden, "")
}

// TestEveryStepAsksWho: whatever a method of Service does for a person, a colleague without
// a role changes, ends, decides on and reads the key of nothing that is another's, and
// somebody of another workspace gets in nowhere. A method that is added is missed here.
func TestEveryStepAsksWho(t *testing.T) {
	o := newOthers(t)
	eve := workflows.Person{Team: "T1", ID: "U0EVE"}
	o.people.known[eve] = workflows.Profile{Person: eve}
	o.told(t)
	before := o.hers(t)

	table := o.tries(eve)
	person := reflect.TypeFor[workflows.Person]()
	service := reflect.TypeFor[*workflows.Service]()
	methods := 0
	for i := range service.NumMethod() {
		m := service.Method(i)
		takes := false
		for n := 1; n < m.Type.NumIn(); n++ {
			in := m.Type.In(n)
			if in.Kind() == reflect.Struct {
				if f, ok := in.FieldByName("By"); ok && f.Type == person {
					takes = true
				}
			}
			takes = takes || in == person
		}
		if !takes {
			continue
		}
		methods++
		if _, ok := table[m.Name]; !ok {
			t.Errorf("%s takes a person, and nobody has asked who may", m.Name)
		}
	}
	if methods != len(table) {
		t.Errorf("%d methods take a person, %d are tried", methods, len(table))
	}

	for name, try := range o.tries(stranger) {
		want := workflows.Forbidden
		if name == "TakeFiles" || name == "Hear" || name == "TakeDirect" {
			want = team // said to whoever sent them; talk among others is passed over
		}
		wants(t, "another workspace: "+name, try.do(), want)
	}
	for name, try := range table {
		if err := try.do(); workflows.CodeOf(err) != try.code || try.code == team && err != nil {
			t.Errorf("%s: %v, want %q", name, err, try.code)
		}
	}
	for name, after := range o.hers(t) {
		if before[name] != after {
			t.Errorf("%s has changed:\n%s\n%s", name, before[name], after)
		}
	}
	for _, n := range o.queue(t, workflows.Work) {
		if n.Kind == workflows.KindRelease || n.Kind == workflows.KindIssue || n.Kind == workflows.KindRevoke || n.Kind == workflows.KindDestroy {
			t.Errorf("work on what is hers: %+v", n)
		}
	}
	if got := o.audited(t, o.open.ID); !slices.Contains(got, "refuse:approve") || !slices.Contains(got, "refuse:cancel") {
		t.Errorf("the record has %v", got)
	}
}

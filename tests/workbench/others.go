package workbench

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
	"countersign/workflows/intake"
	"countersign/workflows/issuance"
	"countersign/workflows/services"
	"countersign/workflows/support"
)

// others is a bench on which Ella has one of everything, and somebody tries to get at it.
type others struct {
	*Bench
	open, done, held, stray, owed, device workflows.Request
	csr                                   []byte
	group                                 []workflows.Request // one waits for a decision, one has its certificate
	chain                                 *x509.Certificate
	returned                              []byte
	form                                  workflows.Conversation
	kase                                  workflows.Case
	ended                                 workflows.Case
	taught                                workflows.Taught
	lesson                                support.Teaching
}

func newOthers(t *testing.T) *others {
	t.Helper()
	ctx := context.Background()
	b, _, done := KeyBench(t)
	o := &others{Bench: b, done: done}
	b.Support.Group = "support"
	b.People.Groups["support"] = []workflows.Person{Ella, Anselm}
	b.Looking(t, "*.lab.example.com:8443")
	o.open = b.Submitted(t, Ella, Portal())
	_, err := b.Issuance.Ask(ctx, "", Anselm, o.open.ID, "Which change?")
	Must(t, err)
	a := Portal()
	a["csr"] = []string{"device"}
	o.device = b.Submitted(t, Ella, a)
	key, err := certs.GenerateKey(rand.Reader, o.device.Spec.Key)
	Must(t, err)
	o.csr, err = certs.CSR(o.device.Spec, key)
	Must(t, err)

	o.group = b.SubmittedGroup(t, Ella, Cluster())
	_, err = b.Decide(Anselm, o.group[0], workflows.Approve)
	Must(t, err)
	b.Work(t)

	ca := NewOutsider(t, "Corporate CA")
	o.chain = ca.Cert
	o.held = b.Waiting(t, ca, Portal())
	o.returned = ca.Sign(t, o.held, nil)
	_, err = b.Give(o.held, ca.Sign(t, o.held, nil)) // without its chain
	Must(t, err)
	o.owed = b.Waiting(t, ca, Portal())
	_, err = b.Give(o.owed, ca.Sign(t, o.owed, nil), ca.Cert.Raw)
	Must(t, err)
	Must(t, b.Revoke(Anselm, o.owed.ID))
	o.stray = b.Waiting(t, ca, Portal())
	_, err = b.Give(o.stray, ca.Sign(t, o.stray, Shorter), ca.Cert.Raw)
	Must(t, err)
	_, err = b.Issuance.Settle(ctx, issuance.Settled{By: Anselm, Request: o.stray.ID, Mark: b.Show(t, o.stray.ID).Mismatch.Mark()})
	Must(t, err)

	o.form, err = b.Intake.Start(ctx, intake.Started{By: Ella, Place: InThread, Lang: "en", Answers: Portal()})
	Must(t, err)
	o.kase = b.Diagnosed(t, Ella, "1.1", "TLS negotiation failure on the Expressway")
	o.ended = b.Diagnosed(t, Ella, "1.2", "certificate has expired")
	_, err = b.Support.Feedback(ctx, "", Ella, o.ended.ID, "solved", "")
	Must(t, err)
	_, o.lesson = Learned(t, b)
	o.taught, err = b.Lessons.Teach(ctx, o.lesson)
	Must(t, err)
	for _, r := range []*workflows.Request{&o.open, &o.done, &o.held, &o.stray, &o.owed, &o.device} {
		*r = b.Show(t, r.ID)
	}
	o.group = b.Group(t, o.group[0].Group)
	return o
}

// hers is everything of Ella's, as it is kept.
func (o *others) hers(t *testing.T) map[string]string {
	t.Helper()
	ctx := context.Background()
	all := map[string]string{}
	keep := func(name string, v any, err error) error {
		raw, marshalled := json.Marshal(v)
		Must(t, marshalled)
		all[name] = string(raw)
		return err
	}
	Must(t, o.DB.View(ctx, func(rd workflows.Reader) error {
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

// onlyOwn: of others there is nothing in who's home.
func onlyOwn(who workflows.Person, h issuance.Home, err error) error {
	all := slices.Concat(h.Ends, h.Others)
	for _, w := range h.Work {
		all = append(all, w.Requests...)
	}
	return orOthers(err, h.Open != nil && h.Open.Person != who ||
		slices.ContainsFunc(all, func(r workflows.Request) bool { return r.Requester != who }))
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

// AsksWho tries every method of the nouns that of gives, and of what they stand on: whatever
// one does for a person, a colleague without a role changes, ends, decides on and reads the
// key of nothing that is another's, and somebody of another workspace gets in nowhere. A
// method that is added is missed here.
func AsksWho(t *testing.T, of func(*services.Set) []any) {
	t.Helper()
	o := newOthers(t)
	eve := workflows.Person{Team: "T1", ID: "U0EVE"}
	o.People.Known[eve] = workflows.Profile{Person: eve}
	o.Told(t)
	before := o.hers(t)

	all, table, strangers := o.tries(eve), map[string]try{}, map[string]try{}
	for _, noun := range of(o.Set) {
		for _, name := range takePersons(reflect.TypeOf(noun)) {
			if _, ok := all[name]; !ok {
				t.Errorf("%T.%s takes a person, and nobody has asked who may", noun, name)
				continue
			}
			table[name], strangers[name] = all[name], o.tries(Stranger)[name]
		}
	}
	if len(table) == 0 {
		t.Fatal("nothing is tried")
	}

	for name, try := range strangers {
		want := workflows.Forbidden
		if name == "TakeFiles" || name == "Receive" || name == "TakeDirect" || name == "Overhear" {
			want = team // said to whoever sent them; talk among others is passed over, a key in it is warned of
		}
		Wants(t, "another workspace: "+name, try.do(), want)
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
	for _, n := range o.Queue(t, workflows.Work) {
		if n.Kind == workflows.KindRelease || n.Kind == workflows.KindIssue || n.Kind == workflows.KindRevoke || n.Kind == workflows.KindDestroy {
			t.Errorf("work on what is hers: %+v", n)
		}
	}
	if _, asked := table["Decide"]; !asked {
		return
	}
	if got := o.Audited(t, o.open.ID); !slices.Contains(got, "refuse:approve") || !slices.Contains(got, "refuse:cancel") {
		t.Errorf("the record has %v", got)
	}
}

// takePersons names the methods of t's own that take a person.
func takePersons(t reflect.Type) []string {
	inherited := map[string]bool{}
	fields := t
	if fields.Kind() == reflect.Pointer {
		fields = fields.Elem()
	}
	for _, f := range reflect.VisibleFields(fields) {
		for i := 0; f.Anonymous && i < f.Type.NumMethod(); i++ {
			inherited[f.Type.Method(i).Name] = true
		}
	}
	person := reflect.TypeFor[workflows.Person]()
	var names []string
	for i := range t.NumMethod() {
		m := t.Method(i)
		takes := false
		for n := 1; n < m.Type.NumIn(); n++ {
			in := m.Type.In(n)
			if in.Kind() == reflect.Struct {
				f, ok := in.FieldByName("By")
				takes = takes || ok && f.Type == person
			}
			takes = takes || in == person
		}
		if takes && !inherited[m.Name] {
			names = append(names, m.Name)
		}
	}
	return names
}

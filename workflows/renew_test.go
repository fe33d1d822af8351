package workflows_test

import (
	"context"
	"reflect"
	"slices"
	"testing"
	"time"

	"countersign/certs"
	"countersign/workflows"
)

// renewed has who renew old and its approval given; the certificate is issued.
func (b *bench) renewed(t *testing.T, who workflows.Person, old workflows.Request) workflows.Request {
	t.Helper()
	ctx := context.Background()
	c, err := b.RenewalOf(ctx, workflows.Started{By: who, Lang: "en"}, old.ID)
	must(t, err)
	c, err = b.Send(ctx, workflows.Sending{By: who, ID: c.ID, Plan: workflows.PlanHash(b.PlanOf(c))})
	must(t, err)
	b.work(t)
	if len(c.Requests) != 1 {
		t.Fatalf("one certificate was renewed, %d are asked for", len(c.Requests))
	}
	r := b.show(t, c.Requests[0])
	_, err = b.decide(anselm, r, workflows.Approve)
	must(t, err)
	b.work(t)
	return b.show(t, r.ID)
}

// TestRenewalIsTheOwners: nobody else renews, and so ends, somebody's certificate; the
// attempt is recorded (design, invariant 9).
func TestRenewalIsTheOwners(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	eve := workflows.Person{Team: "T1", ID: "U0EVE"}
	b.people.known[eve] = workflows.Profile{Person: eve}
	old := b.issued(t, ella, portal())
	_, err := b.Install(ctx, "", ella, old.ID)
	must(t, err)

	_, err = b.RenewalOf(ctx, workflows.Started{By: eve, Lang: "en"}, old.ID)
	wants(t, "another's renewal", err, workflows.Forbidden)
	_, err = b.RenewalOf(ctx, workflows.Started{By: anselm, Lang: "en"}, old.ID)
	wants(t, "an approver's renewal", err, workflows.Forbidden)
	if !slices.Contains(b.audited(t, old.ID), "refuse:renew") {
		t.Errorf("the attempt is not recorded: %v", b.audited(t, old.ID))
	}

	// What a conversation claims is asked of its person anew when it is sent.
	a := portal()
	a["nodes"] = []string{"eve.example.org"}
	claimed := workflows.Replaced{Request: old.ID, Owner: ella, Profile: "generic/tls-server", For: a["nodes"], Serial: old.Serial(), NotAfter: old.NotAfter}
	c, err := b.Start(ctx, workflows.Started{By: eve, Lang: "en", Answers: a, Replaces: &claimed})
	must(t, err)
	_, err = b.Send(ctx, workflows.Sending{By: eve, ID: c.ID, Plan: workflows.PlanHash(b.PlanOf(c))})
	wants(t, "sent for somebody else's certificate", err, workflows.Forbidden)

	// And when it is installed: nothing that a row says ends what its requester does not own.
	theirs := b.issued(t, eve, a)
	theirs.Renews = old.ID
	must(t, b.db.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) {
		return workflows.Change{Requests: []workflows.Request{theirs}}, nil
	}))
	_, err = b.Install(ctx, "", eve, theirs.ID)
	must(t, err)
	if got := b.show(t, old.ID); got.State != workflows.Installed {
		t.Errorf("another's certificate is %s", got.State)
	}
}

// TestOwnersGroup: where the policy names owners, they renew for each other, and whose
// certificate is superseded is told.
func TestOwnersGroup(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	carl := workflows.Person{Team: "T1", ID: "U0CARL"}
	b.people.known[carl] = workflows.Profile{Person: carl}
	b.people.groups["voice"] = []workflows.Person{carl}
	old := b.issued(t, ella, portal())
	_, err := b.RenewalOf(ctx, workflows.Started{By: carl, Lang: "en"}, old.ID)
	wants(t, "no owners named", err, workflows.Forbidden)
	b.Policies[0].Owners = "voice"
	r := b.renewed(t, carl, old)
	b.told(t)
	_, err = b.Install(ctx, "", carl, r.ID)
	must(t, err)
	if got := b.show(t, old.ID); got.State != workflows.Superseded || got.EndedBy != carl {
		t.Errorf("%s, ended by %s", got.State, got.EndedBy)
	}
	if told := b.told(t); !slices.Contains(told, "tell:superseded") {
		t.Errorf("its requester was not told: %v", told)
	}
	// What no approver was shown to be replaced stays, though its owners could replace it.
	old = b.issued(t, ella, portal())
	unshown := b.issued(t, carl, portal())
	unshown.Renews = old.ID
	must(t, b.db.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) {
		return workflows.Change{Requests: []workflows.Request{unshown}}, nil
	}))
	_, err = b.Install(ctx, "", carl, unshown.ID)
	must(t, err)
	if got := b.show(t, old.ID); got.State != workflows.Issued {
		t.Errorf("superseded by what said nothing of it: %s", got.State)
	}
	// Who has left the group in the meantime ends nothing any more.
	old = b.issued(t, ella, portal())
	r = b.renewed(t, carl, old)
	b.people.groups["voice"] = nil
	_, err = b.Install(ctx, "", carl, r.ID)
	must(t, err)
	if got := b.show(t, old.ID); got.State != workflows.Issued {
		t.Errorf("%s after its owner left", got.State)
	}
}

// TestRenewalIsShown: what a request replaces is in its hash, with everything that a card
// says of it, and a change of it voids the decision.
func TestRenewalIsShown(t *testing.T) {
	b := newBench(t)
	old := b.issued(t, ella, portal())
	r := b.renewed(t, ella, old)
	p := r.Replaces
	if p == nil || p.Request != old.ID || p.Owner != ella || p.Serial != old.Serial() || !p.NotAfter.Equal(old.NotAfter) ||
		p.Key != old.Spec.Key || !slices.Equal(p.Names, []string{"portal.example.org"}) {
		t.Fatalf("%+v", p)
	}
	bare := r
	bare.Replaces = nil
	if bare.Hash() == r.Hash() {
		t.Error("what is replaced is not in the hash")
	}
	value := reflect.ValueOf(*p)
	for i := range value.NumField() {
		changed := *p
		alter(t, reflect.ValueOf(&changed).Elem().Field(i))
		other := r
		other.Replaces = &changed
		if other.Hash() == r.Hash() {
			t.Errorf("%s is not in the hash", value.Type().Field(i).Name)
		}
	}
}

// TestRenewalIsReadFromTheRequest: what was described of the same node since, be it by
// somebody else, is another matter.
func TestRenewalIsReadFromTheRequest(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	a := portal()
	a["key"], a["subject.O"] = []string{"ecdsa-256"}, []string{"Example Ltd"}
	old := b.issued(t, ella, a)
	later := portal()
	later["service"], later["environment"], later["ca"] = []string{"tls-client"}, []string{"lab"}, []string{"public"}
	b.submitted(t, anselm, later)
	c, err := b.RenewalOf(ctx, workflows.Started{By: ella, Lang: "en"}, old.ID)
	must(t, err)
	if c.Phase != workflows.Reviewing {
		t.Errorf("a renewal asks for %q", c.Field)
	}
	specs := b.PlanOf(c).Specs
	if len(specs) != 1 || specs[0].Profile != "generic/tls-server" || specs[0].CA != "private" || specs[0].Key != old.Spec.Key ||
		specs[0].Subject != old.Spec.Subject || c.Answers.First("environment") != "production" || c.Answers.First("purpose") != "Portal" {
		t.Errorf("%+v %v", specs, c.Answers)
	}
	// "The same as" is a pattern of the same kind.
	must(t, b.Hear(ctx, workflows.Heard{By: anselm, Place: workflows.Place{Channel: "D1"}, Direct: true, Lang: "en", Text: "same as " + string(old.ID) + " please, for shop.example.org"}))
	var like workflows.Conversation
	must(t, b.db.View(ctx, func(rd workflows.Reader) (err error) {
		like, err = rd.ConversationAt(ctx, anselm, workflows.Place{Channel: "D1"})
		return err
	}))
	if like.Answers.First("service") != "tls-server" || like.Answers.First("ca") != "private" || like.Replaces != nil {
		t.Errorf("%v %+v", like.Answers, like.Replaces)
	}
}

// TestRenewalOfOne: of a deployment with several certificates only the one is asked for
// again, and only that is replaced.
func TestRenewalOfOne(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	c, err := b.Start(ctx, workflows.Started{By: ella, Lang: "en", Answers: workflows.Answers{"product": {"expressway-e"}, "environment": {"production"},
		"version": {"X15.5"}, "nodes": {"expe1.example.org", "expe2.example.org"}, "topology": {"cluster"}, "cluster_fqdn": {"expe.example.org"}, "features": {"mra"},
		"domains": {"example.org"}, "ca": {"private"}, "csr": {"ours"}, "purpose": {"MRA"}}})
	must(t, err)
	c, err = b.Send(ctx, workflows.Sending{By: ella, ID: c.ID, Plan: workflows.PlanHash(b.PlanOf(c))})
	must(t, err)
	b.work(t)
	if len(c.Requests) < 2 {
		t.Fatalf("%v", c.Requests)
	}
	second := b.show(t, c.Requests[1])
	_, err = b.decide(anselm, second, workflows.Approve)
	must(t, err)
	b.work(t)
	second = b.show(t, second.ID)
	r := b.renewed(t, ella, second)
	if !slices.Equal(r.Spec.For, second.Spec.For) || r.Replaces == nil || r.Replaces.Request != second.ID {
		t.Errorf("%v %+v", r.Spec.For, r.Replaces)
	}
}

// TestRenewalThatNoLongerFits: with another node there is nothing that it could replace.
func TestRenewalThatNoLongerFits(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	old := b.issued(t, ella, portal())
	c, err := b.RenewalOf(ctx, workflows.Started{By: ella, Lang: "en"}, old.ID)
	must(t, err)
	c, err = b.Reply(ctx, workflows.Replied{By: ella, ID: c.ID, Field: "nodes", Values: []string{"other.example.org"}})
	must(t, err)
	c, err = b.Send(ctx, workflows.Sending{By: ella, ID: c.ID, Plan: workflows.PlanHash(b.PlanOf(c))})
	must(t, err)
	if r := b.show(t, c.Requests[0]); r.Replaces != nil {
		t.Errorf("%+v", r.Replaces)
	}
}

// TestRenewalFits: what stands elsewhere, or serves something else, is replaced by nothing.
func TestRenewalFits(t *testing.T) {
	old := workflows.Replaced{Profile: "expressway-e/server", For: []string{"expe1.example.org"}, CommonName: "expe.example.org"}
	for name, c := range map[string]struct {
		spec certs.Spec
		fits bool
	}{
		"the same":           {certs.Spec{Profile: "expressway-e/server", For: []string{"expe1.example.org"}}, true},
		"shared from now on": {certs.Spec{Profile: "expressway-e/server", For: []string{"expe2.example.org", "expe1.example.org"}}, true},
		"another service":    {certs.Spec{Profile: "expressway-e/client", For: []string{"expe1.example.org"}}, false},
		"another node":       {certs.Spec{Profile: "expressway-e/server", For: []string{"expe2.example.org"}, CommonName: "expe.example.org"}, false},
	} {
		if old.Fits(c.spec) != c.fits {
			t.Errorf("%s: %v", name, !c.fits)
		}
	}
}

// TestRenewalOfWhatIsOver: somebody else was faster; nothing is sent that says it replaces.
func TestRenewalOfWhatIsOver(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	old := b.issued(t, ella, portal())
	c, err := b.RenewalOf(ctx, workflows.Started{By: ella, Lang: "en"}, old.ID)
	must(t, err)
	must(t, b.revoke(anselm, old.ID))
	b.work(t)
	_, err = b.Send(ctx, workflows.Sending{By: ella, ID: c.ID, Plan: workflows.PlanHash(b.PlanOf(c))})
	wants(t, "revoked meanwhile", err, workflows.Conflict)
	again, err := b.RenewalOf(ctx, workflows.Started{By: ella, Lang: "en"}, old.ID)
	must(t, err)
	if again.Replaces != nil || again.Phase != workflows.Reviewing {
		t.Errorf("asked for again: %+v %s %s", again.Replaces, again.Phase, again.Field)
	}
}

// alter changes a value to another one, at any depth.
func alter(t *testing.T, v reflect.Value) {
	t.Helper()
	if at, ok := v.Interface().(time.Time); ok {
		v.Set(reflect.ValueOf(at.Add(time.Hour)))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(v.String() + "x")
	case reflect.Int, reflect.Int64:
		v.SetInt(v.Int() + 1)
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Struct:
		alter(t, v.Field(0))
	case reflect.Slice:
		v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
	case reflect.Map:
		grown := reflect.MakeMap(v.Type())
		grown.SetMapIndex(reflect.ValueOf("x").Convert(v.Type().Key()), reflect.Zero(v.Type().Elem()))
		v.Set(grown)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
	default:
		t.Fatalf("no way to alter a %s", v.Kind())
	}
}

package intake_test

import (
	"context"
	"slices"
	"testing"

	"countersign/certs"
	"countersign/tests/workbench"
	"countersign/workflows"
	"countersign/workflows/form"
	"countersign/workflows/intake"
)

// asked are the fields that a person is asked under answers.
func asked(f form.Form, a form.Answers) (keys []string) {
	for _, field := range f.Visible(a, "") {
		keys = append(keys, field.Key)
	}
	return keys
}

// TestFormAsksWhatApplies: no field that no chosen certificate depends on.
func TestFormAsksWhatApplies(t *testing.T) {
	b := workbench.New(t)
	f := b.Intake.Form()
	for name, c := range map[string]struct {
		a    form.Answers
		has  []string
		not  []string
		keys []string // that are offered
	}{
		"nothing yet":       {form.Answers{}, []string{"product", "nodes", "ca", "csr"}, []string{"service", "version", "cluster_fqdn", "domains"}, nil},
		"box with own key":  {form.Answers{"product": {"cucm"}, "service": {"tomcat"}}, []string{"ca", "version"}, []string{"csr", "domains", "cluster_fqdn"}, []string{"rsa-2048", "rsa-3072", "rsa-4096"}},
		"its ECDSA":         {form.Answers{"product": {"cucm"}, "service": {"tomcat-ecdsa"}}, []string{"ca"}, []string{"csr"}, []string{"ecdsa-256", "ecdsa-384", "ecdsa-521"}},
		"its own CA":        {form.Answers{"product": {"cucm"}, "service": {"capf"}}, []string{"nodes"}, []string{"ca", "csr"}, nil},
		"no domains":        {form.Answers{"product": {"imp"}, "service": {"tomcat"}}, []string{"version"}, []string{"domains", "chat_aliases"}, nil},
		"domains":           {form.Answers{"product": {"imp"}, "service": {"cup-xmpp-s2s"}}, []string{"domains"}, []string{"csr"}, nil},
		"federation":        {form.Answers{"product": {"expressway-c"}, "service": {"server"}, "features": {"xmpp-federation"}}, []string{"chat_aliases", "csr"}, []string{"phone_profiles", "domains"}, nil},
		"one node":          {form.Answers{"product": {"expressway-e"}, "nodes": {"e.example.com"}, "topology": {"single"}}, []string{"nodes", "domains"}, []string{"cluster_fqdn"}, nil},
		"cluster":           {form.Answers{"product": {"expressway-e"}, "service": {"server"}, "topology": {"cluster"}}, []string{"cluster_fqdn"}, nil, nil},
		"no city on CMS":    {form.Answers{"product": {"cms"}, "service": {"webadmin"}, "csr": {"device"}}, []string{"subject.O"}, []string{"subject.L", "domains"}, nil},
		"city of CMS":       {form.Answers{"product": {"cms"}, "service": {"webadmin"}}, []string{"subject.L"}, []string{"features"}, nil},
		"database signs":    {form.Answers{"product": {"cms"}, "service": {"dbserver"}}, nil, []string{"ca", "csr"}, nil},
		"what it needs too": {form.Answers{"product": {"cms"}, "service": {"dbclient", "webadmin"}}, []string{"ca", "csr"}, nil, nil},
	} {
		got := asked(f, c.a)
		for _, key := range c.has {
			if !slices.Contains(got, key) {
				t.Errorf("%s: %s is not asked: %v", name, key, got)
			}
		}
		for _, key := range c.not {
			if slices.Contains(got, key) {
				t.Errorf("%s: %s is asked", name, key)
			}
		}
		if field, _ := f.Field("key"); c.keys != nil && !slices.Equal(f.Choices(field, c.a), c.keys) {
			t.Errorf("%s: keys %v", name, f.Choices(field, c.a))
		}
	}
}

// TestEveryProductCanBeAsked: whoever answers what is asked, and nothing else, comes to a plan
// that lacks nothing, for each service of each product.
func TestEveryProductCanBeAsked(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	f := b.Intake.Form()
	answers := map[string][]string{"nodes": {"n1.example.com", "n2.example.com"}, "topology": {"cluster"}, "cluster_fqdn": {"n.example.com"}, "domains": {"example.com"},
		"ca": {"private"}, "purpose": {"New"}, "version": {}, "chat_aliases": {"chat.example.com"}}
	for _, profile := range b.Catalogue.Profiles() {
		c, err := b.Intake.Start(ctx, intake.Started{By: workbench.Ella, Lang: "en", Answers: workflows.Answers{"product": {profile.Product()}, "service": {profile.Service()}}})
		workbench.Must(t, err)
		for range 20 {
			if c.Phase != workflows.Asking {
				break
			}
			values, known := answers[c.Field]
			if !known || c.Problem != nil {
				t.Fatalf("%s: asks %q, %+v", profile.ID, c.Field, c.Problem)
			}
			if field, _ := f.Field(c.Field); c.Field == "topology" && !slices.Contains(f.Choices(field, c.Answers), "cluster") {
				t.Errorf("%s: a cluster is not offered", profile.ID)
			}
			c, err = b.Intake.Reply(ctx, intake.Replied{By: workbench.Ella, ID: c.ID, Field: c.Field, Values: values})
			workbench.Must(t, err)
		}
		plan := b.Intake.PlanOf(c)
		if c.Phase != workflows.Reviewing || len(plan.Missing) > 0 || len(plan.Errors()) > 0 || len(plan.Specs) == 0 {
			t.Errorf("%s: %s, missing %v, %v", profile.ID, c.Phase, plan.Missing, plan.Errors())
		}
	}
}

// TestOneAuthority: who signs is no question where policies know one kind of CA, and the plan
// goes by it.
func TestOneAuthority(t *testing.T) {
	b := workbench.New(t)
	for i := range b.Policies {
		b.Policies[i].CAs = []certs.CAKind{certs.PrivateCA}
	}
	f := b.Intake.Form()
	a := form.Answers{"product": {"expressway-e"}, "service": {"server"}}
	if slices.Contains(asked(f, a), "ca") {
		t.Error("one kind of CA is asked for")
	}
	a["nodes"], a["domains"] = []string{"e.example.com"}, []string{"example.com"}
	c, err := b.Intake.Start(context.Background(), intake.Started{By: workbench.Ella, Lang: "en", Answers: a})
	workbench.Must(t, err)
	if c.Answers.First("ca") != "private" || c.Origins["ca"].Kind != workflows.FromInference || b.Intake.PlanOf(c).Specs[0].CA != certs.PrivateCA {
		t.Errorf("%v, %v", c.Answers, c.Origins)
	}
	said, err := b.Intake.Start(context.Background(), intake.Started{By: workbench.Ella, Lang: "en", Place: workbench.InThread, Text: "TLS server certificate for portal.example.org, public CA"})
	workbench.Must(t, err)
	if said.Field != "ca" || said.Problem == nil || said.Problem.Text.Key != "form.problem.no_authority.public" || !slices.Contains(asked(f, said.Answers), "ca") {
		t.Errorf("a public CA was asked for: asks %q, %+v", said.Field, said.Problem)
	}
	c, err = b.Intake.Reply(context.Background(), intake.Replied{By: workbench.Ella, ID: c.ID, Field: "product", Values: []string{"cucm"}})
	workbench.Must(t, err)
	if c.Answers.First("csr") != intake.DeviceCSR || c.Answers.Has("service") {
		t.Errorf("as a CUCM: %v", c.Answers)
	}
	c, err = b.Intake.Reply(context.Background(), intake.Replied{By: workbench.Ella, ID: c.ID, Field: "product", Values: []string{"expressway-e"}})
	workbench.Must(t, err)
	if c.Answers.First("csr") != "" || c.Answers.First("service") != "server" {
		t.Errorf("as an Expressway again: %v", c.Answers)
	}
}

// TestPageSaysAllThatIsWrong: every field and every name of a page, at once.
func TestPageSaysAllThatIsWrong(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	c, err := b.Intake.Start(ctx, intake.Started{By: workbench.Ella, Lang: "en", Answers: workflows.Answers{"product": {"expressway-e"}, "service": {"server"}, "topology": {"cluster"}}})
	workbench.Must(t, err)
	page := func(step string, values workflows.Answers) []string {
		t.Helper()
		_, problems, err := b.Intake.Page(ctx, intake.Paged{By: workbench.Ella, ID: c.ID, Step: step, Values: values})
		workbench.Must(t, err)
		var got []string
		for _, p := range problems {
			got = append(got, p.Field+" "+p.Text.Key)
		}
		slices.Sort(got)
		return got
	}
	for name, x := range map[string]struct {
		step   string
		values workflows.Answers
		want   []string
	}{
		"names": {intake.StepNames, workflows.Answers{"nodes": {"a_1.example.com\nb_2.example.com"}, "cluster_fqdn": {""}, "domains": {"exa mple.com, x_y.com"}, "names": {"-a.example.com"}},
			[]string{"cluster_fqdn form.problem.required", "domains certs.name.underscore", "names certs.name.hyphen", "nodes certs.name.underscore", "nodes certs.name.underscore"}},
		"without nodes": {intake.StepNames, workflows.Answers{"nodes": {""}, "cluster_fqdn": {"c_d.example.com"}, "domains": {"x_y.com"}},
			[]string{"cluster_fqdn certs.name.underscore", "domains certs.name.underscore", "nodes form.problem.required"}},
		"who": {intake.StepWho, workflows.Answers{"ca": {"private"}, "subject.C": {"UK"}, "subject.O": {"a\u200bb"}, "purpose": {""}},
			[]string{"purpose form.problem.required", "subject.C certs.subject.country_near", "subject.O certs.subject.hidden"}},
	} {
		if got := page(x.step, x.values); !slices.Equal(got, x.want) {
			t.Errorf("%s: %q, want %q", name, got, x.want)
		}
	}
}

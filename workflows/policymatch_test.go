package workflows_test

import (
	"context"
	"testing"

	"countersign/certs"
	"countersign/tests/workbench"
	"countersign/workflows"
	"countersign/workflows/intake"
	"countersign/workflows/services"
	"countersign/workflows/support"
)

// TestPolicyByNames: a word about the environment gets nobody past a policy that names its
// hosts, and the strictest of all names holds.
func TestPolicyByNames(t *testing.T) {
	s := services.New(&workflows.Kernel{Policies: []workflows.Policy{
		{Name: "crown", Names: []string{"vpn.example.com", "10.1.*", "sip:*@example.com"}},
		{Name: "production", Names: []string{"*.example.com", "example.com"}},
		{Name: "lab", Names: []string{"*.lab.test"}, Environments: []string{"lab"}},
	}}, services.Ports{})
	for name, c := range map[string]struct {
		names []string
		env   string
		want  string // "": none
	}{
		"a production host said to be lab": {[]string{"portal.example.com"}, "lab", "production"},
		"hidden behind a lab name":         {[]string{"a.lab.test", "b.lab.test", "Portal.Example.com"}, "lab", "production"},
		"the strictest of three":           {[]string{"a.lab.test", "portal.example.com", "vpn.example.com"}, "lab", "crown"},
		"the strictest first":              {[]string{"vpn.example.com", "a.lab.test"}, "lab", "crown"},
		"a wildcard that covers it":        {[]string{"*.example.com"}, "production", "crown"},
		"an address":                       {[]string{"a.lab.test", "10.1.2.3"}, "lab", "crown"},
		"a URI with a slash":               {[]string{"sip:a/b@example.com"}, "lab", "crown"},
		"lab":                              {[]string{"a.lab.test"}, "lab", "lab"},
		"lab said to be production":        {[]string{"a.lab.test"}, "production", ""},
		"a name that nobody answers for":   {[]string{"a.lab.test", "elsewhere.org"}, "lab", ""},
	} {
		spec := certs.Spec{Profile: "generic/tls-server", CommonName: c.names[0]}
		for _, n := range c.names[1:] {
			spec.Names = append(spec.Names, certs.Name{Type: certs.DNS, Value: n})
		}
		got, ok := s.PolicyFor(spec, c.env)
		if got.Name != c.want || ok != (c.want != "") {
			t.Errorf("%s: policy %q, want %q", name, got.Name, c.want)
		}
		// The name may stand anywhere: as the common name, among the names, as the node.
		spec.CommonName, spec.For = "", c.names[:1]
		if got, _ := s.PolicyFor(spec, c.env); got.Name != c.want {
			t.Errorf("%s, as a node: policy %q, want %q", name, got.Name, c.want)
		}
	}
	if _, ok := s.PolicyFor(certs.Spec{Profile: "generic/tls-server"}, "lab"); ok {
		t.Error("a certificate without any name has a policy")
	}
}

// TestEnvironmentOfAPattern: neither "the same as" somebody else's request nor the button
// of somebody else's case brings along what they said of the environment.
func TestEnvironmentOfAPattern(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	lab := workbench.Portal()
	lab["environment"] = []string{"lab"}
	r := b.Submitted(t, workbench.Ella, lab)
	for who, want := range map[workflows.Person]string{workbench.Bolin: "", workbench.Ella: "lab"} {
		place := workflows.Place{Channel: "D" + who.ID}
		workbench.Must(t, b.Inbox.Receive(ctx, workflows.Message{By: who, Place: place, Direct: true, Lang: "en", Text: "I need the same certificate as " + string(r.ID) + " for web3.example.org"}))
		var c workflows.Conversation
		workbench.Must(t, b.DB.View(ctx, func(rd workflows.Reader) (err error) { c, err = rd.ConversationAt(ctx, who, place); return err }))
		if got := c.Answers.First("environment"); got != want {
			t.Errorf("%s: environment %q, want %q", who, got, want)
		}
	}
	k, err := b.Support.Diagnose(ctx, support.Pasted{By: workbench.Ella, Place: workflows.Place{Channel: "C1", Thread: "1.1"}, Lang: "en", Text: "nginx on portal.example.org in our lab: certificate has expired"})
	workbench.Must(t, err)
	for who, want := range map[workflows.Person]string{workbench.Bolin: "", workbench.Ella: "lab"} {
		c, err := b.Inbox.Remedy(ctx, intake.Started{By: who, Lang: "en"}, k.ID)
		workbench.Must(t, err)
		if got := c.Answers.First("environment"); got != want {
			t.Errorf("%s, from a case: environment %q, want %q", who, got, want)
		}
	}
}

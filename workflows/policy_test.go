package workflows_test

import (
	"context"
	"testing"

	"countersign/certs"
	"countersign/workflows"
)

// TestPolicyByNames: a word about the environment gets nobody past a policy that names its
// hosts, and the strictest of all names holds.
func TestPolicyByNames(t *testing.T) {
	s := workflows.Service{Policies: []workflows.Policy{
		{Name: "crown", Names: []string{"vpn.example.com", "10.1.*", "sip:*@example.com"}},
		{Name: "production", Names: []string{"*.example.com", "example.com"}},
		{Name: "lab", Names: []string{"*.lab.test"}, Environments: []string{"lab"}},
	}}
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

// TestEnvironmentIsNoColleaguesWord: what somebody else said of a node does not choose
// the policy of one's own request.
func TestEnvironmentIsNoColleaguesWord(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	lab := portal()
	lab["environment"] = []string{"lab"}
	b.submitted(t, anselm, lab)
	said := workflows.Started{By: ella, Lang: "en", Place: workflows.Place{Channel: "D1"}, Text: "Please make a TLS certificate for portal.example.org"}
	c, err := b.Start(ctx, said)
	must(t, err)
	if got := c.Answers.First("environment"); got == "lab" {
		t.Error("a colleague's environment was taken over from the text")
	}
	if c.Answers.First("service") != "tls-server" {
		t.Errorf("nothing else was remembered: %v", c.Answers)
	}
	c, err = b.Recall(ctx, "", ella, c.ID, "portal.example.org")
	must(t, err)
	if got := c.Answers.First("environment"); got == "lab" {
		t.Error("a colleague's environment was recalled")
	}
	own, err := b.Start(ctx, workflows.Started{By: anselm, Lang: "en", Place: workflows.Place{Channel: "D2"}, Text: said.Text})
	must(t, err)
	if own.Answers.First("environment") != "lab" {
		t.Errorf("one's own word is forgotten: %v", own.Answers)
	}
}

// TestEnvironmentOfAPattern: neither "the same as" somebody else's request nor the button
// of somebody else's case brings along what they said of the environment.
func TestEnvironmentOfAPattern(t *testing.T) {
	ctx := context.Background()
	b := newBench(t)
	lab := portal()
	lab["environment"] = []string{"lab"}
	r := b.submitted(t, ella, lab)
	for who, want := range map[workflows.Person]string{bolin: "", ella: "lab"} {
		place := workflows.Place{Channel: "D" + who.ID}
		must(t, b.Hear(ctx, workflows.Heard{By: who, Place: place, Direct: true, Lang: "en", Text: "I need the same certificate as " + string(r.ID) + " for web3.example.org"}))
		var c workflows.Conversation
		must(t, b.db.View(ctx, func(rd workflows.Reader) (err error) { c, err = rd.ConversationAt(ctx, who, place); return err }))
		if got := c.Answers.First("environment"); got != want {
			t.Errorf("%s: environment %q, want %q", who, got, want)
		}
	}
	k, err := b.Diagnose(ctx, workflows.Pasted{By: ella, Place: workflows.Place{Channel: "C1", Thread: "1.1"}, Lang: "en", Text: "nginx on portal.example.org in our lab: certificate has expired"})
	must(t, err)
	for who, want := range map[workflows.Person]string{bolin: "", ella: "lab"} {
		c, err := b.Remedy(ctx, workflows.Started{By: who, Lang: "en"}, k.ID)
		must(t, err)
		if got := c.Answers.First("environment"); got != want {
			t.Errorf("%s, from a case: environment %q, want %q", who, got, want)
		}
	}
}

package workflows_test

import (
	"context"
	"testing"

	"countersign/tests/workbench"
	"countersign/workflows"
	"countersign/workflows/intake"
)

// TestWildcardAndPatternMeet: a wildcard is meant by every pattern that has a name in common with it, not only by those
// that are a name or contain it.
func TestWildcardAndPatternMeet(t *testing.T) {
	for _, c := range []struct{ pattern, name string }{
		{"vpn.example.com", "*.example.com"}, {"vpn?.example.com", "*.example.com"}, {"*bank*", "*.example.com"}, {"bank.*", "*.example.com"},
		{"vpn.example.*", "*.example.com"}, {"pay-*.com", "*.example.com"}, {"vpn[0-9].*", "*.example.com"}, {"*-prod.example.*", "*.example.com"}, {"*.example.???", "*.example.com"},
	} {
		b := workbench.New(t)
		strict := b.Policies[0]
		strict.Name, strict.Names = "strict", []string{c.pattern}
		b.Policies = []workflows.Policy{strict, b.Policies[0]}
		a := workbench.Portal()
		a["names"] = []string{c.name}
		conv, err := b.Intake.Start(context.Background(), intake.Started{By: workbench.Ella, Lang: "en", Answers: a})
		workbench.Must(t, err)
		plan := b.Intake.PlanOf(conv)
		if p, _ := b.PolicyFor(plan.Specs[0], "production"); p.Name != "strict" {
			t.Errorf("%s, which is valid for a name that %s means, goes by policy %q", c.name, c.pattern, p.Name)
		}
	}
}

// TestStrictNamesInOtherForms: a strict policy for a host is not left by naming it in another form: a URI with a path or
// port.
func TestStrictNamesInOtherForms(t *testing.T) {
	b := workbench.New(t)
	base := b.Policies[0]
	strict := base
	strict.Name, strict.Names = "strict", []string{"*.bank.example.com"}
	b.Policies = []workflows.Policy{strict, base}
	for _, n := range []string{"vpn.bank.example.com", "sip:7001@vpn.bank.example.com", "ops@vpn.bank.example.com", "URI:https://vpn.bank.example.com", "URI:https://vpn.bank.example.com/", "URI:https://vpn.bank.example.com:443", "URI:spiffe://a.bank.example.com/ns/x"} {
		a := workbench.Portal()
		a["names"] = []string{n}
		c, err := b.Intake.Start(context.Background(), intake.Started{By: workbench.Ella, Lang: "en", Answers: a})
		workbench.Must(t, err)
		plan := b.Intake.PlanOf(c)
		if c.Phase != workflows.Reviewing {
			continue // refused
		}
		if p, _ := b.PolicyFor(plan.Specs[0], "production"); p.Name != "strict" {
			t.Errorf("%s goes by policy %q", n, p.Name)
		}
	}
}

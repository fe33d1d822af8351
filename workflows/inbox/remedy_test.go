package inbox_test

import (
	"context"
	"crypto/x509"
	"slices"
	"testing"

	"countersign/tests/workbench"
	"countersign/workflows"
	"countersign/workflows/intake"
	"countersign/workflows/support"
)

// TestRemedy: the button of a case renews what its owner has, asks for a certificate like
// it for anybody else, and never touches the one that somebody else has.
func TestRemedy(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	old := b.Issued(t, workbench.Ella, workbench.Portal())
	leaf, err := x509.ParseCertificate(old.Cert)
	workbench.Must(t, err)
	c := b.Diagnosed(t, workbench.Bolin, "1.1", "nginx on portal.example.org says: certificate has expired\n"+string(workbench.PemCerts(leaf)))
	at := workflows.Place{Channel: "C1", Thread: "1.1"}

	mine, err := b.Inbox.Remedy(ctx, intake.Started{Receipt: "click", By: workbench.Ella, Place: at, Lang: "en"}, c.ID)
	workbench.Must(t, err)
	if mine.Replaces == nil || mine.Replaces.Request != old.ID || mine.Phase != workflows.Reviewing || mine.Case != c.ID || mine.Person != workbench.Ella || mine.Place != at ||
		mine.Answers.First("purpose") != "Portal" {
		t.Errorf("the owner's: %+v", mine)
	}
	theirs, err := b.Inbox.Remedy(ctx, intake.Started{By: workbench.Bolin, Place: at, Lang: "en"}, c.ID)
	workbench.Must(t, err)
	if theirs.Replaces != nil || theirs.Phase != workflows.Asking || theirs.Case != c.ID || theirs.Answers.Has("purpose") ||
		!slices.Equal(theirs.Answers["nodes"], []string{"portal.example.org"}) || theirs.Answers.First("product") != "generic" {
		t.Errorf("somebody else's: %+v", theirs)
	}
	k, err := workflows.Read(ctx, b.DB, func(rd workflows.Reader) (workflows.Case, error) { return rd.Case(ctx, c.ID) })
	workbench.Must(t, err)
	if o := theirs.Origins["nodes"]; o != (workflows.Origin{Kind: workflows.FromCase, By: workbench.Bolin, At: k.Created}) {
		t.Errorf("read out of a case: %+v", o)
	}
	b.Policies[0].Owners = "owners"
	b.People.Groups["owners"] = []workflows.Person{workbench.Bolin}
	if theirs, err = b.Inbox.Remedy(ctx, intake.Started{By: workbench.Bolin, Lang: "en"}, c.ID); err != nil || theirs.Replaces == nil || theirs.Replaces.Owner != workbench.Ella {
		t.Errorf("of the owners' group: %v %+v", err, theirs.Replaces)
	}
	if o := theirs.Origins["nodes"]; theirs.Answers.Has("purpose") || o.Kind != workflows.FromRequest || o.Request != old.ID || o.By != workbench.Ella {
		t.Errorf("a renewal of hers by another: %+v, %v", o, theirs.Answers["purpose"])
	}

	_, err = b.Inbox.Remedy(ctx, intake.Started{By: workbench.Stranger, Lang: "en"}, c.ID)
	workbench.Wants(t, "another workspace", err, workflows.Forbidden)
	_, err = b.Inbox.Remedy(ctx, intake.Started{By: workbench.Ella, Lang: "en"}, "K-none")
	workbench.Wants(t, "no such case", err, workflows.NotFound)
	_, err = b.Inbox.Remedy(ctx, intake.Started{Receipt: "click", By: workbench.Ella, Lang: "en"}, c.ID)
	if err != workflows.ErrSeen { //nolint:errorlint // returned as it is
		t.Errorf("a second delivery of the click: %v", err)
	}

	workbench.Must(t, b.Revoke(workbench.Anselm, old.ID))
	b.Work(t)
	mine, err = b.Inbox.Remedy(ctx, intake.Started{By: workbench.Ella, Lang: "en"}, c.ID)
	workbench.Must(t, err)
	if mine.Replaces != nil {
		t.Errorf("what is revoked is renewed: %+v", mine.Replaces)
	}
	if now := b.Show(t, old.ID); now.State == workflows.Superseded || now.EndedBy == workbench.Bolin {
		t.Errorf("%s by %s", now.State, now.EndedBy)
	}
}

// TestRemedyIsFilledIn: what a case says about the certificate that is needed.
func TestRemedyIsFilledIn(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	acme := workbench.NewCA(t, "Acme")
	_, leaf := acme.Leaf("expe1.example.com", "expe.example.com")
	for n, tt := range []struct {
		text    string
		context map[string]string
		product string
		nodes   []string
		names   []string
	}{
		{"certificate has expired\n" + string(workbench.PemCerts(acme.Inter, leaf)), nil, "generic", []string{"expe1.example.com"}, []string{"expe.example.com"}},
		{"certificate has expired\n" + string(workbench.PemCerts(acme.Inter)), nil, "", nil, nil},
		{"certificate has expired", map[string]string{"product": "cms"}, "cms", nil, nil},
		{"CUCM: the tomcat certificate on cucm1.example.com has expired", nil, "cucm", []string{"cucm1.example.com"}, nil},
		{"tvcs: Event=\"Inbound TLS Negotiation Error\" Detail=\"certificate has expired\" on the Expressway-E", nil, "expressway-e", nil, nil},
		{"2026-11-20T09:12:01 expc tvcs: Event=\"Inbound TLS Negotiation Error\" Detail=\"certificate has expired\"", nil, "expressway-c", nil, nil},
		{"2026-11-20T09:12:01 vcs tvcs: Event=\"Inbound TLS Negotiation Error\" Detail=\"certificate has expired\"", nil, "", nil, nil},
		{"the certificate of our box in the cellar has expired", nil, "", nil, nil},
	} {
		k, err := b.Support.Diagnose(ctx, support.Pasted{By: workbench.Ella, Lang: "en", Text: tt.text, Context: tt.context})
		workbench.Must(t, err)
		c, err := b.Inbox.Remedy(ctx, intake.Started{By: workbench.Ella, Lang: "en"}, k.ID)
		workbench.Must(t, err)
		if c.Answers.First("product") != tt.product || !slices.Equal(c.Answers["nodes"], tt.nodes) || !slices.Equal(c.Answers["names"], tt.names) || c.Replaces != nil {
			t.Errorf("%d: product %q, nodes %v, names %v", n, c.Answers.First("product"), c.Answers["nodes"], c.Answers["names"])
		}
	}
}

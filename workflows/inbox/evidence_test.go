package inbox_test

import (
	"context"
	"strings"
	"testing"

	"countersign/tests/workbench"
	"countersign/workflows"
)

// TestFilesAgainstEachOther: what is wrong between files is found, and quoted with
// the file it stands in; what is right is no cause.
func TestFilesAgainstEachOther(t *testing.T) {
	acme, other := workbench.NewCA(t, "Acme"), workbench.NewCA(t, "Other")
	key, leaf := acme.Leaf("expe1.example.com", "expe.example.com")
	wrongKey, _ := acme.Leaf("other.example.com")
	for name, c := range map[string]struct {
		text  string
		files []workflows.File
		cause string // "inspect" when nothing is wrong
		quote []string
	}{
		"fits":        {"", []workflows.File{{Name: "server.key", Data: workbench.PemKey(t, key)}, {Name: "server.pem", Data: workbench.PemCerts(leaf, acme.Inter)}}, "inspect", nil},
		"wrong key":   {"", []workflows.File{{Name: "server.key", Data: workbench.PemKey(t, wrongKey)}, {Name: "server.pem", Data: workbench.PemCerts(leaf)}}, "key-cert-mismatch", []string{"different public keys", "server.pem"}},
		"reversed":    {"", []workflows.File{{Name: "bundle.pem", Data: workbench.PemCerts(acme.Root, acme.Inter, leaf)}}, "wrong-bundle-order", []string{"wrong way round"}},
		"not in list": {"", []workflows.File{{Name: "server.pem", Data: workbench.PemCerts(leaf, acme.Inter)}, {Name: "trust.pem", Data: workbench.PemCerts(other.Root, other.Inter)}}, "untrusted-ca", []string{"Acme Root CA", "not in the trust list"}},
		"no root":     {"", []workflows.File{{Name: "server.pem", Data: workbench.PemCerts(leaf)}, {Name: "trust.pem", Data: workbench.PemCerts(acme.Inter)}}, "root-missing-intermediate-only", []string{"Acme Issuing CA"}},
		"trusted":     {"", []workflows.File{{Name: "server.pem", Data: workbench.PemCerts(leaf, acme.Inter)}, {Name: "trust.pem", Data: workbench.PemCerts(acme.Root)}}, "inspect", nil},
		"name": {"one\ncurl: (60) SSL: no alternative certificate subject name matches target host name 'expe9.example.com'", []workflows.File{{Name: "server.pem", Data: workbench.PemCerts(leaf)}},
			"name-mismatch", []string{"expe9.example.com is not among the names of expe1.example.com"}},
	} {
		t.Run(name, func(t *testing.T) {
			b := workbench.New(t)
			k := b.Sends(t, workbench.Heard(strings.ReplaceAll(name, " ", ""), c.text), c.files...)
			if k.Cause != c.cause {
				t.Fatalf("cause %q, not %q: %+v", k.Cause, c.cause, k.Seen)
			}
			for _, a := range k.Certs {
				if strings.Contains(a.Kind, "KEY") {
					t.Fatal("a private key is kept")
				}
			}
			a := b.Support.Explain(context.Background(), k)
			var all strings.Builder
			for _, f := range a.Findings[:min(1, len(a.Findings))] {
				for _, e := range f.Evidence {
					all.WriteString(e.Source + ": " + e.Text + "\n")
				}
			}
			for _, q := range c.quote {
				if !strings.Contains(all.String(), q) {
					t.Errorf("%q is not in the evidence:\n%s", q, all.String())
				}
			}
			if long := b.Support.LongForm(context.Background(), k, func(x workflows.Text) string { return b.Say("en", x.Key, x.Args) }, func(s string) string { return s }); strings.Contains(long, "PRIVATE KEY") || !strings.Contains(long, "expe1.example.com") {
				t.Errorf("the long form:\n%s", long)
			}
		})
	}
}

// TestLongLog: of a log that is too long to keep, the lines that matter are kept, with
// their numbers.
func TestLongLog(t *testing.T) {
	b := workbench.New(t)
	log := strings.Repeat("2026-11-21T10:00:00 tvcs: all is well\n", 60000) + "2026-11-21T10:00:01 tvcs: Event=\"Outbound TLS Negotiation Error\" Detail=\"certificate has expired\" password=hunter2secret\n"
	k := b.Sends(t, workbench.Heard("long", "why does MRA fail?"), workflows.File{Name: "diagnostic.log", Data: []byte(log)})
	if k.Cause != "expired" || len(k.Input) > 4000 || strings.Contains(k.Input, "hunter2") {
		t.Fatalf("cause %q, %d bytes kept", k.Cause, len(k.Input))
	}
	a := b.Support.Explain(context.Background(), k)
	if e := a.Findings[0].Evidence[0]; e.Source != "diagnostic.log" || e.Line != 60001 {
		t.Errorf("evidence at %s:%d", e.Source, e.Line)
	}
}

// TestHostileFiles are answered, and are never an error that is tried for ever.
func TestHostileFiles(t *testing.T) {
	for name, data := range map[string][]byte{
		"bad.pcap": append([]byte{0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0}, make([]byte, 40)...),
		"bad.zip":  []byte("PK\x03\x04 and then nothing that makes sense"),
		"bad.pem":  []byte("-----BEGIN CERTIFICATE-----\nMIIB%%%%\n-----END CERTIFICATE-----\n"),
		"junk.bin": {0, 1, 2, 3, 255, 254, 9},
		"none.txt": {},
	} {
		t.Run(name, func(t *testing.T) {
			b := workbench.New(t)
			ctx := context.Background()
			in := workbench.Heard(name, "what is this?")
			workbench.Must(t, b.Inbox.ReceiveFiles(ctx, in, []string{"F"}))
			e, _, err := b.DB.Claim(ctx, workflows.Files, 1e9)
			workbench.Must(t, err)
			workbench.Must(t, b.Inbox.TakeFiles(ctx, e, in, []workflows.File{{Name: name, Data: data}}))
			said, _, err := b.DB.Claim(ctx, workflows.Notify, 1e9)
			workbench.Must(t, err)
			if said.Kind == "" {
				t.Error("the person hears nothing")
			}
		})
	}
}

package storage_test

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/x509"
	"database/sql"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3" // whoever can write the file

	"countersign/certs"
	"countersign/storage"
	"countersign/triage"
	"countersign/vault/embedded"
	"countersign/vault/manual"
	"countersign/workflows"
	"countersign/workflows/issuance"
	"countersign/workflows/keyrelease"
	"countersign/workflows/services"
)

// played is what testdata/upgrade has of how its database came about.
type played struct {
	Now          time.Time
	Requests     map[string]workflows.RequestID
	States       map[string]workflows.State
	Conversation string
	Case         string
	Answer, CA   string // of what a CA outside signed for "pending", PEM
	CSR          string // of the box of "device"
}

var (
	ella   = workflows.Person{Team: "T1", ID: "U0ELLA"}
	anselm = workflows.Person{Team: "T1", ID: "U0ANSELM"}
	bolin  = workflows.Person{Team: "T1", ID: "U0BOLIN"}
)

type directory struct{}

func (directory) Profile(p workflows.Person) (workflows.Profile, bool) {
	return workflows.Profile{Person: p}, true
}

func (directory) Members(group string) ([]workflows.Person, bool) {
	return map[string][]workflows.Person{"pki": {anselm, bolin}, "support": {ella, anselm}}[group], true
}

func (d directory) Fresh(_ context.Context, group string, who []workflows.Person) ([]workflows.Person, error) {
	members, _ := d.Members(group)
	return slices.DeleteFunc(slices.Clone(who), func(p workflows.Person) bool { return !slices.Contains(members, p) }), nil
}

type courier struct{ got *int }

func (c courier) Deliver(context.Context, string, []keyrelease.Parcel) error {
	*c.got++
	return nil
}

func (courier) Delivered(context.Context, string, []keyrelease.Parcel) ([]keyrelease.Parcel, bool, error) {
	return nil, false, nil
}

// TestUpgrade opens the database of an earlier version, with requests in every state,
// and goes on with each of them.
func TestUpgrade(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	p := unpack(t, "testdata/upgrade/30acada.tar.gz", dir)
	now := func() time.Time { return p.Now.Add(time.Minute) }
	custody, ca, err := embedded.Start(embedded.Options{Dir: filepath.Join(dir, "custody"), Now: now})
	check(t, err)
	key, err := custody.AuditKey()
	check(t, err)
	options := storage.Options{Path: filepath.Join(dir, "countersign.db"), AuditKey: key, Now: now}
	// As a backup it is held against what its record has of decisions and certificates.
	report, err := storage.CheckBackup(ctx, options.Path, key)
	if err != nil || report.Audit.Bad != nil || report.Schema != 4 {
		t.Fatalf("before: %+v, %v", report, err)
	}
	db, err := storage.Open(ctx, options)
	check(t, err)
	adopted := rowsWith(t, db, "adopt")
	if len(adopted) != len(p.Requests) || len(rowsWith(t, db, "adopted")) != 1 {
		t.Errorf("%d of %d requests were bound to the record", len(adopted), len(p.Requests))
	}
	check(t, db.Close())
	if db, err = storage.Open(ctx, options); err != nil {
		t.Fatal(err)
	}
	if again := rowsWith(t, db, "adopt"); len(again) != len(adopted) {
		t.Error("opened again, they were bound again")
	}
	verified(t, db)

	handed := 0
	s := serviceOn(t, db, custody, ca, now, &handed)
	is := func(name string, want workflows.State) workflows.Request {
		t.Helper()
		r, err := s.Lists.Show(ctx, ella, p.Requests[name])
		check(t, err)
		if r.State != want {
			t.Errorf("%s, %s, is %s, want %s: %+v", name, r.ID, r.State, want, r.Trouble)
		}
		return r
	}
	for name, state := range p.States {
		is(name, state)
	}
	approve := func(name string, who ...workflows.Person) {
		t.Helper()
		for _, by := range who {
			r, err := s.Lists.Show(ctx, ella, p.Requests[name])
			check(t, err)
			if r.State == workflows.Approved {
				return
			}
			_, err = s.Issuance.Decide(ctx, issuance.Decided{By: by, Request: r.ID, Verdict: workflows.Approve, Hash: r.Hash()})
			check(t, err)
		}
		is(name, workflows.Approved)
	}

	// What waits for people is on their Home, and what was under way goes on.
	home, err := s.Lists.HomeOf(ctx, anselm)
	check(t, err)
	if slices.Contains(doing(home, issuance.TaskDecide), p.Requests["half"]) { // which he has approved
		t.Error("half waits for who has approved it")
	}
	for _, name := range []string{"submitted", "on_hold", "resumed", "question", "held", "chainless"} {
		if !slices.Contains(doing(home, issuance.TaskDecide), p.Requests[name]) {
			t.Errorf("%s is not among what waits for an approver", name)
		}
	}
	if due := doing(home, issuance.TaskRevoke); len(due) != 2 {
		t.Errorf("%d are owed, want 2", len(due))
	}
	drain(t, s, db)
	is("revoking", workflows.Revoked)
	for _, name := range []string{"approved", "issuing", "renewed"} {
		is(name, workflows.Issued)
	}
	if is("releasing", workflows.Issued); handed != 1 {
		t.Errorf("%d keys were handed over, want 1", handed)
	}

	// People go on: decisions count for what they were made on, or are asked for anew.
	_, err = s.Issuance.Decide(ctx, issuance.Decided{By: bolin, Request: p.Requests["on_hold"], Verdict: workflows.Resume, Hash: is("on_hold", workflows.OnHold).Hash()})
	check(t, err)
	approve("on_hold", anselm)
	approve("submitted", bolin)
	approve("renewing", anselm)
	approve("question", anselm)
	approve("fresh", bolin)
	approve("half", bolin, anselm)
	approve("resumed", anselm, bolin)
	_, err = s.Issuance.GiveCSR(ctx, "", ella, "", der(t, p.CSR))
	check(t, err)
	approve("device", anselm)
	drain(t, s, db)
	for _, name := range []string{"on_hold", "submitted", "question", "fresh", "half", "resumed", "device", "renewing"} {
		is(name, workflows.Issued)
	}
	outside, err := x509.ParseCertificate(der(t, p.CA))
	check(t, err)
	_, err = s.Issuance.GiveCertificate(ctx, "", ella, certs.Issued{Leaf: der(t, p.Answer), Chain: [][]byte{outside.Raw}})
	check(t, err)
	_, err = s.Issuance.GiveChain(ctx, "", ella, []*x509.Certificate{outside})
	check(t, err)
	_, err = s.Issuance.Settle(ctx, issuance.Settled{By: anselm, Request: p.Requests["held"], Mark: is("held", workflows.Issuing).Mismatch.Mark(), Accept: true})
	check(t, err)
	for _, name := range []string{"pending", "chainless", "held"} {
		is(name, workflows.Issued)
	}
	_, err = s.Issuance.RevokedAtCA(ctx, "", bolin, p.Requests["owed"])
	check(t, err)
	is("owed", workflows.Revoked)
	_, err = s.Issuance.UnusedRevoked(ctx, "", anselm, p.Requests["stray"], is("stray", workflows.Issuing).Unused[0].SHA256())
	check(t, err)
	_, err = s.Issuance.GiveUp(ctx, "", ella, p.Requests["stray"])
	check(t, err)
	_, err = s.KeyRelease.AllowKey(ctx, keyrelease.Allowed{By: anselm, Request: p.Requests["asked"], Ask: 0, Allow: true})
	check(t, err)
	for _, name := range []string{"issued", "renewing", "renewed"} {
		_, err = s.Issuance.Install(ctx, "", ella, p.Requests[name])
		check(t, err)
	}
	is("renewing", workflows.Installed)
	is("issued", workflows.Superseded) // by "renewing", which knew only its number
	_, err = s.Issuance.Revoke(ctx, issuance.RevokeOrder{By: bolin, Request: p.Requests["installed"], Reason: "cessationOfOperation"})
	check(t, err)
	drain(t, s, db)
	is("installed", workflows.Revoked)
	if handed != 2 {
		t.Errorf("%d keys were handed over, want 2", handed)
	}
	if c, err := s.Intake.Conversation(ctx, ella, p.Conversation); err != nil || c.Phase != workflows.Asking {
		t.Errorf("the conversation: %+v, %v", c, err)
	}
	_, err = s.Support.Feedback(ctx, "", ella, p.Case, "solved", "")
	check(t, err)
	verified(t, db)
	check(t, db.Close())
}

// serviceOn is the workflows as the fixture was played with.
func serviceOn(t *testing.T, db *storage.DB, custody *embedded.Custody, ca *embedded.CA, now func() time.Time, handed *int) *services.Set {
	t.Helper()
	catalogue, err := certs.Load()
	check(t, err)
	kb, err := triage.Load()
	check(t, err)
	policy := func(name, environment, issuer string, need int) workflows.Policy {
		return workflows.Policy{Name: name, Environments: []string{environment}, Approvers: "pki", Channel: "C1", Custody: "embedded", Issuer: issuer, Need: need}
	}
	return services.New(&workflows.Kernel{Team: "T1", Store: db, Directory: directory{}, Catalogue: catalogue,
		Policies:  []workflows.Policy{policy("two", "staging", "embedded", 2), policy("outside", "lab", "corporate", 1), policy("all", "production", "embedded", 1)},
		Custodies: map[string]workflows.Custody{"embedded": custody},
		Issuers:   map[string]workflows.Issuer{"embedded": ca, "corporate": &manual.Issuer{Name: "Corporate"}},
		Now:       now, NewID: func() string { return "upgraded" }}, services.Ports{Triage: kb, Group: "support", Courier: courier{handed}})
}

// TestForgedIsNotSigned: whoever can write the database inserts what a click commits,
// and nothing is signed on it, while the rest goes on.
func TestForgedIsNotSigned(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	p := unpack(t, "testdata/upgrade/30acada.tar.gz", dir)
	now := func() time.Time { return p.Now.Add(time.Minute) }
	custody, ca, err := embedded.Start(embedded.Options{Dir: filepath.Join(dir, "custody"), Now: now})
	check(t, err)
	key, err := custody.AuditKey()
	check(t, err)
	options := storage.Options{Path: filepath.Join(dir, "countersign.db"), AuditKey: key, Now: now}
	db, err := storage.Open(ctx, options)
	check(t, err)
	handed := 0
	r, err := serviceOn(t, db, custody, ca, now, &handed).Lists.Show(ctx, ella, p.Requests["submitted"])
	check(t, err)
	// What was queued in earnest is done on what it finds.
	check(t, db.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) {
		return workflows.Change{Effects: []workflows.Effect{{Key: string(r.ID) + "/issue", Lane: workflows.Work, Subject: string(r.ID), Kind: workflows.KindIssue,
			Body: []byte(`{"request":"` + string(r.ID) + `"}`)}}}, nil
	}))
	check(t, db.Close())

	raw, err := sql.Open("sqlite3", options.Path)
	check(t, err)
	for _, x := range [][]any{
		{`INSERT INTO decisions (request, team, person, verdict, hash, reason, at_ms) VALUES (?, 'T1', 'U0BOLIN', 'approve', ?, '', ?)`, string(r.ID), r.Hash(), now().UnixMilli()},
		{`UPDATE requests SET state = 'approved', version = version + 1, body = json_set(body, '$.state', 'approved') WHERE id = ?`, string(r.ID)},
	} {
		_, err := raw.Exec(x[0].(string), x[1:]...)
		check(t, err)
	}
	check(t, raw.Close())

	db, err = storage.Open(ctx, options)
	check(t, err)
	defer db.Close()
	s := serviceOn(t, db, custody, ca, now, &handed)
	w := s.Worker(db, slog.New(slog.DiscardHandler))
	for busy := true; busy; {
		if busy, err = w.Step(ctx); err != nil && workflows.CodeOf(err) != workflows.Unable {
			t.Fatal(err)
		}
	}
	if got, err := s.Lists.Show(ctx, ella, r.ID); workflows.CodeOf(err) != workflows.Unable {
		t.Errorf("it is shown as %s, %v", got.State, err)
	}
	_, found, err := ca.Find(ctx, string(r.ID)+"-"+r.Hash()[:16], r.Spec, r.CSR)
	if err != nil || found {
		t.Errorf("it was signed: %v, %v", found, err)
	}
	if other, err := s.Lists.Show(ctx, ella, p.Requests["approved"]); err != nil || other.State != workflows.Issued {
		t.Errorf("the rest does not go on: %s, %v", other.State, err)
	}
}

// TestUpgradeForged: what was put into the database before the upgrade is not made
// good by it.
func TestUpgradeForged(t *testing.T) {
	for name, old := range map[string][2]string{
		"a decision's person": {"U0BOLINhold", "U0EVILEhold"},
		"its hash":            {"U0BOLINhold", "U0BOLINHOLD"},
		"the record":          {`"reason":"keyCompromise"`, `"reason":"keycompromise"`},
	} {
		dir := t.TempDir()
		unpack(t, "testdata/upgrade/30acada.tar.gz", dir)
		path := filepath.Join(dir, "countersign.db")
		raw, err := os.ReadFile(path)
		check(t, err)
		if !strings.Contains(string(raw), old[0]) {
			t.Fatalf("%s: there is no %q", name, old[0])
		}
		check(t, os.WriteFile(path, []byte(strings.ReplaceAll(string(raw), old[0], old[1])), 0o600))
		custody, _, err := embedded.Start(embedded.Options{Dir: filepath.Join(dir, "custody")})
		check(t, err)
		key, err := custody.AuditKey()
		check(t, err)
		db, err := storage.Open(context.Background(), storage.Options{Path: path, AuditKey: key})
		if workflows.CodeOf(err) != workflows.Unable {
			t.Errorf("%s: opened %v, %v", name, db != nil, err)
		}
		if err == nil {
			check(t, db.Close())
		}
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func verified(t *testing.T, db *storage.DB) {
	t.Helper()
	if report, err := db.VerifyAudit(context.Background()); err != nil || report.Bad != nil {
		t.Errorf("verify: %+v, %v", report, err)
	}
}

func rowsWith(t *testing.T, db *storage.DB, verb string) (rows []workflows.Audit) {
	t.Helper()
	check(t, db.View(context.Background(), func(rd workflows.Reader) error {
		all, err := rd.Audit(context.Background(), "", 0, 500)
		rows = slices.DeleteFunc(all, func(a workflows.Audit) bool { return a.Verb != verb })
		return err
	}))
	return rows
}

// drain does the work that is due, as a start does.
func drain(t *testing.T, s *services.Set, db *storage.DB) {
	t.Helper()
	w := s.Worker(db, slog.New(slog.DiscardHandler))
	for busy := true; busy; {
		var err error
		busy, err = w.Step(context.Background())
		check(t, err)
	}
}

func der(t *testing.T, text string) []byte {
	t.Helper()
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		t.Fatal("no PEM")
	}
	return block.Bytes
}

func unpack(t *testing.T, from, to string) (p played) {
	t.Helper()
	f, err := os.Open(from)
	check(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	check(t, err)
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		check(t, err)
		path := filepath.Join(to, h.Name)
		if h.FileInfo().IsDir() {
			check(t, os.MkdirAll(path, 0o700))
			continue
		}
		raw, err := io.ReadAll(r)
		check(t, err)
		check(t, os.WriteFile(path, raw, 0o600))
	}
	raw, err := os.ReadFile(filepath.Join(to, "played.json"))
	check(t, err)
	check(t, json.Unmarshal(raw, &p))
	states := map[workflows.State]bool{}
	for s := range maps.Values(p.States) {
		states[s] = true
	}
	if len(states) != 12 {
		t.Fatalf("requests in %d states", len(states))
	}
	return p
}

package services_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"countersign/tests/workbench"
	"countersign/workflows"
	"countersign/workflows/issuance"
)

// TestSecretsInAnswers: a token that is pasted where a form asks for something else is
// in no answer, no problem and no reason that is kept.
func TestSecretsInAnswers(t *testing.T) {
	const token = "hvs.CAESIJxkQ2mJ8vN4pR7tW1yB5dF9hL3nS6uX0zA" //nolint:gosec // nobody's
	ctx := context.Background()
	b := workbench.New(t)
	place := workflows.Place{Channel: "D1"}
	hear := func(receipt, text string) {
		t.Helper()
		workbench.Must(t, b.Inbox.Receive(ctx, workflows.Message{Receipt: workflows.Receipt(receipt), By: workbench.Ella, Place: place, Lang: "en", Text: text, Direct: true,
			Label: func(_, option string) string { return option }}))
	}
	hear("1", "I need a certificate for portal.example.org, an nginx server")
	hear("2", "X-Vault-Token: "+token)
	var c workflows.Conversation
	workbench.Must(t, b.Store.View(ctx, func(rd workflows.Reader) (err error) {
		c, err = rd.ConversationAt(ctx, workbench.Ella, place)
		return err
	}))
	if raw, err := json.Marshal(c); err != nil || strings.Contains(string(raw), token[10:]) {
		t.Errorf("%v: %s", err, raw)
	}
	r := b.Submitted(t, workbench.Ella, workbench.Portal())
	after, err := b.Issuance.Decide(ctx, issuance.Decided{By: workbench.Anselm, Request: r.ID, Verdict: workflows.Reject, Hash: r.Hash(), Reason: "use password: hunter2hunter2 and " + token})
	workbench.Must(t, err)
	if raw, err := json.Marshal(after); err != nil || strings.Contains(string(raw), token[10:]) || strings.Contains(string(raw), "hunter2hunter2") {
		t.Errorf("%v: %s", err, after.Decisions[0].Reason)
	}

	// An error in a direct message is answered, whatever form is open.
	hear("3", "Please diagnose this error: tlsv1 alert unknown ca: SSL alert number 48")
	var at workflows.Case
	workbench.Must(t, b.Store.View(ctx, func(rd workflows.Reader) (err error) { at, err = rd.CaseAt(ctx, place); return err }))
	if at.Cause != "untrusted-ca" {
		t.Errorf("case: %+v", at)
	}
}

// TestKeysInEveryEncoding: a private key that is not in PEM is told wherever it comes in,
// and is in nothing that is kept: said, in a file, in the name of a file.
func TestKeysInEveryEncoding(t *testing.T) {
	ctx := context.Background()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	workbench.Must(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	workbench.Must(t, err)
	dump, rows := hex.Dump(der), hex.EncodeToString(der)
	for name, text := range map[string]string{"hex": rows, "hexdump": dump, "base64": base64.StdEncoding.EncodeToString(der), "URL": url.QueryEscape(string(workbench.PemKey(t, key)))} {
		needles := []string{rows[80:120], dump[100:140], base64.StdEncoding.EncodeToString(der)[60:100], "PRIVATE"}
		log := "2026-11-21T10:00:01 tvcs: Detail=\"certificate has expired\"\nkey:\n" + text + "\n"
		for door, send := range map[string]func(*workbench.Bench){
			"said": func(b *workbench.Bench) { workbench.Must(t, b.Inbox.Receive(ctx, workbench.Heard("said", log))) },
			"file": func(b *workbench.Bench) {
				b.Sends(t, workbench.Heard("file", "what is this?"), workflows.File{Name: "a.log", Data: []byte(log)})
			},
			"name": func(b *workbench.Bench) {
				b.Sends(t, workbench.Heard("name", "what is this?"), workflows.File{Name: "k_" + rows + ".log", Data: []byte("certificate has expired\n")})
			},
		} {
			b := workbench.New(t)
			send(b)
			var kept strings.Builder
			told := false
			for {
				e, ok, err := b.DB.Claim(ctx, workflows.Notify, 1e9)
				workbench.Must(t, err)
				if !ok {
					break
				}
				body, err := workbench.ReadBody(e)
				workbench.Must(t, err)
				told = told || body.Event == "secret"
				raw, err := json.Marshal(body)
				workbench.Must(t, err)
				kept.Write(raw)
				workbench.Must(t, b.DB.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) { return workflows.Change{Done: []int64{e.ID}}, nil }))
			}
			if door != "said" {
				raw, err := json.Marshal(b.CaseIn(t, workflows.Place{Channel: "D" + door}))
				workbench.Must(t, err)
				kept.Write(raw)
			}
			for _, n := range needles {
				if strings.Contains(kept.String(), n) {
					t.Errorf("%s, %s: %q is kept", name, door, n)
				}
			}
			if told == (door == "name") {
				t.Errorf("%s, %s: told that a key came: %v", name, door, told)
			}
		}
	}
}

// TestCutBundleIsSaid: a file with more certificates than are read says so.
func TestCutBundleIsSaid(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	_, leaf := workbench.NewCA(t, "Acme").Leaf("expe1.example.com")
	one := workbench.PemCerts(leaf)
	b.Sends(t, workbench.Heard("many", "what is this?"), workflows.File{Name: "trust.pem", Data: bytes.Repeat(one, 10<<20/len(one))})
	var said strings.Builder
	for {
		e, ok, err := b.DB.Claim(ctx, workflows.Notify, 1e9)
		workbench.Must(t, err)
		if !ok {
			break
		}
		said.Write(e.Body)
		workbench.Must(t, b.DB.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) { return workflows.Change{Done: []int64{e.ID}}, nil }))
	}
	if !strings.Contains(said.String(), "artefact.material_cut") || strings.Contains(said.String(), "not-certificate") {
		t.Errorf("said: %.600s", said.String())
	}
}

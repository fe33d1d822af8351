package vault

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"countersign/vault/hashicorp/devserver"
)

// TestCAEnds: the issuing CA ends before what was approved would. The request says so and
// waits; an operator renews the CA, and it goes on by itself.
func TestCAEnds(t *testing.T) {
	server := vaultServer(t)
	w := newWorld(t)
	w.useVault(server, false)
	renewed := read(t, server, "countersign-pki/config/issuers")["default"]
	short := made(t, server, "countersign-pki/root/generate/internal", map[string]any{
		"common_name": "Old issuing CA", "issuer_name": "old", "ttl": "2400h"})
	change(t, server, []string{"countersign-pki/config/issuers"}, map[string]any{"default": short["issuer_id"]})
	end := time.Now().UTC().Add(2400 * time.Hour).Format(time.DateOnly)
	if status, lines := w.doctor(); status != 1 || !slices.ContainsFunc(lines, func(l line) bool {
		return !l.OK && strings.Contains(l.Text, "certificates of 397 days cannot be made any more")
	}) {
		t.Errorf("the doctor says %d and %+v", status, lines)
	}
	w.serve()
	st := w.stage()
	ella, approvals := st.As("ella"), st.As("anselm").In("cert-approvals")
	card := asked(st, "REQ-1", "expc1.example.com")
	approvals.Clicks(card, "Approve")
	ella.Sees("REQ-1", "waits", "ends on "+end[:8], "before this certificate would (365 days)", "goes on by itself")
	approvals.SeesChange(card, "It waits", "have to renew it")
	// Who would not wait for that gives it up.
	other := asked(st, "REQ-2", "expc2.example.com")
	approvals.Clicks(other, "Approve")
	ella.Clicks(ella.Sees("REQ-2 ·", "It waits", "Give up"), "Give up")
	ella.Sees("REQ-2", "cannot go on", "its requester gave it up")
	approvals.SeesChange(other, "Failed", "its requester gave it up")

	change(t, server, []string{"countersign-pki/config/issuers"}, map[string]any{"default": renewed})
	ella.Sees("REQ-1", "is here")
	if now := approvals.SeesChange(card, "Issued"); strings.Contains(now.Shown(), "It waits") {
		t.Errorf("it still says that it waits: %s", now.Shown())
	}

	// A CA that shortens instead, as its operators told it to: held, with the days that it gave.
	change(t, server, []string{"countersign-pki/config/issuers"}, map[string]any{"default": short["issuer_id"]})
	change(t, server, []string{"countersign-pki/issuer/old"}, map[string]any{"issuer_name": "old", "leaf_not_after_behavior": "truncate"}) //nolint:misspell // Vault writes it so
	card = asked(st, "REQ-3", "expc3.example.com")
	approvals.Clicks(card, "Approve")
	ella.Sees("REQ-3", "It is not delivered yet", "instead of 365")
	approvals.Clicks(approvals.SeesChange(card, "differs from what was approved", "instead of 365"), "Accept as returned")
	ella.Sees("REQ-3", "is here")
}

// TestTokenEndsOvernight: the product logs in anew when its tokens reach their end, and
// what is asked for afterwards goes through by itself. When the login itself has ended,
// the request says so and waits for an operator.
func TestTokenEndsOvernight(t *testing.T) {
	server := vaultServer(t)
	w := newWorld(t)
	w.useVault(server, false)
	for _, who := range []string{"writer", "releaser", "janitor", "recorder", "revoker"} { // a night in three seconds
		change(t, server, []string{"auth/approle/role/countersign-" + who}, map[string]any{"token_period": 0, "token_ttl": "2s", "token_max_ttl": "3s"})
	}
	w.serve()
	st := w.stage()
	ella, approvals := st.As("ella"), st.As("anselm").In("cert-approvals")
	card := asked(st, "REQ-1", "expc1.example.com")
	time.Sleep(5 * time.Second) // one night, and more
	approvals.Clicks(card, "Approve")
	ella.Sees("REQ-1", "is here")
	for _, m := range ella.Messages() {
		if strings.Contains(m.Shown(), "waits:") {
			t.Errorf("it had to wait: %s", m.Shown())
		}
	}

	// The secret-id has ended too: nobody can log in with it.
	card = asked(st, "REQ-2", "expc2.example.com")
	for _, accessor := range list(t, server, "auth/approle/role/countersign-writer/secret-id") {
		change(t, server, []string{"auth/approle/role/countersign-writer/secret-id-accessor/destroy"}, map[string]any{"secret_id_accessor": accessor})
	}
	for end := time.Now().Add(30 * waitStep); !w.shows(`countersign_vault_logged_in{identity="writer"} 0`); pause() {
		if time.Now().After(end) {
			t.Fatal("the writer stays logged in")
		}
	}
	approvals.Clicks(card, "Approve")
	ella.Sees("REQ-2", "waits", "not logged in to Vault as writer", "An operator has to give it a new", "goes on by itself")
	approvals.SeesChange(card, "It waits", "not logged in to Vault as writer")
	if !w.shows(`countersign_vault_logged_in{identity="revoker"} 1`) {
		t.Error("the others are logged out too")
	}
	w.plain(server, "writer") // into the same file
	ella.Sees("REQ-2", "is here")
	if raw, err := os.ReadFile(w.dir + "/writer.secret-id"); err != nil || strings.Contains(w.log.String(), string(raw)) {
		t.Errorf("the secret-id is in the log (%v)", err)
	}
}

// shows reports that /metrics has a line.
func (w *world) shows(line string) bool {
	_, metrics := w.get("/metrics")
	return strings.Contains(metrics, line)
}

// made writes to a path of Vault and gives the answer.
func made(t *testing.T, s *devserver.Server, path string, data map[string]any) map[string]any {
	t.Helper()
	client, err := s.Client(s.Token)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := client.Logical().WriteWithContext(t.Context(), path, data)
	if err != nil || answer == nil {
		t.Fatalf("%s: %v, %v", path, answer, err)
	}
	return answer.Data
}

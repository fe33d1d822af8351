package vault

import (
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"slices"
	"strings"
	"testing"

	"countersign/slacksim"
	"countersign/tests/hashicorptest"
	"countersign/vault/hashicorp/devserver"
)

// clicks finds the newest message with a button and clicks it.
func clicks(st *slacksim.Stage, who *slacksim.Actor, button string) slacksim.Message {
	m := who.WaitMessage(func(m slacksim.Message) bool { return slices.Contains(m.Buttons(), button) }, st.Patience, "a message with "+button)
	who.Clicks(m, button)
	return m
}

// read gives what is at a path of Vault, as its root sees it.
func read(t *testing.T, s *devserver.Server, path string) map[string]any {
	t.Helper()
	client, err := s.Client(s.Token)
	if err != nil {
		t.Fatal(err)
	}
	found, err := client.Logical().ReadWithContext(t.Context(), path)
	if err != nil || found == nil {
		t.Fatalf("%s: %v, %v", path, found, err)
	}
	return found.Data
}

// list gives the names below a path of Vault.
func list(t *testing.T, s *devserver.Server, path string) []string {
	t.Helper()
	client, err := s.Client(s.Token)
	if err != nil {
		t.Fatal(err)
	}
	found, err := client.Logical().ListWithContext(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	if found != nil {
		for _, k := range found.Data["keys"].([]any) { //nolint:errcheck // Vault's own answer
			names = append(names, k.(string)) //nolint:errcheck // as above
		}
	}
	return names
}

// command is the line in a message that opens a key.
func command(t *testing.T, m slacksim.Message) string {
	t.Helper()
	line := unwrapLine.FindString(asCopied(m.Shown()))
	if line == "" {
		t.Fatalf("no command in %q", m.Shown())
	}
	return line
}

// TestLifeOfAKey follows one key: its certificate lies beside it, its hand-over is
// opened and told, a second one needs a second person, a thief is first, the alarm is
// raised, and the certificate is revoked.
func TestLifeOfAKey(t *testing.T) {
	server := vaultServer(t)
	w := newWorld(t)
	w.useVault(server, false)
	w.config["slack"].(map[string]any)["operators"] = "C0CERTIFICATES" //nolint:errcheck // as newWorld makes it
	w.serve()
	st := w.stage()
	ella, approvals := st.As("ella"), st.As("anselm").In("cert-approvals")
	request(st, "REQ-1", "expc1.example.com")
	ella.Sees("REQ-1", "is here")
	block, _ := pem.Decode(attachment(t, w, ella, ".cert.pem"))
	leaf, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}

	// Kept beside its key, and for those who may not see Transit.
	var name string
	for _, k := range list(t, server, "countersign-transit/keys") {
		if strings.HasPrefix(k, "req-1-") {
			name = k
		}
	}
	for range 50 {
		if len(list(t, server, "countersign-kv/metadata/certificates/"+name)) > 0 {
			break
		}
		pause()
	}
	versions := read(t, server, "countersign-transit/keys/"+name)["keys"].(map[string]any)                                       //nolint:errcheck // Vault's own answer
	if chain, _ := versions["1"].(map[string]any)["certificate_chain"].(string); !strings.Contains(chain, "BEGIN CERTIFICATE") { //nolint:errcheck // as above
		t.Errorf("Transit has no certificate beside the key: %v", versions)
	}
	kept := read(t, server, "countersign-kv/data/certificates/"+name+"/"+leaf.SerialNumber.Text(16))["data"].(map[string]any) //nolint:errcheck // as above
	if chain, _ := kept["chain"].(string); strings.Count(chain, "BEGIN CERTIFICATE") < 2 {
		t.Errorf("KV has %v", kept)
	}

	// Opened by the one who may; said so.
	card := clicks(st, ella, "Get the private key…")
	first := ella.Sees("vault unwrap")
	unwrap(t, server.CAFile, command(t, first))
	if now := ella.SeesChange(first, "It was opened", "Was that you?").Shown(); strings.Contains(now, "vault unwrap") {
		t.Errorf("the token still stands there: %s", now)
	}

	// A second time needs a second person.
	ella.Clicks(ella.SeesChange(card, "Ask for the key again…"), "Ask for the key again…")
	ella.Submits(ella.SeesModal("Why is it needed again?"), map[string]any{"Why is it needed again?": "The disk was reformatted"})
	asks := approvals.Sees("once more", "The disk was reformatted")
	st.As("bolin").In("cert-approvals").Clicks(asks, "Allow it once more")
	approvals.SeesChange(asks, "allowed it")
	second := ella.Sees("vault unwrap")

	// Somebody else is first.
	line := command(t, second)
	unwrap(t, server.CAFile, line)
	if got, says := unwrapping(t, server.CAFile, line); len(got) > 0 || !strings.Contains(says, "wrapping token is not valid") {
		t.Fatalf("a second opening gave %d bytes and said %q", len(got), says)
	}
	ella.Clicks(second, "It does not work")
	ella.Clicks(ella.SeesChange(second, "You said that it does not open", "That was not me"), "That was not me")
	ella.Sees("counts as stolen")
	alarm := approvals.Sees("Key alarm", "Treat the key as stolen")
	st.As("ella").In("certificates").Sees("Key alarm")
	ella.SeesChange(second, "counts as stolen")

	// Revoked by an approver, not by others.
	ella.In("certificates").Runs("/cert show REQ-1")
	if shown := ella.In("certificates").Sees("REQ-1", "expc1.example.com", "counts as stolen"); slices.Contains(shown.Buttons(), "Revoke…") {
		t.Error("the requester is offered to revoke")
	}
	approvals.Clicks(alarm, "Revoke…")
	st.As("anselm").Submits(st.As("anselm").SeesModal("cannot be undone"), map[string]any{"Reason": "keyCompromise", "What happened": "Token opened by a stranger"})
	ella.Sees("is revoked")
	if all := revokedAt(t, server); !slices.Contains(all, leaf.SerialNumber.Text(16)) {
		t.Errorf("serial number %s is not on Vault's revocation list: %v", leaf.SerialNumber.Text(16), all)
	}
	verify := w.command("audit", "export", "--data", w.config["data"].(string)) //nolint:errcheck // as newWorld makes it
	out, err := verify.Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"keep", "key.handed", "key.opened", "key.ask", "key.allow", "key.report", "key.alarm", "revoke", "revoked"} {
		if !strings.Contains(string(out), `"verb":"`+verb+`"`) {
			t.Errorf("the record has no %s", verb)
		}
	}
}

// revokedAt gives the serial numbers on Vault's revocation list, as it is now.
func revokedAt(t *testing.T, s *devserver.Server) (all []string) {
	t.Helper()
	read(t, s, "countersign-pki/crl/rotate")                              // it does so by itself, later
	der := read(t, s, "countersign-pki/cert/crl")["certificate"].(string) //nolint:errcheck // Vault's own answer
	block, _ := pem.Decode([]byte(der))
	list, err := x509.ParseRevocationList(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list.RevokedCertificateEntries {
		all = append(all, e.SerialNumber.Text(16))
	}
	return all
}

// TestHandoverExpires: nobody opens it, Vault forgets it, and people are told what to do.
func TestHandoverExpires(t *testing.T) {
	server := vaultServer(t)
	proxy := hashicorptest.NewProxy(t, server)
	w := newWorld(t)
	w.useVault(server, false)
	w.through(proxy)
	// A quarter of a minute instead of ten.
	change(t, server, []string{"sys/policies/acl/countersign-releaser"}, map[string]any{"policy": `path "countersign-transit/export/signing-key/*" { capabilities = ["read"] }`})
	proxy.Break(func(_ http.ResponseWriter, r *http.Request, _ func()) bool {
		if r.Header.Get("X-Vault-Wrap-TTL") != "" {
			r.Header.Set("X-Vault-Wrap-TTL", "14s")
		}
		return false
	})
	w.serve()
	st := w.stage()
	ella := st.As("ella")
	request(st, "REQ-1", "expc1.example.com")
	ella.Sees("REQ-1", "is here")
	clicks(st, ella, "Get the private key…")
	handed := ella.Sees("vault unwrap")
	line := command(t, handed)
	news := ella.SeesChange(handed, "Nobody opened it before it ended", "ask again")
	if !slices.Contains(news.Buttons(), "Ask for the key again…") {
		t.Errorf("it does not say how: %v", news.Buttons())
	}
	if strings.Contains(news.Shown(), "vault unwrap") {
		t.Errorf("the token still stands there: %s", news.Shown())
	}
	if key, says := unwrapping(t, server.CAFile, strings.ReplaceAll(line, proxy.Server.Address, server.Address)); len(key) > 0 || !strings.Contains(says, "wrapping token is not valid") {
		t.Errorf("%d bytes came after the end, and %q", len(key), says)
	}
	ella.Clicks(news, "Ask for the key again…")
	ella.Submits(ella.SeesModal("Why is it needed again?"), map[string]any{"Why is it needed again?": "I was at lunch"})
	asks := st.As("anselm").In("cert-approvals").Sees("once more", "I was at lunch", "Nobody opened it")
	st.As("anselm").In("cert-approvals").Clicks(asks, "Refuse")
	ella.Sees("did not allow the private key")
}

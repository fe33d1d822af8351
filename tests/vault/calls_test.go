package vault

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// nameless are the parts of a call that differ from one request to the next.
var nameless = regexp.MustCompile(`req-1-[a-z0-9]+|/[0-9a-f]{32,}|[A-Za-z0-9]{24}$`)

// TestCallsOfOneIssuance counts what one certificate and the hand-over of its key cost
// of Vault, and holds docs/vault.md to it.
func TestCallsOfOneIssuance(t *testing.T) {
	_, proxy, _, st := proxied(t)
	ella := st.As("ella")
	proxy.Calls()
	request(st, "REQ-1", "expc1.example.com")
	ella.Sees("REQ-1", "is here")
	clicks(st, ella, "Get the private key…")
	handed := ella.Sees("vault unwrap")
	unwrap(t, proxy.Server.CAFile, command(t, handed))
	ella.SeesChange(handed, "opens nothing any more")

	var got []string
	for _, call := range proxy.Calls() {
		if strings.Contains(call, "/v1/auth/token/renew-self") || strings.Contains(call, "/v1/sys/wrapping/") {
			continue // of the login, and of the requester's own command
		}
		got = append(got, nameless.ReplaceAllString(strings.TrimPrefix(strings.Replace(call, "/v1/countersign-", "", 1), "PUT "), ""))
	}
	slices.Sort(got)
	if n := strings.Count(strings.Join(got, " "), "kv/data/issued"); n != 2 {
		t.Errorf("an issuance is recorded %d times", n)
	}
	got = slices.Compact(got) // the hand-over is asked after until it is opened
	want := []string{
		"/v1/auth/approle/login", // of the releaser, for this once
		"/v1/auth/token/lookup-accessor",
		"/v1/auth/token/revoke-self",
		"GET kv/data/handovers/",
		"GET pki/roles/countersign-server-client-ds-ke",
		"GET transit/export/signing-key//latest",
		"kv/data/certificates/",
		"kv/data/issued",
		"kv/data/record/head", // of the recorder, now and then
		"pki/sign/countersign-server-client-ds-ke",
		"transit/keys/",
		"transit/keys//csr",
		"transit/keys//set-certificate",
	}
	if !slices.Equal(got, want) {
		t.Errorf("calls:\n%s", strings.Join(got, "\n"))
	}
	raw, err := os.ReadFile("../../docs/vault.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, named := range []string{"`transit/keys/:name`", "`transit/keys/:name/csr`", "`pki/sign/:role`", "`transit/keys/:name/set-certificate`",
		"`kv/certificates/:name/:serial`", "`kv/issued/:key`", "`transit/export/signing-key/:name/latest`", "`auth/approle/login`", "`auth/token/revoke-self`", "`auth/token/lookup-accessor`", "`kv/handovers/:accessor`"} {
		if !strings.Contains(string(raw), named) {
			t.Errorf("docs/vault.md does not name %s among what is called", named)
		}
	}
}

package hashicorp_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/vault/api"

	"countersign/tests/hashicorptest"
	"countersign/tests/vaulttest"
	"countersign/vault/hashicorp/devserver"
)

// asIdentity gives a client that has the policy of one identity and no other.
func asIdentity(t *testing.T, s *devserver.Server, identity string) *api.Client {
	t.Helper()
	root, err := s.Client(s.Token)
	if err != nil {
		t.Fatal(err)
	}
	made, err := root.Auth().Token().Create(&api.TokenCreateRequest{Policies: []string{"countersign-" + identity}, TTL: "1h"})
	if err != nil {
		t.Fatal(err)
	}
	client, err := s.Client(made.Auth.ClientToken)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// TestPolicies tries on the real server what each identity must be able to do and
// what it must not. "Allowed" means that Vault got as far as looking at the request.
func TestPolicies(t *testing.T) {
	s := hashicorptest.Start(t)
	c, p := hashicorptest.Vault(t, s)
	spec := vaulttest.Spec(vaulttest.Kinds[1])
	csr, err := c.CreateCSR(t.Context(), "k1", spec)
	if err != nil {
		t.Fatal(err)
	}
	issued, _, err := p.Issue(t.Context(), "k1", spec, csr)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Keep(t.Context(), "k1", issued); err != nil {
		t.Fatal(err)
	}
	const (
		auditLabel = "Y291bnRlcnNpZ24gYXVkaXQgY2hhaW4gMQ=="

		handovers = "sys/leases/revoke-prefix/"

		transit = "countersign-transit/"
		kv      = "countersign-kv/"
		pki     = "countersign-pki/"
	)
	type body = map[string]any
	cas := func(n int) body { return body{"data": body{"a": "b"}, "options": body{"cas": n}} }
	table := map[string]struct{ allowed, denied []call }{
		"writer": {
			allowed: []call{
				{"PUT", transit + "keys/k2", body{"type": "ecdsa-p256", "exportable": true}},
				{"PUT", transit + "keys/k1/csr", body{"csr": ""}},
				{"PUT", transit + "keys/k1/set-certificate", body{"certificate_chain": ""}},
				{"GET", transit + "keys/countersign-acme", nil},
				{"PUT", transit + "sign/countersign-acme/sha2-256", body{"input": "AAAA"}},
				{"PUT", kv + "data/certificates/k9/1", cas(0)},
				{"GET", kv + "data/certificates/k1/1", nil},
				{"PUT", kv + "data/issued/x", cas(0)},
				{"GET", kv + "data/issued/x", nil},
				{"PUT", pki + "sign/countersign-server-ds", body{"csr": "x"}},
				{"GET", pki + "roles/countersign-server-ds", nil},
				{"LIST", pki + "certs", nil},
			},
			denied: []call{
				{"GET", transit + "export/signing-key/k1", nil},
				{"GET", transit + "export/signing-key/k1/latest", nil},
				{"GET", transit + "export/encryption-key/k1/latest", nil},
				{"GET", transit + "backup/k1", nil},
				{"PUT", transit + "keys/k1/config", body{"deletion_allowed": true}},
				{"PUT", transit + "keys/k1/config", body{"exportable": true}},
				{"PUT", transit + "keys/k1/rotate", nil},
				{"PUT", transit + "keys/k3", body{"type": "rsa-2048", "allow_plaintext_backup": true}},
				{"PUT", transit + "keys/k3", body{"type": "aes256-gcm96"}},
				{"PUT", transit + "keys/k3/import", body{"ciphertext": "x"}},
				{"DELETE", transit + "keys/k1", nil},
				{"PUT", transit + "sign/k1", body{"input": "AAAA"}},
				{"PUT", transit + "hmac/k1", body{"input": "AAAA"}},
				{"PUT", transit + "hmac/countersign-audit", body{"input": auditLabel, "key_version": 1}},
				{"PUT", transit + "hmac/countersign-audit/sha2-256", body{"input": auditLabel}},
				{"PUT", transit + "verify/countersign-audit", body{"input": auditLabel, "hmac": "vault:v1:AAAA"}},
				{"GET", kv + "data/record/head", nil},
				{"PUT", kv + "data/record/head", cas(0)},
				{"PUT", transit + "keys/countersign-audit", body{"type": "rsa-2048", "exportable": true}},
				{"GET", transit + "export/hmac-key/countersign-audit", nil},
				{"PUT", transit + "keys/countersign-acme", body{"type": "ecdsa-p256"}},
				{"PUT", transit + "keys/countersign-acme/csr", body{"csr": ""}},
				{"PUT", transit + "datakey/plaintext/countersign-backup", nil},
				{"PUT", transit + "decrypt/countersign-backup", body{"ciphertext": "vault:v1:AAAA"}},
				{"PUT", transit + "keys/countersign-acme/config", body{"exportable": true}},
				{"GET", transit + "export/signing-key/countersign-acme/latest", nil},
				{"PUT", kv + "data/certificates/k9/1", cas(1)},
				{"PUT", kv + "data/handovers/x", cas(0)},
				{"DELETE", kv + "data/issued/x", nil},
				{"DELETE", kv + "metadata/issued/x", nil},
				{"PUT", kv + "destroy/issued/x", body{"versions": []int{1}}},
				{"PUT", kv + "config", body{"cas_required": false}},
				{"PUT", pki + "sign/some-role", body{"csr": "x"}},
				{"PUT", pki + "sign/countersign-server-ds", body{"csr": "x", "other_sans": "1.3.6.1.4.1.311.20.2.3;UTF8:root"}},
				{"PUT", pki + "sign/countersign-server-ds", body{"csr": "x", "not_before": "2000-01-01T00:00:00Z"}},
				{"PUT", pki + "sign/countersign-server-ds", body{"csr": "x", "not_after": "9999-12-31T23:59:59Z"}},
				{"PUT", pki + "sign/countersign-server-ds", body{"csr": "x", "ext_key_usage": "CodeSigning"}},
				{"PUT", pki + "sign/countersign-server-ds", body{"csr": "x", "exclude_cn_from_sans": false}},
				{"PUT", pki + "sign-verbatim", body{"csr": "x"}},
				{"PUT", pki + "sign-verbatim/countersign-server-ds", body{"csr": "x"}},
				{"PUT", pki + "issue/countersign-server-ds", body{"common_name": "a.example.com"}},
				{"PUT", pki + "issuer/default/sign/countersign-server-ds", body{"csr": "x"}},
				{"PUT", pki + "issuer/default/sign-verbatim", body{"csr": "x"}},
				{"PUT", pki + "root/sign-intermediate", body{"csr": "x"}},
				{"PUT", pki + "root/sign-self-issued", body{"certificate": "x"}},
				{"PUT", pki + "roles/countersign-server-ds", body{"allow_any_name": true}},
				{"PUT", pki + "revoke", body{"serial_number": "00"}},
				{"PUT", pki + "tidy", nil},
				{"PUT", "auth/token/create", body{"policies": []string{"countersign-releaser"}}},
				{"PUT", "sys/policies/acl/countersign-writer", body{"policy": "path \"*\" {capabilities=[\"read\"]}"}},
				{"PUT", "auth/approle/role/countersign-releaser/secret-id", nil},
			},
		},
		"releaser": {
			denied: []call{
				{"GET", transit + "export/signing-key/k1/latest", nil}, // not wrapped; wrapped is tried below
				{"GET", transit + "export/signing-key/k1", nil},
				{"GET", transit + "export/signing-key/countersign-backup/latest", nil},
				{"GET", transit + "export/encryption-key/countersign-backup/latest", nil},
				{"GET", transit + "export/signing-key/countersign-acme/latest", nil},
				{"GET", transit + "keys/k1", nil},
				{"PUT", transit + "keys/k2", body{"type": "ecdsa-p256"}},
				{"PUT", transit + "keys/k1/csr", body{"csr": ""}},
				{"PUT", pki + "sign/countersign-server-ds", body{"csr": "x"}},
				{"GET", kv + "data/certificates/k1/1", nil},
				{"PUT", "auth/token/revoke-accessor", body{"accessor": "x"}},
			},
		},
		"janitor": {
			allowed: []call{
				{"PUT", transit + "keys/k2/config", body{"deletion_allowed": true}},
				{"DELETE", transit + "keys/k2", nil},
				{"PUT", kv + "data/handovers/x", cas(0)},
				{"GET", kv + "data/handovers/x", nil},
				{"PUT", handovers + transit + "export/signing-key/k9/latest", body{"sync": true}},
			},
			denied: []call{
				{"PUT", "auth/token/revoke-accessor", body{"accessor": "x"}},
				{"PUT", "auth/token/revoke-orphan", body{"token": "x"}},
				{"PUT", handovers + "auth", body{"sync": true}},
				{"PUT", handovers + "auth/token/create", body{"sync": true}},
				{"PUT", handovers + transit + "export", body{"sync": true}},
				{"PUT", handovers + transit + "export/signing-key/k1", body{"sync": true}},
				{"PUT", handovers + pki + "sign/latest", body{"sync": true}},
				{"PUT", "sys/leases/revoke-force/" + transit + "export/signing-key/k1/latest", nil},
				{"PUT", "sys/leases/revoke", body{"lease_id": "auth/approle/login/x"}},
				{"LIST", "sys/leases/lookup/auth/approle/login", nil},
				{"GET", transit + "export/signing-key/k1/latest", nil},
				{"PUT", transit + "keys/k1/config", body{"exportable": true}},
				{"PUT", transit + "keys/k1/config", body{"allow_plaintext_backup": true}},
				{"PUT", transit + "keys/k1", body{"type": "rsa-2048"}},
				{"PUT", transit + "keys/countersign-audit/config", body{"deletion_allowed": true}},
				{"DELETE", transit + "keys/countersign-audit", nil},
				{"DELETE", transit + "keys/countersign-backup", nil},
				{"PUT", kv + "data/handovers/x", cas(1)},
				{"GET", kv + "data/issued/x", nil},
				{"PUT", pki + "sign/countersign-server-ds", body{"csr": "x"}},
				{"LIST", "auth/token/accessors", nil},
				{"PUT", "auth/token/revoke", body{"token": "x"}},
			},
		},
		"recorder": {
			allowed: []call{
				{"PUT", transit + "hmac/countersign-audit", body{"input": auditLabel, "key_version": 1}},
				{"PUT", kv + "data/record/head", cas(0)},
				{"PUT", kv + "data/record/head", cas(1)},
				{"GET", kv + "data/record/head", nil},
			},
			denied: []call{
				{"PUT", transit + "hmac/countersign-audit", body{"input": "AAAA"}}, // of anything else it is no key
				{"PUT", transit + "hmac/countersign-audit", body{"batch_input": []body{{"input": auditLabel}}}},
				{"PUT", transit + "hmac/k1", body{"input": auditLabel}},
				{"PUT", transit + "keys/countersign-audit", body{"type": "rsa-2048"}},
				{"PUT", transit + "keys/countersign-audit/config", body{"exportable": true}},
				{"PUT", transit + "keys/countersign-audit/rotate", nil},
				{"GET", transit + "export/hmac-key/countersign-audit", nil},
				{"GET", transit + "export/signing-key/k1/latest", nil},
				{"PUT", transit + "keys/k2", body{"type": "ecdsa-p256"}},
				{"PUT", transit + "datakey/plaintext/countersign-backup", nil},
				{"PUT", pki + "sign/countersign-server-ds", body{"csr": "x"}},
				{"PUT", pki + "revoke", body{"serial_number": "00"}},
				{"DELETE", kv + "data/record/head", nil},
				{"DELETE", kv + "metadata/record/head", nil},
				{"PUT", kv + "destroy/record/head", body{"versions": []int{1}}},
				{"PUT", kv + "data/issued/y", cas(0)},
				{"GET", kv + "data/issued/x", nil},
				{"GET", kv + "data/certificates/k1/1", nil},
				{"PUT", "auth/token/revoke-accessor", body{"accessor": "x"}},
			},
		},
		"revoker": {
			allowed: []call{{"PUT", pki + "revoke", body{"serial_number": "00"}}},
			denied: []call{
				{"PUT", pki + "revoke-with-key", body{"serial_number": "00"}},
				{"PUT", pki + "sign/countersign-server-ds", body{"csr": "x"}},
				{"GET", transit + "export/signing-key/k1/latest", nil},
				{"PUT", pki + "roles/countersign-server-ds", nil},
			},
		},
	}
	for identity, want := range table {
		client := asIdentity(t, s, identity)
		for _, o := range want.allowed {
			if code := o.do(t, client); code == http.StatusForbidden {
				t.Errorf("%s may not %s %s %v", identity, o.method, o.path, o.body)
			}
		}
		for _, o := range want.denied {
			if code := o.do(t, client); code != http.StatusForbidden {
				t.Errorf("%s may %s %s %v (%d)", identity, o.method, o.path, o.body, code)
			}
		}
	}

	releaser := asIdentity(t, s, "releaser")
	for ttl, want := range map[string]bool{"10m": true, "1m": true, "59s": false, "16m": false} {
		releaser.SetWrappingLookupFunc(func(string, string) string { return ttl })
		answer, err := releaser.Logical().Read(transit + "export/signing-key/k1/latest")
		if ok := err == nil && answer.WrapInfo != nil && answer.Data == nil; ok != want {
			t.Errorf("wrapped for %s: %v, %v", ttl, ok, err)
		}
		if err == nil && answer.WrapInfo.CreationPath != transit+"export/signing-key/k1/latest" {
			t.Errorf("wrapped at %s", answer.WrapInfo.CreationPath)
		}
	}
}

// call is one request to Vault.
type call struct {
	method, path string
	body         map[string]any
}

// do gives the status; 200 for any success.
func (o call) do(t *testing.T, client *api.Client) int {
	t.Helper()
	var err error
	switch o.method {
	case "GET":
		var raw *api.Response
		if raw, err = client.Logical().ReadRawWithContext(t.Context(), o.path); raw != nil {
			defer raw.Body.Close() //nolint:errcheck // not read
		}
	case "LIST":
		_, err = client.Logical().ListWithContext(t.Context(), o.path)
	case "DELETE":
		_, err = client.Logical().DeleteWithContext(t.Context(), o.path)
	default:
		_, err = client.Logical().WriteWithContext(t.Context(), o.path, o.body)
	}
	var answer *api.ResponseError
	switch {
	case err == nil:
		return http.StatusOK
	case !errors.As(err, &answer):
		t.Fatalf("%s %s: %v", o.method, o.path, err)
	case strings.Contains(answer.Error(), "unsupported path") || strings.Contains(answer.Error(), "no handler"):
		t.Errorf("%s %s is no call of this Vault", o.method, o.path)
	}
	return answer.StatusCode
}

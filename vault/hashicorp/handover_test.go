package hashicorp_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"countersign/certs"
	"countersign/tests/hashicorptest"
	"countersign/tests/vaulttest"
	"countersign/vault/hashicorp"
)

// TestBareAnswer has something between us and Vault take the wrapping from an export:
// whatever comes is not handed over, and not told.
func TestBareAnswer(t *testing.T) {
	s := shared(t)
	c, _ := hashicorptest.Vault(t, s)
	if _, err := c.CreateCSR(t.Context(), "bare", vaulttest.Spec(vaulttest.Kinds[1])); err != nil {
		t.Fatal(err)
	}
	proxy := hashicorptest.NewProxy(t, s)
	login, err := s.AppRole(t.Context(), "releaser")
	if err != nil {
		t.Fatal(err)
	}
	c.Releaser = hashicorptest.LoggedIn(t, proxy.Server, "releaser", login)
	const key = "c2VjcmV0IG51bWJlcnMgb2YgYSBrZXk"
	for _, answer := range []string{
		`{"data":{"name":"bare","keys":{"1":"-----BEGIN EC PRIVATE KEY-----\n` + key + `\n-----END EC PRIVATE KEY-----"}}}`,
		`{"data":{"keys":{"1":"` + key + `"}},"wrap_info":{"token":"","accessor":"a","ttl":600,"creation_time":"2030-01-01T00:00:00Z"}}`,
		`{"data":{"keys":{"1":"` + key + `"}},"wrap_info":{"token":"hvs.x","accessor":"a","ttl":600,"creation_time":"2030-01-01T00:00:00Z"}}`,
		`{"wrap_info":{"token":"","accessor":"a","ttl":600,"creation_time":"2030-01-01T00:00:00Z"}}`,
		`{"data":null}`,
	} {
		proxy.Break(func(w http.ResponseWriter, r *http.Request, _ func()) bool {
			if !strings.Contains(r.URL.Path, "/export/") {
				return false
			}
			_, _ = w.Write([]byte(answer))
			return true
		})
		h, err := c.Release(t.Context(), "bare")
		f := wants(t, err, false, "vault.handover.bare")
		if told := fmt.Sprintf("%v %+v %#v %v %v %v", h, h, h, err, f.Text(), h.Command); strings.Contains(told, key) {
			t.Errorf("the key is told for %s", answer)
		}
		if h != (certs.Handover{}) {
			t.Errorf("a hand-over of %s", answer)
		}
	}
}

// TestBriefReleaser: the token that can export exists for one call, and is worth
// nothing after it.
func TestBriefReleaser(t *testing.T) {
	s := shared(t)
	c, _ := hashicorptest.Vault(t, s)
	if _, err := c.CreateCSR(t.Context(), "brief", vaulttest.Spec(vaulttest.Kinds[1])); err != nil {
		t.Fatal(err)
	}
	login, err := s.AppRole(t.Context(), "releaser")
	if err != nil {
		t.Fatal(err)
	}
	proxy := hashicorptest.NewProxy(t, s)
	var tokens []string
	proxy.Break(func(_ http.ResponseWriter, r *http.Request, _ func()) bool {
		if token := r.Header.Get("X-Vault-Token"); token != "" && !slices.Contains(tokens, token) && strings.Contains(r.URL.Path, "/export/") {
			tokens = append(tokens, token)
		}
		return false
	})
	c.Releaser = hashicorptest.LoggedIn(t, proxy.Server, "releaser", login)
	open := hashicorptest.Unwrap(s, hashicorptest.Binary(t))
	for range 2 {
		h, err := c.Release(t.Context(), "brief")
		if err != nil {
			t.Fatal(err)
		}
		if at, err := c.Releaser.Expires(); err != nil || !at.IsZero() {
			t.Errorf("a token until %v, %v", at, err)
		}
		if _, err := open(h.Secret); err != nil { // revoking the token that made it leaves it alone
			t.Error(err)
		}
	}
	proxy.Break(nil)
	if len(tokens) != 2 {
		t.Fatalf("two hand-overs took %d tokens", len(tokens))
	}
	for _, token := range tokens {
		thief, err := s.Client(token)
		if err != nil {
			t.Fatal(err)
		}
		thief.SetWrappingLookupFunc(func(string, string) string { return "10m" })
		if _, err := thief.Logical().Read("countersign-transit/export/signing-key/brief/latest"); err == nil {
			t.Error("the token exports once more")
		}
	}
	// What becomes of logging in is told, and passes by itself.
	root := rootClient(t, s)
	for _, from := range []string{"192.0.2.5/32", ""} {
		if _, err := root.Logical().Write("auth/approle/role/countersign-releaser", map[string]any{"secret_id_bound_cidrs": from}); err != nil {
			t.Fatal(err)
		}
		_, err := c.Release(t.Context(), "brief")
		if _, told := c.Releaser.Expires(); (err == nil) != (from == "") || (told == nil) != (from == "") {
			t.Errorf("bound to %q: %v, told %v", from, err, told)
		}
		if err != nil {
			wants(t, err, true, "vault.login")
		}
	}
	// One that a crash leaves behind is spent with the next call, or after a minute.
	role, err := root.Logical().Read("auth/approle/role/countersign-releaser")
	if err != nil {
		t.Fatal(err)
	}
	for field, want := range map[string]string{"token_num_uses": "2", "token_ttl": "60", "token_max_ttl": "60", "token_period": "0"} {
		if got := fmt.Sprint(role.Data[field]); got != want {
			t.Errorf("%s is %s, want %s", field, got, want)
		}
	}
}

// TestJanitorEndsHandoversAlone: it takes hand-overs of one key back, exactly these,
// and no other token, whatever accessor it is given.
func TestJanitorEndsHandoversAlone(t *testing.T) {
	s := shared(t)
	c, _ := hashicorptest.Vault(t, s)
	open := hashicorptest.Unwrap(s, hashicorptest.Binary(t))
	hand := map[string]certs.Handover{}
	for _, key := range []string{"ended", "ended1"} {
		if _, err := c.CreateCSR(t.Context(), key, vaulttest.Spec(vaulttest.Kinds[1])); err != nil {
			t.Fatal(err)
		}
		h, err := c.Release(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		hand[key] = h
	}
	if err := c.Revoke(t.Context(), hand["ended"].Accessor); err != nil {
		t.Fatal(err)
	}
	if _, err := open(hand["ended"].Secret); err == nil {
		t.Error("opened what was taken back")
	}
	if o, err := c.Opening(t.Context(), hand["ended"].Accessor); err != nil || !o.Opened.IsZero() {
		t.Errorf("taken back: %+v, %v", o, err)
	}
	if _, err := open(hand["ended1"].Secret); err != nil {
		t.Errorf("another key's went with it: %v", err)
	}

	root := rootClient(t, s)
	mine, err := root.Auth().Token().LookupSelf()
	if err != nil {
		t.Fatal(err)
	}
	wrapped, err := root.Logical().Write("auth/approle/role/countersign-writer/secret-id", nil)
	if err != nil || wrapped == nil {
		t.Fatal(err)
	}
	accessor := mine.Data["accessor"].(string)
	wants(t, c.Revoke(t.Context(), accessor+"@4102444800"), false, "vault.handover.unknown")
	janitor := asIdentity(t, s, "janitor")
	for path, body := range map[string]map[string]any{
		"auth/token/revoke-accessor":                   {"accessor": accessor},
		"auth/token/revoke":                            {"token": s.Token},
		"sys/leases/revoke-prefix/auth":                {"sync": true},
		"sys/leases/revoke":                            {"lease_id": "auth/approle/login/x"},
		"sys/leases/revoke-prefix/countersign-transit": {"sync": true},
	} {
		if _, err := janitor.Logical().Write(path, body); err == nil {
			t.Errorf("the janitor may use %s", path)
		}
	}
	if _, err := root.Auth().Token().LookupSelf(); err != nil {
		t.Errorf("root's token: %v", err)
	}
}

// TestBoundAddresses: with CIDRS, setup.sh binds secret-ids and tokens to where
// Countersign runs, and says nothing of it when it is left out the next time.
func TestBoundAddresses(t *testing.T) {
	s := hashicorptest.Empty(t)
	spec := vaulttest.Spec(vaulttest.Kinds[1])
	login := func() error {
		t.Helper()
		role, err := s.AppRole(t.Context(), "recorder")
		if err != nil {
			t.Fatal(err)
		}
		_, err = (&hashicorp.Custody{Recorder: hashicorptest.LoggedIn(t, s.Connection(), "recorder", role)}).AuditKey()
		return err
	}
	for _, setting := range []struct {
		cidrs string
		works bool
	}{{"CIDRS=127.0.0.0/8,::1/128", true}, {"CIDRS=192.0.2.5/32", false}, {"", false}} {
		if err := s.Prepare(t.Context(), []string{"example.com"}, spec.Subject, setting.cidrs); err != nil {
			t.Fatal(err)
		}
		if err := login(); (err == nil) != setting.works {
			t.Errorf("%q: %v", setting.cidrs, err)
		}
	}
}

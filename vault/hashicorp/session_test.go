package hashicorp_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"countersign/certs"
	"countersign/tests/hashicorptest"
	"countersign/vault/hashicorp"
	"countersign/vault/hashicorp/devserver"
)

// TestTokenLife has tokens end in every way there is while somebody keeps working.
func TestTokenLife(t *testing.T) {
	s := hashicorptest.Start(t)
	root := rootClient(t, s)
	works := func(t *testing.T, as *hashicorp.Session) error {
		c := &hashicorp.Custody{Recorder: as}
		_, err := c.AuditKey()
		return err
	}

	t.Run("at its maximum", func(t *testing.T) {
		t.Parallel()
		// Two seconds a lease, five in all: three generations in the time of the test.
		if _, err := root.Logical().Write("auth/approle/role/countersign-brief", map[string]any{
			"token_policies": "countersign-recorder", "token_ttl": "2s", "token_max_ttl": "5s"}); err != nil {
			t.Fatal(err)
		}
		login, err := s.AppRole(t.Context(), "brief")
		if err != nil {
			t.Fatal(err)
		}
		as := hashicorptest.LoggedIn(t, s.Connection(), "recorder", login)
		for start := time.Now(); time.Since(start) < 12*time.Second; time.Sleep(50 * time.Millisecond) {
			if err := works(t, as); err != nil {
				t.Fatalf("after %v: %v", time.Since(start), err)
			}
		}
		expires, err := as.Expires()
		if left := time.Until(expires); err != nil || left > 3*time.Second {
			t.Errorf("token for another %v, %v", left, err)
		}
	})
	t.Run("revoked", func(t *testing.T) {
		t.Parallel()
		as := hashicorptest.Session(t, s, "recorder")
		if err := works(t, as); err != nil {
			t.Fatal(err)
		}
		revokeAll(t, s, "countersign-recorder")
		for range 3 {
			if err := works(t, as); err != nil {
				t.Errorf("after revocation: %v", err)
			}
		}
	})
	t.Run("static, and gone", func(t *testing.T) {
		t.Parallel()
		token := asIdentity(t, s, "janitor").Token()
		file := filepath.Join(t.TempDir(), "token")
		puts := func(token string) {
			if err := os.WriteFile(file, []byte(token+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		puts(token)
		as := hashicorptest.LoggedIn(t, s.Connection(), "janitor", hashicorp.TokenFile(file))
		c := &hashicorp.Custody{Janitor: as}
		if err := c.Destroy(t.Context(), "k9"); err != nil {
			t.Fatal(err)
		}
		if err := root.Auth().Token().RevokeTree(token); err != nil {
			t.Fatal(err)
		}
		f := wants(t, c.Destroy(t.Context(), "k9"), true, "vault.login")
		if strings.Contains(fmt.Sprint(f, f.Text(), hashicorp.Token(token)), token) {
			t.Error("the token is told")
		}
		puts("")
		wantsSoon(t, func() error { return c.Destroy(t.Context(), "k9") }, "vault.token.file")
		puts(asIdentity(t, s, "janitor").Token()) // a person has brought another
		wantsSoon(t, func() error { return c.Destroy(t.Context(), "k9") }, "")
	})
}

// wantsSoon waits for a call to fail with this, or with "" to succeed.
func wantsSoon(t *testing.T, call func() error, key string) {
	t.Helper()
	var err error
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		var f certs.Fault
		err = call()
		if key == "" && err == nil || key != "" && errors.As(err, &f) && f.Text().Key == key {
			return
		}
	}
	t.Fatalf("want %q, have %v", key, err)
}

// revokeAll revokes every token that has a policy.
func revokeAll(t *testing.T, s *devserver.Server, policy string) {
	t.Helper()
	root := rootClient(t, s)
	list, err := root.Logical().List("auth/token/accessors")
	if err != nil {
		t.Fatal(err)
	}
	revoked := 0
	for _, a := range list.Data["keys"].([]any) {
		token, err := root.Auth().Token().LookupAccessor(a.(string))
		if err != nil {
			continue // ended meanwhile
		}
		if !slices.Contains(token.Data["policies"].([]any), any(policy)) {
			continue
		}
		if err := root.Auth().Token().RevokeAccessor(a.(string)); err != nil {
			t.Fatal(err)
		}
		revoked++
	}
	if revoked == 0 {
		t.Fatal("nothing to revoke")
	}
}

func TestWrappedSecretID(t *testing.T) {
	s := shared(t)
	root := rootClient(t, s)
	fails := func(t *testing.T, login *hashicorp.AppRole, key string) {
		t.Helper()
		as := hashicorptest.LoggedIn(t, s.Connection(), "recorder", login)
		_, err := (&hashicorp.Custody{Recorder: as}).AuditKey()
		wants(t, err, true, key)
	}
	t.Run("opened by somebody else", func(t *testing.T) {
		login, err := s.AppRole(t.Context(), "recorder")
		if err != nil {
			t.Fatal(err)
		}
		token, err := os.ReadFile(login.SecretID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := root.Logical().Unwrap(strings.TrimSpace(string(token))); err != nil {
			t.Fatal(err)
		}
		fails(t, login, "vault.secretid.opened")
	})
	t.Run("put there by somebody else", func(t *testing.T) {
		other, err := s.AppRole(t.Context(), "janitor")
		if err != nil {
			t.Fatal(err)
		}
		login, err := s.AppRole(t.Context(), "recorder")
		if err != nil {
			t.Fatal(err)
		}
		login.SecretID = other.SecretID
		fails(t, login, "vault.secretid.origin")
	})
	t.Run("no file", func(t *testing.T) {
		login, err := s.AppRole(t.Context(), "recorder")
		if err != nil {
			t.Fatal(err)
		}
		login.SecretID += ".missing"
		fails(t, login, "vault.secretid.file")
	})
	t.Run("a new one mends", func(t *testing.T) {
		login, err := s.AppRole(t.Context(), "recorder")
		if err != nil {
			t.Fatal(err)
		}
		good, err := os.ReadFile(login.SecretID)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "secret")
		if err := os.WriteFile(file, []byte("hvs.nonsense"), 0o600); err != nil {
			t.Fatal(err)
		}
		login.SecretID = file
		as := hashicorptest.LoggedIn(t, s.Connection(), "recorder", login)
		c := &hashicorp.Custody{Recorder: as}
		_, err = c.AuditKey()
		wants(t, err, true, "vault.secretid.opened")
		if err := os.WriteFile(file, good, 0o600); err != nil {
			t.Fatal(err)
		}
		eventually(t, func() error { _, err := c.AuditKey(); return err })
	})
}

// TestKubernetesAndNamespace checks what is sent: the minimal Vault of the tests has
// neither the Kubernetes method nor namespaces, so a stand-in answers.
func TestKubernetesAndNamespace(t *testing.T) {
	t.Setenv("VAULT_NAMESPACE", "of-somebody-else")
	t.Setenv("VAULT_TOKEN", "of-somebody-else")
	t.Setenv("VAULT_WRAP_TTL", "5m")
	t.Setenv("VAULT_MAX_RETRIES", "7")
	var mu sync.Mutex
	var problems []string
	asked := 0
	stand := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		asked++
		if got := r.Header.Get("X-Vault-Namespace"); strings.Trim(got, "/") != "team/pki" {
			problems = append(problems, r.URL.Path+" in namespace "+got)
		}
		if r.Header.Get("X-Vault-Wrap-Ttl") != "" {
			problems = append(problems, r.URL.Path+" wrapped")
		}
		switch r.URL.Path {
		case "/v1/auth/k8s/login":
			var body map[string]string
			if err := json.NewDecoder(r.Body).Decode(&body); err != nil || body["jwt"] != "the-jwt" || body["role"] != "countersign" {
				problems = append(problems, "login without role or token")
			}
			if r.Header.Get("X-Vault-Token") != "" {
				problems = append(problems, "login with a token")
			}
			_, _ = w.Write([]byte(`{"auth":{"client_token":"t1","lease_duration":3600,"renewable":true}}`))
		case "/v1/countersign-transit/hmac/countersign-audit":
			if r.Header.Get("X-Vault-Token") != "t1" {
				problems = append(problems, "with token "+r.Header.Get("X-Vault-Token"))
			}
			w.WriteHeader(http.StatusInternalServerError)
		default:
			problems = append(problems, "asked for "+r.URL.Path)
		}
	}))
	defer stand.Close()
	jwt := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(jwt, []byte("the-jwt"), 0o600); err != nil {
		t.Fatal(err)
	}
	as := hashicorptest.LoggedIn(t, hashicorp.Server{Address: stand.URL, Namespace: "team/pki"}, "recorder",
		&hashicorp.Kubernetes{Mount: "k8s", Role: "countersign", JWT: jwt})
	_, err := (&hashicorp.Custody{Recorder: as}).AuditKey()
	wants(t, err, true, "vault.down")
	mu.Lock()
	defer mu.Unlock()
	if len(problems) > 0 || asked != 2 {
		t.Errorf("%d calls; %v", asked, problems)
	}
}

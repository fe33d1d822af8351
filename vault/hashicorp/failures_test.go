package hashicorp_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/vault/api"

	"countersign/certs"
	"countersign/tests/hashicorptest"
	"countersign/tests/vaulttest"
	"countersign/vault/hashicorp"
	"countersign/vault/hashicorp/devserver"
)

// wants asserts a fault of one kind.
func wants(t *testing.T, err error, temporary bool, key string) certs.Fault {
	t.Helper()
	f := vaulttest.Fault(t, err, temporary)
	if f.Text().Key != key {
		t.Errorf("got %s (%v), want %s", f.Text().Key, err, key)
	}
	return f
}

func rootClient(t *testing.T, s *devserver.Server) *api.Client {
	t.Helper()
	root, err := s.Client(s.Token)
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// TestOutages takes the real server away in several ways. Each time every call says
// so, and once it is back the same call works without anybody doing anything here.
func TestOutages(t *testing.T) {
	s := hashicorptest.Start(t)
	c, p := hashicorptest.Vault(t, s)
	spec := vaulttest.Spec(vaulttest.Kinds[1])
	csr, err := c.CreateCSR(t.Context(), "k1", spec)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]func(context.Context) error{
		"create":  func(ctx context.Context) error { _, err := c.CreateCSR(ctx, "k1", spec); return err },
		"issue":   func(ctx context.Context) error { _, _, err := p.Issue(ctx, "k1", spec, csr); return err },
		"release": func(ctx context.Context) error { _, err := c.Release(ctx, "k1"); return err },
		"destroy": func(ctx context.Context) error { return c.Destroy(ctx, "k9") },
		"audit":   func(context.Context) error { _, err := c.AuditKey(); return err },
	}
	during := func(key string) {
		t.Helper()
		for name, try := range all {
			err := try(t.Context())
			if err == nil {
				t.Errorf("%s worked", name)
				continue
			}
			wants(t, err, true, key)
		}
	}
	after := func() {
		t.Helper()
		for name, try := range all {
			if err := try(t.Context()); err != nil {
				t.Errorf("%s afterwards: %v", name, err)
			}
		}
	}

	if err := s.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	during("vault.sealed")
	if err := s.Unseal(t.Context()); err != nil {
		t.Fatal(err)
	}
	after()

	if err := s.Kill(); err != nil {
		t.Fatal(err)
	}
	during("vault.unreachable")
	if err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	during("vault.sealed")
	if err := s.Unseal(t.Context()); err != nil {
		t.Fatal(err)
	}
	after()

	// A session that starts while Vault is away logs in when it is back.
	login, err := s.AppRole(t.Context(), "writer")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Kill(); err != nil {
		t.Fatal(err)
	}
	late := &hashicorp.Custody{Writer: hashicorptest.LoggedIn(t, s.Connection(), "writer", login)}
	_, err = late.CreateCSR(t.Context(), "k2", spec)
	wants(t, err, true, "vault.unreachable")
	if err := errors.Join(s.Run(t.Context()), s.Unseal(t.Context())); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() error { _, err := late.CreateCSR(t.Context(), "k2", spec); return err })
}

func eventually(t *testing.T, try func() error) {
	t.Helper()
	var err error
	for range 200 {
		if err = try(); err == nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Errorf("still not: %v", err)
}

// TestBrokenAnswers has something between us and Vault misbehave.
func TestBrokenAnswers(t *testing.T) {
	s := shared(t)
	k0, k1 := unique("k0"), unique("k1")
	proxy := hashicorptest.NewProxy(t, s)
	server := proxy.Server
	server.Timeout = time.Second
	login, err := s.AppRole(t.Context(), "writer")
	if err != nil {
		t.Fatal(err)
	}
	writer := hashicorptest.LoggedIn(t, server, "writer", login)
	c := &hashicorp.Custody{Writer: writer, Recorder: writer}
	spec := vaulttest.Spec(vaulttest.Kinds[1])
	if _, err := c.CreateCSR(t.Context(), k0, spec); err != nil {
		t.Fatal(err)
	}
	answer := func(status int, body string) func(http.ResponseWriter, *http.Request, func()) bool {
		return func(w http.ResponseWriter, _ *http.Request, _ func()) bool {
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
			return true
		}
	}
	for _, broken := range []struct {
		key   string
		fault func(http.ResponseWriter, *http.Request, func()) bool
	}{
		{"vault.down", answer(500, `{"errors":["internal error"]}`)},
		{"vault.down", answer(502, "<html>Bad Gateway</html>")},
		{"vault.down", answer(503, "<html>maintenance</html>")},
		{"vault.down", answer(473, `{"errors":[]}`)},
		{"vault.busy", answer(429, `{"errors":["request path \"transit\": rate limit quota exceeded"]}`)},
		{"vault.unreachable", answer(200, "<html>please log in to the guest network</html>")},
		{"vault.unreachable", func(w http.ResponseWriter, _ *http.Request, _ func()) bool {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				_ = conn.Close()
			}
			return true
		}},
		{"vault.slow", func(_ http.ResponseWriter, r *http.Request, _ func()) bool {
			_, _ = io.Copy(io.Discard, r.Body) // only then does the server see that the client has gone
			<-r.Context().Done()
			return true
		}},
	} {
		proxy.Break(broken.fault)
		_, err := c.CreateCSR(t.Context(), k0, spec)
		wants(t, err, true, broken.key)
		_, err = c.AuditKey()
		wants(t, err, true, broken.key)
	}
	proxy.Break(nil)
	if _, err := c.CreateCSR(t.Context(), k0, spec); err != nil {
		t.Error(err)
	}

	// Broken between making the key and making the request: one key all the same.
	proxy.Break(func(w http.ResponseWriter, r *http.Request, _ func()) bool {
		if !strings.HasSuffix(r.URL.Path, "/csr") {
			return false
		}
		w.WriteHeader(http.StatusInternalServerError)
		return true
	})
	_, err = c.CreateCSR(t.Context(), k1, spec)
	wants(t, err, true, "vault.down")
	made, err := rootClient(t, s).Logical().Read("countersign-transit/keys/" + k1)
	if err != nil || made == nil {
		t.Fatalf("no key was made: %v", err)
	}
	proxy.Break(nil)
	if _, err := c.CreateCSR(t.Context(), k1, spec); err != nil {
		t.Error(err)
	}
	again, err := rootClient(t, s).Logical().Read("countersign-transit/keys/" + k1)
	if err != nil || again.Data["latest_version"] != made.Data["latest_version"] {
		t.Errorf("another key was made: %v", err)
	}
}

// TestWrongSetup takes rights, mounts and roles away and gives them back.
func TestWrongSetup(t *testing.T) {
	s := hashicorptest.Start(t)
	c, p := hashicorptest.Vault(t, s)
	root := rootClient(t, s)
	spec := vaulttest.Spec(vaulttest.Kinds[1])
	csr, err := c.CreateCSR(t.Context(), "k1", spec)
	if err != nil {
		t.Fatal(err)
	}

	t.Run("policy too narrow", func(t *testing.T) {
		whole, err := root.Sys().GetPolicy("countersign-writer")
		if err != nil {
			t.Fatal(err)
		}
		if err := root.Sys().PutPolicy("countersign-writer", `path "countersign-kv/*" { capabilities = ["read", "create", "update"] }`); err != nil {
			t.Fatal(err)
		}
		_, err = c.CreateCSR(t.Context(), "k2", spec)
		f := wants(t, err, true, "vault.denied")
		if f.Text().Args["Path"] != "countersign-transit/keys/k2" || f.Text().Args["Identity"] != "writer" {
			t.Errorf("says %v", f.Text().Args)
		}
		if err := root.Sys().PutPolicy("countersign-writer", whole); err != nil {
			t.Fatal(err)
		}
		if _, err := c.CreateCSR(t.Context(), "k2", spec); err != nil {
			t.Error(err)
		}
	})
	t.Run("role", func(t *testing.T) {
		issue := func(p *hashicorp.PKI, change func(*certs.Spec)) error {
			other := spec
			change(&other)
			_, _, err := p.Issue(t.Context(), t.Name()+time.Now().String(), other, csr)
			return err
		}
		f := wants(t, issue(p, func(s *certs.Spec) {
			s.Names = []certs.Name{{Type: certs.DNS, Value: "a.example.com"}, {Type: certs.DNS, Value: "evil.test"}}
		}), false, "vault.role.refuses")
		if !strings.Contains(f.Text().Args["Reason"], "evil.test") {
			t.Errorf("does not say which name: %v", f.Text().Args)
		}
		wants(t, issue(p, func(s *certs.Spec) { s.Subject.O = "Other" }), false, "vault.role.subject")
		wants(t, issue(p, func(s *certs.Spec) { s.Days = 3000 }), false, "vault.role.days")
		wants(t, issue(p, func(s *certs.Spec) { s.IsCA = true }), false, "vault.role.ca")
		wants(t, issue(p, func(s *certs.Spec) {
			s.Names = append(s.Names[:len(s.Names):len(s.Names)], certs.Name{Type: certs.SRV, Value: "_xmpp-server.example.com"})
		}), false, "vault.name.other")
		named := &hashicorp.PKI{Signer: p.Signer, Roles: map[string]string{spec.Profile: "countersign-server-ds"}}
		wants(t, issue(named, func(*certs.Spec) {}), false, "vault.role.usages")
		named.Roles[spec.Profile] = "no-such-role"
		wants(t, issue(named, func(*certs.Spec) {}), true, "vault.role.missing")
		for _, bad := range []struct {
			key   string
			field map[string]any
		}{
			{"vault.role.names", map[string]any{"use_csr_sans": true}},
			{"vault.role.unstored", map[string]any{"use_csr_sans": false, "no_store": true}},
		} {
			if _, err := root.Logical().JSONMergePatch(t.Context(), "countersign-pki/roles/countersign-server-client-ds", bad.field); err != nil {
				t.Fatal(err)
			}
			fresh := &hashicorp.PKI{Signer: p.Signer, Roles: map[string]string{spec.Profile: "countersign-server-client-ds"}}
			wants(t, issue(fresh, func(s *certs.Spec) { s.KU = s.KU[:1] }), false, bad.key)
		}
	})
	t.Run("past the CA's end", func(t *testing.T) {
		if err := root.Sys().Mount("short", &api.MountInput{Type: "pki"}); err != nil {
			t.Fatal(err)
		}
		role, err := root.Logical().Read("countersign-pki/roles/countersign-server-client-ds-ke")
		if err != nil {
			t.Fatal(err)
		}
		for path, body := range map[string]map[string]any{
			"short/root/generate/internal":                {"common_name": "short", "ttl": "240h"},
			"short/roles/countersign-server-client-ds-ke": role.Data,
		} {
			if _, err := root.Logical().Write(path, body); err != nil {
				t.Fatal(err)
			}
		}
		short := &hashicorp.PKI{Signer: hashicorptest.LoggedIn(t, s.Connection(), "writer", hashicorp.Token(s.Token)), Mount: "short"}
		long := spec
		long.Days = 25
		_, _, err = short.Issue(t.Context(), "short", long, csr)
		if f := wants(t, err, true, "vault.ca.renew"); !strings.HasPrefix(f.Text().Args["End"], "20") {
			t.Errorf("does not say when: %v", f.Text().Args)
		}
	})
	t.Run("not KV version 2", func(t *testing.T) {
		if err := root.Sys().Mount("old", &api.MountInput{Type: "kv", Options: map[string]string{"version": "1"}}); err != nil {
			t.Fatal(err)
		}
		as := hashicorptest.LoggedIn(t, s.Connection(), "writer", hashicorp.Token(s.Token))
		wants(t, hashicorp.CheckKV(t.Context(), as, "old"), false, "vault.kv1")
		if err := hashicorp.CheckKV(t.Context(), c.Writer, ""); err != nil {
			t.Error(err)
		}
	})
	t.Run("mount missing", func(t *testing.T) {
		if err := root.Sys().Unmount("countersign-pki"); err != nil {
			t.Fatal(err)
		}
		fresh := &hashicorp.PKI{Signer: p.Signer}
		_, _, err := fresh.Issue(t.Context(), "gone", spec, csr)
		wants(t, err, true, "vault.mount")
		if err := root.Sys().Unmount("countersign-transit"); err != nil {
			t.Fatal(err)
		}
		_, err = c.CreateCSR(t.Context(), "k9", spec)
		wants(t, err, true, "vault.mount")
		_, err = c.Release(t.Context(), "k9")
		wants(t, err, true, "vault.mount")
		wants(t, c.Destroy(t.Context(), "k9"), true, "vault.mount")
	})
}

// TestStolenHandover has somebody else open a hand-over first.
func TestStolenHandover(t *testing.T) {
	s := shared(t)
	k1, k2 := unique("k1"), unique("k2")
	c, _ := hashicorptest.Vault(t, s)
	open := hashicorptest.Unwrap(s, hashicorptest.Binary(t))
	spec := vaulttest.Spec(vaulttest.Kinds[1])
	if _, err := c.CreateCSR(t.Context(), k1, spec); err != nil {
		t.Fatal(err)
	}
	h, err := c.Release(t.Context(), k1)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(h.Command, "vault unwrap") || !strings.Contains(h.Command, h.Secret) || strings.Contains(h.Accessor, h.Secret) {
		t.Errorf("hand-over %v with command for another token", h)
	}
	if _, err := open(h.Secret); err != nil { // the thief
		t.Fatal(err)
	}
	vaulttest.Noticed(t, c, h)
	if _, err := open(h.Secret); err == nil || !strings.Contains(err.Error(), "wrapping token is not valid") {
		t.Errorf("the receiver is told %v", err)
	}
	if err := c.Revoke(t.Context(), h.Accessor); err != nil {
		t.Error(err)
	}
	if o, err := c.Opening(t.Context(), h.Accessor); err != nil || o.Opened.IsZero() {
		t.Errorf("taking it back hides that it was opened: %+v, %v", o, err)
	}

	locked := spec
	locked.KeyFile = false
	if _, err := c.CreateCSR(t.Context(), k2, locked); err != nil {
		t.Fatal(err)
	}
	_, err = c.Release(t.Context(), k2)
	wants(t, err, false, "vault.key.locked")
	_, err = c.CreateCSR(t.Context(), k1, locked)
	wants(t, err, false, "vault.key.exportable")

	one, err := c.AuditKey()
	if err != nil {
		t.Fatal(err)
	}
	two, err := c.AuditKey()
	if err != nil || len(one) != 32 || !bytes.Equal(one, two) {
		t.Errorf("audit key of %d bytes, then another: %v", len(one), err)
	}
}

package vault

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"countersign/slacksim"
	"countersign/tests/hashicorptest"
	"countersign/vault/hashicorp/devserver"
)

// proxied is a product that works with a Vault behind a proxy, served and on stage.
func proxied(t *testing.T) (*devserver.Server, *hashicorptest.Proxy, *world, *slacksim.Stage) {
	t.Helper()
	server := vaultServer(t)
	proxy := hashicorptest.NewProxy(t, server)
	w := newWorld(t)
	w.useVault(server, false)
	w.through(proxy)
	w.serve()
	return server, proxy, w, w.stage()
}

// through points the product at a Vault through a proxy.
func (w *world) through(p *hashicorptest.Proxy) {
	cfg := w.config["vault"].(map[string]any) //nolint:errcheck // as useVault makes it
	cfg["address"], cfg["ca_file"] = p.Server.Address, p.Server.CAFile
}

// answers has every call that touches part answered with a status.
func answers(part string, status int, body string) func(http.ResponseWriter, *http.Request, func()) bool {
	return func(w http.ResponseWriter, r *http.Request, _ func()) bool {
		if !strings.Contains(r.URL.Path, part) {
			return false
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body)) // the client may have gone
		return true
	}
}

// TestRequestsWait has an approved request meet each failure of Vault. It waits, says in
// the requester's words what is wrong and what to do, and goes on by itself.
func TestRequestsWait(t *testing.T) {
	server, proxy, _, st := proxied(t)
	const role = "countersign-pki/roles/countersign-server-client-ds-ke"
	roleAsItIs := read(t, server, role)
	done := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for i, failure := range []struct {
		name, says  string
		break_, end func()
	}{
		{"sealed", "sealed", func() { done(server.Seal(t.Context())) }, func() { done(server.Unseal(t.Context())) }},
		{"unreachable", "answers with error", func() { done(server.Kill()) }, func() { done(errors.Join(server.Run(t.Context()), server.Unseal(t.Context()))) }},
		{"500", "answers with error", func() { proxy.Break(answers("/sign/", 500, `{"errors":["internal error"]}`)) }, func() {
			proxy.Break(nil)
			backdated(t, server) // or it would wait until Vault's longest request has ended
		}},
		{"cut off", "cannot be reached", func() {
			proxy.Break(func(w http.ResponseWriter, r *http.Request, _ func()) bool {
				if conn, _, err := w.(http.Hijacker).Hijack(); err == nil { //nolint:errcheck // a real server
					_ = conn.Close() // that is the failure
				}
				return true
			})
		}, func() { proxy.Break(nil) }},
		{"slow", "did not answer in time", func() {
			proxy.Break(func(_ http.ResponseWriter, r *http.Request, _ func()) bool {
				if !strings.Contains(r.URL.Path, "/data/issued/") {
					return false
				}
				_, _ = io.Copy(io.Discard, r.Body) // only then does the server see that the client has gone
				<-r.Context().Done()
				return true
			})
		}, func() { proxy.Break(nil) }},
		{"policy too narrow", "writer", func() {
			change(t, server, []string{"sys/policies/acl/countersign-writer"}, map[string]any{"policy": `path "countersign-transit/*" { capabilities = ["create", "update"] }`})
		}, func() {
			change(t, server, []string{"sys/policies/acl/countersign-writer"}, map[string]any{"policy": policyOf(t, "writer")})
		}},
		{"mount missing", "nothing mounted", func() {
			proxy.Break(answers("countersign-pki/", 404, `{"errors":["no handler for route \"countersign-pki/sign/x\". route entry not found."]}`))
		}, func() { proxy.Break(nil) }},
		{"role missing", "has no role", func() {
			change(t, server, []string{"delete", role}, nil)
		}, func() { change(t, server, []string{role}, roleAsItIs) }},
		{"token ended overnight", "", func() { revokeTokens(t, server) }, func() {}},
	} {
		t.Run(failure.name, func(t *testing.T) {
			id := fmt.Sprintf("REQ-%d", i+1)
			ella := st.As("ella")
			card := asked(st, id, fmt.Sprintf("expc%d.example.com", i+1))
			failure.break_()
			st.As("anselm").In("cert-approvals").Clicks(card, "Approve")
			if failure.says != "" {
				ella.Sees(id, "waits", failure.says, "goes on by itself")
				st.As("anselm").In("cert-approvals").SeesChange(card, "It waits", failure.says)
			}
			failure.end()
			ella.Sees(id, "is here")
			if now := st.As("anselm").In("cert-approvals").SeesChange(card, "Issued"); strings.Contains(now.Shown(), "It waits") {
				t.Errorf("it still says that it waits: %s", now.Shown())
			}
		})
	}

	// What waiting does not mend ends with words that name the difference.
	t.Run("role refuses a name", func(t *testing.T) {
		card := asked(st, "REQ-10", "expc1.example.net")
		st.As("anselm").In("cert-approvals").Clicks(card, "Approve")
		st.As("ella").Sees("REQ-10", "cannot go on", "expc1.example.net")
		for end := time.Now().Add(20 * waitStep); ; pause() {
			keys := strings.Join(list(t, server, "countersign-transit/keys"), " ")
			if !strings.Contains(keys, "req-10-") {
				break
			}
			if time.Now().After(end) {
				t.Fatalf("the key of a failed request is still there: %s", keys)
			}
		}
	})
}

// asked has Ella ask and gives the approvers' card, undecided.
func asked(st *slacksim.Stage, id, name string) slacksim.Message {
	sends(st, name)
	return st.As("anselm").In("cert-approvals").Sees("Certificate request "+id, "Waiting for approval")
}

// sends has Ella ask, up to the plan that she sends.
func sends(st *slacksim.Stage, name string) {
	ella := st.As("ella")
	thread := ella.In("certificates").Says("@Countersign I need a certificate for Expressway-C " + name + ", single node, MRA, domain example.com, internal CA, O=Example Ltd, C=GB")
	in := ella.In("certificates").InThread(thread)
	in.Sees("Which software version does it run?")
	in.Says("X14.3")
	in.Sees("Why is it needed?")
	in.Says("New portal")
	in.Clicks(in.Sees("The plan", name), "Send for approval")
}

// revokeTokens ends every token of the writer, as an age limit would.
func revokeTokens(t *testing.T, s *devserver.Server) {
	t.Helper()
	client, err := s.Client(s.Token)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Logical().WriteWithContext(t.Context(), "sys/leases/revoke-prefix/auth/approle/login", nil); err != nil {
		t.Fatal(err)
	}
}

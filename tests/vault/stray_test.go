package vault

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// serialSaid is a serial number as a card says it.
var serialSaid = regexp.MustCompile("serial number `?([0-9a-f]{16,})")

// TestStrayIsRevoked: a certificate that Vault made and nobody gets is on Vault's
// revocation list in the end, whatever stands in the way, and the card says how far
// that is.
func TestStrayIsRevoked(t *testing.T) {
	server, proxy, w, st := proxied(t)
	ella, approvals := st.As("ella"), st.As("anselm").In("cert-approvals")
	onList := func(shown string) {
		t.Helper()
		found := serialSaid.FindStringSubmatch(shown)
		if found == nil {
			t.Fatalf("no serial number in %s", shown)
		}
		if all := revokedAt(t, server); !slices.Contains(all, found[1]) {
			t.Errorf("%s is not on Vault's revocation list: %v", found[1], all)
		}
	}

	// Somebody changes the role between its being looked at and the signature: Vault gives
	// fewer days, or other usages, without a word.
	const role = "countersign-pki/roles/countersign-server-client-ds-ke"
	asItIs := read(t, server, role)
	changes := func(to map[string]any) {
		other := maps.Clone(asItIs)
		maps.Copy(other, to)
		proxy.Break(func(_ http.ResponseWriter, r *http.Request, _ func()) bool {
			if strings.Contains(r.URL.Path, "/sign/") {
				change(t, server, []string{role}, other)
			}
			return false
		})
	}
	changes(map[string]any{"max_ttl": "240h"})
	card := asked(st, "REQ-1", "expc1.example.com")
	approvals.Clicks(card, "Approve")
	ella.Sees("REQ-1", "It is not delivered yet", "days instead of 365")
	held := approvals.SeesChange(card, "differs from what was approved", "days instead of 365")
	proxy.Break(func(wr http.ResponseWriter, r *http.Request, _ func()) bool {
		if !strings.HasSuffix(r.URL.Path, "/revoke") {
			return false
		}
		wr.WriteHeader(http.StatusServiceUnavailable)
		_, _ = wr.Write([]byte(`{"errors":["Vault is sealed"]}`)) // the client may have gone
		return true
	})
	approvals.Clicks(held, "Turn it away")
	ella.Sees("REQ-1", "cannot go on", "an approver turned away what the CA gave")
	approvals.SeesChange(card, "Failed", "It is still valid; its revocation waits", "sealed")
	proxy.Break(nil)
	onList(approvals.SeesChange(card, "Failed", "It was revoked at the CA").Shown())

	change(t, server, []string{role}, asItIs)
	changes(map[string]any{"client_flag": false, "ext_key_usage": []string{"ServerAuth"}})
	// And the identity that may revoke has lost its right.
	change(t, server, []string{"sys/policies/acl/countersign-revoker"}, map[string]any{"policy": `path "sys/health" { capabilities = ["read"] }`})
	card = asked(st, "REQ-2", "expc2.example.com")
	approvals.Clicks(card, "Approve")
	ella.Sees("REQ-2", "cannot go on", "TLS Web Client Authentication is missing")
	approvals.SeesChange(card, "Failed", "is refused: it is not what was approved", "its revocation waits", "revoker")
	ofSecond := func() bool {
		return slices.ContainsFunc(list(t, server, "countersign-transit/keys"), func(k string) bool { return strings.HasPrefix(k, "req-2-") })
	}
	for end := time.Now().Add(30 * waitStep); ofSecond(); pause() { // its end is queued beside
		if time.Now().After(end) {
			t.Fatalf("the key of a failed request is still there: %v", list(t, server, "countersign-transit/keys"))
		}
	}
	proxy.Break(nil)
	change(t, server, []string{role}, asItIs)
	change(t, server, []string{"sys/policies/acl/countersign-revoker"}, map[string]any{"policy": policyOf(t, "revoker")})
	onList(approvals.SeesChange(card, "Failed", "It was revoked at the CA").Shown())

	// Killed when Vault has revoked it and nobody knows: done again, which is no error.
	changes(map[string]any{"max_ttl": "240h"})
	card = asked(st, "REQ-3", "expc3.example.com")
	approvals.Clicks(card, "Approve")
	held = approvals.SeesChange(card, "differs from what was approved")
	reached, gone := make(chan struct{}), make(chan struct{})
	proxy.Break(func(_ http.ResponseWriter, r *http.Request, pass func()) bool {
		if !strings.HasSuffix(r.URL.Path, "/revoke") {
			return false
		}
		pass()
		close(reached)
		<-gone
		return true
	})
	approvals.Clicks(held, "Turn it away")
	select {
	case <-reached:
	case <-time.After(60 * waitStep):
		t.Fatalf("nobody revokes it\n%s", w.log)
	}
	w.killed()
	close(gone)
	proxy.Break(nil)
	change(t, server, []string{role}, asItIs)
	w.serve()
	onList(approvals.SeesChange(card, "Failed", "It was revoked at the CA").Shown())

	out, err := w.command("audit", "export", "--data", w.config["data"].(string)).Output() //nolint:errcheck // as newWorld makes it
	for _, verb := range []string{"turn_away", "stray", "stray.waits", "stray.revoked"} {
		if err != nil || !strings.Contains(string(out), `"verb":"`+verb+`"`) {
			t.Errorf("the record has no %s (%v)", verb, err)
		}
	}
}

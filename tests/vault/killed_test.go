package vault

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"countersign/slacksim"
	"countersign/vault/hashicorp/devserver"
)

// killed ends the process as a power cut would, and gives its place to another.
func (w *world) killed() {
	w.t.Helper()
	if err := w.cmd.Process.Kill(); err != nil {
		w.t.Fatal(err)
	}
	<-w.gone
}

// certificatesOf counts what Vault has signed for the key of a request, by all the
// serial numbers that it knows.
func certificatesOf(t *testing.T, s *devserver.Server, csr []byte) int {
	t.Helper()
	block, _ := pem.Decode(csr)
	request, err := x509.ParseCertificateRequest(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, serial := range list(t, s, "countersign-pki/certs") {
		block, _ := pem.Decode([]byte(read(t, s, "countersign-pki/cert/"+serial)["certificate"].(string))) //nolint:errcheck // Vault's own answer
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Equal(c.RawSubjectPublicKeyInfo, request.RawSubjectPublicKeyInfo) {
			n++
		}
	}
	return n
}

// TestKilledAtVault kills the product between two calls, at each place where half of
// something is done. Started again it goes on by itself, to one key and one certificate.
func TestKilledAtVault(t *testing.T) {
	server, proxy, w, st := proxied(t)
	ella := st.As("ella")
	for i, at := range []struct {
		name, path string
		nth        int  // of the calls to path
		done       bool // Vault did it, the answer never came
		slack      bool // what is to be told cannot be told
	}{
		{name: "between key and request", path: "/csr", nth: 1},
		{name: "request made, not recorded", path: "/csr", nth: 1, done: true},
		{name: "before signing", path: "/sign/", nth: 1},
		{name: "between signing and recording", path: "/sign/", nth: 1, done: true},
		{name: "recorded in Vault, not here", path: "/data/issued/", nth: 2, done: true},
		{name: "between storing and telling", path: "/data/certificates/", nth: 1, done: true, slack: true},
	} {
		t.Run(at.name, func(t *testing.T) {
			id, host := fmt.Sprintf("REQ-%d", i+1), fmt.Sprintf("expc%d.example.com", i+1) // one that is known is asked less
			reached, gone := make(chan struct{}), make(chan struct{})
			seen := 0
			hit := func(wr http.ResponseWriter, r *http.Request, pass func()) bool {
				if !strings.Contains(r.URL.Path, at.path) || r.Method == http.MethodGet {
					return false
				}
				if seen++; seen < at.nth {
					return false
				}
				if at.done {
					pass()
				}
				_, _ = io.Copy(io.Discard, r.Body) // only then does the server see that the client has gone
				if seen == at.nth {
					close(reached)
				}
				select {
				case <-r.Context().Done(): // the process has gone, and its connection with it
				case <-gone:
				}
				return true
			}
			approvals := st.As("anselm").In("cert-approvals")
			early := at.path == "/csr" // before there is a card
			if early {
				proxy.Break(hit)
				sends(st, host)
			} else {
				card := asked(st, id, host)
				if at.slack {
					if err := w.Inject(slacksim.Fault{Kind: slacksim.FaultServerError, Match: "chat.*", Times: -1}); err != nil {
						t.Fatal(err)
					}
				}
				proxy.Break(hit)
				approvals.Clicks(card, "Approve")
			}
			select {
			case <-reached:
			case <-time.After(60 * waitStep):
				t.Fatalf("nobody calls %s\n%s", at.path, w.log)
			}
			w.killed()
			close(gone)
			proxy.Break(nil)
			w.ClearFaults()
			if strings.Contains(at.path, "/sign/") && !at.done {
				// Nobody can know that nothing was signed before Vault's longest request has ended.
				backdated(t, server)
			}
			w.serve()
			if early {
				approvals.Clicks(approvals.Sees("Certificate request "+id), "Approve")
			}
			ella.Sees(id, "is here")
			csr := attachment(t, w, ella, host+".csr.pem")
			if n := certificatesOf(t, server, csr); n != 1 {
				t.Errorf("%d certificates of one request", n)
			}
			keys := list(t, server, "countersign-transit/keys")
			mine := slices.DeleteFunc(keys, func(k string) bool { return !strings.HasPrefix(k, strings.ToLower(id)+"-") })
			if len(mine) != 1 {
				t.Fatalf("keys of one request: %v", mine)
			}
			if v := read(t, server, "countersign-transit/keys/"+mine[0])["keys"].(map[string]any); len(v) != 1 { //nolint:errcheck // Vault's own answer
				t.Errorf("%d versions of one key", len(v))
			}
			pause()
			told := 0
			for _, m := range ella.Messages() {
				if shown := m.Shown(); strings.Contains(shown, id) && strings.Contains(shown, "is here") {
					told++
				}
			}
			if told != 1 {
				t.Errorf("told %d times", told)
			}
		})
	}
}

// backdated makes every record of an issuance without an answer look older than the
// time for which an answer may still come.
func backdated(t *testing.T, s *devserver.Server) {
	t.Helper()
	for _, name := range list(t, s, "countersign-kv/metadata/issued") {
		path := "countersign-kv/data/issued/" + name
		record := read(t, s, path)
		data := record["data"].(map[string]any) //nolint:errcheck // Vault's own answer
		if data["chain"] != "" {
			continue
		}
		data["at"] = time.Now().Add(-2 * time.Minute).UTC().Format(time.RFC3339Nano)
		change(t, s, []string{path}, map[string]any{"data": data, "options": map[string]any{"cas": record["metadata"].(map[string]any)["version"]}}) //nolint:errcheck // as above
	}
}

package bot_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"countersign/slacksim"
)

// certificateOf is one with so many names.
func certificateOf(t *testing.T, names int) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now(), NotAfter: time.Now().Add(24 * time.Hour)}
	for i := range names {
		tmpl.DNSNames = append(tmpl.DNSNames, fmt.Sprintf("n%d.example.org", i))
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	must(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// refusedBlocks counts the posts that the workspace refused for their blocks.
func (r *rig) refusedBlocks() (n int) {
	for _, e := range r.Transcript().Entries() {
		if e.Kind == "api" && strings.HasPrefix(e.Name, "chat.") && bytes.Contains(e.Response, []byte(`"invalid_blocks"`)) {
			n++
		}
	}
	return n
}

// TestNamesInATable: many names of a certificate are a table, and where the workspace takes
// none they are text, which is found out once.
func TestNamesInATable(t *testing.T) {
	for _, lacks := range []string{"", "table"} {
		t.Run("lacks "+lacks, func(t *testing.T) {
			ws := slacksim.Default()
			ws.Lacks = []string{lacks}
			r := newRig(t, ws)
			r.socket(t)
			ella := r.As("ella")
			for range 2 {
				ella.Says(certificateOf(t, 9))
				answer := ella.Sees("What you sent", "n8.example.org")
				if bytes.Contains(answer.Raw, []byte(`"type":"table"`)) != (lacks == "") {
					t.Errorf("%s", answer.Raw)
				}
			}
			if n := r.refusedBlocks(); n != len(lacks)/len("table") {
				t.Errorf("%d refused", n)
			}
		})
	}
}

// TestFeedback: how an answer did is said with Slack's own buttons, and where it has none with
// ordinary ones; both do the same.
func TestFeedback(t *testing.T) {
	for _, lacks := range []string{"", "context_actions"} {
		t.Run("lacks "+lacks, func(t *testing.T) {
			ws := slacksim.Default()
			ws.Lacks = []string{lacks}
			r := newRig(t, ws)
			r.socket(t)
			ella := r.As("ella")
			ella.Says("curl: (60) SSL certificate problem: certificate has expired")
			answer := ella.Sees("This solved it", "Wrong answer…")
			if bytes.Contains(answer.Raw, []byte(`"type":"feedback_buttons"`)) != (lacks == "") {
				t.Errorf("%s", answer.Raw)
			}
			ella.Clicks(answer, "Wrong answer…")
			ella.Closes(ella.SeesModal("What was it?"))
			ella.Clicks(answer, "This solved it")
			ella.SeesChange(answer, "says that this solved it")
			if n := r.refusedBlocks(); n != len(lacks)/len("context_actions") {
				t.Errorf("%d refused", n)
			}
		})
	}
}

// TestAllDetails: everything about a case stands in the thread as one block, with what was pasted
// as letters; where the workspace takes none it is the same as text, and from then on a file.
func TestAllDetails(t *testing.T) {
	for _, lacks := range []string{"", "markdown"} {
		t.Run("lacks "+lacks, func(t *testing.T) {
			ws := slacksim.Default()
			ws.Lacks = []string{lacks}
			r := newRig(t, ws)
			r.socket(t)
			ella := r.As("ella")
			ella.Says("curl: (60) SSL certificate problem: certificate has expired `x` **bold** [here](https://evil.example)")
			answer := ella.Sees("All details")
			for i := range 2 {
				ella.Clicks(answer, "All details")
				details := ella.InThread(answer).WaitMessage(func(slacksim.Message) bool { return true }, r.Patience, "details")
				block := bytes.Contains(details.Raw, []byte(`"type":"markdown"`))
				if isFile := len(details.Files) > 0; block != (lacks == "") || isFile != (lacks != "" && i > 0) {
					t.Errorf("%d: %s", i, details.Raw)
				}
			}
		})
	}
}

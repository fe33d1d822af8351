package eval

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"countersign/tests/sclient"
	"countersign/triage"
)

// What tells of no failure, of which at most mostKnown may be called a known cause.
const (
	excerptsTested = 2000
	leastExcerpts  = 500
	mostKnown      = 2
	handshakes     = 60
)

// TestBackground: documentation that was not learned from, healthy logs and healthy
// handshakes are no known cause.
func TestBackground(t *testing.T) {
	kb, err := triage.Load()
	if err != nil {
		t.Fatal(err)
	}
	texts := Background(Tested, excerptsTested)
	if len(texts) < leastExcerpts {
		t.Fatalf("%d excerpts of documentation on this machine, want %d", len(texts), leastExcerpts)
	}
	texts = append(texts, healthyLogs()...)
	texts = append(texts, healthyHandshakes(t)...)
	known := 0
	answers := make([]triage.Answer, len(texts))
	var wait sync.WaitGroup
	for half := range 2 {
		wait.Go(func() {
			for i := half; i < len(texts); i += 2 {
				var err error
				if answers[i], err = kb.Diagnose(t.Context(), triage.Input{Text: texts[i]}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	for i, a := range answers {
		if a.Verdict == triage.KnownCause {
			known++
			t.Logf("%s (%.2f): %.300q", a.Findings[0].Cause.ID, a.Findings[0].Confidence, texts[i])
		}
	}
	t.Logf("%d texts, %d a known cause", len(texts), known)
	if known > mostKnown {
		t.Errorf("%d of %d texts without a failure are a known cause, want at most %d", known, len(texts), mostKnown)
	}
}

// healthyLogs are logs of systems where everything works, certificates among it.
func healthyLogs() []string {
	lines := []string{
		`expc1 tvcs: UTCTime="%s" Event="Registration Accepted" Service="SIP" Src-ip="192.0.2.%d" Src-port="5061" Protocol="TLS" Level="1"`,
		`nginx[311]: %s 192.0.2.%d - - "GET /api/v1/certificates HTTP/1.1" 200 512 "-" "curl/8.5.0"`,
		`cucm1 ccm: %s %%UC_CALLMANAGER-6-DeviceRegistered: %%[DeviceName=SEP0011223344%02d][Protocol=SIP]: Device registered`,
		`postfix/smtpd[4711]: %s Trusted TLS connection established from mail%d.example.com: TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)`,
		`cert-manager: %s "Certificate is up to date and has not expired" key="default/web-%d-tls" reason="Ready"`,
		`certbot: %s Certificate not yet due for renewal; no action taken for host%d.example.com`,
		`sshd[77]: %s Accepted publickey for deploy from 192.0.2.%d port 40022 ssh2: ED25519-CERT ID deploy serial 7`,
		`haproxy[9]: %s Server be_app/app%d is UP, reason: Layer6 check passed, check duration: 3ms. 2 active and 0 backup servers online.`,
		`kubelet: %s Certificate rotation is enabled; next rotation in %d days`,
		`openvpn[12]: %s VERIFY OK: depth=0, CN=client%d.example.com`,
		`dovecot: %s imap-login: Login: user=<u%d>, method=PLAIN, TLS, TLSv1.3`,
		`vault: %s core: successful mount: namespace="" path=pki_%d/ type=pki`,
	}
	var out []string
	for n := range 60 {
		var b strings.Builder
		for i := range 1 + n%8 {
			at := time.Date(2026, 11, 20, 8, n, i, 0, time.UTC).Format(time.RFC3339)
			fmt.Fprintf(&b, lines[(n*5+i*7)%len(lines)]+"\n", at, n)
		}
		out = append(out, b.String())
	}
	return out
}

// healthyHandshakes are what openssl s_client says of a server that it verified, 60 runs
// with whatever people add to it: no two have the same tickets.
func healthyHandshakes(t *testing.T) []string {
	programs := sclient.Programs()
	if len(programs) == 0 {
		t.Log("no openssl: no handshakes")
		return nil
	}
	lab, out := sclient.New(t), make([]string, handshakes)
	var wait sync.WaitGroup
	slots := make(chan bool, 4)
	for n := range out {
		k := sclient.Kinds[n%2] // with the server's name, and without
		slots <- true
		wait.Go(func() {
			defer func() { <-slots }()
			out[n] = lab.Run(programs[0], k, k.Versions()[n/2%2], sclient.Options[n/4%len(sclient.Options)])
		})
	}
	wait.Wait()
	return out
}

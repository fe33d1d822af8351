package artefact

import (
	"context"
	"slices"
	"testing"
	"time"

	"countersign/locales"
	"countersign/triage"
)

// TestCausesOfCaptures: captures of real failures lead to the cause that was staged,
// first or among the first three where the capture cannot tell.
func TestCausesOfCaptures(t *testing.T) {
	kb, err := triage.Load()
	if err != nil {
		t.Fatal(err)
	}
	cat, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	l := pki(t)
	trust := []string{"-CAfile", l.root.certFile, "-verify_return_error"}
	args := func(s ...string) []string { return s }
	type stage = func() []byte
	openssl := func(server []string, client ...[]string) stage {
		return func() []byte {
			tp, _ := exchange(t, 5061, server, slices.Concat(client...))
			return tp.pcap()
		}
	}
	played := func(play func(*wire)) stage {
		return func() []byte {
			tp := newTape()
			play(tp.wire(40000, 5061))
			return tp.pcap()
		}
	}
	hello := helloBytes(t)
	for _, tt := range []struct {
		name  string
		raw   stage
		cause string
		first int // it must be among so many
	}{
		{"unknown root", openssl(l.leaf.serve(), args("-tls1_2", "-CAfile", l.stranger.certFile, "-verify_return_error")), "untrusted-ca", 1},
		{"unknown root 1.3", openssl(l.leaf.serve(), args("-tls1_3", "-CAfile", l.stranger.certFile, "-verify_return_error")), "untrusted-ca", 1},
		{"intermediate missing", openssl(args("-cert", l.leaf.certFile, "-key", l.leaf.keyFile), args("-tls1_2"), trust), "missing-intermediate", 1},
		{"expired", openssl(l.expired.serve(), args("-tls1_2"), trust), "expired", 1},
		{"expired 1.3", openssl(l.expired.serve(), args("-tls1_3"), trust), "expired", 1},
		{"self-signed", openssl(l.self.serve(), args("-tls1_2"), trust), "self-signed-cert", 1},
		{"wrong name", openssl(l.leaf.serve(), args("-tls1_2", "-servername", "wrong.example.com", "-verify_hostname", "wrong.example.com"), trust), "name-mismatch", 1},
		{"client certificate missing", openssl(l.leaf.serve("-Verify", "2", "-CAfile", l.root.certFile), args("-tls1_2"), trust), "client-cert-not-presented", 1},
		{"client certificate unknown", openssl(l.leaf.serve("-Verify", "2", "-verify_return_error", "-CAfile", l.stranger.certFile), args("-tls1_2"), l.client.present()), "untrusted-ca", 1},
		{"client without clientAuth", openssl(l.leaf.serve("-Verify", "2", "-verify_return_error", "-CAfile", l.root.certFile), args("-tls1_2"), l.serverCli.present()), "eku-missing-clientauth", 1},
		{"hidden rejection", openssl(l.leaf.serve("-Verify", "2", "-verify_return_error", "-CAfile", l.stranger.certFile), args("-tls1_3"), l.client.present()), "peer-rejected-unspecified", 1},
		{"versions", openssl(l.leaf.serve("-tls1_3"), args("-tls1_2")), "tls-version-mismatch", 1},
		{"ciphers", openssl(l.leaf.serve("-tls1_2", "-cipher", "ECDHE-RSA-AES256-GCM-SHA384"), args("-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256")), "cipher-mismatch", 1},
		{"refused", played(func(w *wire) { w.segment(fromClient, "S", nil); w.segment(fromServer, "RA", nil) }), "not-certificate:connection-refused", 1},
		{"timeout", played(func(w *wire) { w.segment(fromClient, "S", nil); w.seq[0]--; w.segment(fromClient, "S", nil) }), "not-certificate:timeout", 1},
		{"firewall", played(func(w *wire) { w.open(); w.say(fromClient, hello); w.segment(fromServer, "R", nil) }), "not-certificate:firewall-inspection", 1},
		{"http", played(func(w *wire) {
			w.open()
			w.say(fromClient, hello)
			w.say(fromServer, []byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
		}), "not-certificate:http-on-tls-port", 1},
		{"silence", played(func(w *wire) {
			w.open()
			w.say(fromClient, hello)
			w.tape.at = w.tape.at.Add(time.Minute)
			w.segment(fromClient, "FA", nil)
		}), "not-certificate:timeout", 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := open(t, "trace.pcap", tt.raw(), Limits{})
			a, err := b.Diagnose(context.Background(), kb, triage.Input{}, locales.English, cat.Say)
			if err != nil {
				t.Fatal(err)
			}
			at := slices.IndexFunc(a.Findings, func(f triage.Finding) bool { return f.Cause.ID == tt.cause })
			if at < 0 || at >= tt.first {
				for _, f := range a.Findings {
					t.Logf("%s %.2f %v", f.Cause.ID, f.Confidence, f.Evidence)
				}
				t.Errorf("%s: %s is finding %d", a.Verdict, tt.cause, at)
			}
		})
	}
	t.Run("nothing wrong", func(t *testing.T) {
		for _, version := range []string{"-tls1_2", "-tls1_3"} {
			b := open(t, "trace.pcap", openssl(l.leaf.serve(), args(version, "-servername", "expe.example.com"), trust)(), Limits{})
			a, err := b.Diagnose(context.Background(), kb, triage.Input{}, locales.English, cat.Say)
			if err != nil || a.Verdict != triage.Unknown {
				t.Errorf("%s: verdict %s, %v, %v", version, a.Verdict, a.Findings, err)
			}
		}
	})
}

// TestFocus: of two failures the one that the person speaks of comes first.
func TestFocus(t *testing.T) {
	for words, want := range map[string]string{
		"calls to 10.0.0.9 fail": "not-certificate:connection-refused", "nothing gets through to 10.0.0.2, see :5061": "not-certificate:timeout",
		"10.0.0.99 and 110.0.0.9 are fine": "",
	} {
		list := Focus([]Observation{
			{Kind: "a", Supports: supports{"not-certificate:connection-refused": 8}, About: []string{"10.0.0.1", "10.0.0.9", "", ":443"}},
			{Kind: "b", Supports: supports{"not-certificate:timeout": 8}, About: []string{"10.0.0.1", "10.0.0.2", "", ":5061"}},
			{Kind: "c", Supports: supports{"expired": 8}},
		}, words)
		for _, o := range list {
			for id, w := range o.Supports {
				if full := want == "" || id == want || id == "expired"; full != (w == 8) {
					t.Errorf("%q: %s weighs %v", words, id, w)
				}
			}
		}
	}
}

package probe

import (
	"context"
	"strconv"
	"testing"
	"time"
)

// TestLookTwice: a server that wants a client certificate is looked at without one, and
// with the operator's; being refused without is no evidence against anybody.
func TestLookTwice(t *testing.T) {
	ca := issue(t, "Lab Root", nil, time.Now().AddDate(1, 0, 0))
	host := issue(t, "host.example.com", ca, time.Now().AddDate(1, 0, 0))
	client := issue(t, "client.example.com", ca, time.Now().AddDate(1, 0, 0))
	port := sServer(t, "-cert", host.crt, "-key", host.pkey, "-CAfile", ca.crt, "-Verify", "1", "-verify_return_error")
	target := Target{Host: "127.0.0.1", Port: port, ServerName: "host.example.com"}
	p := Prober{Policy: local(t)}
	got := p.Look(context.Background(), target)
	if len(got) != 1 || !got[0].Asked || got[0].Sent || got[0].Stage == Done {
		t.Fatalf("without: %+v", got)
	}
	for _, o := range got[0].Observations {
		if len(o.Supports) > 0 || o.Kind != "look.client-certificate-wanted" {
			t.Errorf("a refusal that we brought on ourselves: %+v", o)
		}
	}
	p.Certificate = client.tls()
	got = p.Look(context.Background(), target)
	if len(got) != 2 || got[0].Sent || !got[1].Sent || got[1].Stage != Done {
		t.Fatalf("with: %+v", got)
	}
	for _, r := range got {
		everyText(t, r)
	}
	open := sServer(t, "-cert", host.crt, "-key", host.pkey)
	if got = p.Look(context.Background(), Target{Host: "127.0.0.1", Port: open, ServerName: "host.example.com"}); len(got) != 1 {
		t.Errorf("%d connections to a server that asks for nothing", len(got))
	}
}

func TestAllows(t *testing.T) {
	none := Prober{}
	p := Prober{Policy: policy(t, "*.lab.example.com:5061", "192.0.2.0/24:8443")}
	if none.On() || !p.On() {
		t.Error("on and off")
	}
	for s, want := range map[string]bool{"a.lab.example.com:5061": true, "a.lab.example.com:443": false, "192.0.2.9:8443": true,
		"192.0.3.9:8443": false, "x.example.org:8443": true, "x.example.org:5061": false} {
		target, err := ParseTarget(s)
		if err != nil {
			t.Fatal(err)
		}
		if p.Allows(target) != want || none.Allows(target) {
			t.Errorf("%s: %v", s, p.Allows(target))
		}
	}
}

// TestStartByPort: mail, directory and chat ports begin in clear unless told otherwise.
func TestStartByPort(t *testing.T) {
	for port, want := range map[uint16]Start{25: SMTP, 389: LDAP, 5222: XMPPClient, 5269: XMPPServer, 443: Direct, 636: Direct} {
		host := "x.example.com:" + strconv.Itoa(int(port))
		got, err := ParseTarget(host)
		plain, err2 := ParseTarget("tls://" + host)
		if err != nil || err2 != nil || got.Start != want || plain.Start != Direct {
			t.Errorf("%s: %q and %q, %v, %v", host, got.Start, plain.Start, err, err2)
		}
	}
}

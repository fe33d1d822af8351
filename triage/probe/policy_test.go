package probe

import (
	"net/netip"
	"strings"
	"testing"
)

func policy(t testing.TB, rules ...string) Policy {
	t.Helper()
	var p Policy
	for _, s := range rules {
		r, err := ParseRule(s)
		if err != nil {
			t.Fatal(err)
		}
		p.Allow = append(p.Allow, r)
	}
	return p
}

// TestAddresses: what may be connected to, and what must not whatever is allowed.
func TestAddresses(t *testing.T) {
	for _, tt := range []struct {
		rules   string
		address string
		port    uint16
		named   bool
		want    bool
	}{
		{"", "192.0.2.1", 443, false, false},
		{"192.0.2.0/24", "192.0.2.1", 443, false, true},
		{"192.0.2.0/24", "192.0.3.1", 443, false, false},
		{"192.0.2.0/24", "192.0.2.1", 22, false, false},
		{"192.0.2.0/24:22,8000-8010", "192.0.2.1", 8005, false, true},
		{"192.0.2.0/24:22,8000-8010", "192.0.2.1", 443, false, false},
		{"192.0.2.7", "192.0.2.7", 5061, false, true},
		{"[2001:db8::/32]:443", "2001:db8::1", 443, false, true},
		{"*.example.com", "10.1.1.1", 443, true, true},
		// special ones
		{"0.0.0.0/0", "127.0.0.1", 443, false, false},
		{"0.0.0.0/0", "127.0.0.1", 443, true, false},
		{"*.example.com", "127.0.0.1", 443, true, false},
		{"*.example.com", "169.254.169.254", 443, true, false},
		{"0.0.0.0/0", "169.254.169.254", 443, true, false},
		{"169.254.0.0/16", "169.254.169.254", 443, false, true},
		{"127.0.0.0/8", "127.0.0.1", 443, false, true},
		{"127.0.0.1", "127.0.0.1", 443, false, true},
		{"127.0.0.1", "127.0.0.2", 443, false, false},
		{"100.100.100.200/31", "100.100.100.200", 443, false, false},
		{"fe80::/9", "fe80::1", 443, false, false},
		{"::/0", "::1", 443, false, false},
		{"::1", "::1", 443, false, true},
		{"::/0", "fe80::1", 443, false, false},
		{"::/0", "::ffff:127.0.0.1", 443, true, false},
		{"::/0", "64:ff9b::7f00:1", 443, true, false},
		{"::/0", "64:ff9b::a9fe:a9fe", 443, true, false},
		{"::/0", "2002:7f00:1::1", 443, true, false},
		{"::/0", "64:ff9b::c000:201", 443, false, true},
		{"*.example.com", "fd00:ec2::254", 443, true, false},
		{"*.example.com", "168.63.129.16", 443, true, false},
		{"0.0.0.0/0", "0.0.0.0", 443, true, false},
		{"0.0.0.0/8", "0.0.0.0", 443, true, false},
		{"224.0.0.0/4", "224.0.0.1", 443, true, false},
		{"::/0", "ff02::1", 443, true, false},
		{"0.0.0.0/0", "255.255.255.255", 443, true, false},
	} {
		var rules []string
		if tt.rules != "" {
			rules = []string{tt.rules}
		}
		if got := policy(t, rules...).address(netip.MustParseAddr(tt.address), tt.port, tt.named); got != tt.want {
			t.Errorf("%q allows %s port %d, named %v: %v", tt.rules, tt.address, tt.port, tt.named, got)
		}
	}
	if policy(t, "::/0").address(netip.MustParseAddr("2001:db8::1%eth0"), 443, true) {
		t.Error("an address with a zone is allowed")
	}
}

func TestNames(t *testing.T) {
	p := policy(t, "host.example.com", "*.lab.example.com:5061")
	for name, want := range map[string]bool{
		"host.example.com": true, "a.host.example.com": false, "evilhost.example.com": false, "x.lab.example.com": false, "lab.example.com": false,
	} {
		if got := p.names(name, 443); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if !p.names("x.lab.example.com", 5061) || !p.names("a.b.lab.example.com", 5061) || p.names("xlab.example.com", 5061) {
		t.Error("names below a domain")
	}
}

func TestParse(t *testing.T) {
	for _, bad := range []string{"", "*", "*.", "a b", "host:0", "host:1-0", "host:x", "10.0.0.0/33", "[::1:443", "http://x", "a..b", "-a.b", "*.*.com"} {
		if r, err := ParseRule(bad); err == nil {
			t.Errorf("rule %q: %+v", bad, r)
		}
	}
	for _, bad := range []string{"", "host", "host:0", "host:70000", "ftp://x:21", "a b:443", "2130706433:443", "0x7f.1:443", "127.1:443", "x'/>:5222", "host:443:1", "[fe80::1%<x>]:443", "http://host:80"} {
		if got, err := ParseTarget(bad); err == nil {
			t.Errorf("target %q: %+v", bad, got)
		}
	}
	got, err := ParseTarget("xmpp-server://Chat.Example.COM.:5269")
	if err != nil || got.Host != "chat.example.com" || got.ServerName != "chat.example.com" || got.Start != XMPPServer || got.Port != 5269 {
		t.Errorf("%+v %v", got, err)
	}
}

// FuzzTarget: what parses can be written and read again, and never carries more than a
// host, so that nothing can be smuggled into a protocol.
func FuzzTarget(f *testing.F) {
	for _, s := range []string{"host.example.com:443", "smtp://[2001:db8::1]:25", "https://x", "xmpp://a.b:5222/", "a_b.c:1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ParseTarget(s)
		if err != nil {
			return
		}
		if strings.ContainsAny(got.Host+got.ServerName, "<>'\"&/ \r\n\x00") {
			t.Errorf("%q: host %q", s, got.Host)
		}
		again, err := ParseTarget(got.String())
		if err != nil || again.Host != got.Host || again.Port != got.Port {
			t.Errorf("%q: %v, then %v, %v", s, got, again, err)
		}
	})
}

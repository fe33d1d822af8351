package certs

import (
	"slices"
	"strings"
	"testing"
)

func TestReadName(t *testing.T) {
	long := strings.Repeat("a", 64)
	for _, r := range []struct {
		in, want string // type:value, or the rule that refuses it
		notes    string // rules that only inform
	}{
		{"a.example.com", "dns:a.example.com", ""},
		{"  A.Example.COM  ", "dns:a.example.com", ""},
		{"a.example.com.", "dns:a.example.com", "names/trailing-dot"},
		{"DNS:a.example.com", "dns:a.example.com", ""},
		{"dns: a.example.com", "dns:a.example.com", ""},
		{"*.example.com", "dns:*.example.com", ""},
		{"a.*.example.com", "names/wildcard-shape", ""},
		{"*a.example.com", "names/wildcard-shape", ""},
		{"*", "names/wildcard-shape", ""},
		{"*.", "names/wildcard-shape", ""},
		{"host_1.example.com", "names/underscore", ""},
		{"a b.example.com", "names/space", ""},
		{"a\u00A0b.example.com", "names/space", ""},
		{"a\u200Bb.example.com", "names/hidden", ""},
		{"\u202Emoc.elpmaxe", "names/hidden", ""},
		{"a\x00.example.com", "names/hidden", ""},
		{"", "names/empty", ""},
		{".", "names/label", ""},
		{"a..example.com", "names/label", ""},
		{".example.com", "names/label", ""},
		{long + ".example.com", "names/label", ""},
		{strings.Repeat("abcdefgh.", 30) + "com", "names/length", ""},
		{strings.Repeat("x", 5000), "names/length", ""},
		{"-a.example.com", "names/hyphen", ""},
		{"a-.example.com", "names/hyphen", ""},
		{"a!.example.com", "names/character", ""},
		{"a.example.com,b.example.com", "names/character", ""},
		{"1.2.3.4.5", "names/numeric", ""},
		{"host.123", "names/numeric", ""},
		{"https://join.example.com/x", "uri:https://join.example.com/x", ""},
		{"DNS:https://join.example.com", "names/url-host", ""},
		{"join.example.com/x", "names/url-host", ""},
		{"bücher.example.com", "dns:xn--bcher-kva.example.com", "names/idn"},
		{"BÜCHER.example.com", "dns:xn--bcher-kva.example.com", "names/idn"},
		{"*.bücher.example.com", "dns:*.xn--bcher-kva.example.com", "names/idn"},
		{"例え.example.com", "dns:xn--r8jz45g.example.com", "names/idn"},
		{"xn--bcher-kva.example.com", "dns:xn--bcher-kva.example.com", "names/idn"},
		{"xn--zzzzzzzzz.example.com", "names/idn-bad", ""},
		{"a。example.com", "dns:a.example.com", ""},
		{"192.0.2.7", "ip:192.0.2.7", ""},
		{"IP:192.0.2.7", "ip:192.0.2.7", ""},
		{"2001:DB8::7", "ip:2001:db8::7", ""},
		{"::ffff:192.0.2.7", "ip:192.0.2.7", ""},
		{"fe80::1%eth0", "names/ip", ""},
		{"IP:300.1.1.1", "names/ip", ""},
		{"ops@example.com", "email:ops@example.com", ""},
		{"Ops@Example.com", "email:Ops@example.com", ""},
		{"email:ops@", "names/email", ""},
		{"a@b@c", "names/email", ""},
		{"sip:a@example.com", "names/email", ""},
		{"URI:sip:a@example.com", "uri:sip:a@example.com", ""},
		{"URI:nothing", "names/uri", ""},
		{"_collab-edge.example.com", "srv:_collab-edge.example.com", ""},
		{"SRV:_collab-edge._tls.Example.com", "srv:_collab-edge._tls.example.com", ""},
		{"_.example.com", "names/srv", ""},
		{"SRV:example.com", "names/srv", ""},
		{"_a_b.example.com", "names/srv", ""},
	} {
		n, findings, ok := ReadName(r.in, "names")
		var notes []string
		refused := ""
		for _, f := range findings {
			if f.Severity == Error {
				refused = f.Rule
			} else {
				notes = append(notes, f.Rule)
			}
			if f.Field != "names" || f.Source == "" && f.Severity == Error {
				t.Errorf("%q: finding %+v has no field or source", r.in, f)
			}
		}
		got := refused
		if ok {
			got = string(n.Type) + ":" + n.Value
		}
		if got != r.want || strings.Join(notes, " ") != r.notes {
			t.Errorf("%q: %s %v, want %s %q", r.in, got, notes, r.want, r.notes)
		}
	}
}

func TestInternalNames(t *testing.T) {
	for name, want := range map[string]bool{"a.example.com": false, "corp.local": true, "srv.internal": true, "vngtp.lab": true,
		"guest.vngtpres.aca": true, "a.github.io": false, "acme.example": false, "a.test": false, "test": true, "localhost": true,
		"www.ck": false, "*.example.co.uk": false, "例え.example": false} {
		n, _, ok := ReadName(name, "")
		if !ok || internal(n) != want {
			t.Errorf("%s: internal %v", name, internal(n))
		}
	}
	for addr, want := range map[string]bool{"10.0.0.1": true, "192.168.1.1": true, "127.0.0.1": true, "169.254.1.1": true, "fd00::1": true, "8.8.8.8": false, "2606:4700::1": false} {
		n, _, _ := ReadName(addr, "")
		if internal(n) != want {
			t.Errorf("%s: internal %v", addr, internal(n))
		}
	}
}

func TestCheckSubject(t *testing.T) {
	for name, r := range map[string]struct {
		s    Subject
		want []string
	}{
		"empty":        {Subject{}, nil},
		"sound":        {Subject{O: "Example Ltd", OU: "IT", L: "London", ST: "Kent", C: "GB"}, nil},
		"Chinese":      {Subject{O: "华园科技有限公司", C: "CN"}, nil},
		"three":        {Subject{C: "GBR"}, []string{"subject/country"}},
		"small":        {Subject{C: "gb"}, []string{"subject/country"}},
		"name":         {Subject{C: "United Kingdom"}, []string{"subject/country"}},
		"long O":       {Subject{O: strings.Repeat("华", 65)}, []string{"subject/length"}},
		"64 is enough": {Subject{O: strings.Repeat("华", 64)}, nil},
		"long L":       {Subject{L: strings.Repeat("x", 129)}, []string{"subject/length"}},
		"newline":      {Subject{O: "Example\nLtd"}, []string{"subject/hidden"}},
		"bad UTF-8":    {Subject{O: "Example\xff"}, []string{"subject/hidden"}},
		"mark":         {Subject{ST: "Kent\u202E"}, []string{"subject/hidden"}},
		"space":        {Subject{OU: " IT"}, []string{"subject/space"}},
	} {
		var got []string
		for _, f := range CheckSubject(r.s) {
			got = append(got, f.Rule)
		}
		if !slices.Equal(got, r.want) {
			t.Errorf("%s: %v, want %v", name, got, r.want)
		}
	}
}

func TestVersions(t *testing.T) {
	order := []string{"X8.5", "X12.5", "X12.6.4", "X14.0.1", "x14.0.2", "X14.2", "15.3.2", "X15.4", "Expressway X15.5", "X15.5.1"}
	cucm := []string{"11.5(1)SU9", "12.5(1)", "12.5(1)SU3", "12.5.1.14900-63", "14", "14.0.1.11900-132", "14SU2", "14.0.1.13900-155", "15", "15 SU1", "15SU5"}
	for _, list := range [][]string{order, cucm} {
		for i := 1; i < len(list); i++ {
			if a, b := parseVersion(list[i-1]), parseVersion(list[i]); !a.before(b) || b.before(a) {
				t.Errorf("%s %v is not before %s %v", list[i-1], a, list[i], b)
			}
		}
	}
	for _, pair := range [][2]string{{"12.5(1)SU4", "12.5.1.14900-63"}, {"14SU2", "14.0.1.12900-161"}, {"X15.5", "15.5.0"}, {"14 su2", "14SU2"}} {
		if parseVersion(pair[0]) != parseVersion(pair[1]) {
			t.Errorf("%s %v and %s %v differ", pair[0], parseVersion(pair[0]), pair[1], parseVersion(pair[1]))
		}
	}
	for _, bad := range []string{"", "latest", strings.Repeat("9", 50), "X"} {
		if readableVersion(bad) {
			t.Errorf("%q is readable", bad)
		}
	}
}

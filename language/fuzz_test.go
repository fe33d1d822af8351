package language

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"countersign/certs"
)

// FuzzParse: whatever is written, the answer is finite, the same twice, made of
// what stands in the text, and the same for the text with its markup taken off.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"",
		"csr for vcs-c1.corp.example plz, expressway core",
		"Renew <http://edge1.example.com|edge1.example.com>, cluster <http://edge.example.com|edge.example.com>",
		"expe[1-3].a.example cucm-{pub,sub1}.a.example exp-e1/e2.a.example a~b 1~9.x.example",
		"&gt; need a cert &amp;lt;http://x|y&amp;gt; <@U1|<b> :a:b: ~x.a.example~",
		"-----BEGIN CERTIFICATE REQUEST-----\nMIIC\n-----END",
		"-subj \"/C=DE/O=Müller, Inc./CN=a.b.example\" O:\"x\" 城市：上海",
		"```\nDNS:a.example, IP:2001:db8::1\n",
		"*.example.com _collab-edge._tls.a.example user@a.example 会议.例子.中国 münchen.example",
		"[[[{{{((( a[1-99999999].b.c x{1,2}{3,4}{5,6}{7,8}{1,2}{3,4}.a.example",
		"İstanbul.example K.example ſ.example\xff\xfe",
		"0000000 Cer 0.aA\xe5C C=AAAAA\xb5",
		"cert for nginx a.b.example, O=北京（集团）Ｃｏ\u200b, C=CN",
		"last two entries are the registration domains a.b.example c.d.example",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		u := Parse(text)
		if again := Parse(text); !reflect.DeepEqual(u, again) {
			t.Fatalf("two answers for %q", text)
		}
		plain := string(normalise(text).b)
		if twice := string(normalise(plain).b); twice != plain {
			t.Fatalf("normalise(%q) = %q, and again %q", text, plain, twice)
		}
		if len(text) <= MaxText && len(plain) <= MaxText {
			v := Parse(plain)
			u2 := u
			u2.Evidence, v.Evidence = nil, nil
			// A subject is kept as written, in its width forms too.
			for _, s := range []*certs.Subject{&u2.Subject, &v.Subject} {
				for _, f := range []*string{&s.O, &s.OU, &s.L, &s.ST, &s.C} {
					*f = strings.TrimSpace(string(normalise(*f).b))
				}
			}
			if !reflect.DeepEqual(u2, v) {
				t.Fatalf("markup taken off changes the answer for %q\n%+v\n%+v", text, u2, v)
			}
		}
		checkNames(t, text, u)
		if u.Intent == Other && (u.Product != nil || u.Key != nil || len(u.FQDNs)+len(u.SANs)+len(u.Domains) > 0 || u.ByoCSR) {
			t.Fatalf("other with fields: %+v", u)
		}
		for _, e := range u.Evidence {
			if e.Start < 0 || e.End > len(text) || e.Start > e.End {
				t.Fatalf("evidence %+v outside of %d bytes", e, len(text))
			}
		}
		if _, err := json.Marshal(u); err != nil {
			t.Fatal(err)
		}
	})
}

// checkNames: names are valid text, distinct over the fields, and stand in the text
// or were put together from it by a pattern or a stated domain.
func checkNames(t *testing.T, text string, u Understanding) {
	low := strings.Map(func(r rune) rune { return r }, lower(string(normalise(text).b)))
	composed := strings.ContainsAny(low, "[{(/~") || len(low) > MaxText
	seen := map[string]bool{}
	names := append(append(append([]string{}, u.FQDNs...), u.Domains...), u.SANs...)
	if u.ClusterFQDN != nil {
		names = append(names, *u.ClusterFQDN)
	}
	if len(names) > 4*maxAnswer {
		t.Fatalf("%d names", len(names))
	}
	for _, n := range names {
		if !utf8.ValidString(n) || n == "" || strings.ContainsAny(n, " \n<>|") {
			t.Fatalf("name %q of %q", n, text)
		}
		if seen[n] {
			t.Fatalf("%q stands in two fields: %+v", n, u)
		}
		seen[n] = true
		if strings.Contains(low, n) || composed {
			continue
		}
		host, domain, _ := strings.Cut(n, ".")
		if !strings.Contains(low, host) || !strings.Contains(low, domain) {
			t.Fatalf("%q is not in %q", n, text)
		}
	}
}

package language_test

import (
	"encoding/json"
	"strings"
	"testing"

	"countersign/language"
)

// The JSON has every field: lists never null, unsaid values null, the subject an
// object; what is for the product alone stays out of it.
func TestJSON(t *testing.T) {
	for text, want := range map[string]string{
		"": `{"intent":"other","product":null,"service":null,"topology":null,"fqdns":[],"cluster_fqdn":null,"domains":[],"sans":[],"key":null,"ca":null,"subject":{},"environment":null,"features":[],"byo_csr":false}`,
		"ECDSA cert for nginx www.a.example please, O=Acme, in the lab": `{"intent":"request","product":"generic","service":"server","topology":"single","fqdns":["www.a.example"],"cluster_fqdn":null,"domains":[],"sans":[],"key":{"type":"ecdsa","size":null},"ca":null,"subject":{"O":"Acme"},"environment":"lab","features":[],"byo_csr":false}`,
	} {
		got, err := json.Marshal(language.Parse(text))
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("%q\n got %s\nwant %s", text, got, want)
		}
	}
}

// Evidence points into the text as it was sent, markup and width forms included.
func TestEvidence(t *testing.T) {
	text := "CSR for <http://vcs-c1.corp.example|vcs-c1.corp.example>, Expressway-C X14.2, O=Corp &amp; Sons, 城市：上海，RSA 2048 &lt;- ok? REQ-17"
	u := language.Parse(text)
	want := map[string]string{"fqdns": "vcs-c1.corp.example", "product": "Expressway-C", "subject.O": "Corp &amp; Sons", "subject.L": "上海", "key": "RSA 2048", "version": "X14.2"}
	for _, e := range u.Evidence {
		if w, ok := want[e.Field]; ok {
			if got := text[e.Start:e.End]; got != w {
				t.Errorf("%s: %q, want %q", e.Field, got, w)
			}
			delete(want, e.Field)
		}
	}
	if len(want) > 0 {
		t.Errorf("no evidence for %v in %+v", want, u.Evidence)
	}
	if u.Subject.O != "Corp & Sons" || u.Subject.L != "上海" {
		t.Errorf("subject %+v", u.Subject)
	}
	if u.RequestID != "REQ-17" {
		t.Errorf("request %q", u.RequestID)
	}
	if len(u.Versions) != 1 || u.Versions[0] != "X14.2" {
		t.Errorf("versions %q", u.Versions)
	}
}

func TestPEMKinds(t *testing.T) {
	text := "sign this please, tomcat of cm1.a.example\n-----BEGIN CERTIFICATE REQUEST-----\nMIIC\n-----END CERTIFICATE REQUEST-----\n" +
		"-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE.host.secret.example\n-----END EC PRIVATE KEY-----\n-----BEGIN CERTIFICATE-----\nMIID"
	u := language.Parse(text)
	if len(u.PEM) != 3 || u.PEM[0] != language.PEMRequest || u.PEM[1] != language.PEMPrivateKey || u.PEM[2] != language.PEMCertificate {
		t.Errorf("kinds %v", u.PEM)
	}
	b, err := json.Marshal(u)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(b), "secret") || strings.Contains(string(b), "MHc") {
		t.Errorf("a pasted key got into the answer: %s", b)
	}
}

// Names in every notation that people abbreviate with.
func TestNames(t *testing.T) {
	for text, want := range map[string]string{
		"expe[1-3].a.example":                                     "expe1.a.example expe2.a.example expe3.a.example",
		"expe0[8-9].a.example expe[09..11].b.example":             "expe08.a.example expe09.a.example expe09.b.example expe10.b.example expe11.b.example",
		"cucm-{pub,sub1}.a.example":                               "cucm-pub.a.example cucm-sub1.a.example",
		"expe1/2.a.example":                                       "expe1.a.example expe2.a.example",
		"exp-e1/e2.a.example":                                     "exp-e1.a.example exp-e2.a.example",
		"expe1/expe2.a.example":                                   "expe1.a.example expe2.a.example",
		"x1.a.example/x2.a.example":                               "x1.a.example x2.a.example",
		"expe1~3.a.example":                                       "expe1.a.example expe2.a.example expe3.a.example",
		"exp-e1 and exp-e2 in a.example":                          "exp-e1.a.example exp-e2.a.example",
		"nodes expe1 and expe2.a.example":                         "expe1.a.example expe2.a.example",
		"EXPE1.A.EXAMPLE.":                                        "expe1.a.example",
		"<http://e1.a.example|e1.a.example>, `e2.a.example`":      "e1.a.example e2.a.example",
		"host e1.a.example:8443":                                  "e1.a.example",
		"e1.xn--mnchen-3ya.example and e2.münchen.example":        "e1.xn--mnchen-3ya.example e2.münchen.example",
		"cert in webadmin26.csr, foo.pem, /etc/ssl/a.example/key": "",
		"X15.5 and 14.0.1 and 12.5(1)SU3, e.g. done.Thanks":       "",
		"mail joe@a.example, javax.net.ssl.SSLHandshakeException": "",
		"not e1.a.example but e2.a.example":                       "e2.a.example",
		"e1.a.example, except e3.a.example":                       "e1.a.example",
		"was e1.a.example, is now e2.a.example":                   "e2.a.example",
		"~e1.a.example~ e2.a.example":                             "e2.a.example",
	} {
		u := language.Parse("Expressway-E certificate request: " + text)
		if got := strings.Join(u.FQDNs, " "); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestLongTextIsCapped(t *testing.T) {
	u := language.Parse("csr for expe1.a.example, Expressway-E\n" + strings.Repeat("lorem ipsum ", language.MaxText) + "\nCA: DigiCert")
	if !u.Truncated || len(u.FQDNs) != 1 || u.CA == nil {
		t.Errorf("head and tail of a long text: %+v", u)
	}
}

// TestRenewedAndStillBroken: what shows after a renewal is a complaint; what is due
// again is a renewal.
func TestRenewedAndStillBroken(t *testing.T) {
	for text, want := range map[string]language.Intent{
		"Expressway-E 憑證更新後瀏覽器顯示 certificate has expired":                                language.Diagnose,
		"证书更新后还是显示已过期":                                                                   language.Diagnose,
		"we renewed the tomcat cert last week but the browser still shows it as expired": language.Diagnose,
		"cert was renewed last year, it expires again next week, please renew":           language.Renew,
		"cert was renewed last year, please renew":                                       language.Renew,
		"we renewed it already, no need, thanks":                                         language.Other,
	} {
		if got := language.Parse(text).Intent; got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

// TestReplyEndsOnlyRequests: while a certificate is being asked for, "remove the last
// one" takes back a name, not the request.
func TestReplyEndsOnlyRequests(t *testing.T) {
	for text, want := range map[string]language.Intent{
		"remove the last one":       language.Other,
		"drop that one":             language.Other,
		"leave it":                  language.Other,
		"please delete my request":  language.Cancel,
		"let's not do this request": language.Cancel,
		"这个申请不要了":                   language.Cancel,
	} {
		if got := language.ParseReply(text, "expressway-e").Intent; got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
	if got := language.Parse("remove the last one").Intent; got != language.Cancel {
		t.Errorf("outside a reply: %s", got)
	}
}

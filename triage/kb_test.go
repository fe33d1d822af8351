package triage

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"countersign/certs"
)

var sharedKB = sync.OnceValues(func() (*KB, error) { return Load() })

func loadKB(t testing.TB) *KB {
	t.Helper()
	kb, err := sharedKB()
	if err != nil {
		t.Fatal(err)
	}
	return kb
}

func diagnose(t testing.TB, text string) Answer {
	t.Helper()
	a, err := loadKB(t).Diagnose(context.Background(), Input{Text: text})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func first(a Answer) string {
	if len(a.Findings) == 0 {
		return ""
	}
	return a.Findings[0].Cause.ID
}

// Every cause must be able to recognise itself and to let its look-alikes pass.
func TestCausesHaveExamples(t *testing.T) {
	kb := loadKB(t)
	examples, missed := 0, 0
	for _, c := range kb.Causes() {
		if len(c.Examples) < 3 {
			t.Errorf("%s: %d examples, want at least 3", c.ID, len(c.Examples))
		}
		if len(c.NearMisses) < 2 {
			t.Errorf("%s: %d near misses, want at least 2", c.ID, len(c.NearMisses))
		}
		for _, text := range c.Examples {
			examples++
			if a := diagnose(t, text); !slices.Contains(ids(a), c.ID) { // examples teach; what is stated decides
				missed++
				t.Logf("%s: example %q gives %s %v", c.ID, text, a.Verdict, ids(a))
			}
		}
		for _, text := range c.NearMisses {
			if a := diagnose(t, text); first(a) == c.ID && a.Findings[0].Confidence >= knownSurely {
				t.Errorf("%s: near miss %q gives it first (%s)", c.ID, text, a.Verdict)
			}
		}
	}
	if missed*50 > examples {
		t.Errorf("%d of %d examples do not lead to their cause", missed, examples)
	}
}

func ids(a Answer) []string {
	var out []string
	for _, f := range a.Findings {
		out = append(out, f.Cause.ID)
	}
	return out
}

// The slugs that evaluations use.
func TestAllCausesOfTheTaxonomy(t *testing.T) {
	kb := loadKB(t)
	for _, id := range strings.Fields(`missing-intermediate untrusted-ca root-missing-intermediate-only self-signed-cert
		duplicate-subject-in-trust-store expc-ca-missing-in-cucm-trust cucm-ca-missing-in-expc-trust ecdsa-cert-untrusted
		ssh-tunnel-intermediate-missing tomcat-trust-out-of-sync cms-c2w-trust-missing cms-db-cluster-cert
		webex-control-hub-stale-cert endpoint-ca-not-public expired expiring-soon not-yet-valid name-mismatch name-mismatch-ip
		tls-verify-subject-name-wrong san-missing-legacy-cn mra-domain-missing-in-san phone-security-profile-missing-in-san
		san-over-999-chars federation-fqdn-missing-in-san csr-san-mismatch csr-public-key-mismatch csr-missing-or-discarded
		key-cert-mismatch cert-key-files-swapped wrong-format csr-malformed wrong-bundle-order private-key-no-trailing-newline
		encrypted-key-wrong-password ca-cert-missing-before-upload cert-upload-expired-or-older eku-missing-clientauth
		eku-missing-serverauth eku-incompatible unhandled-critical-extension unknown-oid-in-dn weak-key-or-digest key-too-long
		revoked revocation-unavailable crl-missing-benign ocsp-unknown client-cert-not-presented peer-rejected-unspecified
		tls-version-mismatch cipher-mismatch tls-inspection itl-ctl-mismatch ctl-stale-after-capf capf-cert-not-in-radius
		ipsec-trust-mismatch saml-metadata-stale service-not-restarted acme-validation-failed ca-policy-denied ca-ttl-beyond-issuer
		not-certificate:dns not-certificate:credentials not-certificate:connection-refused not-certificate:timeout
		not-certificate:firewall-inspection not-certificate:ntp not-certificate:sip-routing not-certificate:disk-full
		not-certificate:http-on-tls-port not-certificate:hostname-underscore not-certificate:xmpp not-certificate:configuration
		not-certificate:licensing not-certificate:database not-certificate:other`) {
		c := kb.Cause(id)
		if c == nil {
			t.Errorf("cause %s is missing", id)
			continue
		}
		for _, lang := range certs.Languages {
			if c.Title.In[lang] == "" {
				t.Errorf("%s: no title in %s", id, lang)
			}
			for i, s := range c.Fix {
				if s.In[lang] == "" {
					t.Errorf("%s: fix step %d not in %s", id, i+1, lang)
				}
			}
		}
	}
}

func TestLoadSaysWhatIsWrong(t *testing.T) {
	cases := map[string]struct{ yaml, want string }{
		"unknown field":   {"family: x\ncauses:\n- id: a-b\n  colour: red\n", "colour"},
		"bad id":          {cause("Bad Id", ""), "lower-case words"},
		"no title":        {"family: x\ncauses:\n- {id: abc, fix: {en: x}, as-of: 2026-01, sources: s, examples: some text here}\n", "title"},
		"earlier form":    {cause("my-cause", "  signals: [{w: 5, any: [abcdef]}]\n"), "messages and facts"},
		"bad kind":        {"family: x\nverdicts: [{kind: expired, source: s, say: [abcdef]}]\n", "kind must be"},
		"code by chance":  {"family: x\nverdicts: [{kind: verify.failed, source: s, codes: ['\\d+']}]\n", "no word of"},
		"bad expression":  {cause("my-cause", "  messages: [{w: 5, say: [abcdef], re: '('}]\n"), "missing closing"},
		"short wording":   {cause("my-cause", "  messages: [{w: 5, say: [ab]}]\n"), "too short"},
		"unknown also":    {cause("my-cause", "  messages: [{w: 5, say: [abcdef], also: {nope: 3}}]\n"), "unknown cause"},
		"unknown product": {cause("my-cause", "  messages: [{w: 5, say: [abcdef], product: [expresway]}]\n"), "unknown product \"expresway\""},
		"unknown fix-for": {cause("my-cause", "  fix-for: {unity-x: {en: x}}\n"), "unknown product \"unity-x\""},
		"heavy":           {cause("my-cause", "  messages: [{w: 99, say: [abcdef]}]\n"), "between"},
		"twice":           {cause("my-cause", "") + strings.TrimPrefix(cause("my-cause", ""), "family: x\ncauses:\n"), "stands twice"},
		"not yaml":        {"family: [", "yaml"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "own.yaml"), []byte(c.yaml), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := Load(dir)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
}

func cause(id, more string) string {
	return "family: x\ncauses:\n- id: " + id + "\n  title: {en: T}\n  fix: {en: do it}\n  as-of: 2026-01\n  sources: me\n  examples: an example text\n" + more
}

func TestOwnCausesAddAndReplace(t *testing.T) {
	dir := t.TempDir()
	own := cause("printer-demon", "  messages: [{w: 9, say: ['demon in the printer']}]\n") +
		"- id: revoked\n  title: {en: Ours}\n  fix: {en: do it}\n  as-of: 2026-01\n  sources: me\n  messages: [{w: 9, say: [certificate revoked]}]\n"
	if err := os.WriteFile(filepath.Join(dir, "own.yaml"), []byte(own), 0o600); err != nil {
		t.Fatal(err)
	}
	kb, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	a, err := kb.Diagnose(context.Background(), Input{Text: "there is a Demon in the Printer"})
	if err != nil || a.Verdict != KnownCause || first(a) != "printer-demon" || !a.Findings[0].Cause.Taught {
		t.Errorf("got %v %v %v", a.Verdict, ids(a), err)
	}
	if c := kb.Cause("revoked"); c.Title.In["en"] != "Ours" {
		t.Errorf("revoked was not replaced: %v", c.Title)
	}
}

// TestProductsOfTheCatalogue: causes name products by id or by family, and a text is told
// to be about one by the marks of the catalogue, one of the operator's own included.
func TestProductsOfTheCatalogue(t *testing.T) {
	profiles, causes := t.TempDir(), t.TempDir()
	write := func(dir, text string) {
		if err := os.WriteFile(filepath.Join(dir, "own.yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(profiles, "families: [{id: cube, name: Border Element, marks: [voice class sip]}]\nproducts: [{id: cube-sp, family: cube, name: CUBE SP}]\n")
	write(causes, cause("own-one", "  messages: [{w: 9, say: [tls profile mismatch], product: [cube-sp, unity-connection]}]\n  fix-for: {cube: {en: on CUBE}}\n"))
	if _, err := Load(causes); err == nil {
		t.Error("a product of a catalogue that was not given is known")
	}
	catalogue, err := certs.Load(profiles)
	if err != nil {
		t.Fatal(err)
	}
	kb, err := LoadFor(catalogue, causes)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{"voice class sip: tls profile mismatch": "cube", "unity connection: tls profile mismatch": "unity"} {
		a, err := kb.Diagnose(context.Background(), Input{Text: text})
		if err != nil || first(a) != "own-one" || len(a.Products) == 0 || a.Products[0] != want {
			t.Errorf("%s: %v, products %v, %v", text, ids(a), a.Products, err)
		}
	}
	a, err := kb.Diagnose(context.Background(), Input{Text: "tls profile mismatch", Context: Context{Product: "unity-connection"}})
	if err != nil || first(a) != "own-one" || a.Products[0] != "unity" {
		t.Errorf("%v, products %v, %v", ids(a), a.Products, err)
	}
	if _, err := kb.With(Source{"more.yaml", []byte(cause("taught-one", "  fix-for: {gone: {en: x}}\n"))}); err != nil {
		t.Errorf("what was taught about a product that is gone: %v", err)
	}
}

// TestUnsureTitles: what denies a certificate problem has words for when it is only
// probable, in the languages of its title; and they are used then.
func TestUnsureTitles(t *testing.T) {
	for _, c := range loadKB(t).Causes() {
		if c.Certificate() {
			continue
		}
		for lang, title := range c.Title.In {
			if perhaps := c.Unsure.In[lang]; perhaps == "" || perhaps == title {
				t.Errorf("%s: nothing to call it in %s when unsure", c.ID, lang)
			}
		}
		sure, unsure := Finding{Cause: c, Confidence: knownSurely}, Finding{Cause: c, Confidence: 0.35}
		if sure.Title().In["en"] != c.Title.In["en"] || unsure.Title().In["en"] != c.Unsure.In["en"] {
			t.Errorf("%s: %q, %q", c.ID, sure.Title().In["en"], unsure.Title().In["en"])
		}
	}
	for want, got := range map[string]string{
		"not-certificate": NotCertificate.said(2, knownSurely), "not-certificate_unsure": NotCertificate.said(2, 0.35),
		"ambiguous": Ambiguous.said(2, 0.35), "possible": Ambiguous.said(1, 0.35), "known-cause": KnownCause.said(1, knownSurely),
		"guess": Unknown.said(2, 0.35),
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

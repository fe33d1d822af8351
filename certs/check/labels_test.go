package check

import (
	"strings"
	"testing"
	texttemplate "text/template"

	"countersign/certs"
)

// Every word of the picture is in the catalogue, in each language.
func TestLabelsFor(t *testing.T) {
	root := newCA(t, "Example Root CA", nil)
	mid := newCA(t, "Example Issuing CA", root)
	leaf := newLeaf(t, "expe1.example.com", mid)
	chain := Verify(leaf.item(t), VerifyOptions{Untrusted: items(t, mid), Trust: items(t, root), Now: now}).Chain
	for _, lang := range []string{"en", "zh-Hans", "zh-Hant"} {
		all := texts(t, lang)
		say := func(x certs.Text) string {
			raw, ok := all[x.Key]
			if !ok {
				t.Errorf("%s: no %s", lang, x.Key)
			}
			var out strings.Builder
			if err := texttemplate.Must(texttemplate.New("").Parse(raw)).Execute(&out, x.Args); err != nil {
				t.Error(err)
			}
			return out.String()
		}
		l := LabelsFor(chain, now, say)
		if _, err := DrawChain(chain, l); err != nil {
			t.Error(err)
		}
		if lang == "en" {
			want := "Example Root CA (root CA, valid until 2035-11-21): trusted root\n" +
				"└─ Example Issuing CA (intermediate CA, valid until 2035-11-21): in order\n" +
				"   └─ expe1.example.com (server or client certificate, valid until 2027-04-21): in order\n"
			if got := chain.Text(l); got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
		}
	}
}

package language_test

import (
	"strings"
	"testing"

	"countersign/language"
	"countersign/tests/scaling"
)

// hostile are texts that repeat what the rules look at, up to a size.
func hostile(size int) map[string]string {
	out := map[string]string{}
	for name, unit := range map[string]string{
		"names":     "expe1.example.com, ",
		"ranges":    "e[1-64]x{1,2}.example.com ",
		"labels":    "cluster name node peers SAN domain ",
		"ca":        "not digicert now internal ca instead of ",
		"fix":       "sorry, i meant a1.example.com is now ",
		"dropped":   "a1.example.com is dead leave those alone without ",
		"words":     "the and of to is are be please ",
		"dots":      "a.b.c.d.e.f.g.h.i.j.k.",
		"brackets":  "[{([{([{(",
		"markup":    "<http://x.example|x><@U1>&amp;&lt;:a:",
		"sentences": "ok. no! why? ",
		"lines":     "nodes:\n\n",
		"quotes":    "&gt; a.example.com\n",
		"subject":   "O=a, OU=b, city Foo, C=US ",
		"keys":      "rsa 2048 p-256 not 4096 ",
		"shorts":    "expe1 and exp-e2 in ",
		"han":       "集群名称是节点不要更换证书，",
		"ordinals":  "the last two entries are the registration domains ",
		"services":  "tomcat callmanager cup-xmpp webadmin cucm cms ",
		"shared":    "one cert for all nodes per node not shared ",
		"pem":       "-----BEGIN CERTIFICATE-----\nAAAA\n",
		"letters":   "aaaaaaaaaaaaaaaa",
		"log":       "2026-03-02T10:11:12.123 expe2 tvcs: Event=\"Inbound TLS Negotiation Error\" Src-ip=\"10.1.1.1\" Detail=\"sslv3 alert\"\n",
	} {
		out[name] = strings.Repeat(unit, size/len(unit)+1)[:size]
	}
	return out
}

// TestHostileTime: no rule is quadratic. Within what is read anything costs what its length
// says, and a megabyte of anything no more than that.
func TestHostileTime(t *testing.T) {
	t.Parallel()
	for _, most := range []int{language.MaxText, 1 << 20} {
		for name, text := range hostile(most) {
			growth := scaling.Growth(t, func(size int) string { return text[:most/scaling.Times*size] }, func(text string) { language.Parse(text) })
			t.Logf("%s to %d: growth %.2f", name, most, growth)
			if growth > 3.5 { // linear is 1, quadratic is scaling.Times
				t.Errorf("%s: a text %d times as long costs %.1f times its share", name, scaling.Times, growth)
			}
		}
	}
}

func BenchmarkMessage(b *testing.B) {
	set := readExamples(b, "testdata/dev.jsonl")
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		language.Parse(set[i%len(set)].Text)
	}
}

func BenchmarkMegabyteLog(b *testing.B) {
	text := hostile(1 << 20)["log"]
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		language.Parse(text)
	}
}

package markup

import (
	"strings"
	"testing"
)

type town struct{}

func (town) Mention(s string) (string, int) {
	if strings.HasPrefix(s, "Countersign") {
		return "<@U0BOT>", len("Countersign")
	}
	return "", 0
}

func (town) Channel(name string) string {
	if name == "support" {
		return "C0SUPPORT"
	}
	return ""
}

func TestFromTyped(t *testing.T) {
	for _, c := range []struct{ typed, want string }{
		{"@Countersign I need a CSR", "<@U0BOT> I need a CSR"},
		{"a & b < c > d", "a &amp; b &lt; c &gt; d"},
		{"<@U1> <!channel>", "&lt;@U1&gt; &lt;!channel&gt;"},
		{"expe1.example.com, and cucm1.corp.local", "<http://expe1.example.com|expe1.example.com>, and cucm1.corp.local"},
		{"see https://a.example/x?y=1&z=2.", "see <https://a.example/x?y=1&amp;z=2>."},
		{"mail pki@example.com", "mail <mailto:pki@example.com|pki@example.com>"},
		{"in #support and #nowhere @here", "in <#C0SUPPORT|support> and #nowhere <!here>"},
		{"`expe1.example.com <x>` ok", "`expe1.example.com &lt;x&gt;` ok"},
		{"```\nDNS:a.example.com & b\n```", "```\nDNS:a.example.com &amp; b\n```"},
		{"DNS:a.example.com", "DNS:<http://a.example.com|a.example.com>"},
		{"server.pem *.example.com", "server.pem *.<http://example.com|example.com>"},
		{"证书 需要 example.com 谢谢", "证书 需要 <http://example.com|example.com> 谢谢"},
		{"one ` alone", "one ` alone"},
	} {
		if got := FromTyped(c.typed, town{}); got != c.want {
			t.Errorf("FromTyped(%q)\n got %q\nwant %q", c.typed, got, c.want)
		}
	}
}

func TestFromApp(t *testing.T) {
	for _, c := range []struct{ posted, want string }{
		{"a & b &amp; c", "a &amp; b &amp; c"},
		{"<@U1> <oops", "<@U1> &lt;oops"},
		{"https://x.example/?a=1&b=2!", "<https://x.example/?a=1&amp;b=2>!"},
		{"<https://x.example|x>", "<https://x.example|x>"},
	} {
		if got := FromApp(c.posted, true); got != c.want {
			t.Errorf("FromApp(%q) = %q, want %q", c.posted, got, c.want)
		}
		if again := FromApp(FromApp(c.posted, true), true); again != c.want {
			t.Errorf("FromApp is not stable on %q: %q", c.posted, again)
		}
	}
}

// A person cannot make Slack mention or link what the client did not resolve:
// every < in the outcome opens a sequence the directory or a link made.
func FuzzFromTyped(f *testing.F) {
	for _, s := range []string{"", "<@U1>", "`", "```a", "a&b", "@Countersign", "x.com.", "#support#support", "@@here"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		if len(typed) > 4096 {
			return
		}
		out := FromTyped(typed, town{})
		rest := sequence.ReplaceAllStringFunc(out, func(m string) string {
			for _, p := range []string{"<@U0BOT>", "<#C0SUPPORT|", "<!here>", "<!channel>", "<!everyone>", "<http", "<ftp", "<mailto:"} {
				if strings.HasPrefix(strings.ToLower(m), p) || strings.HasPrefix(m, p) {
					return ""
				}
			}
			t.Errorf("%q let %q through", typed, m)
			return ""
		})
		if strings.ContainsAny(rest, "<>") {
			t.Errorf("%q left a bracket: %q", typed, out)
		}
		RichText(out)
	})
}

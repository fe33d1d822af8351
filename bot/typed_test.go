package bot

import "testing"

func TestTyped(t *testing.T) {
	for sent, want := range map[string]string{
		"for <http://a.example.org|a.example.org>, please":             "for a.example.org, please",
		"<mailto:ops@a.example|ops@a.example>":                         "ops@a.example",
		"see <https://a.example.org/b?c=1&amp;d=2>":                    "see https://a.example.org/b?c=1&d=2",
		"<https://a.example.org|the portal>":                           "the portal https://a.example.org",
		"a &lt; b &amp;&amp; c &gt; d":                                 "a < b && c > d",
		"&amp;lt;":                                                     "&lt;", // undone once only
		"<@U0SAM> and <!channel> and <#C1|support> and an odd < alone": "<@U0SAM> and <!channel> and <#C1|support> and an odd < alone",
		"-----BEGIN CERTIFICATE-----\nMIIB+/=\n":                       "-----BEGIN CERTIFICATE-----\nMIIB+/=\n",
	} {
		if got := typed(sent); got != want {
			t.Errorf("typed(%q) = %q, want %q", sent, got, want)
		}
	}
}

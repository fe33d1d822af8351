package bot

import (
	"regexp"
	"strings"
)

// sentLink is what Slack makes of an address or host name that somebody types:
// <http://a.example|a.example>, <mailto:x@a.example|x@a.example>, <https://a.example/b>.
var sentLink = regexp.MustCompile(`<((?:https?://|mailto:)[^|<>]*)(?:\|([^<>]*))?>`)

var sentEntities = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")

// typed turns the text of a message back into what its writer typed (Slack's page on
// formatting text: links it found are marked, three characters are escaped). Mentions
// stay as they are: they are escaped like everything else before they are shown.
func typed(text string) string {
	text = sentLink.ReplaceAllStringFunc(text, func(link string) string {
		parts := sentLink.FindStringSubmatch(link)
		address, label := strings.TrimPrefix(parts[1], "mailto:"), parts[2]
		switch {
		case label == "" || label == address:
			return address
		case strings.HasSuffix(address, "//"+label):
			return label
		}
		return label + " " + address // a link with words of its own: both were meant
	})
	return sentEntities.Replace(text)
}

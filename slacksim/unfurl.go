package slacksim

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"countersign/slacksim/blockkit"
)

// linked finds addresses in a stored text: <https://a.example/x> or <https://a.example/x|words>.
var linked = regexp.MustCompile(`<(https?://[^<>|]+)(?:\|[^<>]*)?>`)

// ofApp are the addresses in a message that the app has asked to unfurl, each with its domain.
func (s *state) ofApp(text string) []any {
	var out []any
	for _, m := range linked.FindAllStringSubmatch(text, -1) {
		u, err := url.Parse(m[1])
		if err != nil {
			continue
		}
		for _, domain := range s.ws.App.UnfurlDomains {
			if host := u.Hostname(); host == domain || strings.HasSuffix(host, "."+domain) {
				out = append(out, object{"domain": domain, "url": m[1]})
				break
			}
		}
	}
	return out
}

// emitLinks tells the app of links of its domains in what a person has posted, wherever that is:
// the app need not be there.
func (s *events) emitLinks(ch *channel, m *message) {
	links := s.ofApp(m.text)
	if len(links) == 0 || m.fromApp || m.other != nil {
		return
	}
	event := object{"type": "link_shared", "channel": ch.ID, "is_bot_user_member": ch.members[s.ws.App.BotUserID], "user": m.user, "message_ts": m.ts,
		"unfurl_id": ch.ID + "." + m.ts, "source": "conversations_history", "links": links}
	if m.threadTS != "" {
		event["thread_ts"] = m.threadTS
	}
	s.emit("link_shared", event)
}

func chatUnfurl(c *call) (object, error) {
	ch, ts := c.find(c.args.str("channel")), c.args.str("ts")
	if id := c.args.str("unfurl_id"); id != "" {
		name, at, _ := strings.Cut(id, ".")
		ch, ts = c.find(name), at
	}
	if ch == nil {
		return nil, no("cannot_find_channel")
	}
	m := ch.at(ts)
	if m == nil {
		return nil, no("cannot_find_message")
	}
	var unfurls map[string]json.RawMessage
	if raw := c.args.raw("unfurls"); raw == nil || json.Unmarshal(raw, &unfurls) != nil || len(unfurls) == 0 {
		return nil, no("missing_unfurls")
	}
	shared := c.ofApp(m.text)
	var list []any
	for link, raw := range unfurls {
		if !slices.ContainsFunc(shared, func(l any) bool { o, _ := l.(object); return o["url"] == link }) {
			return nil, no("cannot_unfurl_url")
		}
		var attachment object
		if json.Unmarshal(raw, &attachment) != nil {
			return nil, no("invalid_unfurls_format")
		}
		check, err := json.Marshal(object{"text": "-", "attachments": []any{attachment}})
		if err != nil {
			return nil, err
		}
		if problems := blockkit.CheckMessage(check); len(problems) > 0 {
			return nil, no(blockkit.Code(problems), blockkit.Messages(problems)...)
		}
		attachment["from_url"], attachment["is_app_unfurl"], attachment["app_id"], attachment["bot_id"] = link, true, c.ws.App.ID, c.ws.App.BotID
		list = append(list, attachment)
	}
	raw, err := json.Marshal(list)
	if err != nil {
		return nil, err
	}
	c.alter(ch, m, content{attachments: raw, hasAttach: true}, m.edited)
	return nil, nil
}

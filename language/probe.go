package language

import "strings"

// A target as people type it, and its port.
const (
	targetForm = `(?:[a-zA-Z-]{2,12}://)?(?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,250}[A-Za-z0-9_.])?|\[[0-9a-fA-F:.]{2,45}\])`
	portForm   = `(?:[ \t]*(?::|：)[ \t]*|[ \t]+(?:on[ \t]+)?port[ \t]+|[ \t]*(?:的)?(?:端口|埠號|連接埠|通訊埠)[ \t]*)(\d{1,5})(?:/(?:tcp)?)?[ \t]*(?:端口|埠|連接埠)?`
)

var (
	// probeWish asks for a probe of a host. What follows must be the target and nothing
	// but courtesy: "connect to x:443 fails with ..." is a report, not a wish.
	probeWish = lazy(`(?i)^(?:(?:please|pls|can you|could you|now|请|請|帮我|幫我|帮忙|幫忙|麻烦|麻煩|能不能|可以)[ \t,，]*){0,3}` +
		`(?:(?:probe|look at|have a look at|try|test|check|handshake with|connect to)[ \t:]+|(?:探测|探測|试连|試連|连接|連接|連線|连|連|看看|看|测试|測試|测|測|检查|檢查)(?:一下|下)?(?:到|至)?[ \t:：]*)` +
		"`?(" + targetForm + `)(?:` + portForm + ")?`?" +
		`[ \t]*(?:[,，][ \t]*)?(?:(?:from here|live|please|pls|again|now|for me|吗|嗎|吧|谢谢|謝謝|一下|再)[ \t]*){0,3}[.!?。！？]?$`)
	// probes are the words that ask for it even where no port is named.
	probes = lazy(`(?i)\bprobe\b|探测|探測|试连|試連|\bfrom here\b`)

	// Targets that stand in what people paste: s_client and curl lines, addresses,
	// and host:port in a log. The name has a dot, the port at least two digits.
	namedTarget = lazy(`(?i)(?:https://|\b)((?:[a-z0-9](?:[a-z0-9-]{0,62})\.){1,8}[a-z]{2,24}|(?:\d{1,3}\.){3}\d{1,3})(?::|[ \t]+port[ \t:]+|[ \t]端口[ \t]*|[ \t]連接埠[ \t]*)(\d{2,5})\b`)
	namedHTTPS  = lazy(`(?i)\bhttps://((?:[a-z0-9](?:[a-z0-9-]{0,62})\.){1,8}[a-z]{2,24})(?:[/\s'"<>]|$)`)
)

// ReadProbe reads a wish to probe a host: the target, "" when the text is none. A target
// without port is given back as it is, to be refused with words.
func ReadProbe(text string) string {
	text = strings.TrimSpace(text)
	if len(text) > 400 || strings.Contains(text, "\n") {
		return ""
	}
	m := probeWish.FindStringSubmatch(text)
	switch {
	case m == nil:
		return ""
	case m[2] != "":
		return m[1] + ":" + m[2]
	case strings.Contains(m[1], "://") || probes.MatchString(text) && strings.Contains(m[1], "."):
		return m[1]
	}
	return ""
}

// Targets finds hosts with ports in a text.
func Targets(text string) []string {
	var out []string
	for _, m := range namedTarget.FindAllStringSubmatch(text, 200) {
		out = append(out, strings.ToLower(m[1])+":"+m[2])
	}
	for _, m := range namedHTTPS.FindAllStringSubmatch(text, 200) {
		out = append(out, strings.ToLower(m[1])+":443")
	}
	return out
}

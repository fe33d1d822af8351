package artefact

import (
	"bytes"
	"path"
	"slices"
	"strings"
)

// sniffed is what the first bytes of a file look like.
type sniffed int

const (
	isBinary sniffed = iota
	isText
	isDER
	isCapture
	isGzip
	isBzip2
	isTar
	isZip
	isOtherArchive // known, but not read
)

func (s sniffed) archive() bool { return s >= isGzip }

var magics = []struct {
	magic string
	kind  sniffed
}{
	{"\x1f\x8b\x08", isGzip}, {"BZh", isBzip2}, {"PK\x03\x04", isZip}, {"PK\x05\x06", isZip},
	{"\xfd7zXZ\x00", isOtherArchive}, {"7z\xbc\xaf\x27\x1c", isOtherArchive}, {"Rar!\x1a\x07", isOtherArchive}, {"\x28\xb5\x2f\xfd", isOtherArchive},
}

// sniff says by content what a file is; names lie.
func sniff(head []byte) sniffed {
	for _, m := range magics {
		if bytes.HasPrefix(head, []byte(m.magic)) {
			return m.kind
		}
	}
	switch {
	case captureMagic(head):
		return isCapture
	case len(head) > 262 && string(head[257:262]) == "ustar":
		return isTar
	case len(head) > 2 && head[0] == 0x30 && (head[1] == 0x80 || head[1] > 0x80 && head[1] < 0x85) && !looksLikeText(head):
		return isDER
	case looksLikeText(head):
		return isText
	}
	return isBinary
}

// looksLikeText: few control characters; UTF-16 counts.
func looksLikeText(head []byte) bool {
	if len(head) == 0 {
		return false
	}
	if utf16Order(head) != 0 {
		return true
	}
	odd := 0
	for _, c := range head {
		if c == 0 {
			return false
		}
		if c < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != 0x1b && c != '\f' || c == 0x7f {
			odd++
		}
	}
	if odd*50 > len(head) {
		return false
	}
	if validUTF8(head) || charset(head) != nil {
		return true
	}
	high := 0
	for _, c := range head {
		if c >= 0x80 {
			high++
		}
	}
	return high*3 < len(head) // an older encoding of a language with some accents
}

// uselessEnds are endings of files in log bundles that hold no log, certificate or
// capture.
var uselessEnds = []string{
	".html", ".htm", ".css", ".js", ".mjs", ".map", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".ico", ".webp", ".woff", ".woff2", ".ttf",
	".so", ".dll", ".exe", ".jar", ".war", ".class", ".pyc", ".o", ".a", ".core", ".hprof", ".rrd", ".db", ".sqlite", ".mo", ".wav", ".mp4", ".pdf", ".rpm",
}

func useless(name string) bool {
	base := strings.ToLower(path.Base(name))
	return slices.Contains(uselessEnds, path.Ext(base)) || strings.HasPrefix(base, "._") || base == ".ds_store"
}

// speaking are parts of names of the logs in which TLS failures are found: Expressway
// (tvcs, developer, network, traffic_server), CUCM and IM and Presence (SDL, CCM,
// tomcat, certificate), CMS (syslog, live), Jabber, web servers.
var speaking = []string{
	"tvcs", "developer", "network_log", "traffic_server", "event_log", "eventlog", "diagnostic", "syslog", "messages", "catalina", "localhost",
	"cert", "ipsec", "sdl", "ccm", "capf", "tvs", "security", "ssl", "tls", "xmpp", "bridge", "error", "jabber", "csf-unified", "haproxy", "nginx", "s_client", "openssl",
}

// rank orders logs: 0 is read first.
func rank(name string) int {
	base := strings.ToLower(path.Base(name))
	if slices.ContainsFunc(speaking, func(w string) bool { return strings.Contains(base, w) }) {
		return 0
	}
	return 1
}

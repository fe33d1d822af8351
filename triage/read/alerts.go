package read

import (
	"strconv"
	"strings"
)

// mostWords bounds how far after the word "alert" its name may stand, and how many words
// of a line are looked at.
const mostWords = 32

// alertMarks are what a line with an alert has; the line is looked at closer only then.
var alertMarks = []string{"alert", "Alert", "ALERT", "error: tls: ", "tlsv1 ", "TLSV1_", "Fatal ("}

// alerts reads the TLS alerts of a text in any library's notation: by the word alert, its
// name or number beside it, and what the line says of the direction.
func alerts(text string, lines []line) []Fact {
	if !containsAny(text, alertMarks) {
		return nil
	}
	var facts []Fact
	for _, l := range lines {
		s := l.front()
		if len(facts) >= mostFacts {
			break
		}
		if !containsAny(s, alertMarks) {
			continue
		}
		n, span := alertOf(s)
		direction := directionOf(s)
		if n < 0 && strings.HasSuffix(strings.TrimSpace(s), "alert message (") {
			n, span = alertBelow(text[l.end():min(len(text), l.end()+300)])
			span = Span{0, len(s) + span.End}
		}
		if n <= 0 || direction == "" && !spokenByTLS(s) {
			continue // close_notify is how connections end
		}
		facts = append(facts, Fact{
			Kind: "alert." + direction + alertNames[n][0], Start: l.start + span.Start, End: l.start + span.End,
			Depth: -1, Program: speaker(s), Value: strconv.Itoa(n),
		})
	}
	return facts
}

// alertFillers are what may stand between the word alert and the alert's name or number.
var alertFillers = map[string]bool{
	"fatal": true, "warning": true, "level": true, "description": true, "desc": true, "number": true, "code": true,
	"is": true, "was": true, "received": true, "sent": true, "generated": true, "message": true, "tls": true, "ssl": true,
	"read": true, "write": true, "type": true, "length": true, "error": true, "the": true, "from": true, "peer": true,
	"defined": true, "protocol": true, "by": true, "a": true, "client": true, "server": true, "to": true, "and": true, "remote": true, "endpoint": true,
	"ssl3": true, "local": true, "end": true, "detected": true, "reported": true, "an": true, "this": true, "may": true, "result": true, "in": true, "termination": true, "of": true, "connection": true, "alert": true,
}

// alertOf finds the alert that a line names: the number, or -1, and where it stands.
func alertOf(s string) (int, Span) {
	for _, mark := range []string{"error: tls: ", "Fatal ("} {
		if i := strings.Index(s, mark); i >= 0 {
			if n, end := alertAt(words(s, i+len(mark), longestAlert), 0); n >= 0 {
				return n, Span{wordStart(s, i), end}
			}
		}
	}
	for at, tries := 0, 0; tries < 8; tries++ {
		i := indexAlert(s[at:])
		if i < 0 {
			break
		}
		i += at
		at = i + len("alert")
		ahead := words(s, at, mostWords)
		for k := range ahead {
			if n, end := alertAt(ahead, k); n >= 0 {
				return n, Span{wordStart(s, i), end}
			}
			if n, ok := alertNumber(s, ahead, k); ok {
				return n, Span{wordStart(s, i), ahead[k].end}
			}
			if !alertFillers[ahead[k].text] && !isNumber(ahead[k].text) && !strings.HasPrefix(ahead[k].text, "tlsv1") {
				break
			}
		}
		// The name may stand before: SSL_ERROR_UNKNOWN_CA_ALERT, "an unknown_ca alert".
		behind := words(s[:i], max(0, i-60), mostWords)
		for k := max(0, len(behind)-longestAlert); k < len(behind); k++ {
			if n, end := alertAt(behind, k); n >= 0 && end == behind[len(behind)-1].end {
				return n, Span{wordStart(s, behind[k].start), at}
			}
		}
	}
	// OpenSSL leaves the word out for the alerts of extensions (SSL_R_TLSV1_UNRECOGNIZED_NAME).
	for _, mark := range []string{"tlsv1 ", "TLSV1_"} {
		if i := strings.Index(s, mark); i >= 0 {
			if n, end := alertAt(words(s, i+len(mark), longestAlert), 0); n >= 100 {
				return n, Span{wordStart(s, i), end}
			}
		}
	}
	return -1, Span{}
}

// indexAlert finds the word alert in lower, capital or title case.
func indexAlert(s string) int {
	first := -1
	for _, w := range []string{"alert", "Alert", "ALERT"} {
		if i := strings.Index(s, w); i >= 0 && (first < 0 || i < first) {
			first = i
		}
	}
	return first
}

// alertAt reads the longest name of an alert that begins at the word k.
func alertAt(all []token, k int) (n, end int) {
	n = -1
	joined := ""
	for j := k; j < len(all) && j-k < longestAlert; j++ {
		joined += all[j].text
		if found, ok := alertNumbers[joined]; ok {
			n, end = found, all[j].end
		}
	}
	return n, end
}

// alertNumber reads a bare number of an alert: "alert number 48", "alert(48)", "alert
// [48]", "fatal alert 48", "code is 48", mbedTLS's "type: [2:48]".
func alertNumber(s string, all []token, k int) (int, bool) {
	t := all[k]
	if !isNumber(t.text) {
		return 0, false
	}
	n, _ := strconv.Atoi(t.text)
	if alertNames[n] == nil {
		return 0, false
	}
	before := ""
	if k > 0 {
		before = all[k-1].text
	}
	if before == "length" || before == "level" || before == "warning" && n < 3 {
		return 0, false
	}
	if t.end < len(s) && (s[t.end] == ':' || s[t.end] == '.') && t.end+1 < len(s) && isDigit(s[t.end+1]) {
		return 0, false // the level of [2:48]; a version, an address
	}
	return n, k > 0 || t.start > 0 && (s[t.start-1] == '(' || s[t.start-1] == '[' || s[t.start-1] == ' ' || s[t.start-1] == '=')
}

func isNumber(s string) bool {
	n, length := number(s)
	return length > 0 && length == len(s) && n < 1000
}

// alertBelow reads the JSON form of javax.net.debug, which begins on the next lines.
func alertBelow(s string) (int, Span) {
	const key = `"description"`
	i := strings.Index(s, key)
	if i < 0 {
		return -1, Span{}
	}
	n, end := alertAt(words(s, i+len(key), longestAlert), 0)
	return n, Span{0, end}
}

// directions are what tells who refused whom, the more telling first. OpenSSL makes an
// error of an alert only where it reads one. Sources: those of alertNames, and JSSE
// TransportContext.java, curl openssl.c, Erlang ssl_alert.erl, events 36887 and 36888.
var directions = []struct{ direction, mark string }{
	{"received.", "remote error: tls"}, {"sent.", "local error: tls"},
	{"received.", "ssl3_read_bytes"}, {"received.", "ssl alert number"},
	{"sent.", "generated client alert"}, {"sent.", "generated server alert"}, {"sent.", "alert was generated"}, {"sent.", "sent to the remote"}, {"sent.", "fatal error code is"},
	{"received.", "recv "}, {"received.", "received"}, {"received.", "alert read"}, {"sent.", "alert write"}, {"received.", "(in), "}, {"sent.", "(out), "},
	{"received.", "<<< "}, {"sent.", ">>> "}, {"sent.", "send "}, {"sent.", "sending "}, {"sent.", "sent "}, {"sent.", "produced "}, {"sent.", "fatal ("},
	{"received.", "got an alert"}, {"received.", "remote end reported"}, {"sent.", "local ssl3 detected"},
}

// reasons are how OpenSSL and BoringSSL name the error that an alert of the peer makes.
// Capitals count: Wireshark writes the version as TLSv1.
var reasons = []string{"tlsv1 ", "sslv3 alert ", "ssl/tls alert ", "tlsv13 alert ", "TLSV1_", "SSLV3_ALERT_", "TLSV13_ALERT_"}

func directionOf(s string) string {
	if containsAny(s, reasons) {
		return "received."
	}
	lower := strings.ToLower(s)
	for _, d := range directions {
		if strings.Contains(lower, d.mark) {
			return d.direction
		}
	}
	if i := strings.Index(s, "SSL_ERROR_"); i >= 0 && strings.Contains(s[i:], "_ALERT") {
		return "received." // NSS: what the peer reported
	}
	return ""
}

// spokenByTLS: an alert without direction is one of TLS only when the line says so; other
// programs have alerts too.
func spokenByTLS(s string) bool {
	lower := strings.ToLower(s)
	return containsAny(lower, []string{"tls", "ssl", "fatal", "handshake", "level:", "schannel"})
}

// speakers tell a program's family by marks in its lines.
var speakers = []struct{ mark, program string }{
	{"javax.net.ssl", "java"}, {"Received fatal alert: ", "java"}, {"error: tls: ", "go"}, {"SSL_ERROR_", "nss"},
	{"gnutls", "gnutls"}, {"GnuTLS", "gnutls"}, {"mbedtls", "mbedtls"}, {"rustls", "rustls"}, {"AlertReceived", "rustls"},
	{"CLIENT ALERT", "erlang"}, {"SERVER ALERT", "erlang"}, {"Schannel", "schannel"}, {"remote endpoint", "schannel"}, {"fatal error code is", "schannel"},
	{"TLS alert, ", "curl"}, {"Level: Fatal, Description", "wireshark"}, {"SSL routines", "openssl"}, {"SSL alert number", "openssl"}, {"SSL3 alert", "openssl"},
}

func speaker(s string) string {
	for _, p := range speakers {
		if strings.Contains(s, p.mark) {
			return p.program
		}
	}
	return ""
}

// wordStart goes back to where the word at i begins.
func wordStart(s string, i int) int {
	for i > 0 && (isWord(s[i-1]) || s[i-1] == '_') {
		i--
	}
	return i
}

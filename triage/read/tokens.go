package read

import "strings"

// identifiers cuts what is no word within a line: runs of hex, fingerprints, UUIDs,
// base64 and tokens, and the fields of log lines that name but do not say.
func identifiers(spans []Span, l line) []Span {
	spans = fields(spans, l)
	s := l.text
	for i := 0; i < len(s); {
		if !isBase64(s[i]) || s[i] == '/' || s[i] == '=' || s[i] == '-' {
			i++
			continue
		}
		start := i
		for i < len(s) && (isBase64(s[i]) || s[i] == ':' || s[i] == '.') && !strings.HasPrefix(s[i:], "--") {
			i++
		}
		word := strings.TrimRight(s[start:i], ".:=-_")
		if len(word) < 16 {
			continue
		}
		if from := strings.IndexByte(word, '='); from >= 0 && !scrambled(word) {
			start, word = start+from+1, word[from+1:]
		}
		if opaque(word) {
			spans = append(spans, Span{l.start + start, l.start + start + len(word)})
		}
	}
	return spans
}

// opaque tells a token that nobody reads: UUID, hex, fingerprint, base64, JWT.
func opaque(w string) bool {
	if len(w) == 36 && shaped(w, "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh") {
		return true
	}
	hex, colons, digits := 0, 0, 0
	for i := range len(w) {
		switch {
		case isHex(w[i]):
			hex++
			if isDigit(w[i]) {
				digits++
			}
		case w[i] == ':':
			colons++
		}
	}
	if hex == len(w) && hex >= 16 && digits > 0 {
		return true
	}
	if hex+colons == len(w) && colons >= 7 && hex == 2*(colons+1) {
		return true // pairs; an IPv6 address has groups of four
	}
	if strings.HasPrefix(w, "eyJ") && len(w) >= 32 {
		return true // JOSE: base64 of {"
	}
	return len(w) >= 32 && colons == 0 && !strings.Contains(w, ".") && scrambled(w)
}

// speaking are what the names of fields have that say what happened: Event, Detail,
// Reason, ssl_error_reason. Beside them speaks whatever has a sentence in it; the others
// are names, addresses and numbers of the place it happened at.
var speaking = []string{"event", "detail", "reason", "error", "err", "msg", "message", "text", "description", "cause", "alarm", "info", "exception"}

// silent are the bracketed fields that every alarm of CUCM has (CUCM alarm definitions).
var silent = []string{"[AppID=", "[ClusterID=", "[NodeID=", "[UniqueID=", "[ThreadID=", "[ProcessID=", "[SequenceNumber="}

// fields cuts the fields of structured lines: Key="value" where a line has several, the
// bracketed ones of alarms.
func fields(spans []Span, l line) []Span {
	s := l.text
	if strings.Contains(s, "ertificate") || strings.Contains(s, "CME") || strings.Contains(s, "Signing CA") {
		for _, sentence := range settled {
			if i := strings.Index(s, sentence); i >= 0 {
				spans = append(spans, Span{l.start + i, l.start + i + len(sentence)})
			}
		}
	}
	if strings.Contains(s, "[AppID=") || strings.Contains(s, "[NodeID=") || strings.Contains(s, "[ClusterID=") {
		for _, f := range silent {
			if i := strings.Index(s, f); i >= 0 {
				if n := strings.IndexByte(s[i:min(len(s), i+200)], ']'); n > 0 {
					spans = append(spans, Span{l.start + i, l.start + i + n + 1})
				}
			}
		}
	}
	if strings.Count(s, `="`) < 3 || !strings.Contains(s, "UTCTime=") && !strings.Contains(s, "Event=") && !strings.Contains(s, "Module=") {
		return spans
	}
	for i := 0; i < len(s); {
		eq := strings.Index(s[i:], `="`)
		if eq < 0 {
			return spans
		}
		eq += i
		key := eq
		for key > i && (isWord(s[key-1]) || s[key-1] == '-' || s[key-1] == '_') {
			key--
		}
		end := strings.IndexByte(s[eq+2:], '"')
		if end < 0 {
			return spans
		}
		end += eq + 3
		if !says(s[key:eq], s[eq+2:end-1]) {
			spans = append(spans, Span{l.start + key, l.start + end})
		}
		i = end
	}
	return spans
}

func says(key, value string) bool {
	key = strings.ToLower(key)
	if containsAny(key, speaking) {
		return true
	}
	written := 0
	for _, w := range words(value, 0, 16) {
		if len(w.text) > 2 && !strings.ContainsAny(w.text, "0123456789") && (w.start == 0 || value[w.start-1] == ' ') {
			written++
		}
	}
	return written > 1
}

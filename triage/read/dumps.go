package read

import "strings"

// hexDump tells the lines of dumps: OpenSSL's BIO_dump ("0000 - 02 01 ..-.. ascii"), xxd
// ("00000000: 7f45 4c46"), hexdump -C and od ("00000000  7f 45 |.ELF|"), tcpdump -X
// ("0x0000:  4500 0034"), Wireshark ("0000   02 01"), and bare rows of bytes.
func hexDump(t string) bool {
	rest := strings.TrimPrefix(t, "0x")
	n := 0
	for n < len(rest) && n < 16 && isHex(rest[n]) {
		n++
	}
	if n >= 4 && n < len(rest) && strings.IndexByte(": \t", rest[n]) >= 0 {
		after := strings.TrimLeft(strings.TrimPrefix(rest[n:], ":"), " \t")
		marked := rest[n] == ':' || strings.HasPrefix(after, "- ")
		groups, length := hexRow(strings.TrimPrefix(after, "- "))
		after = strings.TrimPrefix(strings.TrimPrefix(after, "- ")[length:], "-") // BIO_dump sets one behind the eighth byte, also the last
		ends := after == "" || strings.HasPrefix(after, "  ") || strings.HasPrefix(after, "\t")
		if shown := strings.TrimLeft(after, " \t"); len(shown) > length+4 {
			return false // more than the letters of these bytes: another output that broke in
		}
		if len(after) < len(rest)-n && groups > 0 && ends && (marked || groups > 1) || groups >= 8 {
			return true
		}
	}
	groups, length := hexRow(t)
	return groups >= 8 || groups > 2 && length == len(t) && length == 3*groups-1 || strings.Count(t, ":") >= 5 && hexColons(t)
}

// hexRow counts the groups of two, four or eight hex digits that a row begins with, and
// says how long they are.
func hexRow(s string) (groups, length int) {
	for i := 0; ; groups++ {
		for i < len(s) && (s[i] == '-' || s[i] == ' ') && i < length+3 {
			i++
		}
		n := 0
		for i+n < len(s) && isHex(s[i+n]) {
			n++
		}
		if n != 2 && n != 4 && n != 8 || i+n < len(s) && s[i+n] != ' ' && s[i+n] != '-' && s[i+n] != '\t' {
			return groups, length
		}
		i += n
		length = i
	}
}

// hexColons tells a row of OpenSSL's -text: "00:c2:e0:17:" and nothing else.
func hexColons(t string) bool {
	for i := range len(t) {
		if !isHex(t[i]) && t[i] != ':' {
			return false
		}
	}
	return true
}

// encoded tells a line that has only the letters of base64.
func encoded(t string) bool {
	for i := range len(t) {
		if !isBase64(t[i]) {
			return false
		}
	}
	return t != ""
}

func isBase64(c byte) bool {
	return isDigit(c) || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '+' || c == '/' || c == '=' || c == '-' || c == '_'
}

// armour tells a line that looks like one of a block of base64 without labels.
func armour(t string) bool {
	return len(t) >= 16 && len(t) <= 8<<10 && encoded(t) && (len(t) >= 40 && scrambled(t) || scrambled(t) && strings.ContainsAny(t, "+/=0123456789"))
}

// scrambled tells what no writing has: small letters, capitals and digits that change
// places all the time. In random base64 that is 44 of 100 places; the capital that begins
// a word of a class's name is no change, so that such a name has a sixth at most.
func scrambled(s string) bool {
	changes, digits, last := 0, 0, byte(0)
	for i := range len(s) {
		var class byte
		switch c := s[i]; {
		case isDigit(c):
			class = '9'
			digits++
		case 'a' <= c && c <= 'z':
			class = 'a'
		case 'A' <= c && c <= 'Z':
			class = 'A'
		default:
			continue
		}
		if last != 0 && class != last && (last != 'A' || class != 'a') {
			changes++
		}
		last = class
	}
	return changes*4 >= len(s) && (digits > 0 || len(s) >= 40)
}

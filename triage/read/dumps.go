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
	if n >= 4 && n < len(rest) {
		after := strings.TrimLeft(rest[n:], ":")
		after = strings.TrimPrefix(strings.TrimLeft(after, " \t"), "- ")
		if len(after) < len(rest)-n && hexRow(after) >= 1 {
			return n >= 6 || hexRow(after) >= 2 || strings.Contains(t, " - ") || rest[n] == ':'
		}
	}
	return hexRow(t) >= 8 || strings.Count(t, ":") >= 5 && hexColons(t)
}

// hexRow counts the groups of two, four or eight hex digits that a row begins with.
func hexRow(s string) int {
	groups := 0
	for s != "" {
		s = strings.TrimLeft(s, " -")
		n := 0
		for n < len(s) && isHex(s[n]) {
			n++
		}
		if n != 2 && n != 4 && n != 8 || n < len(s) && s[n] != ' ' && s[n] != '-' && s[n] != '\t' {
			return groups
		}
		groups++
		s = s[n:]
	}
	return groups
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

// scrambled tells what no writing has: capitals, small letters and digits that change
// places all the time. A path, a class name, an URL changes seldom.
func scrambled(s string) bool {
	changes, digits, last := 0, 0, 0
	for i := range len(s) {
		class := 0
		switch c := s[i]; {
		case isDigit(c):
			class = 1
			digits++
		case 'a' <= c && c <= 'z':
			class = 2
		case 'A' <= c && c <= 'Z':
			class = 3
		default:
			continue
		}
		if last != 0 && class != last {
			changes++
		}
		last = class
	}
	return changes*4 >= len(s) && (digits > 0 || len(s) >= 40)
}

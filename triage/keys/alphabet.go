package keys

// base64Byte are the characters of base64 and of base64url (RFC 4648), padding aside.
var base64Byte = func() (t [256]bool) {
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_") {
		t[c] = true
	}
	return t
}()

var hexByte = func() (t [256]bool) {
	for _, c := range []byte("0123456789abcdefABCDEF") {
		t[c] = true
	}
	return t
}()

func alnum(c byte) bool { return base64Byte[c] && c != '+' && c != '/' && c != '-' && c != '_' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func allHex(s string) bool {
	for i := range len(s) {
		if !hexByte[s[i]] {
			return false
		}
	}
	return true
}

func allDecimal(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return true
}

package language

import "strings"

// requestID is the number of a request in words, as a part of other expressions.
const requestID = `(?:req(?:uest)?[ -]{0,2}#?\d+|#\d+)`

var requestIDPattern = lazy(`(?i)\breq(?:uest)?[ \-#]{0,2}#?(\d{1,8})\b|#(\d{1,8})\b|申请单?号?[ #]*(\d{1,8})|(\d{1,8}) ?号(?:申请|单)`)

// requestSpoken is the request spoken of, as written.
func requestSpoken(d *document) string {
	m := requestIDPattern.FindSubmatch(d.text)
	if m == nil {
		return ""
	}
	return strings.TrimSpace(string(m[0]))
}

package language

import (
	"strings"
	"unicode/utf8"
)

// Remark is what a short remark adds to a case: which product complains, on which side
// (client, server).
type Remark struct{ Product, Side string }

// complainants are the ways in which people name the product that complains, the more
// exact first.
var complainants = []struct {
	product string
	re      expression
}{
	{"expressway-c", lazy(`(?i)\bexp(?:ressway)?[- ]?c\b|\bexpc|\bvcs[- ]?c\b|\bthe c\b|\bc[- ]side\b|\bcore (?:node|side|expressway)|(?:^|[是在由])\s*C\s*(?:[侧端边側邊]|$|报|報|抱|拒)|控制端`)},
	{"expressway-e", lazy(`(?i)\bexp(?:ressway)?[- ]?e\b|\bexpe\b|\bvcs[- ]?e\b|\bthe e\b|\be[- ]side\b|\bedge\b|(?:^|[是在由])\s*E\s*(?:[侧端边側邊]|$|报|報|抱|拒)|边缘端|邊緣端`)},
	{"cucm", lazy(`(?i)\bcucm\b|call ?manager|\bunified cm\b`)},
	{"imp", lazy(`(?i)\bim ?(?:&|and) ?p|\bimp\b|presence server`)},
	{"cms", lazy(`(?i)\bcms\b|meeting server`)},
	{"unity-connection", lazy(`(?i)unity connection|\bcuc\b`)},
}

var (
	complains  = lazy(`(?i)complain|\bsays?\b|report|\blogs?\b|shows?|refus|reject|throw|\bon the\b|\bfrom the\b|it(?:'s| is) |报错|抱怨|拒绝|日志|报告|報錯|拒絕|記錄|日誌|[是在由]`)
	clientSide = lazy(`(?i)\bclient\b|客户端|客戶端|用戶端`)
	serverSide = lazy(`(?i)\bserver side\b|\bthe server\b|服务器端|服务端|伺服器端`)
)

// maxRemark is where a remark ends and a text begins, in characters.
const maxRemark = 160

// ReadRemark takes a remark such as "it is the C that complains".
func ReadRemark(text string) (Remark, bool) {
	text = strings.TrimSpace(text)
	if n := utf8.RuneCountInString(text); n == 0 || n > maxRemark || strings.Contains(text, "\n") {
		return Remark{}, false
	}
	var r Remark
	for _, c := range complainants {
		if c.re.MatchString(text) && (utf8.RuneCountInString(text) <= 30 || complains.MatchString(text)) {
			r.Product = c.product
			break
		}
	}
	switch {
	case clientSide.MatchString(text):
		r.Side = "client"
	case serverSide.MatchString(text):
		r.Side = "server"
	}
	return r, r != Remark{}
}

// Names reports that a text names a product, by its ID or by the short form that people and
// host names have for one of a pair: expe for expressway-e.
func Names(text, product string) bool {
	text = strings.ToLower(text)
	stem, half, pair := strings.Cut(product, "-")
	return strings.Contains(text, product) || pair && len(half) == 1 && len(stem) > 3 && strings.Contains(text, stem[:3]+half)
}

package keys

import (
	"regexp"
	"slices"
	"strings"
)

// claim is what the words before a run of bytes say that it is.
type claim int

const (
	nothing claim = iota
	aKey          // some key: believed of bytes that have the length of one
	private       // a private key: believed of anything
)

var (
	parens = regexp.MustCompile(`\([^()]{0,60}\)`)
	// public are words after which bytes are no secret, whatever else is said.
	public = regexp.MustCompile(`pub(?:lic|key|_|-|\b)|sha-?\d|\bsha\b|md5|hash|digest|finger|thumb|checksum|ident|signature|modulus|serial|公钥|公鑰|公開金鑰|指纹|指紋|` +
		`(?:[ _-]|\b|key)id\b|\b(?:kid|ski|aki|spki|csr)\b`)
	// elsewhere are words of keys that are no private keys: of caches, rows, objects.
	elsewhere = regexp.MustCompile(`session|cache|request|trace|object|partition|nonce|random|salt|cert|master|idempot|etag|commit|row|lookup|sort|primary|foreign|rout|lock|hmac|api|access`)
	secretly  = regexp.MustCompile(`private|priv[ _-]?key|\bpriv\b|\bprv(?:key)?\b|secret[ _-]?(?:key|scalar|exponent)|sec[ _-]?key|signing[ _-]?key|\bprime[12]\b|\bexponent[12]\b|coefficient|私钥|私鑰|私密金鑰|秘密鍵|개인 ?키|priv[ée]e|приватн|закрыт`)
	keyly     = regexp.MustCompile(`(?:key|密钥|密鑰|金鑰|キー|\bseed|\bscalar|\bsk)$|\bd["'\x60]?[ \t]*[:=][\s"'\x60\[({]*(?:0x)?$`)
	joining   = regexp.MustCompile(`(?:[\s"'\x60:=>\-\[{(\\,]|\bis\b|\bin\b|\bas\b|\bthe\b|\bhex\b|\braw\b|\bvalue\b|\bbase64\b|\bbytes\b|\b0x\b|是|为|為|：)+$`)
	algorithm = regexp.MustCompile(`ed25519|ed448|x25519|x448|curve25519|secp\d|\bp-?(?:256|384|521)|ecdsa|\bec\b|\btls\b|\bssl\b|server|host`)
)

// hints are pieces without which no label speaks of a key: most lines have none.
var hints = []string{"key", "priv", "prv", "secret", "seed", "scalar", "sk", "d:", "d=", "d :", "d =", "d\"", "d'", "prime", "exponent", "coefficient",
	"密", "私", "金鑰", "キー", "키", "закрыт", "приватн"}

// longestLabel is how far before a run its label may begin, in bytes.
const longestLabel = 80

// labelOf reads the words right before at: on its line, or, where the run begins its
// line, at the end of the line before.
func labelOf(text string, at int) (what claim, of string) {
	w := text[max(0, at-longestLabel):at]
	if i := strings.LastIndexByte(w, '\n'); i >= 0 {
		if strings.ContainsAny(w[i:], "ghijklmnopqrstuvwxyzGHIJKLMNOPQRSTUVWXYZ") || strings.ContainsAny(w[i:], "=：") {
			w = w[i+1:]
		} else {
			w = strings.TrimRight(w[:i], "\r\n \t")
			w = w[strings.LastIndexByte(w, '\n')+1:]
		}
	}
	w = strings.ToLower(w)
	if !slices.ContainsFunc(hints, func(h string) bool { return strings.Contains(w, h) }) {
		return nothing, w
	}
	w = parens.ReplaceAllString(w, " ")
	whole := w
	w = joining.ReplaceAllString(w, "")
	if i := strings.LastIndexAny(w, ",;|{}<"); i >= 0 {
		w = w[i+1:]
	}
	if i := strings.LastIndex(w, ". "); i >= 0 {
		w = w[i+2:]
	}
	switch {
	case w == "" || public.MatchString(w):
		return nothing, w
	case names(w):
		return private, w
	case (keyly.MatchString(w) || keyly.MatchString(whole)) && !elsewhere.MatchString(w):
		return aKey, w
	}
	return nothing, w
}

// names reports whether a label says "private key" and little after it: a sentence about
// one goes on.
func names(w string) bool {
	all := secretly.FindAllStringIndex(w, -1)
	return all != nil && len(strings.Fields(w[all[len(all)-1][1]:])) <= 3
}

// scalarLength reports whether n bytes may be a private key without any structure: of
// X25519, Ed25519 with and without its public half, Ed448, and the usual curves.
func scalarLength(n int) bool {
	return slices.Contains([]int{28, 32, 33, 48, 49, 56, 57, 64, 65, 66}, n)
}

package triage

import (
	"cmp"
	"encoding/base64"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// rule finds one kind of secret. Its expression runs only around places where one of
// its marks stands; marks are folded like the wordings of causes.
type rule struct {
	kind   string
	marks  string // separated by |
	re     string
	plain  bool // the value is a token by its form: always taken
	strong bool // only a value that no word has is taken
	span   int  // bytes after a mark that are looked at, 800 by default
}

// value of a key=value pair: quoted, or up to a separator. The closing quote may be missing.
const value = `("[^"\n]+"?|'[^'\n]+'?|[^\s"',;&<>|)\]}]+)`

// Key words for a password in the languages people paste. The Chinese ones cover both
// scripts.
const passwordWords = `pass(?:word|wd|phrase|code)?|pass phrase|pwd|passwort|kennwort|mot de passe|contraseña|senha|пароль|パスワード|비밀번호|密码|密碼|口令`

// rules lists the kinds. Each expression takes the secret in its last group, or whole.
var rules = []rule{
	{kind: "password", marks: "pass*|*pwd|*passwd|passwort|kennwort|mot de passe|contraseña|senha|пароль|パスワード|비밀번호|密码|密碼|口令|*password|*passwd|*passphrase",
		re: `(?i)(?:` + passwordWords + `)[\w.-]{0,20}["'\x60\]]{0,2}[ \t]*(?:=>|:=|[:=]|：|是|为|為)[ \t]*` + value},
	{kind: "password", marks: "password is|passwd is|pwd is|pw is|passphrase is|password was|pw|pass",
		re: `(?i)\b(?:password|passwd|passphrase|pwd|pass|pw)\b(?:[ \t]+(?:is|was|for \S+ is)[ \t]*:?|[ \t]*[:=]|[ \t]+)[ \t]*["'\x60]?([^\s"'\x60,;<>]{4,})`},
	{kind: "password", marks: "password|passwd|passphrase|pass|passin|passout|storepass|keypass|srcstorepass|deststorepass|pin",
		re: `(?i)--?(?:password|passwd|passphrase|pass|passin|passout|storepass|keypass|srcstorepass|deststorepass|src-?key-?pass|dest-?key-?pass|pin)[ =](?:pass:)?` + value},
	{kind: "password", marks: "password", re: `(?i)<[\w:.-]*(?:password|passwd|secret)[^>]*>([^<\n]+)`},
	{kind: "password", marks: "user|username|login|account|creds|credentials|用户|用戶|账号|帳號|账户|帳戶|admin|root",
		re: `(?i)(?:\b(?:user(?:name)?|login|account|creds?|credentials|id)|用户名?|用戶名?|账号|帳號|账户)(?:[ :=：]+| is )[\w.@\\-]+[ ]{0,2}/[ ]{0,2}([^\s/"']{4,})`},
	{kind: "password", strong: true, marks: "*admin|*administrator|root|*admin*",
		re: `(?i)(?:^|[\s("',;\x60])(?:[a-z]{0,8}admin(?:istrator)?|root)[ \t]{0,2}[/|:][ \t]{0,2}([^\s/"'|<>:]{5,64})`},
	{kind: "password", marks: "pin|*pin", span: 200,
		re: `(?i)(?:\b|_|user|so|token|hsm|slot|card|host|guest)pin["']?[ \t]*[:=][ \t]*["']?([A-Za-z!@#$%^&*._+]{0,40}\d[A-Za-z0-9!@#$%^&*._+-]{2,64})`},
	{kind: "url-password", marks: "://", span: 400, re: `[a-zA-Z][a-zA-Z0-9+.-]+://[^\s/@:"'<>]*:([^\s/@"'<>]+)@`},
	{kind: "curl-user", marks: "curl|wget|user|u", span: 300, re: `(?:^|\s)(?:-u|--user|--proxy-user|-U)[ =]?["']?[^\s:"']+:([^\s"']+)`},
	{kind: "authorization", marks: "authorization|proxy authorization|x auth token|auth", re: `(?i)\b(?:proxy-)?authorization["']?[ \t]{0,4}[:=][ \t]{0,4}["']?(?:basic|bearer|negotiate|ntlm|digest|token|apikey|aws4-hmac-sha256|signature)?[ \t]+([^\r\n"']{4,})`, span: 5000},
	{kind: "authorization", marks: "authorization", re: `(?i)\b(?:proxy-)?authorization["']?[ \t]{0,4}[:=][ \t]{0,4}["']?([^\s"',]{8,})`, span: 5000},
	{kind: "bearer-token", marks: "bearer", re: `(?i)\bbearer[ \t]+([A-Za-z0-9._~+/=-]{8,})`, span: 5000},
	{kind: "basic-credentials", marks: "basic", re: `\b[Bb]asic[ \t]+([A-Za-z0-9+/]{8,}={0,2})`},
	{kind: "cookie", marks: "cookie|set cookie", re: `(?i)\b(?:set-)?cookie2?["']?[ \t]{0,4}[:=][ \t]{0,4}["']?([^\r\n"']{3,})`, span: 5000},
	{kind: "session-id", marks: "jsessionid|jsessionidsso|phpsessid|sessionid|session id|sid|asp.net sessionid|connect.sid|sessid|*sessionid",
		re: `(?i)\b(?:[\w.-]*(?:sessionid(?:sso)?|sess(?:ion)?[_-]?(?:id|token|key)|phpsessid|connect\.sid|sessid)|sid)["']?[ \t]{0,4}[:=][ \t]{0,4}["']?([A-Za-z0-9._%!+/=-]{8,})`},
	{kind: "api-key", marks: "api key|apikey|x api key|access key|accesskey|account key|accountkey|shared access key|sharedaccesskey|*api key|*access key|subscription key|license key|encryption key|signing key|master key|*apikey",
		re: `(?i)(?:api|access|account|shared|subscription|encryption|signing|master|license|functions)[ _-]?(?:access)?[ _-]?key(?:[ _-]?id)?["']?[ \t]{0,6}(?:=>|[:=])[ \t]{0,6}["']?([A-Za-z0-9._~+/=-]{8,})`},
	{kind: "secret", marks: "secret|*secret|secret*|client secret|shared secret|app secret",
		re: `(?i)secret(?:[ _-]?(?:key|access[_-]?key|string|value|id))?["']?[ \t]{0,6}(?:=>|:=|[:=])[ \t]{0,6}` + value},
	{kind: "secret", marks: "shared secret|secret", re: `(?i)\b(?:shared |client )?secret (?:is|key) ["']?([A-Za-z0-9._~+/=!@#$%^&*-]{6,})`},
	{kind: "token", marks: "token|*token|token*|令牌|權杖",
		re: `(?i)(?:token|令牌)["']?[ \t]{0,6}(?:=>|:=|[:=]|：)[ \t]{0,6}["']?([A-Za-z0-9._~+/=:%-]{12,})`, span: 5000},
	{kind: "oauth-code", marks: "code|code verifier|refresh token|id token|assertion|client assertion", span: 5000,
		re: `(?i)[?&](?:code|code_verifier|id_token|access_token|refresh_token|client_assertion|assertion|sig|signature|x-amz-signature|x-amz-credential|x-goog-signature|token|key|auth|ticket)=([A-Za-z0-9._~+/=%-]{8,})`},
	{kind: "saml-assertion", marks: "samlresponse|samlrequest|samlart", span: 70000, re: `(?i)\bSAML(?:Response|Request|art)["']?(?:[ \t]{0,4}[:=]|" value=")[ \t]{0,4}["']?([A-Za-z0-9+/=%]{40,})`},
	{kind: "aws-key-id", marks: "*akia*|*asia*|*aroa*", plain: true, re: `\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16}\b`},
	{kind: "github-token", marks: "ghp*|gho*|ghu*|ghs*|ghr*|github pat*", plain: true, re: `\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})`},
	{kind: "gitlab-token", marks: "glpat*|gldt*|glrt*|glptt*|glcbt*", plain: true, re: `\bgl(?:pat|dt|rt|ptt|cbt|ft|soat)-[A-Za-z0-9_.-]{16,}`},
	{kind: "slack-token", marks: "xox*|xapp*|xwfp*", plain: true, re: `\b(?:xox[abeoprs](?:\.xox[bp])?|xapp|xwfp)-[A-Za-z0-9-]{8,}`},
	{kind: "slack-webhook", marks: "hooks.slack.com", plain: true, re: `hooks\.slack\.com/(?:services|workflows|triggers)/([A-Za-z0-9/_-]{20,})`},
	{kind: "vault-unseal-key", marks: "unseal key|recovery key", re: `(?i)\b(?:unseal|recovery) key(?: \(will be hidden\)| \d{1,3})?[ \t]*:[ \t]*([A-Za-z0-9+/]{40,}={0,2}|[0-9a-f]{64,})`},
	{kind: "vault-token", marks: "hvs.*|hvb.*|hvr.*|s.*|b.*", plain: true, re: `\b(?:hv[sbr]\.[A-Za-z0-9_-]{20,}|[sbr]\.[A-Za-z0-9]{24}\b)`},
	// A header is JSON of any writing (RFC 7515): {" is eyJ, "{ " eyA, and a line's end or a
	// tab after the brace ewo, ew0, ewk. Mail wraps the rest.
	{kind: "jwt", marks: "eyj*|*eyj*|eya*|ewo*|ew0*|ewk*", plain: true, span: 9000,
		re: `\be(?:y[JA]|w[o0k])[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*){0,3}(?:\r?\n[A-Za-z0-9_.-]{40,})*`},
	{kind: "google-key", marks: "aiza*|ya29.*|gocspx*|1//0*", plain: true, re: `\bAIza[A-Za-z0-9_-]{35}|\bya29\.[A-Za-z0-9_-]{20,}|\bGOCSPX-[A-Za-z0-9_-]{20,}|\b1//0[A-Za-z0-9_-]{30,}`},
	{kind: "stripe-key", marks: "sk live*|sk test*|rk live*|rk test*|whsec*|pk live*", plain: true, re: `\b(?:[sr]k_(?:live|test)_[A-Za-z0-9]{16,}|whsec_[A-Za-z0-9+/=]{16,})`},
	{kind: "twilio-key", marks: "sk*|ac*", plain: true, re: `\b(?:SK|AC)[0-9a-f]{32}\b`},
	{kind: "sendgrid-key", marks: "sg.*", plain: true, re: `\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{20,}`},
	{kind: "mailgun-key", marks: "key*", plain: true, re: `\bkey-[0-9a-f]{32}\b`},
	{kind: "npm-token", marks: "npm*", plain: true, re: `\bnpm_[A-Za-z0-9]{30,}`},
	{kind: "pypi-token", marks: "pypi*", plain: true, re: `\bpypi-[A-Za-z0-9_-]{40,}`},
	{kind: "docker-token", marks: "dckr pat*|dckr oat*", plain: true, re: `\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}`},
	{kind: "openai-key", marks: "sk*", plain: true, re: `\bsk-(?:ant-|proj-|svcacct-|or-)?[A-Za-z0-9_-]{20,}`},
	{kind: "huggingface-token", marks: "hf*", plain: true, re: `\bhf_[A-Za-z0-9]{30,}`},
	{kind: "digitalocean-token", marks: "dop v1*|doo v1*|dor v1*", plain: true, re: `\bdo[opr]_v1_[0-9a-f]{32,}`},
	{kind: "databricks-token", marks: "dapi*", plain: true, re: `\bdapi[0-9a-f]{32}(?:-\d)?\b`},
	{kind: "grafana-token", marks: "glsa*|glc*", plain: true, re: `\bgl(?:sa|c)_[A-Za-z0-9_+/=-]{20,}`},
	{kind: "newrelic-key", marks: "nrak*|nrii*", plain: true, re: `\bNR(?:AK|II|IQ)-[A-Za-z0-9_-]{20,}`},
	{kind: "atlassian-token", marks: "atatt3*|atbb*|atctt3*", plain: true, re: `\bAT(?:ATT3|BB|CTT3)[A-Za-z0-9_=+/-]{20,}`},
	{kind: "shopify-token", marks: "shpat*|shpss*|shpca*|shppa*", plain: true, re: `\bshp(?:at|ss|ca|pa)_[0-9a-fA-F]{20,}`},
	{kind: "terraform-token", marks: "*atlasv1*", plain: true, re: `\b[A-Za-z0-9]{10,}\.atlasv1\.[A-Za-z0-9_=-]{40,}`},
	{kind: "linear-token", marks: "lin api*|lin oauth*", plain: true, re: `\blin_(?:api|oauth)_[A-Za-z0-9]{20,}`},
	{kind: "azure-sas", marks: "sig|sharedaccesssignature", plain: true, re: `(?i)\bsig=([A-Za-z0-9%+/=]{30,})`},
	{kind: "discord-webhook", marks: "discord.com*|discordapp.com*", plain: true, re: `discord(?:app)?\.com/api/webhooks/\d+/([A-Za-z0-9_-]{40,})`},
	{kind: "telegram-token", marks: "bot*|aa*", plain: true, re: `\b\d{8,}:AA[A-Za-z0-9_-]{32,}\b`},
	{kind: "webex-token", marks: "webexapis*|*webex*", plain: true, re: `\b[A-Za-z0-9]{64}_[A-Z0-9]{4}_[0-9a-f-]{36}`},
	{kind: "age-key", marks: "age secret key*", plain: true, re: `AGE-SECRET-KEY-1[0-9A-Za-z]{20,}`},
	{kind: "otp-secret", marks: "otpauth", plain: true, re: `otpauth(?:-migration)?://[^\s"'<>]{8,}`},

	{kind: "tls-key-log", marks: "client random|client handshake traffic secret|server handshake traffic secret|client traffic secret 0|server traffic secret 0|exporter secret|client early traffic secret|rsa", plain: true,
		re: `\b(?:CLIENT_RANDOM|(?:CLIENT|SERVER)_(?:HANDSHAKE_|EARLY_)?TRAFFIC_SECRET(?:_0)?|EXPORTER_SECRET|EARLY_EXPORTER_SECRET)[ \t]+[0-9a-fA-F]{64}[ \t]+([0-9a-fA-F]{64,})`},
	{kind: "sip-digest", marks: "digest", re: `(?i)\bresponse="?([0-9a-f]{32,})"?`, span: 1500},
	{kind: "snmp-community", marks: "community|snmp server community|snmp", re: `(?i)\b(?:snmp-server[ \t]+)?community(?:[ _-]?(?:string|name))?["']?[ \t]*[:= ][ \t]*["']?([^\s"',;]{3,})`},
	{kind: "snmp-credentials", marks: "snmp*|auth sha|auth md5|priv aes", re: `(?i)\b(?:auth[ \t]+(?:md5|sha)\S{0,8}|priv[ \t]+(?:aes|des|3des)(?:[ \t]+\d{3})?)[ \t]+([^\s"']{6,})`},
	{kind: "snmp-credentials", marks: "snmpwalk|snmpget|snmpset|snmpbulkwalk", re: `\s-[cAX][ \t]*["']?([^\s"']{3,})`},
	{kind: "device-password", marks: "password 0|password 7|password 5|secret 5|secret 8|secret 9|secret 0|enable secret|enable password|key 7|key string|password 6",
		re: `(?i)\b(?:password|secret|key|key-string|pre-shared-key)[ \t]+[05-9][ \t]+(\S{4,})`},
	{kind: "radius-key", marks: "radius server|tacacs server|tacacs|radius|server key", re: `(?i)\b(?:radius|tacacs|server-key)[\w. -]*\bkey[ \t]+(?:[0-9][ \t]+)?(\S{4,})`},
	{kind: "pre-shared-key", marks: "pre shared key|psk|wpa psk|preshared key|wpa passphrase|预共享密钥|預先共用金鑰|crypto isakmp key|ike psk",
		re: `(?i)(?:\b(?:pre-?shared[ _-]?key|wpa[ _-]?(?:psk|passphrase)|ike[ _-]?psk|psk|crypto isakmp key)|预共享密钥|預先共用金鑰)["']?[ \t]*[:=： ][ \t]*` + value},
	{kind: "password-hash", marks: "$1$*|$2a$*|$2b$*|$2y$*|$5$*|$6$*|$y$*|$8$*|$9$*|*$argon2*|*ssha*|$apr1$*", plain: true,
		re: `\$(?:1|5|6|8|9|y|2[aby]|apr1|argon2(?:id|i|d))\$[A-Za-z0-9./$=,+*]{12,}|\{SSHA(?:256|512)?\}[A-Za-z0-9+/=]{20,}`},
	{kind: "ntlm-hash", marks: "ntlm|ntlmssp|*aad3b435b51404ee*", plain: true, re: `\b[0-9a-fA-F]{32}:[0-9a-fA-F]{32}\b|\bTlRMTVNTUA[A-Za-z0-9+/=]{10,}`},
	{kind: "ldap-password", marks: "ldapsearch|ldapmodify|ldapwhoami|bindpw|bind password|rootpw|olcrootpw", re: `(?i)(?:\b(?:bindpw|rootpw|olcRootPW|bind_?password)[ \t:=]+|ldap\w+[^\n]*\s-w[ \t]*)["']?([^\s"']{3,})`},
	{kind: "csrf-token", marks: "csrf*|xsrf*|x csrf token|x xsrf token", re: `(?i)\b[\w-]*[cx]srf[\w-]*["']?[ \t]*[:=][ \t]*["']?([A-Za-z0-9._~+/=-]{8,})`},
}

// harmless are values that follow such keys in messages and are no secrets.
func harmless(v string) bool {
	v = strings.ToLower(strings.Trim(v, "\"'`.,:;!?()[]"))
	if v == "" || strings.Trim(v, "*xX•·.-_#") == "" || strings.HasPrefix(v, "‹redacted:") || strings.HasPrefix(v, "${") ||
		strings.HasPrefix(v, "<") || strings.HasPrefix(v, "[redacted") || strings.HasPrefix(v, "%{") || strings.HasPrefix(v, "{{") {
		return true
	}
	return harmlessWords[v]
}

var harmlessWords = wordSet(`none null nil true false yes no required optional incorrect invalid wrong missing empty set
	unset expired error failed failure mismatch denied rejected not was is has and for the with from given changed change reset
	needed unknown redacted hidden masked removed omitted ok fine correct accepted valid protected encrypted authentication
	auth login prompt policy file manager field string value env stdin phrase password passwort secret token cookie key
	disabled enabled on off n/a na tbd changeme? does do did will when if to in of or on a an it i we be been can cannot could
	verification check rotation hash expiry expires expiration encoding type name length too short long weak doesn't isn't
	didn't wasn't won't manually again twice only also but since after before every through over as at by that this these
	file: env: prompt: fd: incorrect: failed: error: mismatch: 错误 不正确 无效 过期 正确 有误 錯誤 不正確 無效 過期 正確 是否正确 不对 不對
	sha1 sha256 authenticator provider realm service server client user username store keystore required: protected: through: along
	thru all every other both checks phase first pass second tests test passed out back down up it's its failed-over`)

type compiledRule struct {
	rule
	exp *regexp.Regexp
}

// The automaton over the marks and the expressions are made at first use: start-up is
// counted in milliseconds.
var redactor = sync.OnceValue(func() *redactionRules { return compileRules(rules) })

func compileRules(list []rule) *redactionRules {
	r := &redactionRules{}
	var marks []string
	for _, one := range list {
		i := len(r.rules)
		r.rules = append(r.rules, compiledRule{one, regexp.MustCompile(one.re)})
		for _, m := range strings.Split(one.marks, "|") {
			text := strings.ToLower(strings.Trim(m, "*"))
			if text[0] < utf8.RuneSelf {
				// Raw text is searched: other scripts stand as typed, a final dot counts.
				dot := strings.HasSuffix(text, ".")
				if text = fold(text); dot {
					text += "."
				}
			}
			if m == "://" {
				text = "//"
			}
			marks = append(marks, text)
			r.marks = append(r.marks, newLiteral(m, text))
			r.of = append(r.of, i)
		}
	}
	r.auto = newAutomaton(marks)
	return r
}

type redactionRules struct {
	rules []compiledRule
	auto  *automaton
	marks []literal
	of    []int // mark -> rule
}

// longestWindow bounds what one expression sees at a time: some are quadratic in it.
const longestWindow = 8 << 10

// ruleSecrets runs the rules around their marks.
func ruleSecrets(text string) []secret {
	r := redactor()
	raw := []byte(text)
	windows := make([][]hit, len(r.rules))
	r.auto.scan(0, raw, func(id int32, end int) bool {
		l := &r.marks[id]
		if _, ok := l.at(raw, end); !ok {
			return true
		}
		i := r.of[id]
		span := cmp.Or(r.rules[i].span, 800)
		from := max(0, end-len(l.text)-160)
		if nl := strings.LastIndexByte(text[from:max(from, end-len(l.text))], '\n'); nl >= 0 {
			from += nl
		}
		to := min(len(text), end+span)
		if n := len(windows[i]); n > 0 && int(windows[i][n-1].to) >= from && to-int(windows[i][n-1].from) < longestWindow+span {
			windows[i][n-1].to = int32(to)
			return true
		}
		windows[i] = append(windows[i], hit{int32(from), int32(to)})
		return true
	})
	var out []secret
	for i, list := range windows {
		rule := &r.rules[i]
		for _, w := range list {
			out = rule.find(text, int(w.from), int(w.to), out)
		}
	}
	return out
}

func (r *compiledRule) find(text string, from, to int, out []secret) []secret {
	for _, m := range r.exp.FindAllStringSubmatchIndex(text[from:to], -1) {
		a, b := m[0], m[1]
		if len(m) > 2 && m[len(m)-2] >= 0 {
			a, b = m[len(m)-2], m[len(m)-1]
		}
		a, b = a+from, b+from
		if b == to { // the window ended, not the value
			if more := strings.IndexAny(text[b:], endOf(text[a])); more >= 0 {
				b += more
			} else {
				b = len(text)
			}
		}
		for a < b && strings.IndexByte(`"'`, text[a]) >= 0 {
			a++
		}
		for a < b && strings.IndexByte(`"'`, text[b-1]) >= 0 {
			b--
		}
		v := text[a:b]
		if inRedaction(text, a, b) || r.kind == "basic-credentials" && !basicPair(v) {
			continue
		}
		if r.strong && !passwordLike(v, text[a-1] == ' ') {
			continue
		}
		if !r.plain && (harmless(v) || r.kind == "password" && prose(text, a, b, m[0]+from)) {
			continue
		}
		out = append(out, secret{from: a, to: b, kind: r.kind, spread: true})
	}
	return out
}

// endOf gives what may follow a value that begins with c.
func endOf(c byte) string {
	if c == '"' || c == '\'' {
		return string(c) + "\n"
	}
	return " \t\r\n\"'`,;<>"
}

// inRedaction reports that text[a:b] touches what stands for a secret already.
func inRedaction(text string, a, b int) bool {
	if strings.Contains(text[a:b], redactedOpen[len("‹"):]) || strings.Contains(text[a:b], "‹") {
		return true
	}
	open := strings.LastIndex(text[max(0, a-60):a], "‹")
	return open >= 0 && !strings.Contains(text[max(0, a-60)+open:a], redactedClose)
}

// basicPair reports whether v is the base64 of "user:password" (RFC 7617), not just the
// word after "basic".
func basicPair(v string) bool {
	raw, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(v, "="))
	return err == nil && strings.Contains(string(raw), ":")
}

// prose reports that a value after "password" without a separator is a word of the
// sentence, not a password: those have a digit, a sign, or mixed case.
func prose(text string, a, b, from int) bool {
	key := strings.TrimRight(text[from:a], " \t\"'`")
	if slices.ContainsFunc([]string{":", "=", "/", "：", ">"}, func(end string) bool { return strings.HasSuffix(key, end) }) {
		// "incorrect password: bad decrypt" names an error, not a password.
		return errorWords[strings.ToLower(strings.Trim(text[a:b], ".,:;"))]
	}
	if strings.HasPrefix(strings.TrimSpace(text[from:a]), "-") {
		return false
	}
	digit, sign, upper, lower := false, false, false, false
	for i := a; i < b; i++ {
		switch c := text[i]; {
		case c >= '0' && c <= '9':
			digit = true
		case c >= 'A' && c <= 'Z':
			upper = upper || i > a
		case c >= 'a' && c <= 'z':
			lower = true
		case strings.IndexByte("!@#$%^&*+=~", c) >= 0 || c == '.' && i+1 < b:
			sign = true
		case c == '(' || c == '/' || c == ')':
			return true
		}
	}
	return !(digit && (upper || lower || sign) || sign && lower || upper && lower && digit)
}

// passwordLike reports whether v has a sign among letters, or capitals, small letters and
// digits; where it stands apart, letters and digits will do.
func passwordLike(v string, apart bool) bool {
	digit := strings.ContainsAny(v, "0123456789")
	upper := strings.ToLower(v) != v
	lower := strings.ToUpper(v) != v
	return (upper || lower) && (strings.ContainsAny(v, "!@#$%^&*+=~") || digit && (apart || upper && lower))
}

var errorWords = wordSet(`
	bad unable could cannot can't mac no x509 tls pkcs12 illegal java.io.ioexception javax.crypto.badpaddingexception asn1
	given authentication failed login error unsupported
`)

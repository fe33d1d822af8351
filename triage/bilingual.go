package triage

import (
	"strings"
	"unicode/utf8"
)

// People mix their languages: "client 证书 is not signed by a CA in the 受信任 CA list",
// "untrusted的CA certificate链". Such a text is also read with its words of the trade
// in one language, so that wordings in either meet it.

// bilingual are words of the trade: the Chinese one, then the English ones, the first
// of which stands for it. Longer ones win.
var bilingual = [][]string{
	{"证书链", "certificate chain"}, {"证书", "certificate", "certificates", "cert", "certs"}, {"失败", "failed", "fail", "fails", "failure"},
	{"错误", "error", "errors"}, {"上传", "upload", "uploaded", "uploading"}, {"服务器", "server"}, {"过期", "expired"},
	{"不受信任", "untrusted", "not trusted"}, {"受信任", "trusted"}, {"不信任", "does not trust"}, {"区域", "zone"}, {"隧道", "tunnel"},
	{"主机名", "hostname", "host name"}, {"私钥", "private key"}, {"公钥", "public key"}, {"密钥", "key"}, {"登录", "login"},
	{"格式", "format"}, {"中间", "intermediate"}, {"根证书", "root certificate"}, {"链", "chain"}, {"连接", "connection"}, {"超时", "timeout", "timed out"},
	{"缺少", "missing"}, {"不匹配", "mismatch", "does not match", "do not match"}, {"密码", "password"}, {"客户端", "client"},
	{"电话", "phone", "phones"}, {"注册", "register"}, {"续订", "renewal", "renewed", "renew"}, {"重启", "restart"}, {"服务", "service"},
	{"域名", "domain"}, {"名称", "name"}, {"无效", "invalid"}, {"颁发者", "issuer"}, {"颁发机构", "certificate authority"},
	{"签名", "signature"}, {"数据库", "database"}, {"集群", "cluster"}, {"磁盘", "disk"}, {"防火墙", "firewall"}, {"许可", "license"},
	{"握手", "handshake"}, {"拒绝", "refused", "rejected"}, {"验证", "verify", "verification"}, {"不支持", "unsupported", "not supported"},
	{"需要", "required"}, {"终端", "endpoint", "endpoints"}, {"读取", "read"}, {"设置", "setting"}, {"解析", "parse"}, {"协议", "protocol"},
	{"远程访问", "remote access"}, {"升级", "upgrade", "upgraded"}, {"不存在", "does not exist"}, {"端口", "port"}, {"地址", "address"},
}

// synonymous are ways to say the same in one language: the first of a row is the one
// that wordings use most.
var synonymous = [][]string{
	{"certificate", "cert", "crt", "cert file", "certificate file"}, {"certificates", "certs"}, {"private key", "priv key", "privkey"},
	{"authentication", "auth"}, {"unable to", "cannot", "can not", "could not", "couldnt", "cant"}, {"does not", "doesnt", "dont", "wont"},
	{"is not", "isnt", "aint"}, {"failed", "fails", "failing", "failure"}, {"hostname", "host name"}, {"upload", "import", "load"},
	{"uploaded", "imported", "loaded"}, {"renewal", "renewing", "replacement"}, {"missing", "absent", "not there"}, {"without", "w/o", "w o"},
	{"不受信任", "不被信任", "不可信", "不被信赖"}, {"失败", "不成功", "失败了"}, {"无法", "不能", "没法", "没办法"}, {"上传", "导入", "上载"},
	{"没有", "缺少", "没"}, {"续订", "续期", "更新", "更换"}, {"过期", "到期", "失效"}, {"证书", "凭证", "证书文件"}, {"连接", "链接"},
}

var toEnglish, toChinese = glossaries()

func glossaries() (english, chinese *glossary) {
	english, chinese = newGlossary(), newGlossary()
	for _, row := range bilingual {
		english.add(row[0], row[1])
		for _, word := range row[1:] {
			chinese.add(word, row[0])
		}
	}
	for _, row := range synonymous {
		g := english
		if row[0][0] >= utf8.RuneSelf {
			g = chinese
		}
		for _, word := range row[1:] {
			g.add(word, row[0])
		}
	}
	english.addTongues(tongues)
	return english, chinese
}

// retold gives v with the words of the trade in English, and in Chinese when it has
// Chinese characters; a reading that changes nothing is left out. Its cost is linear.
func retold(v *view) []*view {
	if len(v.text) > maxFuzzy {
		return nil
	}
	var out []*view
	if r := v.retell(toEnglish); r != nil {
		out = append(out, r)
	}
	for _, c := range v.text {
		if c >= 0xE3 && c <= 0xE9 { // the lead bytes of the CJK ideographs
			if r := v.retell(toChinese); r != nil {
				out = append(out, r)
			}
			break
		}
	}
	return out
}

// retell replaces the keys of g, whole words in Latin script, or gives nil when there
// are none. Blanks follow the script, as in normalise.
func (v *view) retell(g *glossary) *view {
	var out *view
	copied := 0
	for i := 0; i < len(v.text); {
		latin := v.text[i] < utf8.RuneSelf
		if latin && i > 0 && alnum(v.text[i-1]) {
			i++
			continue
		}
		n, word := g.longest(v.text[i:])
		if n == 0 {
			i++
			continue
		}
		if out == nil {
			out = newView(len(v.text))
		}
		out.copy(v, copied, i)
		from, to := v.span(i, i+n)
		i += n
		switch {
		case word[0] >= utf8.RuneSelf:
			out.dropGap()
			out.put(word, from, to)
			if i < len(v.text) && v.text[i] == ' ' {
				i++
			}
		case latin:
			out.putWords(word, from, to)
		default:
			out.space(from, to)
			out.putWords(word, from, to)
			if i < len(v.text) && v.text[i] != ' ' {
				out.put(" ", int(out.from[len(out.from)-1]), to)
			}
		}
		copied = i
	}
	if out != nil {
		out.copy(v, copied, len(v.text))
	}
	return out
}

// space adds a separator unless one is there.
func (v *view) space(from, to int) {
	if n := len(v.text); n > 0 && v.text[n-1] != ' ' {
		v.put(" ", from, to)
	}
}

// putWords adds the words of s, which stand for source[from:to] together. Each gets a
// part of it, for two words of a wording must not be met by one of the text.
func (v *view) putWords(s string, from, to int) {
	words := strings.Count(s, " ") + 1
	if words > to-from {
		v.put(s, from, to)
		return
	}
	for i, word := range strings.SplitAfter(s, " ") {
		v.put(word, from+(to-from)*i/words, from+(to-from)*(i+1)/words)
	}
}

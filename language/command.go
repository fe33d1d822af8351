package language

import (
	"strconv"
	"strings"
	"unicode"
)

// Command is what a reply in a conversation asks for, apart from answering.
type Command struct {
	Verb  string // "", back, cancel, skip, unsure, send, change, help
	Field string // for change
	Value string // for change; "" means: ask me again
}

// commandWords are the replies that command, alone in a text.
var commandWords = map[string]string{
	"back": "back", "undo": "back", "previous": "back", "go back": "back", "one back": "back", "step back": "back", "回到上一步": "back", "返回上一步": "back", "上一个": "back", "上一個": "back", "回上一步": "back", "返回": "back", "上一步": "back", "后退": "back", "後退": "back", "退回": "back",
	"cancel": "cancel", "stop": "cancel", "quit": "cancel", "forget it": "cancel", "never mind": "cancel", "nvm": "cancel",
	"取消": "cancel", "算了": "cancel", "不用了": "cancel", "discard": "cancel", "drop it": "cancel", "撤回": "cancel", "作废": "cancel", "作廢": "cancel", "停止": "cancel",
	"skip": "skip", "none": "skip", "no": "skip", "nothing": "skip", "n/a": "skip", "-": "skip",
	"跳过": "skip", "跳過": "skip", "没有": "skip", "沒有": "skip", "无": "skip", "無": "skip", "不需要": "skip",
	"i don't know": "unsure", "i dont know": "unsure", "don't know": "unsure", "dunno": "unsure", "no idea": "unsure", "not sure": "unsure", "idk": "unsure", "unknown": "unsure",
	"不知道": "unsure", "不清楚": "unsure", "不确定": "unsure", "不確定": "unsure", "没定": "unsure", "未定": "unsure",
	"send": "send", "send it": "send", "submit": "send", "go ahead": "send", "looks good": "send", "lgtm": "send", "ship it": "send", "yes": "send", "ok": "send", "okay": "send",
	"提交": "send", "发送": "send", "發送": "send", "可以": "send", "好的": "send", "没问题": "send", "沒問題": "send",
	"help": "help", "?": "help", "帮助": "help", "幫助": "help", "說明": "help", "说明": "help",
}

// fieldNames are what people call a field when they ask to change it.
var fieldNames = map[string]string{
	"product": "product", "产品": "product", "產品": "product",
	"service": "service", "purpose of the certificate": "service", "服务": "service", "服務": "service",
	"version": "version", "release": "version", "版本": "version",
	"topology": "topology", "拓扑": "topology", "拓撲": "topology",
	"node": "nodes", "nodes": "nodes", "host": "nodes", "hosts": "nodes", "peers": "nodes", "fqdn": "nodes", "fqdns": "nodes",
	"节点": "nodes", "節點": "nodes", "主机": "nodes", "主機": "nodes",
	"cluster": "cluster_fqdn", "cluster name": "cluster_fqdn", "cluster fqdn": "cluster_fqdn", "集群名": "cluster_fqdn", "集群": "cluster_fqdn", "叢集": "cluster_fqdn", "叢集名稱": "cluster_fqdn",
	"domain": "domains", "domains": "domains", "域名": "domains", "网域": "domains", "網域": "domains", "域": "domains",
	"san": "names", "sans": "names", "names": "names", "extra names": "names", "备用名称": "names", "備用名稱": "names",
	"features": "features", "feature": "features", "功能": "features",
	"ca": "ca", "issuer": "ca", "签发机构": "ca", "簽發機構": "ca",
	"key": "key", "key size": "key", "密钥": "key", "金鑰": "key",
	"org": "subject.O", "organisation": "subject.O", "organization": "subject.O", "company": "subject.O", "o": "subject.O",
	"公司": "subject.O", "组织": "subject.O", "組織": "subject.O", "单位": "subject.O",
	"ou": "subject.OU", "department": "subject.OU", "unit": "subject.OU", "部门": "subject.OU", "部門": "subject.OU",
	"city": "subject.L", "locality": "subject.L", "l": "subject.L", "城市": "subject.L",
	"state": "subject.ST", "province": "subject.ST", "st": "subject.ST", "省": "subject.ST", "省份": "subject.ST", "州": "subject.ST",
	"country": "subject.C", "c": "subject.C", "国家": "subject.C", "國家": "subject.C",
	"environment": "environment", "env": "environment", "环境": "environment", "環境": "environment",
	"reason": "purpose", "justification": "purpose", "原因": "purpose", "理由": "purpose", "用途": "purpose",
	"csr": "csr", "custody": "custody",
}

// changes ask for another value of a field: its name, then the value where one is said.
var changes = []*expression{
	lazy(`(?is)^(?:please\s+)?(?:change|set|make|correct|fix)\s+(?:the\s+|my\s+)?(.+?)\s*(?:\bto\b|\bas\b|=|:|->|→)\s*(.+)$`),
	lazy(`(?is)^(?:please\s+)?(?:change|correct|redo|edit)\s+(?:the\s+|my\s+)?(.+)$`),
	lazy(`(?s)^(?:请|請)?(?:把|将|將)\s*(.+?)\s*(?:改成|改为|改為|设为|設為|换成|換成|设置为|設定為)\s*(.+)$`),
	lazy(`(?s)^(?:请|請)?(?:修改|更改|变更|變更)\s*(.+?)\s*(?:为|為|成|=|：|:)\s*(.+)$`),
	lazy(`(?s)^(?:请|請)?(?:修改|更改|变更|變更)\s*(.+)$`),
	lazy(`(?s)^(.+?)\s*(?:改成|改为|改為|换成|換成)\s*(.+)$`),
}

// ReadCommand recognises commands in English and Chinese. Anything else has Verb ""
// and is an answer.
func ReadCommand(text string) Command {
	plain := strings.ToLower(strings.Trim(OneLine(text), " .!。！"))
	if verb, ok := commandWords[plain]; ok {
		return Command{Verb: verb}
	}
	for _, re := range changes {
		m := re.FindStringSubmatch(strings.TrimSpace(text))
		if m == nil {
			continue
		}
		field, ok := fieldNames[strings.ToLower(strings.TrimSpace(m[1]))]
		if !ok {
			continue
		}
		c := Command{Verb: "change", Field: field}
		if len(m) > 2 {
			c.Value = strings.Trim(strings.TrimSpace(m[2]), "\"“”「」。")
		}
		return c
	}
	return Command{}
}

// Choose finds the option that a typed reply means: its value, its label in the
// person's language, or its number in the list shown. false: none or several.
func Choose(reply string, options []string, label func(string) string) (string, bool) {
	plain := strings.ToLower(strings.Trim(OneLine(reply), " .!。！`"))
	for i, o := range options {
		if plain == strings.ToLower(o) || plain == strings.ToLower(label(o)) || plain == strconv.Itoa(i+1) {
			return o, true
		}
	}
	found := ""
	for _, o := range options {
		l := strings.ToLower(label(o))
		if strings.Contains(l, plain) && len(plain) > 2 {
			if found != "" {
				return "", false
			}
			found = o
		}
	}
	return found, found != ""
}

// OneLine trims s and turns breaks and controls into single spaces.
func OneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || r == ' ' || r == '\u00a0' || r == '\u3000'
	}), " ")
}

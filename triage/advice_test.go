package triage

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// advice is one list of steps: the general one of a cause, or that of a product.
type advice struct {
	cause   *Cause
	product string
	steps   []Text
}

func (a advice) String() string { return a.cause.ID + " " + a.product }

func allAdvice(t *testing.T) []advice {
	t.Helper()
	var all []advice
	for _, c := range loadKB(t).Causes() {
		all = append(all, advice{c, "", c.Fix})
		for product, steps := range c.FixFor {
			all = append(all, advice{c, product, steps})
		}
	}
	return all
}

// told are the words of a language for what a step does and what comes of it.
type told struct {
	// harm is what interrupts somebody, spared what says that it is not to be done.
	harm, spared *regexp.Regexp
	// impact is who notices, or when to do it so that few do; window the time for it.
	impact, window *regexp.Regexp
	// check is how the last step says what proves that the fix worked.
	check *regexp.Regexp
	// noticed are those who notice the restart of a service.
	noticed map[string]*regexp.Regexp
}

var tellings = map[string]told{
	"en": {
		harm:   regexp.MustCompile(`(?i)\b(?:restart|reboot|regenerat|reset|delet|eras)(?:e|es|ed|ing|s)?\b`),
		spared: regexp.MustCompile(`(?i)\b(?:no|not|never|without|do not)(?: need| change| discard or)? ?[^.;:,]{0,12}\b(?:restart|reboot|regenerate|reset|delete)\w*|mere restart|knows a restart only`),
		impact: regexp.MustCompile(`(?i)maintenance window|drop|re-register|out of service|cut off|interrupt|pause|do not notice|users|go on\b|meetings|fails?\b|loses|affect|offline|working hours|for all nodes|NotReady|cannot be (?:undone|restored)`),
		window: regexp.MustCompile(`maintenance window|working hours`),
		check:  regexp.MustCompile(`(?i)\bcheck|must be gone`),
		noticed: map[string]*regexp.Regexp{
			"CallManager": regexp.MustCompile(`(?i)phone|sign-in`), "localkey": regexp.MustCompile(`(?i)phone`), "CTLFile": regexp.MustCompile(`(?i)phone`),
			"Cisco Tomcat": regexp.MustCompile(`(?i)sign[- ]in|web`), "XCP Router": regexp.MustCompile(`(?i)chat`), "callbridge restart": regexp.MustCompile(`(?i)meetings`),
			"webbridge3 disable": regexp.MustCompile(`(?i)users`), "Conversation Manager": regexp.MustCompile(`(?i)caller`),
		},
	},
	"zh-Hans": {
		harm:   regexp.MustCompile(`重新启动|重启|重新生成|重置|删除|恢复出厂| (?:reset|restart) `),
		spared: regexp.MustCompile(`(?:无需|不要|切勿|不需|只能)[^，。；：]{0,12}(?:重新启动|重启|重新生成|重置|删除)`),
		impact: regexp.MustCompile(`维护窗口|中断|断开|重新注册|无法使用|无法登录|无法撤销|无法恢复|不受影响|影响|会结束|丢失|离线|短暂|下班`),
		window: regexp.MustCompile(`维护窗口|下班`),
		check:  regexp.MustCompile(`检查|核对|应消失|粘贴`),
		noticed: map[string]*regexp.Regexp{
			"CallManager": regexp.MustCompile(`电话|登录`), "localkey": regexp.MustCompile(`电话`), "CTLFile": regexp.MustCompile(`电话`),
			"Cisco Tomcat": regexp.MustCompile(`登录|网页|Web`), "XCP Router": regexp.MustCompile(`聊天`), "callbridge restart": regexp.MustCompile(`会议`),
			"webbridge3 disable": regexp.MustCompile(`用户`), "Conversation Manager": regexp.MustCompile(`呼叫`),
		},
	},
	"zh-Hant": {
		harm:   regexp.MustCompile(`重新啟動|重啟|重新產生|重設|刪除|原廠設定| (?:reset|restart) `),
		spared: regexp.MustCompile(`(?:無需|不要|切勿|不需|只能)[^，。；：]{0,12}(?:重新啟動|重啟|重新產生|重設|刪除)`),
		impact: regexp.MustCompile(`維護時段|中斷|斷線|重新註冊|無法使用|無法登入|無法復原|無法還原|不受影響|影響|會結束|失去|離線|短暫|下班`),
		window: regexp.MustCompile(`維護時段|下班`),
		check:  regexp.MustCompile(`檢查|核對|應消失|貼上`),
		noticed: map[string]*regexp.Regexp{
			"CallManager": regexp.MustCompile(`話機|登入`), "localkey": regexp.MustCompile(`話機`), "CTLFile": regexp.MustCompile(`話機`),
			"Cisco Tomcat": regexp.MustCompile(`登入|網頁|Web`), "XCP Router": regexp.MustCompile(`聊天`), "callbridge restart": regexp.MustCompile(`會議`),
			"webbridge3 disable": regexp.MustCompile(`使用者`), "Conversation Manager": regexp.MustCompile(`通話`),
		},
	},
}

// harms reports whether a step tells to interrupt something, rather than to leave it alone.
func (t told) harms(step string) bool {
	return t.harm.MatchString(t.spared.ReplaceAllString(step, ""))
}

// TestAdviceNamesItsImpact: who restarts, regenerates, deletes or resets something because a
// step says so is told there whom it hits or that it belongs into a maintenance window; and
// on the systems that carry the calls of a company the window is named in any case.
func TestAdviceNamesItsImpact(t *testing.T) {
	for _, a := range allAdvice(t) {
		for lang, words := range tellings {
			var harms, window bool
			for i, step := range a.steps {
				said := strings.ReplaceAll(step.In[lang], "CallManager-trust", "")
				window = window || words.window.MatchString(said)
				if !words.harms(said) {
					continue
				}
				if !words.impact.MatchString(said) {
					t.Errorf("%s: %s: step %d says neither whom it hits nor when to do it: %q", a, lang, i+1, said)
				}
				if strings.Contains(said, "DRF") || strings.Contains(said, "Intercluster Sync") {
					continue // users do not notice these
				}
				harms = true
				for service, who := range words.noticed {
					if strings.Contains(said, service) && !who.MatchString(said) {
						t.Errorf("%s: %s: step %d does not say who notices %s: %q", a, lang, i+1, service, said)
					}
				}
			}
			if harms && !window && (appliance(t, a.product) || a.product == "" && slices.Contains([]string{"mra", "phones", "cms"}, a.cause.Family)) {
				t.Errorf("%s: %s: interrupts without naming a maintenance window", a, lang)
			}
		}
	}
}

// TestAdviceEndsWithACheck: the last step says what proves that the fix worked.
func TestAdviceEndsWithACheck(t *testing.T) {
	for _, a := range allAdvice(t) {
		for lang, words := range tellings {
			if last := a.steps[len(a.steps)-1].In[lang]; !words.check.MatchString(last) {
				t.Errorf("%s: %s: no check at the end: %q", a, lang, last)
			}
		}
	}
}

// TestAdviceIsShort: a person reads it on a phone, while something is down.
func TestAdviceIsShort(t *testing.T) {
	for _, a := range allAdvice(t) {
		if len(a.steps) > 5 {
			t.Errorf("%s: %d steps", a, len(a.steps))
		}
		for i, step := range a.steps {
			if n := utf8.RuneCountInString(step.In["en"]); n > 240 {
				t.Errorf("%s: step %d has %d characters: %q", a, i+1, n, step.In["en"])
			}
			for _, lang := range []string{"zh-Hans", "zh-Hant"} {
				if n := han(step.In[lang]); n > 95 {
					t.Errorf("%s: %s: step %d has %d characters: %q", a, lang, i+1, n, step.In[lang])
				}
			}
		}
	}
}

func han(s string) int {
	n := 0
	for _, r := range s {
		if unicode.Is(unicode.Han, r) {
			n++
		}
	}
	return n
}

// appliance reports whether a product is one of the vendor's boxes of the catalogue, not a
// program that runs on a machine of one's own.
func appliance(t *testing.T, product string) bool {
	t.Helper()
	return slices.ContainsFunc(boxes(t), func(id string) bool { return id == product })
}

func boxes(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, f := range loadKB(t).catalogue.Families() {
		all = append(all, f.ID)
	}
	if len(all) < 5 {
		t.Fatal(all)
	}
	return all
}

// TestApplianceAdvice: an appliance has a page for its certificates; the Java, the store files
// and the services inside are not the administrator's.
func TestApplianceAdvice(t *testing.T) {
	inside := regexp.MustCompile(`(?i)keytool|cacerts|\bJVM\b|trustStore|jdk\.tls|certlm|systemctl`)
	for _, c := range loadKB(t).Causes() {
		for _, box := range boxes(t) {
			for _, step := range c.Steps([]string{"java", box}) { // Java's own messages stand in the logs of appliances too
				for lang, said := range step.In {
					if found := inside.FindString(said); found != "" {
						t.Errorf("%s on %s: %s: %q in %q", c.ID, box, lang, found, said)
					}
				}
			}
		}
		// An appliance that the text does not name is not recognised.
		if steps := c.FixFor["java"]; steps != nil && !slices.ContainsFunc(steps, func(s Text) bool { return strings.Contains(s.In["en"], "appliance") }) {
			t.Errorf("%s: the steps for Java do not warn of appliances", c.ID)
		}
	}
}

// TestGeneralAdviceIsGeneral: what helps on one product only is in fix-for, unless the cause
// is one of that product.
func TestGeneralAdviceIsGeneral(t *testing.T) {
	product := regexp.MustCompile(`Expressway|CUCM|CallManager|IM&P|callbridge|webbridge|\bpki (?:match|csr|verify)|\bTVS\b|kubelet|kubeadm|keytool|tomcat`)
	for _, a := range allAdvice(t) {
		c := a.cause
		if a.product != "" || !c.Certificate() || slices.Contains([]string{"mra", "phones", "cms"}, c.Family) {
			continue
		}
		if product.MatchString(c.Title.In["en"]) || c.ID == "endpoint-ca-not-public" {
			continue
		}
		for _, step := range a.steps {
			if found := product.FindString(step.In["en"]); found != "" {
				t.Errorf("%s: %q in %q", c.ID, found, step.In["en"])
			}
		}
	}
}

// TestTraditionalAdviceIsWritten: the words of the mainland, and characters that a conversion
// leaves behind, are signs of a text that nobody wrote in Traditional Chinese.
func TestTraditionalAdviceIsWritten(t *testing.T) {
	converted := regexp.MustCompile(`[删溃宽缀刚値证书链务启击应查]?[删溃宽缀刚値证链务启击]|[^重]複寫|運行|生成|發送|匹配|訪問|刷新|重置|內置|粘貼|文本|字節|互聯網|獲取|遠程|憑證鏈結|葉憑證|中繼憑證|重復|二進製|補丁|轉儲|默認|信息`)
	for _, a := range allAdvice(t) {
		for _, text := range append([]Text{a.cause.Title}, a.steps...) {
			if found := converted.FindString(text.In["zh-Hant"]); found != "" {
				t.Errorf("%s: %q in %q", a, found, text.In["zh-Hant"])
			}
		}
	}
}

// TestAdviceThatWasDangerous holds what was said before and must not come again.
func TestAdviceThatWasDangerous(t *testing.T) {
	kb := loadKB(t)
	steps := func(id string, products ...string) string {
		var said []string
		for _, s := range kb.Cause(id).Steps(products) {
			said = append(said, s.In["en"])
		}
		return strings.Join(said, "\n")
	}
	for _, c := range []struct {
		name, said, want string
		not              string
	}{
		{name: "a CA that expired", said: steps("expired"), want: "no new server certificate"},
		{name: "a CA that expired, on Expressway", said: steps("expired", "expressway"), want: "no new server certificate, and no restart"},
		{name: "a manufacturing certificate", said: steps("expired", "phone"), want: "cannot be renewed"},
		{name: "an IM&P node", said: steps("untrusted-ca", "imp"), want: "cup-xmpp-trust", not: "keytool"},
		{name: "Java on an IM&P node", said: steps("untrusted-ca", "java", "imp"), want: "cup-xmpp-trust", not: "keytool"},
		{name: "Java on a server of one's own", said: steps("untrusted-ca", "java"), want: "keytool"},
		{name: "Unity Connection", said: steps("untrusted-ca", "unity"), want: "Certificate Management", not: "keytool"},
		{name: "a kubelet", said: steps("untrusted-ca", "kubernetes"), want: "kubelet", not: "Expressway"},
		{name: "a program without a product", said: steps("name-mismatch-ip"), want: "host name", not: "Expressway"},
		{name: "Expressway's trust list", said: steps("untrusted-ca", "expressway"), want: "needs no restart as a rule"},
		{name: "CUCM in Expressway's trust list", said: steps("cucm-ca-missing-in-expc-trust"), want: "No restart is needed"},
		{name: "the trust lists of all phones", said: steps("itl-ctl-mismatch"), want: "all phones of the cluster"},
	} {
		if !strings.Contains(c.said, c.want) || c.not != "" && strings.Contains(c.said, c.not) {
			t.Errorf("%s: want %q and not %q in:\n%s", c.name, c.want, c.not, c.said)
		}
	}
}

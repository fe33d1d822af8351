package triage

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// advice is one list of steps: the general one of a cause, or that of a product, with the
// tasks spelled out.
type advice struct {
	cause   *Cause
	product string
	steps   []Text
}

func allAdvice(t *testing.T) (all []advice) {
	t.Helper()
	for _, c := range loadKB(t).Causes() {
		all = append(all, advice{c, "", c.Fix})
		for product, steps := range c.FixFor {
			all = append(all, advice{c, product, steps})
		}
	}
	return all
}

// boxes are the vendor's appliances of the catalogue, not programs on a machine of one's own.
func boxes(t *testing.T) (all []string) {
	t.Helper()
	for _, f := range loadKB(t).catalogue.Families() {
		all = append(all, f.ID)
	}
	if len(all) < 5 {
		t.Fatal(all)
	}
	return all
}

// onBoxes are the families of causes whose general steps are for appliances.
var onBoxes = []string{"mra", "phones", "cms"}

// How a step says what it does and what comes of it, in all languages.
var (
	interrupts = regexp.MustCompile(`(?i)\b(?:restart|reboot|regenerat|reset|delet|eras)(?:e|es|ed|ing|s)?\b|重新启动|重启|重新生成|重置|删除|恢复出厂|重新啟動|重啟|重新產生|重設|刪除|原廠設定`)
	// spared is what says that it is not to be done, and pages and services called so.
	spared = regexp.MustCompile(`(?i)\b(?:no|not|never|without|do not)(?: need| change| discard or)? ?[^.;:,]{0,12}\b(?:restart|reboot|regenerate|reset|delete)\w*|mere restart|knows a restart only|Restart options > Restart|CallManager-trust` +
		`|(?:无需|不要|切勿|不需|只能|無需)[^，。；：]{0,12}(?:重新启动|重启|重新生成|重置|删除|重新啟動|重啟|重新產生|重設|刪除)`)
	hits = regexp.MustCompile(`(?i)maintenance window|drop|re-register|out of service|cut off|interrupt|pause|do not notice|users|go on\b|meetings|fails?\b|loses|affect|offline|working hours|for all nodes|NotReady|cannot be (?:undone|restored)` +
		`|维护窗口|中断|断开|重新注册|无法使用|无法登录|无法撤销|无法恢复|不受影响|影响|会结束|丢失|离线|短暂|下班|維護時段|中斷|斷線|重新註冊|無法使用|無法登入|無法復原|無法還原|影響|會結束|失去|離線|短暫`)
	window = regexp.MustCompile(`maintenance window|working hours|维护窗口|維護時段|下班`)
	proves = regexp.MustCompile(`(?i)\bcheck|must be gone|检查|核对|应消失|粘贴|檢查|核對|應消失|貼上`)
	// unnoticed are the services whose restart no user notices, noticed are those who notice others.
	unnoticed = regexp.MustCompile(`DRF|Intercluster Sync`)
	noticed   = map[string]*regexp.Regexp{
		"CallManager": regexp.MustCompile(`(?i)phone|sign-in|电话|登录|話機|登入`), "localkey": regexp.MustCompile(`(?i)phone|电话|話機`), "CTLFile": regexp.MustCompile(`(?i)phone|电话|話機`),
		"Cisco Tomcat": regexp.MustCompile(`(?i)sign[- ]in|web|登录|网页|登入|網頁`), "XCP Router": regexp.MustCompile(`(?i)chat|聊天`), "callbridge restart": regexp.MustCompile(`meetings|会议|會議`),
		"webbridge3 disable": regexp.MustCompile(`users|用户|使用者`), "Conversation Manager": regexp.MustCompile(`caller|呼叫|通話`),
	}
	// converted are words of the mainland, and characters that a conversion leaves behind: signs
	// of a text that nobody wrote in Traditional Chinese.
	converted = regexp.MustCompile(`[删溃宽缀刚値证书链务启击应查]?[删溃宽缀刚値证链务启击]|[^重]複寫|運行|生成|發送|匹配|訪問|刷新|重置|內置|粘貼|文本|字節|互聯網|獲取|遠程|憑證鏈結|葉憑證|中繼憑證|重復|二進製|補丁|轉儲|默認|信息`)
)

// TestAdvice: who restarts, regenerates, deletes or resets something because a step says so
// is told there whom it hits or that it belongs into a maintenance window; on the systems
// that carry the calls of a company the window is named in any case. The last step says what
// proves that the fix worked. All of it is short: a person reads it on a phone, while
// something is down.
func TestAdvice(t *testing.T) {
	for _, a := range allAdvice(t) {
		onBox := slices.Contains(boxes(t), a.product) || a.product == "" && slices.Contains(onBoxes, a.cause.Family)
		if len(a.steps) > 5 {
			t.Errorf("%s %s: %d steps", a.cause.ID, a.product, len(a.steps))
		}
		for lang, most := range map[string]int{"en": 240, "zh-Hans": 95, "zh-Hant": 95} {
			var harms, timed bool
			var said string
			bad := func(what string) { t.Errorf("%s %s: %s: %s: %q", a.cause.ID, a.product, lang, what, said) }
			for _, step := range a.steps {
				said = step.In[lang]
				if n := utf8.RuneCountInString(said); lang == "en" && n > most || lang != "en" && han(said) > most {
					bad("too long")
				}
				timed = timed || window.MatchString(said)
				if does := spared.ReplaceAllString(said, ""); interrupts.MatchString(does) {
					if !hits.MatchString(said) {
						bad("says neither whom it hits nor when to do it")
					}
					harms = harms || !unnoticed.MatchString(said)
					for service, who := range noticed {
						if strings.Contains(does, service) && !unnoticed.MatchString(said) && !who.MatchString(said) {
							bad("does not say who notices " + service)
						}
					}
				}
			}
			if !proves.MatchString(said) {
				bad("no check at the end")
			}
			if harms && !timed && onBox {
				bad("interrupts without naming a maintenance window")
			}
		}
		for _, text := range append([]Text{a.cause.Title}, a.steps...) {
			if found := converted.FindString(text.In["zh-Hant"]); found != "" {
				t.Errorf("%s %s: %q in %q", a.cause.ID, a.product, found, text.In["zh-Hant"])
			}
		}
	}
}

func han(s string) (n int) {
	for _, r := range s {
		if unicode.Is(unicode.Han, r) {
			n++
		}
	}
	return n
}

// TestAdviceFitsTheProduct: an appliance has a page for its certificates; the Java, the store
// files and the services inside are not the administrator's. What helps on one product only
// is in fix-for, unless the cause is one of that product.
func TestAdviceFitsTheProduct(t *testing.T) {
	inside := regexp.MustCompile(`(?i)keytool|cacerts|\bJVM\b|trustStore|jdk\.tls|certlm|systemctl`)
	product := regexp.MustCompile(`Expressway|CUCM|CallManager|IM&P|callbridge|webbridge|\bpki (?:match|csr|verify)|\bTVS\b|kubelet|kubeadm|keytool|tomcat`)
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
		if !c.Certificate() || slices.Contains(onBoxes, c.Family) || product.MatchString(c.Title.In["en"]) || c.ID == "endpoint-ca-not-public" {
			continue
		}
		for _, step := range c.Fix {
			if found := product.FindString(step.In["en"]); found != "" {
				t.Errorf("%s: %q in %q", c.ID, found, step.In["en"])
			}
		}
	}
}

// TestAdviceThatWasDangerous holds what was said before and must not come again.
func TestAdviceThatWasDangerous(t *testing.T) {
	kb := loadKB(t)
	for _, c := range []struct {
		cause, products, want, not string
	}{
		{cause: "expired", want: "no new server certificate"},
		{"expired", "expressway", "no new server certificate, and no restart", ""},
		{"expired", "phone", "cannot be renewed", ""},
		{"expired", "cms", "callbridge restart ends the meetings", "Reload the service"},
		{"untrusted-ca", "imp", "cup-xmpp-trust", "keytool"},
		{"untrusted-ca", "java imp", "cup-xmpp-trust", "keytool"},
		{"untrusted-ca", "java", "keytool", ""},
		{"untrusted-ca", "unity", "Certificate Management", "keytool"},
		{"untrusted-ca", "kubernetes", "kubelet", "Expressway"},
		{"untrusted-ca", "expressway", "needs no restart as a rule", ""},
		{"missing-intermediate", "expressway", "no restart is needed", ""},
		{"cipher-mismatch", "imp", "high availability off", ""},
		{cause: "name-mismatch-ip", want: "host name", not: "Expressway"},
		{cause: "cucm-ca-missing-in-expc-trust", want: "No restart is needed"},
		{cause: "itl-ctl-mismatch", want: "all phones of the cluster"},
	} {
		var said string
		for _, s := range kb.Cause(c.cause).Steps(strings.Fields(c.products)) {
			said += s.In["en"] + "\n"
		}
		if !strings.Contains(said, c.want) || c.not != "" && strings.Contains(said, c.not) {
			t.Errorf("%s on %s: want %q and not %q in:\n%s", c.cause, c.products, c.want, c.not, said)
		}
	}
}

// TestTasks: a step that is a task becomes the steps of the product at hand, also where tasks
// are made of tasks; a mistake is told with the file's cause.
func TestTasks(t *testing.T) {
	source := func(fix string) Source {
		return Source{"own.yaml", []byte("{family: own, as-of: 2026-11, sources: own, tasks: {blink: {general: {en: Blink., zh-Hans: 眨眼。}, cms: {en: '@wink'}}, wink: {general: {en: Wink.}}, loop: {general: {en: '@loop'}}},\n" +
			"causes: [{id: eye, title: {en: Eye}, examples: [my eye], fix: " + fix + "}]}")}
	}
	for _, c := range []struct{ fix, product, want string }{
		{`{en: "Look.\n@blink\nCheck.", zh-Hans: "看。\n检查。"}`, "", "Look.看。 Blink.眨眼。 Check.检查。"},
		{`{en: "Look.\n@blink\nCheck."}`, "cms", "Look. Wink. Check."},
		{`{en: "@blink cms"}`, "", "Wink."},
		{`{en: "@blink"}`, "cucm", "Blink.眨眼。"},
		{`{en: "@nod"}`, "", `"@nod" is no task`},
		{`{en: "@wink cms"}`, "", `has no such way`},
		{`{en: "@loop"}`, "", "made of itself"},
		{`{en: "Look.\n@blink", zh-Hans: "看。\n检查。"}`, "", "zh-Hans has 2 steps, en has 1 beside tasks"},
	} {
		kb, err := loadKB(t).With(source(c.fix))
		if err != nil {
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %v", c.fix, err)
			}
			continue
		}
		var said []string
		for _, s := range kb.Cause("eye").Steps([]string{c.product}) {
			said = append(said, s.In["en"]+s.In["zh-Hans"])
		}
		if got := strings.Join(said, " "); got != c.want {
			t.Errorf("%s on %q: %q, want %q", c.fix, c.product, got, c.want)
		}
	}
}

package triage

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// "TLS negotiation failure" alone is no diagnosis: the documented causes and the
// question that separates them are the answer.
func TestTLSNegotiationFailureAlone(t *testing.T) {
	kb := loadKB(t)
	for _, text := range []string{"TLS negotiation failure", "TLS協商錯誤", "TLS协商失败", "Traversal zone down with error: TLS negotiation failure", "遍歷區域關閉，出現錯誤TLS協商錯誤", "遍历区域关闭，出现错误TLS协商错误"} {
		a, err := kb.Diagnose(context.Background(), Input{Text: text, Context: Context{Product: "expressway"}})
		if err != nil {
			t.Fatal(err)
		}
		if a.Verdict != Ambiguous {
			t.Errorf("%s: verdict %s", text, a.Verdict)
		}
		for _, id := range []string{"untrusted-ca", "name-mismatch", "tls-verify-subject-name-wrong"} {
			if !slices.Contains(ids(a), id) {
				t.Errorf("%s: %s is not among %v", text, id, ids(a))
			}
		}
		if a.Question == nil {
			t.Fatalf("%s: no question", text)
		}
		favoured := map[string]bool{}
		for _, o := range a.Question.Options {
			for id, w := range o.Favour {
				favoured[id] = favoured[id] || w > 0
			}
		}
		if !favoured["untrusted-ca"] || !favoured["name-mismatch"] {
			t.Errorf("%s: question %s does not separate CA from name", text, a.Question.ID)
		}
		// The answer decides, and is not asked for again.
		with := map[string]string{a.Question.ID: "identity"}
		b, err := kb.Diagnose(context.Background(), Input{Text: text, Context: Context{Product: "expressway", Answers: with}})
		if err != nil {
			t.Fatal(err)
		}
		if f := first(b); f != "name-mismatch" && f != "tls-verify-subject-name-wrong" {
			t.Errorf("%s: after the answer %v", text, ids(b))
		}
		if b.Question != nil && b.Question.ID == a.Question.ID {
			t.Errorf("%s: asks %s twice", text, a.Question.ID)
		}
	}
}

// The troubleshooting entries of the source documents, by their own words in both
// Chinese scripts and in English.
func TestTroubleshootingEntries(t *testing.T) {
	entries := []struct {
		cause, also    string
		en, hans, hant string
	}{
		{"wrong-format", "", "Expressway certificate upload failure: invalid certificate format", "Expressway证书上传失败：证书格式无效", "Expressway證書上傳失敗：證書格式無效"},
		{"ca-cert-missing-before-upload", "", "Untrusted CA certificate chain when uploading the server certificate", "上传服务器证书时：不受信任的CA证书链", "上傳伺服器憑證時：不受信任的CA證書鏈"},
		{"name-mismatch", "", "The hostname does not match the name in the certificate provided.", "主机名与提供的证书中的名称不匹配。", "主機名與提供的證書中的名稱不匹配。"},
		{"tls-verify-subject-name-wrong", "", "The TLS verify name does not match the name in the certificate provided.", "TLS验证名称与提供的证书中的名称不匹配。", "TLS驗證名稱與提供的證書中的名稱不匹配。"},
		{"untrusted-ca", "", "The CA certificates are not trusted by the servers", "服务器不信任CA证书", "伺服器不信任CA證書"},
		{"ssh-tunnel-intermediate-missing", "", "Traversal zone up but SSH tunnels down after a certificate renewal", "证书续订后，遍历区域已启动，但SSH隧道已关闭", "證書續訂後，遍歷區域已啟動，但SSH隧道已關閉"},
		{"expc-ca-missing-in-cucm-trust", "cucm-ca-missing-in-expc-trust", "Mobile and Remote Access login failure after an upgrade or certificate renewal", "升级或证书续订后，移动和远程访问登录失败", "升級或證書續訂後，移動和遠端訪問登入失敗"},
		{"mra-domain-missing-in-san", "", "Certificate alert on Jabber at Mobile and Remote Access login", "移动和远程访问登录时Jabber上的证书警报", "移動和遠端訪問登入時Jabber上的證書警報"},
		{"csr-missing-or-discarded", "", "If the CSR was discarded and you then try to install a certificate signed with the discarded CSR, the installation fails", "如果已放弃CSR，然后尝试安装使用已放弃的CSR签名的证书，则证书安装失败", "如果已完成放棄CSR，然後嘗試安裝使用已放棄的CSR簽名的證書，則證書安裝失敗。"},
		{"wrong-bundle-order", "wrong-format", "The certificate uploaded to Expressway must contain only the server certificate and not the full chain", "上传到Expressway的证书只包含服务器证书，而不包含完整证书链", "上傳到Expressway的證書只包含Expressway伺服器證書，而不包含完整證書鏈"},
		{"key-cert-mismatch", "", "If pki csr is run with a name that matches the current key, it breaks the service immediately", "如果执行pki csr ...，且该名称与当前密钥匹配，则会立即中断服务", "如果執行pki csr ...,且該證書名稱與當前金鑰匹配,則它會立即中斷服務。"},
		{"cms-db-cluster-cert", "", "If the database certificates have expired, check the database cluster status and run database cluster remove on all nodes", "如果数据库证书已过期，则需要检查数据库集群状态", "如果資料庫證書已過期,則需要檢查資料庫集群狀態"},
		{"wrong-bundle-order", "", "There must be exactly one carriage return at the end of the certificate bundle", "每次创建捆绑包时，证书结尾必须只有一个回车", "每次建立套件組合時,憑證結尾必須只有一個回車位。"},
		{"tomcat-trust-out-of-sync", "", "Connection to the Server cannot be established (unable to connect to Remote Node)", "无法建立与服务器的连接（无法连接到远程节点）", "無法建立與伺服器的連線（無法連線到遠端節點）"},
		{"crl-missing-benign", "", "unable to get certificate CRL, please ensure that you have uploaded a CRL for the CA that signed this client certificate", "Expressway无法获取证书CRL，但Expressway不使用CRL检查", "Expressway無法獲取證書CRL，但Expressway不使用CRL檢查"},
		{"san-over-999-chars", "", "VCS or Expressway does not support more than 999 characters in the SAN field of the certificate", "不支持证书的SAN字段超过999个字符", "不支援憑證的SAN欄位超過999個字元"},
		{"endpoint-ca-not-public", "", "7800 and 8800 phones do not work over MRA with internal certificates because their trust list cannot be modified", "7800和8800系列电话的MRA注册不适用于内部证书，因为无法修改其证书信任列表", "7800和8800系列電話的MRA註冊不適用於內部憑證，因為無法修改其憑證信任清單"},
		{"service-not-restarted", "", "Restart TFTP after uploading tomcat, otherwise TFTP keeps offering the cached old self-signed tomcat certificate", "否则 TFTP 会继续提供缓存的旧自签 tomcat 证书。", "否則 TFTP 會繼續提供快取的舊自簽 tomcat 憑證。"},
		{"ocsp-unknown", "revoked", "In Common Criteria mode the connection fails for the status revoked and unknown", "在 Common Criteria 模式下，如果状态为已吊销和未知，连接将失败", "在 Common Criteria 模式下，如果狀態為已撤銷和未知，連線將失敗"},
		{"untrusted-ca", "", "Certificate test results: Valid certificate: Invalid: The client certificate is not signed by a CA in the trusted CA list.", "客户端证书测试：证书无效，客户端证书不是由受信任CA列表中的CA签名", "用戶端憑證測試：憑證無效，用戶端憑證不是由受信任CA清單中的CA簽署"},
		{"duplicate-subject-in-trust-store", "", "The trusted CA list has all the right certificates and it is still rejected: there is another certificate with the same subject that conflicts", "受信任CA列表似乎包含所有正确的证书，但仍被拒绝，列表中有另一个主题相同的证书与正确的证书冲突", "受信任CA清單似乎包含所有正確的證書，但仍被拒絕，清單中有另一個主體相同的證書與正確的證書衝突"},
		{"not-certificate:credentials", "", "The traversal zone fails and it looks like the certificate, but the user name and password of the traversal account are wrong", "遍历区域故障看似与证书有关，但用于遍历的账户用户名和密码不正确", "遍歷區域故障看似與憑證有關，但用於遍歷的帳戶使用者名稱和密碼不正確"},
		{"eku-missing-clientauth", "", "The renewed Expressway certificate lacks TLS Web Client Authentication in the extended key usage", "续订后的Expressway证书在增强型密钥用法中缺少TLS Web客户端身份验证", "續訂後的Expressway證書在增強金鑰使用中缺少TLS Web使用者端驗證"},
		{"csr-san-mismatch", "mra-domain-missing-in-san", "The new certificate does not have the same SAN entries as the CSR", "新证书的SAN列表与CSR中的SAN不一致", "新證書的SAN清單與CSR中的SAN不一致"},
		{"tomcat-trust-out-of-sync", "", "The required tomcat-trust certificate of the remote node is missing or does not match", "所需的 tomcat-信任证书不存在，或与远程节点上的证书内容不匹配", "所需的 tomcat-trust 憑證不存在，或與遠端節點上的憑證內容不相符"},
	}
	for _, e := range entries {
		for _, text := range []string{e.en, e.hans, e.hant} {
			if f := first(diagnose(t, text)); f != e.cause && f != e.also {
				t.Errorf("%q gives %v, want %s", text, ids(diagnose(t, text)), e.cause)
			}
		}
	}
}

// Who received and who refused decides who must act.
func TestDirection(t *testing.T) {
	for text, want := range map[string][2]string{
		"SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca:SSL alert number 48":                                      {"untrusted-ca", "peer"},
		"verify error:num=19:self-signed certificate in certificate chain":                                             {"untrusted-ca", "us"},
		"http: TLS handshake error from 10.0.0.1:1234: remote error: tls: bad certificate":                             {"peer-rejected-unspecified", "peer"},
		"http: TLS handshake error from 10.0.0.1:1234: x509: certificate specifies an incompatible key usage":          {"eku-missing-clientauth", "us"},
		"Get \"https://x/\": tls: failed to verify certificate: x509: certificate specifies an incompatible key usage": {"eku-missing-serverauth", "us"},
	} {
		a := diagnose(t, text)
		if first(a) != want[0] || a.Findings[0].Judge != want[1] {
			t.Errorf("%q: %v judged by %q, want %v", text, ids(a), a.Findings[0].Judge, want)
		}
	}
}

func TestFactsAreEvidence(t *testing.T) {
	kb := loadKB(t)
	in := Input{Text: "please check these two files", Facts: []Fact{
		{Kind: "key.mismatch", Source: "server.key", Text: "public key differs from server.pem"},
		{Kind: "unheard-of", Source: "x", Text: "direct", Supports: map[string]float64{"expired": 3}},
	}}
	a, err := kb.Diagnose(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	if a.Verdict != KnownCause || first(a) != "key-cert-mismatch" || a.Findings[0].Evidence[0].Source != "server.key" {
		t.Errorf("%v %v", a.Verdict, a.Findings)
	}
	in.Facts[1].Supports["expired"], in.Facts = 9, in.Facts[1:]
	if a, err = kb.Diagnose(context.Background(), in); err != nil || first(a) != "expired" {
		t.Errorf("a fact with its own weights is lost: %v %v", ids(a), err)
	}
}

// The shape that scripts read.
func TestReportJSON(t *testing.T) {
	a := diagnose(t, "password: Tr0ub4dor&3\ncurl: (60) SSL certificate problem: certificate has expired")
	raw, err := json.Marshal(a.Report("zh-Hans", nil))
	if err != nil {
		t.Fatal(err)
	}
	var r map[string]any
	if err := json.Unmarshal(raw, &r); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"verdict", "causes", "questions", "redacted"} {
		if _, ok := r[key]; !ok {
			t.Errorf("%s is missing in %s", key, raw)
		}
	}
	c := r["causes"].([]any)[0].(map[string]any)
	for _, key := range []string{"id", "title", "confidence", "evidence", "fix", "sources"} {
		if _, ok := c[key]; !ok {
			t.Errorf("causes[0].%s is missing in %s", key, raw)
		}
	}
	e := c["evidence"].([]any)[0].(map[string]any)
	if e["line"] != 2.0 || e["source"] != "input" || !strings.Contains(e["text"].(string), "certificate has expired") {
		t.Errorf("evidence %v", e)
	}
	if c["title"] != "证书已过期" || strings.Contains(string(raw), "Tr0ub4dor") {
		t.Errorf("report %s", raw)
	}
	if raw, _ := json.Marshal(Answer{Verdict: Unknown}.Report("en", nil)); string(raw) != `{"verdict":"unknown","causes":[],"questions":[],"redacted":[]}` {
		t.Errorf("empty report %s", raw)
	}
}

// The same text gives the same answer, whatever the order of maps.
func TestDiagnoseIsDeterministic(t *testing.T) {
	text := "Expressway zone down, tlsv1 alert unknown ca, certificate chain incomplete, hostname mismatch, ssh tunnels failed"
	want, _ := json.Marshal(diagnose(t, text).Report("en", nil))
	for range 20 {
		if got, _ := json.Marshal(diagnose(t, text).Report("en", nil)); string(got) != string(want) {
			t.Fatalf("%s\n%s", want, got)
		}
	}
}

func TestDiagnoseEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := loadKB(t).Diagnose(ctx, Input{Text: "x"}); err == nil {
		t.Error("no error after the context ended")
	}
	if _, err := loadKB(t).Scan(ctx, strings.NewReader("x"), Input{}); err == nil {
		t.Error("no error after the context ended")
	}
}

// The same text is asked the same question: the worth of questions is summed in one order.
func TestSameTextSameQuestion(t *testing.T) {
	kb := loadKB(t)
	asked := map[string]bool{}
	for range 60 {
		a, err := kb.Diagnose(context.Background(), Input{Text: "using an untrusted certificate (likely self-signed) for HTTPS: certificate verify failed: unable to get local issuer certificate (_ssl.c:997)"})
		if err != nil || a.Question == nil {
			t.Fatal(a.Verdict, err)
		}
		asked[a.Question.ID] = true
	}
	if len(asked) > 1 {
		t.Errorf("asked %v", asked)
	}
}

// A cause that leaves the reason open gives way to the reason, once it is told.
func TestOpenCausesGiveWay(t *testing.T) {
	kb := loadKB(t)
	asked := 0
	for _, c := range kb.Causes() {
		if !c.Open || c.Question == nil {
			continue
		}
		seen := []Fact{{Kind: "seen", Source: "here", Text: "seen", Supports: map[string]float64{c.ID: 8}}}
		for _, o := range c.Question.Options {
			if len(o.Favour) == 0 || o.Favour[c.ID] != 0 {
				continue
			}
			asked++
			a, err := kb.Diagnose(context.Background(), Input{Facts: seen, Context: Context{Answers: map[string]string{c.Question.ID: o.ID}}})
			if err != nil || len(a.Findings) == 0 || o.Favour[a.Findings[0].Cause.ID] == 0 {
				t.Errorf("%s, answered %s: %v, %d causes, %v", c.ID, o.ID, a.Verdict, len(a.Findings), err)
			}
		}
	}
	if asked < 3 {
		t.Errorf("%d answers were tried", asked)
	}
}

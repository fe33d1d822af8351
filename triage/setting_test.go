package triage

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"
)

// What a text says of its circumstances is read as a fact, in each language and whichever
// way it is told; and what only sounds like it is not.
func TestSettings(t *testing.T) {
	kb := loadKB(t)
	for kind, texts := range map[string]string{
		"context.no-mra": `
			on premises, no MRA: Jabber shows a certificate warning at login
			we do not use MRA, Jabber certificate warning
			We don't have MRA. Jabber shows a warning about the certificate
			MRA is not deployed here; Jabber certificate warning at login
			purely on-premises, Jabber shows a certificate warning
			我们没有使用MRA，Jabber登录时弹出证书警告
			没有 MRA，Jabber 提示证书警告
			MRA 没有部署，Jabber 证书警告
			我們沒有用 MRA，Jabber 登入時跳出憑證警告
			未啟用行動與遠端存取，Jabber 憑證警告
			wir nutzen kein MRA, Jabber zeigt beim Login eine Zertifikatswarnung
			MRA ist nicht im Einsatz, Jabber Zertifikatswarnung
			pas de MRA, avertissement de certificat Jabber
			MRAは使っていない、Jabberで証明書の警告`,
		"context.mra": `
			no MRA user can sign in since the certificate renewal
			No MRA login works, certificate warning on Jabber
			没有MRA用户能登录，证书刚更换`,
		"context.no-mixed-mode": `
			we are not in mixed mode; phones reject the CTL file
			没有启用混合模式，话机拒绝 CTL 文件
			未啟用混合模式，話機拒絕 CTL 檔案`,
		"context.no-inspection": `
			no proxy in between, self signed certificate in certificate chain
			there is no SSL inspection here
			中间没有代理，证书不受信任
			wir haben keinen Proxy dazwischen, Zertifikat nicht vertrauenswürdig`,
		"context.no-self-signed": `
			it's not a self-signed certificate, our CA signed it, but the browser warns
			Das Zertifikat ist nicht selbstsigniert, trotzdem Warnung
			证书不是自签的，浏览器仍然提示不安全
			憑證不是自簽的，瀏覽器仍然警告`,
		"context.no-expired": `
			alert says expired but it is NOT
			alert says expired but it is NOT: notAfter=2099
			the certificate has expired, says the alarm; openssl x509 -dates: notAfter=Mar  3 12:00:00 2098 GMT
			RTMT: certificate expired. Valid until 2098-05-01 in the page
			expired? Not After : Jun 10 23:59:59 2098 GMT
			the browser says certificate has expired, that is not true
			the certificate has not expired
			it expired, they say, but the dates are fine
			告警说证书已过期，但有效期至 2098年5月1日
			证书没有过期，时间也对
			告警說憑證已過期，但有效期至2098/5/1
			憑證尚未過期，但連不上
			Zertifikat abgelaufen laut Alarm, gültig bis 12.03.2098
			das Zertifikat ist noch nicht abgelaufen
			le certificat n'est pas expiré
			証明書は期限切れではありません`,
		"context.expired": `
			the certificate has expired, notAfter=Mar  3 12:00:00 2021 GMT
			root expired: Not After : 2021-03-03; the leaf is valid until 2098-01-01
			it is not just the certificate that expired
			证书已过期，有效期至 2021年5月1日
			Zertifikat abgelaufen, gültig bis 12.03.2021`,
		"context.works-elsewhere": `
			works at home, not in the office: unable to get local issuer certificate
			On my home wifi the site opens fine, only the office network complains
			on a hotspot there is no warning, in the office there is
			网站在家里可以打开，在公司提示证书错误
			用手机热点正常，公司网络报证书不受信任
			在家裡正常，在公司網路就出現憑證不受信任
			Zu Hause geht es, im Büro kommt ein Zertifikatfehler
			chez moi ça marche, au bureau le certificat est refusé
			自宅では問題なく開けるが、会社では証明書エラー`,
		"": `
			It fails at home but works in the office: unable to get local issuer certificate
			it does not work at home either: unable to get local issuer certificate
			Working from home everything is fine except the Jabber certificate warning
			users who work from home get a certificate warning
			在家也打不开，证书错误`,
		"context.key-identifier": `
			the key identifier differs
			the subject key identifier does not match the one of the CA
			授权密钥标识符不同
			授權金鑰識別碼不同
			Die Schlüsselkennung des Ausstellers ist anders`,
		"sense.document": `
			Zertifikat abgelaufen: Erste-Hilfe-Kurs
			my first aid certificate has expired, where do I book the course
			gift certificate has expired
			Geburtsurkunde: Zertifikat nicht anerkannt
			培训证书已过期，需要重新参加考试
			結業證書過期了怎麼辦
			付款憑證無效
			certificat médical expiré
			certificado de nacimiento caducado
			修了証の期限切れ`,
		"sense.login": `
			登录凭证已过期
			用户凭证无效，请重新登录
			登入憑證過期
			your login credentials have expired
			Zugangsdaten abgelaufen`,
		"sense.software": `
			missing trailing newline in config file
			revert: bundle order of css files
			diff: \ No newline at end of file
			配置文件末尾缺少换行
			設定檔結尾少了換行
			In der Konfigurationsdatei fehlt am Ende ein Zeilenumbruch`,
	} {
		for text := range strings.Lines(texts) {
			if text = strings.TrimSpace(text); text == "" {
				continue
			}
			_, stated, _ := kb.reads(text, nil)
			var got []string
			for _, s := range kb.contradicted(text, stated, time.Time{}) {
				if s.kind != lastDay {
					got = append(got, s.kind)
				}
			}
			if kind != "" && !slices.Contains(got, kind) || kind == "" && slices.Contains(got, "context.works-elsewhere") ||
				kind == "context.mra" && slices.Contains(got, lacks+"mra") || kind == "context.expired" && slices.Contains(got, lacks+"expired") {
				t.Errorf("%q: %v, want %q", text, got, kind)
			}
		}
	}
}

// What the circumstances exclude is not answered, however the story sounds; what is stated
// beside them still is.
func TestSettingsDecide(t *testing.T) {
	for _, c := range []struct{ text, want, never string }{
		{"on premises, no MRA: Jabber shows a certificate warning at login", "", "mra-domain-missing-in-san"},
		{"我們沒有用 MRA，Jabber 登入時跳出憑證警告", "", "mra-domain-missing-in-san"},
		{"users on MRA get a certificate warning in Jabber: the domain is not in the SAN", "mra-domain-missing-in-san", ""},
		{"alert says expired but it is NOT: notAfter=2098", "", "expired"},
		{"告警说证书已过期，但有效期至 2098年5月1日", "", "expired"},
		{"curl: (60) SSL certificate problem: certificate has expired; notAfter=Jan  3 12:00:00 2021 GMT", "expired", ""},
		{"works at home, not in the office: SSL certificate problem: unable to get local issuer certificate", "tls-inspection", "missing-intermediate"},
		{"网站在家里可以打开，在公司提示 unable to get local issuer certificate", "tls-inspection", "missing-intermediate"},
		{"the key identifier differs", "same-name-ca-other-key", "key-cert-mismatch"},
		{"X509v3 Authority Key Identifier differs, but what fails is x509 key values mismatch", "", "csr-public-key-mismatch"},
		{"Zertifikat abgelaufen: Erste-Hilfe-Kurs", "not-certificate:other", "expired"},
		{"gift certificate has expired", "not-certificate:other", "expired"},
		{"培训证书已过期，需要重新参加考试", "not-certificate:other", "expired"},
		{"登入憑證過期", "not-certificate:credentials", "expired"},
		{"The gift certificate shop is down. curl: (60) SSL certificate problem: certificate has expired", "expired", ""},
		{"first aid course portal: its TLS server certificate has expired", "expired", ""},
		{"考试系统的服务器证书已过期", "expired", ""},
		{"the nginx config file is fine, certificate has expired", "expired", ""},
		{"RHEL subscription-manager: certificate has expired", "expired", ""},
		{"our milk order portal shows NET::ERR_CERT_DATE_INVALID", "expired", ""},
		{"会员系统的证书过期了", "expired", ""},
		{"passport expired yesterday, who can help", "not-certificate:other", "expired"},
		{"护照过期了，怎么续", "not-certificate:other", "expired"},
		{"The supermarket chain closed eleven branches, an incomplete success", "", "missing-intermediate"},
		{"Das Zertifikat des Ersthelfers läuft ab: bitte den Erste-Hilfe-Kurs wiederholen", "", "expired"},
		{"Killed process 30188 (cert-manager-ca)", "not-certificate:other", "revoked"},
		{"the list is reversed", "", "wrong-bundle-order"},
		{"missing trailing newline in config file", "", "private-key-no-trailing-newline"},
		{"revert: bundle order of css files", "", "wrong-bundle-order"},
	} {
		a := diagnose(t, c.text)
		if c.want != "" && first(a) != c.want || c.never != "" && slices.Contains(ids(a), c.never) {
			t.Errorf("%q: %s %v, want %q, never %q", c.text, a.Verdict, ids(a), c.want, c.never)
		}
	}
}

// A date is compared with the day that the caller gives.
func TestDatesNeedToday(t *testing.T) {
	for year, want := range map[int]string{2029: "expired", 2027: ""} {
		a, err := loadKB(t).Diagnose(context.Background(), Input{Text: "the alarm says expired, valid until 2028-06-01", Context: Context{Now: time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)}})
		if err != nil || want != first(a) && (want != "" || slices.Contains(ids(a), "expired")) {
			t.Errorf("in %d: %v %v", year, ids(a), err)
		}
	}
}

// A name that does not fit is an address where everything that was asked for is one.
func TestByAddress(t *testing.T) {
	for text, want := range map[string]string{
		"NET::ERR_CERT_COMMON_NAME_INVALID\nThis server could not prove that it is 192.0.2.7; its security certificate is from 192.0.2.7.": "name-mismatch-ip",
		"局域网用 192.0.2.100:5001 登录群晖，NET::ERR_CERT_COMMON_NAME_INVALID":                                                                     "name-mismatch-ip",
		"POST https://[2001:db8::1]/\nServer certificate verify failed: certificate does not match hostname":                               "name-mismatch-ip",
		"POST https://vpn.example.com/\nConnected to 192.0.2.7:443\nServer certificate verify failed: certificate does not match hostname": "name-mismatch",
		"SSL_connect peeraddr=127.0.0.1:21002 state=error: certificate verify failed (hostname mismatch)":                                  "name-mismatch",
		"certificate verify failed (hostname mismatch)":                                                                                    "name-mismatch",
	} {
		if a := diagnose(t, text); len(a.Findings) == 0 || a.Findings[0].Cause.ID != want {
			t.Errorf("%q: %s %v, want %s", text, a.Verdict, ids(a), want)
		}
	}
}

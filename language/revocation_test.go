package language_test

import (
	"testing"

	"countersign/language"
)

func TestReadRevocation(t *testing.T) {
	for want, texts := range map[language.Revocation][]string{
		language.Compromised: {"The private key of REQ-4 was stolen", "our key leaked on GitHub, REQ-12", "the key has been compromised!", "REQ-4 的私钥泄露了", "私密金鑰外洩", "somebody copied our private key"},
		language.Revoke:      {"please revoke REQ-4", "Revoke REQ-4, the box was decommissioned", "we need to revoke this certificate", "REQ-4 must be revoked", "can you have REQ-4 revoked", "请吊销 REQ-4", "麻烦吊销这张证书", "請撤銷 REQ-4 的憑證"},
		"": {"how do I revoke a certificate", "was it revoked?", "what if the key was stolen", "Error: certificate revoked", "sslv3 alert certificate revoked", "the certificate is already revoked", "如何吊销证书", "证书已被吊销，报错", "what happens when a private key is leaked?",
			"I need a certificate for portal.example.org", "the API key is wrong", "cancel REQ-4", "撤销我的申请", "我要撤銷申請", "revoke my request", "please revoke the certificate request", "作废这个申请", "会议作废了", "如果私钥泄露怎么办"},
	} {
		for _, text := range texts {
			if got := language.ReadRevocation(text); got != want {
				t.Errorf("%q: %q, want %q", text, got, want)
			}
		}
	}
}

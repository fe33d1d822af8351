package read

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestFacts(t *testing.T) {
	tests := []struct{ name, text, want string }{
		// OpenSSL
		{"verify", "$ openssl verify leaf.pem\nCN = a\nerror 10 at 0 depth lookup: certificate has expired\nerror leaf.pem: verification failed", "verify.expired"},
		{"verify 1.0", "leaf.pem: CN = a\nerror 20 at 0 depth lookup:unable to get local issuer certificate", "verify.issuer-unknown"},
		{"verify ok", "leaf.pem: OK", "verify.ok"},
		{"purpose, nobody told", "error 26 at 0 depth lookup: unsupported certificate purpose", "verify.purpose"},
		{"purpose of a client", "$ openssl verify -purpose sslclient a.pem\nerror 26 at 0 depth lookup: unsuitable certificate purpose", "verify.purpose-client"},
		{"purpose, server asks", "ACCEPT\ndepth=0 CN = a\nverify error:num=26:unsuitable certificate purpose", "verify.purpose-client"},
		{"purpose, client asks", "verify error:num=26:unsupported certificate purpose\nPeer signing digest: SHA256", "verify.purpose-server"},
		{"brief", "CONNECTION ESTABLISHED\nProtocol version: TLSv1.3\nVerification error: self signed certificate in certificate chain", "verify.self-signed-in-chain"},
		{"brief ok", "CONNECTION ESTABLISHED\nVerification: OK", "verify.ok"},
		{"in a sentence", "s_client gives verify return code: 21, and once verify error num 20", "verify.leaf-unverified"},
		{"in another", "报错 verify return code：10", "verify.expired"},
		{"pyopenssl", "Certificate is invalid: [23, 0, 'certificate revoked']", "verify.revoked"},
		{"another tuple", "[23, 0, 'certificate has expired'] [10, 'x', 'y']", ""},
		{"quoted", "the server fails it with \"verify error:num=26:unsupported certificate purpose\"", "verify.purpose"},
		{"two errors", "depth=0 CN = a\nverify error:num=18:self-signed certificate\ndepth=0 CN = a\nverify error:num=10:certificate has expired\nVerify return code: 10 (certificate has expired)", "verify.self-signed verify.expired"},
		{"no issuer, leaf", "depth=0 CN = a\nverify error:num=20:unable to get local issuer certificate\nverify error:num=27:certificate not trusted\nverify error:num=21:unable to verify the first certificate\n", "verify.leaf-unverified"},
		{"two connections", "CONNECTED(00000003)\nVerify return code: 10 (certificate has expired)\nCONNECTED(00000003)\nVerify return code: 0 (ok)", "verify.expired verify.ok"},
		{"wrong order", "Certificate chain\n 0 s:CN = a\n   i:CN = Mid\n 1 s:CN = Root\n   i:CN = Root\n 2 s:CN = Mid\n   i:CN = Root\n---\nVerify return code: 21 (unable to verify the first certificate)", "verify.leaf-unverified chain.wrong-order"},
		{"old names", "Certificate chain\n 0 s:/O=Lab/CN=a\n   i:/O=Lab/CN=Mid\n---\nVerify return code: 21 (unable to verify the first certificate)", "verify.leaf-unverified chain.sent-leaf-only"},
		{"refused", "connect:errno=111", "reach.refused"},
		{"closed", "CONNECTED(00000003)\nwrite:errno=104\nno peer certificate available\nVerify return code: 0 (ok)", "tls.closed tls.no-peer-certificate"},
		// what is served
		{"served older", "$ openssl x509 -in live/fullchain.pem -noout -enddate\nnotAfter=Mar 28 09:11:40 2026 GMT\n$ echo | openssl s_client -connect www.example.com:443 2>/dev/null | openssl x509 -noout -enddate\nnotAfter=Jan  1 08:57:02 2026 GMT", "served.old-certificate"},
		{"served the same", "$ openssl x509 -in live/fullchain.pem -noout -enddate\nnotAfter=Mar 28 09:11:40 2026 GMT\n$ echo | openssl s_client -connect www.example.com:443 2>/dev/null | openssl x509 -noout -enddate\nnotAfter=Mar 28 09:11:40 2026 GMT", ""},
		{"served newer", "$ openssl x509 -in live/fullchain.pem -noout -enddate\nnotAfter=Jan  1 08:57:02 2026 GMT\n$ echo | openssl s_client -connect www.example.com:443 2>/dev/null | openssl x509 -noout -enddate\nnotAfter=Mar 28 09:11:40 2026 GMT", ""},
		{"served older, whole", "$ openssl x509 -in a.pem -noout -text\n            Not After : Mar 28 09:11:40 2026 GMT\n$ openssl s_client -connect a.example.com:443 </dev/null | openssl x509 -noout -text\n            Not After : Jan  1 08:57:02 2026 GMT", "served.old-certificate"},
		{"two files", "$ openssl x509 -in a.pem -noout -enddate\nnotAfter=Mar 28 09:11:40 2026 GMT\n$ openssl x509 -in b.pem -noout -enddate\nnotAfter=Jan  1 08:57:02 2026 GMT", ""},
		// alerts
		{"openssl", "140:error:14094418:SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca:s3_pkt.c:1493:SSL alert number 48", "alert.received.unknown-ca"},
		{"openssl, extension", "error:0A000458:SSL routines::tlsv1 unrecognized name", "alert.received.unrecognized-name"},
		{"openssl 1.3", "SSL routines::tlsv13 alert certificate required", "alert.received.certificate-required"},
		{"state", "SSL3 alert write:fatal:unknown CA", "alert.sent.unknown-ca"},
		{"hostapd", "SSL: SSL3 alert: read (remote end reported an error):fatal:unknown CA", "alert.received.unknown-ca"},
		{"wpa_supplicant", "SSL: SSL3 alert: write (local SSL3 detected an error):fatal:unknown CA", "alert.sent.unknown-ca"},
		{"msg", "<<< TLS 1.2, Alert [length 0002], fatal bad_certificate\n    02 2a", "alert.received.bad-certificate"},
		{"msg sent", ">>> TLS 1.3, Alert [length 0002], fatal unknown_ca", "alert.sent.unknown-ca"},
		{"java", "javax.net.ssl.SSLHandshakeException: Received fatal alert: certificate_unknown", "alert.received.certificate-unknown"},
		{"java 8", "main, RECV TLSv1.2 ALERT:  fatal, handshake_failure", "alert.received.handshake-failure"},
		{"java 8 sent", "main, SEND TLSv1.2 ALERT:  fatal, description = certificate_unknown", "alert.sent.certificate-unknown"},
		{"java 11", "javax.net.ssl|ERROR|01|main|2024-01-01 10:00:00.000 UTC|TransportContext.java:352|Fatal (CERTIFICATE_UNKNOWN): PKIX path building failed", "alert.sent.certificate-unknown"},
		{"java 11 json", "javax.net.ssl|DEBUG|01|main|2024|Alert.java:238|Received alert message (\n\"Alert\": {\n  \"level\"      : \"fatal\",\n  \"description\": \"bad_certificate\"\n}\n)", "alert.received.bad-certificate"},
		{"go", "remote error: tls: unknown certificate authority", "alert.received.unknown-ca"},
		{"go sent", "local error: tls: bad record MAC", "alert.sent.bad-record-mac"},
		{"go 2", "remote error: tls: expired certificate", "alert.received.certificate-expired"},
		{"gnutls", "*** Received alert [48]: CA is unknown", "alert.received.unknown-ca"},
		{"nss", "Error code: SSL_ERROR_BAD_CERT_ALERT", "alert.received.bad-certificate"},
		{"nss 2", "SSL_ERROR_RX_CERTIFICATE_REQUIRED_ALERT", "alert.received.certificate-required"},
		{"schannel", "A fatal alert was received from the remote endpoint. The TLS protocol defined fatal alert code is 46.", "alert.received.certificate-unknown"},
		{"schannel sent", "A fatal alert was generated and sent to the remote endpoint. This may result in termination of the connection. The TLS protocol defined fatal error code is 40.", "alert.sent.handshake-failure"},
		{"schannel old", "The following fatal alert was received: 48.", "alert.received.unknown-ca"},
		{"rustls", "received fatal alert: UnknownCA", "alert.received.unknown-ca"},
		{"schannel, xml", "<Provider Name=\"Schannel\"/>\n<EventID>36887</EventID>\n<Data Name=\"AlertDesc\">48</Data>", "alert.received.unknown-ca"},
		{"schannel, german", "Quelle: Schannel\nEreignis-ID: 36888\nBeschreibung: Eine schwerwiegende Warnung. Der für das TLS-Protokoll definierte Code lautet: 40. Der Status lautet: 1205.", "alert.sent.handshake-failure"},
		{"schannel, table", "36887 Error Schannel 从远程终点接收到一个严重警告。TLS 协议所定义的严重警告代码为 46。\n36884 Error Schannel x\n36880 Information Schannel y", "verify.name alert.received.certificate-unknown"},
		{"a number", "ticket 36887 of the TLS team, channel 48", ""},
		{"openssl 3.2", "error:0A000415:SSL routines::ssl/tls alert certificate expired", "alert.received.certificate-expired"},
		{"erlang", "TLS client: In state certify at ssl_handshake.erl:1884 generated CLIENT ALERT: Fatal - Unknown CA", "alert.sent.unknown-ca"},
		{"erlang received", "TLS server: In state wait_cert received CLIENT ALERT: Fatal - Certificate Expired", "alert.received.certificate-expired"},
		{"mbedtls", "ssl_tls.c:4101: got an alert message, type: [2:48]", "alert.received.unknown-ca"},
		{"curl", "* TLSv1.3 (OUT), TLS alert, unknown CA (560):", "alert.sent.unknown-ca"},
		{"curl in", "* TLSv1.2 (IN), TLS alert, handshake failure (552):", "alert.received.handshake-failure"},
		{"boringssl", "TLS_error:|268436498:SSL routines:OPENSSL_internal:SSLV3_ALERT_BAD_CERTIFICATE:TLS_error_end", "alert.received.bad-certificate"},
		{"wireshark", "12 0.1 10.0.0.1 10.0.0.2 TLSv1.2 73 Alert (Level: Fatal, Description: Unknown CA)", "alert.unknown-ca"},
		{"wireshark, old", "12 0.1 10.0.0.1 10.0.0.2 TLSv1 Alert (Level: Fatal, Description: Unknown CA)", "alert.unknown-ca"},
		{"number", "TLS handshake failed: alert number 42", "alert.bad-certificate"},
		{"parenthesis", "tls fatal alert(48)", "alert.unknown-ca"},
		{"end of a connection", "remote error: tls: close notify\nSSL3 alert read:warning:close notify", ""},
		{"another alert", "Alert: internal error in the coffee machine", ""},
		{"prose", "the alert says expired but it is NOT", ""},
		// names
		{"go name", "x509: certificate is valid for a.example.com, b.example.com, not c.example.com", "verify.name=a.example.com, b.example.com / c.example.com"},
		{"go ip", `x509: certificate is valid for 127.0.0.1, not 10.0.0.1"`, "verify.name-ip=127.0.0.1 / 10.0.0.1"},
		{"go sans", "x509: cannot validate certificate for 10.0.0.1 because it doesn't contain any IP SANs", "verify.name-ip=10.0.0.1"},
		{"go after", "x509: certificate has expired or is not yet valid: current time 2024-01-02T00:00:00Z is after 2023-01-01T00:00:00Z", "verify.expired=2023-01-01T00:00:00Z"},
		{"go, in a sentence", "x509: certificate has expired or is not yet valid: current time 2025-08-01T10:11:12+08:00 is after 2025-07-31T23:59:59Z，接口全挂", "verify.expired=2025-07-31T23:59:59Z"},
		{"go before", "x509: certificate has expired or is not yet valid: current time 2022-01-02T00:00:00Z is before 2023-01-01T00:00:00Z", "verify.not-yet-valid=2023-01-01T00:00:00Z"},
		{"curl name", "curl: (60) SSL: no alternative certificate subject name matches target host name 'x.example'", "verify.name=x.example"},
		{"curl address", "SSL: no alternative certificate subject name matches target ipv4 address '10.0.0.1'", "verify.name-ip=10.0.0.1"},
		{"java name", "java.security.cert.CertificateException: No subject alternative DNS name matching x.example found.", "verify.name=x.example"},
		{"java address", "No subject alternative names matching IP address 10.0.0.1 found", "verify.name-ip=10.0.0.1"},
		{"httpclient", "Certificate for <x> doesn't match any of the subject alternative names: [a, b]", "verify.name=a, b / x"},
		{"python", "requests.exceptions.SSLError: hostname 'x' doesn't match 'y'", "verify.name='y' / x"},
		{"python 3.7", "certificate verify failed: IP address mismatch, certificate is not valid for '10.0.0.1'. (_ssl.c:1129)", "verify.name-ip=10.0.0.1"},
		{"node", "Hostname/IP does not match certificate's altnames: Host: x. is not in the cert's altnames: DNS:y, DNS:z", "verify.name=DNS:y, DNS:z / x"},
		{"node ip", "Hostname/IP does not match certificate's altnames: IP: 10.0.0.1 is not in the cert's list: ", "verify.name-ip=10.0.0.1"},
		{"node ip, code", "Error [ERR_TLS_CERT_ALTNAME_INVALID]: Hostname/IP does not match certificate's altnames: IP: 10.0.0.1 is not in the cert's list: ", "verify.name-ip= verify.name-ip=10.0.0.1"},
		{"postgresql", `server certificate for "a" (and 2 other names) does not match host name "b"`, "verify.name=a / b"},
		// whose certificate may not be used so
		{"go server", "http: TLS handshake error from 10.0.0.7:4321: tls: failed to verify certificate: x509: certificate specifies an incompatible key usage", "verify.purpose-client"},
		{"kubectl", "Unable to connect to the server: tls: failed to verify certificate: x509: certificate specifies an incompatible key usage", "verify.purpose-server"},
		{"nginx", "client SSL certificate verify error: (26:unsuitable certificate purpose) while reading client request headers", "verify.purpose-client"},
		{"nginx proxy", "upstream SSL certificate verify error: (26:unsuitable certificate purpose) while SSL handshaking to upstream", "verify.purpose-server"},
		{"curl purpose", "curl: (60) SSL certificate problem: unsupported certificate purpose", "verify.purpose-server"},
		{"etcd", `{"level":"warn","msg":"rejected connection","error":"tls: failed to verify certificate: x509: certificate specifies an incompatible key usage"}`, "verify.purpose-client"},
		{"nobody told", "certificate verify failed: unsuitable certificate purpose", ""},
		// Kubernetes
		{"denied", "status:\n  conditions:\n  - lastTransitionTime: \"2024-10-12T10:11:12Z\"\n    message: too long\n    reason: own.policy\n    status: \"True\"\n    type: Denied", "ca.policy=own.policy"},
		{"two conditions", "cert-manager.io/v1\n  - message: approved\n    reason: cert-manager.io\n    status: \"True\"\n    type: Approved\n  - message: no\n    reason: Failed\n    status: \"False\"\n    type: Ready", "cert-manager.not-ready"},
		{"describe", "API Version: cert-manager.io/v1\n    Message:  Certificate expired on Mon\n    Reason:   Expired\n    Status:   False\n    Type:     Ready\n\nEvents: none", "verify.expired"},
		{"json", `{"kind":"CertificateRequest","conditions":[{"type":"Approved","status":"True","reason":"x"},{"type":"InvalidRequest","status":"True","reason":"y"}]}`, "csr.malformed"},
		{"healthy", "cert-manager.io/v1\n    Message: Certificate is up to date and has not expired\n    Reason: Ready\n    Status: True\n    Type: Ready", ""},
		{"a pod", "  - message: containers with unready status\n    reason: Failed\n    status: \"False\"\n    type: Ready", ""},
		{"a problem is no condition", `{"type": "about:blank", "status": "False", "reason": "Expired"}`, ""},
		{"columns", "NAME   APPROVED   DENIED   READY   ISSUER   AGE\nweb    True                True    ca       4h\nmail              True     False   ca       4m", "ca.policy"},
		{"columns of csr", "NAME  AGE  SIGNERNAME  CONDITION\na     1m   x/y         Approved,Issued\nb     1m   x/y         Denied", "ca.policy"},
		{"columns of orders", "NAME      STATE     AGE\nweb-1     invalid   4h", "cert-manager.not-ready"},
		{"pods", "NAME      READY   STATUS    AGE\nnginx-5   0/1     Error     3d\n\nready: False", ""},
		// Vault
		{"not allowed", "Error making API request.\n\nURL: PUT https://v/v1/pki/sign/web\nCode: 403. Errors:\n\n* 1 error occurred:\n\t* permission denied", "http.status.403 auth.credentials"},
		{"in one line", "Code: 403. Errors: * permission denied (token)", "http.status.403 auth.credentials"},
		{"role", "Code: 400. Errors:\n\n* common name a not allowed by this role", "http.status.400"},
		{"body", `{"errors":["1 error occurred:\n\t* permission denied\n\n"]}`, "auth.credentials"},
		{"other body", `{"errors":["cat denied"]} Code: 12. permission denied`, ""},
		// nesting
		{"caused by", "javax.net.ssl.SSLHandshakeException: No name matching outer.example found\n\tat a.b.C(D.java:1)\nCaused by: java.security.cert.CertificateException: No name matching inner.example found\n\t... 12 more", "verify.name=inner.example verify.name=outer.example"},
		{"dotnet", "E: No name matching outer found\n ---> F: No name matching inner found\n   at A.B(C)", "verify.name=inner verify.name=outer"},
		{"two stacks", "2024-01-01 10:00:00 E: No name matching one found\n\tat a.b.C(D.java:1)\n2024-01-01 10:00:01 E: x\n\tat a.b.C(D.java:1)\nCaused by: No name matching two found", "verify.name=one verify.name=two"},
		// ACME
		{"acme", `{"type": "urn:ietf:params:acme:error:rateLimited", "detail": "too many", "status": 429}`, "acme.rate-limited=too many"},
		{"compound", `{"type":"urn:ietf:params:acme:error:compound","subproblems":[{"type":"urn:ietf:params:acme:error:caa","detail":"no"}]}`, "acme.caa=no"},
	}
	for _, test := range tests {
		var got []string
		for _, f := range Facts(test.text) {
			s := f.Kind
			if strings.Contains(test.want, "=") {
				s += "=" + f.Value
			}
			got = append(got, s)
			if f.Start < 0 || f.End > len(test.text) || f.Start >= f.End {
				t.Errorf("%s: span %d-%d", test.name, f.Start, f.End)
			}
		}
		if s := strings.Join(got, " "); s != test.want {
			t.Errorf("%s: %s, want %s", test.name, s, test.want)
		}
	}
}

func TestEveryAlert(t *testing.T) {
	for n, all := range alertNames {
		if n == 0 {
			continue
		}
		for _, name := range all {
			for _, text := range []string{
				"remote error: tls: " + strings.ReplaceAll(name, "-", " "), "Received fatal alert: " + strings.ReplaceAll(name, "-", "_"),
				fmt.Sprintf("ssl3_read_bytes:reason(1):SSL alert number %d", n), fmt.Sprintf("received TLS alert [%d]", n),
				fmt.Sprintf("The TLS protocol defined fatal alert code is %d. It was received from the remote endpoint", n),
			} {
				if got := kinds(Facts(text)); got != "alert.received."+all[0] {
					t.Errorf("%s: %s", text, got)
				}
			}
		}
	}
}

// TestProse: what people write is never cut.
func TestProse(t *testing.T) {
	for _, text := range []string{
		"The certificate expired on 2026-11-30 and since then no phone registers; what can we do?",
		"the fingerprint differs", "We renewed it yesterday at 10:30, error since then.",
		"Error: the list is reversed", "at our site (Berlin) nobody can log in", "at home it works (Wi-Fi)",
		"憑證昨天過期了,電話無法註冊,該怎麼辦?", "证书昨天过期了,电话无法注册,请问怎么处理?",
		"Session-IDs differ between the two nodes, is that a problem?", "Compression seems to be off",
		"File the CSR with the CA", "10 phones show it, 20 do not", "goroutine leaks", "created by hand last year",
		"expressway-e.example.com refuses cucm-publisher.example.com", "https://www.cisco.com/c/en/us/support/docs/unified-communications/expressway/213820-configure.html",
		"EAP-TLS authentication failed: unknown CA", "CERT_E_UNTRUSTEDROOT FABRIC_E_SERVER_AUTHENTICATION_FAILED",
		"DE AD", "CertificateNotYetValidExceptionHandlerForX509Chains failed", "STATUS_TRUSTED_RELATIONSHIP_FAILURE_0xC000018D_ERROR", "2011-02-11  Ralf Wildenhues  <Ralf@example.com>", "CAA1018 CA certificate is not available in the trust-store", "1000 20 30 40 people of each site called",
		"2024 12 phones and 30 users", `"Dead" beef cafe`, "add a CA", "info: the CA is internal", "SEC_ERROR_UNKNOWN_ISSUER MOZILLA_PKIX_ERROR_SELF_SIGNED_CERT",
		"javax.net.ssl.SSLHandshakeException: sun.security.validator.ValidatorException", "CallManager-ECDSA certificate and TLS_RSA_WITH_AES_256_GCM_SHA384",
	} {
		for _, s := range Cut(text) {
			t.Errorf("%q: cut %q", text, text[s.Start:s.End])
		}
	}
}

func TestCut(t *testing.T) {
	for text, want := range map[string]string{
		"    0070 - 02 01 01 70 be 02 62 4c-29 40 70 17 43 78 e6 76   .*v.#...B9...I.|":                               "",
		"00000000: 7f45 4c46 0201 0100  .ELF....":                                                                     "",
		"00000000  7f 45 4c 46 02 01 01 00  00 00 00 00 00 00 00 00  |.ELF............|":                              "",
		"\t0x0000:  4500 0034 1c46 4000 4006 b1e6 ac10 0a63  E..4.F@.@......c":                                        "",
		"0000   16 03 01 02 00 01 00 01 fc 03 03 5b 1a 2c 3d 4e   ...........[.,=N":                                   "",
		"SHA1 Fingerprint=AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD differs":                        "SHA1 Fingerprint= differs",
		"2023-06-21 07:58:47,453 DEBUG [main] alert fatal unknown_ca":                                                 "alert fatal unknown_ca",
		"000123: *Mar  1 00:01:02.123: %PKI-3-CERTIFICATE_INVALID_EXPIRED: failed":                                    "%PKI-3-CERTIFICATE_INVALID_EXPIRED: failed",
		"-----BEGIN CERTIFICATE-----MIIDdjCCAl6gAwIBAgIUE5lp6QLMTAs45RkksEe1234567890abcDEF-----END CERTIFICATE-----": "-----BEGIN CERTIFICATE----- -----END CERTIFICATE-----",
		"serial 4A:BB:01:22:33:44:55:66:77 at 2001:0db8:0000:0000:0000:0000:0000:0001":                                "serial at 2001:0db8:0000:0000:0000:0000:0000:0001",
		"00c0 - f5 bc   ..": "",
		`E1012 10:11:12.123456   12345 reflector.go:138] "failed" err="x509: expired"`:                                                                   `"failed" err="x509: expired"`,
		"    Message:  Certificate is up to date and has not expired":                                                                                    "Message:",
		`UTCTime="2014-03-25 17:19:45,847" Module="developer.ssl" Method="::TTSSLErrorOutput" ssl_error_reason="certificate verify failed" iResult="-1"`: `ssl_error_reason="certificate verify failed"`,
		"request 123e4567-e89b-12d3-a456-426614174000 failed":                                                                                            "request failed",
		"2024-03-01T10:11:12.345Z ERROR [main] certificate_unknown":                                                                                      "certificate_unknown",
		"Nov 30 10:11:12 mx1 postfix/smtpd[1234]: SSL_accept error":                                                                                      "mx1 postfix/smtpd : SSL_accept error",
		"2024/03/01 10:11:12 [error] 1234#0: *56 SSL_do_handshake() failed":                                                                              "SSL_do_handshake() failed",
		"token eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abc refused":                                                             "token refused",
		"\tat sun.security.ssl.Alerts.getSSLException(Alerts.java:192)":                                                                                  "",
		"    at TLSSocket.onConnectSecure (node:_tls_wrap:1540:34)":                                                                                      "",
		"  File \"/usr/lib/python3/ssl.py\", line 1342, in do_handshake":                                                                                 "",
		"   at System.Net.Security.SslState.ThrowCertException(String a, Int32 b) in C:\\src\\a.cs:line 12":                                              "",
		"main.main()\n\t/src/main.go:12 +0x1d":                                                                                                           "main.main()",
		"TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:ECDHE-RSA-AES256-GCM-SHA384":                                         "",
		"Acceptable client certificate CA names\nO = Lab, CN = expired CA\nC = DE, O = x\nClient Certificate Types: RSA":                                 "",
		`x tvcs: UTCTime="2024-01-01" Module="network" Level="INFO" Detail="unknown CA" Dst-ip="10.0.0.1"`:                                               `x tvcs: Detail="unknown CA"`,
		"%UC_CERT-4-CertValid: %[Message=expires][AppID=Cisco Certificate Monitor][ClusterID=][NodeID=cm1]: Alarm":                                       "%UC_CERT-4-CertValid: %[Message=expires] : Alarm",
	} {
		if got := strings.Join(strings.Fields(without(text, Cut(text))), " "); got != want {
			t.Errorf("%q:\n%q, want\n%q", text, got, want)
		}
	}
}

// check holds what callers rely on, whatever the text.
func check(t *testing.T, text string) {
	t.Helper()
	last := 0
	for i, s := range Cut(text) {
		if s.Start < last || i > 0 && s.Start == last || s.End <= s.Start || s.End > len(text) {
			t.Fatalf("cut %d-%d after %d of %d", s.Start, s.End, last, len(text))
		}
		last = s.End
	}
	facts := Facts(text)
	if len(facts) > mostFacts {
		t.Fatalf("%d facts", len(facts))
	}
	for _, f := range facts {
		if f.Start < 0 || f.End > len(text) || f.Start >= f.End || f.Kind == "" || len(f.Value) > longestValue || utf8.ValidString(text) && !utf8.ValidString(f.Value) {
			t.Fatalf("fact %+v of %d", f, len(text))
		}
	}
}

// TestLinear: what a hostile text costs grows with its length only.
func TestLinear(t *testing.T) {
	for _, piece := range []string{
		"Certificate chain\n 0 s:CN = a\n   i:CN = b\n", " 0 s:CN = a\n   i:CN = b\n", "certificate is valid for a, ", "---> Caused by:\n", "alert ", "alert fatal (\n", `a="x y" `,
		`Event="`, "0123 ", "00 ", "verify error:num=20:x\n", "depth=1\n", "acme:error:compound ", "[AppID=", "type: Denied\nstatus: True\n", "Schannel 36887 TLS 4", "NAME  READY\n", "NAME  READY\na     False\n", "Code: 403. Errors:\npermission denied\n", `{"errors":["`, "MIIDdjCCAl6gAwIBAgIUE5lp6QLMTAs45RkksEe\n", "a", "A1b2", "hostname 'x' doesn't match 'y",
	} {
		cost := func(size int) time.Duration {
			text := strings.Repeat(piece, size/len(piece))
			best := time.Hour
			for range 3 {
				start := time.Now()
				check(t, text)
				best = min(best, time.Since(start))
			}
			return best
		}
		small, large := cost(64<<10), cost(512<<10)
		if large > 40*small && large > 500*time.Millisecond {
			t.Errorf("%q: 64 kB in %v, 512 kB in %v", piece, small, large)
		}
		if testing.Verbose() {
			t.Logf("%q: 64 kB in %v, 512 kB in %v", piece, small, large)
		}
	}
}

// TestOrder: facts that others found are ordered by the same rule.
func TestOrder(t *testing.T) {
	text := "E: handshake\n\tat a.B(C.java:1)\nCaused by: path\nCaused by: expired\n\n2024-01-01 10:00:00 next"
	at := func(kind, where string) Fact { return Fact{Kind: kind, Start: strings.Index(text, where)} }
	facts := []Fact{at("z.next", "next"), at("verify.ok", "E:"), at("alert.sent.unknown-ca", "E:"), at("verify.failed", "handshake"), at("verify.issuer-unknown", "path"), at("verify.expired", "expired")}
	Order(text, facts)
	if got, want := kinds(facts), "verify.expired verify.issuer-unknown verify.failed alert.sent.unknown-ca verify.ok z.next"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{session, "NAME  DENIED\na     True", "type: Ready\nstatus: False\nreason: Expired", "Code: 400. Errors:\n\n* x", "Caused by: x ---> y", "alert(48) tlsv1 Fatal (", "Certificate chain\n 0 s:a\n i:", "0000 - \n9: <1>", "[AppID=[NodeID=]", `Event="`, "-----BEGIN \n=\n", "at (", "alert message (", "acme:error:compound\n\"detail\": \"x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) { check(t, text[:min(len(text), 1<<14)]) })
}

// session is a healthy output of OpenSSL 3.0, shortened.
const session = `depth=1 O = Lab, CN = Lab Issuing CA
verify return:1
CONNECTED(00000003)
---
Certificate chain
 0 s:O = Lab, CN = expe.example.com
   i:O = Lab, CN = Lab Issuing CA
   a:PKEY: rsaEncryption, 2048 (bit); sigalg: RSA-SHA256
   v:NotBefore: Nov 29 15:46:17 2026 GMT; NotAfter: Nov 29 15:46:17 2027 GMT
---
No client certificate CA names sent
Verify return code: 0 (ok)
Post-Handshake New Session Ticket arrived:
    Session-ID: CD49276F7CE13CBC31D5BBC830FF314C65F4011809EA0D182BE2A9D89E9CEC3A
    0070 - 02 01 01 70 be 02 62 4c-29 40 70 17 43 78 e6 76   .*v.#...B9...I.|
    Verify return code: 0 (ok)
2024-01-01 10:00:00 [error] remote error: tls: unknown certificate authority
x509: certificate is valid for a.example.com, not b.example.com
`

func BenchmarkRead(b *testing.B) {
	for _, size := range []int{4 << 10, 64 << 10, 1 << 20} {
		text := strings.Repeat(session, 1+size/len(session))[:size]
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			b.SetBytes(int64(size))
			for b.Loop() {
				Cut(text)
				Facts(text)
			}
		})
	}
}

package triage

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// planted is a secret in the surroundings it comes in. What stands between ⟦ and ⟧
// must be gone afterwards; the marks themselves are taken out before.
var planted = []struct{ kind, text string }{
	{"password", "password: ⟦Tr0ub4dor&3⟧"},
	{"password", "PASSWORD=⟦hunter2hunter2⟧ ./run.sh"},
	{"password", "  Password                : ⟦Cisco.123⟧"},
	{"password", `{"user":"bob","password":"⟦s3cr3t pass word⟧"}`},
	{"password", "here it is, user bob / ⟦Cisco!2345⟧ if you need it"},
	{"password", "my password is ⟦Winter2026!⟧ please check"},
	{"password", "密码：⟦Abc@12345⟧"},
	{"password", "帳號 admin / ⟦Zx9!kkkk⟧"},
	{"password", "使用者密碼是 ⟦P@ss9999⟧"},
	{"password", "Passwort: ⟦Geheim123⟧"},
	{"password", "<password>⟦topsecret1⟧</password>"},
	{"password", "mysql --password=⟦mypw12345⟧ -h db"},
	{"password", "openssl pkcs12 -in a.pfx -passin pass:⟦ex4mple⟧ -nokeys"},
	{"password", "keytool -list -storepass ⟦changeit9⟧ -keystore x"},
	{"password", "we log in as administrator / ⟦Tr0ub4dor&3⟧ there"},
	{"password", "root/⟦Cisc0Lab9⟧ does not work"},
	{"password", "hsm:\n  slot: 1\n  pin: ⟦83915527⟧\n"},
	{"password", `"userPin": "⟦a9Bq77⟧"`},
	{"authorization", "Authorization: Negotiate ⟦YIIFzQYGKwYBBQUCoIIFwTCCBb2gJDAiBgkqhkiC9xIBAgI⟧"},
	{"authorization", `{"authorization":"⟦q8Zr2Lw9Xt4Vb7Nm⟧"}`},
	{"bearer-token", "the app sent bearer ⟦q8Zr2Lw9Xt4Vb7NmKd⟧ and got 401"},
	{"basic-credentials", "it tried Basic ⟦YWRtaW46Y2lzY28xMjM=⟧ and got 401"},
	{"secret", "the client secret is ⟦Gk7!pQ2zLm⟧ since May"},
	{"vault-unseal-key", "Unseal Key 1: ⟦sP4v7rQ0Yk3oZt8nB1xUeW6mJdLh2cFgAaVqRiTy5EE=⟧"},
	{"mailgun", "⟦key-0123456789abcdef0123456789abcdef⟧"},
	{"npm", "⟦npm_abcdefghijklmnopqrstuvwxyz0123456789⟧ was revoked"},
	{"discord", "https://discord.com/api/webhooks/123456789012345678/⟦abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcd⟧"},
	{"webex", "webex says 401 to ⟦NzExMzQ1Njc4OWFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6QUJDREVGR0hJSktM_PF84_0198f08a-3880-4871-b55e-4863ccf723d5⟧"},
	{"otp", "⟦otpauth-migration://offline?data=CjEKCkhlbGxvIW3erb7vEhhFeGFtcGxlOmFsaWNlQGdvb2dsZS5jb20⟧"},
	{"snmp v3", "snmp-server user u g v3 auth sha ⟦aUq7Lm2Rt9⟧"},
	{"ntlm hash", "Administrator:500:⟦aad3b435b51404eeaad3b435b51404ee:31d6cfe0d16ae931b73c59d7e0c089c0⟧:::"},
	{"csrf", "POST /ccmadmin/x.do?_csrf=⟦abcdefgh12345678⟧ HTTP/1.1"},
	{"url-password", "https://admin:⟦p4ssw0rd⟧@cucm.example.com/axl"},
	{"url-password", "postgres://app:⟦h0rse-battery⟧@db:5432/x"},
	{"curl-user", "curl -k -u axluser:⟦C1sco12345⟧ https://cucm:8443/axl/"},
	{"authorization", "Authorization: Basic ⟦YWRtaW46Y2lzY28xMjM=⟧"},
	{"authorization", "> authorization: Bearer ⟦abcdef0123456789abcdef⟧"},
	{"authorization", "Proxy-Authorization: NTLM ⟦TlRMTVNTUAABAAAAB4IIogAAAAAAAAAA⟧"},
	{"cookie", "Cookie: ⟦JSESSIONIDSSO=8F1B2C3D4E5F60718293A4B5C6D7E8F9; theme=dark⟧"},
	{"cookie", "set-cookie: ⟦sid=abcdefgh12345678; Path=/; HttpOnly⟧"},
	{"session-id", "redirect to /ccmadmin;JSESSIONID=⟦8F1B2C3D4E5F60718293⟧"},
	{"api-key", "api_key=⟦9f8e7d6c5b4a39281706⟧"},
	{"api-key", "DefaultEndpointsProtocol=https;AccountKey=⟦Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4==⟧;"},
	{"secret", "client_secret: ⟦GkYp8Q~abcdEFGH1234⟧"},
	{"aws", "aws_secret_access_key = ⟦wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY⟧"},
	{"aws", "AWS key ⟦AKIAIOSFODNN7EXAMPLE⟧ was used"},
	{"github", "remote: https://⟦ghp_16C7e42F292c6912E7710c838347Ae178B4a⟧@github.com/x/y"},
	{"github", "⟦github_pat_11ABCDEFG0abcdefghijkl_mnopqrstuvwxyz0123456789⟧"},
	{"gitlab", "GITLAB ⟦glpat-abcdEFGH1234ijklMNOP⟧"},
	{"slack", "bot token ⟦xoxb-123456789012-abcdefGHIJKLmnop⟧"},
	{"slack", "⟦xapp-1-A0123456789-1234567890123-abcdef0123456789⟧"},
	{"slack webhook", "https://hooks.slack.com/services/⟦T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX⟧"},
	{"vault", "X-Vault-Token: ⟦hvs.CAESIJabcdefghijklmnopqrstuvwxyz0123456789⟧"},
	{"vault", "it printed ⟦hvs.CAESIJabcdefghijklmnopqrstuvwxyz0123456789⟧ again"},
	{"vault", "token ⟦s.abcdefGHIJKL0123456789MN⟧ revoked"},
	{"jwt", "got ⟦eyAiYWxnIiA6ICJIUzI1NiIgfQ.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U⟧"},
	{"jwt", "got ⟦ewogICJhbGciOiAiSFMyNTYiCn0.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U⟧"},
	{"jwt", "mail wrapped ⟦eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlLmNvbSIsInN1Yi\n" + strings.Repeat("I6IjEyMzQ1Njc4OTAiLCJu", 4) + "\n" + strings.Repeat("dozjgNryP4J3jVmNHl0w5N_X", 3) + "⟧\nthen it failed"},
	{"jwt", "got ⟦eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U⟧"},
	{"google", "key=⟦AIzaSyA1234567890abcdefghijklmnopqrstuv⟧"},
	{"stripe", "⟦sk_live_4eC39HqLyjWDarjtT1zdp7dc⟧"},
	{"twilio", "⟦SK0123456789abcdef0123456789abcdef⟧"},
	{"sendgrid", "⟦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⟧"},
	{"npm", "//registry.npmjs.org/:_authToken=⟦npm_abcdefghijklmnopqrstuvwxyz0123456789⟧"},
	{"pypi", "⟦pypi-AgEIcHlwaS5vcmcCJDEyMzQ1Njc4LTEyMzQtMTIzNC0xMjM0LTEyMzQ1Njc4OTA⟧"},
	{"docker", "⟦dckr_pat_abcdefghijklmnopqrstuvwxyz1⟧"},
	{"openai", "OPENAI ⟦sk-proj-abcdefghijklmnopqrstuvwxyz012345⟧"},
	{"anthropic", "⟦sk-ant-api03-abcdefghijklmnopqrstuvwxyz⟧"},
	{"huggingface", "⟦hf_abcdefghijklmnopqrstuvwxyzABCDEFGH⟧"},
	{"digitalocean", "⟦dop_v1_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef⟧"},
	{"databricks", "⟦dapi0123456789abcdef0123456789abcdef⟧"},
	{"grafana", "⟦glsa_abcdefghijklmnopqrstuvwxyz012345_abcdef01⟧"},
	{"newrelic", "⟦NRAK-ABCDEFGHIJKLMNOPQRSTUVWXYZ0⟧"},
	{"atlassian", "⟦ATATT3xFfGF0abcdefghijklmnopqrstuvwxyz0123456789⟧"},
	{"shopify", "⟦shpat_0123456789abcdef0123456789abcdef⟧"},
	{"terraform", "⟦AbCdEfGhIjKlMn.atlasv1.abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz01234567⟧"},
	{"linear", "⟦lin_api_abcdefghijklmnopqrstuvwxyz0123456789abcd⟧"},
	{"azure sas", "https://x.blob.core.windows.net/c/b?sv=2022-11-02&sig=⟦abcdefghijklmnopqrstuvwxyz0123456789%2Babcd%3D⟧&se=2026"},
	{"telegram", "bot ⟦123456789:AAabcdefghijklmnopqrstuvwxyz012345678⟧"},
	{"age", "⟦AGE-SECRET-KEY-1QQPQYRS9XYZ0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456⟧"},
	{"otp", "⟦otpauth://totp/Example:alice?secret=JBSWY3DPEHPK3PXP&issuer=Example⟧"},
	{"wireguard", "[Interface]\nPrivateKey = ⟦yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=⟧"},
	{"tls master key", "    Master-Key: ⟦7A3D2F0B1C4E5D6F708192A3B4C5D6E7F8091A2B3C4D5E6F708192A3B4C5D6E7⟧"},
	{"tls key log", "CLIENT_RANDOM 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef ⟦fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210⟧"},
	{"sip digest", `Digest username="1001",realm="ccm",nonce="x",uri="sip:a",response="⟦6629fae49393a05397450978507c4ef1⟧"`},
	{"snmp", "snmp-server community ⟦s3cretRO⟧ RO"},
	{"snmp", "snmpwalk -v2c -c ⟦pr1vateRW⟧ 10.0.0.1 system"},
	{"cisco 7", "enable password 7 ⟦0822455D0A16⟧"},
	{"cisco 9", "username admin secret 9 ⟦$9$nhEmQVczB7dqsO$X.HsgL6x1il0RxkOSSvyQYwucySCt7qFm4v7pqCxkKM⟧"},
	{"shadow", "uucp:⟦$6$rounds=5000$abcdefgh$0123456789abcdefghijklmnopqrstuvwxyzABCDEFGH⟧:19000:0"},
	{"radius", "radius-server host 10.1.1.1 key ⟦R4diusKey⟧"},
	{"isakmp", "pre-shared-key: ⟦VpnPsk!2026⟧"},
	{"ldap", "ldapsearch -x -D cn=admin,dc=x -w ⟦ldapPw123⟧ -b dc=x"},
	{"saml", "SAMLResponse=⟦PHNhbWxwOlJlc3BvbnNlIHhtbG5zOnNhbWxwPSJ1cm46b2FzaXM6bmFtZXM6dGM6U0FNTDoyLjA6cHJvdG9jb2wi⟧"},
	{"oauth code", "GET /cb?code=⟦4/0AY0e-g7abcdefghijklmnop⟧&state=x"},
	{"refresh token", `"refresh_token": "⟦1234567890abcdefghijklmnop⟧"`},
	{"csrf", "X-CSRF-Token: ⟦abcdefgh12345678⟧"},
	{"connection string", "Server=db;User Id=sa;Password=⟦Str0ng!Passw0rd⟧;Encrypt=true"},
	{"jwk", `{"kty":"EC","crv":"P-256","x":"AAAA","d":"⟦870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE⟧"}`},
	{"openssl -text", "privateExponent:\n⟦    00:ab:cd:ef:01:23:45:67:89:ab:cd:ef:01:23:45:\n    67:89:ab:cd:ef:01:23:45:67:89:ab:cd:ef:01:23⟧\n"},
}

func TestPlantedSecrets(t *testing.T) {
	if len(planted) < 50 {
		t.Fatalf("only %d plants", len(planted))
	}
	for _, p := range planted {
		before, rest, _ := strings.Cut(p.text, "⟦")
		secret, after, _ := strings.Cut(rest, "⟧")
		for _, frame := range []string{"%s", "curl: (60) SSL certificate problem: certificate has expired\n%s\nplease help", "`%s`", "> %s"} {
			text := fmt.Sprintf(frame, before+secret+after)
			out, list := Redact(text)
			for _, part := range strings.Fields(secret) {
				if len(part) >= 6 && strings.Contains(out, part) {
					t.Errorf("%s in %q: %q is left in %q", p.kind, frame, part, out)
				}
			}
			if len(list) == 0 {
				t.Errorf("%s in %q: nothing reported", p.kind, frame)
			}
			if strings.Count(out, "\n") != strings.Count(text, "\n") {
				t.Errorf("%s in %q: line numbers moved: %q", p.kind, frame, out)
			}
			again, _ := Redact(out)
			if again != out {
				t.Errorf("%s: a second pass changes %q to %q", p.kind, out, again)
			}
			a := diagnose(t, text)
			for _, f := range a.Findings {
				for _, e := range f.Evidence {
					for _, part := range strings.Fields(secret) {
						if len(part) >= 6 && strings.Contains(e.Text, part) {
							t.Errorf("%s: evidence holds the secret", p.kind)
						}
					}
				}
			}
		}
	}
}

// secretIn takes the marks out of a planted text: what is pasted, and what of it must go.
func secretIn(text string) (pasted string, parts []string) {
	before, rest, _ := strings.Cut(text, "⟦")
	secret, after, _ := strings.Cut(rest, "⟧")
	for _, part := range strings.Fields(secret) {
		if len(part) >= 6 {
			parts = append(parts, part)
		}
	}
	return before + secret + after, parts
}

// survives reports whether a planted secret is left by the redaction as it is now.
func survives(text string) bool {
	pasted, parts := secretIn(text)
	out, _ := Redact(pasted)
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(out, part) })
}

// TestEveryRuleIsNeeded: for each rule there is a planted secret that only it finds, so
// that no rule can break without a test that fails, and none is kept for nothing.
func TestEveryRuleIsNeeded(t *testing.T) {
	all := redactor
	defer func() { redactor = all }()
	for i, r := range rules {
		without := compileRules(append(slices.Clone(rules[:i]), rules[i+1:]...))
		needed := 0
		for _, p := range planted {
			redactor = func() *redactionRules { return without }
			if !survives(p.text) {
				continue
			}
			if redactor = all; !survives(p.text) {
				needed++
			}
		}
		if needed == 0 {
			t.Errorf("rule %d, %s, with the marks %s: no planted secret needs it", i, r.kind, r.marks)
		}
	}
}

// A rule looks at some kilobytes after its mark; a value that is longer goes whole.
func TestLongSecrets(t *testing.T) {
	long := strings.Repeat("a8Kq3ZtR", 4000)
	for _, text := range []string{
		"got eyJhbGciOiJSUzI1NiJ9." + long + ".dozjgNryP4J3", "password=" + long, "Authorization: Bearer " + long,
		`"client_secret": "` + long + `"`, "token: " + long, "<bind-password>" + long + "</bind-password>", "password: 'two words " + long + "'", "Set-Cookie: sid=" + long, "SAMLResponse=" + strings.Repeat(long, 3),
	} {
		if out, _ := Redact(text + "\nthen it failed"); len(out) > 200 || !strings.Contains(out, "then it failed") {
			t.Errorf("%.40s...: %d bytes are left", text, len(out))
		}
	}
}

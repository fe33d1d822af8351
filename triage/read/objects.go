package read

import (
	"regexp"
	"strings"
)

// condition is what Kubernetes says of an object: whether a type of condition holds, and
// why. kubectl describe, YAML and JSON write its parts in any order, a line or a field
// each.
type condition struct {
	kind, status, reason string
	span                 Span
}

// conditionField finds the parts of conditions; what stands after the message is not
// looked at, for a message may quote such a part.
var conditionField = regexp.MustCompile(`(?:^|[\s{,-])"?([Tt]ype|[Ss]tatus|[Rr]eason|[Mm]essage)"?:\s{0,40}["']?([\w.-]{0,64})`)

// conditionKinds are the conditions that say something of certificates, by type, status
// and reason (cert-manager pkg/apis/certmanager/v1, internal/controller/certificates/
// policies/constants.go, pkg/issuer; Kubernetes certificates/v1). The reasons that other
// objects have too count only beside cert-manager's name.
var conditionKinds = map[string]string{
	"Denied True": "ca.policy", "InvalidRequest True": "csr.malformed", "Ready False Denied": "ca.policy",
	"Ready False Expired": "verify.expired", "Ready False InvalidKeyPair": "key.mismatch", "Ready False SecretMismatch": "cert-manager.not-ready",
	"Ready False InvalidCertificate": "file.bad-format", "Ready False InvalidCertificateRequest": "csr.malformed",
	"Ready False ErrGetKeyPair": "ca.no-issuer", "Ready False ErrInvalidKeyPair": "ca.no-issuer",
	"Ready False ErrRegisterACMEAccount": "cert-manager.not-ready", "Ready False ErrVerifyACMEAccount": "cert-manager.not-ready",
	"Ready False DoesNotExist": "cert-manager.not-ready", "Ready False MissingData": "cert-manager.not-ready",
	"Ready False IncorrectIssuer": "cert-manager.not-ready", "Ready False IncorrectCertificate": "cert-manager.not-ready",
	"Ready False RequestChanged": "cert-manager.not-ready", "Ready False VaultError": "cert-manager.not-ready",
	"Ready False Failed": "cert-manager.not-ready", "Ready False Pending": "cert-manager.not-ready",
}

// settled are what cert-manager says of a step that went well. Words such as "has not
// expired" are no story, so they are cut.
var settled = []string{
	"Certificate is up to date and has not expired", "Certificate fetched from issuer successfully", "Certificate request has been approved by cert-manager.io",
	"The certificate has been successfully issued", "Not signing CertificateRequest until it is Approved", "Waiting for the Approved condition before issuing",
	"Signing CA verified", "The ACME account was registered with the ACME server", "The ACME account was verified with the ACME server",
}

// objects reads conditions and the tables of kubectl get.
func objects(text string, lines []line) []Fact {
	if !containsAny(text, []string{"ype:", `type"`, "NAME "}) {
		return nil
	}
	ours := containsAny(text, []string{"cert-manager", "CertificateRequest", "certificates.k8s.io"})
	var facts []Fact
	say := func(kind, value string, span Span) {
		if kind != "" && len(facts) < mostFacts {
			facts = append(facts, Fact{Kind: kind, Start: span.Start, End: span.End, Depth: -1, Program: "kubernetes", Value: value})
		}
	}
	var c condition
	header := ""
	for _, l := range lines {
		s := l.front()
		t, span := l.trimmed()
		if t == "" {
			header = ""
		} else if strings.HasPrefix(t, "NAME ") && strings.ToUpper(t) == t {
			header = t
		} else {
			say(row(header, t), "", span)
		}
		if t == "" || strings.HasPrefix(t, "- ") || strings.HasPrefix(t, "Last Transition") {
			say(c.says(ours), c.reason, c.span)
			c = condition{}
		}
		for _, at := range conditionField.FindAllStringSubmatchIndex(s, 64) {
			name, value := s[at[2]:at[3]], s[at[4]:at[5]]
			if c.part(name) != nil && *c.part(name) != "" {
				say(c.says(ours), c.reason, c.span)
				c = condition{}
			}
			if part := c.part(name); part != nil {
				if c.span.End == 0 {
					c.span.Start = l.start + at[2]
				}
				*part, c.span.End = value, l.start+at[5]
			}
		}
	}
	say(c.says(ours), c.reason, c.span)
	return facts
}

// part is where a field of a condition goes; the message goes nowhere.
func (c *condition) part(name string) *string {
	switch name[0] | 0x20 {
	case 't':
		return &c.kind
	case 's':
		return &c.status
	case 'r':
		return &c.reason
	}
	return nil
}

// says gives the kind of fact that a condition is. ours: the text is about certificates.
func (c *condition) says(ours bool) string {
	if kind := conditionKinds[c.kind+" "+c.status]; kind != "" {
		return kind
	}
	if common := c.reason == "Failed" || c.reason == "Pending" || c.reason == "Expired" || c.reason == "Denied"; common && !ours {
		return ""
	}
	return conditionKinds[c.kind+" "+c.status+" "+c.reason]
}

// row reads a row of kubectl get by the columns of its header, some of which may be empty:
// certificates, requests of cert-manager and of Kubernetes, orders and challenges.
func row(header, t string) string {
	for at, name := range words(header, 0, mostWords) {
		i := name.start
		if at == 0 || i >= len(t) || t[i-1] != ' ' {
			continue
		}
		cell, _, _ := strings.Cut(t[i:], " ")
		switch {
		case name.text == "denied" && cell == "True", name.text == "condition" && strings.HasSuffix(cell, "Denied"):
			return "ca.policy"
		case name.text == "ready" && cell == "False", name.text == "state" && (cell == "invalid" || cell == "errored" || cell == "expired"):
			return "cert-manager.not-ready"
		}
	}
	return ""
}

// refusal is how the client of Vault prints what the API answered (api/response.go), and
// the answer itself. A code alone does not say what was wrong, "permission denied" alone
// not to whom.
var (
	refusalCode = regexp.MustCompile(`^Code: (\d{3})\. (?:Raw Message|Errors):`)
	refusalBody = regexp.MustCompile(`"errors":\s{0,10}\[\s{0,10}"(?:\d{1,3} errors? occurred:(?:\\n|\\t|\s){1,8}\* )?(?:permission denied|missing client token|invalid token)`)
	statuses    = map[string]bool{"400": true, "403": true, "404": true, "429": true, "500": true, "502": true, "503": true}
)

// refusals reads what Vault and OpenBao refused: whose token may not is a matter of
// credentials, whatever else stands there.
func refusals(text string, lines []line) []Fact {
	if !strings.Contains(text, "Code: ") && !strings.Contains(text, `"errors"`) {
		return nil
	}
	var facts []Fact
	add := func(kind, value string, start, end int) {
		facts = append(facts, Fact{Kind: kind, Start: start, End: end, Depth: -1, Program: "vault", Value: value})
	}
	code := ""
	for _, l := range lines {
		t, span := l.trimmed()
		t = t[:min(len(t), longestLine)]
		if m := refusalCode.FindStringSubmatch(t); m != nil {
			if code = m[1]; statuses[code] {
				add("http.status."+code, code, span.Start, span.Start+len("Code: 400"))
			}
		}
		if at := refusalBody.FindStringIndex(t); at != nil {
			add("auth.credentials", "", span.Start+at[0], span.Start+at[1])
		} else if code == "403" && containsAny(t, []string{"permission denied", "invalid token", "bad token", "missing client token"}) {
			add("auth.credentials", code, span.Start, span.End)
			code = ""
		}
		if len(facts) >= mostFacts {
			break
		}
	}
	return facts
}

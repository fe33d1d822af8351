package read

import (
	"regexp"
	"strconv"
	"strings"
)

// schannelEvents are the events of TLS on Windows, by the number that they have in every
// language (manifest of the provider Schannel).
var schannelEvents = map[string]string{
	"36869": "key.unusable", "36870": "key.unusable", "36871": "tls.failed", "36872": "verify.chain-incomplete", "36874": "tls.cipher",
	"36876": "verify.failed", "36877": "verify.failed", "36881": "verify.validity", "36882": "verify.untrusted-root", "36883": "verify.revoked",
	"36884": "verify.name", "36886": "tls.no-certificate", "36887": "alert.received.", "36888": "alert.sent.", "36889": "verify.chain-incomplete",
}

// The alert of an event stands in its data, or at the end of its sentence about TLS.
var (
	schannelNumber = regexp.MustCompile(`\b368[6-9]\d\b`)
	schannelAlert  = regexp.MustCompile(`AlertDesc["']?\s?[>:=]\s?(\d{1,3})\b|TLS[^\n]{0,120}?\b(\d{2,3})\b`)
)

// events reads what Windows logs of TLS, as XML, as a table or as the viewer copies it.
func events(text string, _ []line) []Fact {
	if !containsAny(text, []string{"Schannel", "SChannel", "schannel", "SCHANNEL"}) {
		return nil
	}
	var facts []Fact
	found := schannelNumber.FindAllStringIndex(text, mostFacts)
	for i, at := range found {
		f := Fact{Kind: schannelEvents[text[at[0]:at[1]]], Start: at[0], End: at[1], Depth: -1, Program: "schannel"}
		if strings.HasPrefix(f.Kind, "alert.") {
			to := min(len(text), at[1]+2000)
			if i+1 < len(found) {
				to = min(to, found[i+1][0])
			}
			m := schannelAlert.FindStringSubmatch(text[at[1]:to])
			if m == nil {
				continue
			}
			f.Value = m[1] + m[2]
			n, _ := strconv.Atoi(f.Value)
			if alertNames[n] == nil || n == 0 {
				continue
			}
			f.Kind += alertNames[n][0]
		}
		if f.Kind != "" {
			facts = append(facts, f)
		}
	}
	return facts
}

package workflows

import (
	"slices"
	"strings"
	"unicode/utf8"

	"countersign/certs"
	"countersign/triage"
)

// Text is something to be said to a person, not yet in any language.
type Text = certs.Text

// MaxReason bounds what people write beside a decision, in characters: what a Slack
// section holds.
const MaxReason = 2000

// ClipBytes cuts s to at most n bytes at a line's end.
func ClipBytes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	if i := strings.LastIndexByte(s[:n], '\n'); i > n/2 {
		return s[:i]
	}
	return strings.ToValidUTF8(s[:n], "")
}

// ProseLines are the lines of a text that say something, blanks joined; no armour.
func ProseLines(text string) []string {
	var out []string
	inside := false
	for _, line := range strings.Split(text, "\n") {
		line = strings.Join(strings.Fields(line), " ")
		switch {
		case strings.HasPrefix(line, "-----BEGIN"):
			inside = true
		case strings.HasPrefix(line, "-----END"):
			inside = false
		case line != "" && !inside:
			out = append(out, line)
		}
	}
	return out
}

// HoldsKey recognises a pasted private key by its armour, broken or not. It is asked
// wherever people type: what it recognises is refused, and so never stored.
func HoldsKey(texts ...string) bool {
	for _, text := range texts {
		_, found := triage.Redact(text)
		if slices.ContainsFunc(found, func(r triage.Redaction) bool { return r.Kind == "private-key" }) {
			return true
		}
	}
	return false
}

// WithoutSecrets is a text as it may be stored and shown: what people type into answers
// and reasons is kept, the password among it is not.
func WithoutSecrets(text string) string {
	text, _ = triage.Redact(text)
	return text
}

func ClipReason(s string) string {
	s = strings.TrimSpace(WithoutSecrets(s))
	if r := []rune(s); len(r) > MaxReason {
		return string(r[:MaxReason])
	}
	return s
}

// CheckedReason is what a person wrote as a reason, as it may be stored and shown.
// missing is what to say when there is none.
func CheckedReason(text, missing string) (string, *Error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "" && missing != "":
		return "", &Error{Code: Invalid, Field: "reason", Text: certs.T(missing)}
	case HoldsKey(text):
		return "", &Error{Code: Invalid, Field: "reason", Text: certs.T("workflows.problem.private_key")}
	case utf8.RuneCountInString(text) > MaxReason:
		return "", &Error{Code: Invalid, Field: "reason", Text: certs.T("workflows.problem.reason_long")}
	}
	return WithoutSecrets(text), nil
}

// ClipRunes cuts s to at most n characters.
func ClipRunes(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return strings.TrimSpace(string(r[:n]))
	}
	return s
}

package slacksim

import (
	"errors"
	"maps"
	"strings"
)

// refusal is Slack's "ok": false.
type refusal struct {
	code     string
	messages []string
	fields   object
}

func (r *refusal) Error() string { return r.code }

func no(code string, messages ...string) error {
	return &refusal{code: code, messages: messages}
}

func (r *refusal) json() object {
	out := object{"ok": false, "error": r.code}
	if len(r.messages) > 0 {
		out["response_metadata"] = object{"messages": r.messages}
		plain := make([]string, len(r.messages))
		for i, m := range r.messages {
			plain[i] = strings.TrimPrefix(m, "[ERROR] ")
		}
		out["errors"] = plain
	}
	maps.Copy(out, r.fields)
	return out
}

func codeOf(err error) string {
	if r, ok := errors.AsType[*refusal](err); ok {
		return r.code
	}
	return "internal_error"
}

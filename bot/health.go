package bot

import (
	"sync"
)

// Health says whether the doors are open. Readiness is false with a reason when Slack
// refuses us for good (missing_scope, token_expired, ...): the library would try for
// ever and look alive.
type Health struct {
	mu     sync.Mutex
	reason string
	open   map[int]bool
}

// Ready reports whether the bot hears and may speak, and if not, why.
func (h *Health) Ready() (bool, string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.reason != "" {
		return false, h.reason
	}
	for _, open := range h.open {
		if open {
			return true, ""
		}
	}
	return false, "not connected to Slack yet"
}

func (h *Health) connected(n int, up bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.open == nil {
		h.open = map[int]bool{}
	}
	h.open[n] = up
	if up {
		h.reason = ""
	}
}

// refused records a failure that does not pass by itself.
func (h *Health) refused(reason string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.reason = reason
}

// lasting are Slack's errors that only an operator can mend.
var lasting = map[string]string{
	"invalid_auth":            "the token is not valid: install the app again and set the new token",
	"not_authed":              "no token is set",
	"account_inactive":        "the app or its workspace was deactivated",
	"token_revoked":           "the token was revoked: install the app again",
	"token_expired":           "the token has expired: install the app again",
	"missing_scope":           "the app lacks a scope: compare its scopes with manifest.yml and install it again",
	"not_allowed_token_type":  "this is the wrong kind of token: xapp- for Socket Mode, xoxb- for the rest",
	"link_disabled":           "Socket Mode is switched off for the app",
	"access_denied":           "the workspace denies the app access",
	"team_access_not_granted": "the app is not installed in this workspace",
}

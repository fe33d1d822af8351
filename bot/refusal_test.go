package bot

import (
	"strings"
	"testing"

	"github.com/slack-go/slack"
)

// TestResponseURLIsNotLogged: what is logged of a response_url that failed does not say it.
func TestResponseURLIsNotLogged(t *testing.T) {
	for _, to := range []string{"http://127.0.0.1:1/actions/secret", "http://127.0.0.1:1/ actions/secret", "http://127.0.0.1:bad/secret", "://secret"} {
		if err := respondTo(t.Context(), to, &slack.WebhookMessage{}); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", to, err)
		}
	}
}

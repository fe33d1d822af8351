package bot

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/slack-go/slack"
)

// TestUnreadableClick: a value that no card of ours carries is acknowledged, does nothing and
// is logged, without what it says.
func TestUnreadableClick(t *testing.T) {
	var log bytes.Buffer
	b := &clicks{&wizard{&responder{&workspace{log: slog.New(slog.NewTextHandler(&log, nil))}}}}
	for action, value := range map[string]string{actKeyAllow: "R-1 secret", actSkip: "", actTake: "C-1 secret", actCaseAnswer: "secret", actCaseTick: "secret"} {
		log.Reset()
		do, _ := handlerOf(b.routes(), action)
		ack, ok := do(t.Context(), click{action: &slack.BlockAction{ActionID: action, Value: value}})
		if ack != nil || !ok {
			t.Errorf("%s: %v, %v", action, ack, ok)
		}
		if s := log.String(); !strings.Contains(s, "block_actions/"+action) || strings.Contains(s, "secret") {
			t.Errorf("%s: log %q", action, s)
		}
	}
}

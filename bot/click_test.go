package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"countersign/workflows"
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

// TestUnreadableEffect: a row whose payload cannot be read is given up with the reason.
func TestUnreadableEffect(t *testing.T) {
	jobs := map[string]job{}
	handle(jobs, func(context.Context, workflows.Effect, workflows.PostPlan) error { return nil })
	err := jobs[workflows.PostPlan{}.Kind()](t.Context(), workflows.Effect{Body: []byte(`{"conversation":7}`)})
	if workflows.CodeOf(err) != workflows.NotFound || !errors.As(err, new(*json.UnmarshalTypeError)) {
		t.Errorf("%v", err)
	}
	if _, passing := passesAfter(err, 1); passing {
		t.Error("it is tried again")
	}
}

package slacksim

import (
	"context"
	"encoding/json"
	"errors"
)

// envelope is one message of Socket Mode; over HTTP only its payload travels.
type envelope struct {
	Payload         json.RawMessage `json:"payload"`
	ID              string          `json:"envelope_id"`
	Type            string          `json:"type"`
	AcceptsResponse bool            `json:"accepts_response_payload"`
	RetryAttempt    int             `json:"retry_attempt"`
	RetryReason     string          `json:"retry_reason"`
	name            string          // of the event or interaction, for faults
}

// waiting is the expectation of one acknowledgement.
type waiting struct {
	name   string
	answer chan json.RawMessage // one answer; never closed
	failed chan error
	forget func()
}

func newWaiting(name string) *waiting {
	return &waiting{name: name, answer: make(chan json.RawMessage, 1), failed: make(chan error, 1), forget: func() {}}
}

func (w *waiting) fail(err error) {
	if w != nil {
		w.failed <- err
	}
}

func (w *waiting) wait(ctx context.Context) (json.RawMessage, error) {
	defer w.forget()
	select {
	case a := <-w.answer:
		return a, nil
	case err := <-w.failed:
		return nil, err
	case <-ctx.Done():
		return nil, errNoAck
	}
}

type doorKind int

const (
	doorEvents doorKind = iota
	doorInteractivity
	doorCommands
	doorOptions
)

var (
	errNoConnection = errors.New("no connection to the app")
	errNoAck        = errors.New("not acknowledged in time")
	errBadAnswer    = errors.New("answered with an error")
)

// errNoRetry is an answer with X-Slack-No-Retry: 1.
var errNoRetry = errors.New("answered with an error and X-Slack-No-Retry")

func retryReason(err error) string {
	switch {
	case errors.Is(err, errNoAck):
		return "timeout"
	case errors.Is(err, errNoConnection):
		return "connection_failed"
	}
	return "http_error"
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

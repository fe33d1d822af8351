package bot

import (
	"errors"
	"strings"

	"github.com/slack-go/slack"
)

// describe makes an error of Slack's readable in a log: its code, missing scope and
// pointers into the blocks, never content or tokens.
func describe(method string, err error) error {
	if err == nil {
		return nil
	}
	var se slack.SlackErrorResponse
	if errors.As(err, &se) {
		text := method + ": " + se.Err
		if se.Needed != "" {
			text += " (needs scope " + se.Needed + ", has " + se.Provided + ")"
		}
		if len(se.ResponseMetadata.Messages) > 0 {
			text += ": " + strings.Join(se.ResponseMetadata.Messages, "; ")
		}
		return &apiError{text: text, code: se.Err, err: err}
	}
	return &apiError{text: method + ": " + err.Error(), err: err}
}

// apiError is a failed call of the Web API.
type apiError struct {
	text, code string
	err        error
}

func (e *apiError) Error() string { return e.text }
func (e *apiError) Unwrap() error { return e.err }

// codeOf gives Slack's error code, or "".
func codeOf(err error) string {
	var se slack.SlackErrorResponse
	if errors.As(err, &se) {
		return se.Err
	}
	return ""
}

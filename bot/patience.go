package bot

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"time"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// inPlace is how often trouble with Slack is waited out without giving the effect back:
// a minute in all.
const inPlace = 6

// patiently repeats do while Slack is in trouble, at most times more, with 1 s, 2 s, ...
// 30 s between.
func patiently(ctx context.Context, times int, do func() error) error {
	for n := 0; ; n++ {
		err := do()
		if n == times || !sick(err) || !sleep(ctx, min(time.Second<<min(n, 5), 30*time.Second)) {
			return err
		}
	}
}

// sleep reports whether ctx let it.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// sick reports that Slack, or the way to it, does not work, whatever is asked of it.
func sick(err error) bool {
	var status slack.StatusCodeError
	var netErr net.Error
	switch {
	case errors.As(err, &status):
		return status.Code >= http.StatusInternalServerError
	case errors.Is(err, context.DeadlineExceeded): // ours, or it was in line for too long
		return false
	case errors.As(err, &netErr):
		return true
	}
	return passingCodes[codeOf(err)]
}

// passingCodes are Slack's for its own trouble.
var passingCodes = map[string]bool{"internal_error": true, "fatal_error": true, "request_timeout": true,
	"service_unavailable": true, "ratelimited": true, "team_added_to_org": true}

// reasonFor is a failure in a word, for operators.
func reasonFor(err error) string {
	var status slack.StatusCodeError
	switch {
	case codeOf(err) != "":
		return codeOf(err)
	case errors.As(err, &status):
		return fmt.Sprintf("HTTP %d", status.Code)
	case errors.Is(err, context.DeadlineExceeded):
		return workflows.Waiting
	case sick(err):
		return "unreachable"
	}
	return "internal"
}

// passesAfter says whether a failure passes by itself, and after how long. Only an outage of
// Slack, or what an operator has to mend, may last: a failure of Slack's that may be due
// to this one message is given up after 20 claims, one of ours after 8.
func passesAfter(err error, attempts int) (time.Duration, bool) {
	var limited *slack.RateLimitedError
	backoff := min(time.Second<<min(attempts, 8), 5*time.Minute)
	backoff -= time.Duration(rand.Int64N(int64(backoff)/5 + 1))
	code := codeOf(err)
	_, operator := lasting[code]
	switch {
	case errors.As(err, &limited):
		return limited.RetryAfter + time.Duration(rand.Int64N(int64(time.Second))), true
	case errors.Is(err, context.DeadlineExceeded):
		return 0, attempts < 20
	case code != "" && passingCodes[code]:
		return backoff, attempts < 20
	case code != "":
		return backoff, operator // an operator will mend it; until then it waits
	case sick(err):
		return backoff, true
	case errors.As(err, new(slack.StatusCodeError)):
		return 0, false
	case workflows.CodeOf(err) == workflows.NotFound || workflows.CodeOf(err) == workflows.Forbidden:
		return 0, false
	}
	return backoff, attempts < 8
}

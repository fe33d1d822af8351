package bot

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// TestUrgentCallsGoFirst: after a limit, what somebody waits for is not behind what nobody
// does.
func TestUrgentCallsGoFirst(t *testing.T) {
	var mu sync.Mutex
	var got []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if got = append(got, r.FormValue("who")); len(got) == 1 {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusTooManyRequests)
		}
	}))
	defer server.Close()
	p := newPace()
	inLine := func(n int) {
		for {
			p.mu.Lock()
			l := p.limits["chat.update"]
			there := l != nil && len(l.line) == n
			p.mu.Unlock()
			if there {
				return
			}
			time.Sleep(time.Millisecond)
		}
	}
	var all sync.WaitGroup
	for i, who := range []string{"a", "b", "c", "D"} {
		d := &delivery{urgent: strings.ToUpper(who) == who}
		ctx := context.WithValue(t.Context(), deliveryKey{}, d)
		all.Go(func() {
			r, _ := http.NewRequestWithContext(ctx, http.MethodPost, server.URL+"/api/chat.update", strings.NewReader(url.Values{"who": {who}}.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			resp, err := p.Do(r)
			if err != nil {
				t.Error(err)
				return
			}
			_ = resp.Body.Close()
		})
		inLine(i + 1)
	}
	all.Wait()
	// One tries after a limit; then two at a time, whose order on the wire is theirs.
	if len(got) != 5 || got[0] != "a" || got[1] != "D" {
		t.Errorf("called %q", got)
	}
}

// TestNothingIsTriedForEver, but what an outage or an operator ends.
func TestNothingIsTriedForEver(t *testing.T) {
	said := func(code string) error { return describe("chat.postMessage", slack.SlackErrorResponse{Err: code}) }
	for _, c := range []struct {
		err  error
		last int // the attempt after which it is given up; 0: never
	}{
		{context.DeadlineExceeded, 20},
		{describe("chat.update", &url.Error{Op: "Post", Err: context.DeadlineExceeded}), 20},
		{said("internal_error"), 20},
		{said("channel_not_found"), 1},
		{said("invalid_auth"), 0},
		{said("missing_scope"), 0},
		{slack.StatusCodeError{Code: 503}, 0},
		{slack.StatusCodeError{Code: 413}, 1},
		{&slack.RateLimitedError{RetryAfter: time.Hour}, 0},
		{&url.Error{Op: "Post", Err: errors.New("connection refused")}, 0},
		{workflows.Refuse(workflows.NotFound, "x"), 1},
		{errors.New("ours"), 8},
	} {
		for attempt := 1; attempt < 100; attempt++ {
			after, passing := passesAfter(c.err, attempt)
			if want := c.last == 0 || attempt < c.last; passing != want {
				t.Errorf("%v, attempt %d: tried again %v", c.err, attempt, passing)
				break
			}
			if passing && after <= 0 && !errors.Is(c.err, context.DeadlineExceeded) {
				t.Errorf("%v, attempt %d: tried again at once", c.err, attempt)
			}
		}
	}
}

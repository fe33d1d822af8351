package slacksim

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"
)

// RequestURLs are where an app without Socket Mode takes its requests. Slack
// lets each be set apart; the empty ones stand for Interactivity, and that
// for Events.
type RequestURLs struct {
	Events        string `json:"events"`
	Interactivity string `json:"interactivity"`
	Commands      string `json:"commands"`
	Options       string `json:"options"`
}

// httpDoor delivers signed requests to an app's request URLs.
type httpDoor struct {
	life      *lifetime
	app       *App
	faults    *faultBox
	ackWithin time.Duration
	client    http.Client

	mu   sync.Mutex
	urls RequestURLs
}

// maxAnswer bounds what is read of an app's HTTP answer.
const maxAnswer = 512 << 10

func (d *httpDoor) url(kind doorKind) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	u := d.urls
	interactivity := cmp.Or(u.Interactivity, u.Events)
	switch kind {
	case doorEvents:
		return u.Events
	case doorCommands:
		return cmp.Or(u.Commands, interactivity)
	case doorOptions:
		return cmp.Or(u.Options, interactivity)
	}
	return interactivity
}

// UseHTTP switches from Socket Mode to request URLs. Like Slack's settings
// page it first asks the events URL to answer a challenge, and refuses a URL
// that does not. Zero URLs switch back to Socket Mode.
func (d *httpDoor) UseHTTP(ctx context.Context, urls RequestURLs) error {
	if urls.Events != "" {
		challenge := random(20)
		body, err := json.Marshal(object{"token": d.app.VerificationToken, "challenge": challenge, "type": "url_verification"})
		if err != nil {
			return err
		}
		answer, err := d.request(ctx, urls.Events, "application/json", body, nil)
		if err != nil {
			return fmt.Errorf("your URL didn't respond with the value of the challenge parameter: %w", err)
		}
		var echoed struct {
			Challenge string `json:"challenge"`
		}
		if json.Unmarshal(answer, &echoed) != nil {
			echoed.Challenge = string(bytes.TrimSpace(answer))
		}
		if echoed.Challenge != challenge {
			return errors.New("your URL didn't respond with the value of the challenge parameter")
		}
	}
	d.mu.Lock()
	d.urls = urls
	d.mu.Unlock()
	return nil
}

// knock sends one payload to a request URL and treats the body of a 200 as
// the acknowledgement's payload. w may be nil.
func (d *httpDoor) knock(env envelope, kind doorKind, target string, w *waiting) {
	ctx, cancel := context.WithTimeout(d.life.ctx, d.ackWithin)
	defer cancel()
	contentType, body, header := "application/json", []byte(env.Payload), http.Header{}
	switch kind {
	case doorInteractivity, doorOptions:
		contentType, body = formType, []byte(url.Values{"payload": {string(env.Payload)}}.Encode())
	case doorCommands:
		contentType, body = formType, commandForm(env.Payload)
	case doorEvents:
		if env.RetryAttempt > 0 {
			header.Set("X-Slack-Retry-Num", strconv.Itoa(env.RetryAttempt))
			header.Set("X-Slack-Retry-Reason", httpReason(env.RetryReason))
		}
	}
	answer, err := d.request(ctx, target, contentType, body, header)
	if err == nil && d.faults.take(FaultLostAck, env.name) != nil {
		err = errNoAck
	}
	if err != nil {
		w.fail(err)
		return
	}
	if kind == doorEvents || len(bytes.TrimSpace(answer)) == 0 {
		answer = nil
	}
	if w != nil {
		w.answer <- answer
	}
}

const formType = "application/x-www-form-urlencoded"

func httpReason(reason string) string {
	if reason == "timeout" {
		return "http_timeout"
	}
	return reason
}

func commandForm(payload json.RawMessage) []byte {
	var fields map[string]any
	if json.Unmarshal(payload, &fields) != nil {
		return nil // built by interact from an object
	}
	form := url.Values{}
	for k, v := range fields {
		form.Set(k, fmt.Sprint(v))
	}
	return []byte(form.Encode())
}

// request sends a signed request (docs.slack.dev, Verifying requests from
// Slack: version v0) and answers the body of a 2xx.
func (d *httpDoor) request(ctx context.Context, target, contentType string, body []byte, header http.Header) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	maps.Copy(req.Header, header)
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	mac := hmac.New(sha256.New, []byte(d.app.SigningSecret))
	_, _ = fmt.Fprintf(mac, "v0:%s:%s", stamp, body) // a hash never fails to write
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("User-Agent", "Slackbot 1.0 (+https://api.slack.com/robots)")
	req.Header.Set("X-Slack-Request-Timestamp", stamp)
	req.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
	resp, err := d.client.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return nil, errNoAck
		}
		return nil, errNoConnection
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, errNoAck
	}
	if resp.StatusCode/100 != 2 {
		if resp.Header.Get("X-Slack-No-Retry") == "1" {
			return nil, fmt.Errorf("%w (HTTP %d)", errNoRetry, resp.StatusCode)
		}
		return nil, fmt.Errorf("%w (HTTP %d)", errBadAnswer, resp.StatusCode)
	}
	return answer, nil
}

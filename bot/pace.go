package bot

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/slack-go/slack"
)

// Calls at a time. Slack serves far more; a channel that is slow or full is not to have
// them all, nor what nobody waits for.
const (
	maxCalls         = 256
	maxOrdinaryCalls = 192
	maxChannelCalls  = 8
)

// answersWithin is how long Slack may take to begin an answer.
const answersWithin = 30 * time.Second

// pace is the HTTP client of the Web API. It makes each call when Slack takes it: what
// Slack limits (429 with Retry-After; per method, of chat.postMessage per channel) waits
// as told, those whom somebody waits for first; then one call tries, and each that is
// taken lets more be made at a time. Nothing else waits for it. Slack says how fast, and
// allows bursts without saying how long: nobody counts here
// (docs.slack.dev/apis/web-api/rate-limits). It is safe for concurrent use.
type pace struct {
	client        *http.Client
	all, ordinary chan struct{}

	mu       sync.Mutex
	limits   map[string]*limit        // by key, of what was limited lately
	channels map[string]chan struct{} // calls to a channel that nobody waits for
}

// limit is what is known of a method that was limited lately.
type limit struct {
	next   time.Time // not before this
	window int       // calls at a time
	under  int       // calls under way
	line   []*entry  // urgent ones first
}

// opened is the window from which on a method counts as free again.
const opened = 64

// entry is a call in line.
type entry struct {
	urgent bool
	wake   chan struct{} // to look again
}

func newPace() *pace {
	transport := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // documented
	transport.ResponseHeaderTimeout = answersWithin
	transport.MaxIdleConnsPerHost = 32
	return &pace{client: &http.Client{Transport: transport}, all: make(chan struct{}, maxCalls), ordinary: make(chan struct{}, maxOrdinaryCalls),
		limits: map[string]*limit{}, channels: map[string]chan struct{}{}}
}

// keyOf names what Slack counts a call under.
func keyOf(method, channel string) string {
	if method == "chat.postMessage" {
		return method + " " + channel
	}
	return method
}

// called gives method and channel of a request; "" for what is no method: contents of
// files, answers to a response_url.
func called(r *http.Request) (method, channel string) {
	if method = path.Base(r.URL.Path); path.Base(path.Dir(r.URL.Path)) != "api" {
		return "", ""
	}
	if r.GetBody == nil || r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
		return method, ""
	}
	body, err := r.GetBody()
	if err != nil {
		return method, ""
	}
	raw, _ := io.ReadAll(body) // of memory
	form, _ := url.ParseQuery(string(raw))
	return method, form.Get("channel")
}

// Do is http.Client's.
func (p *pace) Do(r *http.Request) (*http.Response, error) {
	method, channel := called(r)
	if method == "" {
		return p.client.Do(r)
	}
	key, ctx := keyOf(method, channel), r.Context()
	for {
		place := reservedIn(ctx, key)
		reserved := place != nil
		if !reserved {
			var err error
			if place, _, err = p.enter(ctx, key, channel); err != nil {
				return nil, err
			}
		}
		place.used = true
		resp, err := p.client.Do(r)
		after := retryAfter(resp)
		place.leave(after)
		if after == 0 || reserved || r.Body != nil && r.Body != http.NoBody && r.GetBody == nil { // it is not for us to say it again
			return resp, err
		}
		_ = resp.Body.Close() // a refusal
		r = r.Clone(ctx)
		if r.GetBody != nil {
			if r.Body, err = r.GetBody(); err != nil {
				return nil, err
			}
		}
	}
}

// retryAfter is how long an answer says to wait; 0: it was taken.
func retryAfter(resp *http.Response) time.Duration {
	if resp == nil || resp.StatusCode != http.StatusTooManyRequests {
		return 0
	}
	seconds, err := strconv.Atoi(resp.Header.Get("Retry-After"))
	if err != nil {
		seconds = 1
	}
	return time.Duration(max(seconds, 1)) * time.Second
}

// place is the right to make one call.
type place struct {
	p     *pace
	key   string
	limit *limit
	taken []chan struct{}
	left  bool
	used  bool
}

// enter waits until a call may be made, and says whether it had to.
func (p *pace) enter(ctx context.Context, key, channel string) (_ *place, waited bool, err error) {
	rooms := []chan struct{}{p.all}
	if !isUrgent(ctx) {
		rooms = []chan struct{}{p.ordinary, p.all}
		if channel != "" {
			rooms = slices.Insert(rooms, 0, p.callsTo(channel))
		}
	}
	mine := &place{p: p, key: key}
	mine.limit, waited, err = p.allowed(ctx, key)
	for _, room := range rooms {
		if err != nil {
			break
		}
		waited = waited || len(room) == cap(room)
		select {
		case room <- struct{}{}:
			mine.taken = append(mine.taken, room)
		case <-ctx.Done():
			err = ctx.Err()
		}
	}
	if err != nil {
		mine.leave(0)
	}
	return mine, waited, err
}

// leave gives a place back, once, with what Slack said: 0, or how long to wait.
func (m *place) leave(after time.Duration) {
	m.p.mu.Lock()
	defer m.p.mu.Unlock()
	if m.left {
		return
	}
	m.left = true
	for _, room := range m.taken {
		<-room
	}
	l := m.limit
	if l != nil {
		l.under--
	}
	if after > 0 {
		if l = m.p.limits[m.key]; l == nil {
			l = &limit{}
			m.p.limits[m.key] = l
		}
		l.window = 1
		if next := time.Now().Add(after); next.After(l.next) {
			l.next = next
		}
	} else if l != nil && m.used {
		l.window++
	}
	if l == nil {
		return
	}
	if l.window >= opened && m.p.limits[m.key] == l {
		delete(m.p.limits, m.key)
	}
	l.look()
}

// look has the first in line look whether it is its turn.
func (l *limit) look() {
	if len(l.line) > 0 {
		select {
		case l.line[0].wake <- struct{}{}:
		default: // it will
		}
	}
}

// callsTo is the room for calls to a channel that nobody waits for.
func (p *pace) callsTo(channel string) chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.channels[channel] == nil {
		p.channels[channel] = make(chan struct{}, maxChannelCalls)
	}
	return p.channels[channel]
}

// isUrgent: what is no delivery answers a click.
func isUrgent(ctx context.Context) bool {
	d := deliveryIn(ctx)
	return d == nil || d.urgent
}

// allowed waits until Slack takes a call, and says whether it had to. It fails at once, as
// Slack would, where the time of ctx does not reach so far. nil: there is no limit.
func (p *pace) allowed(ctx context.Context, key string) (_ *limit, waited bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.limits[key]
	if l == nil {
		return nil, false, nil
	}
	me := &entry{urgent: isUrgent(ctx), wake: make(chan struct{}, 1)}
	at := len(l.line)
	if ordinary := slices.IndexFunc(l.line, func(e *entry) bool { return !e.urgent }); me.urgent && ordinary >= 0 {
		at = ordinary
	}
	l.line = slices.Insert(l.line, at, me)
	defer func() {
		l.line = slices.DeleteFunc(l.line, func(e *entry) bool { return e == me })
		l.look()
	}()
	for {
		wait := time.Until(l.next)
		if l.line[0] == me && wait <= 0 && l.under < l.window {
			l.under++
			return l, waited, nil
		}
		if end, ok := ctx.Deadline(); ok && end.Before(l.next) {
			return nil, waited, &slack.RateLimitedError{RetryAfter: wait}
		}
		waited = true
		var open <-chan time.Time
		if l.line[0] == me && wait > 0 {
			open = time.After(wait)
		}
		p.mu.Unlock()
		select {
		case <-me.wake:
		case <-open:
		case <-ctx.Done():
		}
		p.mu.Lock()
		if ctx.Err() != nil {
			return nil, waited, ctx.Err()
		}
	}
}

type reservedKey struct{}

// reserve waits until a method may be called and gives a context for that one call, so
// that the caller can look at the state after the wait; waited says that it may have
// changed. done ends the reservation, used or not.
func (p *pace) reserve(ctx context.Context, method, channel string) (once context.Context, done func(), waited bool, err error) {
	mine, waited, err := p.enter(ctx, keyOf(method, channel), channel)
	return context.WithValue(ctx, reservedKey{}, mine), func() { mine.leave(0) }, waited, err
}

// reservedIn uses a reservation up.
func reservedIn(ctx context.Context, key string) *place {
	mine, _ := ctx.Value(reservedKey{}).(*place)
	if mine == nil || mine.key != key || mine.used {
		return nil
	}
	mine.used = true
	return mine
}

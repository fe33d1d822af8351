package llm

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	openai "github.com/sashabaranov/go-openai"
)

// Assistant asks a model. It is safe for concurrent use.
type Assistant struct {
	c      Config
	client *openai.Client
	ledger ledger
	cache  *cache
	slots  chan struct{}
	secret []byte // makes the fences of the material unguessable

	mu     sync.Mutex
	failed int       // calls in a row
	rest   time.Time // no calls before this
}

// New makes an assistant. It returns ErrOff for a config without URL, and contacts
// nobody. A nil Assistant is valid, and every method of it returns ErrOff.
func New(c Config) (*Assistant, error) {
	if c.URL == "" {
		return nil, ErrOff
	}
	if c.Model == "" {
		return nil, errors.New("llm: name the model")
	}
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" {
		return nil, errors.New("llm: the URL must be like https://llm.example.com/v1")
	}
	switch {
	case u.Scheme == "https":
	case u.Scheme == "http" && (c.Plain || ownMachine(u.Hostname())):
	default:
		return nil, fmt.Errorf("llm: %s is not https; allow plain http explicitly if the network may be trusted", u.Host)
	}
	if err := c.Languages.check(); err != nil {
		return nil, err
	}
	set(&c.Timeout, 20*time.Second)
	set(&c.Input, 8000)
	set(&c.Output, 700)
	set(&c.AtOnce, 4)
	set(&c.PerCase.Calls, 12)
	set(&c.PerCase.Tokens, 40_000)
	set(&c.PerDay.Calls, 2000)
	set(&c.PerDay.Tokens, 2_000_000)
	set(&c.PerMonth.Calls, math.MaxInt)
	set(&c.PerMonth.Tokens, math.MaxInt)
	if c.Now == nil {
		c.Now = time.Now
	}
	return newAssistant(c), nil
}

// What is read of one answer, in bytes, and how many answers are kept.
const (
	maxBody     = 256 << 10
	keepAnswers = 512
)

func newAssistant(c Config) *Assistant {
	a := &Assistant{c: c, ledger: ledger{c: c}, cache: newCache(keepAnswers), slots: make(chan struct{}, c.AtOnce), secret: make([]byte, 16)}
	a.ledger.restore(c.Spent)
	rand.Read(a.secret) //nolint:errcheck // it does not fail: see its documentation
	conf := openai.DefaultConfig(string(c.Key))
	conf.BaseURL = strings.TrimRight(c.URL, "/")
	conf.HTTPClient = &http.Client{
		Transport:     bounded{c.Transport},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // the key goes to one host
	}
	a.client = openai.NewClientWithConfig(conf)
	return a
}

// Ledger gives what day and month have cost, for Config.Spent of the next start.
func (a *Assistant) Ledger() string {
	if a == nil {
		return ""
	}
	return asJSON(a.ledger.now())
}

// Spent gives what today has cost so far, calls under way at their most.
func (a *Assistant) Spent() Budget {
	if a == nil {
		return Budget{}
	}
	return a.ledger.now().Today
}

// bounded cuts answers that do not end.
type bounded struct{ next http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := cmp.Or(b.next, http.DefaultTransport).RoundTrip(r)
	if err == nil {
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(resp.Body, maxBody), resp.Body}
	}
	return resp, err
}

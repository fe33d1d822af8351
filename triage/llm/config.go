package llm

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"net/http"
	"net/url"
	"time"
)

// Secret is a value that no log or message shows.
type Secret string

// String hides the value.
func (Secret) String() string { return "REDACTED" }

// GoString hides the value from %#v.
func (Secret) GoString() string { return "REDACTED" }

// LogValue hides the value.
func (Secret) LogValue() slog.Value { return slog.StringValue("REDACTED") }

// MarshalText hides the value.
func (Secret) MarshalText() ([]byte, error) { return []byte("REDACTED"), nil }

// Config says which model to use and what it may cost. Without URL and Model there is
// no assistant.
type Config struct {
	URL   string // base of the endpoint, as https://llm.example.com/v1
	Model string
	Key   Secret // empty for endpoints without one
	// Plain allows http to hosts other than this machine: a model in the same network.
	Plain bool

	Timeout time.Duration // of one call; default 20 s
	Input   int           // bytes of material of one call; default 8,000
	Output  int           // tokens of one answer; default 700
	AtOnce  int           // calls at the same time; default 4

	PerCase Budget // default 12 calls, 40,000 tokens
	PerDay  Budget // default 2,000 calls, 2,000,000 tokens
	// PerMonth is not bounded where it is zero; calendar months, UTC.
	PerMonth Budget
	// Spent is what Assistant.Ledger gave before the last stop; "" begins anew.
	Spent string
	// PriceIn and PriceOut are the price of a million tokens, in millionths of the
	// currency in which the budgets' Cost is counted. Zero: money is not bounded.
	PriceIn, PriceOut int64

	// Transport carries the calls; nil is the system's, with its proxy settings.
	Transport http.RoundTripper
	// Now is the clock of the daily budget; nil is time.Now.
	Now func() time.Time
}

// Budget bounds what is spent; a zero field takes the default, or no bound for Cost.
type Budget struct {
	Calls  int
	Tokens int
	Cost   int64 // millionths of a currency
}

// ErrOff means that no assistant is configured.
var ErrOff = errors.New("llm: no assistant is configured")

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
	set(&c.Timeout, 20*time.Second)
	set(&c.Input, 8000)
	set(&c.Output, 700)
	set(&c.AtOnce, 4)
	set(&c.PerCase.Calls, 12)
	set(&c.PerCase.Tokens, 40_000)
	set(&c.PerDay.Calls, 2000)
	set(&c.PerDay.Tokens, 2_000_000)
	for _, p := range []*int{&c.PerMonth.Calls, &c.PerMonth.Tokens} {
		set(p, math.MaxInt)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return newAssistant(c), nil
}

func set[T int | time.Duration](p *T, d T) {
	if *p <= 0 {
		*p = d
	}
}

func ownMachine(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

package llm

import (
	"errors"
	"log/slog"
	"net"
	"net/http"
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
	// Languages are those that it may speak.
	Languages Languages

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

func set[T int | time.Duration](p *T, d T) {
	if *p <= 0 {
		*p = d
	}
}

func ownMachine(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

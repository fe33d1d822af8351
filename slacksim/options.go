package slacksim

import (
	"cmp"
	"fmt"
	"io"
	"net"
	"time"
)

// Options change how strict, fast and visible a workspace is. The zero value
// is Slack's own behaviour on a free port of the loopback interface.
type Options struct {
	// Addr is where to listen; default 127.0.0.1:0.
	Addr string
	// Public permits an address that other machines can reach. The page lets
	// whoever opens it act as anybody, so this is refused unless asked for.
	Public bool
	// BaseURL is how the app and the browser reach the workspace, if not at
	// the address it listens on.
	BaseURL string
	// AckWithin is how long the app may take to acknowledge; default 3 s.
	AckWithin time.Duration
	// TriggerLife is how long a trigger_id is good; default 3 s.
	TriggerLife time.Duration
	// Retries are the waits before each redelivery of an event that was not
	// acknowledged; default at once, 1 minute, 5 minutes. Empty but not nil
	// means none.
	Retries []time.Duration
	// RateScale multiplies Slack's rate limits; 0 means 1. A load test that
	// measures something else sets it high.
	RateScale float64
	// Transcript receives the transcript as JSON lines while it grows.
	Transcript io.Writer
}

func (o *Options) complete() {
	o.Addr = cmp.Or(o.Addr, "127.0.0.1:0")
	if o.Retries == nil {
		o.Retries = []time.Duration{0, time.Minute, 5 * time.Minute}
	}
	o.AckWithin = cmp.Or(o.AckWithin, 3*time.Second)
	o.TriggerLife = cmp.Or(o.TriggerLife, 3*time.Second)
	o.RateScale = cmp.Or(o.RateScale, 1)
}

func listen(opt Options) (net.Listener, error) {
	addr, err := net.ResolveTCPAddr("tcp", opt.Addr)
	if err != nil {
		return nil, fmt.Errorf("address %q: %w", opt.Addr, err)
	}
	if !opt.Public && !addr.IP.IsLoopback() {
		return nil, fmt.Errorf("address %q is reachable from other machines, and whoever opens the page can act as anybody; use 127.0.0.1 or allow it expressly", opt.Addr)
	}
	ln, err := net.ListenTCP("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", opt.Addr, err)
	}
	return ln, nil
}

package slacksim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
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
	// Ping is the interval of WebSocket pings; default 10 s.
	Ping time.Duration
	// Transcript receives the transcript as JSON lines while it grows.
	Transcript io.Writer
	// KeepTranscript bounds the entries kept in memory; default 20,000.
	KeepTranscript int
}

// Sim is a running workspace. All methods are safe for concurrent use.
type Sim struct {
	opt    Options
	base   string // http://host:port
	server *http.Server
	stop   context.CancelFunc
	ctx    context.Context
	wg     sync.WaitGroup
	closed chan struct{} // closed, under gate, once no goroutine may start
	gate   sync.Mutex

	transcript *Transcript
	faults     faultBox
	limits     rateLimits
	sockets    socketPool
	door       httpDoor
	out        eventQueue

	mu       sync.Mutex // guards everything below
	ws       Workspace
	people   map[string]*Person // by id
	channels map[string]*channel
	order    []string // channel ids as made
	files    map[string]*file
	views    map[string]*view
	stacks   map[string][]*view // open modals by person, root first
	homes    map[string]*view
	triggers map[string]*trigger
	hooks    map[string]*hook
	inputs   map[string]stateValues // by person and message: what was chosen in it
	toasts   map[string][]Toast
	watchers map[string]map[chan sse]bool
	lastTS   int64
	lastID   int64
	changed  chan struct{} // closed and replaced whenever something visible changes
}

// New starts a workspace. It stops with Close.
func New(ws Workspace, opt Options) (*Sim, error) {
	if err := ws.complete(); err != nil {
		return nil, fmt.Errorf("workspace: %w", err)
	}
	opt.complete()
	ln, err := listen(opt)
	if err != nil {
		return nil, err
	}
	s := &Sim{
		opt: opt, ws: ws, base: opt.BaseURL, people: map[string]*Person{}, channels: map[string]*channel{}, files: map[string]*file{},
		views: map[string]*view{}, stacks: map[string][]*view{}, homes: map[string]*view{}, triggers: map[string]*trigger{},
		hooks: map[string]*hook{}, inputs: map[string]stateValues{}, toasts: map[string][]Toast{},
		watchers: map[string]map[chan sse]bool{}, changed: make(chan struct{}), closed: make(chan struct{}),
	}
	if s.base == "" {
		s.base = "http://" + ln.Addr().String()
	}
	s.ctx, s.stop = context.WithCancel(context.Background())
	s.transcript = newTranscript(opt.Transcript, opt.KeepTranscript, ws.App)
	s.limits.scale = opt.RateScale
	s.out.init()
	s.sockets.init()
	s.populate()
	s.server = &http.Server{Handler: s.counted(s.routes()), ReadHeaderTimeout: 10 * time.Second, BaseContext: func(net.Listener) context.Context { return s.ctx }}
	s.spawn(s.pump)
	s.spawn(func() { _ = s.server.Serve(ln) }) // answers ErrServerClosed on Close
	return s, nil
}

func (o *Options) complete() {
	o.Addr = or(o.Addr, "127.0.0.1:0")
	if o.AckWithin == 0 {
		o.AckWithin = 3 * time.Second
	}
	if o.TriggerLife == 0 {
		o.TriggerLife = 3 * time.Second
	}
	if o.Retries == nil {
		o.Retries = []time.Duration{0, time.Minute, 5 * time.Minute}
	}
	if o.RateScale == 0 {
		o.RateScale = 1
	}
	if o.Ping == 0 {
		o.Ping = 10 * time.Second
	}
	if o.KeepTranscript == 0 {
		o.KeepTranscript = 20_000
	}
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

// Close drops every connection and stops all deliveries.
func (s *Sim) Close() error {
	s.gate.Lock()
	select {
	case <-s.closed:
		s.gate.Unlock()
		return nil
	default:
		close(s.closed)
	}
	s.gate.Unlock()
	s.stop()
	s.out.close()
	s.sockets.closeAll()
	err := s.server.Close()
	s.wg.Wait()
	if err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("close: %w", err)
	}
	return nil
}

// spawn runs f in a goroutine that Close waits for; once closing it does not.
func (s *Sim) spawn(f func()) {
	if s.enter() {
		go func() { defer s.wg.Done(); f() }()
	}
}

// enter has Close wait for s.wg.Done; false: it is closing.
func (s *Sim) enter() bool {
	s.gate.Lock()
	defer s.gate.Unlock()
	select {
	case <-s.closed:
		return false
	default:
		s.wg.Add(1)
		return true
	}
}

// counted has Close wait for whoever is being served, sockets too, of which
// http.Server.Close knows nothing: nothing is noted after Close.
func (s *Sim) counted(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.enter() {
			http.Error(w, "the workspace is closed", http.StatusServiceUnavailable)
			return
		}
		defer s.wg.Done()
		h.ServeHTTP(w, r)
	})
}

// URL is the address of the page; APIURL that of the Web API, with a slash at
// its end as the SDKs want it.
func (s *Sim) URL() string    { return s.base }
func (s *Sim) APIURL() string { return s.base + "/api/" }

// App is the app as registered, with its tokens and signing secret.
func (s *Sim) App() App { return s.ws.App }

// Transcript is what has passed between the people, the workspace and the app.
func (s *Sim) Transcript() *Transcript { return s.transcript }

// touch wakes everybody who waits for a change. The caller holds mu.
func (s *Sim) touch() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// waitFor calls cond, under the lock, now and after every change, until it is
// true or ctx ends.
func (s *Sim) waitFor(ctx context.Context, cond func() bool) error {
	for {
		s.mu.Lock()
		if cond() {
			s.mu.Unlock()
			return nil
		}
		changed := s.changed
		s.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		case <-s.ctx.Done():
			return s.ctx.Err()
		}
	}
}

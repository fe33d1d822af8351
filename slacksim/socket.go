package slacksim

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Limits of Socket Mode.
const (
	// maxSockets is how many connections an app may hold at once.
	maxSockets = 10
	// maxAck is the size at which Slack silently drops an answer that came
	// over a socket (slack-go, socketmode.go: measured).
	maxAck = 20_480
	// ticketLife is how long the address from apps.connections.open is good.
	ticketLife = 30 * time.Second
)

// envelope is one message of Socket Mode; over HTTP only its payload travels.
type envelope struct {
	Payload         json.RawMessage `json:"payload"`
	ID              string          `json:"envelope_id"`
	Type            string          `json:"type"`
	AcceptsResponse bool            `json:"accepts_response_payload"`
	RetryAttempt    int             `json:"retry_attempt"`
	RetryReason     string          `json:"retry_reason"`
	name            string          // of the event or interaction, for faults
}

// waiting is the expectation of one acknowledgement.
type waiting struct {
	name   string
	answer chan json.RawMessage // one answer; never closed
	failed chan error
	forget func()
}

func newWaiting(name string) *waiting {
	return &waiting{name: name, answer: make(chan json.RawMessage, 1), failed: make(chan error, 1), forget: func() {}}
}

func (w *waiting) fail(err error) {
	if w != nil {
		w.failed <- err
	}
}

func (w *waiting) wait(ctx context.Context) (json.RawMessage, error) {
	defer w.forget()
	select {
	case a := <-w.answer:
		return a, nil
	case err := <-w.failed:
		return nil, err
	case <-ctx.Done():
		return nil, errNoAck
	}
}

type socketPool struct {
	mu      sync.Mutex
	tickets map[string]time.Time
	conns   []*socket
	pending map[string]*waiting
	opened  int
	closed  bool
}

type socket struct {
	conn  *websocket.Conn
	write sync.Mutex
}

func (p *socketPool) init() {
	p.tickets, p.pending = map[string]time.Time{}, map[string]*waiting{}
}

func (p *socketPool) closeAll() {
	p.mu.Lock()
	conns := p.conns
	p.conns, p.closed = nil, true
	p.mu.Unlock()
	for _, c := range conns {
		_ = c.conn.Close() // already gone is fine
	}
}

// Connections is the number of open Socket Mode connections.
func (s *Sim) Connections() int {
	s.sockets.mu.Lock()
	defer s.sockets.mu.Unlock()
	return len(s.sockets.conns)
}

// ticket makes a WebSocket address that works once.
func (s *Sim) ticket() string {
	t := random(16)
	s.sockets.mu.Lock()
	for old, made := range s.sockets.tickets {
		if time.Since(made) > ticketLife {
			delete(s.sockets.tickets, old)
		}
	}
	s.sockets.tickets[t] = time.Now()
	s.sockets.mu.Unlock()
	return strings.Replace(s.base, "http", "ws", 1) + "/link/?" + url.Values{"ticket": {t}, "app_id": {s.ws.App.ID}}.Encode()
}

func (p *socketPool) redeem(t string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	made, ok := p.tickets[t]
	delete(p.tickets, t)
	return ok && time.Since(made) <= ticketLife
}

var upgrader = websocket.Upgrader{ReadBufferSize: 32 << 10, WriteBufferSize: 32 << 10,
	// SDKs send an Origin of slack.com; the ticket is what authenticates.
	CheckOrigin: func(*http.Request) bool { return true }}

// link serves one Socket Mode connection until it ends.
func (s *Sim) link(w http.ResponseWriter, r *http.Request) {
	if !s.sockets.redeem(r.URL.Query().Get("ticket")) {
		http.Error(w, "invalid or used ticket", http.StatusUnauthorized)
		return
	}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // Upgrade has answered
	}
	conn.SetReadLimit(1 << 20)
	c := &socket{conn: conn}
	n, ok := s.sockets.join(c)
	if !ok {
		_ = c.send(object{"type": "disconnect", "reason": "too_many_websockets", "debug_info": object{"host": "slacksim"}})
		_ = conn.Close()
		return
	}
	defer s.leave(c)
	hello := object{"type": "hello", "num_connections": n, "connection_info": object{"app_id": s.ws.App.ID},
		"debug_info": object{"host": "applink-slacksim", "build_number": 1, "approximate_connection_time": 18060}}
	if c.send(hello) != nil {
		return
	}
	s.note("socket", "hello")
	s.spawn(func() { s.pings(c) })
	for {
		_, raw, err := conn.ReadMessage()
		if err != nil {
			return
		}
		s.received(raw)
	}
}

func (p *socketPool) join(c *socket) (int, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || len(p.conns) >= maxSockets {
		return 0, false
	}
	p.conns = append(p.conns, c)
	p.opened++
	return len(p.conns), true
}

func (s *Sim) leave(c *socket) {
	s.sockets.mu.Lock()
	for i, other := range s.sockets.conns {
		if other == c {
			s.sockets.conns = append(s.sockets.conns[:i], s.sockets.conns[i+1:]...)
			break
		}
	}
	s.sockets.mu.Unlock()
	_ = c.conn.Close()
	s.note("socket", "closed")
}

// note records a change of connection and wakes who waits for one.
func (s *Sim) note(kind, name string) {
	s.transcript.add(Entry{Direction: FromApp, Kind: kind, Name: name})
	s.mu.Lock()
	s.touch()
	s.mu.Unlock()
}

func (s *Sim) pings(c *socket) {
	tick := time.NewTicker(s.opt.Ping)
	defer tick.Stop()
	for {
		// The first ping comes at once: SDKs start their watch on it.
		if c.conn.WriteControl(websocket.PingMessage, []byte("Ping from slacksim"), time.Now().Add(time.Second)) != nil {
			return
		}
		select {
		case <-tick.C:
		case <-s.ctx.Done():
			return
		}
	}
}

func (c *socket) send(v any) error {
	c.write.Lock()
	defer c.write.Unlock()
	if err := c.conn.SetWriteDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return err
	}
	return c.conn.WriteJSON(v)
}

// received takes an acknowledgement. Like Slack it ignores, without a word,
// what is too large, malformed or unknown.
func (s *Sim) received(raw []byte) {
	var ack struct {
		ID      string          `json:"envelope_id"`
		Payload json.RawMessage `json:"payload"`
	}
	if len(raw) >= maxAck {
		s.transcript.add(Entry{Direction: FromApp, Kind: "dropped", Name: "answer of 20,480 bytes or more"})
		return
	}
	if json.Unmarshal(raw, &ack) != nil || ack.ID == "" {
		return
	}
	s.sockets.mu.Lock()
	w := s.sockets.pending[ack.ID]
	s.sockets.mu.Unlock()
	if w == nil {
		return
	}
	if s.faults.take(FaultLostAck, w.name) != nil {
		s.transcript.add(Entry{Direction: FromApp, Kind: "dropped", Name: "acknowledgement of " + w.name + " lost on the way"})
		return
	}
	select {
	case w.answer <- ack.Payload:
	default: // a second acknowledgement of the same envelope
	}
}

// dispatch sends an envelope and answers the expectation of its
// acknowledgement.
func (s *Sim) dispatch(env envelope, kind doorKind) *waiting {
	w := newWaiting(env.name)
	s.transmit(env, kind, w)
	return w
}

// transmit sends an envelope through the HTTP door if that is configured, else
// to one random connection. w may be nil.
func (s *Sim) transmit(env envelope, kind doorKind, w *waiting) {
	if target := s.door.url(kind); target != "" {
		s.spawn(func() { s.knock(env, kind, target, w) })
		return
	}
	s.sockets.mu.Lock()
	n := len(s.sockets.conns)
	if n == 0 {
		s.sockets.mu.Unlock()
		w.fail(errNoConnection)
		return
	}
	c := s.sockets.conns[rand.IntN(n)]
	if w != nil {
		s.sockets.pending[env.ID] = w
		w.forget = func() {
			s.sockets.mu.Lock()
			delete(s.sockets.pending, env.ID)
			s.sockets.mu.Unlock()
		}
	}
	s.sockets.mu.Unlock()
	if s.faults.take(FaultDropSocket, env.name) != nil {
		_ = c.conn.Close() // the connection dies with the envelope half way
		return
	}
	if c.send(env) != nil {
		_ = c.conn.Close()
		w.fail(errNoConnection)
	}
}

// Disconnect tells every open connection to go, with one of Slack's reasons
// (warning, refresh_requested, link_disabled), and closes it: after Slack's
// ten seconds for a warning, else at once.
func (s *Sim) Disconnect(reason string) {
	s.sockets.mu.Lock()
	conns := append([]*socket(nil), s.sockets.conns...)
	s.sockets.mu.Unlock()
	for _, c := range conns {
		_ = c.send(object{"type": "disconnect", "reason": reason, "debug_info": object{"host": "applink-slacksim"}})
		wait := 100 * time.Millisecond
		if reason == "warning" {
			wait = 10 * time.Second
		}
		time.AfterFunc(wait, func() { _ = c.conn.Close() })
	}
	s.note("socket", "disconnect "+reason)
}

// DropSockets cuts every connection without a word, as a network does.
func (s *Sim) DropSockets() {
	s.sockets.mu.Lock()
	conns := append([]*socket(nil), s.sockets.conns...)
	s.sockets.mu.Unlock()
	for _, c := range conns {
		_ = c.conn.Close()
	}
}

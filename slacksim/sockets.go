package slacksim

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
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
	// pingEvery is the interval of WebSocket pings.
	pingEvery = 10 * time.Second
	// ticketLife is how long the address from apps.connections.open is good.
	ticketLife = 30 * time.Second
)

// socketPool is the app's Socket Mode connections.
type socketPool struct {
	life       *lifetime
	st         *state
	faults     *faultBox
	transcript *Transcript

	mu      sync.Mutex
	tickets map[string]time.Time
	conns   []*socket
	pending map[string]*waiting
	closed  bool
}

type socket struct {
	conn  *websocket.Conn
	write sync.Mutex
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
func (p *socketPool) Connections() int { return len(p.open()) }

func (p *socketPool) open() []*socket {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.conns)
}

// ticket makes a WebSocket address that works once.
func (p *socketPool) ticket() string {
	t := random(16)
	p.mu.Lock()
	maps.DeleteFunc(p.tickets, func(_ string, made time.Time) bool { return time.Since(made) > ticketLife })
	p.tickets[t] = time.Now()
	p.mu.Unlock()
	return strings.Replace(p.st.base, "http", "ws", 1) + "/link/?" + url.Values{"ticket": {t}, "app_id": {p.st.ws.App.ID}}.Encode()
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
func (p *socketPool) link(w http.ResponseWriter, r *http.Request) {
	if !p.redeem(r.URL.Query().Get("ticket")) {
		http.Error(w, "invalid or used ticket", http.StatusUnauthorized)
		return
	}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // Upgrade has answered
	}
	conn.SetReadLimit(1 << 20)
	c := &socket{conn: conn}
	n, ok := p.join(c)
	if !ok {
		_ = c.send(object{"type": "disconnect", "reason": "too_many_websockets", "debug_info": object{"host": "slacksim"}})
		_ = conn.Close()
		return
	}
	defer p.leave(c)
	hello := object{"type": "hello", "num_connections": n, "connection_info": object{"app_id": p.st.ws.App.ID},
		"debug_info": object{"host": "applink-slacksim", "build_number": 1, "approximate_connection_time": 18060}}
	if c.send(hello) != nil {
		return
	}
	p.note("socket", "hello")
	p.life.spawn(func() { p.pings(c) })
	for {
		_, raw, err := conn.ReadMessage()
		if err != nil {
			return
		}
		p.received(raw)
	}
}

func (p *socketPool) join(c *socket) (int, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || len(p.conns) >= maxSockets {
		return 0, false
	}
	p.conns = append(p.conns, c)
	return len(p.conns), true
}

func (p *socketPool) leave(c *socket) {
	p.mu.Lock()
	p.conns = slices.DeleteFunc(p.conns, func(other *socket) bool { return other == c })
	p.mu.Unlock()
	_ = c.conn.Close()
	p.note("socket", "closed")
}

// note records a change of connection and wakes who waits for one.
func (p *socketPool) note(kind, name string) {
	p.transcript.add(Entry{Direction: FromApp, Kind: kind, Name: name})
	p.st.wake()
}

func (p *socketPool) pings(c *socket) {
	tick := time.NewTicker(pingEvery)
	defer tick.Stop()
	for {
		// The first ping comes at once: SDKs start their watch on it.
		if c.conn.WriteControl(websocket.PingMessage, []byte("Ping from slacksim"), time.Now().Add(time.Second)) != nil {
			return
		}
		select {
		case <-tick.C:
		case <-p.life.ctx.Done():
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
func (p *socketPool) received(raw []byte) {
	var ack struct {
		ID      string          `json:"envelope_id"`
		Payload json.RawMessage `json:"payload"`
	}
	if len(raw) >= maxAck {
		p.transcript.add(Entry{Direction: FromApp, Kind: "dropped", Name: "answer of 20,480 bytes or more"})
		return
	}
	if json.Unmarshal(raw, &ack) != nil || ack.ID == "" {
		return
	}
	p.mu.Lock()
	w := p.pending[ack.ID]
	p.mu.Unlock()
	if w == nil {
		return
	}
	if p.faults.take(FaultLostAck, w.name) != nil {
		p.transcript.add(Entry{Direction: FromApp, Kind: "dropped", Name: "acknowledgement of " + w.name + " lost on the way"})
		return
	}
	select {
	case w.answer <- ack.Payload:
	default: // a second acknowledgement of the same envelope
	}
}

// transmit sends an envelope to one random connection. w may be nil.
func (p *socketPool) transmit(env envelope, w *waiting) {
	p.mu.Lock()
	n := len(p.conns)
	if n == 0 {
		p.mu.Unlock()
		w.fail(errNoConnection)
		return
	}
	c := p.conns[rand.IntN(n)]
	if w != nil {
		p.pending[env.ID] = w
		w.forget = func() {
			p.mu.Lock()
			delete(p.pending, env.ID)
			p.mu.Unlock()
		}
	}
	p.mu.Unlock()
	if p.faults.take(FaultDropSocket, env.name) != nil {
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
func (p *socketPool) Disconnect(reason string) {
	for _, c := range p.open() {
		_ = c.send(object{"type": "disconnect", "reason": reason, "debug_info": object{"host": "applink-slacksim"}})
		wait := 100 * time.Millisecond
		if reason == "warning" {
			wait = 10 * time.Second
		}
		time.AfterFunc(wait, func() { _ = c.conn.Close() })
	}
	p.note("socket", "disconnect "+reason)
}

// DropSockets cuts every connection without a word, as a network does.
func (p *socketPool) DropSockets() {
	for _, c := range p.open() {
		_ = c.conn.Close()
	}
}

package probe

import (
	"errors"
	"io"
	"net"
	"sync"
	"syscall"

	"countersign/triage/artefact"
)

// errTooMuch ends a server that does not stop talking.
var errTooMuch = errors.New("the server sent more than a probe reads")

// recorded is a connection of which everything is kept, within a bound: what a
// handshake was is read from that afterwards, also when the handshake failed.
type recorded struct {
	net.Conn
	mu   sync.Mutex
	said []artefact.Said
	left int64 // bytes that may still be read
	kept int
	end  error // how reading ended
}

// most is how much is kept of both sides together, in bytes.
const most = 512 << 10

func (c *recorded) Read(p []byte) (int, error) {
	c.mu.Lock()
	left := c.left
	c.mu.Unlock()
	if left <= 0 {
		return 0, errTooMuch
	}
	n, err := c.Conn.Read(p[:min(int64(len(p)), left)])
	c.record(artefact.Server, p[:n])
	c.mu.Lock()
	defer c.mu.Unlock()
	c.left -= int64(n)
	if err != nil && c.end == nil {
		c.end = err
	}
	return n, err
}

func (c *recorded) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.record(artefact.Client, p[:n])
	return n, err
}

func (c *recorded) record(from artefact.Side, p []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := min(len(p), most-c.kept); n > 0 {
		c.said = append(c.said, artefact.Said{From: from, Data: append([]byte(nil), p[:n]...)})
		c.kept += n
	}
}

// ended says whether and how the server ended the connection.
func (c *recorded) ended() (closed, reset bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.end == nil:
		return false, false
	case errors.Is(c.end, io.EOF):
		return true, false
	}
	return isReset(c.end), isReset(c.end)
}

func isReset(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

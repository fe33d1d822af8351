package slacksim

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ids makes timestamps and ids that no other has. Its methods are called with
// mu held.
type ids struct{ lastTS, lastID int64 }

// capitals keeps letters and digits only, as Slack's ids do.
func capitals(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToUpper(s))
}

func random(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails since Go 1.24
	return hex.EncodeToString(b)
}

func nowTS() string {
	now := time.Now().UnixMicro()
	return fmt.Sprintf("%d.%06d", now/1e6, now%1e6)
}

// envelopeID has the shape of a UUID.
func envelopeID() string {
	h := random(16)
	return h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-8" + h[17:20] + "-" + h[20:]
}

// nextTS is a message timestamp: seconds with six decimals, each greater than
// all before it, as Slack's are within a channel.
func (s *ids) nextTS() string {
	s.lastTS = max(time.Now().UnixMicro(), s.lastTS+1)
	return fmt.Sprintf("%d.%06d", s.lastTS/1e6, s.lastTS%1e6)
}

// nextID makes an id of Slack's shape: a letter, a zero, capitals and digits.
func (s *ids) nextID(prefix string) string {
	s.lastID++
	return prefix + "0" + strings.ToUpper(strconv.FormatInt(36*36*36*36*36*36+time.Now().Unix()%(1<<20)*10_000+s.lastID, 36))
}

func (s *ids) shortID() string {
	return strings.ToLower(s.nextID("b"))
}

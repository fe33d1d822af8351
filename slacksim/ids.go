package slacksim

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// nextTS is a message timestamp: seconds with six decimals, each greater than
// all before it, as Slack's are within a channel. The caller holds mu.
func (s *Sim) nextTS() string {
	now := time.Now().UnixMicro()
	if now <= s.lastTS {
		now = s.lastTS + 1
	}
	s.lastTS = now
	return fmt.Sprintf("%d.%06d", now/1e6, now%1e6)
}

// nextID makes an id of Slack's shape: a letter, a zero, capitals and digits.
// The caller holds mu.
func (s *Sim) nextID(prefix string) string {
	s.lastID++
	return prefix + "0" + strings.ToUpper(strconv.FormatInt(36*36*36*36*36*36+time.Now().Unix()%(1<<20)*10_000+s.lastID, 36))
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

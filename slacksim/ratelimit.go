package slacksim

import (
	"math"
	"sync"
	"time"
)

// Slack's tiers: how many calls of one method a minute, at least
// (docs.slack.dev/apis/web-api/rate-limits).
var perMinute = map[int]float64{1: 1, 2: 20, 3: 50, 4: 100}

// postBurst is how many messages a channel takes at once before the limit of
// one a second holds; Slack allows short bursts without saying how long.
const postBurst = 10

// specialTier stands for methods with limits of their own.
const specialTier = 5

// rateLimits are token buckets that hold one minute's allowance each.
type rateLimits struct {
	mu      sync.Mutex
	scale   float64
	buckets map[string]*bucket
}

type bucket struct {
	tokens float64
	last   time.Time
}

// take uses one call of a method of a tier and answers 0, or the seconds to
// wait.
func (l *rateLimits) take(name string, tier int, channel string) int {
	if name == "chat.postMessage" {
		return l.use(name+" "+channel, 1*l.scale, postBurst*l.scale)
	}
	if tier == 0 || tier == specialTier {
		return 0
	}
	n := perMinute[tier] * l.scale
	return l.use(name, n/60, n)
}

// use takes from a bucket that fills at rate a second up to burst.
func (l *rateLimits) use(key string, rate, burst float64) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.buckets == nil {
		l.buckets = map[string]*bucket{}
	}
	now := time.Now()
	b := l.buckets[key]
	if b == nil {
		b = &bucket{tokens: math.Max(1, burst), last: now}
		l.buckets[key] = b
	}
	b.tokens = math.Min(math.Max(1, burst), b.tokens+now.Sub(b.last).Seconds()*rate)
	b.last = now
	if b.tokens < 1 {
		return int(math.Ceil((1 - b.tokens) / rate))
	}
	b.tokens--
	return 0
}

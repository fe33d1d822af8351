package slacksim

import (
	"math"
	"sync"

	"golang.org/x/time/rate"
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
	buckets map[string]*rate.Limiter
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

// use takes from a bucket that fills at so many a second up to burst.
func (l *rateLimits) use(key string, second, burst float64) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.buckets[key] == nil {
		l.buckets[key] = rate.NewLimiter(rate.Limit(second), max(1, int(burst)))
	}
	r := l.buckets[key].Reserve()
	wait := r.Delay()
	if wait > 0 {
		r.Cancel() // the call is refused and uses nothing up
	}
	return int(math.Ceil(wait.Seconds()))
}

package main

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"countersign/storage"
	"countersign/workflows"
)

// meter counts what becomes of effects. It stands between the workers and the outbox,
// which knows nothing of it.
type meter struct {
	workflows.Outbox
	begun  *prometheus.CounterVec
	failed *prometheus.CounterVec
}

func newMeter(outbox workflows.Outbox) *meter {
	return &meter{Outbox: outbox,
		begun: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "countersign_effects_begun_total",
			Help: "Effects that a worker took, by kind: cards and messages to Slack, keys, signatures."}, []string{"lane", "kind"}),
		failed: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "countersign_effects_failed_total",
			Help: "Attempts that failed, by kind and by Slack's error code or the reason of the trouble; end is again or dead."}, []string{"lane", "kind", "reason", "end"})}
}

// Claim counts what is begun.
func (m *meter) Claim(ctx context.Context, lane workflows.Lane, lease time.Duration, except ...string) (workflows.Effect, bool, error) {
	e, ok, err := m.Outbox.Claim(ctx, lane, lease, except...)
	if ok {
		m.begun.WithLabelValues(string(e.Lane), e.Kind).Inc()
	}
	return e, ok, err
}

// Retry counts what has to be done again.
func (m *meter) Retry(ctx context.Context, e workflows.Effect, due time.Time, reason string) error {
	if reason != workflows.Waiting { // no failure: its time has not come
		m.failed.WithLabelValues(string(e.Lane), e.Kind, clipLabel(reason), "again").Inc()
	}
	return m.Outbox.Retry(ctx, e, due, reason)
}

// Bury counts what is given up.
func (m *meter) Bury(ctx context.Context, e workflows.Effect, reason string, tell workflows.Change) error {
	m.failed.WithLabelValues(string(e.Lane), e.Kind, clipLabel(reason), "dead").Inc()
	return m.Outbox.Bury(ctx, e, reason, tell)
}

// clipLabel keeps a label short: reasons are codes and catalogue keys, but nothing
// here makes sure of that.
func clipLabel(s string) string { return s[:min(len(s), 60)] }

// collector gives the present state when it is asked for.
type collector struct {
	a *app

	mu    sync.Mutex
	stats storage.Stats
	read  time.Time
}

var (
	descReady    = prometheus.NewDesc("countersign_ready", "1 when the bot hears Slack, as /readyz.", nil, nil)
	descRequests = prometheus.NewDesc("countersign_requests", "Requests by state.", []string{"state"}, nil)
	descWaiting  = prometheus.NewDesc("countersign_oldest_undecided_seconds", "How long the longest-waiting undecided request has stood as it is.", nil, nil)
	descPending  = prometheus.NewDesc("countersign_outbox_pending", "Effects that are still to be done.", []string{"lane"}, nil)
	descOldest   = prometheus.NewDesc("countersign_outbox_oldest_seconds", "How long ago the oldest of them was due.", []string{"lane"}, nil)
	descDead     = prometheus.NewDesc("countersign_outbox_dead", "Effects that were given up, ever.", nil, nil)
	descOwed     = prometheus.NewDesc("countersign_revocations_owed", "Requests with a valid certificate that a person has to revoke at its CA.", nil, nil)
	descLogin    = prometheus.NewDesc("countersign_vault_logged_in", "1 while this identity has a token of Vault.", []string{"identity"}, nil)
	descToken    = prometheus.NewDesc("countersign_vault_token_expires_seconds", "Time until that token ends if it is not renewed.", []string{"identity"}, nil)
)

// Describe says nothing: what there is depends on the state.
func (c *collector) Describe(chan<- *prometheus.Desc) {}

// Collect reads the state.
func (c *collector) Collect(out chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	one := map[bool]float64{true: 1}
	ready, _ := c.a.bot.Health().Ready()
	gauge(descReady, one[ready])
	for _, s := range c.a.keys.sessions() {
		who := s.Identity
		expires, err := s.Expires()
		gauge(descLogin, one[err == nil], who)
		if err == nil && !expires.IsZero() {
			gauge(descToken, time.Until(expires).Seconds(), who)
		}
	}
	c.a.collectModel(gauge)
	s, err := c.counts()
	if err != nil {
		c.a.log.Warn("metrics", "err", err)
		return
	}
	for _, state := range states {
		gauge(descRequests, float64(s.Requests[state]), string(state))
	}
	gauge(descWaiting, age(s.Waiting))
	for _, lane := range []workflows.Lane{workflows.Work, workflows.Notify, workflows.Files, workflows.Background} {
		gauge(descPending, float64(s.Pending[lane]), string(lane))
		gauge(descOldest, age(s.Oldest[lane]), string(lane))
	}
	gauge(descDead, float64(s.Dead))
	gauge(descOwed, float64(s.Owed))
}

func age(since time.Time) float64 {
	if since.IsZero() {
		return 0
	}
	return max(time.Since(since).Seconds(), 0)
}

// statsFor is how long counts are believed: they cost what is stored.
const statsFor = 10 * time.Second

func (c *collector) counts() (storage.Stats, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.read) < statsFor {
		return c.stats, nil
	}
	ctx, done := context.WithTimeout(context.Background(), 5*time.Second)
	defer done()
	s, err := c.a.db.Stats(ctx)
	if err == nil {
		c.stats, c.read = s, time.Now()
	}
	return s, err
}

// metrics serves the counters and the state.
func (a *app) metrics() http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(a.meter.begun, a.meter.failed, a.aside.looks, a.aside.calls, &collector{a: a})
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
}

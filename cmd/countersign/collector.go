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
	descClosed   = prometheus.NewDesc("countersign_channel_closed", "1 for a channel that takes no messages: cards and notices for it wait.", []string{"channel", "reason"}, nil)
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
	closed, err := workflows.Closed(context.Background(), c.a.db)
	if err != nil {
		c.a.log.Warn("metrics", "err", err)
	}
	for id, was := range closed {
		gauge(descClosed, 1, id, was.Why)
	}
	s, err := c.counts()
	if err != nil {
		c.a.log.Warn("metrics", "err", err)
		return
	}
	for _, state := range workflows.States {
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

var (
	descTokens = prometheus.NewDesc("countersign_model_tokens_today", "Tokens that the model has used today (UTC), calls under way at their most.", nil, nil)
	descCost   = prometheus.NewDesc("countersign_model_cost_today", "What the model has cost today, in the currency of the configured prices.", nil, nil)
)

// collectModel gives what the model has used.
func (a *app) collectModel(gauge func(d *prometheus.Desc, v float64, labels ...string)) {
	spent := a.model.Spent() // nothing without a model
	gauge(descTokens, float64(spent.Tokens))
	gauge(descCost, float64(spent.Cost)/1e6)
}

// metrics serves the counters and the state.
func (a *app) metrics() http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(a.meter.begun, a.meter.failed, a.support.looks, a.support.calls, &collector{a: a})
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
}

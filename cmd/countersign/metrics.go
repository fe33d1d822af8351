package main

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

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
	if reason != workflows.Waiting && reason != workflows.ChannelClosed { // no failure of its own: its time, or its channel, has not come
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

package slacksim

import (
	"testing"
	"time"
)

// Beyond 30,000 events in an hour Slack drops them and says so once a minute.
func TestEventsPerHour(t *testing.T) {
	sim, err := New(Default(), Options{Retries: []time.Duration{}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sim.Close() }()
	now := time.Now()
	var h hourly
	for range eventsPerHour {
		if !h.allow(now) {
			t.Fatalf("refused at %d", h.count)
		}
	}
	if h.allow(now) {
		t.Error("one more was allowed")
	}
	if !h.allow(now.Add(time.Hour)) {
		t.Error("the next hour is refused too")
	}
	if d := sim.pump.rateLimited(now); d == nil || d.payload["type"] != "app_rate_limited" {
		t.Errorf("the app is told %+v", d)
	}
	if d := sim.pump.rateLimited(now); d != nil {
		t.Error("the app is told twice in a minute")
	}
}

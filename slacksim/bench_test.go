package slacksim_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"countersign/slacksim"
)

// BenchmarkInteraction is the workspace's own share of a round trip: a click,
// over one socket to an app that only acknowledges, and back.
func BenchmarkInteraction(b *testing.B) {
	sim, err := slacksim.New(slacksim.Default(), slacksim.Options{RateScale: 1000})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = sim.Close() }()
	act := prepare(b, sim)
	var took []time.Duration
	b.ResetTimer()
	for range b.N {
		began := time.Now()
		if err := sim.Act(context.Background(), "U0ELLA", act); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(began))
	}
	b.StopTimer()
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}

// prepare connects an app that only acknowledges and posts a card to click.
func prepare(b *testing.B, sim *slacksim.Sim) slacksim.Act {
	b.Helper()
	st := sim.Stage(b)
	out, _ := callAs(b, st, sim.App().AppToken, "apps.connections.open")
	address, _ := out["url"].(string)
	conn, resp, err := websocket.DefaultDialer.Dial(address, nil)
	if err != nil {
		b.Fatal(err)
	}
	_ = resp.Body.Close()
	go func() {
		for {
			var e envelope
			if conn.ReadJSON(&e) != nil {
				return
			}
			if e.ID != "" {
				_ = conn.WriteJSON(object{"envelope_id": e.ID}) // gone at the end
			}
		}
	}()
	st.Connected(1)
	ok(b, st, "chat.postMessage", "channel", certificates, "text", "x", "blocks", buttonBlocks)
	m := st.As("ella").In("#certificates").Sees()
	return slacksim.Act{Place: slacksim.Place{Type: "message", Channel: m.Channel, TS: m.TS}, BlockID: "b", ActionID: "go"}
}

package latency

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"countersign/slacksim"
	"countersign/tests/endurance/product"
)

const (
	rate      = 50 // clicks a second
	approvers = 40
)

// cards has the product make so many requests, and gives their cards in the approvers'
// channel. None of them can ever get all its approvals, so that each click is a
// decision that is committed, counted, audited and drawn.
func cards(t *testing.T, w *product.World, n int) []slacksim.Message {
	t.Helper()
	st := w.Sim.Stage(t)
	st.Patience = 30 * time.Second
	out := make([]slacksim.Message, n)
	ella := st.As("ella").In(product.Requests)
	for i := range n {
		host := fmt.Sprintf("host%d.example.org", i)
		in := ella.InThread(ella.Says("@Countersign I need a certificate for our nginx reverse proxy " + host + ", internal CA, key ECDSA 256"))
		in.Sees("Why is it needed?")
		in.Says("To be clicked on")
		in.Clicks(in.Sees("The plan", host), "Send for approval")
		out[i] = st.As("anselm").In(product.Approvals).Sees("Certificate request", host)
	}
	return out
}

// click is the i-th click: each approver clicks on each card once.
func click(cards []slacksim.Message, i int) (person string, act slacksim.Act) {
	m := cards[i%len(cards)]
	return fmt.Sprintf("U0APPROVER%d", 1+i/len(cards)), slacksim.Act{
		Place: slacksim.Place{Type: "message", Channel: m.Channel, TS: m.TS}, BlockID: "decide", ActionID: "request.approve"}
}

// times are the durations of clicks, as the workspace saw them.
type times struct {
	took   []time.Duration
	failed int
}

// play clicks at the rate for so long, whatever the app does meanwhile: a slow answer
// holds up no later click.
func play(t *testing.T, w *product.World, cards []slacksim.Message, length time.Duration) times {
	t.Helper()
	var mu sync.Mutex
	var out times
	stop := w.Seen.Hear(func(e slacksim.Entry) {
		if e.Kind != "interaction" {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		if e.Error != "" {
			out.failed++
			return
		}
		out.took = append(out.took, time.Duration(e.Millis*float64(time.Millisecond)))
	})
	defer stop()
	var all sync.WaitGroup
	n := int(length.Seconds() * rate)
	start := time.Now()
	for i := range n {
		time.Sleep(time.Until(start.Add(time.Duration(i) * time.Second / rate)))
		all.Go(func() {
			person, act := click(cards, i)
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			defer cancel()
			_ = w.Act(ctx, person, act) // a failure is counted above
		})
	}
	all.Wait()
	mu.Lock()
	defer mu.Unlock()
	if len(out.took)+out.failed != n {
		t.Fatalf("%d of %d clicks are in the transcript", len(out.took)+out.failed, n)
	}
	slices.Sort(out.took)
	return out
}

func (x times) at(percent float64) time.Duration {
	if len(x.took) == 0 {
		return 0
	}
	return x.took[min(len(x.took)-1, int(float64(len(x.took))*percent/100))]
}

func (x times) line(name string) string {
	return fmt.Sprintf("  %-58s p50 %7.2f ms   p99 %7.2f ms   max %7.2f ms   %d acknowledged, %d not\n", name,
		ms(x.at(50)), ms(x.at(99)), ms(x.at(100)), len(x.took), x.failed)
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func ratio(a, b times) string {
	if b.at(50) == 0 {
		return "-"
	}
	return fmt.Sprintf("p50 x%.1f, p99 x%.1f", float64(a.at(50))/float64(b.at(50)), float64(a.at(99))/float64(b.at(99)))
}

// report is printed as one piece.
type report struct{ strings.Builder }

func (r *report) addf(format string, args ...any) { fmt.Fprintf(&r.Builder, format, args...) }

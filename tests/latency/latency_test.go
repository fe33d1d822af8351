package latency

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"countersign/slacksim"
	"countersign/tests/endurance/product"
)

// TestLatency prints the report. COUNTERSIGN_BENCH says for how long each app is
// clicked on ("60s"); without it everything is played briefly, without Bolt.
func TestLatency(t *testing.T) {
	length, full := time.Second, false
	if given := os.Getenv("COUNTERSIGN_BENCH"); given != "" {
		var err error
		if length, err = time.ParseDuration(given); err != nil {
			t.Fatal(err)
		}
		full = true
	}
	w := product.New(t, binary, product.Options{Approvers: approvers, Need: approvers + 10, Sim: slacksim.Options{RateScale: 100_000}})
	p := w.Start()
	p.Connected()
	all := cards(t, w, int(length.Seconds()*rate)/approvers+1)
	w.Settled(2 * time.Minute)

	var r report
	r.addf("\nInteraction at %d a second for %v, from the socket to the acknowledgement, on one slacksim (%d cores):\n", rate, length, runtime.NumCPU())
	if load, err := os.ReadFile("/proc/loadavg"); err == nil {
		r.addf("  (load average before: %s)\n", strings.Join(strings.Fields(string(load))[:3], " "))
	}
	floor := syncs(t, w.Dir, int(length.Seconds()*rate))
	r.WriteString(floor.line("for scale: 4 kB written and synced, no app"))
	p.Stop()
	stop := acknowledger(t, w)
	only := play(t, w, all, length)
	stop()
	r.WriteString(only.line("slack-go, acknowledges only"))
	var peer times
	if full {
		said, stop := bolt(t, w)
		peer = play(t, w, all, length)
		stop()
		r.WriteString(peer.line("Bolt " + said + ", one row"))
	}
	away(t, w)
	p = w.Start()
	p.Connected()
	ours := play(t, w, all, length)
	r.WriteString(ours.line("countersign: decision, state, audit, receipt, effects"))
	if ours.failed > 0 {
		t.Errorf("%d clicks were not acknowledged", ours.failed)
	}
	s := w.Settled(2 * time.Minute)
	decided := 0
	for _, list := range s.Decisions {
		decided += len(list)
	}
	if want := int(length.Seconds() * rate); decided != want || s.Report.Bad != nil {
		t.Errorf("%d decisions are recorded of %d clicks; the audit record: %+v", decided, want, s.Report.Bad)
	}
	if full {
		r.addf("  countersign to the one that only acknowledges: %s; to Bolt: %s\n", ratio(ours, only), ratio(ours, peer))
	}
	r.addf("  budget: p50 < 3 ms, p99 < 25 ms\n")
	p.Stop()
	w.Healthy()
	start(t, w, &r)
	crowd := 2000
	if full {
		crowd = 50_000
	}
	deaf(t, crowd, &r)
	t.Log(r.String())
}

// away waits until no app is connected any more.
func away(t *testing.T, w *product.World) {
	t.Helper()
	for until := time.Now().Add(time.Minute); w.Connections() > 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatal("a peer stays connected")
		}
	}
}

// syncs writes and syncs at the rate: what a durable commit cannot be faster than here.
func syncs(t *testing.T, dir string, n int) (out times) {
	t.Helper()
	f, err := os.Create(filepath.Join(dir, "synced"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }() // synced already
	page := make([]byte, 4096)
	began := time.Now()
	for i := range n {
		time.Sleep(time.Until(began.Add(time.Duration(i) * time.Second / rate)))
		at := time.Now()
		if _, err := f.Write(page); err != nil {
			t.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			t.Fatal(err)
		}
		out.took = append(out.took, time.Since(at))
	}
	slices.Sort(out.took)
	return out
}

// start measures what it takes to be ready, and what it costs to wait.
func start(t *testing.T, w *product.World, r *report) {
	t.Helper()
	var took times
	for range 7 {
		away(t, w)
		p := w.Start()
		for !ready(w) {
			if p.Gone() || time.Since(p.Started) > 20*time.Second {
				t.Fatalf("not ready:\n%s", w.Tail())
			}
			time.Sleep(time.Millisecond)
		}
		took.took = append(took.took, time.Since(p.Started))
		p.Stop()
	}
	slices.Sort(took.took)
	away(t, w)
	p := w.Start()
	p.Connected()
	time.Sleep(2 * time.Second)
	rss := resident(t, p.PID())
	p.Stop()
	info, err := os.Stat(binary)
	if err != nil {
		t.Fatal(err)
	}
	r.addf("\nReady after start: median %.0f ms, worst of 7 %.0f ms (budget 300 ms)\nIdle RSS: %.1f MB (budget 50 MB)\nBinary: %.1f MB (budget 50 MB)\n",
		ms(took.at(50)), ms(took.at(100)), rss, float64(info.Size())/1e6)
}

// deaf measures how long nobody is heard after a start in a large workspace: until somebody
// who has never come is answered.
func deaf(t *testing.T, people int, r *report) {
	t.Helper()
	w := product.New(t, binary, product.Options{Crowd: people})
	for _, when := range []string{"first start", "restart"} {
		away(t, w)
		p := w.Start()
		for {
			ctx, done := context.WithTimeout(context.Background(), 10*time.Second)
			err := w.Command(ctx, "U0CROWD"+strconv.Itoa(people), product.Requests, "/cert", "list")
			done()
			if err == nil {
				break
			}
			if p.Gone() || time.Since(p.Started) > 5*time.Minute {
				t.Fatalf("nobody is heard: %v\n%s", err, w.Tail())
			}
			time.Sleep(5 * time.Millisecond)
		}
		r.addf("Deaf after %s, with %d people: %.0f ms (budget 2 s)\n", when, people, ms(time.Since(p.Started)))
		p.Stop()
	}
}

func ready(w *product.World) bool {
	resp, err := http.Get("http://" + w.Listen + "/readyz")
	if err != nil {
		return false
	}
	_ = resp.Body.Close() // the status is all that matters
	return resp.StatusCode == http.StatusOK
}

// resident is a process's resident memory in MB.
func resident(t *testing.T, pid int) float64 {
	t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(raw), "VmRSS:")
	kb, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
	if err != nil {
		t.Fatal(err)
	}
	return kb * 1024 / 1e6
}

package endurance

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"countersign/slacksim"
	"countersign/tests/endurance/product"
	"countersign/workflows"
)

// Kills of one run: worlds of their own, so that one broken database does not hide the
// next fault. With COUNTERSIGN_ENDURANCE (`make endurance`) there are two hundred of them.
var worlds, killsEach = 2, 12

func init() {
	if os.Getenv("COUNTERSIGN_ENDURANCE") != "" {
		worlds, killsEach = 8, 26
	}
}

const (
	together   = 3 // worlds at a time: most of a killed process's life is waiting
	reconnects = 60 * time.Second
	standstill = 90 * time.Second // nobody does anything any more
)

// TestKills has people work with a product that dies all the time, and then holds the
// truth of the database against what they did and what they read (design, section 12,
// invariants 2, 3 and 5).
func TestKills(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	if given, err := strconv.ParseUint(os.Getenv("COUNTERSIGN_SEED"), 10, 64); err == nil {
		seed = given
	}
	t.Logf("seed: run again with COUNTERSIGN_SEED=%d", seed)
	var kills, requests, certificates atomic.Int64
	t.Run("worlds", func(t *testing.T) {
		slots := make(chan struct{}, together)
		for n := range worlds {
			t.Run(strconv.Itoa(n), func(t *testing.T) {
				t.Parallel()
				slots <- struct{}{}
				defer func() { <-slots }()
				k := newKilled(t, seed+uint64(n))
				s := k.run()
				kills.Add(int64(k.kills))
				requests.Add(int64(len(s.Requests)))
				certificates.Add(int64(k.check(s)))
			})
		}
	})
	t.Logf("%d kills, %d requests, %d certificates", kills.Load(), requests.Load(), certificates.Load())
	if want := worlds * killsEach; kills.Load() < int64(want) {
		t.Errorf("%d kills, want at least %d", kills.Load(), want)
	}
	if certificates.Load() < int64(worlds) {
		t.Errorf("%d certificates: too few came through to prove anything", certificates.Load())
	}
}

// killed is one world in which the product is killed.
type killed struct {
	t      *testing.T
	w      *product.World
	dice   *rand.Rand
	books  *ledger
	ending atomic.Bool
	people []*person
	kills  int
	why    map[string]int // kills by what was waited for
}

func newKilled(t *testing.T, seed uint64) *killed {
	k := &killed{t: t, dice: rand.New(rand.NewPCG(seed, 0)), books: &ledger{}, why: map[string]int{}}
	k.w = product.New(t, binary, product.Options{Approvers: 1, Sim: slacksim.Options{
		// Slack's patience scaled to a process that lives for a second or two: Slack itself
		// gives an event up after three more attempts in six minutes.
		AckWithin: 1500 * time.Millisecond, RateScale: 1000, Retries: slices.Repeat([]time.Duration{500 * time.Millisecond, 2 * time.Second}, 20),
	}})
	seq := &atomic.Int64{}
	for i, handle := range []string{"ella", "rosa", "anselm", "approver1"} {
		k.people = append(k.people, newPerson(k.w, handle, seed+uint64(i), k.books, seq, &k.ending))
	}
	return k
}

// run lets people work through all the kills, then lets them finish, and gives the
// state in which everything has come to rest.
func (k *killed) run() product.State {
	k.t.Helper()
	p := k.w.Start()
	p.Connected()
	ctx, stop := context.WithCancel(context.Background())
	var all sync.WaitGroup
	defer func() { stop(); all.Wait() }()
	for i, somebody := range k.people {
		step := somebody.asks
		if i >= 2 {
			step = func() { somebody.decides(i - 2) }
		}
		all.Go(func() { somebody.live(ctx, step) })
	}
	for k.kills < killsEach {
		k.kill(p)
		p = k.w.Start()
	}
	k.w.ClearFaults()
	p.Connected()
	k.ending.Store(true)
	k.t.Logf("%d kills: %v", k.kills, k.why)
	k.finish()
	stop()
	all.Wait()
	s := k.w.Settled(120 * time.Second)
	p.Stop()
	k.w.Healthy()
	return s
}

// finish waits until everybody has come to the end of what they began: as long as
// anything moves, since a busy machine is slow and not wrong.
func (k *killed) finish() {
	k.t.Helper()
	var open string
	moved, last := time.Now(), -1
	for time.Since(moved) < standstill {
		time.Sleep(200 * time.Millisecond)
		open = ""
		for _, somebody := range k.people[:2] {
			if !somebody.idle.Load() {
				open = somebody.handle + " is busy with " + somebody.host
			}
		}
		s := k.w.Read()
		if n := len(s.Audit) - len(refusals(s)) + len(k.w.Seen.Posts()); n != last { // to be refused is no move
			moved, last = time.Now(), n
		}
		for _, r := range s.Requests {
			if r.State != workflows.Installed && r.State != workflows.Rejected {
				open = fmt.Sprintf("%s is %s", r.ID, r.State)
			}
		}
		if open == "" {
			return
		}
	}
	k.t.Fatalf("nothing more happens, yet %s:\n%s\n%s", open, k.scene(), k.w.Tail())
}

func (k *killed) scene() string {
	var out string
	for _, somebody := range k.people[:2] {
		if somebody.thread.TS != "" {
			for _, m := range somebody.seen.As(somebody.handle).In(product.Requests).InThread(somebody.thread).Messages() {
				out += "  " + m.UserName + ": " + m.Shown() + "\n"
			}
		}
	}
	return out
}

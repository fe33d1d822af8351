package storage_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"countersign/workflows"
)

func (b *bundle) queue(effects ...workflows.Effect) {
	b.Helper()
	b.put(workflows.Change{Effects: effects})
}

// claim gives the key of what it got, or "-".
func (b *bundle) claim(lane workflows.Lane, lease time.Duration) (workflows.Effect, string) {
	b.Helper()
	e, ok, err := b.Claim(b.ctx, lane, lease)
	if err != nil {
		b.Fatalf("claim: %v", err)
	}
	if !ok {
		return e, "-"
	}
	return e, e.Key
}

func (b *bundle) claims(lane workflows.Lane, want string) workflows.Effect {
	b.Helper()
	e, got := b.claim(lane, time.Minute)
	if got != want {
		b.Fatalf("claimed %s, want %s", got, want)
	}
	return e
}

func (b *bundle) finish(e workflows.Effect) {
	b.Helper()
	b.put(workflows.Change{Done: []int64{e.ID}})
}

// once has four workers drain forty effects of five subjects, some failing at first.
func once(b *bundle) {
	var all []workflows.Effect
	for i := range 40 {
		all = append(all, effect(workflows.Work, "s"+n(i%5), fmt.Sprintf("%02d", i)))
	}
	b.queue(all...)
	var mu sync.Mutex
	finished := map[string][]string{}
	working := map[string]int{}
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() {
			for ctx.Err() == nil {
				e, ok, err := b.Claim(ctx, workflows.Work, time.Minute)
				if err != nil {
					b.Errorf("claim: %v", err)
					return
				}
				if !ok {
					mu.Lock()
					over := len(slices.Concat(finished["s0"], finished["s1"], finished["s2"], finished["s3"], finished["s4"])) == 40
					mu.Unlock()
					if over {
						return
					}
					b.Wait(ctx, workflows.Work, 20*time.Millisecond)
					continue
				}
				mu.Lock()
				working[e.Subject]++
				if working[e.Subject] > 1 {
					b.Errorf("two of %s at a time", e.Subject)
				}
				mu.Unlock()
				time.Sleep(time.Millisecond)
				mu.Lock()
				working[e.Subject]--
				mu.Unlock()
				if e.Attempts == 1 && e.ID%7 == 0 {
					if err := b.Retry(ctx, e, b.clock.now(), "again"); err != nil {
						b.Errorf("retry: %v", err)
					}
					continue
				}
				mu.Lock()
				finished[e.Subject] = append(finished[e.Subject], e.Key)
				mu.Unlock()
				if err := b.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) {
					return workflows.Change{Done: []int64{e.ID}}, nil
				}); err != nil {
					b.Errorf("done: %v", err)
				}
			}
		})
	}
	workers.Wait()
	for s, got := range finished {
		if !slices.IsSorted(got) || len(slices.Compact(slices.Clone(got))) != 8 || len(got) != 8 {
			b.Errorf("%s: %v, want each of eight once and in order", s, got)
		}
	}
	if len(finished) != 5 {
		b.Errorf("%d subjects finished, want 5", len(finished))
	}
}

func order(b *bundle) {
	b.queue(effect(workflows.Work, "a", "a1"), effect(workflows.Work, "a", "a2"), effect(workflows.Work, "b", "b1"),
		effect(workflows.Notify, "a", "n1"))
	a1 := b.claims(workflows.Work, "a1")
	b.claims(workflows.Notify, "n1") // another lane does not wait
	b1 := b.claims(workflows.Work, "b1")
	b.claims(workflows.Work, "-") // a2 waits for a1
	if a1.Subject != "a" || a1.Kind != "k" || string(a1.Body) != `{"n":1}` || a1.Attempts != 1 || a1.ID == 0 || !a1.Due.Equal(b.clock.now()) {
		b.Errorf("claimed %+v", a1)
	}
	b.finish(b1)
	b.claims(workflows.Work, "-")
	// The successor queued with the completion is behind what waited already.
	b.put(workflows.Change{Done: []int64{a1.ID}, Effects: []workflows.Effect{effect(workflows.Work, "a", "a3"), effect(workflows.Work, "b", "b2")}})
	a2 := b.claims(workflows.Work, "a2")
	b2 := b.claims(workflows.Work, "b2")
	b.claims(workflows.Work, "-")
	// Something in the middle may be completed unclaimed; it does not let the next through.
	b.queue(effect(workflows.Work, "a", "a4"))
	b.put(workflows.Change{Done: []int64{b2.ID - 1}}) // a3
	b.claims(workflows.Work, "-")
	b.finish(a2)
	b.claims(workflows.Work, "a4")
}

func leases(b *bundle) {
	b.queue(effect(workflows.Work, "a", "a1"), effect(workflows.Work, "a", "a2"))
	b.claims(workflows.Work, "a1")
	b.clock.advance(59 * time.Second)
	b.claims(workflows.Work, "-")
	b.clock.advance(2 * time.Second)
	again := b.claims(workflows.Work, "a1") // its worker is thought dead
	if again.Attempts != 2 {
		b.Errorf("attempt %d, want 2", again.Attempts)
	}
	b.finish(again)
	b.claims(workflows.Work, "a2")
}

func stale(b *bundle) {
	b.queue(effect(workflows.Work, "a", "a1"))
	slow := b.claims(workflows.Work, "a1")
	b.clock.advance(2 * time.Minute)
	fresh := b.claims(workflows.Work, "a1")
	b.want("retry of the slow one", b.Retry(b.ctx, slow, b.clock.now(), "x"), workflows.Conflict)
	b.want("burial by the slow one", b.Bury(b.ctx, slow, "x", workflows.Change{Settings: map[string]string{"told": "1"}}), workflows.Conflict)
	b.claims(workflows.Work, "-")
	b.finish(fresh)
	b.want("completed twice", b.try(workflows.Change{Done: []int64{slow.ID}, Settings: map[string]string{"told": "1"}}), workflows.Conflict)
	b.want("retry of what is done", b.Retry(b.ctx, fresh, b.clock.now(), "x"), workflows.Conflict)
	b.see(func(r workflows.Reader) error {
		_, err := r.Setting(b.ctx, "told")
		b.want("what the slow one wrote", err, workflows.NotFound)
		return nil
	})
}

func due(b *bundle) {
	late := effect(workflows.Work, "a", "a1")
	late.Due = b.clock.now().Add(time.Hour)
	b.queue(late, effect(workflows.Work, "a", "a2"), effect(workflows.Work, "b", "b1"))
	b1 := b.claims(workflows.Work, "b1")
	b.claims(workflows.Work, "-") // order holds, also when the first is not due
	if err := b.Retry(b.ctx, b1, b.clock.now().Add(time.Minute), "429"); err != nil {
		b.Fatal(err)
	}
	b.claims(workflows.Work, "-")
	b.clock.advance(time.Minute)
	b1 = b.claims(workflows.Work, "b1")
	if b1.Attempts != 2 {
		b.Errorf("attempt %d, want 2", b1.Attempts)
	}
	b.finish(b1)
	b.clock.advance(time.Hour)
	b.finish(b.claims(workflows.Work, "a1"))
	b.claims(workflows.Work, "a2")
}

func wake(b *bundle) {
	for _, e := range []struct{ key, reason string }{{"a", "closed"}, {"b", "closed"}, {"c", "429"}} {
		b.queue(effect(workflows.Notify, e.key, e.key), effect(workflows.Notify, e.key, e.key+" next"))
		if err := b.Retry(b.ctx, b.claims(workflows.Notify, e.key), b.clock.now().Add(time.Hour), e.reason); err != nil {
			b.Fatal(err)
		}
	}
	b.claims(workflows.Notify, "-")
	wakes := func(lane workflows.Lane) {
		b.Helper()
		if err := b.Wake(b.ctx, lane, "closed"); err != nil {
			b.Fatal(err)
		}
	}
	wakes(workflows.Work)
	b.claims(workflows.Notify, "-")
	wakes(workflows.Notify)
	b.claims(workflows.Notify, "a")
	wakes(workflows.Notify) // what is under way stays with its worker
	b.claims(workflows.Notify, "b")
	b.claims(workflows.Notify, "-") // and what stands behind stays there
}

func keys(b *bundle) {
	b.queue(effect(workflows.Work, "a", "k"), effect(workflows.Work, "a", "k"))
	b.queue(effect(workflows.Work, "a", "k"))
	b.finish(b.claims(workflows.Work, "k"))
	b.claims(workflows.Work, "-")
	b.queue(effect(workflows.Notify, "z", "k")) // a done one keeps its key
	b.claims(workflows.Notify, "-")
}

func bury(b *bundle) {
	b.queue(effect(workflows.Work, "a", "a1"), effect(workflows.Work, "a", "a2"))
	e := b.claims(workflows.Work, "a1")
	// What tells the person fails: then nothing is buried either.
	b.put(workflows.Change{Cases: []workflows.Case{{ID: "k", Person: ann}}})
	b.want("burial that cannot tell", b.Bury(b.ctx, e, "r", workflows.Change{Cases: []workflows.Case{{ID: "k"}}}), workflows.Conflict)
	b.claims(workflows.Work, "-")
	err := b.Bury(b.ctx, e, "channel_not_found", workflows.Change{
		Effects: []workflows.Effect{effect(workflows.Notify, "a", "tell")}, Audit: []workflows.Audit{note("a", "buried")}})
	if err != nil {
		b.Fatal(err)
	}
	b.claims(workflows.Notify, "tell")
	b.claims(workflows.Work, "a2") // the next is not held up
	dead, err := b.DeadLetters(b.ctx, 0, 10)
	if err != nil || len(dead) != 1 || dead[0].Effect.Key != "a1" || dead[0].Reason != "channel_not_found" ||
		!dead[0].Buried.Equal(b.clock.now()) || string(dead[0].Effect.Body) != `{"n":1}` || dead[0].Effect.Attempts != 1 {
		b.Errorf("dead letters %+v, %v", dead, err)
	}
	if more, err := b.DeadLetters(b.ctx, dead[0].Effect.ID, 10); err != nil || len(more) > 0 {
		b.Errorf("after the last: %+v, %v", more, err)
	}
	b.want("buried twice", b.Bury(b.ctx, e, "r", workflows.Change{}), workflows.Conflict)
}

func except(b *bundle) {
	bulk := effect(workflows.Notify, "a", "a1")
	bulk.Kind = "bulk"
	b.queue(bulk, effect(workflows.Notify, "a", "a2"), effect(workflows.Notify, "b", "b1"))
	take := func(want string, kinds ...string) {
		b.Helper()
		e, ok, err := b.Claim(b.ctx, workflows.Notify, time.Minute, kinds...)
		if err != nil || ok != (want != "") || e.Key != want {
			b.Fatalf("except %q: claimed %q, %v, want %q", kinds, e.Key, err, want)
		}
	}
	take("b1", "bulk", "other")
	take("", "bulk") // a2 waits for its turn
	woken := make(chan struct{})
	go func() {
		defer close(woken)
		b.Wait(b.ctx, workflows.Notify, time.Hour, "bulk")
	}()
	select {
	case <-woken:
		b.Errorf("what is left where it is woke who left it")
	case <-time.After(50 * time.Millisecond):
	}
	b.queue(effect(workflows.Notify, "c", "c1"))
	<-woken
	take("c1", "bulk")
	take("a1")
}

// fair: who has sent much is not before who has sent little.
func fair(b *bundle) {
	b.queue(effect(workflows.Files, "ann", "a1"), effect(workflows.Files, "ann", "a2"), effect(workflows.Files, "ann", "a3"))
	a1 := b.claims(workflows.Files, "a1")
	b.clock.advance(time.Second)
	b.queue(effect(workflows.Files, "bob", "b1"), effect(workflows.Files, "bob", "b2"))
	b.clock.advance(time.Second)
	b.finish(a1)
	b1 := b.claims(workflows.Files, "b1")
	b.claims(workflows.Files, "a2")
	b.clock.advance(time.Second)
	b.finish(b1)
	b.claims(workflows.Files, "b2")
}

// wait measures in real time, generously: what matters is that it is not the maximum.
func wait(b *bundle) {
	const far = 20 * time.Second
	took := func(lane workflows.Lane, max time.Duration, then func()) time.Duration {
		start := time.Now()
		done := make(chan struct{})
		go func() { b.Wait(b.ctx, lane, max); close(done) }()
		if then != nil {
			time.Sleep(30 * time.Millisecond)
			then()
		}
		<-done
		return time.Since(start)
	}
	if d := took(workflows.Work, 50*time.Millisecond, nil); d < 40*time.Millisecond || d > far/2 {
		b.Errorf("nothing to do: waited %v of 50ms", d)
	}
	if d := took(workflows.Work, far, func() { b.queue(effect(workflows.Work, "a", "a1"), effect(workflows.Work, "a", "a2")) }); d > far/2 {
		b.Errorf("a commit did not wake: %v", d)
	}
	if d := took(workflows.Work, far, nil); d > far/2 {
		b.Errorf("what was due already did not wake: %v", d)
	}
	e := b.claims(workflows.Work, "a1")
	if d := took(workflows.Notify, 300*time.Millisecond, func() { b.queue(effect(workflows.Work, "z", "z1")) }); d < 200*time.Millisecond {
		b.Errorf("work of another lane woke after %v", d)
	}
	b.claims(workflows.Work, "z1")
	if d := took(workflows.Work, far, func() { b.finish(e) }); d > far/2 {
		b.Errorf("the next of the subject did not wake: %v", d)
	}
	e = b.claims(workflows.Work, "a2")
	if d := took(workflows.Work, far, func() {
		if err := b.Retry(b.ctx, e, b.clock.now(), ""); err != nil {
			b.Error(err)
		}
	}); d > far/2 {
		b.Errorf("a retry did not wake: %v", d)
	}
	e = b.claims(workflows.Work, "a2")
	if err := b.Retry(b.ctx, e, b.clock.now().Add(60*time.Millisecond), ""); err != nil {
		b.Fatal(err)
	}
	if d := took(workflows.Work, far, nil); d < 50*time.Millisecond || d > far/2 {
		b.Errorf("due in 60ms: waited %v", d)
	}
	ctx, cancel := context.WithCancel(b.ctx)
	go func() { time.Sleep(20 * time.Millisecond); cancel() }()
	start := time.Now()
	b.Wait(ctx, workflows.Notify, far)
	if d := time.Since(start); d > far/2 {
		b.Errorf("the end of the context did not wake: %v", d)
	}
}

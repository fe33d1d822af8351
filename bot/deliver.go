package bot

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"countersign/workflows"
	"countersign/workflows/support"
)

// deliverer does the effects of the Notify lane.
type deliverer struct {
	*workspace
	channels *closedChannels
	outbox   workflows.Outbox
	turns    turns
	jobs     map[string]job // by kind
}

// job is how the effects of one kind are delivered.
type job func(ctx context.Context, e workflows.Effect) error

// Every message under way has a goroutine that waits for its turn in its channel and for
// Slack, so that a slow channel or a limited method keeps nobody else. What is under way
// is bounded, and what nobody waits for leaves room for what somebody waits for.
const (
	maxUnderWay = 2048
	maxOrdinary = 1536

	deliveryTime  = 12 * time.Minute           // of one claim, waiting included: some 600 redraws of one minute's 50
	deliveryLease = deliveryTime + time.Minute // another worker takes over after that
)

// run works until ctx ends.
func (b *deliverer) run(ctx context.Context) {
	var all sync.WaitGroup
	underWay, ordinary := make(chan struct{}, maxUnderWay), make(chan struct{}, maxOrdinary)
	for ctx.Err() == nil {
		var except []string
		wait := 30 * time.Second
		if len(ordinary) == cap(ordinary) {
			except, wait = ordinaryKinds, time.Second
		}
		select {
		case underWay <- struct{}{}:
		case <-ctx.Done():
			continue
		}
		e, ok, err := b.outbox.Claim(ctx, workflows.Notify, deliveryLease, except...)
		switch {
		case err != nil:
			if ctx.Err() == nil {
				b.log.Error("delivery", "err", err)
			}
			sleep(ctx, time.Second) // what is due cannot be had: the disk is full, say
		case !ok:
			b.outbox.Wait(ctx, workflows.Notify, wait, except...)
		default:
			d := b.delivery(ctx, e)
			if !d.urgent {
				ordinary <- struct{}{} // there was room, and nobody else takes it
			}
			all.Go(func() {
				defer func() {
					<-underWay
					if !d.urgent {
						<-ordinary
					}
				}()
				b.deliver(ctx, e, d)
			})
			continue
		}
		<-underWay
	}
	all.Wait()
}

// ordinaryKinds are the effects that nobody waits for where they are: what people are
// waiting for goes before them.
var ordinaryKinds = []string{workflows.KindCards, workflows.KindNotify, workflows.KindRetire, workflows.KindTeach,
	workflows.KindTaught, workflows.KindWaits, workflows.KindDead, workflows.KindRecord}

// deliver does one effect and says what became of it to the outbox. Trouble with Slack
// is waited out in place, so that what comes after it in the channel does not overtake.
func (b *deliverer) deliver(ctx context.Context, e workflows.Effect, d *delivery) {
	defer d.pass()
	opened := b.channels.opened.Load()
	within, done := context.WithTimeout(context.WithValue(ctx, deliveryKey{}, d), deliveryTime)
	defer done()
	err := patiently(within, inPlace, func() error {
		d.tries++
		again := e
		again.Attempts = d.tries
		return b.attempt(within, again)
	})
	if err == nil {
		err = b.record(ctx, func(ctx context.Context) error {
			return workflows.Commit(ctx, b.store, workflows.Change{Done: []int64{e.ID}})
		})
	}
	if err != nil {
		b.failed(ctx, e, err, opened)
	}
}

// failed puts an effect back, or gives it up and has the operators told.
func (b *deliverer) failed(ctx context.Context, e workflows.Effect, cause error, opened int64) {
	if ctx.Err() != nil { // back to where it was in the queue
		if err := b.outbox.Retry(context.WithoutCancel(ctx), e, e.Due, "stopped"); err != nil {
			b.log.Error("delivery", "err", err)
		}
		return
	}
	if closed, waits := b.channels.waits(e, cause); waits {
		if err := b.record(ctx, func(ctx context.Context) error { return b.channels.putBack(ctx, e, closed, opened) }); err != nil {
			b.log.Error("delivery", "err", err)
		}
		return
	}
	after, passing := passesAfter(cause, e.Attempts)
	b.log.Warn("not delivered", "kind", e.Kind, "subject", e.Subject, "attempt", e.Attempts, "again", passing, "err", cause)
	err := b.record(ctx, func(ctx context.Context) error {
		if !passing {
			return b.outbox.Bury(ctx, e, codeOf(cause), b.service.Undelivered(e, cause.Error()))
		}
		if err := b.service.StillWaits(ctx, e, reasonFor(cause)); err != nil {
			return err
		}
		return b.outbox.Retry(ctx, e, b.now().Add(after), reasonFor(cause))
	})
	if err != nil {
		b.log.Error("delivery", "err", err)
	}
}

// attempt does what an effect is for. A panic counts as a failure of this effect: others
// are under way.
func (b *deliverer) attempt(ctx context.Context, e workflows.Effect) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("bot: %s: panic: %v", e.Kind, p)
		}
	}()
	if do := b.jobs[e.Kind]; do != nil {
		return do(ctx, e)
	}
	return unknownEffect()
}

// delivery takes the place of e in the order of where it will be said. It is called in
// the order of the outbox.
func (b *deliverer) delivery(ctx context.Context, e workflows.Effect) *delivery {
	d := &delivery{urgent: !slices.Contains(ordinaryKinds, e.Kind), tries: e.Attempts - 1}
	class := "/ordinary"
	if d.urgent {
		class = "/urgent"
	}
	d.ready, d.pass = b.turns.take(cmp.Or(b.lineOf(ctx, e), e.Subject) + class)
	return d
}

// lineOf is where an effect will be said, whose messages people read one after the other:
// a channel, a thread, or "@" and a person whose direct message is not known yet. "" where
// nothing else is said, or that depends on more than the effect's own state.
func (b *deliverer) lineOf(ctx context.Context, e workflows.Effect) string {
	about, approvers := e.About(), false
	switch e.Kind {
	case workflows.KindDead, workflows.KindWaits, workflows.KindRecord:
		return b.cfg.Operators
	case workflows.KindAlarm:
		if approvers = read[workflows.RaiseAlarm](e).Whom == workflows.Approvers; !approvers {
			return b.cfg.Operators
		}
	case workflows.KindCards:
		approvers = read[workflows.DrawRequest](e).Audience == workflows.Approvers
	case workflows.KindTeach:
		return b.cfg.SupportChannel
	case workflows.KindCasePost:
		if read[workflows.PostCase](e).What == support.PostWrong {
			return b.cfg.SupportChannel
		}
	case workflows.KindErrand:
		return "" // said to nobody
	case workflows.KindAsk, workflows.KindAnswer, workflows.KindRemind:
		return "" // the thread of a card, which the subject keeps in order
	}
	switch {
	case about.Place != nil:
		return line(*about.Place)
	case about.Request != "":
		r, _, err := b.requestAndCards(ctx, about.Request)
		switch {
		case err != nil:
			return ""
		case approvers:
			return b.service.ChannelOf(r)
		}
		b.dmMu.Lock()
		defer b.dmMu.Unlock()
		return cmp.Or(b.dms[r.Requester.ID], "@"+r.Requester.ID)
	case about.Case != "":
		c, _, _ := b.caseAndCards(ctx, about.Case) // without one it has no order
		return line(c.Place)
	case about.Conversation != "":
		c, _, _ := b.conversationAndCards(ctx, about.Conversation)
		return line(c.Place)
	}
	return ""
}

// read is the payload of e; its zero value, where it cannot be read.
func read[P any](e workflows.Effect) P {
	p, _ := workflows.ReadPayload[P](e)
	return p
}

// handle has do deliver the effects that carry a P.
func handle[P workflows.Payload](jobs map[string]job, do func(ctx context.Context, e workflows.Effect, p P) error) {
	var p P
	jobs[p.Kind()] = func(ctx context.Context, e workflows.Effect) error {
		p, err := workflows.ReadPayload[P](e)
		if err != nil {
			no := unknownEffect()
			no.Err = err
			return no
		}
		return do(ctx, e, p)
	}
}

// unknownEffect is an effect of which this version cannot make anything.
func unknownEffect() *workflows.Error {
	return &workflows.Error{Code: workflows.NotFound, Text: workflows.Text{Key: "bot.unknown_effect"}}
}

package bot

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// Every message under way has a goroutine that waits for its turn in its channel and for
// Slack, so that a slow channel or a limited method keeps nobody else. What is under way
// is bounded, and what nobody waits for leaves room for what somebody waits for.
const (
	maxUnderWay = 2048
	maxOrdinary = 1536

	deliveryTime  = 12 * time.Minute           // of one claim, waiting included: some 600 redraws of one minute's 50
	deliveryLease = deliveryTime + time.Minute // another worker takes over after that
)

// RunDelivery does the effects of the Notify and Files lanes until ctx ends.
func (b *Bot) RunDelivery(ctx context.Context) {
	var all sync.WaitGroup
	for range fileReaders {
		all.Go(func() { b.runFiles(ctx) })
	}
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
func (b *Bot) deliver(ctx context.Context, e workflows.Effect, d *delivery) {
	defer d.pass()
	within, done := context.WithTimeout(context.WithValue(ctx, deliveryKey{}, d), deliveryTime)
	defer done()
	body, err := workflows.ReadBody(e)
	if err == nil {
		err = patiently(within, inPlace, func() error {
			d.tries++
			again := e
			again.Attempts = d.tries
			return b.attempt(within, again, body)
		})
	}
	if err == nil {
		err = b.record(ctx, func(ctx context.Context) error {
			return b.store.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) {
				return workflows.Change{Done: []int64{e.ID}}, nil
			})
		})
	}
	if err != nil {
		b.failed(ctx, e, body, err)
	}
}

// failed puts an effect back, or gives it up and has the operators told.
func (b *Bot) failed(ctx context.Context, e workflows.Effect, body workflows.Body, cause error) {
	if ctx.Err() != nil { // back to where it was in the queue
		if err := b.outbox.Retry(context.WithoutCancel(ctx), e, e.Due, "stopped"); err != nil {
			b.log.Error("delivery", "err", err)
		}
		return
	}
	after, passing := again(cause, e.Attempts)
	b.log.Warn("not delivered", "kind", e.Kind, "subject", e.Subject, "attempt", e.Attempts, "again", passing, "err", cause)
	err := b.record(ctx, func(ctx context.Context) error {
		if !passing {
			return b.outbox.Bury(ctx, e, codeOf(cause), b.service.Undelivered(e, body, cause.Error()))
		}
		if err := b.service.StillWaits(ctx, e, body, reasonFor(cause)); err != nil {
			return err
		}
		return b.outbox.Retry(ctx, e, b.now().Add(after), reasonFor(cause))
	})
	if err != nil {
		b.log.Error("delivery", "err", err)
	}
}

// record repeats a commit until the storage takes it: what Slack has done is done, and
// a full disk is no reason to do it again.
func (b *Bot) record(ctx context.Context, commit func(context.Context) error) error {
	for {
		err := commit(ctx)
		if workflows.CodeOf(err) != workflows.Unable || ctx.Err() != nil {
			return err
		}
		b.log.Warn("not recorded yet", "err", err)
		sleep(ctx, time.Second)
	}
}

// inPlace is how often trouble with Slack is waited out without giving the effect back:
// a minute in all.
const inPlace = 6

// patiently repeats do while Slack is in trouble, at most times more, with 1 s, 2 s, ...
// 30 s between.
func patiently(ctx context.Context, times int, do func() error) error {
	for n := 0; ; n++ {
		err := do()
		if n == times || !sick(err) || !sleep(ctx, min(time.Second<<min(n, 5), 30*time.Second)) {
			return err
		}
	}
}

// sleep reports whether ctx let it.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// sick reports that Slack, or the way to it, does not work, whatever is asked of it.
func sick(err error) bool {
	var status slack.StatusCodeError
	var netErr net.Error
	switch {
	case errors.As(err, &status):
		return status.Code >= http.StatusInternalServerError
	case errors.Is(err, context.DeadlineExceeded): // ours, or it was in line for too long
		return false
	case errors.As(err, &netErr):
		return true
	}
	return passingCodes[codeOf(err)]
}

// passingCodes are Slack's for its own trouble.
var passingCodes = map[string]bool{"internal_error": true, "fatal_error": true, "request_timeout": true,
	"service_unavailable": true, "ratelimited": true, "team_added_to_org": true}

// reasonFor is a failure in a word, for operators.
func reasonFor(err error) string {
	var status slack.StatusCodeError
	switch {
	case codeOf(err) != "":
		return codeOf(err)
	case errors.As(err, &status):
		return fmt.Sprintf("HTTP %d", status.Code)
	case errors.Is(err, context.DeadlineExceeded):
		return workflows.Waiting
	case sick(err):
		return "unreachable"
	}
	return "internal"
}

// again says whether a failure passes by itself, and after how long. Only an outage of
// Slack, or what an operator has to mend, may last: a failure of Slack's that may be due
// to this one message is given up after 20 claims, one of ours after 8.
func again(err error, attempts int) (time.Duration, bool) {
	var limited *slack.RateLimitedError
	backoff := min(time.Second<<min(attempts, 8), 5*time.Minute)
	backoff -= time.Duration(rand.Int64N(int64(backoff)/5 + 1))
	code := codeOf(err)
	_, operator := lasting[code]
	switch {
	case errors.As(err, &limited):
		return limited.RetryAfter + time.Duration(rand.Int64N(int64(time.Second))), true
	case errors.Is(err, context.DeadlineExceeded):
		return 0, attempts < 20
	case code != "" && passingCodes[code]:
		return backoff, attempts < 20
	case code != "":
		return backoff, operator // an operator will mend it; until then it waits
	case sick(err):
		return backoff, true
	case errors.As(err, new(slack.StatusCodeError)):
		return 0, false
	case workflows.CodeOf(err) == workflows.NotFound || workflows.CodeOf(err) == workflows.Forbidden:
		return 0, false
	}
	return backoff, attempts < 8
}

// attempt does what an effect is for. A panic counts as a failure of this effect: others
// are under way.
func (b *Bot) attempt(ctx context.Context, e workflows.Effect, body workflows.Body) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("bot: %s: panic: %v", e.Kind, p)
		}
	}()
	switch e.Kind {
	case workflows.KindCards:
		return b.drawRequest(ctx, e, body)
	case workflows.KindNotify:
		return b.tell(ctx, e, body)
	case workflows.KindKey:
		return b.tellKey(ctx, e, body)
	case workflows.KindAlarm:
		return b.tellAlarm(ctx, e, body)
	case workflows.KindAsk, workflows.KindAnswer:
		return b.carryQuestion(ctx, e, body)
	case workflows.KindPrompt:
		return b.drawConversation(ctx, e, body)
	case workflows.KindRetire:
		return b.retireTurns(ctx, body)
	case workflows.KindReply:
		return b.reply(ctx, e, body)
	case workflows.KindPlan:
		return b.postPlan(ctx, e, body)
	case workflows.KindCase:
		return b.drawCase(ctx, e, body)
	case workflows.KindCasePost:
		return b.postCase(ctx, e, body)
	case workflows.KindTeach:
		return b.drawTaught(ctx, e, body)
	case workflows.KindTaught:
		return b.tellTeacher(ctx, e, body)
	case workflows.KindDirect:
		return b.takeDirect(ctx, e, body)
	case workflows.KindFiles: // queued by a version that had no lane for them
		e.Lane, e.Subject, e.Key, e.Due = workflows.Files, "files/"+body.Person.String(), e.Key+"/lane", time.Time{}
		return b.store.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) {
			return workflows.Change{Effects: []workflows.Effect{e}}, nil
		})
	case workflows.KindDead, workflows.KindWaits, workflows.KindRecord:
		return b.tellOperators(ctx, e, body)
	}
	return &workflows.Error{Code: workflows.NotFound, Text: workflows.Text{Key: "bot.unknown_effect"}}
}

package slacksim

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"time"
)

// pump brings the app its events in their order.
type pump struct {
	*courier
	st      *state
	out     *eventQueue
	retries []time.Duration
	hourly  hourly // used by run alone
}

// eventsPerHour is Slack's bound on deliveries to one app in one workspace.
const eventsPerHour = 30_000

// hourly counts events and answers false once the hour's allowance is used.
type hourly struct {
	hour  int64
	count int
	told  int64 // the minute in which the app was last told
}

func (h *hourly) allow(now time.Time) bool {
	if hour := now.Unix() / 3600; hour != h.hour {
		h.hour, h.count = hour, 0
	}
	h.count++
	return h.count <= eventsPerHour
}

// run sends events one after the other in their order, without waiting for
// acknowledgements, until the workspace closes.
func (p *pump) run() {
	var held *delivery // kept back by the reorder fault
	var late <-chan time.Time
	for p.life.ctx.Err() == nil {
		d := p.out.pop()
		if d == nil {
			select {
			case <-p.out.wake:
			case <-late: // nothing followed: the event is late, not lost
				p.send(held)
				held, late = nil, nil
			case <-p.life.ctx.Done():
			}
			continue
		}
		if d = p.allowed(d); d == nil {
			continue
		}
		if held == nil && d.attempt == 0 && p.faults.take(FaultReorder, d.name) != nil {
			held, late = d, time.After(300*time.Millisecond)
			continue
		}
		p.send(d)
		if held != nil {
			p.send(held)
			held, late = nil, nil
		}
	}
}

// allowed is d, or what Slack sends in its place once an hour's events are
// used up, or nil.
func (p *pump) allowed(d *delivery) *delivery {
	now := time.Now()
	if d.attempt > 0 || p.hourly.allow(now) {
		return d
	}
	told := p.rateLimited(now)
	if told == nil {
		p.out.done()
	}
	return told
}

// rateLimited is the event that says deliveries were dropped, at most one a
// minute.
func (p *pump) rateLimited(now time.Time) *delivery {
	minute := now.Unix() / 60
	if p.hourly.told == minute {
		return nil
	}
	p.hourly.told = minute
	return &delivery{name: "app_rate_limited", payload: object{"token": p.st.ws.App.VerificationToken, "type": "app_rate_limited",
		"team_id": p.st.ws.Team.ID, "minute_rate_limited": minute * 60, "api_app_id": p.st.ws.App.ID,
		"event": object{"type": "app_rate_limited", "limit": strconv.Itoa(eventsPerHour)}}}
}

// send delivers an event once, and again if the duplicate fault says so, and
// sees to its retries.
func (p *pump) send(d *delivery) {
	if d.raw == nil {
		raw, err := json.Marshal(d.payload)
		if err != nil {
			panic("slacksim: event is not JSON: " + err.Error()) // built here from JSON values
		}
		d.raw = raw
	}
	env := envelope{ID: envelopeID(), Type: "events_api", Payload: d.raw, RetryAttempt: d.attempt, RetryReason: d.reason, name: d.name}
	w := p.dispatch(env, doorEvents)
	p.life.spawn(func() { p.await(d, w) })
	p.duplicate(env, d.name, doorEvents)
}

// await waits for one acknowledgement and schedules what follows.
func (p *pump) await(d *delivery, w *waiting) {
	sent := time.Now()
	ctx, cancel := context.WithTimeout(p.life.ctx, p.ackWithin)
	defer cancel()
	answer, err := w.wait(ctx)
	p.transcript.add(Entry{Time: sent, Direction: ToApp, Kind: "event", Name: d.name, Payload: d.raw, Response: answer, Error: text(err),
		Millis: millis(sent), Attempt: d.attempt})
	if p.life.ctx.Err() != nil {
		return
	}
	if err == nil || errors.Is(err, errNoRetry) || d.attempt >= len(p.retries) {
		p.out.done()
		p.st.wake()
		return
	}
	next := *d
	next.attempt++
	next.reason = retryReason(err)
	wait := p.retries[d.attempt]
	time.AfterFunc(wait, func() {
		if p.life.ctx.Err() == nil {
			p.out.push(&next)
		}
	})
}

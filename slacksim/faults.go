package slacksim

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"path"
	"sync"
	"time"
)

// FaultKind names a way in which delivery or the Web API goes wrong.
type FaultKind string

// Faults of deliveries match the name of an event or interaction, such as
// message, app_mention or block_actions; those of the Web API match a method,
// such as chat.postMessage.
const (
	FaultDuplicate   FaultKind = "duplicate"    // the same payload again, Copies more times
	FaultReorder     FaultKind = "reorder"      // the next event overtakes this one
	FaultDropSocket  FaultKind = "drop_socket"  // the connection dies instead of delivering
	FaultLostAck     FaultKind = "lost_ack"     // the app's acknowledgement never arrives
	FaultRateLimited FaultKind = "rate_limited" // 429 with Retry-After
	FaultServerError FaultKind = "server_error" // 5xx, nothing done
	FaultLostAnswer  FaultKind = "lost_answer"  // done, but the answer is a 5xx
	FaultSlow        FaultKind = "slow"         // the answer takes Delay
	FaultHeld        FaultKind = "held"         // the call waits, nothing done, until the faults are cleared
	FaultError       FaultKind = "error"        // HTTP 200 with ok false and Code
)

// Fault is one knob. The zero values mean: every name, once, always.
type Fault struct {
	Kind       FaultKind `json:"kind"`
	Match      string    `json:"match,omitempty"`       // path.Match pattern of names; empty for all
	Channel    string    `json:"channel,omitempty"`     // of the Web API: only calls to this channel, by its ID
	Times      int       `json:"times,omitempty"`       // how often; 0 once, negative until cleared
	Chance     float64   `json:"chance,omitempty"`      // probability each time; 0 always
	RetryAfter int       `json:"retry_after,omitempty"` // seconds, of rate_limited
	DelayMS    int       `json:"delay_ms,omitempty"`    // of slow
	Status     int       `json:"status,omitempty"`      // of server_error and lost_answer; default 500
	Code       string    `json:"code,omitempty"`        // of error, such as internal_error
	Copies     int       `json:"copies,omitempty"`      // of duplicate; default 1
	SameID     bool      `json:"same_id,omitempty"`     // of duplicate: the same envelope_id too
}

var faultKinds = map[FaultKind]bool{FaultDuplicate: true, FaultReorder: true, FaultDropSocket: true, FaultLostAck: true,
	FaultRateLimited: true, FaultServerError: true, FaultLostAnswer: true, FaultSlow: true, FaultHeld: true, FaultError: true}

type faultBox struct {
	mu      sync.Mutex
	list    []*Fault
	held    int           // calls that wait for cleared
	cleared chan struct{} // nil while none waits
}

// Inject adds faults to those at work. It refuses kinds and patterns it does
// not know. What the caller holds is not changed.
func (b *faultBox) Inject(faults ...Fault) error {
	var list []*Fault
	for _, f := range faults { // a copy each: its count goes down
		if !faultKinds[f.Kind] {
			return fmt.Errorf("fault kind %q is unknown", f.Kind)
		}
		if _, err := path.Match(f.Match, ""); err != nil {
			return fmt.Errorf("fault pattern %q: %w", f.Match, err)
		}
		f.Times = cmp.Or(f.Times, 1)
		list = append(list, &f)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.list = append(b.list, list...)
	return nil
}

// ClearFaults ends all faults.
func (b *faultBox) ClearFaults() {
	b.mu.Lock()
	b.list = nil
	if b.cleared != nil {
		close(b.cleared)
		b.cleared = nil
	}
	b.mu.Unlock()
}

// Held counts the calls that FaultHeld holds.
func (b *faultBox) Held() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.held
}

// hold keeps a call until the faults are cleared; false: the app hung up.
func (b *faultBox) hold(ctx context.Context) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.cleared == nil {
		b.cleared = make(chan struct{})
	}
	cleared := b.cleared
	b.held++
	defer func() { b.held-- }()
	b.mu.Unlock()
	defer b.mu.Lock()
	select {
	case <-cleared:
		return true
	case <-ctx.Done():
		return false
	}
}

// take uses up one fault of a kind that matches name, if there is one.
func (b *faultBox) take(kind FaultKind, name string) *Fault { return b.takeOf(kind, name, "") }

// takeOf is take for a call to a channel.
func (b *faultBox) takeOf(kind FaultKind, name, channel string) *Fault {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, f := range b.list {
		matches, _ := path.Match(f.Match, name) // Inject has refused what is no pattern
		if f.Kind != kind || f.Match != "" && !matches || f.Channel != "" && f.Channel != channel || f.Chance > 0 && rand.Float64() >= f.Chance {
			continue
		}
		if f.Times > 0 {
			if f.Times--; f.Times == 0 {
				b.list = append(b.list[:i:i], b.list[i+1:]...)
			}
		}
		return f
	}
	return nil
}

func (f *Fault) delay() time.Duration { return time.Duration(f.DelayMS) * time.Millisecond }

// status is the HTTP status with which the fault answers.
func (f *Fault) status() int { return cmp.Or(f.Status, http.StatusInternalServerError) }

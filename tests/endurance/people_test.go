package endurance

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"sync/atomic"
	"time"

	"countersign/slacksim"
	"countersign/tests/endurance/product"
)

// person acts as somebody would who is not told that the bot dies all the time: looks
// at what stands there, does the next thing, and tries again what did not take.
type person struct {
	w      *product.World
	handle string
	id     string
	dice   *rand.Rand
	books  *ledger
	seq    *atomic.Int64 // names everything that is typed
	ending *atomic.Bool  // start nothing new, and bring to an end what is open
	seen   *slacksim.Stage
	host   string // of the request that is being written
	thread slacksim.Message
	idle   atomic.Bool // while ending: nothing is open any more
}

func newPerson(w *product.World, handle string, seed uint64, books *ledger, seq *atomic.Int64, ending *atomic.Bool) *person {
	p := &person{w: w, handle: handle, dice: rand.New(rand.NewPCG(seed, uint64(len(handle)))), books: books, seq: seq, ending: ending}
	p.seen = glimpse(w, time.Millisecond)
	p.id = p.seen.As(handle).ID()
	return p
}

func (p *person) chance(percent int) bool { return p.dice.IntN(100) < percent }

func (p *person) unique(what string) string { return fmt.Sprintf("%s-%d", what, p.seq.Add(1)) }

// act clicks and says whether the click was acknowledged.
func (p *person) act(a slacksim.Act) bool {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	return p.w.Act(ctx, p.id, a) == nil
}

// click clicks a button of a message by its words.
func (p *person) click(m slacksim.Message, words string) bool {
	block, action := find(m.Blocks, words)
	return action != "" && p.act(slacksim.Act{Place: slacksim.Place{Type: "message", Channel: m.Channel, TS: m.TS}, BlockID: block, ActionID: action})
}

// find finds a button by its words.
func find(blocks []any, words string) (block, action string) {
	raw, err := json.Marshal(blocks)
	if err != nil {
		return "", ""
	}
	var list []struct {
		BlockID  string `json:"block_id"`
		Elements []struct {
			Type     string `json:"type"`
			ActionID string `json:"action_id"`
			Text     struct {
				Text string `json:"text"`
			} `json:"text"`
		} `json:"elements"`
	}
	_ = json.Unmarshal(raw, &list) // context blocks have other elements: theirs stay empty
	for _, b := range list {
		for _, e := range b.Elements {
			if e.Type == "button" && e.Text.Text == words {
				return b.BlockID, e.ActionID
			}
		}
	}
	return "", ""
}

// modal is the modal that the person has open, if any.
func (p *person) modal() (v slacksim.View, open bool) {
	open = try(func() { v = p.seen.As(p.handle).SeesModal() })
	return v, open
}

// awaited is a modal with these words, given a moment to open.
func (p *person) awaited(words string) (v slacksim.View, open bool) {
	open = try(func() { v = glimpse(p.w, 2*time.Second).As(p.handle).SeesModal(words) })
	return v, open
}

// close closes whatever is open.
func (p *person) close(v slacksim.View) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	_ = p.w.CloseView(ctx, p.id, v.ID) // the app may be down; the view is gone all the same
}

// submit submits a modal, as often as a person has patience for, and says whether it
// was taken. A refusal shown in the modal is not taken.
func (p *person) submit(v slacksim.View, values map[string]map[string]any) (taken, refused bool) {
	for range 4 {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		result, err := p.w.Submit(ctx, p.id, v.ID, values)
		cancel()
		if err != nil {
			return false, false // the modal is gone
		}
		if result.OK() {
			now, open := p.modal()
			return true, open && strings.Contains(now.Shown(), ":no_entry_sign:")
		}
		if len(result.Errors) > 0 {
			return false, false
		}
		time.Sleep(time.Duration(100+p.dice.IntN(500)) * time.Millisecond)
	}
	return false, false
}

// write submits a modal that asks for one text, and enters the deed.
func (p *person) write(v slacksim.View, kind, request string) {
	text := p.unique(kind)
	taken, refused := p.submit(v, map[string]map[string]any{"reason": {"value": text}})
	p.books.add(deed{kind: kind, person: p.id, request: request, text: text, acked: taken && !refused})
	if now, open := p.modal(); open {
		p.close(now)
	}
}

var requestID = regexp.MustCompile(`REQ-\d+`)

// messages are what the person can read at a place, newest first.
func (p *person) messages(at *slacksim.Actor) []slacksim.Message {
	all := at.Messages()
	for i, j := 0, len(all)-1; i < j; i, j = i+1, j-1 {
		all[i], all[j] = all[j], all[i]
	}
	return all
}

// live acts until stop.
func (p *person) live(ctx context.Context, step func()) {
	for ctx.Err() == nil {
		try(step)
		select {
		case <-ctx.Done():
		case <-time.After(time.Duration(30+p.dice.IntN(120)) * time.Millisecond):
		}
	}
}

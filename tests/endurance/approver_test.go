package endurance

import (
	"slices"
	"time"

	"countersign/slacksim"
	"countersign/tests/endurance/product"
)

// glanceAt is how long a person waits for a command to be taken.
const glanceAt = 15 * time.Second

// decides is one step of an approver, who looks after every second request only, so
// that no two work on one.
func (p *person) decides(parity int) {
	if v, open := p.modal(); open {
		p.close(v)
		return
	}
	for _, m := range p.messages(p.seen.As(p.handle).In(product.Approvals)) {
		id, buttons := requestID.FindString(m.Shown()), m.Buttons()
		undecided := slices.Contains(buttons, "Approve") || slices.Contains(buttons, "Take off hold")
		if id == "" || int(id[len(id)-1])%2 != parity || !undecided || !p.ending.Load() && p.chance(50) {
			continue
		}
		p.decide(m, id)
		return
	}
}

func (p *person) decide(m slacksim.Message, id string) {
	held := slices.Contains(m.Buttons(), "Take off hold")
	pick := p.dice.IntN(100)
	if p.ending.Load() {
		pick = 0
	}
	switch {
	case held && pick < 70:
		p.clicked(m, "resume", "Take off hold", id)
	case !held && pick < 50:
		p.clicked(m, "approve", "Approve", id)
	case !held && pick < 70:
		p.clicksAndWrites(m, "hold", "Hold…", "Put on hold", id)
	case pick < 80:
		p.clicksAndWrites(m, "reject", "Reject…", "Reject", id)
	default:
		p.clicksAndWrites(m, "ask", "Ask…", "Ask the requester", id)
	}
}

func (p *person) clicked(m slacksim.Message, kind, button, id string) {
	acked := p.click(m, button)
	p.books.add(deed{kind: kind, person: p.id, request: id, acked: acked})
}

func (p *person) clicksAndWrites(m slacksim.Message, kind, button, title, id string) {
	if !p.click(m, button) {
		return
	}
	if v, open := p.awaited(title); open {
		p.write(v, kind, id)
	}
}

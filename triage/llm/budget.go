package llm

import (
	"encoding/json"
	"errors"
	"sync"
	"time"
)

// ErrBudget means that the case or the day has used up what it may.
var ErrBudget = errors.New("llm: the budget is used up")

// maxCases is how many cases of a day are counted one by one. Beyond it, new cases get
// no assistant until the next day: that many are no ordinary day.
const maxCases = 20_000

// ledger counts what is spent. Day and month go on after a restart if what Ledger gave
// is given back; what single cases have used begins anew.
type ledger struct {
	mu    sync.Mutex
	c     Config
	day   string
	total Budget
	month string
	all   Budget // of the month
	cases map[string]*Budget
}

// reserve takes the most that a call can cost, or refuses.
func (l *ledger) reserve(id string, in, out int) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.turn()
	used := l.cases[id]
	if used == nil {
		if len(l.cases) >= maxCases {
			return ErrBudget
		}
		used = &Budget{}
		l.cases[id] = used
	}
	more := Budget{1, in + out, l.price(in, out)}
	if over(*used, more, l.c.PerCase) || over(l.total, more, l.c.PerDay) || over(l.all, more, l.c.PerMonth) {
		return ErrBudget
	}
	used.add(more)
	l.total.add(more)
	l.all.add(more)
	return nil
}

// turn begins a new day, and a new month, when their time has come.
func (l *ledger) turn() {
	now := l.c.Now().UTC()
	if day := now.Format(time.DateOnly); day != l.day {
		l.day, l.total, l.cases = day, Budget{}, map[string]*Budget{}
	}
	if month := now.Format("2006-01"); month != l.month {
		l.month, l.all = month, Budget{}
	}
}

// kept is a ledger as it is written down.
type kept struct {
	Day   string `json:"day"`
	Today Budget `json:"today"`
	Month string `json:"month"`
	All   Budget `json:"all"`
}

// now is the ledger of this day and month.
func (l *ledger) now() kept {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.turn()
	return kept{l.day, l.total, l.month, l.all}
}

// restore takes up what was written down. What cannot be read counts as nothing.
func (l *ledger) restore(raw string) {
	var k kept
	if json.Unmarshal([]byte(raw), &k) == nil {
		l.day, l.total, l.month, l.all, l.cases = k.Day, k.Today, k.Month, k.All, map[string]*Budget{}
	}
}

// settle replaces what was reserved by what was used.
func (l *ledger) settle(id, day string, reservedIn, reservedOut, in, out int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	diff := Budget{0, in + out - reservedIn - reservedOut, l.price(in, out) - l.price(reservedIn, reservedOut)}
	if day != l.day { // the day that it belongs to is over, the month perhaps not
		if l.month == day[:len("2006-01")] {
			l.all.add(diff)
		}
		return
	}
	l.total.add(diff)
	l.all.add(diff)
	if used := l.cases[id]; used != nil {
		used.add(diff)
	}
}

func (l *ledger) today() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.day
}

// price is in millionths of the currency, rounded up.
func (l *ledger) price(in, out int) int64 {
	return (int64(in)*l.c.PriceIn + int64(out)*l.c.PriceOut + 999_999) / 1_000_000
}

func (b *Budget) add(x Budget) {
	b.Calls += x.Calls
	b.Tokens += x.Tokens
	b.Cost += x.Cost
}

func over(used, more, limit Budget) bool {
	return used.Calls+more.Calls > limit.Calls || used.Tokens+more.Tokens > limit.Tokens || limit.Cost > 0 && used.Cost+more.Cost > limit.Cost
}

// tokens estimates the tokens of a text from above: Chinese has about one a character,
// English one in four.
func tokens(s string) int {
	n := 0
	for _, r := range s {
		if r < 0x80 {
			n++
		} else {
			n += 5
		}
	}
	return n/3 + 8
}

package storage_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"countersign/workflows"
)

func receipts(b *bundle) {
	runs := 0
	step := func(workflows.Reader) (workflows.Change, error) {
		runs++
		return workflows.Change{Audit: []workflows.Audit{note("s", "")}}, nil
	}
	long := workflows.Receipt(strings.Repeat("長", 500))
	for _, r := range []workflows.Receipt{"a", "b", long, long + "x"} {
		if err := b.Update(b.ctx, r, step); err != nil {
			b.Fatalf("first %.20s: %v", r, err)
		}
		if err := b.Update(b.ctx, r, step); !errors.Is(err, workflows.ErrSeen) {
			b.Errorf("again %.20s: %v, want ErrSeen", r, err)
		}
	}
	rows := 0
	b.see(func(r workflows.Reader) error {
		list, err := r.Audit(b.ctx, "s", 0, 100)
		rows = len(list)
		return err
	})
	if runs != 4 || rows != 4 {
		b.Errorf("%d runs, %d audit rows; want 4 and 4", runs, rows)
	}
	// A refusal rolls its receipt back: the person may try again with the same click.
	refusal := workflows.Refuse(workflows.Forbidden, "x")
	err := b.Update(b.ctx, "c", func(workflows.Reader) (workflows.Change, error) { return workflows.Change{}, refusal })
	if err != error(refusal) {
		b.Errorf("an error of the step came back as %v", err)
	}
	if err := b.Update(b.ctx, "c", step); err != nil {
		b.Errorf("after a refusal: %v", err)
	}
	// Without a receipt nothing is deduplicated; a receipt alone is remembered.
	none := func(workflows.Reader) (workflows.Change, error) { return workflows.Change{}, nil }
	for _, r := range []workflows.Receipt{"", "", "d"} {
		if err := b.Update(b.ctx, r, none); err != nil {
			b.Errorf("empty change: %v", err)
		}
	}
	if err := b.Update(b.ctx, "d", none); !errors.Is(err, workflows.ErrSeen) {
		b.Errorf("receipt of an empty change: %v, want ErrSeen", err)
	}
}

func sweep(b *bundle) {
	none := func(workflows.Reader) (workflows.Change, error) { return workflows.Change{}, nil }
	for i := range 1200 {
		if i == 1100 {
			b.clock.advance(time.Hour)
		}
		if err := b.Update(b.ctx, workflows.Receipt(n(i)), none); err != nil {
			b.Fatal(err)
		}
	}
	gone, err := b.SweepReceipts(b.ctx, b.clock.now())
	if err != nil || gone != 1100 {
		b.Errorf("swept %d, %v; want 1100", gone, err)
	}
	if err := b.Update(b.ctx, "1150", none); !errors.Is(err, workflows.ErrSeen) {
		b.Errorf("a young receipt was swept: %v", err)
	}
	if err := b.Update(b.ctx, "5", none); err != nil {
		b.Errorf("an old receipt is still there: %v", err)
	}
}

func versions(b *bundle) {
	r := b.request("REQ-1", ann, workflows.Submitted)
	b.put(workflows.Change{Requests: []workflows.Request{r}})
	b.want("new, though it exists", b.try(workflows.Change{Requests: []workflows.Request{r}}), workflows.Conflict)
	b.see(func(rd workflows.Reader) error {
		got, err := rd.Request(b.ctx, "REQ-1")
		if got.Version != 1 {
			b.Errorf("version %d of a new request, want 1", got.Version)
		}
		r = got
		return err
	})
	r.State = workflows.Approved
	b.put(workflows.Change{Requests: []workflows.Request{r}})
	b.want("an older version", b.try(workflows.Change{Requests: []workflows.Request{r}}), workflows.Conflict)
	gone := r
	gone.ID, gone.Version = "REQ-404", 1
	b.want("a version of what is not there", b.try(workflows.Change{Requests: []workflows.Request{gone}}), workflows.Conflict)
	b.see(func(rd workflows.Reader) error {
		got, err := rd.Request(b.ctx, "REQ-1")
		if got.Version != 2 || got.State != workflows.Approved {
			b.Errorf("got version %d in state %s, want 2 and approved", got.Version, got.State)
		}
		_, absent := rd.Request(b.ctx, "REQ-404")
		b.want("absent", absent, workflows.NotFound)
		return err
	})
	c := workflows.Conversation{ID: "c", Person: ann, Phase: workflows.Asking}
	k := workflows.Case{ID: "k", Person: ann}
	b.put(workflows.Change{Conversations: []workflows.Conversation{c}, Cases: []workflows.Case{k}})
	b.want("conversation", b.try(workflows.Change{Conversations: []workflows.Conversation{c}}), workflows.Conflict)
	b.want("case", b.try(workflows.Change{Cases: []workflows.Case{k}}), workflows.Conflict)
}

// atomic fails each part of a change in turn, with all others good, and looks whether
// anything of it stayed.
func atomic(b *bundle) {
	old := b.request("OLD", ann, workflows.Submitted)
	b.put(workflows.Change{Requests: []workflows.Request{old}, Effects: []workflows.Effect{effect(workflows.Work, "z", "z")},
		Conversations: []workflows.Conversation{{ID: "old", Person: ann}}, Cases: []workflows.Case{{ID: "old", Person: ann}},
		Decisions: []workflows.Decision{{Request: "OLD", By: bob, Verdict: workflows.Approve, Hash: "h", At: b.clock.now()}}})
	good := func() workflows.Change {
		return workflows.Change{
			Requests:      []workflows.Request{b.request("NEW", ann, workflows.Submitted)},
			Decisions:     []workflows.Decision{{Request: "NEW", By: bob, Verdict: workflows.Approve, Hash: "h", At: b.clock.now()}},
			Conversations: []workflows.Conversation{{ID: "new", Person: ann, Phase: workflows.Asking}},
			Deployments:   []workflows.Remembered{{Team: "T1", Name: "d"}},
			Cards:         []workflows.Card{{Subject: "NEW", Kind: "approval", Channel: "C"}},
			Cases:         []workflows.Case{{ID: "new", Person: ann}},
			Audit:         []workflows.Audit{note("NEW", "")},
			Effects:       []workflows.Effect{effect(workflows.Notify, "NEW", "new")},
			Settings:      map[string]string{"new": "1"},
		}
	}
	for name, spoil := range map[string]func(*workflows.Change){
		"request":  func(c *workflows.Change) { c.Requests = append(c.Requests, old) },
		"decision": func(c *workflows.Change) { c.Decisions = append(c.Decisions, c.Decisions[0]) },
		"stranger": func(c *workflows.Change) { c.Decisions[0].Request = "REQ-404" },
		"conversation": func(c *workflows.Change) {
			c.Conversations = append(c.Conversations, workflows.Conversation{ID: "old"})
		},
		"case":   func(c *workflows.Change) { c.Cases = append(c.Cases, workflows.Case{ID: "old"}) },
		"effect": func(c *workflows.Change) { c.Effects = append(c.Effects, workflows.Effect{Lane: workflows.Work}) },
		"done":   func(c *workflows.Change) { c.Done = []int64{987654321} },
	} {
		c := good()
		spoil(&c)
		err := b.Update(b.ctx, "atomic", func(workflows.Reader) (workflows.Change, error) { return c, nil })
		if err == nil || errors.Is(err, workflows.ErrSeen) {
			b.Errorf("%s: %v, want a failure", name, err)
		}
		b.see(func(rd workflows.Reader) error {
			_, request := rd.Request(b.ctx, "NEW")
			_, conversation := rd.Conversation(b.ctx, "new")
			_, deployment := rd.Remembered(b.ctx, "T1", "d")
			_, triage := rd.Case(b.ctx, "new")
			_, setting := rd.Setting(b.ctx, "new")
			for what, err := range map[string]error{"request": request, "conversation": conversation, "deployment": deployment,
				"case": triage, "setting": setting} {
				if workflows.CodeOf(err) != workflows.NotFound {
					b.Errorf("%s failed, and the %s stayed (%v)", name, what, err)
				}
			}
			if cards := must(rd.Cards(b.ctx, "NEW"))(b); len(cards) > 0 {
				b.Errorf("%s failed, and a card stayed", name)
			}
			if rows := must(rd.Audit(b.ctx, "NEW", 0, 10))(b); len(rows) > 0 {
				b.Errorf("%s failed, and an audit row stayed", name)
			}
			return nil
		})
		if _, ok, err := b.Claim(b.ctx, workflows.Notify, time.Minute); ok || err != nil {
			b.Errorf("%s failed, and an effect stayed (%v)", name, err)
		}
	}
	if err := b.Update(b.ctx, "atomic", func(workflows.Reader) (workflows.Change, error) { return good(), nil }); err != nil {
		b.Errorf("the same, unspoiled, afterwards: %v", err)
	}
}

func numbers(b *bundle) {
	seen := map[int64]bool{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 5 {
				var number int64
				err := b.Update(b.ctx, "", func(r workflows.Reader) (workflows.Change, error) {
					var err error
					number, err = r.NextRequest(b.ctx)
					if err == nil && j == 2 {
						err = errors.New("given up")
					}
					return workflows.Change{Settings: map[string]string{fmt.Sprint(i, j): "x"}}, err
				})
				mu.Lock()
				if err == nil && seen[number] {
					b.Errorf("number %d was given twice", number)
				}
				seen[number] = seen[number] || err == nil
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	for i := range int64(32) {
		if !seen[i+1] {
			b.Errorf("number %d was never given", i+1)
		}
	}
	if err := b.View(b.ctx, func(r workflows.Reader) error { _, err := r.NextRequest(b.ctx); return err }); err == nil {
		b.Error("a number was given outside an update")
	}
}

// race has sixteen approvers click at once, each having seen the same version.
func race(b *bundle) {
	b.put(workflows.Change{Requests: []workflows.Request{b.request("REQ-1", ann, workflows.Submitted)}})
	const approvers = 16
	var seen workflows.Request
	b.see(func(r workflows.Reader) (err error) { seen, err = r.Request(b.ctx, "REQ-1"); return err })
	errs := make([]error, approvers)
	var start, end sync.WaitGroup
	start.Add(1)
	for i := range approvers {
		end.Go(func() {
			by := workflows.Person{Team: "T1", ID: n(i)}
			next := seen
			next.State = workflows.Approved
			start.Wait()
			errs[i] = b.Update(b.ctx, workflows.Receipt("click/"+n(i)), func(workflows.Reader) (workflows.Change, error) {
				return workflows.Change{
					Requests:  []workflows.Request{next},
					Decisions: []workflows.Decision{{Request: "REQ-1", By: by, Verdict: workflows.Approve, Hash: "h", At: b.clock.now()}},
					Audit:     []workflows.Audit{{Actor: by, Verb: "approve", Subject: "REQ-1", Detail: `{"hash":"h"}`}},
					Effects:   []workflows.Effect{effect(workflows.Work, "REQ-1", "issue/REQ-1/"+n(i))},
				}, nil
			})
		})
	}
	start.Done()
	end.Wait()
	won := 0
	for i, err := range errs {
		if err == nil {
			won++
		} else if workflows.CodeOf(err) != workflows.Conflict {
			b.Errorf("approver %d: %v, want a conflict", i, err)
		}
	}
	b.see(func(r workflows.Reader) error {
		got := must(r.Request(b.ctx, "REQ-1"))(b)
		rows := must(r.Audit(b.ctx, "REQ-1", 0, 100))(b)
		if won != 1 || got.Version != 2 || len(got.Decisions) != 1 || len(rows) != 2 {
			b.Errorf("%d winners, version %d, %d decisions, %d audit rows; want 1, 2, 1, 2", won, got.Version, len(got.Decisions), len(rows))
		}
		return nil
	})
	if _, ok, _ := b.Claim(b.ctx, workflows.Work, time.Minute); !ok {
		b.Error("no effect of the winner")
	}
	if e, ok, _ := b.Claim(b.ctx, workflows.Work, 0); ok {
		b.Errorf("an effect of a loser: %s", e.Key)
	}
}

func verdicts(b *bundle) {
	b.put(workflows.Change{Requests: []workflows.Request{b.request("REQ-1", ann, workflows.Submitted), b.request("REQ-2", ann, workflows.Submitted)}})
	decide := func(id workflows.RequestID, p workflows.Person, v workflows.Verdict, hash string) error {
		return b.try(workflows.Change{Decisions: []workflows.Decision{{Request: id, By: p, Verdict: v, Hash: hash, Reason: "r", At: b.clock.now()}}})
	}
	for i, x := range []struct {
		id      workflows.RequestID
		by      workflows.Person
		verdict workflows.Verdict
		hash    string
		fine    bool
	}{
		{"REQ-1", bob, workflows.Hold, "h1", true},
		{"REQ-1", bob, workflows.Resume, "h1", true},
		{"REQ-1", bob, workflows.Hold, "h1", true},
		{"REQ-1", bob, workflows.Resume, "h1", true},
		{"REQ-1", bob, workflows.Approve, "h1", true},
		{"REQ-1", bob, workflows.Approve, "h1", false},
		{"REQ-1", bob, workflows.Reject, "h1", false},
		{"REQ-1", bob, workflows.Approve, "h2", true}, // the request was edited
		{"REQ-1", eve, workflows.Approve, "h1", true},
		{"REQ-2", bob, workflows.Approve, "h1", true},
	} {
		err := decide(x.id, x.by, x.verdict, x.hash)
		if x.fine && err != nil {
			b.Errorf("%d %+v: %v", i, x, err)
		} else if !x.fine {
			b.want(fmt.Sprint(i, x), err, workflows.Conflict)
		}
	}
	b.see(func(r workflows.Reader) error {
		got := must(r.Request(b.ctx, "REQ-1"))(b).Decisions
		order := ""
		for _, d := range got {
			order += string(d.Verdict)[:1]
		}
		if order != "hrhraaa" || got[0].By != bob || got[0].Reason != "r" || !got[0].At.Equal(b.clock.now()) {
			b.Errorf("decisions %q: %+v", order, got)
		}
		return nil
	})
}

package storage_test

import (
	"time"

	"countersign/workflows"
)

func conversations(b *bundle) {
	dm, thread := workflows.Place{Channel: "D1"}, workflows.Place{Channel: "C1", Thread: "1.5"}
	add := func(id string, p workflows.Person, at workflows.Place, phase workflows.Phase) {
		b.clock.advance(time.Second)
		b.put(workflows.Change{Conversations: []workflows.Conversation{{ID: id, Person: p, Place: at, Phase: phase, Updated: b.clock.now(),
			Answers: workflows.Answers{"nodes": {"a", "b"}, "none": {}}}}})
	}
	at := func(p workflows.Person, at workflows.Place) (id string) {
		b.see(func(r workflows.Reader) error {
			c, err := r.ConversationAt(b.ctx, p, at)
			if workflows.CodeOf(err) == workflows.NotFound {
				id = "-"
				return nil
			}
			id = c.ID
			return err
		})
		return id
	}
	check := func(what, got, want string) {
		b.Helper()
		if got != want {
			b.Errorf("%s: %s, want %s", what, got, want)
		}
	}
	check("nothing yet", at(ann, workflows.Place{}), "-")
	add("a1", ann, dm, workflows.Asking)
	add("a2", ann, thread, workflows.Reviewing)
	add("a3", ann, workflows.Place{}, workflows.Asking)
	add("a4", ann, dm, workflows.Sent)
	add("b1", bob, thread, workflows.Asking)
	add("e1", eve, dm, workflows.Asking)
	check("direct message", at(ann, dm), "a1")
	check("thread", at(ann, thread), "a2")
	check("anywhere", at(ann, workflows.Place{}), "a3")
	check("the channel, outside the thread", at(ann, workflows.Place{Channel: "C1"}), "-")
	check("another in the same thread", at(bob, thread), "b1")
	check("the same ID in another team", at(eve, dm), "e1")
	add("a5", ann, dm, workflows.Asking)
	check("the newer of two", at(ann, dm), "a5")

	var c workflows.Conversation
	b.see(func(r workflows.Reader) (err error) { c, err = r.Conversation(b.ctx, "a1"); return err })
	if v, ok := c.Answers["none"]; !ok || v == nil || len(v) != 0 || len(c.Answers["nodes"]) != 2 {
		b.Errorf("answers came back as %v", c.Answers)
	}
	b.clock.advance(time.Second)
	c.Updated = b.clock.now()
	b.put(workflows.Change{Conversations: []workflows.Conversation{c}})
	check("the one changed last", at(ann, dm), "a1")
	c.Version, c.Phase = 2, workflows.Dropped
	b.put(workflows.Change{Conversations: []workflows.Conversation{c}})
	check("after it was dropped", at(ann, dm), "a5")
	b.see(func(r workflows.Reader) error {
		_, err := r.Conversation(b.ctx, "nobody")
		b.want("absent", err, workflows.NotFound)
		return nil
	})
}

func cases(b *bundle) {
	at := workflows.Place{Channel: "C1", Thread: "1.5"}
	for _, id := range []string{"k1", "k2"} {
		b.clock.advance(time.Second)
		b.put(workflows.Change{Cases: []workflows.Case{{ID: id, Person: ann, Place: at, Input: "x", Ticks: []int{2, 0}, Updated: b.clock.now()}}})
	}
	b.put(workflows.Change{Cases: []workflows.Case{{ID: "nowhere", Person: ann}}})
	b.see(func(r workflows.Reader) error {
		if k := must(r.CaseAt(b.ctx, at))(b); k.ID != "k2" || len(k.Ticks) != 2 || k.Version != 1 {
			b.Errorf("case at its place: %+v", k)
		}
		if k := must(r.Case(b.ctx, "k1"))(b); k.ID != "k1" {
			b.Errorf("case: %+v", k)
		}
		_, err := r.CaseAt(b.ctx, workflows.Place{Channel: "C1"})
		b.want("case outside its thread", err, workflows.NotFound)
		_, err = r.CaseAt(b.ctx, workflows.Place{})
		b.want("case nowhere", err, workflows.NotFound)
		_, err = r.Case(b.ctx, "k9")
		b.want("absent", err, workflows.NotFound)
		return nil
	})
}

func deployments(b *bundle) {
	for _, name := range []string{"one", "two", "three", "one"} {
		b.clock.advance(time.Second)
		b.put(workflows.Change{Deployments: []workflows.Remembered{
			{Team: "T1", Name: name, Product: "cms", By: ann, Updated: b.clock.now(), Answers: workflows.Answers{"k": {b.clock.now().String()}}},
			{Team: "T2", Name: name, Product: "imp", By: eve, Updated: b.clock.now()},
		}})
	}
	b.see(func(r workflows.Reader) error {
		one := must(r.Remembered(b.ctx, "T1", "one"))(b)
		if one.Answers.First("k") != b.clock.now().String() || one.Product != "cms" || one.By != ann || !one.Updated.Equal(b.clock.now()) {
			b.Errorf("remembered: %+v", one)
		}
		list := must(r.RememberedList(b.ctx, "T1", 2))(b)
		if len(list) != 2 || list[0].Name != "one" || list[1].Name != "three" || list[0].Team != "T1" {
			b.Errorf("newest two: %+v", list)
		}
		_, err := r.Remembered(b.ctx, "T3", "one")
		b.want("of another team", err, workflows.NotFound)
		return nil
	})
}

func cards(b *bundle) {
	put := func(c workflows.Card) { b.put(workflows.Change{Cards: []workflows.Card{c}}) }
	put(workflows.Card{Subject: "R", Kind: "approval", Channel: "C1", Drawn: "planned"}) // not posted yet
	put(workflows.Card{Subject: "R2", Kind: "approval", Channel: "C1"})
	put(workflows.Card{Subject: "R", Kind: "approval", Channel: "C1", TS: "1.1", Drawn: "a", Updated: b.clock.now()})
	put(workflows.Card{Subject: "R", Kind: "requester", Channel: "D1", TS: "1.1", Thread: "0.9", Drawn: "b", Updated: b.clock.now()})
	b.see(func(r workflows.Reader) error {
		list := must(r.Cards(b.ctx, "R"))(b)
		if len(list) != 2 || list[0].TS != "1.1" || list[0].Drawn != "a" || list[1].Thread != "0.9" {
			b.Errorf("cards: %+v", list)
		}
		if c := must(r.CardAt(b.ctx, "D1", "1.1"))(b); c.Kind != "requester" || !c.Updated.Equal(b.clock.now()) {
			b.Errorf("card at its message: %+v", c)
		}
		_, err := r.CardAt(b.ctx, "C1", "9.9")
		b.want("another message", err, workflows.NotFound)
		_, err = r.CardAt(b.ctx, "C1", "")
		b.want("no message", err, workflows.NotFound)
		return nil
	})
}

func settings(b *bundle) {
	b.put(workflows.Change{Settings: map[string]string{"a": "1", "b": ""}})
	b.put(workflows.Change{Settings: map[string]string{"a": "2"}})
	b.see(func(r workflows.Reader) error {
		if x, y := must(r.Setting(b.ctx, "a"))(b), must(r.Setting(b.ctx, "b"))(b); x != "2" || y != "" {
			b.Errorf("settings %q and %q", x, y)
		}
		_, err := r.Setting(b.ctx, "c")
		b.want("absent", err, workflows.NotFound)
		return nil
	})
}

// snapshot changes the world in the middle of a view.
func snapshot(b *bundle) {
	b.put(workflows.Change{Settings: map[string]string{"k": "before"}})
	b.see(func(r workflows.Reader) error {
		first := must(r.Setting(b.ctx, "k"))(b)
		b.put(workflows.Change{Settings: map[string]string{"k": "after"}})
		if again := must(r.Setting(b.ctx, "k"))(b); first != "before" || again != "before" {
			b.Errorf("a view saw %q, then %q", first, again)
		}
		return nil
	})
	b.see(func(r workflows.Reader) error {
		if now := must(r.Setting(b.ctx, "k"))(b); now != "after" {
			b.Errorf("the next view saw %q", now)
		}
		return nil
	})
}

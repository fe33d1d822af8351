package storage_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"countersign/workflows"
)

// queries are compared with the same question asked of a plain list.
func queries(b *bundle) {
	states := []workflows.State{workflows.Submitted, workflows.OnHold, workflows.Issued, workflows.Installed, "of a later version"}
	approver := []workflows.Await{workflows.AwaitDecision, workflows.AwaitSettling, workflows.AwaitChain}
	var all []workflows.Request
	start := b.clock.now()
	for i := range 120 {
		b.clock.advance(time.Duration(i%3) * time.Millisecond) // some at the same moment
		r := b.request(fmt.Sprint("REQ-", i+1), []workflows.Person{ann, bob, eve}[i%3], states[i%len(states)],
			fmt.Sprintf("Expe%03d.example.com", i), "shared.Exämple.com")
		r.Batch = []string{"", "b1", "b2"}[i%7%3]
		if i%2 == 0 {
			r.Expires = start.Add(time.Duration(i) * time.Hour)
		}
		r.Policy = []string{"p1", "p2", "p3", ""}[i%4]
		if i%5 == 0 {
			r.CSR = []byte("csr")
		}
		switch i % 13 {
		case 0, 1:
			r.State, r.Mismatch = workflows.Issuing, &workflows.Mismatch{Chain: [][]byte{{1}}}
		case 2:
			r.State, r.Mismatch = workflows.Issuing, &workflows.Mismatch{}
		case 3:
			r.Spec.OwnCSR = true
		}
		switch i % 11 {
		case 0:
			r.Revoking = &workflows.Revocation{Manual: true}
		case 1:
			r.Revoking = &workflows.Revocation{Manual: true, Done: start}
		case 2:
			r.Unused = []workflows.Unused{{}, {Revocation: workflows.Revocation{Manual: true}}}
		}
		all = append(all, r)
		b.put(workflows.Change{Requests: []workflows.Request{r}})
	}
	for name, q := range map[string]workflows.RequestQuery{
		"all":            {Limit: 200},
		"default limit":  {},
		"limit":          {Limit: 7},
		"team":           {Team: "T1", Limit: 200},
		"no such team":   {Team: "T9"},
		"mine":           {Requester: ann, Limit: 200},
		"mine in a team": {Requester: ann, Team: "T1", Limit: 200},
		"mine elsewhere": {Requester: ann, Team: "T2", Limit: 200},
		"state":          {States: states[:1], Limit: 200},
		"states":         {States: states[1:3], Limit: 10},
		"state twice":    {States: []workflows.State{workflows.Issued, workflows.Issued}, Limit: 200},
		"mine waiting":   {Requester: bob, States: states[:2], Limit: 200},
		"team waiting":   {Team: "T2", States: states[:2], Limit: 3},
		"batch":          {Batch: "b1", Limit: 200},
		"batch and more": {Batch: "b1", Requester: ann, States: states[:2], Limit: 200},
		"due":            {DueBefore: start.Add(40 * time.Hour), Limit: 200},
		"due in a state": {DueBefore: start.Add(40 * time.Hour), States: states[:1], Limit: 200},
		"due, mine":      {DueBefore: start.Add(40 * time.Hour), Requester: ann, Limit: 200},
		"owed":           {RevocationDue: true, Limit: 200},
		"owed, a page":   {RevocationDue: true, Team: "T1", States: states[:3], Limit: 3},
		"not by":         {Team: "T1", NotBy: ann, Limit: 200},
		"policy":         {Policies: []string{"p1"}, Limit: 200},
		"decides":        {Team: "T1", NotBy: ann, Policies: []string{"p1", "p3"}, Awaits: approver, Limit: 200},
		"decides, page":  {Team: "T1", NotBy: bob, Policies: []string{"p1", "p2", "p2"}, Awaits: approver, Limit: 3},
		"decides, state": {Team: "T1", Policies: []string{"p1", "p2"}, Awaits: approver, States: states[:2], Limit: 200},
		"awaits":         {Awaits: []workflows.Await{workflows.AwaitCSR}, Limit: 200},
		"awaits, mine":   {Team: "T1", Requester: ann, States: states[:1], Awaits: []workflows.Await{workflows.AwaitCSR}, Limit: 200},
		"lacks chain":    {Team: "T1", Policies: []string{"p2", "p3"}, Awaits: []workflows.Await{workflows.AwaitChain, workflows.AwaitChain}, Limit: 200},
		"owed, policy":   {Team: "T1", Policies: []string{"p1", "p2"}, RevocationDue: true, Limit: 200},
		"owed, awaits":   {Team: "T1", Policies: []string{"p1", "p2"}, RevocationDue: true, Awaits: approver, Limit: 200},
		"due, policy":    {DueBefore: start.Add(40 * time.Hour), Policies: []string{"p1"}, Awaits: approver, Limit: 200},
		"text":           {Text: "expe01", Limit: 200},
		"text, case":     {Text: "EXPE01", Limit: 200},
		"text, id":       {Text: "req-7", Limit: 200},
		"text, product":  {Text: "way-e/serv", Limit: 200},
		"text, middle":   {Text: "11.example", Limit: 200},
		"text, umlaut":   {Text: "EXÄMPLE", Limit: 200},
		"text, none":     {Text: "nowhere", Limit: 200},
		"text, wildcard": {Text: "expe%", Limit: 200},
		"text, short":    {Text: "00", Limit: 200},
		"text and more":  {Text: "expe0", Requester: eve, States: states[:3], Limit: 4},
		"before":         {Before: all[60].Updated, Limit: 200},
		"page":           {Before: all[60].Updated, BeforeID: all[60].ID, Requester: ann, Limit: 5},
	} {
		b.see(func(r workflows.Reader) error {
			got := must(r.Requests(b.ctx, q))(b)
			if g, w := ids(got), plain(all, q); !slices.Equal(g, w) {
				b.Errorf("%s:\n got %v\nwant %v", name, g, w)
			}
			q.Limit = 1000
			whole := len(plain(all, q))
			if n := must(r.Count(b.ctx, q, 1000))(b); n != whole {
				b.Errorf("%s: %d counted, want %d", name, n, whole)
			}
			if n := must(r.Count(b.ctx, q, 2))(b); n != min(whole, 2) {
				b.Errorf("%s: %d counted of at most 2", name, n)
			}
			return nil
		})
	}
}

func ids(rs []workflows.Request) (ids []string) {
	for _, r := range rs {
		ids = append(ids, string(r.ID))
	}
	return ids
}

// plain answers q from all, which is in the order of its making.
func plain(all []workflows.Request, q workflows.RequestQuery) (ids []string) {
	if q.Limit == 0 {
		q.Limit = 50
	}
	after := q.BeforeID == ""
	sorted := slices.Clone(all)
	slices.Reverse(sorted)
	slices.SortStableFunc(sorted, func(x, y workflows.Request) int { return y.Updated.Compare(x.Updated) })
	if q.Ends != (workflows.Span{}) {
		sorted = slices.Clone(all)
		slices.SortStableFunc(sorted, func(x, y workflows.Request) int { return x.NotAfter.Compare(y.NotAfter) })
	}
	renewed := func(r workflows.Request) bool {
		return slices.ContainsFunc(all, func(n workflows.Request) bool {
			return n.Replaces != nil && n.Replaces.Request == r.ID && (!n.State.Ended() || n.State == workflows.Superseded)
		})
	}
	for _, r := range sorted {
		words := strings.ToLower(string(r.ID) + "\n" + r.Spec.Profile)
		for _, name := range r.Spec.Names {
			words += "\n" + strings.ToLower(name.Value)
		}
		fits := after && (q.Team == "" || q.Team == r.Requester.Team) &&
			(q.Requester.IsZero() || q.Requester == r.Requester) &&
			(len(q.States) == 0 || slices.Contains(q.States, r.State)) &&
			(q.Batch == "" || q.Batch == r.Batch) &&
			(q.NotBy.IsZero() || q.NotBy != r.Requester) &&
			(len(q.Policies) == 0 || slices.Contains(q.Policies, r.Policy)) &&
			(len(q.Awaits) == 0 || slices.Contains(q.Awaits, r.Awaits())) &&
			(!q.RevocationDue || r.RevocationDue()) &&
			(q.DueBefore.IsZero() || !r.Expires.IsZero() && r.Expires.Before(q.DueBefore)) &&
			(q.Todo == "" || q.Todo == r.Todo()) &&
			(q.Ends == workflows.Span{} || (r.State == workflows.Issued || r.State == workflows.Installed) && !r.NotAfter.Before(q.Ends.From) && r.NotAfter.Before(q.Ends.Before)) &&
			(q.RenewalDue.IsZero() || r.Revoking == nil && !renewed(r) &&
				!r.NotAfter.Add(-min(workflows.RenewWithin, time.Duration(r.Spec.Days)*day/3)).After(q.RenewalDue)) &&
			strings.Contains(words, strings.ToLower(q.Text)) &&
			(q.Before.IsZero() || q.BeforeID != "" || r.Updated.Before(q.Before))
		after = after || r.ID == q.BeforeID
		if fits && len(ids) < q.Limit {
			ids = append(ids, string(r.ID))
		}
	}
	return ids
}

// pages walks a list of which all have the same moment, and one that changes.
func pages(b *bundle) {
	var batch []workflows.Request
	for i := range 130 {
		batch = append(batch, b.request(fmt.Sprint("REQ-", i+1), ann, workflows.Submitted, "same.example.com"))
	}
	b.put(workflows.Change{Requests: batch})
	for _, q := range []workflows.RequestQuery{{Limit: 7}, {Requester: ann, Limit: 50}, {Text: "same", Team: "T1", Limit: 20}} {
		seen := map[string]int{}
		for range 130 {
			var page []workflows.Request
			b.see(func(r workflows.Reader) (err error) { page, err = r.Requests(b.ctx, q); return err })
			if len(page) == 0 {
				break
			}
			for _, id := range ids(page) {
				seen[id]++
			}
			q.Before, q.BeforeID = page[len(page)-1].Updated, page[len(page)-1].ID
		}
		if len(seen) != 130 {
			b.Errorf("%+v: %d of 130 seen", q, len(seen))
		}
	}
	b.see(func(r workflows.Reader) error {
		if got := must(r.Requests(b.ctx, workflows.RequestQuery{Limit: 5000}))(b); len(got) != 130 {
			b.Errorf("a limit over 200 gave %d", len(got))
		}
		return nil
	})
}

func bySPKI(b *bundle) {
	for _, id := range []string{"REQ-1", "REQ-2", "REQ-3"} {
		r := b.request(id, ann, workflows.Submitted)
		r.SPKI = map[string]string{"REQ-1": "aa", "REQ-2": "aa"}[id]
		b.put(workflows.Change{Requests: []workflows.Request{r}})
	}
	// Whichever was made later: first the one that the certificate is for.
	order := []workflows.State{workflows.Cancelled, workflows.Approved, workflows.Superseded, workflows.Issuing}
	for i, state := range order {
		for j, other := range order[:i] {
			for turn, pair := range [][]workflows.State{{state, other}, {other, state}} {
				key := fmt.Sprint("pair", i, j, turn)
				for k, s := range pair {
					r := b.request("REQ-"+n(1000+100*i+10*j+2*turn+k), ann, s)
					r.SPKI = key
					b.put(workflows.Change{Requests: []workflows.Request{r}})
				}
				b.see(func(r workflows.Reader) error {
					if got := must(r.RequestBySPKI(b.ctx, key))(b); got.State != state {
						b.Errorf("of %v: %s", pair, got.State)
					}
					return nil
				})
			}
		}
	}
	b.see(func(r workflows.Reader) error {
		if got := must(r.RequestBySPKI(b.ctx, "aa"))(b); got.ID != "REQ-2" {
			b.Errorf("newest with the key: %s", got.ID)
		}
		for _, absent := range []string{"bb", ""} {
			_, err := r.RequestBySPKI(b.ctx, absent)
			b.want("key "+absent, err, workflows.NotFound)
		}
		return nil
	})
}

// hostile puts what people might write in every place that takes text.
func hostile(b *bundle) {
	for i, s := range []string{"", "'; DROP TABLE requests; --", "%_\\", "<!channel> <@U1> `x`", "nul\x00byte", "\xff\xfe not UTF-8",
		"\u202eright to left", "憑證簽署要求 证书签名请求 🔐", strings.Repeat("長", 4000), "line\nbreak\r\n", "\u2028"} {
		id := "REQ-" + n(i)
		r := b.request(id, workflows.Person{Team: "T" + s, ID: "U" + s}, workflows.Submitted)
		r.Purpose, r.Batch = s, "b"+s
		b.put(workflows.Change{
			Requests:      []workflows.Request{r},
			Decisions:     []workflows.Decision{{Request: r.ID, By: bob, Verdict: workflows.Reject, Hash: "h", Reason: s, At: b.clock.now()}},
			Conversations: []workflows.Conversation{{ID: "c" + s, Person: ann, Phase: workflows.Asking, Place: workflows.Place{Channel: "C" + s}}},
			Deployments:   []workflows.Remembered{{Team: "T", Name: "d" + s}},
			Cards:         []workflows.Card{{Subject: "s" + s, Kind: "k", Channel: "C", TS: id, Drawn: s}},
			Cases:         []workflows.Case{{ID: "k" + s, Person: ann, Input: s}},
			Audit:         []workflows.Audit{{Actor: ann, Verb: "v" + s, Subject: "s" + s, Detail: s}},
			Effects:       []workflows.Effect{{Key: "e" + s, Lane: workflows.Work, Subject: "s" + s, Body: json.RawMessage(`{}`)}},
			Settings:      map[string]string{"k" + s: s},
		})
		clean := strings.ToValidUTF8(s, "\uFFFD")
		b.see(func(rd workflows.Reader) error {
			got := must(rd.Request(b.ctx, r.ID))(b)
			if strings.ToValidUTF8(got.Purpose, "\uFFFD") != clean && len(clean) == len(s) || got.Decisions[0].Reason != s {
				b.Errorf("%q came back as %q, reason %q", s, got.Purpose, got.Decisions[0].Reason)
			}
			if list := must(rd.Requests(b.ctx, workflows.RequestQuery{Requester: r.Requester, Batch: "b" + s}))(b); len(list) != 1 {
				b.Errorf("%q: %d found by requester and batch", s, len(list))
			}
			must(rd.Requests(b.ctx, workflows.RequestQuery{Text: s}))(b)
			must(rd.Conversation(b.ctx, "c"+s))(b)
			must(rd.ConversationAt(b.ctx, ann, workflows.Place{Channel: "C" + s}))(b)
			must(rd.Remembered(b.ctx, "T", "d"+s))(b)
			must(rd.Case(b.ctx, "k"+s))(b)
			if v := must(rd.Setting(b.ctx, "k"+s))(b); v != s {
				b.Errorf("setting %q came back as %q", s, v)
			}
			if rows := must(rd.Audit(b.ctx, "s"+s, 0, 9))(b); len(rows) != 1 || rows[0].Detail != s || rows[0].Verb != "v"+s {
				b.Errorf("%q: audit %+v", s, rows)
			}
			if c := must(rd.Cards(b.ctx, "s"+s))(b); len(c) != 1 || c[0].Drawn != s {
				b.Errorf("%q: cards %+v", s, c)
			}
			return nil
		})
	}
}

// large is the biggest request that a person can make: 300 names and a long story.
func large(b *bundle) {
	var names []string
	for i := range 300 {
		names = append(names, fmt.Sprintf("%s%03d.%s.example.com", strings.Repeat("n", 58), i, strings.Repeat("名", 20)))
	}
	r := b.request("REQ-1", ann, workflows.Submitted, names...)
	r.Purpose = strings.Repeat("為什麼 ", 50000)
	r.CSR, r.Cert = make([]byte, 100_000), make([]byte, 100_000)
	b.put(workflows.Change{Requests: []workflows.Request{r}})
	b.see(func(rd workflows.Reader) error {
		got := must(rd.Request(b.ctx, "REQ-1"))(b)
		if got.Hash() != r.Hash() || len(got.Spec.Names) != 300 || got.Purpose != r.Purpose || len(got.Cert) != len(r.Cert) {
			b.Error("it is not what was put")
		}
		if list := must(rd.Requests(b.ctx, workflows.RequestQuery{Text: "n299.名"}))(b); len(list) != 1 {
			b.Errorf("found %d times by its last name", len(list))
		}
		return nil
	})
}

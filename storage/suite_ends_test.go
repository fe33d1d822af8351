package storage_test

import (
	"fmt"
	"slices"
	"time"

	"countersign/workflows"
)

const day = 24 * time.Hour

// duties are what requesters have to do, and certificates by their end, compared with the same
// question asked of a plain list.
func duties(b *bundle) {
	start := b.clock.now()
	var all []workflows.Request
	for i := range 140 {
		b.clock.advance(time.Duration(i%3) * time.Millisecond)
		state := []workflows.State{workflows.Submitted, workflows.OnHold, workflows.Issuing, workflows.Issued, workflows.Installed, workflows.Rejected, workflows.Superseded}[i%7]
		r := b.request(fmt.Sprint("REQ-", i+1), []workflows.Person{ann, bob}[i%2], state, fmt.Sprintf("expe%03d.example.com", i))
		r.Policy = []string{"p1", "p2", ""}[i%3]
		r.Spec.Days = []int{398, 90, 7}[i/7%3]
		if state == workflows.Issued || state == workflows.Installed || state == workflows.Superseded {
			r.NotAfter = start.Add(time.Duration(i-40) * day)
		}
		switch i / 7 % 5 {
		case 0:
			r.Questions = []workflows.Question{{Text: "first", Answer: "yes"}, {Text: "why?"}}
		case 1:
			r.Spec.OwnCSR, r.Questions = true, []workflows.Question{{Text: "why?", Answer: "because"}}
		case 2:
			r.Pending, r.Releases = true, []workflows.Release{{Accessor: "a"}, {Accessor: "b", Alarm: &workflows.Alarm{By: ann}}}
		case 3:
			r.Revoking, r.Mismatch = &workflows.Revocation{By: bob}, &workflows.Mismatch{}
		}
		if i >= 70 && i%4 == 0 { // of what is younger by 56 some are there to replace it
			r.Replaces = &workflows.Replaced{Request: all[i-56].ID}
		}
		all = append(all, r)
		b.put(workflows.Change{Requests: []workflows.Request{r}})
	}
	days := func(from, before int) workflows.Span {
		return workflows.Span{From: start.Add(time.Duration(from) * day), Before: start.Add(time.Duration(before) * day)}
	}
	for name, q := range map[string]workflows.RequestQuery{
		"answer":           {Requester: ann, Todo: workflows.TodoAnswer},
		"answer, page":     {Requester: bob, Todo: workflows.TodoAnswer, Limit: 2},
		"answer, all":      {Todo: workflows.TodoAnswer},
		"csr":              {Requester: ann, Todo: workflows.TodoCSR},
		"certificate":      {Requester: bob, Todo: workflows.TodoCertificate},
		"install":          {Requester: ann, Todo: workflows.TodoInstall},
		"ends":             {Requester: ann, Ends: days(-30, 60)},
		"ends, page":       {Team: ann.Team, Ends: days(-30, 60), Limit: 3},
		"ends, policies":   {Team: ann.Team, Policies: []string{"p1", "p2"}, Ends: days(-10, 60)},
		"ends, elsewhere":  {Team: "T9", Ends: days(-30, 60)},
		"ends, text":       {Team: ann.Team, Ends: days(-30, 90), Text: "expe04"},
		"ends, installed":  {Team: ann.Team, Ends: days(-30, 90), States: []workflows.State{workflows.Installed}},
		"renew":            {Requester: ann, Ends: days(-30, 100), RenewalDue: start},
		"renew, all":       {Team: ann.Team, Ends: days(-30, 100), RenewalDue: start.Add(3 * day)},
		"renew, installed": {Requester: bob, States: []workflows.State{workflows.Installed}, Ends: days(-30, 100), RenewalDue: start},
		"of policies":      {Team: ann.Team, Policies: []string{"p2", "p1", "p2"}, Limit: 9},
		"of one, open":     {Team: ann.Team, Policies: []string{"p2"}, States: []workflows.State{workflows.OnHold, workflows.Submitted}},
		"of one, text":     {Team: ann.Team, Policies: []string{"p2"}, Text: "expe1"},
	} {
		b.see(func(r workflows.Reader) error {
			want := plain(all, q)
			if got := ids(must(r.Requests(b.ctx, q))(b)); !slices.Equal(got, want) {
				b.Errorf("%s:\n got %v\nwant %v", name, got, want)
			}
			if name != "ends, elsewhere" && len(want) == 0 {
				b.Errorf("%s finds nothing", name)
			}
			return nil
		})
	}
}

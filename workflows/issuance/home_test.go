package issuance_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"countersign/tests/workbench"
	"countersign/workflows"
	"countersign/workflows/issuance"
)

// listed is a bench with requests as they are, each of its own key and later than the one before.
type listed struct {
	*workbench.Bench
	like workflows.Request
	n    int
}

func newListed(t *testing.T) *listed {
	b := workbench.New(t)
	return &listed{Bench: b, like: b.Submitted(t, workbench.Ella, workbench.Portal())}
}

// has stores a request.
func (l *listed) has(t *testing.T, who workflows.Person, state workflows.State, change func(*workflows.Request)) workflows.RequestID {
	t.Helper()
	l.n++
	r := l.like
	r.ID, r.Version, r.State, r.Requester, r.Batch, r.SPKI = workflows.NewRequestID(int64(100+l.n)), 0, state, who, "", ""
	r.Updated = l.Now().Add(time.Duration(l.n) * time.Second)
	if change != nil {
		change(&r)
	}
	workbench.Must(t, l.DB.Update(context.Background(), "", func(workflows.Reader) (workflows.Change, error) {
		return workflows.Change{Requests: []workflows.Request{r}}, nil
	}))
	return r.ID
}

// home is what somebody has to do, and what else there is, in one line.
func (l *listed) home(t *testing.T, who workflows.Person) string {
	t.Helper()
	h, err := l.Lists.HomeOf(context.Background(), who)
	workbench.Must(t, err)
	var parts []string
	for _, w := range h.Work {
		parts = append(parts, fmt.Sprint(w.Do, " ", brief(w.Requests)))
	}
	parts = append(parts, "ends "+brief(h.Ends), "others "+brief(h.Others))
	if h.More {
		parts = append(parts, "more")
	}
	if h.Rest {
		parts = append(parts, "rest")
	}
	return strings.Join(parts, "; ")
}

func brief(list []workflows.Request) string {
	var ids []string
	for _, r := range list {
		ids = append(ids, strings.TrimPrefix(string(r.ID), "REQ-"))
	}
	return strings.Join(ids, ",")
}

// TestHomeIsAWorkList: each request once, at the first thing to do, in the order of what is to
// be done.
func TestHomeIsAWorkList(t *testing.T) {
	l := newListed(t)
	ella, bolin := workbench.Ella, workbench.Bolin
	asked := []workflows.Question{{By: workbench.Anselm, Text: "which?"}}
	ends := func(days time.Duration) func(*workflows.Request) {
		return func(r *workflows.Request) { r.NotAfter, r.Spec.Days = l.Now().Add(days*24*time.Hour), 398 }
	}
	l.has(t, ella, workflows.Submitted, nil)                                                                                                   // 101: waits for others
	l.has(t, ella, workflows.Installed, ends(40))                                                                                              // 102
	l.has(t, ella, workflows.Issued, ends(200))                                                                                                // 103
	l.has(t, ella, workflows.Issuing, func(r *workflows.Request) { r.Pending = true })                                                         // 104
	l.has(t, ella, workflows.Submitted, func(r *workflows.Request) { r.CSR, r.Spec.OwnCSR = nil, true })                                       // 105
	l.has(t, ella, workflows.OnHold, func(r *workflows.Request) { r.Questions = asked })                                                       // 106
	l.has(t, ella, workflows.Installed, ends(100))                                                                                             // 107
	l.has(t, ella, workflows.Installed, ends(-10))                                                                                             // 108: missed
	l.has(t, ella, workflows.Installed, ends(-50))                                                                                             // 109: long ago
	l.has(t, ella, workflows.Installed, ends(20))                                                                                              // 110: renewed by 111
	l.has(t, ella, workflows.Submitted, func(r *workflows.Request) { r.Replaces = &workflows.Replaced{Request: "REQ-110"} })                   // 111
	l.has(t, ella, workflows.Installed, func(r *workflows.Request) { r.NotAfter, r.Spec.Days = l.Now().Add(40*24*time.Hour), 90 })             // 112: of 90 days, a third is left only in ten
	l.has(t, ella, workflows.Issued, func(r *workflows.Request) { ends(300)(r); r.Revoking = &workflows.Revocation{By: bolin, Manual: true} }) // 113
	if got, want := l.home(t, ella), "answer 106; csr 105; certificate 104; install 103; renew 108; renew 102; ends 110,112,107,113; others 111,109,101,1"; got != want {
		t.Errorf("ella's:\n got %s\nwant %s", got, want)
	}
	if got, want := l.home(t, bolin), "decide 111; decide 106; decide 101; decide 1; revoke 113; ends ; others "; got != want {
		t.Errorf("bolin's:\n got %s\nwant %s", got, want)
	}
}

// TestPlansOnHome: the requests of a card that wait for a decision are one thing to do, however
// many there are.
func TestPlansOnHome(t *testing.T) {
	l := newListed(t)
	plan := func(batch string) func(*workflows.Request) {
		return func(r *workflows.Request) { r.Batch, r.Group = batch, batch+"/1" }
	}
	for range 30 {
		l.has(t, workbench.Ella, workflows.Submitted, plan("B-1"))
	}
	l.has(t, workbench.Ella, workflows.OnHold, plan("B-1"))
	l.has(t, workbench.Ella, workflows.Submitted, plan("B-2"))
	l.has(t, workbench.Ella, workflows.Submitted, plan("B-2"))
	got := l.home(t, workbench.Bolin)
	if !strings.HasPrefix(got, "decide 132,133; decide 101,102,103,") || !strings.Contains(got, ",131;") || strings.Count(got, "decide") != 3 || strings.HasSuffix(got, "more") {
		t.Error(got)
	}
	for n := range 25 {
		l.has(t, workbench.Ella, workflows.Submitted, plan(fmt.Sprint("C-", n)))
	}
	if got := l.home(t, workbench.Bolin); strings.Count(got, "decide") != 20 || !strings.HasSuffix(got, "more") {
		t.Error(got)
	}
	if got := l.home(t, workbench.Ella); !strings.HasSuffix(got, "rest") || strings.Contains(got, "more") {
		t.Error(got)
	}
}

// TestListTellsTheTruth: whose, which, in which order, and how many there are in all.
func TestListTellsTheTruth(t *testing.T) {
	ctx := context.Background()
	l := newListed(t)
	ella, anselm, bolin := workbench.Ella, workbench.Anselm, workbench.Bolin
	l.People.Groups["voice"] = []workflows.Person{ella, anselm}
	l.Policies[0].Owners = "voice"
	other := l.Policies[0]
	other.Name, other.Owners = "other", ""
	l.Policies = append(l.Policies, other)
	elsewhere := func(r *workflows.Request) { r.Policy = "other" }
	end := func(days time.Duration) func(*workflows.Request) {
		return func(r *workflows.Request) { r.NotAfter = l.Now().Add(days * 24 * time.Hour) }
	}
	l.has(t, ella, workflows.Rejected, nil)        // 101
	l.has(t, ella, workflows.Installed, end(50))   // 102
	l.has(t, bolin, workflows.Issued, end(10))     // 103
	l.has(t, ella, workflows.OnHold, elsewhere)    // 104
	l.has(t, bolin, workflows.Installed, end(61))  // 105
	l.has(t, ella, workflows.Superseded, end(5))   // 106
	l.has(t, anselm, workflows.Issuing, elsewhere) // 107
	l.has(t, bolin, workflows.Installed, end(-5))  // 108
	for _, tt := range []struct {
		who  workflows.Person
		q    issuance.ListQuery
		want string
	}{
		{ella, issuance.ListQuery{}, "104,1,106,102,101 5"},
		{ella, issuance.ListQuery{Which: issuance.Open}, "104,1 2"},
		{ella, issuance.ListQuery{Which: issuance.Current}, "102 1"},
		{ella, issuance.ListQuery{Which: issuance.Expiring}, "102 1"},
		{ella, issuance.ListQuery{Text: "req-10"}, "104,106,102,101 4"},
		{ella, issuance.ListQuery{Whose: issuance.Team}, "1,108,106,105,103,102,101 7"},
		{ella, issuance.ListQuery{Whose: issuance.Team, Which: issuance.Expiring}, "108,103,102 3"},
		{anselm, issuance.ListQuery{Whose: issuance.Team, Which: issuance.Open}, "1 1"},
		{bolin, issuance.ListQuery{Whose: issuance.Team, Which: issuance.Open}, "107,104,1 3 no team"},
		{bolin, issuance.ListQuery{Whose: issuance.All, Which: issuance.Current}, "108,105,103,102 4"},
		{bolin, issuance.ListQuery{Whose: issuance.All, Which: issuance.Expiring, Text: "103"}, "103 1"},
		{bolin, issuance.ListQuery{Whose: issuance.All, Text: "nowhere"}, " 0"},
		{anselm, issuance.ListQuery{Whose: issuance.Mine}, "107 1"},
	} {
		got, err := l.Lists.List(ctx, tt.who, tt.q)
		workbench.Must(t, err)
		line := fmt.Sprint(brief(got.Requests), " ", got.Count)
		if got.NoTeam {
			line += " no team"
		}
		if line != tt.want {
			t.Errorf("%s, %+v: %s, want %s", tt.who.ID, tt.q, line, tt.want)
		}
	}
	for range 45 {
		l.has(t, ella, workflows.Failed, nil)
	}
	got, err := l.Lists.List(ctx, ella, issuance.ListQuery{})
	workbench.Must(t, err)
	if first := brief(got.Requests[:2]); got.Count != 50 || len(got.Requests) != issuance.MaxListed || first != "104,1" {
		t.Errorf("%d of %d, first %s", len(got.Requests), got.Count, first)
	}
	if !slices.ContainsFunc(got.Requests, func(r workflows.Request) bool { return r.ID == "REQ-153" }) {
		t.Error("the newest is not shown")
	}
}

// TestApprovedWaitsForOthers: what somebody has approved is no work of theirs while it takes one
// more.
func TestApprovedWaitsForOthers(t *testing.T) {
	l := newListed(t)
	l.Policies[0].Need = 2
	_, err := l.Decide(workbench.Anselm, l.like, workflows.Approve)
	workbench.Must(t, err)
	if got := l.home(t, workbench.Anselm); strings.Contains(got, "decide") {
		t.Error(got)
	}
	if got := l.home(t, workbench.Bolin); !strings.HasPrefix(got, "decide 1;") {
		t.Error(got)
	}
}

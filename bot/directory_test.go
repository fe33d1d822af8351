package bot_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"countersign/bot"
	"countersign/slacksim"
	"countersign/workflows"
)

var (
	anselm = workflows.Person{Team: "T0ACME", ID: "U0ANSELM"}
	ellaP  = workflows.Person{Team: "T0ACME", ID: "U0ELLA"}
)

// follow keeps the directory up to date, as the product does.
func (r *rig) follow(t *testing.T) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { r.dir.Run(ctx); close(ended) }()
	t.Cleanup(func() { stop(); <-ended })
}

// eventually waits for cond.
func (r *rig) eventually(t *testing.T, what string, cond func() bool) {
	t.Helper()
	for end := time.Now().Add(r.Patience); !cond(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("still not: " + what)
		}
	}
}

// TestRemovedApprover: who leaves the user group of approvers cannot decide any more, who
// comes can, and who becomes a guest or is deactivated can do nothing, all without waiting
// for the next reading.
func TestRemovedApprover(t *testing.T) {
	r := newRig(t, slacksim.Default())
	r.socket(t)
	r.follow(t)
	ella, approver, bolin := r.As("ella"), r.As("anselm").In("#cert-approvals"), r.As("bolin").In("#cert-approvals")
	r.asksFor(t, "portal.example.org")
	card := approver.Sees("Certificate request REQ-1")
	in := func(id string) bool {
		members, ok := r.dir.Members("pki")
		return ok && slices.Contains(members, workflows.Person{Team: "T0ACME", ID: id})
	}

	must(t, r.SetGroup("pki-approvers", "bolin", "sam"))
	r.eventually(t, "anselm is out", func() bool { return !in("U0ANSELM") })
	approver.Clicks(card, "Approve")
	approver.Sees("approver")
	r.eventually(t, "sam is in", func() bool { return in("U0SAM") })

	must(t, r.ChangePerson("bolin", func(p *slacksim.Person) { p.Guest = true }))
	r.eventually(t, "bolin is a guest", func() bool {
		p, _ := r.dir.Profile(workflows.Person{Team: "T0ACME", ID: "U0BOLIN"})
		return p.Guest
	})
	bolin.Clicks(card, "Approve")
	bolin.Sees("访客")
	x, err := r.service.Lists.Show(context.Background(), ellaP, "REQ-1")
	must(t, err)
	if len(x.Decisions) != 0 {
		t.Errorf("decided: %+v", x.Decisions)
	}
	must(t, r.ChangePerson("ella", func(p *slacksim.Person) { p.Guest = true }))
	r.eventually(t, "ella is a guest", func() bool { p, _ := r.dir.Profile(ellaP); return p.Guest })
	ella.Clicks(ella.Sees("REQ-1", "Waiting for approval"), "Cancel request") // her own status, at her click
	ella.Sees("Guests cannot use this")
}

// TestFresh: Slack is asked, whatever is remembered; a failure is one, not an empty or an
// old group; many who ask at once share an answer.
func TestFresh(t *testing.T) {
	ctx := context.Background()
	r := newRig(t, slacksim.Default()) // no door: no event arrives
	r.refresh(t)
	fresh := func() []workflows.Person {
		t.Helper()
		got, err := r.dir.Fresh(ctx, "pki", []workflows.Person{ellaP, anselm})
		must(t, err)
		return got
	}
	if got := fresh(); !slices.Contains(got, anselm) {
		t.Fatalf("%v", got)
	}
	must(t, r.SetGroup("pki-approvers", "bolin"))
	r.eventually(t, "asked anew", func() bool { return !slices.Contains(fresh(), anselm) })
	if members, ok := r.dir.Members("pki"); !ok || slices.Contains(members, anselm) {
		t.Errorf("remembered: %v", members)
	}
	must(t, r.ChangePerson("sam", func(p *slacksim.Person) { p.Deleted = true }))
	if got, err := r.dir.Fresh(ctx, "support", []workflows.Person{{Team: "T0ACME", ID: "U0SAM"}, anselm}); err != nil || !slices.Equal(got, []workflows.Person{anselm}) {
		t.Errorf("of people named by ID: %v, %v", got, err)
	}
	if _, err := r.dir.Fresh(ctx, "nobody knows", nil); err == nil {
		t.Error("a group that is not configured was read")
	}
	must(t, r.Inject(slacksim.Fault{Kind: slacksim.FaultError, Match: "usergroups.users.list", Code: "internal_error", Times: -1}))
	r.eventually(t, "it fails", func() bool { _, err := r.dir.Fresh(ctx, "pki", nil); return err != nil })
}

// slackOf serves the two methods of a directory: members is asked each time, of a person
// something is said once.
func slackOf(t *testing.T, members func() []string) (bot.Config, *atomic.Int64) {
	t.Helper()
	var calls atomic.Int64
	var told sync.Map
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if strings.HasSuffix(req.URL.Path, "users.info") {
			_ = req.ParseForm()
			if _, again := told.LoadOrStore(req.Form.Get("user"), true); again {
				_, _ = io.WriteString(w, `{"ok":false,"error":"internal_error"}`)
				return
			}
			_, _ = io.WriteString(w, `{"ok":true,"user":{"id":"`+req.Form.Get("user")+`","team_id":"T1"}}`)
			return
		}
		calls.Add(1)
		_, _ = io.WriteString(w, `{"ok":true,"users":["`+strings.Join(members(), `","`)+`"]}`)
	}))
	t.Cleanup(s.Close)
	return bot.Config{APIURL: s.URL + "/", BotToken: "xoxb-x"}, &calls
}

// TestStaleDirectory: what is older than its bound is unknown, and then nobody is in any
// group and nobody may do anything.
func TestStaleDirectory(t *testing.T) {
	cfg, calls := slackOf(t, func() []string { return []string{"U1"} })
	start := time.Now()
	var later atomic.Int64
	d := bot.NewDirectory(cfg, "T1", map[string][]string{"pki": {"S1"}}, quiet(), func() time.Time { return start.Add(time.Duration(later.Load())) })
	if members, ok := d.Members("pki"); ok {
		t.Errorf("never read, yet %v", members)
	}
	must(t, d.Refresh(context.Background()))
	one := d.Who(context.Background(), "U1", "")
	for _, c := range []struct {
		after         time.Duration
		group, person bool
	}{{24 * time.Minute, true, true}, {25 * time.Minute, false, true}, {59 * time.Minute, false, true}, {time.Hour, false, false}} {
		later.Store(int64(c.after))
		if members, ok := d.Members("pki"); ok != c.group || len(members) > 0 != c.group {
			t.Errorf("after %v the group is %v, %v", c.after, members, ok)
		}
		if _, ok := d.Profile(one); ok != c.person {
			t.Errorf("after %v the person is known: %v", c.after, ok)
		}
	}
	later.Store(0)
	before := calls.Load()
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() { _, err := d.Fresh(context.Background(), "pki", nil); must(t, err) })
	}
	all.Wait()
	if n := calls.Load() - before; n != 1 {
		t.Errorf("20 asked at once: Slack was asked %d times", n)
	}
}

// TestMovedDirectory: who was seen a moment ago is asked about anew when another workspace is
// served, also one in which they are.
func TestMovedDirectory(t *testing.T) {
	r := newRig(t, slacksim.Default())
	ctx := context.Background()
	must(t, workflows.Commit(ctx, r.db, workflows.Change{People: []workflows.Profile{
		{Person: workflows.Person{Team: "T0OLD", ID: "U0ELLA"}, Teams: []string{"T0OLD", "T0ACME"}, Seen: time.Now()}}}))
	must(t, r.dir.Load(ctx, r.db))
	if p := r.dir.Who(ctx, "U0ELLA", "T0ACME"); p != ellaP {
		t.Errorf("taken for %s", p)
	}
}

// TestAnswerOlderThanEvent: an answer that was under way when Slack said that somebody has
// left does not bring them back.
func TestAnswerOlderThanEvent(t *testing.T) {
	asked, answer := make(chan bool, 9), make(chan bool)
	cfg, _ := slackOf(t, func() []string { asked <- true; <-answer; return []string{"U1", "U2"} })
	var tick atomic.Int64
	start := time.Now()
	d := bot.NewDirectory(cfg, "T1", map[string][]string{"pki": {"S1"}}, quiet(), func() time.Time { return start.Add(time.Duration(tick.Add(1)) * time.Millisecond) })
	go func() { answer <- true }()
	must(t, d.Refresh(context.Background()))
	<-asked
	got := make(chan []workflows.Person)
	go func() {
		p, _ := d.Fresh(context.Background(), "pki", []workflows.Person{{Team: "T1", ID: "U1"}, {Team: "T1", ID: "U2"}})
		got <- p
	}()
	<-asked
	d.GroupChanged("S1", func(id string) bool { return id == "U1" })
	answer <- true
	if p := <-got; len(p) != 1 || p[0].ID != "U2" {
		t.Errorf("after one has left: %v", p)
	}
	if members, _ := d.Members("pki"); len(members) != 1 {
		t.Errorf("remembered: %v", members)
	}
}

package bot_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"countersign/bot"
	"countersign/slacksim"
	"countersign/workflows"
)

// behind starts the bot behind one of its doors: socket or http.
func (r *rig) behind(t *testing.T, door string) {
	t.Helper()
	if door == "socket" {
		r.socket(t)
		return
	}
	server := httptest.NewServer(r.run(t).HTTPHandler())
	t.Cleanup(server.Close)
	must(t, r.UseHTTP(context.Background(), slacksim.RequestURLs{Events: server.URL + "/slack/events", Interactivity: server.URL + "/slack/interactive", Commands: server.URL + "/slack/commands"}))
}

// grid is a workspace of an organisation: Ella is at home in another one of it, Anselm in the
// organisation, Wil is in the other one only, and Gil is of a partner's organisation.
func grid(orgWide bool) slacksim.Workspace {
	ws := slacksim.Default()
	ws.Team.Org, ws.App.OrgWide = "E0ACME", orgWide
	lab := slacksim.Team{ID: "T0LAB", Name: "Lab", Domain: "lab", Org: "E0ACME"}
	whole := slacksim.Team{ID: "E0ACME", Name: "Acme", Domain: "acme", Org: "E0ACME"}
	for i := range ws.People {
		switch p := &ws.People[i]; p.Handle {
		case "ella":
			p.Team, p.Teams = lab, []slacksim.Team{ws.Team}
		case "anselm":
			p.Team, p.Teams = whole, []slacksim.Team{lab, ws.Team}
		case "gil":
			p.Team.Org = "E0PARTNER"
		default:
			p.Team, p.Teams = ws.Team, []slacksim.Team{ws.Team}
		}
	}
	ws.People = append(ws.People, slacksim.Person{Handle: "wil", Team: lab, Teams: []slacksim.Team{lab}})
	for i := range ws.Channels {
		switch ch := &ws.Channels[i]; ch.Name {
		case "partner-project":
			ch.Host = slacksim.Team{ID: "T0PARTNER"}
			ch.Members = append(ch.Members, "wil")
		case "cert-approvals":
			ch.Members = append(ch.Members, "gil", "wil")
		}
	}
	return ws
}

// TestGrid: members of an organisation's workspace ask and approve wherever they are at home,
// whether the app is installed in the workspace or in the organisation; who is in another
// workspace of it, or comes through Slack Connect, does nothing.
func TestGrid(t *testing.T) {
	for _, door := range []string{"socket", "http"} {
		for name, orgWide := range map[string]bool{"workspace": false, "organisation": true} {
			t.Run(door+"/"+name, func(t *testing.T) { onGrid(t, door, orgWide) })
		}
	}
}

func onGrid(t *testing.T, door string, orgWide bool) {
	r := newRig(t, grid(orgWide))
	r.behind(t, door)
	ella := r.As("ella")
	r.asksFor(t, "portal.example.org")
	approvals := r.As("anselm").In("#cert-approvals")
	card := approvals.Sees("Certificate request REQ-1")

	for _, outsider := range []string{"gil", "wil"} {
		x := r.As(outsider).In("#cert-approvals")
		x.Clicks(card, "Approve")
		x.Sees("members of this workspace only")
		x = r.As(outsider).In("#partner-project")
		x.Says("@countersign list")
		x.Sees("members of this workspace only")
	}
	q, err := r.service.Lists.Show(context.Background(), ellaP, "REQ-1")
	must(t, err)
	if len(q.Decisions) != 0 {
		t.Fatalf("decided by %+v", q.Decisions)
	}
	approvals.Clicks(card, "Approve")
	approvals.SeesChange(card, "approved")
	ella.Sees("REQ-1", "is here")
	ella.Runs("/cert list")
	ella.Sees("REQ-1", "portal.example.org")
	there := ella.In("#partner-project") // its events carry the partner's workspace
	there.Says("@countersign list")
	there.Sees("REQ-1", "portal.example.org")

	for _, c := range bot.CheckWorkspace(context.Background(), r.cfg, bot.Wanted{Team: "T0ACME", Groups: map[string][]string{"pki": {"S0PKIAPPROVERS"}, "outside": {"U0WIL", "U0GIL"}}}) {
		if want := c.Name != "group outside" && !strings.Contains(c.Name, "scopes"); want && !c.OK || c.Name == "group outside" && c.OK {
			t.Errorf("%s: %v %v", c.Name, c.OK, c.Text)
		}
	}
}

// TestPeopleFromTheStore: after a restart while Slack says nothing of people, who came a
// moment ago goes on; who came too long ago is asked for, and until then may do nothing.
func TestPeopleFromTheStore(t *testing.T) {
	ctx := context.Background()
	r := newRig(t, grid(false))
	must(t, r.dir.Load(ctx, r.db))
	r.refresh(t)
	r.follow(t)
	r.eventually(t, "kept", func() bool {
		var people []workflows.Profile
		must(t, r.db.View(ctx, func(rd workflows.Reader) (err error) { people, err = rd.People(ctx); return err }))
		return len(people) == 4
	})
	must(t, r.Inject(slacksim.Fault{Kind: slacksim.FaultError, Match: "users.*", Code: "internal_error", Times: -1}))
	for after, known := range map[time.Duration]bool{time.Minute: true, 2 * time.Hour: false, -time.Hour: false} {
		next := bot.NewDirectory(r.cfg, "T0ACME", nil, quiet(), func() time.Time { return time.Now().Add(after) })
		must(t, next.Load(ctx, r.db))
		who := next.Who(ctx, "U0ELLA", "T0LAB")
		if p, ok := next.Profile(who); who != ellaP || ok != known || p.Locale != "en-US" {
			t.Errorf("after %v: %v %+v %v", after, who, p, ok)
		}
	}
}

// TestLargeDirectory: however many people there are, none is read before they come.
func TestLargeDirectory(t *testing.T) {
	ws := slacksim.Default()
	for n := range 12_000 {
		ws.People = append(ws.People, slacksim.Person{Handle: fmt.Sprintf("p%d", n)})
	}
	r := newRig(t, ws)
	r.behind(t, "socket")
	one := r.As(ws.People[len(ws.People)-1].Handle)
	one.Runs("/cert list")
	one.Sees("no requests")
	var asked []string
	for _, e := range r.Transcript().Entries() {
		if e.Kind == "api" && (strings.HasPrefix(e.Name, "users.") || strings.HasPrefix(e.Name, "usergroups.")) {
			asked = append(asked, e.Name)
		}
	}
	if slices.Contains(asked, "users.list") || len(asked) > 8 {
		t.Errorf("asked %v", asked)
	}
}

// TestMembersAreLookedUpEarly: an approver who has not come for an hour decides while Slack
// says nothing of people, as in an hour of trouble.
func TestMembersAreLookedUpEarly(t *testing.T) {
	r := newRig(t, slacksim.Default())
	must(t, r.dir.Refresh(context.Background()))
	r.follow(t)
	r.eventually(t, "all members are looked up", func() bool { return len(r.Transcript().Find("api", "users.info")) == 3 })
}

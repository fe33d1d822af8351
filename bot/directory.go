package bot

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// Directory knows the people of the workspace and the groups of the configuration. It
// answers from memory, is refreshed in the background, and hears of changes at once. What is
// older than its bound counts as unknown, so that somebody who has left a group cannot go
// on deciding because Slack is down. Fresh asks Slack.
type Directory struct {
	api    *slack.Client
	team   string
	groups map[string][]string // group -> user IDs (U..., W...) and user groups (S...)
	log    *slog.Logger
	now    func() time.Time

	mu     sync.RWMutex
	people map[string]workflows.Profile
	teams  map[string]userGroup
	asking map[string]bool
	asks   map[string]*freshAsk // by group: under way, or answered a moment ago
	again  chan struct{}        // a user group is to be read soon
}

// userGroup is one of Slack's, as last read.
type userGroup struct {
	members []string
	read    time.Time // zero: never
	changed time.Time // when Slack last said that it has; what was asked for before is older
}

const (
	refreshEvery = 10 * time.Minute
	staleGroup   = 25 * time.Minute // two readings missed
	staleAfter   = time.Hour        // of what is known of a person: large workspaces take long to read
)

// NewDirectory makes a directory of team; groups are those of the configuration.
func NewDirectory(cfg Config, team string, groups map[string][]string, log *slog.Logger, now func() time.Time) *Directory {
	return &Directory{api: client(cfg), team: team, groups: groups, log: log, now: now, people: map[string]workflows.Profile{},
		teams: map[string]userGroup{}, asking: map[string]bool{}, asks: map[string]*freshAsk{}, again: make(chan struct{}, 1)}
}

// Refresh reads user groups and people. An error leaves what was known.
func (d *Directory) Refresh(ctx context.Context) error {
	if err := d.readGroups(ctx, func(userGroup) bool { return true }); err != nil {
		return err
	}
	began := d.now()
	users, err := d.api.GetUsersContext(ctx, slack.GetUsersOptionLimit(200))
	if err != nil {
		return describe("users.list", err)
	}
	for i := range users {
		d.answered(&users[i], began)
	}
	return nil
}

// answered takes what Slack answered of a user, unless an event has said more since it was
// asked.
func (d *Directory) answered(u *slack.User, began time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if known, ok := d.people[u.TeamID+"/"+u.ID]; !ok || known.Seen.Before(began) {
		d.put(u)
	}
}

// readGroups reads those of the configuration's user groups that are wanted.
func (d *Directory) readGroups(ctx context.Context, wanted func(userGroup) bool) error {
	seen := map[string]bool{}
	for _, members := range d.groups {
		for _, id := range members {
			d.mu.RLock()
			g := d.teams[id]
			d.mu.RUnlock()
			if !strings.HasPrefix(id, "S") || seen[id] || !wanted(g) {
				continue
			}
			seen[id] = true
			if err := d.readGroup(ctx, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// readGroup reads one user group. What Slack said of it meanwhile goes before the answer.
func (d *Directory) readGroup(ctx context.Context, id string) error {
	began := d.now()
	in, err := d.api.GetUserGroupMembersContext(ctx, id)
	if codeOf(err) == "no_such_subteam" { // it was disabled or never was: nobody
		in, err = nil, nil
	}
	if err != nil {
		return describe("usergroups.users.list", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if g := d.teams[id]; g.changed.Before(began) {
		d.teams[id] = userGroup{members: in, read: began, changed: g.changed}
	} else {
		d.wake()
	}
	return nil
}

// put stores what Slack says of a user. d.mu is held.
func (d *Directory) put(u *slack.User) {
	key := u.TeamID + "/" + u.ID
	locale := cmp.Or(u.Locale, d.people[key].Locale) // events need not say it
	d.people[key] = workflows.Profile{
		Person: workflows.Person{Team: u.TeamID, ID: u.ID}, Name: u.RealName, Locale: locale,
		Bot: u.IsBot || u.ID == "USLACKBOT", Guest: u.IsRestricted || u.IsUltraRestricted || u.IsStranger, Deleted: u.Deleted, Seen: d.now(),
	}
}

// Run refreshes until ctx ends: now and then, and soon again after a failure, since
// nobody may decide before the groups were read.
func (d *Directory) Run(ctx context.Context) {
	d.mu.RLock()
	failed := len(d.people) == 0
	d.mu.RUnlock()
	again := time.Second
	var next time.Time
	for {
		wait := refreshEvery
		if failed {
			wait, again = again, min(2*again, refreshEvery)
		} else {
			again = time.Second
		}
		next = time.Now().Add(wait)
		for soon := true; soon; {
			select {
			case <-ctx.Done():
				return
			case <-d.again:
				if err := d.readGroups(ctx, func(g userGroup) bool { return !g.read.After(g.changed) }); err != nil && ctx.Err() == nil {
					d.log.Warn("directory", "err", err)
					time.AfterFunc(5*time.Second, d.wake)
				}
			case <-time.After(time.Until(next)):
				soon = false
			}
		}
		err := d.Refresh(ctx)
		failed = err != nil
		if failed && ctx.Err() == nil {
			d.log.Warn("directory", "err", err)
		}
	}
}

// Profile gives what is known of p. Somebody new is looked up in the background, for
// the next time.
func (d *Directory) Profile(p workflows.Person) (workflows.Profile, bool) {
	d.mu.RLock()
	profile, ok := d.people[p.String()]
	d.mu.RUnlock()
	if !ok && p.Team == d.team {
		d.ask(p)
	}
	return profile, ok && d.now().Sub(profile.Seen) < staleAfter
}

// ask looks one person up, once at a time.
func (d *Directory) ask(p workflows.Person) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.asking[p.ID] || len(d.asking) > 100 {
		return
	}
	d.asking[p.ID] = true
	go func() {
		ctx, done := context.WithTimeout(context.Background(), 5*time.Second)
		defer done()
		began := d.now()
		u, err := d.api.GetUserInfoContext(ctx, p.ID)
		d.mu.Lock()
		delete(d.asking, p.ID)
		d.mu.Unlock()
		if err != nil {
			d.log.Warn("directory", "err", describe("users.info", err))
			return
		}
		d.answered(u, began)
	}()
}

// Changed takes a user_change or team_join event.
func (d *Directory) Changed(u *slack.User) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.put(u)
}

// GroupChanged takes what an event says of a user group: who has gone is out at once; who
// else is in it now is read again, since events may come late and twice.
func (d *Directory) GroupChanged(id string, gone func(userID string) bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	g := d.teams[id]
	g.changed = d.now()
	g.members = slices.DeleteFunc(slices.Clone(g.members), gone)
	d.teams[id] = g
	clear(d.asks)
	d.wake()
}

// wake has Run read the user groups that have changed.
func (d *Directory) wake() {
	select {
	case d.again <- struct{}{}:
	default: // it is to already
	}
}

// Members gives the people of a group of the configuration, as last read.
func (d *Directory) Members(group string) ([]workflows.Person, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	ids, ok := d.groups[group]
	for _, id := range ids {
		if strings.HasPrefix(id, "S") && d.now().Sub(d.teams[id].read) >= staleGroup {
			return nil, false
		}
	}
	return d.listed(ids), ok
}

// listed lists who is meant by IDs, each once. d.mu is held.
func (d *Directory) listed(ids []string) []workflows.Person {
	var out []workflows.Person
	add := func(id string) {
		if p := (workflows.Person{Team: d.team, ID: id}); !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	for _, id := range ids {
		if !strings.HasPrefix(id, "S") {
			add(id)
			continue
		}
		for _, member := range d.teams[id].members {
			add(member)
		}
	}
	return out
}

// freshAsk is one reading of a group from Slack, for all who want it at that time.
type freshAsk struct {
	began   time.Time
	done    chan struct{}
	members []workflows.Person
	err     error
}

// freshFor is how long an answer of Fresh serves others who ask.
const freshFor = time.Second

// Fresh asks Slack who is in a group of the configuration now, and leaves out whom it calls
// deactivated, a guest or a bot. Asks within a second share one answer. An error says that
// it could not be read: then nobody is known to be in it.
func (d *Directory) Fresh(ctx context.Context, group string) ([]workflows.Person, error) {
	ids, ok := d.groups[group]
	if !ok {
		return nil, fmt.Errorf("bot: group %q is not in the configuration", group)
	}
	d.mu.Lock()
	a := d.asks[group]
	if a == nil || d.now().Sub(a.began) >= freshFor {
		a = &freshAsk{began: d.now(), done: make(chan struct{})}
		d.asks[group] = a
		go func() {
			ctx, done := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second) // others wait for it too
			defer done()
			a.members, a.err = d.readFresh(ctx, ids)
			close(a.done)
		}()
	}
	d.mu.Unlock()
	select {
	case <-a.done:
		return a.members, a.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (d *Directory) readFresh(ctx context.Context, ids []string) ([]workflows.Person, error) {
	for _, id := range ids {
		if strings.HasPrefix(id, "S") {
			if err := d.readGroup(ctx, id); err != nil {
				return nil, err
			}
		}
	}
	d.mu.RLock()
	members := d.listed(ids)
	d.mu.RUnlock()
	var out []workflows.Person
	for _, p := range members {
		d.mu.RLock()
		x := d.people[p.String()]
		d.mu.RUnlock()
		// Whom nothing is known of, as after a start while Slack is in trouble, has not left:
		// the zero profile was last seen long ago.
		if slices.Contains(ids, p.ID) || d.now().Sub(x.Seen) >= staleAfter {
			var err error
			if x, err = d.readPerson(ctx, p); err != nil {
				return nil, err
			}
		}
		if !x.Deleted && !x.Guest && !x.Bot {
			out = append(out, p)
		}
	}
	return out, nil
}

// readPerson asks Slack about one person.
func (d *Directory) readPerson(ctx context.Context, p workflows.Person) (workflows.Profile, error) {
	began := d.now()
	u, err := d.api.GetUserInfoContext(ctx, p.ID)
	switch {
	case codeOf(err) == "user_not_found":
		u = &slack.User{ID: p.ID, TeamID: d.team, Deleted: true}
	case err != nil:
		return workflows.Profile{}, describe("users.info", err)
	}
	d.answered(u, began)
	d.mu.RLock()
	defer d.mu.RUnlock()
	x, known := d.people[p.String()]
	if !known { // of another workspace, though listed here
		x.Deleted = true
	}
	return x, nil
}

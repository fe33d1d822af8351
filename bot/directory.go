package bot

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// Directory knows the people of the workspace and the groups of the configuration. It
// answers from memory and is refreshed in the background; what is older than
// staleAfter counts as unknown, so that somebody who has left a group cannot go on
// deciding because Slack is down.
type Directory struct {
	api    *slack.Client
	team   string
	groups map[string][]string // group -> user IDs (U..., W...) and user groups (S...)
	log    *slog.Logger
	now    func() time.Time

	mu     sync.RWMutex
	people map[string]workflows.Profile
	teams  map[string][]string // user group -> members
	read   time.Time           // when the user groups were last read whole
	asking map[string]bool
}

const (
	refreshEvery = 10 * time.Minute
	staleAfter   = time.Hour
)

// NewDirectory makes a directory of team; groups are those of the configuration.
func NewDirectory(cfg Config, team string, groups map[string][]string, log *slog.Logger, now func() time.Time) *Directory {
	return &Directory{api: client(cfg), team: team, groups: groups, log: log, now: now,
		people: map[string]workflows.Profile{}, teams: map[string][]string{}, asking: map[string]bool{}}
}

// Refresh reads people and user groups. An error leaves what was known.
func (d *Directory) Refresh(ctx context.Context) error {
	users, err := d.api.GetUsersContext(ctx, slack.GetUsersOptionLimit(200))
	if err != nil {
		return describe("users.list", err)
	}
	teams := map[string][]string{}
	for _, members := range d.groups {
		for _, id := range members {
			if !strings.HasPrefix(id, "S") || teams[id] != nil {
				continue
			}
			in, err := d.api.GetUserGroupMembersContext(ctx, id)
			if err != nil {
				return describe("usergroups.users.list", err)
			}
			teams[id] = in
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for i := range users {
		d.put(&users[i])
	}
	d.teams, d.read = teams, d.now()
	return nil
}

// put stores what Slack says of a user. d.mu is held.
func (d *Directory) put(u *slack.User) {
	d.people[u.TeamID+"/"+u.ID] = workflows.Profile{
		Person: workflows.Person{Team: u.TeamID, ID: u.ID}, Name: u.RealName, Locale: u.Locale,
		Bot: u.IsBot || u.ID == "USLACKBOT", Guest: u.IsRestricted || u.IsUltraRestricted || u.IsStranger, Deleted: u.Deleted, Seen: d.now(),
	}
}

// Run refreshes until ctx ends: now and then, and soon again after a failure, since
// nobody may decide before the groups were read.
func (d *Directory) Run(ctx context.Context) {
	d.mu.RLock()
	failed := d.read.IsZero()
	d.mu.RUnlock()
	again := time.Second
	for {
		wait := refreshEvery
		if failed {
			wait, again = again, min(2*again, refreshEvery)
		} else {
			again = time.Second
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
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
		u, err := d.api.GetUserInfoContext(ctx, p.ID)
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(d.asking, p.ID)
		if err != nil {
			d.log.Warn("directory", "err", describe("users.info", err))
			return
		}
		d.put(u)
	}()
}

// Changed takes a user_change or team_join event.
func (d *Directory) Changed(u *slack.User) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.put(u)
}

// Fresh is workflows.Membership's.
func (d *Directory) Fresh(ctx context.Context, group string) ([]workflows.Person, error) {
	if err := d.Refresh(ctx); err != nil {
		return nil, err
	}
	members, _ := d.Members(group)
	return members, nil
}

// Members gives the people of a group of the configuration.
func (d *Directory) Members(group string) ([]workflows.Person, bool) {
	ids, ok := d.groups[group]
	d.mu.RLock()
	defer d.mu.RUnlock()
	if !ok || d.now().Sub(d.read) > staleAfter {
		return nil, false
	}
	var out []workflows.Person
	seen := map[string]bool{}
	add := func(id string) {
		if !seen[id] {
			seen[id] = true
			out = append(out, workflows.Person{Team: d.team, ID: id})
		}
	}
	for _, id := range ids {
		if !strings.HasPrefix(id, "S") {
			add(id)
			continue
		}
		for _, member := range d.teams[id] {
			add(member)
		}
	}
	return out, true
}

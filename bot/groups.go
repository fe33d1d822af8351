package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// userGroup is one of Slack's, as last read.
type userGroup struct {
	members []string
	read    time.Time // zero: never
	changed time.Time // when Slack last said that it has; what was asked for before is older
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

// readGroup reads one user group. What Slack said of it meanwhile goes before the answer. A
// token of a whole organisation has to say of which workspace; another takes it too (Slack,
// "Changes to APIs").
func (d *Directory) readGroup(ctx context.Context, id string) error {
	began := d.now()
	in, err := d.api.GetUserGroupMembersContext(ctx, id, slack.GetUserGroupMembersOptionTeamID(d.team))
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
		wake(d.again)
	}
	return nil
}

// membersAtOnce is how many members of groups are looked up in one round, one after the other:
// users.info takes a hundred a minute.
const membersAtOnce = 50

// lookMembers looks people up who decide and of whom little is known, so that nobody waits at
// their click for a Slack that is slow.
func (d *Directory) lookMembers(ctx context.Context) {
	d.mu.RLock()
	var ids []string
	for _, group := range d.groups {
		for _, p := range d.listed(group) {
			if d.now().Sub(d.people[p.ID].Seen) >= staleAfter/2 && !slices.Contains(ids, p.ID) {
				ids = append(ids, p.ID)
			}
		}
	}
	d.mu.RUnlock()
	for _, id := range ids[:min(len(ids), membersAtOnce)] {
		if d.look(id).wait(ctx) != nil {
			return // it has been logged; the next round tries again
		}
	}
}

// unread reports that there are user groups of which nothing is known.
func (d *Directory) unread() bool {
	d.mu.RLock()
	defer d.mu.RUnlock()
	for _, ids := range d.groups {
		for _, id := range ids {
			if strings.HasPrefix(id, "S") && d.teams[id].read.IsZero() {
				return true
			}
		}
	}
	return false
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
	wake(d.again)
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
	if !ok {
		return nil, false
	}
	return d.listed(ids), true
}

// shownMembers is how many people of a group are named where it is mentioned.
const shownMembers = 3

// Mention is markup that mentions the members of a group of the configuration: its user groups,
// and people that it names; "" where it is unknown, or names too many.
func (d *Directory) Mention(group string) string {
	ids := d.groups[group]
	if len(ids) > shownMembers {
		return ""
	}
	var all []string
	for _, id := range ids {
		if strings.HasPrefix(id, "S") {
			all = append(all, "<!subteam^"+strings.Map(idRune, id)+">")
		} else {
			all = append(all, who(workflows.Person{ID: id}))
		}
	}
	return strings.Join(all, " ")
}

// listed lists who is meant by IDs, each once. d.mu is held.
func (d *Directory) listed(ids []string) []workflows.Person {
	out := []workflows.Person{} // nil is for what was not read
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

// Fresh asks Slack which of some people are in a group of the configuration now, and leaves
// out whom it calls deactivated, a guest or a bot. Asks within a second share one answer. An
// error says that it could not be read: then nobody is known to be in it.
func (d *Directory) Fresh(ctx context.Context, group string, who []workflows.Person) ([]workflows.Person, error) {
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
			a.members, a.err = d.readMembers(ctx, ids)
			close(a.done)
		}()
	}
	d.mu.Unlock()
	select {
	case <-a.done:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if a.err != nil {
		return nil, a.err
	}
	var out []workflows.Person
	for _, p := range who {
		if !slices.Contains(a.members, p) {
			continue
		}
		able, err := d.able(ctx, p, slices.Contains(ids, p.ID))
		if err != nil {
			return nil, err
		}
		if able {
			out = append(out, p)
		}
	}
	return out, nil
}

func (d *Directory) readMembers(ctx context.Context, ids []string) ([]workflows.Person, error) {
	for _, id := range ids {
		if strings.HasPrefix(id, "S") {
			if err := d.readGroup(ctx, id); err != nil {
				return nil, err
			}
		}
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.listed(ids), nil
}

// able reports that p is a member of the workspace in full. Slack takes who is deactivated
// out of a user group; who is named in the configuration is asked about each time. Whom
// nothing is known of, as after a start while Slack is in trouble, has not left.
func (d *Directory) able(ctx context.Context, p workflows.Person, named bool) (bool, error) {
	know := d.Know
	if named {
		know = func(ctx context.Context, p workflows.Person) error { return d.look(p.ID).wait(ctx) }
	}
	if err := know(ctx, p); err != nil {
		return false, err
	}
	x, known := d.Profile(p)
	return known && !x.Deleted && !x.Guest && !x.Bot, nil
}

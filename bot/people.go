package bot

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// lookWithin is how long a click or a message waits until Slack has said who it is from, when
// nobody knows yet. An acknowledgement is due after three seconds, and a view has to be
// opened within the same three.
const lookWithin = 1500 * time.Millisecond

// Who gives the person behind a payload: a user ID, and the workspace or organisation that
// the payload says they are of ("" where it says none). On Enterprise Grid that is the
// person's home workspace or the organisation, wherever they act, so it admits nobody and
// refuses only an ID that Slack does not know under it; users.info says who is a member.
// Somebody of whom nothing is known is looked up first, for at most lookWithin.
func (d *Directory) Who(ctx context.Context, id, of string) workflows.Person {
	if id == "" {
		return workflows.Person{}
	}
	p, known := d.known(id)
	if !known || !d.under(p, of) && d.now().Sub(p.Seen) > time.Minute {
		ctx, done := context.WithTimeout(ctx, lookWithin)
		defer done()
		_ = d.look(id).wait(ctx) // it has been logged; who is unknown is refused
		p, known = d.known(id)
	}
	switch {
	case !known:
		return workflows.Person{Team: d.team, ID: id}
	case !d.under(p, of):
		return workflows.Person{Team: of, ID: id}
	}
	return p.Person
}

// under reports whether Slack knows p in a workspace or organisation.
func (d *Directory) under(p workflows.Profile, of string) bool {
	return of == "" || of == d.team || slices.Contains(p.Teams, of)
}

// known is what is known of a user ID, if it is not too old.
func (d *Directory) known(id string) (workflows.Profile, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	p, ok := d.people[id]
	return p, ok && d.now().Sub(p.Seen) < staleAfter
}

// Profile gives what is known of p; where that is getting old, or nothing, p is looked up in
// the background, for the next time. With false it may still say a name and a language.
func (d *Directory) Profile(p workflows.Person) (workflows.Profile, bool) {
	d.mu.RLock()
	profile, ok := d.people[p.ID]
	d.mu.RUnlock()
	age := d.now().Sub(profile.Seen)
	if p.Team == d.team && age >= refreshEvery {
		d.look(p.ID)
	}
	if profile.Person != p {
		// A member of before is in other workspaces only; anybody else is not this one.
		profile.Deleted, ok = true, ok && p.Team == d.team
	}
	return profile, ok && age < staleAfter
}

// Know looks p up where what is known is too old to go by: work that follows a commit, maybe
// long after it, is done in the name of who they are by then.
func (d *Directory) Know(ctx context.Context, p workflows.Person) error {
	if _, known := d.known(p.ID); known {
		return nil
	}
	return d.look(p.ID).wait(ctx)
}

// lookup is one call of users.info, for all who want to know.
type lookup struct {
	done chan struct{}
	err  error
}

var errTooMany = errors.New("bot: too many people are looked up already")

func (l *lookup) wait(ctx context.Context) error {
	select {
	case <-l.done:
		return l.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// look asks Slack about one person, once at a time.
func (d *Directory) look(id string) *lookup {
	d.mu.Lock()
	defer d.mu.Unlock()
	if l := d.lookups[id]; l != nil {
		return l
	}
	l := &lookup{done: make(chan struct{})}
	if len(d.lookups) > 100 {
		l.err = errTooMany
		close(l.done)
		return l
	}
	d.lookups[id] = l
	go func() {
		ctx, done := context.WithTimeout(context.Background(), 5*time.Second)
		defer done()
		if l.err = d.readPerson(ctx, id); l.err != nil {
			d.log.Warn("directory", "err", l.err)
		}
		d.mu.Lock()
		delete(d.lookups, id)
		d.mu.Unlock()
		close(l.done)
	}()
	return l
}

func (d *Directory) readPerson(ctx context.Context, id string) error {
	began := d.now()
	u, err := d.api.GetUserInfoContext(ctx, id)
	switch code := codeOf(err); {
	case code == "user_not_found" || code == "user_not_visible":
		u = &slack.User{ID: id, TeamID: d.team, Deleted: true} // an answer too: nobody has to wait for another
	case err != nil:
		return describe("users.info", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.people[id].Seen.Before(began) { // else an event has said more since it was asked
		d.put(u)
	}
	return nil
}

// put stores what Slack says of a user. d.mu is held.
func (d *Directory) put(u *slack.User) {
	old := d.people[u.ID]
	d.people[u.ID] = workflows.Profile{
		Person: workflows.Person{Team: homeOf(u, d.team, d.org), ID: u.ID}, Teams: teamsOf(u), Name: u.RealName,
		Locale: cmp.Or(u.Locale, old.Locale), // events need not say it
		Bot:    u.IsBot || u.ID == "USLACKBOT", Guest: guest(u), Deleted: u.Deleted, Seen: d.now(),
	}
	d.unkept[u.ID] = true
	wake(d.keep)
}

// Changed takes a user_change event. Who has never come is looked up when they do.
func (d *Directory) Changed(u *slack.User) {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, known := d.people[u.ID]
	if known || d.lookups[u.ID] != nil {
		d.put(u)
	}
}

// guest is for who is in the workspace by invitation only.
func guest(u *slack.User) bool { return u.IsRestricted || u.IsUltraRestricted || u.IsStranger }

// homeOf gives team for its members, and for others where they are at home. org is the
// organisation that a token of team alone belongs to. On Enterprise Grid team_id is a
// person's home workspace, or the organisation, and enterprise_user.teams lists the
// workspaces that they are in (slack-go's sample of users.info). Where that list is missing,
// the token decides: it is of this workspace, and shows those who are in reach of it.
func homeOf(u *slack.User, team, org string) string {
	e := u.Enterprise
	if slices.Contains(e.Teams, team) || e.Teams == nil && org != "" && cmp.Or(e.EnterpriseID, u.TeamID) == org && !u.IsStranger {
		return team
	}
	return u.TeamID
}

// teamsOf gives every workspace and organisation that Slack knows a user under.
func teamsOf(u *slack.User) []string {
	all := append([]string{u.TeamID, u.Enterprise.EnterpriseID}, u.Enterprise.Teams...)
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(id string) bool { return id == "" })
}

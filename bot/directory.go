package bot

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// Directory knows the people of the workspace (people.go) and the groups of the
// configuration (groups.go). It answers from memory, hears of changes at once and reads anew
// in the background. People are looked up when they first come, since a large workspace takes
// minutes to list; who came before a restart is in the store. What is older than its bound
// counts as unknown, so that somebody who has left a group cannot go on deciding because
// Slack is down. Fresh asks Slack. It is safe for concurrent use.
type Directory struct {
	api    *slack.Client
	team   string
	groups map[string][]string // group -> user IDs (U..., W...) and user groups (S...)
	log    *slog.Logger
	now    func() time.Time
	store  workflows.Store // nil: people are forgotten with the process

	mu      sync.RWMutex
	org     string                       // the Enterprise Grid organisation of a token of this workspace alone
	people  map[string]workflows.Profile // by user ID: one installation sees no ID twice
	lookups map[string]*lookup           // by user ID, under way
	unkept  map[string]bool              // user IDs of whom the store knows less
	teams   map[string]userGroup
	asks    map[string]*freshAsk // by group: under way, or answered a moment ago
	again   chan struct{}        // a user group is to be read soon
	keep    chan struct{}        // somebody is unkept
}

const (
	refreshEvery = 10 * time.Minute
	staleGroup   = 25 * time.Minute // two readings missed
	staleAfter   = time.Hour        // of what is known of a person
)

// NewDirectory makes a directory of team; groups are those of the configuration.
func NewDirectory(cfg Config, team string, groups map[string][]string, log *slog.Logger, now func() time.Time) *Directory {
	return &Directory{api: client(cfg), team: team, groups: groups, log: log, now: now, people: map[string]workflows.Profile{}, lookups: map[string]*lookup{},
		unkept: map[string]bool{}, teams: map[string]userGroup{}, asks: map[string]*freshAsk{}, again: make(chan struct{}, 1), keep: make(chan struct{}, 1)}
}

// Load takes the people that store knows, and has Run keep there who comes. It is called
// before anything else.
func (d *Directory) Load(ctx context.Context, store workflows.Store) error {
	people, err := workflows.Read(ctx, store, func(rd workflows.Reader) ([]workflows.Profile, error) { return rd.People(ctx) })
	if err != nil {
		return err
	}
	d.store = store
	for _, p := range people {
		// Whether somebody is a member was found out for the workspace of then; and a clock may
		// have been put back. Then they are as if never seen.
		if p.Person.Team != d.team || p.Seen.After(d.now()) {
			p.Seen = time.Time{}
		}
		d.people[p.Person.ID] = p
	}
	return nil
}

// Refresh reads the user groups. An error leaves what was known.
func (d *Directory) Refresh(ctx context.Context) error {
	return d.readGroups(ctx, func(userGroup) bool { return true })
}

// Run refreshes and keeps until ctx ends: now and then, and soon again after a failure,
// since nobody may decide before the groups were read.
func (d *Directory) Run(ctx context.Context) {
	again := time.Second
	failed := d.unread()
	var aside sync.WaitGroup
	defer aside.Wait()
	for {
		aside.Go(func() { d.lookMembers(ctx) })
		wait := refreshEvery
		if failed {
			wait, again = again, min(2*again, refreshEvery)
		} else {
			again = time.Second
		}
		if !d.until(ctx, time.Now().Add(wait)) {
			return
		}
		err := d.Refresh(ctx)
		failed = err != nil
		if failed && ctx.Err() == nil {
			d.log.Warn("directory", "err", err)
		}
	}
}

// until does what comes up before next, and reports whether ctx lets it.
func (d *Directory) until(ctx context.Context, next time.Time) bool {
	timer := time.NewTimer(time.Until(next))
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			d.keepPeople(context.WithoutCancel(ctx))
			return false
		case <-d.keep:
			d.keepPeople(ctx)
		case <-d.again:
			if err := d.readGroups(ctx, func(g userGroup) bool { return !g.read.After(g.changed) }); err != nil && ctx.Err() == nil {
				d.log.Warn("directory", "err", err)
				time.AfterFunc(5*time.Second, func() { wake(d.again) })
			}
		case <-timer.C:
			return true
		}
	}
}

// keepPeople writes who is unkept to the store.
func (d *Directory) keepPeople(ctx context.Context) {
	d.mu.Lock()
	var people []workflows.Profile
	for id := range d.unkept {
		people = append(people, d.people[id])
	}
	clear(d.unkept)
	d.mu.Unlock()
	if d.store == nil || len(people) == 0 {
		return
	}
	if err := workflows.Commit(ctx, d.store, workflows.Change{People: people}); err != nil {
		d.log.Warn("directory: people not kept", "err", err) // they are looked up again after a restart
	}
}

// wake has Run look at what c is for.
func wake(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default: // it is to already
	}
}

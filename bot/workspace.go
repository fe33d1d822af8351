package bot

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"countersign/locales"
	"countersign/workflows"
	"countersign/workflows/services"
)

// record repeats a commit until the storage takes it: what Slack has done is done, and
// a full disk is no reason to do it again.
func (b *workspace) record(ctx context.Context, commit func(context.Context) error) error {
	for {
		err := commit(ctx)
		if workflows.CodeOf(err) != workflows.Unable || ctx.Err() != nil {
			return err
		}
		b.log.Warn("not recorded yet", "err", err)
		sleep(ctx, time.Second)
	}
}

// speaker speaks to one person.
func (b *workspace) speaker(p workflows.Person) speaker {
	s := b.in(b.lang(p))
	s.to = p
	return s
}

// in speaks one language of the catalogue.
func (b *workspace) in(lang string) speaker {
	return speaker{cat: b.cat, lang: lang, call: func(p workflows.Person) string { return b.directory.named(who(p)) }}
}

// channelSpeaker speaks to a channel: its configured language.
func (b *workspace) channelSpeaker() speaker {
	return b.in(cmp.Or(b.cfg.ChannelLang, locales.English))
}

// goAfter runs work that follows an acknowledgement: opening views, refusals only one
// person sees. It is bounded, survives panics, and is never the only record of
// anything.
func (b *workspace) goAfter(what string, work func(context.Context) error) {
	b.running.Go(func() {
		// The turn is waited for here, not by the caller, whose acknowledgement is due.
		select {
		case b.after <- struct{}{}:
		case <-time.After(10 * time.Second):
			b.log.Warn("left out, too much is under way", "what", what)
			return
		}
		defer func() {
			<-b.after
			if p := recover(); p != nil {
				b.log.Error("panic after acknowledgement", "what", what, "panic", p)
			}
		}()
		ctx, done := context.WithTimeout(context.Background(), 10*time.Second)
		defer done()
		if err := work(ctx); err != nil {
			b.log.Warn("after acknowledgement", "what", what, "err", describe(what, err))
		}
	})
}

// Wait returns when no work after acknowledgements is left.
func (b *workspace) Wait() { b.running.Wait() }

// dmPlace opens the direct message with a person: a user ID is no channel to most of
// the Web API.
func (b *workspace) dmPlace(ctx context.Context, p workflows.Person) (workflows.Place, error) {
	b.dmMu.Lock()
	id, ok := b.dms[p.ID]
	b.dmMu.Unlock()
	if ok {
		return workflows.Place{Channel: id}, nil
	}
	if p.Team != b.service.Team {
		return workflows.Place{}, fmt.Errorf("bot: %s is of another workspace", p)
	}
	c, _, _, err := b.api.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{p.ID}})
	if err != nil {
		return workflows.Place{}, describe("conversations.open", err)
	}
	b.dmMu.Lock()
	b.dms[p.ID] = c.ID
	b.dmMu.Unlock()
	return workflows.Place{Channel: c.ID}, nil
}

// lang of a person, for the workflows to keep.
func (b *workspace) lang(p workflows.Person) string {
	profile, _ := b.directory.Profile(p) // a language does not get stale
	return b.cat.Match(profile.Locale)
}

// workspace is the Slack workspace that the bot works in: the client, who people are, what
// language they speak, and what runs beside an acknowledgement. Everything in this package
// stands on it.
type workspace struct {
	cfg       Config
	api       *slack.Client
	pace      *pace
	service   *services.Set
	store     workflows.Store
	cat       *locales.Catalogue
	log       *slog.Logger
	directory *Directory
	userID    string        // of the bot itself
	userName  string        // by which it is invited
	domain    string        // of the workspace, before .slack.com
	after     chan struct{} // bounds work after acknowledgements
	running   sync.WaitGroup
	dmMu      sync.Mutex
	dms       map[string]string // user ID -> direct message channel
	asked     asked
	newer     newer
	now       func() time.Time
}

package bot

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"countersign/locales"
	"countersign/workflows"
	"countersign/workflows/services"
)

// Config is what the adapter needs to know of the workspace.
type Config struct {
	APIURL         string // "" is Slack's own; ends in "/"
	BotToken       string
	AppToken       string // for Socket Mode
	SigningSecret  string // for the HTTP door
	Connections    int    // of Socket Mode; 0 is 2, so that one is up while the other reconnects
	ChannelLang    string // language of cards in channels
	Operators      string // channel that hears of effects that were given up
	SupportChannel string // where taught causes are reviewed; "" is Operators
	Command        string // the slash command; "" is /cert
}

// Bot is the Slack adapter. Make one with New; Run it; it is safe for concurrent use.
type Bot struct {
	cfg       Config
	api       *slack.Client
	pace      *pace
	turns     turns
	service   *services.Set
	outbox    workflows.Outbox
	store     workflows.Store
	cat       *locales.Catalogue
	log       *slog.Logger
	directory *Directory
	health    *Health
	userID    string        // of the bot itself
	after     chan struct{} // bounds work after acknowledgements
	running   sync.WaitGroup
	homesDue  sync.Map // user IDs whose home is about to be drawn
	homes     sync.Map // a *sync.Mutex by user ID, of those who opened App Home since the start
	dmMu      sync.Mutex
	dms       map[string]string // user ID -> direct message channel
	fileTime  time.Duration     // fileTime, but for tests
	now       func() time.Time
}

// New connects the adapter to the workflows. It asks Slack who the bot is, and so
// fails early on a wrong token, with the reason.
func New(ctx context.Context, cfg Config, service *services.Set, outbox workflows.Outbox, cat *locales.Catalogue, directory *Directory, log *slog.Logger) (*Bot, error) {
	pace := newPace()
	b := &Bot{cfg: cfg, api: client(cfg, slack.OptionHTTPClient(pace)), pace: pace, service: service, outbox: outbox, store: service.Store, cat: cat.With(service.Intake.Labels()), log: log,
		directory: directory, health: &Health{}, after: make(chan struct{}, 64), dms: map[string]string{}, fileTime: fileTime, now: service.Now}
	if b.cfg.Command == "" {
		b.cfg.Command = "/cert"
	}
	if b.cfg.Connections == 0 {
		b.cfg.Connections = 2
	}
	me, err := b.api.AuthTestContext(ctx)
	if err != nil {
		return nil, describe("auth.test", err)
	}
	if service.Team != me.TeamID {
		return nil, errors.New("bot: the token is for workspace " + me.TeamID + ", the configuration says " + service.Team)
	}
	b.userID = me.UserID
	service.KeyRelease.Courier = b
	return b, nil
}

// client makes the Slack client: passing failures of its own kind are left to the
// outbox, which knows what may be repeated.
func client(cfg Config, opts ...slack.Option) *slack.Client {
	opts = append(opts, slack.OptionAppLevelToken(cfg.AppToken))
	if cfg.APIURL != "" {
		opts = append(opts, slack.OptionAPIURL(cfg.APIURL))
	}
	return slack.New(cfg.BotToken, opts...)
}

// Health is the readiness of the adapter's doors.
func (b *Bot) Health() *Health { return b.health }

// speaker speaks to one person.
func (b *Bot) speaker(p workflows.Person) speaker {
	if profile, ok := b.directory.Profile(p); ok {
		return b.in(locales.Match(profile.Locale))
	}
	return b.in(locales.English)
}

// in speaks one language of the catalogue.
func (b *Bot) in(lang string) speaker { return speaker{cat: b.cat, lang: lang} }

// channelSpeaker speaks to a channel: its configured language.
func (b *Bot) channelSpeaker() speaker {
	if b.cfg.ChannelLang != "" {
		return b.in(b.cfg.ChannelLang)
	}
	return b.in(locales.English)
}

func (b *Bot) person(team, id string) workflows.Person { return workflows.Person{Team: team, ID: id} }

// goAfter runs work that follows an acknowledgement: opening views, refusals only one
// person sees. It is bounded, survives panics, and is never the only record of
// anything.
func (b *Bot) goAfter(what string, work func(context.Context) error) {
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
func (b *Bot) Wait() { b.running.Wait() }

// describe makes an error of Slack's readable in a log: its code, missing scope and
// pointers into the blocks, never content or tokens.
func describe(method string, err error) error {
	if err == nil {
		return nil
	}
	var se slack.SlackErrorResponse
	if errors.As(err, &se) {
		text := method + ": " + se.Err
		if se.Needed != "" {
			text += " (needs scope " + se.Needed + ", has " + se.Provided + ")"
		}
		if len(se.ResponseMetadata.Messages) > 0 {
			text += ": " + strings.Join(se.ResponseMetadata.Messages, "; ")
		}
		return &apiError{text: text, code: se.Err, err: err}
	}
	return &apiError{text: method + ": " + err.Error(), err: err}
}

// apiError is a failed call of the Web API.
type apiError struct {
	text, code string
	err        error
}

func (e *apiError) Error() string { return e.text }
func (e *apiError) Unwrap() error { return e.err }

// codeOf gives Slack's error code, or "".
func codeOf(err error) string {
	var se slack.SlackErrorResponse
	if errors.As(err, &se) {
		return se.Err
	}
	return ""
}

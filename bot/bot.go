package bot

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"

	"github.com/slack-go/slack"

	"countersign/locales"
	"countersign/workflows"
	"countersign/workflows/services"
)

// Bot is the Slack adapter: its doors, and what stands behind them. Make one with New; Run
// it; it is safe for concurrent use.
type Bot struct {
	*workspace
	*clicks
	actions   map[string]handler                                       // by action ID
	views     map[string]func(context.Context, submission) (any, bool) // by callback ID
	deliverer *deliverer
	files     *fileReader
	homes     *homes
	channels  *closedChannels
	health    *Health
}

// New connects the adapter to the workflows. It asks Slack who the bot is, and so
// fails early on a wrong token, with the reason.
func New(ctx context.Context, cfg Config, service *services.Set, outbox workflows.Outbox, cat *locales.Catalogue, directory *Directory, log *slog.Logger) (*Bot, error) {
	cfg.Command, cfg.Connections = cmp.Or(cfg.Command, "/cert"), cmp.Or(cfg.Connections, 2)
	pace := newPace()
	w := &workspace{cfg: cfg, api: client(cfg, slack.OptionHTTPClient(pace)), pace: pace, service: service, store: service.Store, cat: cat.With(service.Intake.Labels()), log: log,
		directory: directory, after: make(chan struct{}, 64), dms: map[string]string{}, now: service.Now}
	me, err := w.api.AuthTestContext(ctx)
	if err != nil {
		return nil, describe("auth.test", err)
	}
	org, works, err := serves(ctx, w.api, me, service.Team)
	if err == nil && !works {
		err = errors.New("bot: the token is for workspace " + me.TeamID + ", the configuration says " + service.Team)
	}
	if err != nil {
		return nil, err
	}
	directory.org = org
	w.userID, w.userName, w.domain = me.UserID, me.User, strings.TrimSuffix(strings.TrimPrefix(me.URL, "https://"), ".slack.com/")
	channels := &closedChannels{workspace: w, outbox: outbox}
	m := &messages{w, channels}
	service.KeyRelease.Courier = &courier{m}
	responder := &responder{w}
	b := &Bot{workspace: w, clicks: &clicks{&wizard{responder}}, files: &fileReader{workspace: w, outbox: outbox, time: fileTime}, homes: &homes{responder: responder}, channels: channels, health: &Health{}}
	b.actions, b.views = b.routes(), b.submissions()
	b.deliverer = &deliverer{workspace: w, channels: channels, outbox: outbox, jobs: jobs(m, b.homes)}
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

// jobs are the ways of delivering effects, by their kind.
func jobs(m *messages, h *homes) map[string]job {
	all, requests, turns, answers, replies := map[string]job{}, requestCards{m, h}, conversations{m, h}, cases{m}, replies{m}
	handle(all, requests.drawRequest)
	handle(all, requests.notify)
	handle(all, requests.notifyKey)
	handle(all, requests.raiseAlarm)
	handle(all, requests.carryQuestion)
	handle(all, requests.carryAnswer)
	handle(all, requests.remindApprovers)
	handle(all, turns.drawConversation)
	handle(all, turns.retireTurns)
	handle(all, turns.postPlan)
	handle(all, answers.drawCase)
	handle(all, answers.postCase)
	handle(all, answers.drawTaught)
	handle(all, answers.notifyTeacher)
	handle(all, replies.reply)
	handle(all, replies.takeDirect)
	handle(all, errands{m}.finish)
	handle(all, replies.workWaits)
	handle(all, replies.workDead)
	handle(all, replies.notice)
	handle(all, m.toFiles)
	return all
}

// RunDelivery does the effects of the Notify and Files lanes until ctx ends.
func (b *Bot) RunDelivery(ctx context.Context) {
	var all sync.WaitGroup
	all.Go(func() { b.channels.start(ctx) })
	for range fileReaders {
		all.Go(func() { b.files.run(ctx) })
	}
	b.deliverer.run(ctx)
	all.Wait()
}

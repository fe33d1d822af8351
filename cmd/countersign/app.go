package main

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"countersign/bot"
	"countersign/certs"
	"countersign/locales"
	"countersign/storage"
	"countersign/triage"
	"countersign/vault/embedded"
	"countersign/workflows"
)

// app is the product, wired. run blocks until its context ends.
type app struct {
	cfg       config
	log       *slog.Logger
	db        *storage.DB
	custody   *embedded.Custody
	service   *workflows.Service
	bot       *bot.Bot
	directory *bot.Directory
	listener  net.Listener
}

// newApp wires the parts and fails early on whatever cannot work.
func newApp(ctx context.Context, cfg config, cat *locales.Catalogue, log *slog.Logger) (*app, error) {
	a := &app{cfg: cfg, log: log}
	catalogue, err := certs.Load(cfg.Profiles...)
	if err != nil {
		return nil, err
	}
	kb, err := triage.Load(cfg.Causes...)
	if err != nil {
		return nil, err
	}
	if cfg.Listen != "" {
		a.listener, err = net.Listen("tcp", cfg.Listen)
		if err != nil {
			return nil, fmt.Errorf("listen on %s: %w", cfg.Listen, err)
		}
	}
	custody, ca, err := embedded.Start(embedded.Options{Dir: cfg.Data + "/custody", Command: a.openAddress})
	if err != nil {
		return nil, err
	}
	a.custody = custody
	auditKey, err := custody.AuditKey()
	if err != nil {
		return nil, err
	}
	a.db, err = storage.Open(ctx, storage.Options{Path: cfg.Data + "/countersign.db", AuditKey: auditKey})
	if err != nil {
		return nil, err
	}
	a.service = &workflows.Service{
		Team: cfg.Team, Store: a.db, Catalogue: catalogue, Triage: kb, Policies: cfg.policies(), Support: cfg.Support,
		Custodies: map[string]workflows.Custody{"embedded": custody},
		Issuers:   map[string]workflows.Issuer{"embedded": ca},
		Now:       func() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }, NewID: newID,
	}
	slackCfg := cfg.slack()
	a.directory = bot.NewDirectory(slackCfg, cfg.Team, cfg.Groups, log, a.service.Now)
	a.service.Directory = a.directory
	a.bot, err = bot.New(ctx, slackCfg, a.service, a.db, cat, a.directory, log)
	if err != nil {
		return nil, errors.Join(err, a.db.Close())
	}
	return a, nil
}

// newID makes an unguessable ID of 16 characters.
func newID() string {
	raw := make([]byte, 10)
	_, _ = rand.Read(raw) // never fails (crypto/rand documentation)
	return strings.ToLower(base32.StdEncoding.EncodeToString(raw))
}

// run works until ctx ends, then lets what is under way finish.
func (a *app) run(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	if err := a.directory.Refresh(ctx); err != nil {
		// Fail closed, not down: nobody may decide until it is read, and Run reads it again.
		a.log.Error("directory", "err", err)
	}
	var all sync.WaitGroup
	worker := &workflows.Worker{Service: a.service, Outbox: a.db, Log: a.log}
	all.Go(func() { a.directory.Run(ctx) })
	all.Go(func() { worker.Run(ctx) })
	for range 2 {
		all.Go(func() { a.bot.RunDelivery(ctx) })
	}
	if a.cfg.Slack.AppToken != "" {
		all.Go(func() { stop(a.bot.RunSocket(ctx)) })
	}
	if a.listener != nil {
		server := &http.Server{Handler: a.routes(), ReadHeaderTimeout: 5 * time.Second}
		all.Go(func() {
			if err := server.Serve(a.listener); !errors.Is(err, http.ErrServerClosed) {
				stop(err)
			}
		})
		all.Go(func() {
			<-ctx.Done()
			grace, done := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer done()
			if err := server.Shutdown(grace); err != nil {
				a.log.Warn("shutdown", "err", err)
			}
		})
	}
	<-ctx.Done()
	all.Wait()
	a.bot.Wait()
	err := a.db.Close()
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return errors.Join(cause, err)
	}
	return err
}

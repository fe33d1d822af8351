package main

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"countersign/bot"
	"countersign/certs"
	"countersign/locales"
	"countersign/storage"
	"countersign/triage"
	"countersign/triage/llm"
	"countersign/workflows"
	"countersign/workflows/services"
)

// newApp wires the parts and fails early on whatever cannot work. It waits for a
// Vault that is sealed or away, saying so in the log and at /readyz: without the
// audit key nothing may be done.
func newApp(ctx context.Context, cfg config, cat *locales.Catalogue, log *slog.Logger) (_ *app, err error) {
	a := &app{cfg: cfg, log: log, cat: cat}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.close())
		}
	}()
	catalogue, err := certs.Load(cfg.Profiles...)
	if err != nil {
		return nil, err
	}
	kb, err := triage.LoadFor(catalogue, cfg.Causes...)
	if err != nil {
		return nil, err
	}
	if a.door, err = openDoor(cfg.Listen, log); err != nil {
		return nil, err
	}
	a.keys = noKeys(cfg, log)
	a.keys.bot, a.keys.command = true, a.openAddress
	if err := openKeys(a.keys); err != nil {
		return nil, err
	}
	if err := a.openStore(ctx); err != nil {
		return nil, err
	}
	a.service = services.New(&workflows.Kernel{
		Team: cfg.Team, Store: a.db, Catalogue: catalogue, Say: cat.Say, Policies: cfg.policies(),
		Custodies: a.keys.custodies, Issuers: a.keys.issuers,
		Now: func() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }, NewID: newID}, services.Ports{Triage: kb, Group: cfg.Support})
	if err := a.service.TakeOver(ctx); err != nil {
		return nil, err
	}
	if err := a.service.Support.Relearn(ctx, log); err != nil {
		return nil, err
	}
	if err := a.wireSupport(ctx); err != nil {
		return nil, err
	}
	slackCfg := cfg.slack()
	a.directory = bot.NewDirectory(slackCfg, cfg.Team, cfg.Groups, log, a.service.Now)
	if err := a.directory.Load(ctx, a.db); err != nil {
		return nil, err
	}
	a.service.Directory = a.directory
	a.meter = newMeter(a.db)
	a.bot, err = bot.New(ctx, slackCfg, a.service, a.meter, cat, a.directory, log)
	return a, err
}

// openStore opens the database with the audit key.
func (a *app) openStore(ctx context.Context) error {
	key, err := a.keys.auditKey()
	var fault certs.Fault
	for errors.As(err, &fault) && fault.Temporary() {
		why := a.english(fault.Text())
		a.log.Warn("waiting for the audit key", "why", why)
		a.door.waiting(why)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(2 * time.Second):
		}
		key, err = a.keys.auditKey()
	}
	if err != nil {
		return fmt.Errorf("audit key: %w", err)
	}
	defer clear(key)
	a.db, err = storage.Open(ctx, storage.Options{Path: filepath.Join(a.cfg.Data, "countersign.db"), AuditKey: key})
	return err
}

// close ends what newApp has made.
func (a *app) close() error {
	var errs []error
	a.door.close()
	if a.db != nil {
		errs = append(errs, a.db.Close())
	}
	if a.keys != nil {
		a.keys.close()
	}
	return errors.Join(errs...)
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
	if err := a.readGroups(ctx); err != nil {
		// Fail closed, not down: nobody may decide until they are read, and Run reads them again.
		a.log.Error("directory", "err", err)
	}
	var all sync.WaitGroup
	worker := a.service.Worker(a.meter, a.log)
	all.Go(func() {
		a.service.Support.KB().WarmUp(ctx)
		if err := a.checkRecord(ctx); err != nil {
			stop(err)
		}
		debug.FreeOSMemory() // loading the catalogues and checking the record take far more than is needed afterwards
	})
	if n := a.notary(); n != nil {
		a.db.Bound(0)
		_ = n.step(ctx) // it has said why not, and is tried again; until then no request is numbered
		all.Go(func() {
			if err := n.run(ctx); err != nil {
				stop(err)
			}
		})
	}
	all.Go(func() { a.directory.Run(ctx) })
	all.Go(func() { worker.Run(ctx) })
	aside := a.service.Background(a.meter, a.log)
	for range 2 {
		all.Go(func() { aside.Run(ctx) })
	}
	all.Go(func() { a.bot.RunDelivery(ctx) })
	if a.cfg.Slack.AppToken != "" {
		all.Go(func() { stop(a.bot.RunSocket(ctx)) })
	}
	a.door.open(a.routes())
	if a.door != nil {
		all.Go(func() { stop(a.door.failed(ctx)) })
	}
	<-ctx.Done()
	a.door.close() // no new work from there
	all.Wait()
	a.bot.Wait()
	err := a.close()
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return errors.Join(cause, err)
	}
	return err
}

// readGroups reads who decides before the doors open. A Slack that takes longer keeps
// nobody out: what needs no approver works meanwhile.
func (a *app) readGroups(ctx context.Context) error {
	ctx, done := context.WithTimeout(ctx, time.Second)
	defer done()
	return a.directory.Refresh(ctx)
}

// wireSupport gives the workflows what the configuration allows of live probes and the
// model, once the store is open: what the model has cost is kept there.
func (a *app) wireSupport(ctx context.Context) error {
	a.support = newSupportMeter()
	p, err := a.cfg.Probe.load()
	if err != nil {
		return err
	}
	if p.On() {
		a.service.Support.Prober = countedProber{p, a.support}
	}
	c, err := a.cfg.LLM.config()
	if err != nil {
		return err
	}
	err = a.db.View(ctx, func(rd workflows.Reader) (err error) { c.Spent, err = rd.Setting(ctx, workflows.SpentKey); return err })
	if err != nil && workflows.CodeOf(err) != workflows.NotFound {
		return err
	}
	assistant, err := llm.New(c)
	if errors.Is(err, llm.ErrOff) {
		return nil
	}
	if err == nil {
		a.model = assistant
		a.service.UseModel(model{assistant, a.service.Say, a.support})
	}
	return err
}

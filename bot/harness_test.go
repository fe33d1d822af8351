package bot_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"countersign"
	"countersign/bot"
	"countersign/certs"
	"countersign/locales"
	"countersign/slacksim"
	"countersign/storage"
	"countersign/tests/embeddedtest"
	"countersign/triage"
	"countersign/vault/embedded"
	"countersign/workflows"
	"countersign/workflows/services"
)

// rig is the product wired in this process around a workspace.
type rig struct {
	*slacksim.Stage
	db      *storage.DB
	custody *embedded.Custody
	service *services.Set
	cfg     bot.Config
	dir     *bot.Directory
	cat     *locales.Catalogue
	log     *slog.Logger

	fileTime time.Duration // of one try to read a file; 0: the product's
}

// loaded is what does not change, read once for all tests.
var loaded = sync.OnceValues(func() (d struct {
	profiles *certs.Catalogue
	causes   *triage.KB
	cat      *locales.Catalogue
}, err error) {
	if d.profiles, err = certs.Load(); err == nil {
		d.causes, err = triage.Load()
	}
	if err == nil {
		d.cat, err = locales.Load()
	}
	return d, err
})

func newRig(t *testing.T, ws slacksim.Workspace, opt ...slacksim.Options) *rig {
	t.Helper()
	return newRigOf(t, ws, func(manifest []byte) []byte { return manifest }, opt...)
}

// newRigOf is newRig with an app of another manifest.
func newRigOf(t *testing.T, ws slacksim.Workspace, other func(manifest []byte) []byte, opt ...slacksim.Options) *rig {
	t.Helper()
	if err := ws.App.ManifestYAML(other(countersign.Manifest)); err != nil {
		t.Fatal(err)
	}
	r := &rig{Stage: slacksim.Start(t, ws, opt...), log: quiet()}
	r.Patience = time.Minute // a busy machine must not fail it
	app := r.App()
	r.cfg = bot.Config{APIURL: r.APIURL(), BotToken: app.BotToken, AppToken: app.AppToken, SigningSecret: app.SigningSecret, ChannelLang: "en", SupportChannel: "C0SUPPORT"}
	custody, ca, err := embedded.Start(embedded.Options{Dir: embeddedtest.Dir(t)})
	must(t, err)
	r.custody = custody
	key, err := custody.AuditKey()
	must(t, err)
	r.db, err = storage.Open(context.Background(), storage.Options{Path: t.TempDir() + "/countersign.db", AuditKey: key})
	must(t, err)
	t.Cleanup(func() { must(t, r.db.Close()) })
	d, err := loaded()
	must(t, err)
	r.cat = d.cat
	var n atomic.Int64
	r.service = services.New(&workflows.Kernel{Team: "T0ACME", Store: r.db, Catalogue: d.profiles, Say: r.cat.Say,
		Policies:  []workflows.Policy{{Name: "all", Approvers: "pki", Channel: "C0CERTAPPROVALS", Custody: "embedded", Issuer: "embedded"}},
		Custodies: map[string]workflows.Custody{"embedded": custody}, Issuers: map[string]workflows.Issuer{"embedded": ca},
		Now: func() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }, NewID: func() string { return fmt.Sprintf("id%06d", n.Add(1)) }}, services.Ports{Group: "support", Triage: d.causes})
	r.dir = bot.NewDirectory(r.cfg, "T0ACME", map[string][]string{"pki": {"S0PKIAPPROVERS"}, "support": {"U0SAM", "U0ANSELM"}}, r.log, r.service.Now)
	r.service.Directory = r.dir
	return r
}

// run starts delivery and work; the door is the test's.
func (r *rig) run(t *testing.T) *bot.Bot {
	t.Helper()
	b, err := bot.New(context.Background(), r.cfg, r.service, r.db, r.cat, r.dir, r.log)
	must(t, err)
	if r.fileTime > 0 {
		b.SetFileTime(r.fileTime)
	}
	r.refresh(t)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{}, 2)
	go func() { b.RunDelivery(ctx); done <- struct{}{} }()
	go func() { r.service.Worker(r.db, r.log).Run(ctx); done <- struct{}{} }()
	t.Cleanup(func() { stop(); <-done; <-done; b.Wait() })
	return b
}

// quiet is a log that nobody reads.
func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// refresh reads the groups, and people as if they had come before. A connection of a
// workspace before, on the same port, may fail it once.
func (r *rig) refresh(t *testing.T, who ...string) {
	t.Helper()
	err := r.dir.Refresh(context.Background())
	for n := 0; err != nil && n < 3; n++ {
		err = r.dir.Refresh(context.Background())
	}
	must(t, err)
	for _, id := range append([]string{"U0ELLA", "U0ANSELM", "U0BOLIN", "U0SAM"}, who...) {
		r.dir.Who(context.Background(), id, "")
	}
}

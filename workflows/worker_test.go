package workflows_test

import (
	"bytes"
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"countersign/certs"
	"countersign/tests/workbench"
	"countersign/vault"
	"countersign/workflows"
	"countersign/workflows/intake"
)

// TestDeadLetters: an effect that nobody knows how to do, or to read, is given up at once,
// and the operators are told of it; what stands behind it in its queue goes on.
func TestDeadLetters(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	for lane, kind := range map[workflows.Lane]string{workflows.Work: workflows.KindCSR, workflows.Background: workflows.KindAssist} {
		workbench.Must(t, b.DB.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) {
			return workflows.Change{Effects: []workflows.Effect{
				{Lane: lane, Subject: "REQ-1", Kind: "juggle", Key: string(lane) + "/1", Body: []byte(`{"request":"REQ-1"}`)},
				{Lane: lane, Subject: "REQ-1", Kind: kind, Key: string(lane) + "/2", Body: []byte(`[`)},
				{Lane: lane, Subject: "REQ-2", Kind: "juggle", Key: string(lane) + "/3", Body: []byte(`{"request":"REQ-2","case":"K-2"}`)},
			}}, nil
		}))
	}
	b.Work(t)
	if n := b.Aside(t); n != 3 {
		t.Errorf("%d effects aside", n)
	}
	var told []string
	for _, n := range b.Queue(t, workflows.Notify) {
		told = append(told, n.Subject+" "+n.Kind+" "+n.Body.Kind+" "+n.Reason+" "+string(n.Request))
	}
	one := []string{"operators dead juggle unknown kind REQ-1", "operators dead juggle unknown kind REQ-2"}
	slices.Sort(told)
	want := slices.Concat(one, one, []string{"operators dead csr unreadable body ", "operators dead assist unreadable body "})
	slices.Sort(want)
	if !slices.Equal(told, want) {
		t.Errorf("told %q", told)
	}
	if got := b.Audited(t, "REQ-1"); !slices.Equal(got, []string{"effect.dead", "effect.dead", "effect.dead", "effect.dead"}) {
		t.Errorf("the record has %v", got)
	}
	for _, lane := range []workflows.Lane{workflows.Work, workflows.Background} {
		b.Later(time.Hour)
		if left := b.Queue(t, lane); len(left) > 0 {
			t.Errorf("still there: %+v", left)
		}
	}
}

// TestAsideIsGivenUp: a look or a word of the model about what is not there is dropped
// without a word; nobody waits for it.
func TestAsideIsGivenUp(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	b.UseModel(&workbench.Speaker{})
	workbench.Must(t, b.DB.Update(ctx, "", func(workflows.Reader) (workflows.Change, error) {
		var all []workflows.Effect
		for _, kind := range []string{workflows.KindProbe, workflows.KindAssist, workflows.KindPropose} {
			all = append(all, workflows.Effect{Lane: workflows.Background, Subject: kind, Kind: kind, Key: kind, Body: []byte(`{"case":"K-none","conversation":"C-none"}`)})
		}
		return workflows.Change{Effects: all}, nil
	}))
	if n := b.Aside(t); n != 3 {
		t.Errorf("%d effects", n)
	}
	b.SaidIs(t, "nobody is told")

	// A store that fails is tried again later, and given up after four claims.
	c := b.Diagnosed(t, workbench.Ella, "1.1", "certificate has expired")
	b.Said(t)
	store := b.Store
	for n := range 4 {
		b.Store = &workbench.Broken{Store: store}
		if done := b.Aside(t); done != 1 {
			t.Errorf("attempt %d: %d effects", n, done)
		}
		b.Later(10 * time.Minute)
	}
	b.Store = store
	if n := b.Aside(t); n != 0 || b.CaseOfID(t, c.ID).Assist != nil {
		t.Errorf("%d effects after four attempts", n)
	}
}

// keeps is a custody that wants the certificates of its keys.
type keeps struct {
	workflows.Custody
	says error
	kept map[string]workflows.Certificate
}

func (k *keeps) Keep(_ context.Context, name string, cert workflows.Certificate) error {
	if k.says != nil {
		return k.says
	}
	k.kept[name] = cert
	return nil
}

// TestKeptBeside: a custody that wants it gets a key's certificate; while it cannot take
// it, the request has its certificate all the same, and shows no trouble.
func TestKeptBeside(t *testing.T) {
	b := workbench.New(t)
	k := &keeps{Custody: b.Custody, kept: map[string]workflows.Certificate{}, says: vault.Wait(nil, "vault.sealed")}
	b.Custodies["embedded"] = k
	r := b.Issued(t, workbench.Ella, workbench.Portal())
	if r.State != workflows.Issued || !r.Trouble.IsZero() || len(k.kept) > 0 {
		t.Fatalf("%s %+v", r.State, r.Trouble)
	}
	k.says = nil
	b.Passes(t, 10*time.Minute, time.Minute)
	if got := k.kept[r.KeyName]; len(k.kept) != 1 || !bytes.Equal(got.Leaf, r.Cert) || len(got.Chain) != len(r.Chain) {
		t.Errorf("kept %d, %d bytes", len(k.kept), len(got.Leaf))
	}
	if got := b.Audited(t, r.ID); !slices.Contains(got, "keep") {
		t.Errorf("the record has %v", got)
	}
	if got := b.Told(t); slices.Contains(got, "tell:trouble") {
		t.Errorf("told %v", got)
	}
}

// stops is a custody whose work is broken off once by the end of the process.
type stops struct {
	workflows.Custody
	stop func()
	once sync.Once
}

func (s *stops) CreateCSR(ctx context.Context, name string, spec certs.Spec) ([]byte, error) {
	stopped := false
	s.once.Do(func() { s.stop(); stopped = true })
	if stopped {
		return nil, ctx.Err()
	}
	return s.Custody.CreateCSR(ctx, name, spec)
}

// TestWorkerStops: a worker runs until it is told to stop; what it was at is done at once by
// the next one, without trouble on the request. It also ends what nobody decided in time.
func TestWorkerStops(t *testing.T) {
	b := workbench.New(t)
	old := b.Submitted(t, workbench.Ella, workbench.Portal())
	b.Later(8 * 24 * time.Hour)
	ctx, stop := context.WithCancel(context.Background())
	b.Custodies["embedded"] = &stops{Custody: b.Custody, stop: func() { // the sweep runs beside it
		for until := time.Now().Add(time.Minute); b.Show(t, old.ID).State == workflows.Submitted && time.Now().Before(until); {
			time.Sleep(time.Millisecond)
		}
		stop()
	}}
	c, err := b.Intake.Start(context.Background(), intake.Started{By: workbench.Ella, Lang: "en", Answers: workbench.Portal()})
	workbench.Must(t, err)
	c, err = b.Intake.Send(context.Background(), intake.Sending{By: workbench.Ella, ID: c.ID, Plan: intake.PlanHash(b.Intake.PlanOf(c))})
	workbench.Must(t, err)
	b.Told(t)
	var log bytes.Buffer
	w := b.Set.Worker(b.DB, slog.New(slog.NewTextHandler(&log, nil)))
	w.Run(ctx) // it returns when stopped
	if now := b.Show(t, old.ID); now.State != workflows.Expired {
		t.Errorf("not swept: %s", now.State)
	}
	r := b.Show(t, c.Requests[0])
	if len(r.CSR) > 0 || !r.Trouble.IsZero() || strings.Contains(log.String(), "effect failed") {
		t.Errorf("broken off: %+v\n%s", r.Trouble, log.String())
	}
	b.Work(t)
	if r = b.Show(t, r.ID); len(r.CSR) == 0 || !r.Trouble.IsZero() {
		t.Errorf("not taken up again: %+v", r.Trouble)
	}
	w.Run(ctx) // stopped before it begins
}

// TestAsideWorkerStops: the same for what nobody waits for.
func TestAsideWorkerStops(t *testing.T) {
	b := workbench.New(t)
	ctx, stop := context.WithCancel(context.Background())
	m := &workbench.Speaker{Explains: "It ran out."}
	m.While = func() { stop() }
	b.UseModel(m)
	c := b.Diagnosed(t, workbench.Ella, "1.1", "certificate has expired")
	w := b.Set.Background(b.DB, workbench.Quiet)
	w.Run(ctx)
	if b.CaseOfID(t, c.ID).Assist != nil {
		t.Error("what was broken off is kept")
	}
	m.While = nil
	if n := b.Aside(t); n != 1 || b.CaseOfID(t, c.ID).Assist == nil {
		t.Errorf("taken up %d times: %+v", n, b.CaseOfID(t, c.ID).Assist)
	}
}

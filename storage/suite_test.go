package storage_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"countersign/storage"
)

func TestSQLite(t *testing.T) {
	suite(t, func(t *testing.T, now func() time.Time) store {
		t.Helper()
		d, err := storage.Open(context.Background(), storage.Options{
			Path: filepath.Join(t.TempDir(), "x.db"), AuditKey: []byte("0123456789abcdef0123456789abcdef"), Now: now})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		})
		return d
	})
}

// suite is what every engine must pass: what workflows relies on, tested through the
// ports alone. What only one engine has (locks, a full disk, migrations, a killed
// process) is tested beside it. open gives an empty store that takes its time from now,
// and closes it with the test.
func suite(t *testing.T, open func(t *testing.T, now func() time.Time) store) {
	for _, c := range []struct {
		name string
		run  func(*bundle)
	}{
		{"receipts", receipts},
		{"receipts are forgotten in time", sweep},
		{"versions", versions},
		{"all or nothing", atomic},
		{"numbers have no gaps", numbers},
		{"one approver of sixteen wins", race},
		{"one final verdict a person and hash", verdicts},
		{"conversations are found", conversations},
		{"cases are found", cases},
		{"deployments are remembered", deployments},
		{"cards", cards},
		{"settings", settings},
		{"queries", queries},
		{"what is to be done and what ends", duties},
		{"pages lose nothing", pages},
		{"by public key", bySPKI},
		{"certificates in use by their names", inUse},
		{"what people write comes back", hostile},
		{"much of it", large},
		{"audit", audit},
		{"each effect once and in order", once},
		{"order within subject and lane", order},
		{"leases", leases},
		{"a stale worker changes nothing", stale},
		{"due times", due},
		{"what waits for a reason is woken", wake},
		{"keys are for ever", keys},
		{"bury", bury},
		{"kinds are left where they are", except},
		{"people take turns with their files", fair},
		{"wait", wait},
		{"views are snapshots", snapshot},
		{"random work against a model", model},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			clock := &clock{at: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
			b := &bundle{T: t, clock: clock, store: open(t, clock.now), ctx: context.Background()}
			c.run(b)
			if report, err := b.VerifyAudit(b.ctx); err != nil || report.Bad != nil {
				t.Errorf("the audit record afterwards: %+v, %v", report, err)
			}
		})
	}
}

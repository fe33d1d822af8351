package storage_test

import (
	"fmt"
	"time"

	"countersign/storage"
	"countersign/workflows"
)

func audit(b *bundle) {
	for i := range 30 {
		b.clock.advance(time.Second)
		rows := []workflows.Audit{note("s"+n(i%3), fmt.Sprintf(`{"i":%d}`, i))}
		if i%10 == 0 {
			rows = append(rows, workflows.Audit{At: b.clock.now(), Actor: bob, Verb: "second", Subject: "both"})
		}
		b.put(workflows.Change{Audit: rows})
	}
	var all []workflows.Audit
	b.see(func(r workflows.Reader) error {
		all = must(r.Audit(b.ctx, "", 0, 100))(b)
		some := must(r.Audit(b.ctx, "s1", all[9].ID, 3))(b)
		if len(some) != 3 || some[0].ID <= all[9].ID || some[0].Subject != "s1" || some[2].ID <= some[1].ID {
			b.Errorf("of one subject, after %d: %+v", all[9].ID, some)
		}
		if none := must(r.Audit(b.ctx, "nobody", 0, 100))(b); len(none) > 0 {
			b.Errorf("of nobody: %+v", none)
		}
		return nil
	})
	if len(all) != 33 || all[0].Actor != ann || all[0].Detail != `{"i":0}` || all[0].MAC == "" || all[0].MAC == all[1].MAC || all[0].At.IsZero() {
		b.Fatalf("%d rows, the first %+v", len(all), all[0])
	}
	report, err := b.VerifyAudit(b.ctx)
	if err != nil || report.Bad != nil || report.Rows != 33 || report.Head.ID != all[32].ID || report.Head.MAC != all[32].MAC {
		b.Errorf("verified: %+v, %v", report, err)
	}
	// Heads noted earlier are still in it; one of another record is not.
	if r, err := b.VerifyAudit(b.ctx, storage.AuditHead{ID: all[5].ID, MAC: all[5].MAC}, report.Head); err != nil || r.Bad != nil {
		b.Errorf("with heads of before: %+v, %v", r, err)
	}
	for _, a := range []storage.AuditHead{{ID: all[5].ID, MAC: all[6].MAC}, {ID: all[32].ID + 1, MAC: all[6].MAC}} {
		if r, err := b.VerifyAudit(b.ctx, a); err != nil || r.Bad == nil {
			b.Errorf("with the head of another record: %+v, %v", r, err)
		}
	}
}

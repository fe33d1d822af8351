package main

import (
	"context"

	"countersign/workflows"
)

// checkRecord holds the whole database against its record, beside the work of the
// start, and ends the product when they differ: what was put there by somebody else
// is not served. Meanwhile nothing is done on a request that differs, since each is
// held against the record when it is read.
func (a *app) checkRecord(ctx context.Context) error {
	report, err := a.db.VerifyAudit(ctx)
	if ctx.Err() != nil {
		return nil //nolint:nilerr // the product ends
	}
	if err != nil {
		return err
	}
	for _, text := range report.Faults() {
		a.log.Error("record", "fault", a.english(text))
	}
	if report.Bad != nil {
		return exit(1)
	}
	a.log.Info("record", "rows", report.Rows, "head", report.Head.String())
	return nil
}

// notary is that of the product; nil: no custody keeps a note.
func (a *app) notary() *notary {
	if a.keys.notes == nil {
		return nil
	}
	return &notary{db: a.db, notes: a.keys.notes, tell: func(why workflows.Text, epoch bool) {
		if epoch {
			a.log.Error("another database", "why", a.english(why))
			return
		}
		a.log.Warn("the head of the record cannot be noted, and is tried again", "why", a.english(why))
	}}
}

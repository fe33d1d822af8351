package main

import (
	"context"

	"countersign/locales"
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
		a.log.Error("record", "fault", a.cat.Text(locales.English, text.Key, text.Args, text.In))
	}
	if report.Bad != nil {
		return exit(1)
	}
	a.log.Info("record", "rows", report.Rows, "head", report.Head.String())
	return nil
}

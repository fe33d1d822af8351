package storage

import (
	"context"
	"crypto/hmac"
	"database/sql"
	"encoding/hex"
	"errors"
	"maps"
	"slices"
	"strconv"

	"countersign/workflows"
)

// AuditReport is what VerifyAudit found.
type AuditReport struct {
	Rows    int64     `json:"rows"` // good ones, from the first
	Head    AuditHead `json:"head"` // the last good row; note it elsewhere to detect a roll-back later
	Bad     *AuditBad `json:"bad,omitempty"`
	Altered []Altered `json:"altered,omitempty"` // at most maxAltered; looked for only in a record that holds
}

// AuditBad is the first place where the record is not what was written, or the first
// of Altered.
type AuditBad struct {
	ID   int64          `json:"id"` // of the row; 0: the record holds, and a request does not fit it
	Text workflows.Text `json:"text"`
}

// Faults are all that is wrong, to be told one a line.
func (r AuditReport) Faults() []workflows.Text {
	var list []workflows.Text
	if r.Bad != nil && len(r.Altered) == 0 {
		list = append(list, r.Bad.Text)
	}
	for _, a := range r.Altered {
		list = append(list, a.Text)
	}
	return list
}

func bad(id int64, key string) *AuditBad {
	return &AuditBad{ID: id, Text: workflows.Refuse(workflows.Unable, key, "ID", strconv.FormatInt(id, 10)).Text}
}

var errBad = errors.New("storage: bad audit row")

// VerifyAudit computes the chain anew over one snapshot, from the first row to the
// recorded head, and holds every request, state, decision, certificate and pending
// effect against it and its key.
// anchors are heads noted earlier: a record that no longer contains
// them was rolled back as a whole, which the database alone cannot know.
// An error means that the record could not be read, not that it is bad.
func (d *DB) VerifyAudit(ctx context.Context, anchors ...AuditHead) (AuditReport, error) {
	if len(d.auditKey) < minAuditKey {
		return AuditReport{}, workflows.Refuse(workflows.Unable, "storage.no-audit-key")
	}
	var report AuditReport
	err := d.snapshot(ctx, func(r reader) (err error) {
		report, err = verifyAudit(ctx, r.q, d.auditKey, anchors)
		if err == nil && report.Bad == nil {
			report.Altered, err = compareWithRecord(ctx, r.q, d.auditKey)
		}
		if workflows.CodeOf(err) != "" {
			report, err = AuditReport{}, workflows.Refuse(workflows.Unable, "storage.audit-key", "Path", d.path)
		}
		return err
	})
	if len(report.Altered) > 0 {
		report.Bad = &AuditBad{Text: report.Altered[0].Text}
	}
	return report, err
}

func verifyAudit(ctx context.Context, q querier, key []byte, anchors []AuditHead) (report AuditReport, err error) {
	headID, headMAC, seal, err := auditHead(ctx, q)
	if err != nil {
		return report, err
	}
	sealed := seal != nil && slices.ContainsFunc([][]byte{headLabel, requestLabel, boundLabel}, func(label []byte) bool {
		return hmac.Equal(seal, sealMAC(key, label, headID, headMAC))
	})
	columns, _, err := columnsOf(ctx, q)
	if err != nil {
		return report, err
	}
	due := map[int64]string{} // anchors not met yet
	for _, a := range anchors {
		if a.ID > 0 {
			due[a.ID] = a.MAC
		}
	}
	var before []byte
	err = reader{q: q}.each(ctx, `SELECT `+columns+` FROM audit ORDER BY id`, nil, func(rows *sql.Rows) error {
		a, _, err := scanLinked(rows.Scan)
		if err != nil {
			return err
		}
		if want := report.Rows + 1; a.ID != want {
			report.Bad = bad(want, "storage.audit-missing")
			return errBad
		}
		mac := rowMAC(key, before, a)
		if hex.EncodeToString(mac) != a.MAC {
			if a.ID == 1 && !sealed {
				return workflows.Refuse(workflows.Unable, "storage.audit-key")
			}
			report.Bad = bad(a.ID, "storage.audit-altered")
			return errBad
		}
		if want, ok := due[a.ID]; ok {
			if want != a.MAC {
				report.Bad = bad(a.ID, "storage.audit-rolled-back")
				return errBad
			}
			delete(due, a.ID)
		}
		report.Rows, report.Head, before = a.ID, AuditHead{ID: a.ID, MAC: a.MAC}, mac
		return nil
	})
	if errors.Is(err, errBad) {
		return report, nil
	}
	if err != nil {
		return report, err
	}
	switch {
	case !sealed && report.Rows == 0 && seal != nil:
		return report, workflows.Refuse(workflows.Unable, "storage.audit-key")
	case !sealed, headID < report.Rows, headID == report.Rows && !hmac.Equal(headMAC, before):
		report.Bad = bad(report.Rows, "storage.audit-head")
	case headID > report.Rows:
		report.Bad = bad(report.Rows+1, "storage.audit-truncated")
	case len(due) > 0:
		report.Bad = bad(slices.Min(slices.Collect(maps.Keys(due))), "storage.audit-rolled-back")
	}
	return report, nil
}

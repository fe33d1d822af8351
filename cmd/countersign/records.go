package main

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"text/tabwriter"
	"time"

	"countersign/storage"
	"countersign/vault/embedded"
	"countersign/workflows"
)

// dataFlags say where the records are.
type dataFlags struct {
	Data string `help:"Directory of database and embedded custody." default:"data" type:"path"`
}

// open opens the database for reading, beside a bot that may be running.
func (d dataFlags) open(ctx context.Context, auditKey []byte) (*storage.DB, error) {
	return storage.OpenReadOnly(ctx, storage.Options{Path: filepath.Join(d.Data, "countersign.db"), AuditKey: auditKey})
}

// auditKey reads the key of the audit chain from the custody that keeps it.
func (d dataFlags) auditKey() ([]byte, error) {
	custody, _, err := embedded.Start(embedded.Options{Dir: filepath.Join(d.Data, "custody")})
	if err != nil {
		return nil, err
	}
	return custody.AuditKey()
}

type requestsCmd struct {
	List requestsList `cmd:"" help:"List requests, newest change first."`
	Show requestsShow `cmd:"" help:"Show one request."`
}

type requestsList struct {
	dataFlags
	State []workflows.State `help:"Only these states."`
	Text  string            `help:"Part of a name, ID or product."`
	Limit int               `help:"At most this many." default:"50"`
	JSON  bool              `name:"json" help:"Write JSON."`
}

func (l requestsList) Run(c *console) error {
	return listRequests(c, l.dataFlags, workflows.RequestQuery{States: l.State, Text: l.Text, Limit: l.Limit}, l.JSON)
}

func listRequests(c *console, d dataFlags, q workflows.RequestQuery, asJSON bool) error {
	db, err := d.open(c.ctx, nil)
	if err != nil {
		return c.explain(err)
	}
	defer db.Close()
	var all []workflows.Request
	err = db.View(c.ctx, func(rd workflows.Reader) (err error) { all, err = rd.Requests(c.ctx, q); return err })
	if err != nil {
		return c.explain(err)
	}
	if asJSON {
		return writeJSON(c.out, all)
	}
	w := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
	for _, r := range all {
		until := "-"
		if !r.NotAfter.IsZero() {
			until = r.NotAfter.Format(time.DateOnly)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", r.ID, r.State, r.Spec.Profile, r.Spec.CommonName, until, r.Requester.ID)
	}
	return w.Flush()
}

type requestsShow struct {
	dataFlags
	ID workflows.RequestID `arg:"" help:"REQ-1"`
}

func (s requestsShow) Run(c *console) error {
	db, err := s.open(c.ctx, nil)
	if err != nil {
		return c.explain(err)
	}
	defer db.Close()
	var r workflows.Request
	err = db.View(c.ctx, func(rd workflows.Reader) (err error) { r, err = rd.Request(c.ctx, s.ID); return err })
	if err != nil {
		return c.explain(err)
	}
	return writeJSON(c.out, struct {
		workflows.Request
		Decisions []workflows.Decision `json:"decisions"`
	}{r, r.Decisions})
}

type certificatesCmd struct {
	List certificatesList `cmd:"" help:"List what was issued."`
	Show requestsShow     `cmd:"" help:"Show one, by its request."`
}

type certificatesList struct {
	dataFlags
	JSON bool `name:"json" help:"Write JSON."`
}

func (l certificatesList) Run(c *console) error {
	states := []workflows.State{workflows.Issued, workflows.Installed, workflows.Superseded, workflows.Revoked}
	return listRequests(c, l.dataFlags, workflows.RequestQuery{States: states, Limit: 200}, l.JSON)
}

type auditCmd struct {
	Verify auditVerify `cmd:"" help:"Check the chain of the audit record."`
	Export auditExport `cmd:"" help:"Write the audit record as JSON lines."`
}

type auditVerify struct{ dataFlags }

func (a auditVerify) Run(c *console) error {
	key, err := a.auditKey()
	if err != nil {
		return c.explain(err)
	}
	db, err := a.open(c.ctx, key)
	if err != nil {
		return c.explain(err)
	}
	defer db.Close()
	report, err := db.VerifyAudit(c.ctx)
	if err != nil {
		return c.explain(err)
	}
	if err := writeJSON(c.out, report); err != nil {
		return err
	}
	if report.Bad != nil {
		fmt.Fprintln(c.err, c.text(report.Bad.Text))
		return exit(1)
	}
	return nil
}

type auditExport struct{ dataFlags }

func (a auditExport) Run(c *console) error {
	db, err := a.open(c.ctx, nil)
	if err != nil {
		return c.explain(err)
	}
	defer db.Close()
	out := json.NewEncoder(c.out)
	return db.View(c.ctx, func(rd workflows.Reader) error {
		for after := int64(0); ; {
			rows, err := rd.Audit(c.ctx, "", after, 500)
			if err != nil || len(rows) == 0 {
				return err
			}
			for _, row := range rows {
				if err := out.Encode(row); err != nil {
					return err
				}
				after = row.ID
			}
		}
	})
}

type backupCmd struct {
	dataFlags
	To string `arg:"" help:"File to write; must not exist." type:"path"`
}

func (b backupCmd) Run(c *console) error {
	db, err := b.open(c.ctx, nil)
	if err != nil {
		return c.explain(err)
	}
	defer db.Close()
	return c.explain(db.Backup(c.ctx, b.To))
}

type restoreCmd struct {
	dataFlags
	From string `arg:"" help:"Backup to restore." type:"existingfile"`
}

func (r restoreCmd) Run(c *console) error {
	key, err := r.auditKey()
	if err != nil {
		return c.explain(err)
	}
	report, err := storage.Restore(c.ctx, r.From, filepath.Join(r.Data, "countersign.db"), key)
	if err != nil {
		return c.explain(err)
	}
	return writeJSON(c.out, report)
}

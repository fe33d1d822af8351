package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"countersign/storage"
	"countersign/vault/hashicorp"
	"countersign/workflows"
)

// dataFlags say where the records are.
type dataFlags struct {
	Data string `help:"Directory of database and embedded custody." default:"data" type:"path"`
	JSON bool   `name:"json" help:"Write JSON."`
}

func (d dataFlags) file() string { return filepath.Join(d.Data, "countersign.db") }

// open opens the database for reading, beside a bot that may be running.
func (d dataFlags) open(ctx context.Context, auditKey []byte) (*storage.DB, error) {
	return storage.OpenReadOnly(ctx, storage.Options{Path: d.file(), AuditKey: auditKey})
}

// view reads the database.
func (d dataFlags) view(c *console, read func(workflows.Reader) error) error {
	db, err := d.open(c.ctx, nil)
	if err != nil {
		return err
	}
	defer db.Close()
	return db.View(c.ctx, read)
}

// keyFlags say which custody keeps the key of the audit record: as the configuration
// says, or without one the embedded custody beside the database.
type keyFlags struct {
	dataFlags
	Config string `help:"Configuration file, where the key of the audit record is in Vault." type:"existingfile"`
}

// auditKey reads the key of the audit record. It makes nothing: a fresh key would fit
// no record.
func (k *keyFlags) auditKey(c *console) ([]byte, error) {
	cfg := config{Data: k.Data}
	if k.Config != "" {
		var err error
		if cfg, err = parseConfig(k.Config); err != nil {
			return nil, err
		}
		var p problems
		cfg.checkKeys(&p)
		if err := errors.Join(p...); err != nil {
			return nil, err
		}
		cfg.Policies, cfg.Listen, k.Data = nil, "", cfg.Data // the audit key alone
	}
	if cfg.auditKeeper() == typeEmbedded {
		dir := filepath.Join(cfg.Data, "custody")
		if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
			return nil, errors.New(c.say("cli.custody.absent", "Dir", dir))
		}
	}
	// A person's own token goes before the bot's login: that may be one that works once.
	if token := os.Getenv("VAULT_TOKEN"); token != "" && cfg.auditKeeper() != typeEmbedded {
		person, err := hashicorp.NewSession(cfg.Vault.Server, "VAULT_TOKEN", hashicorp.Token(token), quiet(), false)
		if err != nil {
			return nil, err
		}
		defer person.Close()
		return (&hashicorp.Custody{Recorder: person, Transit: cfg.Vault.Transit}).AuditKey()
	}
	all := noKeys(cfg, quiet())
	defer all.close()
	if err := openKeys(all); err != nil {
		return nil, err
	}
	return all.auditKey()
}

type requestsCmd struct {
	List requestsList `cmd:"" help:"List requests, newest change first."`
	Show requestsShow `cmd:"" help:"Show one request."`
}

type requestsList struct {
	dataFlags
	State []workflows.State `help:"Only these states." predictor:"state"`
	Text  string            `help:"Part of a name, ID or product."`
	Limit int               `help:"At most this many, up to 200." default:"50"`
}

func (l requestsList) Run(c *console) error {
	for _, s := range l.State {
		if !slices.Contains(workflows.States, s) {
			return fmt.Errorf("there is no state %q; choose of %s", s, strings.Join(stateNames(), ", "))
		}
	}
	return listRequests(c, l.dataFlags, workflows.RequestQuery{States: l.State, Text: l.Text, Limit: l.Limit})
}

func stateNames() []string {
	var names []string
	for _, s := range workflows.States {
		names = append(names, string(s))
	}
	return names
}

func listRequests(c *console, d dataFlags, q workflows.RequestQuery) error {
	all := []workflows.Request{}
	err := d.view(c, func(rd workflows.Reader) error {
		got, err := rd.Requests(c.ctx, q)
		all = append(all, got...)
		return err
	})
	if err != nil {
		return err
	}
	if d.JSON {
		return writeJSON(c.out, all)
	}
	if len(all) == 0 {
		_, err := fmt.Fprintln(c.out, c.say("cli.requests.none"))
		return err
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
	var r workflows.Request
	err := s.view(c, func(rd workflows.Reader) (err error) { r, err = rd.Request(c.ctx, s.ID); return err })
	if err != nil {
		return err
	}
	if s.JSON {
		return writeJSON(c.out, struct {
			workflows.Request
			Decisions []workflows.Decision `json:"decisions"`
		}{r, r.Decisions})
	}
	return printRequest(c, r)
}

// printRequest writes a request for people.
func printRequest(c *console, r workflows.Request) error {
	s := &sheet{c: c}
	s.line("%s  %s  %s", r.ID, r.State, r.Spec.Profile)
	line := func(label, value string) {
		if value != "" {
			s.line("  %-10s %s", label, value)
		}
	}
	names := make([]string, 0, len(r.Spec.Names))
	for _, n := range r.Spec.Names {
		names = append(names, n.Value)
	}
	line("CN", r.Spec.CommonName)
	line("SAN", strings.Join(names, " "))
	line("requester", r.Requester.String())
	line("purpose", r.Purpose)
	line("policy", r.Policy)
	line("custody", strings.TrimSpace(r.Custody+" "+r.KeyName))
	line("issuer", r.Issuer)
	line("hash", r.Hash())
	if !r.NotAfter.IsZero() {
		line("until", r.NotAfter.Format(time.RFC3339))
	}
	for _, d := range r.Decisions {
		line("decision", fmt.Sprintf("%s %s %s %s", d.At.Format(time.RFC3339), d.By, d.Verdict, d.Reason))
	}
	for _, h := range r.Releases {
		line("handed", fmt.Sprintf("%s %s", h.At.Format(time.RFC3339), h.To))
	}
	if !r.Trouble.IsZero() {
		line("waits", c.text(r.Trouble.Text))
	}
	for _, f := range r.Findings {
		line(string(f.Severity), c.text(f.Text))
	}
	return s.print()
}

type certificatesCmd struct {
	List certificatesList `cmd:"" help:"List what was issued."`
	Show requestsShow     `cmd:"" help:"Show one, by its request."`
}

type certificatesList struct {
	dataFlags
	Text string `help:"Part of a name, ID or product."`
}

func (l certificatesList) Run(c *console) error {
	issued := []workflows.State{workflows.Issued, workflows.Installed, workflows.Superseded, workflows.Revoked}
	return listRequests(c, l.dataFlags, workflows.RequestQuery{States: issued, Text: l.Text, Limit: 200})
}

type auditCmd struct {
	Verify auditVerify `cmd:"" help:"Check the chain of the audit record."`
	Export auditExport `cmd:"" help:"Write the audit record as JSON lines."`
}

type auditVerify struct {
	keyFlags
	Head []storage.AuditHead `help:"Head noted earlier, as --json prints it or ID:MAC; a record that does not have it was replaced." sep:"none"`
}

func (a auditVerify) Run(c *console) error {
	key, err := a.auditKey(c)
	if err != nil {
		return err
	}
	db, err := a.open(c.ctx, key)
	if err != nil {
		return err
	}
	defer db.Close()
	report, err := db.VerifyAudit(c.ctx, a.Head...)
	if err != nil {
		return err
	}
	switch {
	case a.JSON:
		err = writeJSON(c.out, report)
	case report.Bad == nil:
		_, err = fmt.Fprintln(c.out, c.say("cli.audit.good", "Rows", strconv.FormatInt(report.Rows, 10), "Head", report.Head.String()))
	}
	if err == nil && report.Bad != nil {
		return faulty(c, report)
	}
	return err
}

// faulty names everything that is not as the record has it.
func faulty(c *console, report storage.AuditReport) error {
	for _, text := range report.Faults() {
		fmt.Fprintln(c.err, c.text(text))
	}
	return exit(1)
}

type auditExport struct{ dataFlags }

func (a auditExport) Run(c *console) error {
	out := json.NewEncoder(c.out)
	return a.view(c, func(rd workflows.Reader) error {
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

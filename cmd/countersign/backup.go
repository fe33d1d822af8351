package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"countersign/storage"
)

type backupCmd struct {
	dataFlags
	To string `arg:"" help:"File to write; must not exist." type:"path"`
}

func (b backupCmd) Run(c *console) error {
	db, err := b.open(c.ctx, nil)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Backup(c.ctx, b.To); err != nil {
		return err
	}
	info, err := os.Stat(b.To)
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if b.JSON {
		return writeJSON(c.out, map[string]any{"file": b.To, "bytes": info.Size()})
	}
	keeper := filepath.Join(b.Data, "custody")
	if _, err := os.Stat(keeper); err != nil {
		keeper = "Vault"
	}
	_, err = fmt.Fprintln(c.out, c.say("cli.backup.done", "File", b.To, "Keeper", keeper))
	return err
}

type restoreCmd struct {
	keyFlags
	From string `arg:"" help:"Backup to restore." type:"existingfile"`
}

func (r restoreCmd) Run(c *console) error {
	key, err := r.auditKey(c)
	if err != nil {
		return err
	}
	report, err := storage.Restore(c.ctx, r.From, r.file(), key)
	if report.Audit.Bad != nil { // nothing was restored
		return faulty(c, report.Audit)
	}
	if err != nil {
		return err
	}
	if r.JSON {
		err = writeJSON(c.out, report)
	} else {
		n := func(v int64) string { return strconv.FormatInt(v, 10) }
		_, err = fmt.Fprintln(c.out, c.say("cli.restore.done", "Requests", n(report.Requests), "Rows", n(report.Audit.Rows), "Pending", n(report.Pending)))
	}
	return err
}

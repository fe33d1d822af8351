package storage

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"time"

	"countersign/workflows"
)

//go:embed migration/*.sql
var migrationFiles embed.FS

// applicationID marks the file as ours ("CSGN"), for file(1) and against opening
// somebody else's database.
const applicationID = 0x4353474e

// migration is one forward step of the schema.
type migration struct {
	version int
	name    string
	sql     string
	sum     string // SHA-256 of the file, hex
}

var migrationName = regexp.MustCompile(`^(\d{4})_[a-z0-9_]+\.sql$`)

// shipped gives the migrations of this version. The embedded files cannot be wrong
// at run time without having been wrong in every test.
func shipped() []migration {
	ms, err := readMigrations(migrationFiles)
	if err != nil {
		panic(err)
	}
	return ms
}

func readMigrations(files fs.FS) ([]migration, error) {
	names, err := fs.Glob(files, "migration/*.sql")
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	var ms []migration
	for i, path := range names {
		raw, err := fs.ReadFile(files, path)
		if err != nil {
			return nil, err
		}
		m := migrationName.FindStringSubmatch(path[len("migration/"):])
		if m == nil {
			return nil, fmt.Errorf("storage: %s is not named like 0001_init.sql", path)
		}
		version, err := strconv.Atoi(m[1])
		if err != nil || version != i+1 {
			return nil, fmt.Errorf("storage: %s is number %d of the migrations", path, i+1)
		}
		sum := sha256.Sum256(raw)
		ms = append(ms, migration{version: version, name: m[0], sql: string(raw), sum: hex.EncodeToString(sum[:])})
	}
	return ms, nil
}

// migrate applies what is missing, each step in a transaction of its own, after
// checking that what is there is what we know.
func migrate(ctx context.Context, db *sql.DB, path string, ms []migration, now time.Time) error {
	applied, err := check(ctx, db, path, ms)
	if err != nil {
		return err
	}
	for _, m := range ms[applied:] {
		if err := apply(ctx, db, m, now); err != nil {
			return fmt.Errorf("migration %s: %w", m.name, err)
		}
	}
	return nil
}

func apply(ctx context.Context, db *sql.DB, m migration, now time.Time) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after a commit: nothing to roll back
	if m.version == 1 {
		_, err := tx.ExecContext(ctx, fmt.Sprintf(`PRAGMA application_id = %d;
			CREATE TABLE schema_migrations (
			  version INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_ms INTEGER NOT NULL
			) STRICT`, applicationID))
		if err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, m.sql); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO schema_migrations (version, name, sha256, applied_ms) VALUES (?, ?, ?, ?)`,
		m.version, m.name, m.sum, now.UnixMilli()); err != nil {
		return err
	}
	return tx.Commit()
}

// check compares the recorded migrations with ms and gives how many are applied.
func check(ctx context.Context, db *sql.DB, path string, ms []migration) (int, error) {
	var id, tables int
	if err := db.QueryRowContext(ctx, `PRAGMA application_id`).Scan(&id); err != nil {
		return 0, err
	}
	if err := db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema`).Scan(&tables); err != nil {
		return 0, err
	}
	if id == 0 && tables == 0 {
		return 0, nil
	}
	if id != applicationID {
		return 0, workflows.Refuse(workflows.Unable, "storage.foreign", "Path", path)
	}
	rows, err := db.QueryContext(ctx, `SELECT version, name, sha256 FROM schema_migrations ORDER BY version`)
	if err != nil {
		return 0, err
	}
	defer func() { _ = rows.Close() }() // its error is rows.Err below
	n := 0
	for ; rows.Next(); n++ {
		var version int
		var name, sum string
		if err := rows.Scan(&version, &name, &sum); err != nil {
			return 0, err
		}
		if n >= len(ms) {
			return 0, workflows.Refuse(workflows.Unable, "storage.newer", "Path", path, "Migration", name)
		}
		if ms[n].version != version || ms[n].sum != sum {
			return 0, workflows.Refuse(workflows.Unable, "storage.changed-migration", "Migration", name)
		}
	}
	return n, rows.Err()
}

// checkSchema is check for those who may not migrate.
func (d *DB) checkSchema(ctx context.Context) error {
	ms := shipped()
	n, err := check(ctx, d.reader, d.path, ms)
	if err != nil {
		return err
	}
	if n < len(ms) {
		return workflows.Refuse(workflows.Unable, "storage.older", "Path", d.path)
	}
	return nil
}

package storage

import (
	"context"
	"database/sql/driver"
	"net/url"

	"github.com/mattn/go-sqlite3"
)

type access string

const (
	// Every connection of the pool gets these, which a PRAGMA sent through the pool
	// would not (it reaches one). Busy timeout first: switching to WAL takes a lock.
	writing access = "_busy_timeout=5000&_journal_mode=WAL&_synchronous=FULL&_foreign_keys=on&_txlock=immediate&_stmt_cache_size=128"
	copying access = "_busy_timeout=5000&_journal_mode=DELETE&_synchronous=FULL&_foreign_keys=on&_txlock=immediate"
	reading access = "_busy_timeout=5000&mode=ro&_query_only=on&_foreign_keys=on&_txlock=deferred&_stmt_cache_size=128"
)

func dsn(path string, a access) string {
	// A path may hold "?", "#" or "%".
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + string(a)
}

// connector opens connections without a driver registered by name: each DB has its own hook.
type connector struct {
	dsn  string
	hook func(*sqlite3.SQLiteConn) error
}

func (c connector) Connect(context.Context) (driver.Conn, error) { return c.Driver().Open(c.dsn) }

func (c connector) Driver() driver.Driver { return &sqlite3.SQLiteDriver{ConnectHook: c.hook} }

package storage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"github.com/mattn/go-sqlite3"

	"countersign/workflows"
)

// fault turns what SQLite and the file system report into what a person may be told.
// Errors that are typed already, and those nobody but us can do something about,
// stay as they are.
func fault(path string, err error) error {
	if err == nil || workflows.CodeOf(err) != "" || errors.Is(err, workflows.ErrSeen) {
		return err
	}
	key := faultKey(err)
	if key == "" {
		return fmt.Errorf("storage: %w", err)
	}
	refused := workflows.Refuse(workflows.Unable, key, "Path", path)
	refused.Err = err
	return refused
}

func faultKey(err error) string {
	// A full disk shows as SQLITE_FULL, or as an I/O error with the reason of the system.
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG) {
		return "storage.full"
	}
	var e sqlite3.Error
	if !errors.As(err, &e) {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return "storage.absent"
		case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
			return "storage.read-only"
		}
		return ""
	}
	switch e.Code {
	case sqlite3.ErrFull:
		return "storage.full"
	case sqlite3.ErrReadonly, sqlite3.ErrPerm:
		return "storage.read-only"
	case sqlite3.ErrCorrupt:
		return "storage.corrupt"
	case sqlite3.ErrNotADB:
		return "storage.not-a-database"
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		return "storage.locked"
	case sqlite3.ErrIoErr, sqlite3.ErrCantOpen, sqlite3.ErrNomem, sqlite3.ErrProtocol:
		switch e.SystemErrno {
		case syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG:
			return "storage.full"
		case syscall.EROFS, syscall.EACCES, syscall.EPERM:
			return "storage.read-only"
		}
		return "storage.unavailable"
	}
	return ""
}

func busy(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && (e.Code == sqlite3.ErrBusy || e.Code == sqlite3.ErrLocked)
}

// ctxError names what was being waited for when the caller's time ran out.
func ctxError(ctx context.Context, doing string) error {
	return fmt.Errorf("storage: %s: %w", doing, context.Cause(ctx))
}

// lost is the error of a writer that somebody else was faster than.
func lost(key string, pairs ...string) error {
	return workflows.Refuse(workflows.Conflict, key, pairs...)
}

var errReadOnly = errors.New("opened read-only")

package embedded

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// maxFile bounds every file read here. The largest is a record with a 300-name
// certificate and its chain.
const maxFile = 1 << 20

// fresh marks files that are still being written; they never count.
const fresh = ".fresh-"

// writeOnce makes the file at path with data, whole and on disk, or leaves the one
// that is there. created says which.
func writeOnce(path string, data []byte) (created bool, err error) {
	made, err := writeFresh(filepath.Dir(path), data)
	defer func() { err = errors.Join(err, gone(os.Remove(made))) }()
	if err != nil {
		return false, err
	}
	// A hard link, unlike a rename, fails when the name is taken.
	if err := os.Link(made, path); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return false, nil
		}
		return false, err
	}
	return true, syncDir(filepath.Dir(path))
}

// replace makes the file at path one with data, whole and on disk, or leaves the one
// that is there.
func replace(path string, data []byte) error {
	made, err := writeFresh(filepath.Dir(path), data)
	if err == nil {
		err = os.Rename(made, path)
	}
	if err != nil {
		return errors.Join(err, gone(os.Remove(made)))
	}
	return syncDir(filepath.Dir(path))
}

// writeFresh puts data on disk in a new file of dir that does not count yet. Its name
// is given also with an error, when it was made.
func writeFresh(dir string, data []byte) (name string, err error) {
	f, err := os.CreateTemp(dir, fresh) // mode 0600
	if err != nil {
		return "", err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	return f.Name(), errors.Join(err, f.Close())
}

// syncDir makes names in dir last (fsync(2): "a fsync() on the directory is also needed").
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// readFile reads all of a file of at most maxFile bytes into one buffer, so that
// clearing the result leaves no copy behind.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // read only
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxFile {
		return nil, fmt.Errorf("%s is not a file of at most %d bytes", path, maxFile)
	}
	data := make([]byte, info.Size())
	if _, err := io.ReadFull(f, data); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return data, nil
}

// gone makes "not there" no error.
func gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// sweep removes what a killed process left half written, and hand-overs that
// ended before before.
func sweep(dir string, before time.Time, also func(name string) bool) error {
	list, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range list {
		info, err := e.Info()
		if err != nil || info.ModTime().After(before) {
			continue // gone meanwhile, or young
		}
		if strings.HasPrefix(e.Name(), fresh) || also(e.Name()) {
			if err := gone(os.Remove(filepath.Join(dir, e.Name()))); err != nil {
				return err
			}
		}
	}
	return nil
}

// lock keeps other processes, and other calls of this one, out until unlock.
func lock(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		if err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != syscall.EINTR { //nolint:errorlint // a bare errno
			break
		}
	}
	if err != nil {
		return nil, errors.Join(os.NewSyscallError("flock", err), f.Close())
	}
	return func() { _ = f.Close() }, nil // closing unlocks
}

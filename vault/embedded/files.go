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

	"countersign/certs"
	"countersign/vault"
)

// maxFile bounds every file read here. The largest is a record with a 300-name
// certificate and its chain.
const maxFile = 1 << 20

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
		if strings.HasPrefix(e.Name(), vault.Fresh) || also(e.Name()) {
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

// told makes failures of the disk Faults that pass by themselves, once somebody has
// made room or put the disk right. Other errors stay as they are.
func told(err error) error {
	if _, known := errors.AsType[certs.Fault](err); known || err == nil {
		return err
	}
	var (
		path *fs.PathError
		link *os.LinkError
		call *os.SyscallError
	)
	if errors.As(err, &path) || errors.As(err, &link) || errors.As(err, &call) {
		return vault.Wait(err, "vault.disk")
	}
	return err
}

package storage

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"

	"countersign/workflows"
)

// lockFile takes the lock that keeps a second process from writing to the same
// database. The kernel gives it up when the process ends, however it ends; the
// file itself stays and says who held it last.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path+"-lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fault(path, err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		holder := make([]byte, 32)
		n, _ := f.Read(holder) // who it is is a courtesy: "?" will do
		pid := cmp.Or(strings.TrimSpace(string(holder[:n])), "?")
		refused := workflows.Refuse(workflows.Unable, "storage.in-use", "Path", path, "PID", pid)
		refused.Err = err
		return nil, errors.Join(refused, f.Close())
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("storage: lock %s: %w", path, err), f.Close())
	}
	if err := f.Truncate(0); err != nil {
		return nil, errors.Join(fault(path, err), f.Close())
	}
	if _, err := f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0); err != nil {
		return nil, errors.Join(fault(path, err), f.Close())
	}
	return f, nil
}

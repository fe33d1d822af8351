package embedded

import (
	"errors"
	"io/fs"
	"os"

	"countersign/certs"
	"countersign/vault"
)

// told makes failures of the disk Faults that pass by themselves, once somebody has
// made room or put the disk right. Other errors stay as they are.
func told(err error) error {
	var known certs.Fault
	if err == nil || errors.As(err, &known) {
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

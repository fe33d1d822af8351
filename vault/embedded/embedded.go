package embedded

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"countersign/vault"
)

// Options say where the embedded custody and CA live.
type Options struct {
	Dir     string                    // everything but the key file; made with mode 0700
	KeyFile string                    // age identity, mode 0600, made on first run; empty: custody.key in Dir
	Command func(token string) string // the exact command or address that opens a hand-over; nil: none
	Now     func() time.Time          // nil: time.Now
}

// Start opens the custody and the CA in o.Dir and makes them on the first run.
func Start(o Options) (*Custody, *CA, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	o.KeyFile = cmp.Or(o.KeyFile, filepath.Join(o.Dir, "custody.key"))
	for _, d := range []string{"", keysDir, releasesDir, issuedDir, revokedDir} {
		if err := os.MkdirAll(filepath.Join(o.Dir, d), 0o700); err != nil {
			return nil, nil, fmt.Errorf("embedded custody: %w", err)
		}
	}
	info, err := os.Stat(o.Dir)
	if err != nil {
		return nil, nil, fmt.Errorf("embedded custody: %w", err)
	}
	// Who can write here can put his own CA or key in the place of ours.
	if info.Mode().Perm()&0o022 != 0 {
		return nil, nil, vault.Refuse(nil, "vault.dir.mode", "Dir", o.Dir, "Mode", fmt.Sprintf("%04o", info.Mode().Perm()))
	}
	virgin, err := isVirgin(o.Dir)
	if err != nil {
		return nil, nil, fmt.Errorf("embedded custody: %w", err)
	}
	b, err := openBox(o.KeyFile, virgin)
	if err != nil {
		return nil, nil, err
	}
	if err := tidy(o); err != nil {
		return nil, nil, fmt.Errorf("embedded custody: %w", err)
	}
	c := &Custody{box: b, dir: o.Dir, command: o.Command, now: o.Now}
	if err := c.makeAuditKey(); err != nil {
		return nil, nil, fmt.Errorf("embedded custody: %w", err)
	}
	ca, err := openCA(b, o.Dir, o.Now)
	if err != nil {
		return nil, nil, fmt.Errorf("embedded CA: %w", err)
	}
	if err := ca.refreshCRL(); err != nil {
		return nil, nil, fmt.Errorf("embedded CA: %w", err)
	}
	return c, ca, nil
}

// isVirgin reports that nothing encrypted is in dir.
func isVirgin(dir string) (bool, error) {
	for _, name := range []string{caFile, auditFile} {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			return false, nil
		} else if !errors.Is(err, fs.ErrNotExist) {
			return false, err
		}
	}
	keys, err := os.ReadDir(filepath.Join(dir, keysDir))
	return len(keys) == 0, err
}

func tidy(o Options) error {
	halfWritten := o.Now().Add(-time.Hour)
	never := func(string) bool { return false }
	for _, d := range []string{"", keysDir, releasesDir, issuedDir, revokedDir} {
		if err := sweep(filepath.Join(o.Dir, d), halfWritten, never); err != nil {
			return err
		}
	}
	old := func(name string) bool { return strings.Contains(name, releaseExt) }
	return sweep(filepath.Join(o.Dir, releasesDir), o.Now().Add(-keepReleases), old)
}

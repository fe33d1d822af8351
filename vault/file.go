package vault

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Fresh marks files that are still being written; they never count.
const Fresh = ".fresh-"

// WriteOnce makes the file at path with data, whole and on disk, or leaves the one
// that is there. created says which.
func WriteOnce(path string, data []byte) (created bool, err error) {
	made, err := writeFresh(filepath.Dir(path), data)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, os.Remove(made)) }()
	// A hard link, unlike a rename, fails when the name is taken.
	if err := os.Link(made, path); errors.Is(err, fs.ErrExist) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	return true, SyncDir(filepath.Dir(path))
}

// Replace makes the file at path one with data, whole and on disk, or leaves the one
// that is there.
func Replace(path string, data []byte) error {
	made, err := writeFresh(filepath.Dir(path), data)
	if err != nil {
		return err
	}
	if err := os.Rename(made, path); err != nil {
		return errors.Join(err, os.Remove(made))
	}
	return SyncDir(filepath.Dir(path))
}

// writeFresh puts data on disk in a new file of dir that does not count yet.
func writeFresh(dir string, data []byte) (name string, err error) {
	f, err := os.CreateTemp(dir, Fresh) // mode 0600
	if err != nil {
		return "", err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}

// SyncDir makes names in dir last (fsync(2): "a fsync() on the directory is also needed").
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

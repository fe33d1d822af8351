package embedded

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"filippo.io/age"

	"countersign/vault"
)

// box encrypts files under the key file and opens them again.
type box struct{ identity *age.X25519Identity }

// openBox reads the key file, or makes it when there is nothing yet that a lost
// one could have protected.
func openBox(path string, virgin bool) (*box, error) {
	raw, err := readKeyFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if !virgin {
			return nil, vault.Refuse(nil, "vault.keyfile.lost", "File", path)
		}
		if err := makeKeyFile(path); err != nil {
			return nil, err
		}
		raw, err = readKeyFile(path) // that of another process, if it was faster
	}
	if err != nil {
		return nil, err
	}
	defer clear(raw)
	list, err := age.ParseIdentities(bytes.NewReader(raw))
	if err != nil || len(list) != 1 {
		// The parser's error quotes the line, which may be the secret.
		return nil, vault.Refuse(nil, "vault.keyfile.unreadable", "File", path)
	}
	identity, ok := list[0].(*age.X25519Identity)
	if !ok {
		return nil, vault.Refuse(nil, "vault.keyfile.unreadable", "File", path)
	}
	return &box{identity}, nil
}

func makeKeyFile(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("make key file: %w", err)
	}
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		return fmt.Errorf("make key file: %w", err)
	}
	text := []byte("# Countersign embedded custody: whoever has this file and the data directory has every key.\n" +
		identity.String() + "\n")
	defer clear(text)
	if _, err := vault.WriteOnce(path, text); err != nil {
		return fmt.Errorf("make key file: %w", err)
	}
	return nil
}

// readKeyFile refuses a key file that others can read, or that is not what it seems.
func readKeyFile(path string) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if errors.Is(err, syscall.ELOOP) {
		return nil, vault.Refuse(nil, "vault.keyfile.link", "File", path)
	}
	if err != nil {
		return nil, fmt.Errorf("read key file: %w", err)
	}
	defer f.Close() //nolint:errcheck // read only
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("read key file: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() > 4096 {
		return nil, vault.Refuse(nil, "vault.keyfile.unreadable", "File", path)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, vault.Refuse(nil, "vault.keyfile.mode", "File", path, "Mode", fmt.Sprintf("%04o", info.Mode().Perm()))
	}
	if owner, ok := info.Sys().(*syscall.Stat_t); ok && int(owner.Uid) != os.Geteuid() {
		return nil, vault.Refuse(nil, "vault.keyfile.owner", "File", path)
	}
	raw := make([]byte, info.Size())
	if _, err := io.ReadFull(f, raw); err != nil {
		return nil, fmt.Errorf("read key file: %w", err)
	}
	return raw, nil
}

// keep encrypts plain into a new file at path. An existing file stays.
func (b *box) keep(path string, plain []byte) error {
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, b.identity.Recipient())
	if err != nil {
		return err
	}
	if _, err := w.Write(plain); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	_, err = vault.WriteOnce(path, sealed.Bytes())
	return err
}

// open decrypts the file at path. The caller clears the result.
func (b *box) open(path string) ([]byte, error) {
	sealed, err := readFile(path)
	if err != nil {
		return nil, err
	}
	r, err := age.Decrypt(bytes.NewReader(sealed), b.identity)
	if err != nil {
		return nil, vault.Refuse(err, "vault.sealed.unreadable", "File", filepath.Base(path))
	}
	plain := make([]byte, len(sealed)) // always longer than the plain text: never grows, never copies
	n := 0
	for err == nil && n < len(plain) {
		var more int
		more, err = r.Read(plain[n:])
		n += more
	}
	// Only a plain EOF says that the text is whole: age answers ErrUnexpectedEOF for one cut short.
	if err != io.EOF { //nolint:errorlint // io.Reader returns it unwrapped
		clear(plain)
		return nil, vault.Refuse(err, "vault.sealed.unreadable", "File", filepath.Base(path))
	}
	return plain[:n:n], nil
}

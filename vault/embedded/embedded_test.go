package embedded_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"countersign/tests/vaulttest"
	"countersign/vault"
	"countersign/vault/embedded"
)

func start(t testing.TB, dir string) (*embedded.Custody, *embedded.CA) {
	t.Helper()
	c, ca, err := embedded.Start(embedded.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return c, ca
}

func TestConformance(t *testing.T) {
	c, ca := start(t, t.TempDir())
	vaulttest.Exercise(t, vaulttest.Subject{Custody: c, Issuer: ca, Open: c.Open})
}

func TestKeyFile(t *testing.T) {
	refused := func(t *testing.T, o embedded.Options, key string) {
		t.Helper()
		_, _, err := embedded.Start(o)
		if got := vaulttest.Fault(t, err, false).Text().Key; got != key {
			t.Errorf("refused with %s, want %s", got, key)
		}
	}
	setup := func(t *testing.T) (embedded.Options, string) {
		dir := t.TempDir()
		start(t, dir)
		return embedded.Options{Dir: dir}, filepath.Join(dir, "custody.key")
	}
	t.Run("made 0600", func(t *testing.T) {
		_, path := setup(t)
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info.Mode(), err)
		}
	})
	for _, mode := range []os.FileMode{0o640, 0o604, 0o666, 0o610} {
		t.Run(fmt.Sprintf("%04o", mode), func(t *testing.T) {
			o, path := setup(t)
			if err := os.Chmod(path, mode); err != nil {
				t.Fatal(err)
			}
			refused(t, o, "vault.keyfile.mode")
		})
	}
	t.Run("link", func(t *testing.T) {
		o, path := setup(t)
		if err := errors.Join(os.Rename(path, path+"2"), os.Symlink(path+"2", path)); err != nil {
			t.Fatal(err)
		}
		refused(t, o, "vault.keyfile.link")
	})
	t.Run("lost", func(t *testing.T) {
		o, path := setup(t)
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		refused(t, o, "vault.keyfile.lost")
	})
	t.Run("another", func(t *testing.T) {
		o, _ := setup(t)
		_, o.KeyFile = setup(t)
		refused(t, o, "vault.sealed.unreadable")
	})
	t.Run("damaged", func(t *testing.T) {
		o, path := setup(t)
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		secret := text[bytes.Index(text, []byte("AGE-")):]
		for _, bad := range [][]byte{nil, []byte("x"), append(bytes.TrimSpace(secret), 'x'), bytes.Repeat(secret, 2)} {
			if err := os.WriteFile(path, bad, 0o600); err != nil {
				t.Fatal(err)
			}
			_, _, err := embedded.Start(o)
			vaulttest.Fault(t, err, false)
			if strings.Contains(err.Error(), string(secret[:30])) {
				t.Error("the error quotes the key file")
			}
		}
	})
	t.Run("directory others write to", func(t *testing.T) {
		o, _ := setup(t)
		if err := os.Chmod(o.Dir, 0o770); err != nil {
			t.Fatal(err)
		}
		refused(t, o, "vault.dir.mode")
	})
}

// TestSealedFiles damages every encrypted file in every byte class: nothing is ever
// opened in part.
func TestSealedFiles(t *testing.T) {
	dir := t.TempDir()
	c, _ := start(t, dir)
	if _, err := c.CreateCSR(t.Context(), "k", vaulttest.Spec(vaulttest.Kinds[1])); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "keys", "k.age")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(whole, []byte("PRIVATE")) {
		t.Fatal("the key lies there in clear")
	}
	try := func(data []byte) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := c.CreateCSR(t.Context(), "k", vaulttest.Spec(vaulttest.Kinds[1]))
		vaulttest.Fault(t, err, false)
	}
	for n := 0; n < len(whole); n += 7 {
		try(whole[:n])
		damaged := bytes.Clone(whole)
		damaged[n] ^= 0x20
		try(damaged)
	}
	try(append(bytes.Clone(whole), 0))
}

func TestRestart(t *testing.T) {
	dir, now := t.TempDir(), time.Now()
	again := func() *embedded.Custody {
		c, _, err := embedded.Start(embedded.Options{Dir: dir, Now: func() time.Time { return now },
			Command: func(token string) string { return "open " + token }})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	c := again()
	if _, err := c.CreateCSR(t.Context(), "k", vaulttest.Spec(vaulttest.Kinds[1])); err != nil {
		t.Fatal(err)
	}
	audit, err := c.AuditKey()
	if err != nil || len(audit) != 32 {
		t.Fatalf("audit key of %d bytes, %v", len(audit), err)
	}
	var secrets []string
	for range 3 {
		h, err := c.Release(t.Context(), "k")
		if err != nil || h.Command != "open "+h.Secret {
			t.Fatal(err)
		}
		secrets = append(secrets, h.Secret)
	}
	files, err := filepath.Glob(filepath.Join(dir, "releases", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range secrets {
			if strings.Contains(f, s) || bytes.Contains(raw, []byte(s)) {
				t.Error("a token lies there in clear")
			}
		}
	}

	c = again()
	if same, err := c.AuditKey(); err != nil || !bytes.Equal(audit, same) {
		t.Errorf("another audit key after a restart: %v", err)
	}
	if _, err := c.Open(secrets[0]); err != nil {
		t.Error(err)
	}
	now = now.Add(vault.ReleaseFor)
	c = again()
	for i, want := range []string{"vault.handover.opened", "vault.handover.expired"} {
		_, err := c.Open(secrets[i])
		if got := vaulttest.Fault(t, err, false).Text().Key; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if err := c.Destroy(t.Context(), "k"); err != nil {
		t.Fatal(err)
	}
	now = now.Add(-time.Minute)
	_, err = c.Open(secrets[2])
	if got := vaulttest.Fault(t, err, false).Text().Key; got != "vault.key.gone" {
		t.Errorf("got %s for a key that was destroyed", got)
	}
}

// TestOpenRace proves that a hand-over opens for one of many at once.
func TestOpenRace(t *testing.T) {
	c, _ := start(t, t.TempDir())
	if _, err := c.CreateCSR(t.Context(), "k", vaulttest.Spec(vaulttest.Kinds[1])); err != nil {
		t.Fatal(err)
	}
	h, err := c.Release(t.Context(), "k")
	if err != nil {
		t.Fatal(err)
	}
	var opened atomic.Int32
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			if _, err := c.Open(h.Secret); err == nil {
				opened.Add(1)
			}
		})
	}
	all.Wait()
	o, err := c.Opening(t.Context(), h.Accessor)
	if opened.Load() != 1 || err != nil || o.Again.IsZero() {
		t.Errorf("opened %d times; %+v, %v", opened.Load(), o, err)
	}
}

func TestPastTheCA(t *testing.T) {
	c, ca := start(t, t.TempDir())
	spec := vaulttest.Spec(vaulttest.Kinds[1])
	spec.Days = 6 * 366
	csr, err := c.CreateCSR(t.Context(), "k", spec)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = ca.Issue(t.Context(), "k", spec, csr)
	if got := vaulttest.Fault(t, err, false).Text().Key; got != "vault.ca.ends" {
		t.Error(got)
	}
}

// TestDiskFull lets no file be made: the failure is one that passes.
func TestDiskFull(t *testing.T) {
	dir := t.TempDir()
	c, ca := start(t, dir)
	spec := vaulttest.Spec(vaulttest.Kinds[1])
	csr, err := c.CreateCSR(t.Context(), "k", spec)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{"keys", "issued", "releases"} {
		// As root, modes stop nobody; a directory that is a file does.
		path := filepath.Join(dir, d)
		if err := errors.Join(os.Rename(path, path+"2"), os.WriteFile(path, nil, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	_, err = c.CreateCSR(t.Context(), "other", spec)
	vaulttest.Fault(t, err, true)
	_, _, err = ca.Issue(t.Context(), "k", spec, csr)
	vaulttest.Fault(t, err, true)
}

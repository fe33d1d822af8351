package embedded

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"countersign/certs"
	"countersign/vault"
)

// Files of hand-overs, by accessor: the record, and marks that can only be made once
// each.
const (
	releasesDir = "releases"
	releaseExt  = ".release"
	openedExt   = ".release-opened"
	againExt    = ".release-again"
	revokedExt  = ".release-revoked"
)

// keepReleases is how long the record of a hand-over stays.
const keepReleases = 90 * 24 * time.Hour

type release struct {
	Key     string    `json:"key"`
	Expires time.Time `json:"expires"`
}

// Release prepares one hand-over of the key: a token that opens it once within
// vault.ReleaseFor. Only the token's hash is kept, so the data directory opens nothing.
func (c *Custody) Release(ctx context.Context, name string) (certs.Handover, error) {
	path, err := c.keyPath(name)
	if err != nil {
		return certs.Handover{}, err
	}
	if err := ctx.Err(); err != nil {
		return certs.Handover{}, err
	}
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return certs.Handover{}, vault.Refuse(nil, "vault.key.gone", "Name", name)
	} else if err != nil {
		return certs.Handover{}, err
	}
	secret := make([]byte, 32)
	rand.Read(secret) //nolint:errcheck // crypto/rand.Read never fails (package documentation)
	token := base64.RawURLEncoding.EncodeToString(secret)
	h := certs.Handover{Accessor: accessor(token), Secret: token, Expires: c.now().Add(vault.ReleaseFor).Truncate(time.Second)}
	if c.command != nil {
		h.Command = c.command(token)
	}
	record, err := json.Marshal(release{name, h.Expires})
	if err != nil {
		return certs.Handover{}, err
	}
	if _, err := vault.WriteOnce(c.releasePath(h.Accessor, releaseExt), record); err != nil {
		return certs.Handover{}, told(fmt.Errorf("release %s: %w", name, err))
	}
	return h, nil
}

// Open gives the private key (PEM, PKCS #8) that token was made for, once. A second
// time, too late, after Revoke, and for a token that never was it is a Fault; the
// second time is recorded, and Opening tells of it. The caller clears the key.
//
// A crash between taking the token and answering loses the hand-over, never the
// key: another release helps.
func (c *Custody) Open(token string) ([]byte, error) {
	if len(token) > 100 {
		return nil, vault.Refuse(nil, "vault.handover.unknown")
	}
	id := accessor(token)
	r, err := c.readRelease(id)
	if err != nil {
		return nil, err
	}
	if _, err := os.Lstat(c.releasePath(id, revokedExt)); err == nil {
		return nil, vault.Refuse(nil, "vault.handover.revoked")
	}
	now := c.now()
	stamp := []byte(now.UTC().Format(time.RFC3339Nano))
	if _, err := os.Lstat(c.releasePath(id, openedExt)); errors.Is(err, fs.ErrNotExist) && !now.Before(r.Expires) {
		return nil, vault.Refuse(nil, "vault.handover.expired")
	}
	first, err := vault.WriteOnce(c.releasePath(id, openedExt), stamp)
	if err != nil {
		return nil, told(fmt.Errorf("open hand-over %s: %w", id, err))
	}
	if !first {
		_, err := vault.WriteOnce(c.releasePath(id, againExt), stamp)
		return nil, vault.Refuse(err, "vault.handover.opened")
	}
	path, err := c.keyPath(r.Key)
	if err != nil {
		return nil, err
	}
	text, err := c.box.open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, vault.Refuse(nil, "vault.key.gone", "Name", r.Key)
	}
	return text, told(err)
}

// Opening says what has become of a hand-over.
func (c *Custody) Opening(_ context.Context, id string) (certs.Opening, error) {
	if !isAccessor(id) {
		return certs.Opening{}, vault.Refuse(nil, "vault.handover.unknown")
	}
	r, err := c.readRelease(id)
	if err != nil {
		return certs.Opening{}, err
	}
	o := certs.Opening{Final: !c.now().Before(r.Expires)}
	for ext, at := range map[string]*time.Time{openedExt: &o.Opened, againExt: &o.Again} {
		stamp, err := readFile(c.releasePath(id, ext))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return certs.Opening{}, err
		}
		if *at, err = time.Parse(time.RFC3339Nano, string(stamp)); err != nil {
			return certs.Opening{}, fmt.Errorf("hand-over %s: %w", id, err)
		}
	}
	o.Final = o.Final || !o.Again.IsZero()
	return o, nil
}

// Revoke takes a hand-over back. One that was opened or has ended is no error.
func (c *Custody) Revoke(_ context.Context, id string) error {
	if !isAccessor(id) {
		return vault.Refuse(nil, "vault.handover.unknown")
	}
	_, err := vault.WriteOnce(c.releasePath(id, revokedExt), []byte(c.now().UTC().Format(time.RFC3339Nano)))
	return told(err)
}

func (c *Custody) readRelease(id string) (release, error) {
	raw, err := readFile(c.releasePath(id, releaseExt))
	if errors.Is(err, fs.ErrNotExist) {
		return release{}, vault.Refuse(nil, "vault.handover.unknown")
	}
	if err != nil {
		return release{}, err
	}
	var r release
	if err := json.Unmarshal(raw, &r); err != nil {
		return release{}, fmt.Errorf("hand-over %s: %w", id, err)
	}
	return r, nil
}

func (c *Custody) releasePath(id, ext string) string {
	return filepath.Join(c.dir, releasesDir, id+ext)
}

// accessor names a hand-over without opening it: the hash of its token.
func accessor(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

func isAccessor(id string) bool {
	raw, err := hex.DecodeString(id)
	return err == nil && len(raw) == sha256.Size
}

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
	id, name, err := c.openable(token)
	if err != nil {
		return nil, err
	}
	first, err := vault.WriteOnce(c.releasePath(id, openedExt), c.stamp())
	if err != nil {
		return nil, told(fmt.Errorf("open hand-over %s: %w", id, err))
	}
	if !first {
		return nil, c.again(id)
	}
	path, err := c.keyPath(name)
	if err != nil {
		return nil, err
	}
	text, err := c.box.open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, vault.Refuse(nil, "vault.key.gone", "Name", name)
	}
	return text, told(err)
}

// Look gives the name of the key that token opens, and the Fault that Open would, and opens
// nothing. Whoever comes with the token of a hand-over that was opened is recorded, as by Open.
func (c *Custody) Look(token string) (name string, err error) {
	_, name, err = c.openable(token)
	return name, err
}

// openable finds the hand-over that token opens, or would have opened, and the name of its key.
func (c *Custody) openable(token string) (id, name string, err error) {
	if len(token) > 100 {
		return "", "", vault.Refuse(nil, "vault.handover.unknown")
	}
	id = accessor(token)
	r, err := c.readRelease(id)
	if err != nil {
		return "", "", err
	}
	opened, err := c.marked(id, openedExt)
	if err == nil && opened {
		return "", r.Key, c.again(id)
	}
	revoked := false
	if err == nil {
		revoked, err = c.marked(id, revokedExt)
	}
	switch {
	case err != nil:
		return "", "", told(fmt.Errorf("open hand-over %s: %w", id, err))
	case revoked:
		return "", r.Key, vault.Refuse(nil, "vault.handover.revoked")
	case !c.now().Before(r.Expires):
		return "", r.Key, vault.Refuse(nil, "vault.handover.expired")
	}
	return id, r.Key, nil
}

// marked reports whether a hand-over has one of its marks.
func (c *Custody) marked(id, ext string) (bool, error) {
	_, err := os.Lstat(c.releasePath(id, ext))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// again records that somebody came with the token of a hand-over that was opened, and says
// when it was.
func (c *Custody) again(id string) error {
	_, err := vault.WriteOnce(c.releasePath(id, againExt), c.stamp())
	opened, unread := c.markedAt(id, openedExt)
	return vault.Refuse(errors.Join(err, unread), "vault.handover.opened", "At", opened.UTC().Format(time.RFC3339))
}

func (c *Custody) stamp() []byte { return []byte(c.now().UTC().Format(time.RFC3339Nano)) }

// markedAt says when a hand-over got one of its marks; zero: it has none.
func (c *Custody) markedAt(id, ext string) (time.Time, error) {
	stamp, err := readFile(c.releasePath(id, ext))
	if errors.Is(err, fs.ErrNotExist) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, err
	}
	at, err := time.Parse(time.RFC3339Nano, string(stamp))
	if err != nil {
		return time.Time{}, fmt.Errorf("hand-over %s: %w", id, err)
	}
	return at, nil
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
	if o.Opened, err = c.markedAt(id, openedExt); err != nil {
		return certs.Opening{}, err
	}
	if o.Again, err = c.markedAt(id, againExt); err != nil {
		return certs.Opening{}, err
	}
	o.Final = o.Final || !o.Again.IsZero()
	return o, nil
}

// Revoke takes a hand-over back. One that was opened or has ended is no error.
func (c *Custody) Revoke(_ context.Context, id string) error {
	if !isAccessor(id) {
		return vault.Refuse(nil, "vault.handover.unknown")
	}
	_, err := vault.WriteOnce(c.releasePath(id, revokedExt), c.stamp())
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

package hashicorp

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"countersign/certs"
	"countersign/vault"
)

// Release has Vault put the key into a single-use wrapping token for ReleaseFor. The
// key itself stays in Vault until the receiver unwraps it; here there is only the
// token. A key that Transit may not export, or that is gone, is a Fault.
func (c *Custody) Release(ctx context.Context, name string) (certs.Handover, error) {
	if err := checkKeyName(name); err != nil {
		return certs.Handover{}, err
	}
	exporting := read(c.at("export", "signing-key", name, "latest"))
	exporting.wrap = vault.ReleaseFor
	answer, err := c.Releaser.call(ctx, exporting)
	switch code, says := rejected(err); {
	case code == http.StatusNotFound:
		return certs.Handover{}, vault.Refuse(err, "vault.key.gone", "Name", name)
	case code == http.StatusBadRequest && strings.Contains(says, "not exportable"):
		return certs.Handover{}, vault.Refuse(err, "vault.key.locked", "Name", name)
	case err != nil:
		return certs.Handover{}, fmt.Errorf("release %s: %w", name, err)
	}
	// What is not wrapped is the key itself, or nothing: neither goes any further.
	if answer == nil || answer.WrapInfo == nil || answer.WrapInfo.Token == "" || len(answer.Data) > 0 {
		return certs.Handover{}, vault.Refuse(nil, "vault.handover.bare", "Name", name)
	}
	w := answer.WrapInfo
	expires := w.CreationTime.Add(time.Duration(w.TTL) * time.Second)
	return certs.Handover{
		Accessor: w.Accessor + "@" + strconv.FormatInt(expires.Unix(), 10),
		Secret:   w.Token,
		Command:  unwrapCommand(c.Releaser.server, name, w.Token),
		Expires:  expires,
	}, nil
}

// unwrapCommand is for the receiver's own machine. The token is that of the call itself:
// beside a login that has ended, as an argument, Vault would refuse it; and arguments
// are there for every user of a machine to see. No name in it needs quoting: key
// names and tokens are letters, digits, dots, dashes and underscores.
func unwrapCommand(s Server, name, token string) string {
	var b strings.Builder
	b.WriteString("umask 077; VAULT_ADDR=" + s.people())
	if s.Namespace != "" {
		b.WriteString(" VAULT_NAMESPACE=" + s.Namespace)
	}
	b.WriteString(" VAULT_TOKEN=" + token + " vault unwrap -format=json | jq -r '.data.keys[]' > " + name + ".key")
	return b.String()
}

// splitAccessor takes apart what Release recorded: Vault's accessor, and the time at
// which its silence begins to mean nothing.
func splitAccessor(recorded string) (accessor string, expires time.Time, err error) {
	accessor, end, ok := strings.Cut(recorded, "@")
	seconds, err := strconv.ParseInt(end, 10, 64)
	if !ok || err != nil || accessor == "" || strings.ContainsAny(accessor, "/?#%") {
		return "", time.Time{}, vault.Refuse(nil, "vault.handover.unknown")
	}
	return accessor, time.Unix(seconds, 0), nil
}

// Opening says what has become of a hand-over. Vault tells only whether the token is
// still unused, so Opened is when that was first found here, and a second attempt
// shows to the one who comes second alone: "wrapping token is not valid". Ask before
// the hand-over expires; later there is nothing to learn.
func (c *Custody) Opening(ctx context.Context, recorded string) (certs.Opening, error) {
	accessor, expires, err := splitAccessor(recorded)
	if err != nil {
		return certs.Opening{}, err
	}
	if !time.Now().Before(expires.Add(-time.Second)) {
		return certs.Opening{}, nil
	}
	if path, err := c.unopened(ctx, accessor); err != nil || path != "" {
		return certs.Opening{}, err
	}
	_, revoked, err := readKV(ctx, c.Janitor, c.KV, "handovers/"+accessor)
	if err != nil || revoked {
		return certs.Opening{}, err
	}
	return certs.Opening{Opened: time.Now(), Final: true}, nil
}

// unopened gives the path that a hand-over was made at while it can still be opened,
// else nothing.
func (c *Custody) unopened(ctx context.Context, accessor string) (string, error) {
	answer, err := c.Janitor.call(ctx, write(place{path: "auth/token/lookup-accessor"}, map[string]any{"accessor": accessor}))
	if unknownAccessor(err) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("ask after hand-over: %w", err)
	}
	at := text(answer, "path")
	exports := c.at("export", "signing-key")
	name, latest := strings.CutSuffix(strings.TrimPrefix(at, exports.path+"/"), "/latest")
	if !strings.HasPrefix(at, exports.path+"/") || !latest || checkKeyName(name) != nil {
		return "", vault.Refuse(nil, "vault.handover.unknown") // some other token
	}
	return at, nil
}

// Revoke takes a hand-over back, and any other one of the same key that is still
// unopened. One that was opened or has ended is no error.
//
// Vault can restrict nobody to revoking some tokens by their accessors: who may revoke
// one may revoke root's. So the lease is revoked, which lies below the path that was
// wrapped (RegisterAuth in Vault's expiration manager), and the janitor may do that
// there alone.
func (c *Custody) Revoke(ctx context.Context, recorded string) error {
	accessor, _, err := splitAccessor(recorded)
	if err != nil {
		return err
	}
	// Opened before this? Then that stays true and is not written over.
	opening, err := c.Opening(ctx, recorded)
	if err != nil || !opening.Opened.IsZero() {
		return err
	}
	if _, err := createKV(ctx, c.Janitor, c.KV, "handovers/"+accessor, map[string]any{"revoked": time.Now().UTC().Format(time.RFC3339)}); err != nil {
		return fmt.Errorf("take back hand-over: %w", err)
	}
	path, err := c.unopened(ctx, accessor)
	if err != nil || path == "" {
		return err
	}
	// Without sync Vault only notes that it should.
	if _, err = c.Janitor.call(ctx, write(place{path: "sys/leases/revoke-prefix/" + path}, map[string]any{"sync": true})); err != nil {
		return fmt.Errorf("take back hand-over: %w", err)
	}
	return nil
}

// unknownAccessor reports that Vault has no such token any more. Vault says so with
// 403, as it does when the policy is too narrow; only the words differ.
func unknownAccessor(err error) bool {
	return err != nil && strings.Contains(err.Error(), "invalid accessor")
}

package embedded

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"time"

	"countersign/vault"
)

// Files of revocations: one record for each, by serial number, and the list of all.
const (
	revokedDir = "revoked"
	revokedBy  = ".json"
	lockFile   = "lock"

	// CRLFile is the revocation list in the CA's directory, PEM.
	CRLFile = "crl.pem"
)

// crlFor is how long a revocation list says that it is good for. It is written anew at
// each revocation, and at a start once it is a week old.
const (
	crlFor   = 30 * 24 * time.Hour
	crlAfter = 7 * 24 * time.Hour
)

type revocation struct {
	At     time.Time `json:"at"`
	Reason int       `json:"reason"`
}

// Revoke puts a certificate (DER) of this CA on its revocation list, with a reason code
// of RFC 5280 5.3.1. One that is on it already is no error, and keeps its first reason.
func (a *CA) Revoke(_ context.Context, leaf []byte, reason int) error {
	cert, err := x509.ParseCertificate(leaf)
	if err != nil {
		return fmt.Errorf("revoke: %w", err)
	}
	if cert.CheckSignatureFrom(a.issuing) != nil {
		return vault.Refuse(nil, "vault.revoke.foreign")
	}
	raw, err := json.Marshal(revocation{a.now().UTC().Truncate(time.Second), reason})
	if err != nil {
		return fmt.Errorf("revoke: %w", err)
	}
	if _, err = vault.WriteOnce(filepath.Join(a.dir, revokedDir, cert.SerialNumber.Text(16)+revokedBy), raw); err == nil {
		err = a.writeCRL()
	}
	if err != nil {
		return told(fmt.Errorf("revoke: %w", err))
	}
	return nil
}

// refreshCRL writes the list when there is none, or an old one.
func (a *CA) refreshCRL() error {
	info, err := os.Stat(filepath.Join(a.dir, CRLFile))
	if err == nil && a.now().Sub(info.ModTime()) < crlAfter {
		return nil
	}
	return a.writeCRL()
}

// writeCRL makes the list of everything that is revoked now. One process at a time
// does, so that the last one written lacks nothing.
func (a *CA) writeCRL() error {
	dir := filepath.Join(a.dir, revokedDir)
	unlock, err := lock(filepath.Join(dir, lockFile))
	if err != nil {
		return err
	}
	defer unlock()
	entries, err := revoked(dir)
	if err != nil {
		return err
	}
	now := a.now().UTC()
	der, err := x509.CreateRevocationList(rand.Reader, &x509.RevocationList{
		Number:             big.NewInt(now.UnixMilli()), // only ever grows (RFC 5280 5.2.3), as time does
		SignatureAlgorithm: x509.SHA256WithRSA, ThisUpdate: now.Add(-backdate), NextUpdate: now.Add(crlFor), RevokedCertificateEntries: entries,
	}, a.issuing, a.key)
	if err != nil {
		return err
	}
	return vault.Replace(filepath.Join(a.dir, CRLFile), pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: der}))
}

// revoked reads the records in dir.
func revoked(dir string) ([]x509.RevocationListEntry, error) {
	list, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var entries []x509.RevocationListEntry
	for _, e := range list {
		name, ok := strings.CutSuffix(e.Name(), revokedBy)
		serial, number := new(big.Int).SetString(name, 16)
		if !ok || !number {
			continue
		}
		raw, err := readFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		var r revocation
		if err := json.Unmarshal(raw, &r); err != nil {
			return nil, fmt.Errorf("damaged %s: %w", e.Name(), err)
		}
		entries = append(entries, x509.RevocationListEntry{SerialNumber: serial, RevocationTime: r.At, ReasonCode: r.Reason})
	}
	return entries, nil
}

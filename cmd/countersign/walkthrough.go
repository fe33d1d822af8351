package main

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"countersign/bot"
	"countersign/slacksim"
	"countersign/workflows"
)

// walkthrough plays the main job as three people would and keeps what came of it. It
// ends well only if every step showed what it should and every certificate
// verifies.
func walkthrough(c *console, d stageFlags, out string) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return fmt.Errorf("walkthrough: %w", err)
	}
	log, err := os.Create(filepath.Join(out, "transcript.jsonl"))
	if err != nil {
		return fmt.Errorf("walkthrough: %w", err)
	}
	d.Addr = "127.0.0.1:0"
	s, err := d.open(c, slog.New(slog.NewTextHandler(c.err, &slog.HandlerOptions{Level: slog.LevelError})), log)
	if err != nil {
		return errors.Join(err, log.Close())
	}
	defer s.close()
	sc := &scene{c: c}
	err = s.play(c.ctx, func(ctx context.Context) error {
		if err := sc.act(s, func(st *slacksim.Stage) { mainJob(sc, st) }); err != nil {
			return err
		}
		return s.save(ctx, sc, out)
	})
	err = errors.Join(err, log.Close())
	if err != nil {
		return err
	}
	fmt.Fprintln(c.out, c.say("cli.walkthrough.done", "Out", out))
	return nil
}

// save writes what was issued and verifies it with the standard library.
func (s *stage) save(ctx context.Context, sc *scene, out string) error {
	var all []workflows.Request
	err := s.app.db.View(ctx, func(rd workflows.Reader) (err error) {
		all, err = rd.Requests(ctx, workflows.RequestQuery{Team: s.app.cfg.Team, Limit: 200})
		return err
	})
	if err != nil {
		return err
	}
	for _, r := range all {
		if len(r.Cert) == 0 {
			return fmt.Errorf("walkthrough: %s has no certificate: it is %s", r.ID, r.State)
		}
		if err := verify(r); err != nil {
			return fmt.Errorf("walkthrough: %s: %w", r.ID, err)
		}
		base := filepath.Join(out, bot.FileBase(r))
		for name, data := range map[string][]byte{".csr.pem": pemFile("CERTIFICATE REQUEST", r.CSR), ".cert.pem": pemFile("CERTIFICATE", r.Cert), ".chain.pem": pemFile("CERTIFICATE", r.Chain...)} {
			if err := os.WriteFile(base+name, data, 0o644); err != nil { //nolint:gosec // public material
				return fmt.Errorf("walkthrough: %w", err)
			}
		}
		fmt.Fprintln(sc.c.out, sc.c.say("cli.walkthrough.verified", "Request", string(r.ID), "Name", r.Spec.CommonName, "Day", r.NotAfter.Format(time.DateOnly)))
	}
	return nil
}

func verify(r workflows.Request) error {
	leaf, err := x509.ParseCertificate(r.Cert)
	if err != nil {
		return err
	}
	roots, inter := x509.NewCertPool(), x509.NewCertPool()
	for i, der := range r.Chain {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return err
		}
		if i == len(r.Chain)-1 {
			roots.AddCert(c)
		} else {
			inter.AddCert(c)
		}
	}
	_, err = leaf.Verify(x509.VerifyOptions{Roots: roots, Intermediates: inter, DNSName: r.Spec.CommonName, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
	return err
}

func pemFile(kind string, ders ...[]byte) []byte {
	var out []byte
	for _, der := range ders {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})...)
	}
	return out
}

package main

import (
	"fmt"
	"log/slog"

	"countersign/vault/hashicorp"
	"countersign/workflows"
)

// keys are the custodies and issuers of a configuration, by name, with what they
// share. Only those that the policies or the audit record use are made.
type keys struct {
	custodies map[string]workflows.Custody
	issuers   map[string]workflows.Issuer
	auditKey  func() ([]byte, error)
	notes     notes // of the custody that keeps the audit key; nil: it keeps none

	cfg config
	backends
}

// What the workflows ask for by asking whether it is there.
var _ workflows.Keeper = (*hashicorp.Custody)(nil)

func noKeys(cfg config, log *slog.Logger) *keys {
	own, _ := cfg.custody(typeEmbedded)
	return &keys{custodies: map[string]workflows.Custody{}, issuers: map[string]workflows.Issuer{}, cfg: cfg,
		backends: backends{data: cfg.Data, keyFile: own.KeyFile, settings: cfg.Vault, log: log}}
}

// openKeys fills k, which noKeys has made. Logins to Vault go on in the background: a
// Vault that is away is no error here.
func openKeys(k *keys) error {
	custodies, issuers := k.cfg.uses()
	for _, name := range custodies {
		if err := k.addCustody(name); err != nil {
			return fmt.Errorf("custody %s: %w", name, err)
		}
	}
	for _, name := range issuers {
		if err := k.addIssuer(name); err != nil {
			return fmt.Errorf("issuer %s: %w", name, err)
		}
	}
	return nil
}

func (k *keys) addCustody(name string) error {
	var made interface {
		workflows.Custody
		notes
		AuditKey() ([]byte, error)
	}
	var err error
	if c, _ := k.cfg.custody(name); c.Type == typeEmbedded {
		err = k.openEmbedded()
		made = k.embedded
	} else if err = k.openVault(); err == nil {
		made = k.vault.Custody
	}
	if err != nil {
		return err
	}
	k.custodies[name] = made
	if name == k.cfg.auditKeeper() {
		k.auditKey, k.notes = made.AuditKey, made
	}
	return nil
}

func (k *keys) addIssuer(name string) error {
	i, _ := k.cfg.issuer(name)
	kind, err := i.kind()
	if err != nil {
		return err
	}
	made, err := kind.open(&k.backends, name, i)
	if err == nil {
		k.issuers[name] = made
	}
	return err
}

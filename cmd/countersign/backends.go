package main

import (
	"errors"
	"log/slog"
	"path/filepath"

	"countersign/vault/embedded"
	"countersign/vault/hashicorp"
)

// Types of custodies and issuers. The type of an entry is its name unless it says
// another. Embedded needs no entry: it is made only when a policy names it or the
// audit record has its key there.
const (
	typeEmbedded = "embedded"
	typeVault    = "vault"
)

// backends are what custodies and issuers of one configuration share. Each is opened
// when the first of them needs it.
type backends struct {
	data     string // directory
	keyFile  string // of the embedded custody
	settings hashicorp.Config
	log      *slog.Logger
	command  func(token string) string // opens an embedded hand-over
	bot      bool                      // others must leave a wrapped secret-id alone: it opens once

	embedded *embedded.Custody // nil: not in use
	ca       *embedded.CA
	vault    *hashicorp.Vault // nil: not in use
}

// errWrapped is for commands that would use up the bot's wrapped secret-id.
var errWrapped = errors.New("the login to Vault is a wrapped secret-id, which opens once and is for the bot; " +
	"set VAULT_TOKEN to a token of your own that may do the same")

func (b *backends) openEmbedded() (err error) {
	if b.embedded != nil {
		return nil
	}
	b.embedded, b.ca, err = embedded.Start(embedded.Options{Dir: filepath.Join(b.data, "custody"), KeyFile: b.keyFile, Command: b.command})
	return err
}

// openVault starts logging in; a Vault that is away is no error here.
func (b *backends) openVault() (err error) {
	if b.vault != nil {
		return nil
	}
	for _, l := range b.settings.Logins() {
		if l.Wrapped && !b.bot {
			return errWrapped
		}
	}
	b.vault, err = hashicorp.Open(b.settings, b.log)
	return err
}

// close ends the sessions. Their tokens are left to expire.
func (b *backends) close() {
	if b.vault != nil {
		b.vault.Close()
	}
}

// sessions are the identities that are to be logged in to Vault.
func (b *backends) sessions() []*hashicorp.Session {
	if b.vault == nil {
		return nil
	}
	return b.vault.Sessions
}
